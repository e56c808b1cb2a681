"""Joint branches there are, and who could join them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.branches import Listed, find_branches, with_branches
from coverage.grouping import find_candidates, propose_groups
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from tests.tables import orgs, places

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS = PlanSettings(as_of=date(2026, 1, 1))
BRANCH = {"unit_form": "joint", "unit_name": "联合党支部", "n_full": 1, "superior": "甲党委"}
ALONE = {"n_full": 1, "superior": "甲党委"}
NORTH = 0.01  # degrees: 1,110 m


def found(*rows: Mapping[str, Any], at: tuple[Mapping[str, Any], ...] = ()) -> pd.DataFrame:
    """Return the branches that the organisations of a list could join."""
    return _made(rows, at)[0]


def _made(rows: tuple[Mapping[str, Any], ...], at: tuple[Mapping[str, Any], ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    listed = orgs(*rows)
    where = places(listed, *at)
    duties = assign_duties(listed, where, settings=SETTINGS, fields=frozenset({"superior"}))
    business = listed[["org_id", "class14"]].assign(
        class14_source="", class14_word="", industry_code="8310", business_text=""
    )
    candidates = find_candidates(listed, where, duties, business)
    grouping = propose_groups(candidates, SETTINGS)
    branches = find_branches(Listed(listed, where, duties, business), candidates, grouping, settings=SETTINGS)
    return branches, with_branches(grouping.outcomes, branches)


def test_who_is_left_out_may_join_a_branch_near_by() -> None:
    branches, outcomes = _made((BRANCH, BRANCH, ALONE), ({}, {}, {"lat": 36.66 + NORTH}))
    row = branches.iloc[0]
    assert (row["branch"], row["org_id"], row["measure"], row["units"], row["room_units"]) == (
        *("联合党支部", "O003", "M26"),
        *(2, 3),
    )
    assert row["distance_m"] == pytest.approx(1_110, abs=2)
    assert row["gain"] == pytest.approx(100 - row["cost"])
    assert outcomes["alternatives"].tolist() == ["existing"]
    assert outcomes["measure"].tolist() == ["M26"]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((BRANCH | {"unit_units": 5}, ALONE), id="five units already"),
        pytest.param((*[BRANCH] * 5, ALONE), id="five rows already"),
        pytest.param((BRANCH | {"unit_members": 50}, ALONE), id="fifty members already"),
        pytest.param((BRANCH | {"unit_members": 49}, ALONE | {"n_full": 2}), id="fifty-one with it"),
        pytest.param((BRANCH | {"n_full": pd.NA}, ALONE), id="nobody knows how many members"),
        pytest.param((BRANCH, BRANCH | {"n_full": pd.NA}, ALONE), id="nobody knows how many one of them has"),
        pytest.param((BRANCH, ALONE | {"superior": "乙党委"}), id="another superior"),
        pytest.param((BRANCH | {"unit_form": "branch"}, ALONE), id="a unit of its own"),
        pytest.param((BRANCH | {"status": "closed"}, ALONE), id="closed"),
        pytest.param((BRANCH, ALONE | {"n_full": 3}), id="owes its own unit"),
    ],
)
def test_no_branch_takes_in_who_does_not_fit(rows: tuple[Mapping[str, Any], ...]) -> None:
    assert found(*rows).empty


def test_a_branch_counts_what_the_list_says_where_its_rows_are_not_surveyed() -> None:
    row = found(BRANCH | {"n_full": pd.NA, "unit_members": 9}, ALONE).iloc[0]
    assert (row["branch_members"], row["room_members"]) == (9, 41)


def test_its_rows_count_where_they_are_more_than_the_list_says() -> None:
    row = found(*[BRANCH | {"n_full": 2, "unit_members": 3, "unit_units": 2}] * 3, ALONE).iloc[0]
    assert (row["units"], row["branch_members"]) == (3, 6)


def test_beyond_the_travel_limit_there_is_none() -> None:
    assert found(BRANCH, ALONE, at=({}, {"lat": 36.66 + 3 * NORTH})).empty


def test_a_branch_without_a_name_is_its_row_and_counts_what_the_list_says() -> None:
    row = found(BRANCH | {"unit_name": "", "unit_units": 3, "unit_members": 9}, ALONE).iloc[0]
    assert (row["branch"], row["branch_org"], row["units"], row["branch_members"]) == ("", "O001", 3, 9)
    assert (row["room_units"], row["room_members"]) == (2, 41)


def test_the_gain_counts_what_is_proposed_now_and_says_whose_unit_would_break() -> None:
    rows = (BRANCH, ALONE | {"n_full": 2}, ALONE)
    branches = found(*rows, at=({}, {"lat": 36.66 + NORTH}, {"lat": 36.66 + NORTH}))
    assert branches["measure"].tolist() == ["M22", "M22"]
    assert branches["breaks"].tolist() == [True, True]
    assert (branches["gain"] < 0).all()


def test_the_cheapest_branch_of_several_is_named() -> None:
    other = BRANCH | {"unit_name": "远支部"}
    branches = found(BRANCH, other, ALONE, at=({"lat": 36.66 + NORTH}, {"lat": 36.66 + 2 * NORTH}, {}))
    assert branches["branch"].tolist() == ["联合党支部"]
