"""RULEBOOK §3: affiliation state, recorded superior, proposed superior."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from coverage.affiliation import industry_bodies, read_affiliation
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from tests.tables import orgs, places

AS_OF = date(2026, 1, 1)
BODIES: dict[str, Any] = {
    "comprehensive_committee": "综合党委",
    "industry_committees": {"教育": "教育行业党委", "7": "体育行业党委"},
    "supervisors_without_party": ("县供销社",),
}


def read(row: dict[str, Any], *, is_assessed: bool = True, **settings: Any) -> pd.Series:
    township = row.pop("township_name", "") if (row := dict(row)) else ""
    facts = orgs(row).assign(township_name=township)
    return read_affiliation(facts, settings=PlanSettings(as_of=AS_OF, **settings), is_assessed=is_assessed).iloc[0]


@pytest.mark.parametrize(
    ("superior", "state", "recorded"),
    [
        pytest.param("甲党委", "clear", "甲党委", id="one name"),
        pytest.param(" 甲党委（东区）　", "clear", "甲党委(东区)", id="trimmed, full-width forms folded"),
        pytest.param("甲党委；乙党委", "conflict", "", id="two names, full-width semicolon"),
        pytest.param("甲党委;乙党委", "conflict", "", id="two names, semicolon"),
        pytest.param("甲党委\n乙党委", "conflict", "", id="two names, line break"),
        pytest.param("甲党委；甲党委", "clear", "甲党委", id="one name twice"),
        pytest.param("甲党委；待定", "clear", "甲党委", id="a name and a blank"),
        *(
            pytest.param(blank, "unclear", "", id=f"blank {blank!r}")
            for blank in ("", "无", "不明", "待定", "未明确", "暂无", "—", "——", "-", "－", "/", " ")
        ),
        pytest.param("无锡市党委", "clear", "无锡市党委", id="a name that begins with a blank word"),
    ],
)
def test_state_and_recorded_superior(superior: str, state: str, recorded: str) -> None:
    row = read({"superior": superior})
    assert (row["affiliation"], row["recorded_superior"], row["superior"]) == (state, recorded, recorded)


@pytest.mark.parametrize(
    ("row", "proposed"),
    [
        pytest.param({"mode": "dual", "supervisor": "县教育局"}, "县教育局党组织", id="dual: the supervisor's body"),
        pytest.param({"supervisor": "县教育局"}, "县教育局党组织", id="a named supervisor means dual"),
        pytest.param({"mode": "dual"}, "综合党委", id="dual, nobody named: the comprehensive one"),
        pytest.param({"mode": "dual", "supervisor": "县供销社"}, "综合党委", id="supervisor without a Party body"),
        pytest.param({"supervisor": "直接登记"}, "综合党委", id="the supervisor cell says 直接登记"),
        pytest.param({"supervisor": "无", "class14": "4"}, "教育行业党委", id="the supervisor cell says 无"),
        pytest.param({"mode": "direct", "class14": "4"}, "教育行业党委", id="direct: the class's body"),
        pytest.param({"mode": "decoupled", "class14": "7"}, "体育行业党委", id="decoupled: a class given by number"),
        pytest.param({"mode": "direct", "class14": "5"}, "综合党委", id="no body for the class"),
        pytest.param(
            {"mode": "dual", "supervisor": "甲局", "class14": "4"}, "甲局党组织", id="dual goes before the class"
        ),
        pytest.param({"mode": "filed", "township_name": "城关镇"}, "城关镇党(工)委", id="filed: the township"),
        pytest.param({"mode": "filed"}, "综合党委", id="filed, township unknown"),
        pytest.param({"township_name": "城关镇", "class14": "4"}, "", id="mode and supervisor blank: no rule"),
        pytest.param({"supervisor": "待定"}, "", id="a blank supervisor says nothing about the mode"),
    ],
)
def test_routing_by_supervisor_first(row: dict[str, Any], proposed: str) -> None:
    routed = read(row, **BODIES)
    assert (routed["proposed_superior"], routed["superior"], routed["recorded_superior"]) == (proposed, proposed, "")
    assert routed["affiliation"] == ("clear" if proposed else "unclear")


@pytest.mark.parametrize(
    ("row", "proposed"),
    [
        pytest.param(
            {"supervisor": "甲局", "township_name": "城关镇"}, "城关镇党(工)委", id="territory before supervisor"
        ),
        pytest.param({"township_name": "城关镇"}, "城关镇党(工)委", id="even with mode and supervisor blank"),
        pytest.param(
            {"mode": "dual", "supervisor": "甲局", "class14": "4"}, "教育行业党委", id="class before supervisor"
        ),
        pytest.param({"mode": "dual", "supervisor": "甲局"}, "甲局党组织", id="then the supervisor"),
        pytest.param({"mode": "direct"}, "综合党委", id="last the comprehensive one"),
        pytest.param({"class14": "4"}, "", id="mode and supervisor blank, no township: no rule"),
    ],
)
def test_routing_by_territory_first(row: dict[str, Any], proposed: str) -> None:
    assert read(row, routing="territory_first", **BODIES)["superior"] == proposed


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
