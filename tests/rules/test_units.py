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
from tests.tables import by_case, expected, orgs, places, rows_of

AS_OF = date(2026, 1, 1)
BEFORE, AFTER = pd.Timestamp("2025-12-31"), pd.Timestamp("2026-01-01")


FORMS: dict[str, tuple[Any, ...]] = {
    "nothing said": ({}, ""),
    "否 wins over form and name": ({"has_unit": False, "unit_form": "branch", "unit_name": "甲支部"}, ""),
    "a bare 是": ({"has_unit": True}, "branch"),
    "党小组 is no unit": ({"unit_form": "cell"}, ""),
    "党小组 is no unit even beside 是": ({"has_unit": True, "unit_form": "cell"}, ""),
    "单建 without a form": ({"unit_mode": "single"}, "branch"),
    "a name alone": ({"unit_name": "甲支部"}, "branch"),
    "named 联合, no form and no mode": ({"unit_name": "甲、乙联合支部"}, "joint"),
    "named 联合, but 单建": ({"unit_name": "甲、乙联合支部", "unit_mode": "single"}, "branch"),
    "a name does not turn a stated form": ({"unit_name": "甲联合会支部", "unit_form": "branch"}, "branch"),
    "联建 turns 党支部": ({"unit_form": "branch", "unit_mode": "joint"}, "joint"),
    "联建 without a form": ({"unit_mode": "joint"}, "joint"),
    "挂靠": ({"unit_mode": "attached"}, "attached"),
    "区域统建": ({"unit_form": "branch", "unit_mode": "regional"}, "regional"),
    "行业统建": ({"unit_mode": "industry"}, "industry"),
    "统建 is 区域统建": ({"unit_mode": "unified"}, "regional"),
    "联建 does not turn 党委": ({"unit_form": "committee", "unit_mode": "joint"}, "committee"),
    "兼合 turns 党支部": ({"unit_form": "branch", "unit_mode": "combined"}, "functional"),
    "兼合 without a form": ({"unit_mode": "combined"}, "functional"),
    "兼合 turns no 党总支": ({"unit_form": "general_branch", "unit_mode": "combined"}, "general_branch"),
}


def test_effective_form() -> None:
    units = read_units(orgs(*rows_of(FORMS)))
    assert by_case(FORMS, zip(units["unit_form"])) == expected(FORMS)


@pytest.mark.parametrize(
    ("form", "kind"), [*((form, "own") for form in OWN_FORMS), *((form, "shared") for form in SHARED_FORMS)]
)
def test_own_and_shared_forms(form: UnitForm, kind: str) -> None:
    assert read_units(orgs({"unit_form": form}))["unit_kind"].tolist() == [kind]


def test_every_mode_has_an_effect_or_leaves_a_branch() -> None:
    units = read_units(orgs(*({"unit_mode": mode} for mode in UnitMode)))
    assert (units["unit_form"] != "").all()


ADJUSTMENTS: dict[str, tuple[Any, ...]] = {
    "A1: own branch fell to 2": ({"unit_form": "branch", "n_full": 2}, "A1"),
    "A1: functional branch of 1": ({"unit_form": "functional", "pt": 1}, "A1"),
    "3 are enough": ({"unit_form": "branch", "n_full": 3}, ""),
    "no A1 for a temporary branch": ({"unit_form": "temporary", "n_full": 2}, ""),
    "no A1 while the count is unknown": ({"unit_form": "branch"}, ""),
    "A2: attached grew to 3": ({"unit_form": "attached", "n_full": 3}, "A2"),
    "joint of 2": ({"unit_form": "joint", "n_full": 2}, ""),
    "A3: joint of 6": ({"unit_form": "joint", "unit_units": 6}, "A3"),
    "joint of 5": ({"unit_form": "joint", "unit_units": 5}, ""),
    "统建 has no cap": ({"unit_form": "regional", "unit_units": 30}, ""),
    "A4: branch of 51": ({"unit_form": "branch", "n_full": 49, "unit_members": 51}, "A4"),
    "50 are lawful in a branch": ({"unit_form": "branch", "n_full": 49, "unit_members": 50}, ""),
    "no A4 for a general branch": ({"unit_form": "general_branch", "n_full": 78, "unit_members": 80}, ""),
    "A5": ({"unit_form": "branch", "n_full": 7, "unit_members": 7, "has_committee": False}, "A5"),
    "committee not stated: no test": ({"unit_form": "branch", "n_full": 7, "unit_members": 7}, ""),
    "6 need none": ({"unit_form": "branch", "n_full": 6, "unit_members": 6, "has_committee": False}, ""),
    "A6: term over": ({"unit_form": "branch", "n_full": 3, "term_end": BEFORE}, "A6"),
    "A6: of a shared unit too": ({"unit_form": "attached", "n_full": 1, "term_end": BEFORE}, "A6"),
    "term ends on the day": ({"unit_form": "branch", "n_full": 3, "term_end": AFTER}, ""),
    "A7, then not A6": ({"unit_form": "temporary", "n_full": 3, "term_end": BEFORE}, "A7"),
    "no unit, nothing to adjust": ({"term_end": BEFORE, "n_full": 3}, ""),
    "all that hold, in order": (
        {"unit_form": "joint", "n_full": 3, "unit_units": 9, "unit_members": 60, "has_committee": False}
        | {"term_end": BEFORE},
        "A2;A3;A4;A5;A6",
    ),
}


def test_adjustments() -> None:
    table = orgs(*rows_of(ADJUSTMENTS))
    duties = assign_duties(table, places(table), settings=PlanSettings(as_of=AS_OF), fields=())
    assert by_case(ADJUSTMENTS, zip(duties["adjust"])) == expected(ADJUSTMENTS)
    assert ((duties["measure"] == "M03") == (duties["adjust"] != "")).all()


def test_the_cap_of_a_joint_branch_is_the_setting() -> None:
    table = orgs({"unit_form": "joint", "unit_units": 9})
    duty = assign_duties(table, places(table), settings=PlanSettings(as_of=AS_OF, joint_max_units=10), fields=())
    assert duty["adjust"].tolist() == [""]
