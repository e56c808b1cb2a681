"""RULEBOOK §4: the decision table, flags, size forms, secretaries and hosts."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.rules import DECISION_TABLE, FLAGS, assign_duties
from coverage.settings import PlanSettings
from coverage.vocabulary import Flag, OrgType, Status, UnitForm
from tests.tables import by_case, expected, orgs, places, rows_of
from words import LANGUAGES, catalogue

AS_OF = date(2026, 1, 1)
ASSESSED = frozenset({"superior"})


def duties(*rows: dict[str, Any], fields: frozenset[str] = ASSESSED, **changes: Any) -> pd.DataFrame:
    table = orgs(*({"superior": "甲党委"} | row for row in rows))
    return assign_duties(table, places(table), settings=PlanSettings(as_of=AS_OF, **changes), fields=fields)


def duty(row: dict[str, Any], **options: Any) -> pd.Series:
    return duties(row, **options).iloc[0]


DECISIONS: dict[str, tuple[Any, ...]] = {
    "1: closed": ({"status": "closed", "n_full": 9}, "M90", ""),
    "1: not registered yet": ({"status": "pending", "n_full": 9}, "M90", ""),
    "1: branch office": ({"org_type": "branch", "n_full": 9}, "M90", ""),
    "1 before 2: closed with a unit": ({"status": "closed", "unit_form": "branch", "n_full": 2}, "M90", ""),
    "2: unit with a reason to adjust": ({"unit_form": "branch", "n_full": 2}, "M03", ""),
    "3: own unit": ({"unit_form": "branch", "n_full": 3}, "M01", ""),
    "4: shared unit": ({"unit_form": "joint", "n_full": 2}, "M02", ""),
    "3 before 6: own unit, count unknown": ({"unit_form": "branch"}, "M01", ""),
    "3 before 5: a dormant one stays built": ({"unit_form": "branch", "n_full": 4, "zombie": True}, "M01", ""),
    "3 before 7: unclear stays built": ({"unit_form": "branch", "n_full": 4, "superior": ""}, "M01", ""),
    "5: dormant, 3": ({"zombie": True, "n_full": 3}, "M91", "M10"),
    "5: dormant, 2: never grouped": ({"zombie": True, "n_full": 2}, "M91", "M26"),
    "5: dormant, 0": ({"zombie": True, "n_full": 0}, "M91", "M30"),
    "5 before 6: dormant, unknown": ({"zombie": True}, "M91", "M00"),
    "5 before 7: dormant, unclear": ({"zombie": True, "n_full": 3, "superior": ""}, "M91", "M10"),
    "6: count unknown": ({}, "M00", ""),
    "6 before 7: unknown, unclear": ({"superior": ""}, "M00", ""),
    "7: unclear, 3": ({"superior": "", "n_full": 3}, "M40", "M10"),
    "7: conflict, 1: grouping decides": ({"superior": "甲；乙", "n_full": 1}, "M40", "M2"),
    "7: unclear, 0": ({"superior": "", "n_full": 0}, "M40", "M30"),
    "8: 3": ({"n_full": 3}, "M10", ""),
    "8: 60": ({"n_full": 60}, "M10", ""),
    "8: part-timers count": ({"pt": 3}, "M10", ""),
    "9: 2: grouping decides": ({"n_full": 2}, "M2", ""),
    "9: probationary members do not count": ({"n_full": 1, "prob": 2}, "M2", ""),
    "10: 0": ({"n_full": 0}, "M30", ""),
    "10: 0 and 3 probationary": ({"n_full": 0, "prob": 3}, "M30", ""),
    "abnormal list: the duty stays": ({"status": "abnormal", "n_full": 3}, "M10", ""),
    "refused: the duty stays": ({"refused": True, "n_full": 3}, "M10", ""),
}


def test_decision_table() -> None:
    decided = duties(*rows_of(DECISIONS))
    assert by_case(DECISIONS, zip(decided["measure"], decided["provisional"], strict=True)) == expected(DECISIONS)


def test_dormant_organisations_count_when_the_setting_says_so() -> None:
    decided = duty({"zombie": True, "n_full": 3}, exclude_zombie=False)
    assert (decided["measure"], decided["provisional"], decided["flags"]) == ("M10", "", "F_ZOMBIE")


@pytest.mark.parametrize(("basis", "measure"), [("policy2012", "M10"), ("formal", "M30")])
def test_count_basis_decides_the_measure(basis: str, measure: str) -> None:
    assert duty({"ft_in": 0, "ft_out": 1, "pt": 2}, count_basis=basis)["measure"] == measure


FLAG_CASES: dict[str, tuple[Any, ...]] = {
    "none": ({"n_full": 3}, ""),
    "unclear": ({"n_full": 3, "superior": ""}, "F_AFF"),
    "conflict": ({"n_full": 3, "superior": "甲；乙"}, "F_AFF"),
    "unclear, whatever the measure": ({"unit_form": "branch", "n_full": 3, "superior": ""}, "F_AFF"),
    "refused": ({"n_full": 3, "refused": True}, "F_BLOCKED"),
    "abnormal list": ({"n_full": 3, "status": "abnormal"}, "F_ABNORMAL"),
    "dormant": ({"n_full": 3, "zombie": True}, "F_ZOMBIE"),
    "unit, count unknown": ({"unit_form": "joint"}, "F_NODATA"),
    "no unit, count unknown": ({}, ""),
    "1 and 2 probationary": ({"n_full": 1, "prob": 2}, "F_SOON_OWN"),
    "2 and 1 probationary": ({"n_full": 2, "prob": 1}, "F_SOON_OWN"),
    "together below 3": ({"n_full": 1, "prob": 1}, ""),
    "only for 1 and 2": ({"n_full": 0, "prob": 3}, ""),
    "only without a unit": ({"unit_form": "joint", "n_full": 2, "prob": 1}, ""),
    "registered within 6 months": ({"n_full": 3, "reg_date": pd.Timestamp("2025-07-02")}, "F_NEW"),
    "registered 6 months ago": ({"n_full": 3, "reg_date": pd.Timestamp("2025-07-01")}, ""),
    "not registered yet": ({"n_full": 3, "reg_date": pd.Timestamp("2026-01-02")}, ""),
    "out of scope: no flags": ({"status": "closed", "superior": "", "zombie": True, "refused": True}, ""),
    "all that hold, in order": (
        {"n_full": 2, "prob": 1, "superior": "", "refused": True, "status": "abnormal", "zombie": True}
        | {"reg_date": pd.Timestamp("2025-12-31")},
        "F_AFF;F_BLOCKED;F_ABNORMAL;F_ZOMBIE;F_SOON_OWN;F_NEW",
    ),
}


def test_flags() -> None:
    decided = duties(*rows_of(FLAG_CASES))
    assert by_case(FLAG_CASES, zip(decided["flags"])) == expected(FLAG_CASES)


def test_flags_of_the_row_come_in_the_order_of_the_vocabulary() -> None:
    assert [*FLAGS] == [flag for flag in Flag if flag is not Flag.DUP_RISK]


SIZES: dict[str, tuple[Any, ...]] = {
    "3": ({"n_full": 3}, "branch"),
    "6 full: no committee": ({"n_full": 6, "prob": 40}, "branch"),
    "7 full": ({"n_full": 7}, "branch_committee"),
    "49": ({"n_full": 49}, "branch_committee"),
    "50 with probationary": ({"n_full": 48, "prob": 2}, "general_branch"),
    "99": ({"n_full": 99}, "general_branch"),
    "100": ({"n_full": 100}, "party_committee"),
    "provisional M10": ({"n_full": 3, "superior": ""}, "branch"),
    "provisional M10 of a dormant one": ({"n_full": 3, "zombie": True}, "branch"),
    "below 3": ({"n_full": 2}, ""),
    "has a unit": ({"n_full": 60, "unit_form": "general_branch"}, ""),
}


def test_size_form() -> None:
    decided = duties(*rows_of(SIZES))
    assert by_case(SIZES, zip(decided["size_form"])) == expected(SIZES)


def test_size_by_full_members_alone() -> None:
    assert duty({"n_full": 48, "prob": 2}, size_basis="full")["size_form"] == "branch_committee"


FUNCTIONAL: dict[str, tuple[Any, ...]] = {
    "3, of whom 1 belongs here": ({"ft_in": 1, "ft_out": 1, "pt": 1}, True),
    "3 belong here": ({"ft_in": 3, "ft_out": 1, "pt": 1}, False),
    "only a total": ({"n_full": 3}, False),
    "full-timers without a split: not known": ({"ft": 3, "pt": 0}, False),
    "2 full-timers without a split: not 3, however it is": ({"ft": 2, "pt": 1}, True),
    "a total with 2 part-timers: the other 3 are not known": ({"n_full": 5, "pt": 2}, False),
    "a total with 2 part-timers: the other 2 are not 3": ({"n_full": 4, "pt": 2}, True),
    "below 3": ({"ft_in": 1, "ft_out": 0, "pt": 1}, False),
    "provisional M10": ({"ft_in": 1, "ft_out": 1, "pt": 1, "superior": ""}, True),
}


def test_functional_unit() -> None:
    decided = duties(*rows_of(FUNCTIONAL))
    assert by_case(FUNCTIONAL, zip(decided["is_functional"])) == expected(FUNCTIONAL)


SECRETARIES: dict[str, tuple[Any, ...]] = {
    "legal rep first": ({"n_full": 3, "legal_rep_member": True, "secretary_source": "member"}, "legal_rep"),
    "then as the list says": ({"n_full": 3, "secretary_source": "leader"}, "leader"),
    "nobody: sent by the superior": ({"n_full": 0}, "superior"),
    "members, legal rep is none": ({"n_full": 3, "legal_rep_member": False}, "member"),
    "not known": ({"n_full": 3}, ""),
    "count unknown": ({"legal_rep_member": False}, ""),
    "out of scope": ({"status": "closed", "legal_rep_member": True}, ""),
}


def test_secretary_hint() -> None:
    decided = duties(*rows_of(SECRETARIES))
    assert by_case(SECRETARIES, zip(decided["secretary_hint"])) == expected(SECRETARIES)


ROLES: dict[str, tuple[Any, ...]] = {
    "own unit": ({"unit_form": "branch", "n_full": 3}, "host"),
    "own unit, to adjust": ({"unit_form": "branch", "n_full": 8, "unit_members": 60}, "host"),
    "own unit, whatever is refused": ({"unit_form": "branch", "n_full": 3, "refused": True}, "host"),
    "own unit of 2 (A1)": ({"unit_form": "branch", "n_full": 2}, ""),
    "temporary": ({"unit_form": "temporary", "n_full": 5}, ""),
    "count unknown": ({"unit_form": "branch"}, ""),
    "shared unit": ({"unit_form": "joint", "n_full": 2}, ""),
    "closed": ({"unit_form": "branch", "n_full": 3, "status": "closed"}, ""),
    "will build": ({"n_full": 3}, "host"),
    "will build, provisionally": ({"n_full": 3, "superior": ""}, "host"),
    "refused to build": ({"n_full": 3, "refused": True}, ""),
    "dormant": ({"n_full": 3, "zombie": True}, ""),
    "2": ({"n_full": 2}, "small"),
    "1, conflict": ({"n_full": 1, "superior": "甲；乙"}, "small"),
    "1, dormant": ({"n_full": 1, "zombie": True}, ""),
    "0": ({"n_full": 0}, "empty"),
    "0, unclear": ({"n_full": 0, "superior": ""}, "empty"),
    "0, dormant": ({"n_full": 0, "zombie": True}, ""),
    "unknown": ({}, ""),
}


def test_part_in_grouping() -> None:
    decided = duties(*rows_of(ROLES))
    parts = [decided["is_host"], decided["is_small"], decided["is_empty"]]
    assert by_case(ROLES, zip(np.select(parts, ["host", "small", "empty"], default=""))) == expected(ROLES)


ROWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(list(Status)),
        "org_type": st.sampled_from(list(OrgType)),
        "n_full": st.sampled_from([pd.NA, 0, 1, 2, 3, 7, 120]),
        "prob": st.sampled_from([pd.NA, 0, 2]),
        "unit_form": st.sampled_from(["", *UnitForm]),
        "superior": st.sampled_from(["", "甲", "甲；乙", "待定"]),
        "zombie": st.sampled_from([pd.NA, True, False]),
        "refused": st.sampled_from([pd.NA, True]),
    }
)


@given(rows=st.lists(ROWS, min_size=1, max_size=40), fields=st.sampled_from([ASSESSED, frozenset[str]()]))
@settings(max_examples=settings().max_examples // 10)
def test_everybody_gets_one_measure_that_its_row_allows(rows: list[dict[str, Any]], fields: frozenset[str]) -> None:
    decided = duties(*rows, fields=fields)
    in_scope = decided[decided["measure"] != "M90"]
    has_unit = in_scope["unit_kind"] != ""
    assert in_scope.loc[has_unit, "measure"].isin(["M01", "M02", "M03"]).all()
    assert in_scope.loc[~has_unit, "measure"].isin(["M91", "M00", "M40", "M10", "M2", "M30"]).all()
    assert (decided["measure"].isin(["M40", "M91"]) == (decided["provisional"] != "")).all()
    assert (decided[["is_host", "is_small", "is_empty"]].sum(axis=1) <= 1).all()
    assert decided.loc[decided["is_small"], "n"].between(1, 2).all()


@given(rows=st.lists(ROWS, min_size=2, max_size=40))
@settings(max_examples=settings().max_examples // 10)
def test_a_duty_does_not_depend_on_the_other_rows(rows: list[dict[str, Any]]) -> None:
    together, fewer = duties(*rows).drop(columns="org_id"), duties(*rows[::-2]).drop(columns="org_id")
    pd.testing.assert_frame_equal(together.iloc[::-2].reset_index(drop=True), fewer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_its_words_and_its_source(language: str) -> None:
    keys = {f"rule.{rule.name}.{part}" for rule in DECISION_TABLE for part in ("condition", "source")}
    assert keys - catalogue(language).keys() == set()
