"""What changes do: to the measure and coverage of each organisation, to the proposed units, to the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.comparison import EXPLAINED, Cause
from tests.comparison.lists import SETTINGS, compare, planned, side

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.comparison import Comparison, Side

UNIT: dict[str, Any] = {"has_unit": True, "unit_form": "branch"}
SHARED: dict[str, Any] = {"has_unit": True, "unit_form": "joint"}
ONE: dict[str, Any] = {"n_full": 1}
TWO: dict[str, Any] = {"n_full": 2}
THREE: dict[str, Any] = {"n_full": 3}
NONE: dict[str, Any] = {"n_full": 0}
FAR = {"at": {"lat": 37.5}}
NOWHERE = {"at": {"adcode": "", "county_name": ""}}


def effects(comparison: Comparison, org_id: str = "O001") -> str:
    changes = comparison.changes
    found = changes.loc[(changes["old_id"] == org_id) | (changes["new_id"] == org_id), "effects"].unique()
    assert len(found) <= 1
    return "".join(found)


ALONE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a third member": (TWO, THREE, "measure_changed;planned"),
    "no member any more": (THREE, NONE, "measure_changed;unplanned"),
    "nobody counted": (TWO, {}, "measure_changed"),
    "a name": (TWO | {"name": "甲"}, TWO | {"name": "乙"}, ""),
    "cancelled": (
        THREE | UNIT,
        THREE | UNIT | {"status": "closed"},
        "leaves_scope;uncovered;measure_changed;unplanned",
    ),
    "back": (THREE | {"status": "closed"}, THREE, "enters_scope;measure_changed;planned"),
    "to be cleaned up": (NONE, NONE | {"zombie": True}, "leaves_scope;measure_changed"),
    "unit founded as proposed": (THREE, THREE | UNIT, "covered;measure_changed"),
    "unit founded before the plan": (NONE, NONE | SHARED, "covered;measure_changed;planned"),
    "unit dissolved": (THREE | UNIT, THREE, "uncovered;measure_changed"),
    "own unit shrinks": (THREE | UNIT, TWO | UNIT, "measure_changed"),
    "shared unit grows": (TWO | SHARED, THREE | SHARED, "measure_changed"),
    "a liaison": (NONE, NONE | {"liaison": True}, ""),
}


def apart(rows: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return organisations that no plan brings together: each case has a superior, so a block, of its own."""
    return [{"org_id": case, "superior": case} | row for case, row in rows.items()]


def test_what_a_change_does_to_its_own_organisation() -> None:
    before = planned(*apart({case: old for case, (old, _, _) in ALONE.items()}))
    after = planned(*apart({case: new for case, (_, new, _) in ALONE.items()}))

    comparison = compare(before, after)

    assert {case: effects(comparison, case) for case in ALONE} == {case: told for case, (_, _, told) in ALONE.items()}


PAIR = (TWO, ONE)
#: The old list is pairs, each proposed as one joint unit; what the new one says of the second of each.
BROKEN: dict[str, tuple[dict[str, Any] | None, str]] = {
    "counted again": (THREE, "H2"),
    "nobody left": (NONE, "H3;H4"),
    "not known any more": ({}, "H0"),
    "closed": (ONE | {"status": "closed"}, "H8"),
    "to be cleaned up": (ONE | {"zombie": True}, "H8"),
    "covered": (ONE | SHARED, "H9"),
    "another superior": (ONE | {"superior": "乙党委"}, "H6"),
    "another county": (ONE | {"at": {"adcode": "370103", "county_name": "市中区"}}, "H7"),
    "too far": (ONE | FAR, "H10"),
    "gone": (None, "H4;H12"),
}


@pytest.mark.parametrize("make", [planned, side], ids=["planned", "list alone"])
def test_a_proposed_unit_that_the_new_list_breaks_says_by_which_rule(make: Callable[..., Side]) -> None:
    leads, others = (apart({f"{case} {role}": {} for case in BROKEN}) for role in ("lead", "other"))
    blocks = [{"superior": case} for case in BROKEN]
    first = [lead | block | TWO for lead, block in zip(leads, blocks, strict=True)]
    second = [other | block | ONE for other, block in zip(others, blocks, strict=True)]
    now = zip(others, blocks, BROKEN.values(), strict=True)
    later = [other | block | facts for other, block, (facts, _) in now if facts is not None]

    comparison = compare(planned(*first, *second), make(*first, *later))

    partners = comparison.changes.set_index("old_id").loc[[f"{case} lead" for case in BROKEN]]
    assert partners["rules"].tolist() == [rules for _, rules in BROKEN.values()]
    assert partners["kind"].eq("affected").all()
    assert partners["effects"].str.contains("group_broken").all()
    assert comparison.groups["state"].eq("broken").all()
    assert comparison.groups["changed"].eq(1).all()


def test_a_unit_that_is_proposed_again_is_kept_and_its_members_are_told_so() -> None:
    comparison = compare(planned(*PAIR), planned(TWO | {"name": "甲"}, ONE))

    assert comparison.groups["state"].tolist() == ["kept"]
    assert comparison.changes["kind"].tolist() == ["renamed"]
    assert effects(comparison) == "group_kept"


def test_without_a_new_plan_a_unit_is_only_known_to_be_legal() -> None:
    comparison = compare(planned(*PAIR), side(TWO | {"name": "甲"}, ONE))

    assert comparison.groups["state"].tolist() == ["legal"]
    assert effects(comparison) == "group_legal"
    assert not comparison.is_planned


