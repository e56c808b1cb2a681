"""RULEBOOK §4 effective form of a recorded unit and §4.1 reasons to adjust it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from coverage.units import read_units
from coverage.vocabulary import OWN_FORMS, SHARED_FORMS, UnitForm, UnitMode
from tests.tables import orgs, places

AS_OF = date(2026, 1, 1)
BEFORE, AFTER = pd.Timestamp("2025-12-31"), pd.Timestamp("2026-01-01")


@pytest.mark.parametrize(
    ("row", "form"),
    [
        pytest.param({}, "", id="nothing said"),
        pytest.param(
            {"has_unit": False, "unit_form": "branch", "unit_name": "甲支部"}, "", id="否 wins over form and name"
        ),
        pytest.param({"has_unit": True}, "branch", id="a bare 是"),
        pytest.param({"unit_form": "cell"}, "", id="党小组 is no unit"),
        pytest.param({"has_unit": True, "unit_form": "cell"}, "", id="党小组 is no unit even beside 是"),
        pytest.param({"unit_mode": "single"}, "branch", id="单建 without a form"),
        pytest.param({"unit_name": "甲支部"}, "branch", id="a name alone"),
        pytest.param({"unit_name": "甲、乙联合支部"}, "joint", id="named 联合, no form and no mode"),
        pytest.param({"unit_name": "甲、乙联合支部", "unit_mode": "single"}, "branch", id="named 联合, but 单建"),
        pytest.param(
            {"unit_name": "甲联合会支部", "unit_form": "branch"}, "branch", id="a name does not turn a stated form"
        ),
        pytest.param({"unit_form": "branch", "unit_mode": "joint"}, "joint", id="联建 turns 党支部"),
        pytest.param({"unit_mode": "joint"}, "joint", id="联建 without a form"),
        pytest.param({"unit_mode": "attached"}, "attached", id="挂靠"),
        pytest.param({"unit_form": "branch", "unit_mode": "regional"}, "regional", id="区域统建"),
        pytest.param({"unit_mode": "industry"}, "industry", id="行业统建"),
        pytest.param({"unit_mode": "unified"}, "regional", id="统建 is 区域统建"),
        pytest.param({"unit_form": "committee", "unit_mode": "joint"}, "committee", id="联建 does not turn 党委"),
        pytest.param({"unit_form": "branch", "unit_mode": "combined"}, "functional", id="兼合 turns 党支部"),
        pytest.param({"unit_mode": "combined"}, "functional", id="兼合 without a form"),
        pytest.param(
            {"unit_form": "general_branch", "unit_mode": "combined"}, "general_branch", id="兼合 turns no 党总支"
        ),
    ],
)
def test_effective_form(row: dict[str, Any], form: str) -> None:
    assert read_units(orgs(row))["unit_form"].tolist() == [form]


@pytest.mark.parametrize(
    ("form", "kind"), [*((form, "own") for form in OWN_FORMS), *((form, "shared") for form in SHARED_FORMS)]
)
def test_own_and_shared_forms(form: UnitForm, kind: str) -> None:
    assert read_units(orgs({"unit_form": form}))["unit_kind"].tolist() == [kind]


def test_every_mode_has_an_effect_or_leaves_a_branch() -> None:
    units = read_units(orgs(*({"unit_mode": mode} for mode in UnitMode)))
    assert (units["unit_form"] != "").all()


@pytest.mark.parametrize(
    ("row", "adjust"),
    [
        pytest.param({"unit_form": "branch", "n_full": 2}, "A1", id="A1: own branch fell to 2"),
        pytest.param({"unit_form": "functional", "pt": 1}, "A1", id="A1: functional branch of 1"),
        pytest.param({"unit_form": "branch", "n_full": 3}, "", id="3 are enough"),
        pytest.param({"unit_form": "temporary", "n_full": 2}, "", id="no A1 for a temporary branch"),
        pytest.param({"unit_form": "branch"}, "", id="no A1 while the count is unknown"),
        pytest.param({"unit_form": "attached", "n_full": 3}, "A2", id="A2: attached grew to 3"),
        pytest.param({"unit_form": "joint", "n_full": 2}, "", id="joint of 2"),
        pytest.param({"unit_form": "joint", "unit_units": 6}, "A3", id="A3: joint of 6"),
        pytest.param({"unit_form": "joint", "unit_units": 5}, "", id="joint of 5"),
        pytest.param({"unit_form": "regional", "unit_units": 30}, "", id="统建 has no cap"),
        pytest.param({"unit_form": "branch", "n_full": 49, "unit_members": 51}, "A4", id="A4: branch of 51"),
        pytest.param({"unit_form": "branch", "n_full": 49, "unit_members": 50}, "", id="50 are lawful in a branch"),
        pytest.param(
            {"unit_form": "general_branch", "n_full": 78, "unit_members": 80}, "", id="no A4 for a general branch"
        ),
        pytest.param({"unit_form": "branch", "n_full": 7, "unit_members": 7, "has_committee": False}, "A5", id="A5"),
        pytest.param({"unit_form": "branch", "n_full": 7, "unit_members": 7}, "", id="committee not stated: no test"),
        pytest.param(
            {"unit_form": "branch", "n_full": 6, "unit_members": 6, "has_committee": False}, "", id="6 need none"
        ),
        pytest.param({"unit_form": "branch", "n_full": 3, "term_end": BEFORE}, "A6", id="A6: term over"),
        pytest.param({"unit_form": "attached", "n_full": 1, "term_end": BEFORE}, "A6", id="A6: of a shared unit too"),
        pytest.param({"unit_form": "branch", "n_full": 3, "term_end": AFTER}, "", id="term ends on the day"),
        pytest.param({"unit_form": "temporary", "n_full": 3, "term_end": BEFORE}, "A7", id="A7, then not A6"),
        pytest.param({"term_end": BEFORE, "n_full": 3}, "", id="no unit, nothing to adjust"),
        pytest.param(
            {"unit_form": "joint", "n_full": 3, "unit_units": 9, "unit_members": 60, "has_committee": False}
            | {"term_end": BEFORE},
            "A2;A3;A4;A5;A6",
            id="all that hold, in order",
        ),
    ],
)
def test_adjustments(row: dict[str, Any], adjust: str) -> None:
    table = orgs(row)
    duty = assign_duties(table, places(table), settings=PlanSettings(as_of=AS_OF), fields=())
    assert duty["adjust"].tolist() == [adjust]
    assert (duty["measure"] == "M03").tolist() == [bool(adjust)]


def test_the_cap_of_a_joint_branch_is_the_setting() -> None:
    table = orgs({"unit_form": "joint", "unit_units": 9})
    duty = assign_duties(table, places(table), settings=PlanSettings(as_of=AS_OF, joint_max_units=10), fields=())
    assert duty["adjust"].tolist() == [""]
