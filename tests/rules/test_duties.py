"""RULEBOOK §4: the decision table, flags, size forms, secretaries and hosts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.rules import DECISION_TABLE, FLAGS, assign_duties
from coverage.settings import PlanSettings
from coverage.vocabulary import Flag, OrgType, Status, UnitForm
from tests.tables import orgs, places
from words import LANGUAGES, catalogue

AS_OF = date(2026, 1, 1)
ASSESSED = frozenset({"superior"})


def duties(*rows: dict[str, Any], fields: frozenset[str] = ASSESSED, **settings: Any) -> pd.DataFrame:
    table = orgs(*({"superior": "甲党委"} | row for row in rows))
    return assign_duties(table, places(table), settings=PlanSettings(as_of=AS_OF, **settings), fields=fields)


def duty(row: dict[str, Any], **options: Any) -> pd.Series:
    return duties(row, **options).iloc[0]


@pytest.mark.parametrize(
    ("row", "measure", "provisional"),
    [
        pytest.param({"status": "closed", "n_full": 9}, "M90", "", id="1: closed"),
        pytest.param({"status": "pending", "n_full": 9}, "M90", "", id="1: not registered yet"),
        pytest.param({"org_type": "branch", "n_full": 9}, "M90", "", id="1: branch office"),
        pytest.param(
            {"status": "closed", "unit_form": "branch", "n_full": 2}, "M90", "", id="1 before 2: closed with a unit"
        ),
        pytest.param({"unit_form": "branch", "n_full": 2}, "M03", "", id="2: unit with a reason to adjust"),
        pytest.param({"unit_form": "branch", "n_full": 3}, "M01", "", id="3: own unit"),
        pytest.param({"unit_form": "joint", "n_full": 2}, "M02", "", id="4: shared unit"),
        pytest.param({"unit_form": "branch"}, "M01", "", id="3 before 6: own unit, count unknown"),
        pytest.param(
            {"unit_form": "branch", "n_full": 4, "zombie": True}, "M01", "", id="3 before 5: a dormant one stays built"
        ),
        pytest.param(
            {"unit_form": "branch", "n_full": 4, "superior": ""}, "M01", "", id="3 before 7: unclear stays built"
        ),
        pytest.param({"zombie": True, "n_full": 3}, "M91", "M10", id="5: dormant, 3"),
        pytest.param({"zombie": True, "n_full": 2}, "M91", "M26", id="5: dormant, 2: never grouped"),
        pytest.param({"zombie": True, "n_full": 0}, "M91", "M30", id="5: dormant, 0"),
        pytest.param({"zombie": True}, "M91", "M00", id="5 before 6: dormant, unknown"),
        pytest.param({"zombie": True, "n_full": 3, "superior": ""}, "M91", "M10", id="5 before 7: dormant, unclear"),
        pytest.param({}, "M00", "", id="6: count unknown"),
        pytest.param({"superior": ""}, "M00", "", id="6 before 7: unknown, unclear"),
        pytest.param({"superior": "", "n_full": 3}, "M40", "M10", id="7: unclear, 3"),
        pytest.param({"superior": "甲；乙", "n_full": 1}, "M40", "M2", id="7: conflict, 1: grouping decides"),
        pytest.param({"superior": "", "n_full": 0}, "M40", "M30", id="7: unclear, 0"),
        pytest.param({"n_full": 3}, "M10", "", id="8: 3"),
        pytest.param({"n_full": 60}, "M10", "", id="8: 60"),
        pytest.param({"pt": 3}, "M10", "", id="8: part-timers count"),
        pytest.param({"n_full": 2}, "M2", "", id="9: 2: grouping decides"),
        pytest.param({"n_full": 1, "prob": 2}, "M2", "", id="9: probationary members do not count"),
        pytest.param({"n_full": 0}, "M30", "", id="10: 0"),
        pytest.param({"n_full": 0, "prob": 3}, "M30", "", id="10: 0 and 3 probationary"),
        pytest.param({"status": "abnormal", "n_full": 3}, "M10", "", id="abnormal list: the duty stays"),
        pytest.param({"refused": True, "n_full": 3}, "M10", "", id="refused: the duty stays"),
    ],
)
def test_decision_table(row: dict[str, Any], measure: str, provisional: str) -> None:
    decided = duty(row)
    assert (decided["measure"], decided["provisional"]) == (measure, provisional)


def test_dormant_organisations_count_when_the_setting_says_so() -> None:
    decided = duty({"zombie": True, "n_full": 3}, exclude_zombie=False)
    assert (decided["measure"], decided["provisional"], decided["flags"]) == ("M10", "", "F_ZOMBIE")


@pytest.mark.parametrize(("basis", "measure"), [("policy2012", "M10"), ("formal", "M30")])
def test_count_basis_decides_the_measure(basis: str, measure: str) -> None:
    assert duty({"ft_in": 0, "ft_out": 1, "pt": 2}, count_basis=basis)["measure"] == measure


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        pytest.param({"n_full": 3}, "", id="none"),
        pytest.param({"n_full": 3, "superior": ""}, "F_AFF", id="unclear"),
        pytest.param({"n_full": 3, "superior": "甲；乙"}, "F_AFF", id="conflict"),
        pytest.param({"unit_form": "branch", "n_full": 3, "superior": ""}, "F_AFF", id="unclear, whatever the measure"),
        pytest.param({"n_full": 3, "refused": True}, "F_BLOCKED", id="refused"),
        pytest.param({"n_full": 3, "status": "abnormal"}, "F_ABNORMAL", id="abnormal list"),
        pytest.param({"n_full": 3, "zombie": True}, "F_ZOMBIE", id="dormant"),
        pytest.param({"unit_form": "joint"}, "F_NODATA", id="unit, count unknown"),
        pytest.param({}, "", id="no unit, count unknown"),
        pytest.param({"n_full": 1, "prob": 2}, "F_SOON_OWN", id="1 and 2 probationary"),
        pytest.param({"n_full": 2, "prob": 1}, "F_SOON_OWN", id="2 and 1 probationary"),
        pytest.param({"n_full": 1, "prob": 1}, "", id="together below 3"),
        pytest.param({"n_full": 0, "prob": 3}, "", id="only for 1 and 2"),
        pytest.param({"unit_form": "joint", "n_full": 2, "prob": 1}, "", id="only without a unit"),
        pytest.param({"n_full": 3, "reg_date": pd.Timestamp("2025-07-02")}, "F_NEW", id="registered within 6 months"),
        pytest.param({"n_full": 3, "reg_date": pd.Timestamp("2025-07-01")}, "", id="registered 6 months ago"),
        pytest.param({"n_full": 3, "reg_date": pd.Timestamp("2026-01-02")}, "", id="not registered yet"),
        pytest.param(
            {"status": "closed", "superior": "", "zombie": True, "refused": True}, "", id="out of scope: no flags"
        ),
        pytest.param(
            {"n_full": 2, "prob": 1, "superior": "", "refused": True, "status": "abnormal", "zombie": True}
            | {"reg_date": pd.Timestamp("2025-12-31")},
            "F_AFF;F_BLOCKED;F_ABNORMAL;F_ZOMBIE;F_SOON_OWN;F_NEW",
            id="all that hold, in order",
        ),
    ],
)
def test_flags(row: dict[str, Any], flags: str) -> None:
    assert duty(row)["flags"] == flags


def test_flags_of_the_row_come_in_the_order_of_the_vocabulary() -> None:
    assert [*FLAGS] == [flag for flag in Flag if flag is not Flag.DUP_RISK]


@pytest.mark.parametrize(
    ("row", "form"),
    [
        pytest.param({"n_full": 3}, "branch", id="3"),
        pytest.param({"n_full": 6, "prob": 40}, "branch", id="6 full: no committee"),
        pytest.param({"n_full": 7}, "branch_committee", id="7 full"),
        pytest.param({"n_full": 49}, "branch_committee", id="49"),
        pytest.param({"n_full": 48, "prob": 2}, "general_branch", id="50 with probationary"),
        pytest.param({"n_full": 99}, "general_branch", id="99"),
        pytest.param({"n_full": 100}, "party_committee", id="100"),
        pytest.param({"n_full": 3, "superior": ""}, "branch", id="provisional M10"),
        pytest.param({"n_full": 3, "zombie": True}, "branch", id="provisional M10 of a dormant one"),
        pytest.param({"n_full": 2}, "", id="below 3"),
        pytest.param({"n_full": 60, "unit_form": "general_branch"}, "", id="has a unit"),
    ],
)
def test_size_form(row: dict[str, Any], form: str) -> None:
    assert duty(row)["size_form"] == form


def test_size_by_full_members_alone() -> None:
    assert duty({"n_full": 48, "prob": 2}, size_basis="full")["size_form"] == "branch_committee"


@pytest.mark.parametrize(
    ("row", "is_functional"),
    [
        pytest.param({"ft_in": 1, "ft_out": 1, "pt": 1}, True, id="3, of whom 1 belongs here"),
        pytest.param({"ft_in": 3, "ft_out": 1, "pt": 1}, False, id="3 belong here"),
        pytest.param({"n_full": 3}, False, id="only a total"),
        pytest.param({"ft": 3, "pt": 0}, False, id="full-timers without a split: not known"),
        pytest.param({"ft_in": 1, "ft_out": 0, "pt": 1}, False, id="below 3"),
        pytest.param({"ft_in": 1, "ft_out": 1, "pt": 1, "superior": ""}, True, id="provisional M10"),
    ],
)
def test_functional_unit(row: dict[str, Any], is_functional: bool) -> None:  # noqa: FBT001 # the expected value
    assert bool(duty(row)["is_functional"]) is is_functional


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        pytest.param(
            {"n_full": 3, "legal_rep_member": True, "secretary_source": "member"}, "legal_rep", id="legal rep first"
        ),
        pytest.param({"n_full": 3, "secretary_source": "leader"}, "leader", id="then as the list says"),
        pytest.param({"n_full": 0}, "superior", id="nobody: sent by the superior"),
        pytest.param({"n_full": 3, "legal_rep_member": False}, "member", id="members, legal rep is none"),
        pytest.param({"n_full": 3}, "", id="not known"),
        pytest.param({"legal_rep_member": False}, "", id="count unknown"),
        pytest.param({"status": "closed", "legal_rep_member": True}, "", id="out of scope"),
    ],
)
def test_secretary_hint(row: dict[str, Any], hint: str) -> None:
    assert duty(row)["secretary_hint"] == hint


@pytest.mark.parametrize(
    ("row", "roles"),
    [
        pytest.param({"unit_form": "branch", "n_full": 3}, "host", id="own unit"),
        pytest.param({"unit_form": "branch", "n_full": 8, "unit_members": 60}, "host", id="own unit, to adjust"),
        pytest.param({"unit_form": "branch", "n_full": 3, "refused": True}, "host", id="own unit, whatever is refused"),
        pytest.param({"unit_form": "branch", "n_full": 2}, "", id="own unit of 2 (A1)"),
        pytest.param({"unit_form": "temporary", "n_full": 5}, "", id="temporary"),
        pytest.param({"unit_form": "branch"}, "", id="count unknown"),
        pytest.param({"unit_form": "joint", "n_full": 2}, "", id="shared unit"),
        pytest.param({"unit_form": "branch", "n_full": 3, "status": "closed"}, "", id="closed"),
        pytest.param({"n_full": 3}, "host", id="will build"),
        pytest.param({"n_full": 3, "superior": ""}, "host", id="will build, provisionally"),
        pytest.param({"n_full": 3, "refused": True}, "", id="refused to build"),
        pytest.param({"n_full": 3, "zombie": True}, "", id="dormant"),
        pytest.param({"n_full": 2}, "small", id="2"),
        pytest.param({"n_full": 1, "superior": "甲；乙"}, "small", id="1, conflict"),
        pytest.param({"n_full": 1, "zombie": True}, "", id="1, dormant"),
        pytest.param({"n_full": 0}, "empty", id="0"),
        pytest.param({"n_full": 0, "superior": ""}, "empty", id="0, unclear"),
        pytest.param({"n_full": 0, "zombie": True}, "", id="0, dormant"),
        pytest.param({}, "", id="unknown"),
    ],
)
def test_part_in_grouping(row: dict[str, Any], roles: str) -> None:
    decided = duty(row)
    assert [role for role in ("host", "small", "empty") if decided[f"is_{role}"]] == roles.split()


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


@given(rows=st.lists(ROWS, min_size=1, max_size=6), fields=st.sampled_from([ASSESSED, frozenset[str]()]))
def test_everybody_gets_one_measure_that_its_row_allows(rows: list[dict[str, Any]], fields: frozenset[str]) -> None:
    decided = duties(*rows, fields=fields)
    has_unit = decided["unit_kind"] != ""
    assert (
        decided["measure"]
        .isin(["M90", "M91", "M00", "M40", "M10", "M2", "M30"])
        .eq(~has_unit)
        .where(decided["measure"] != "M90", other=True)
        .all()
    )
    assert (decided["measure"].isin(["M40", "M91"]) == (decided["provisional"] != "")).all()
    assert (decided[["is_host", "is_small", "is_empty"]].sum(axis=1) <= 1).all()
    assert (decided.loc[decided["is_small"], "n"].between(1, 2)).all()


@given(rows=st.lists(ROWS, min_size=2, max_size=5), data=st.data())
def test_a_duty_does_not_depend_on_the_other_rows(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, len(rows) - 1))
    together, alone = duties(*rows).iloc[[chosen]], duties(rows[chosen])
    pd.testing.assert_frame_equal(
        together.drop(columns="org_id").reset_index(drop=True), alone.drop(columns="org_id").reset_index(drop=True)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_its_words_and_its_source(language: str) -> None:
    keys = {f"rule.{rule.name}.{part}" for rule in DECISION_TABLE for part in ("condition", "source")}
    assert keys - catalogue(language).keys() == set()