def test_a_unit_follows_its_organisation_to_another_code() -> None:
    uscc = "51370102MJ0000001A"
    before = [TWO | {"org_id": "id:0123456789ab", "name": "甲"}, ONE]
    after = [TWO | {"org_id": uscc, "uscc": uscc, "name": "甲"}, ONE]

    comparison = compare(planned(*before), planned(*after))

    assert comparison.groups["state"].tolist() == ["kept"]
    assert comparison.changes["kind"].tolist() == ["rekeyed"]


def test_a_new_neighbour_can_change_what_is_proposed_to_those_who_did_not_change() -> None:
    near, far = {"at": {"lon": 117.0801}}, {"at": {"lon": 117.1}}
    before = planned(TWO, ONE | far)
    after = planned(TWO, ONE | far, TWO | near)

    comparison = compare(before, after)

    assert comparison.groups["state"].tolist() == ["changed"]
    kinds = comparison.changes.set_index("new_id")["kind"].to_dict()
    assert kinds == {"O001": "affected", "O002": "affected", "O003": "new"}
    assert effects(comparison, "O003") == "enters_scope;joins_group"


def test_without_a_new_plan_the_measure_of_one_or_two_members_is_open() -> None:
    clear = {"superior": "甲党委"}

    comparison = compare(planned(THREE | clear), side(TWO | clear))

    row = comparison.changes.iloc[0]
    assert (row["old_measure"], row["new_measure"], row["effects"]) == ("M10", "", "measure_changed")


LIST: list[dict[str, Any]] = [THREE | UNIT, THREE, TWO | SHARED, ONE, NONE | {"mass": True}, NONE, {}, THREE | UNIT]
#: The list after one change, its cause, and what it does to numerator and denominator.
CAUSES: dict[str, tuple[list[dict[str, Any]], str, dict[str, tuple[int, int]]]] = {
    "new": ([*LIST, THREE | UNIT], "new", {"K1": (1, 1), "K2": (1, 1), "K5": (1, 1)}),
    "gone": (LIST[:-1], "gone", {"K1": (-1, -1), "K2": (-1, -1), "K5": (-1, -1)}),
    "closed": (
        [LIST[0] | {"status": "closed"}, *LIST[1:]],
        "registration",
        {"K1": (-1, -1), "K2": (-1, -1), "K5": (-1, -1)},
    ),
    "unit": ([LIST[0], LIST[1] | UNIT, *LIST[2:]], "unit", {"K1": (1, 0), "K2": (1, 0), "K5": (1, 0)}),
    "count": ([TWO | UNIT, *LIST[1:]], "count", {"K1": (0, 0), "K2": (-1, -1), "K5": (0, 0)}),
    "work": ([*LIST[:5], NONE | {"liaison": True}, *LIST[6:]], "other", {"K1": (0, 0), "K2": (0, 0), "K5": (1, 0)}),
}


@pytest.mark.parametrize("case", CAUSES)
def test_the_difference_of_a_figure_is_told_by_cause(case: str) -> None:
    after, cause, expected = CAUSES[case]

    figures = compare(side(*LIST), side(*after)).figures

    nation = figures[(figures["level"] == "nation") & figures["kpi"].isin(EXPLAINED)].set_index("kpi")
    found = {kpi: (int(row[f"{cause}_cause_num"]), int(row[f"{cause}_cause_den"])) for kpi, row in nation.iterrows()}
    assert found == expected


def test_an_organisation_that_moved_is_minus_in_one_county_and_plus_in_the_other() -> None:
    there = {"at": {"adcode": "370103", "county_name": "市中区"}}

    figures = compare(side(THREE | UNIT, ONE), side(THREE | UNIT | there, ONE)).figures

    k1 = figures[(figures["kpi"] == "K1") & (figures["scenario"] == "today")]
    columns = ["level", "adcode", "moved_cause_num", "moved_cause_den"]
    assert [tuple(row) for row in k1[columns].itertuples(index=False) if row[0] in {"county", "nation"}] == [
        ("nation", "100000", 0, 0),
        ("county", "370102", -1, -1),
        ("county", "370103", 1, 1),
    ]


def test_figures_of_another_area_mode_are_counted_anew() -> None:
    by_superior = SETTINGS.model_copy(update={"area_mode": "superior"})
    rows = (THREE | {"superior": "甲党委"}, ONE | {"superior": "乙党委"})

    figures = compare(side(*rows), side(*rows, settings=by_superior)).figures

    k1 = figures[figures["kpi"] == "K1"]
    assert (k1["old_den"] == k1["new_den"]).all()
    assert set(k1["name"]) == {"", "甲党委", "乙党委"}


def adds_up(figures: pd.DataFrame) -> pd.Series:
    """Say for each explained figure whether its causes add up to the difference, numerator and denominator."""
    told = figures[figures["kpi"].isin(EXPLAINED) & (figures["scenario"] == "today")]
    agrees = pd.Series(data=True, index=told.index)
    for part in ("num", "den"):
        causes = told[[f"{cause}_cause_{part}" for cause in Cause]].sum(axis=1)
        agrees &= causes == told[f"new_{part}"] - told[f"old_{part}"]
    return agrees


def test_causes_add_up_where_nobody_has_a_county() -> None:
    figures = compare(side(THREE | UNIT, ONE | NOWHERE), side(THREE | NOWHERE, ONE)).figures

    assert adds_up(figures).all()
    assert set(figures["level"]) >= {"nation", "county", "unlocated"}
