"""RULEBOOK §3: affiliation state, recorded superior, proposed superior."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from coverage.affiliation import industry_bodies, read_affiliation
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from tests.tables import by_case, expected, orgs, places, rows_of

AS_OF = date(2026, 1, 1)
BODIES: dict[str, Any] = {
    "comprehensive_committee": "综合党委",
    "industry_committees": {"教育": "教育行业党委", "7": "体育行业党委"},
    "supervisors_without_party": ("县供销社",),
}


def read_all(*rows: dict[str, Any], is_assessed: bool = True, **settings: Any) -> pd.DataFrame:
    listed = orgs(*({name: value for name, value in row.items() if name != "township_name"} for row in rows))
    facts = listed.assign(township_name=pd.Series([row.get("township_name", "") for row in rows], dtype="str"))
    return read_affiliation(facts, settings=PlanSettings(as_of=AS_OF, **settings), is_assessed=is_assessed)


def read(row: dict[str, Any], **options: Any) -> pd.Series:
    return read_all(row, **options).iloc[0]


SUPERIORS: dict[str, tuple[Any, ...]] = {
    "one name": ("甲党委", "clear", "甲党委"),
    "trimmed, full-width forms folded": (" 甲党委（东区）\u3000", "clear", "甲党委(东区)"),
    "two names, full-width semicolon": ("甲党委；乙党委", "conflict", ""),
    "two names, semicolon": ("甲党委;乙党委", "conflict", ""),
    "two names, line break": ("甲党委\n乙党委", "conflict", ""),
    "one name twice": ("甲党委；甲党委", "clear", "甲党委"),
    "a name and a blank": ("甲党委；待定", "clear", "甲党委"),
    **{
        f"blank {blank!r}": (blank, "unclear", "")
        for blank in ("", "无", "不明", "待定", "未明确", "暂无", "—", "——", "-", "－", "/", " ")
    },
    "a name that begins with a blank word": ("无锡市党委", "clear", "无锡市党委"),
}


def test_state_and_recorded_superior() -> None:
    facts = read_all(*({"superior": superior} for superior in rows_of(SUPERIORS)))
    states = zip(facts["affiliation"], facts["recorded_superior"], strict=True)
    assert by_case(SUPERIORS, states) == expected(SUPERIORS)
    assert (facts["superior"] == facts["recorded_superior"]).all()


SUPERVISOR_FIRST: dict[str, tuple[Any, ...]] = {
    "dual: the supervisor's body": ({"mode": "dual", "supervisor": "县教育局"}, "县教育局党组织"),
    "a named supervisor means dual": ({"supervisor": "县教育局"}, "县教育局党组织"),
    "dual, nobody named: the comprehensive one": ({"mode": "dual"}, "综合党委"),
    "supervisor without a Party body": ({"mode": "dual", "supervisor": "县供销社"}, "综合党委"),
    "the supervisor cell says 直接登记": ({"supervisor": "直接登记"}, "综合党委"),
    "the supervisor cell says 无": ({"supervisor": "无", "class14": "4"}, "教育行业党委"),
    "direct: the class's body": ({"mode": "direct", "class14": "4"}, "教育行业党委"),
    "decoupled: a class given by number": ({"mode": "decoupled", "class14": "7"}, "体育行业党委"),
    "no body for the class": ({"mode": "direct", "class14": "5"}, "综合党委"),
    "dual goes before the class": ({"mode": "dual", "supervisor": "甲局", "class14": "4"}, "甲局党组织"),
    "filed: the township": ({"mode": "filed", "township_name": "城关镇"}, "城关镇党(工)委"),
    "filed, township unknown": ({"mode": "filed"}, "综合党委"),
    "mode and supervisor blank: no rule": ({"township_name": "城关镇", "class14": "4"}, ""),
    "a blank supervisor says nothing about the mode": ({"supervisor": "待定"}, ""),
}


def test_routing_by_supervisor_first() -> None:
    routed = read_all(*rows_of(SUPERVISOR_FIRST), **BODIES)
    assert by_case(SUPERVISOR_FIRST, zip(routed["proposed_superior"])) == expected(SUPERVISOR_FIRST)
    assert (routed["superior"] == routed["proposed_superior"]).all()
    assert ((routed["affiliation"] == "clear") == (routed["superior"] != "")).all()


TERRITORY_FIRST: dict[str, tuple[Any, ...]] = {
    "territory before supervisor": ({"supervisor": "甲局", "township_name": "城关镇"}, "城关镇党(工)委"),
    "even with mode and supervisor blank": ({"township_name": "城关镇"}, "城关镇党(工)委"),
    "class before supervisor": ({"mode": "dual", "supervisor": "甲局", "class14": "4"}, "教育行业党委"),
    "then the supervisor": ({"mode": "dual", "supervisor": "甲局"}, "甲局党组织"),
    "last the comprehensive one": ({"mode": "direct"}, "综合党委"),
    "mode and supervisor blank, no township: no rule": ({"class14": "4"}, ""),
}


def test_routing_by_territory_first() -> None:
    routed = read_all(*rows_of(TERRITORY_FIRST), routing="territory_first", **BODIES)
    assert by_case(TERRITORY_FIRST, zip(routed["superior"])) == expected(TERRITORY_FIRST)


def test_a_proposal_never_overwrites_a_recorded_superior() -> None:
    row = read({"superior": "甲党委", "supervisor": "甲局"}, **BODIES)
    assert (row["superior"], row["proposed_superior"]) == ("甲党委", "")


def test_a_conflict_stays_one_whatever_the_rule_proposes() -> None:
    row = read({"superior": "甲党委；乙党委", "supervisor": "甲局"})
    assert (row["affiliation"], row["superior"], row["proposed_superior"]) == ("conflict", "", "甲局党组织")


def test_direct_registration_has_no_supervisor() -> None:
    assert read({"supervisor": "直接登记"})["supervisor"] == ""


def test_committees_are_named_by_class_or_number() -> None:
    settings = PlanSettings(as_of=AS_OF, industry_committees={"环保": "甲", "14": "乙"})
    assert industry_bodies(settings) == {"8": "甲", "14": "乙"}


@pytest.mark.parametrize(
    ("fields", "measure", "flag"),
    [
        pytest.param({"name", "n_full"}, "M10", "F_AFF_UNKNOWN", id="no column"),
        pytest.param({"superior_kind"}, "M10", "F_AFF_UNKNOWN", id="a kind is no column of affiliation"),
        *(pytest.param({field}, "M40", "F_AFF", id=field) for field in ("superior", "supervisor", "mode")),
    ],
)
def test_affiliation_is_assessed_only_with_a_column(fields: set[str], measure: str, flag: str) -> None:
    table = orgs({"n_full": 3})
    duty = assign_duties(table, places(table), settings=PlanSettings(as_of=AS_OF), fields=fields).iloc[0]
    assert (duty["measure"], duty["flags"]) == (measure, flag)


def test_nothing_is_proposed_when_affiliation_is_not_assessed() -> None:
    row = read({"township_name": "城关镇"}, is_assessed=False, routing="territory_first")
    assert (row["affiliation"], row["superior"], row["proposed_superior"]) == ("not_assessed", "", "")
