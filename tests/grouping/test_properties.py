"""What holds for every list: hard rules, everybody once, row order of no account, no fewer covered than greedy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.grouping import propose_groups
from coverage.grouping import trips as trips_module
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.exact import solve_exactly
from coverage.grouping.greedy import greedy_plan
from coverage.grouping.model import Kind, Part, no_columns
from coverage.grouping.parts import split
from coverage.grouping.pieces import solve_in_pieces
from coverage.grouping.special import Earlier
from coverage.grouping.trips import find_trips
from tests.grouping import cases

ROWS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["small", "small", "small", "host", "empty"]),
        "size": st.integers(0, 6),
        "n": st.integers(1, 2),
        "east_m": st.integers(-4, 4).map(lambda steps: 700.0 * steps),
        "north_m": st.integers(-4, 4).map(lambda steps: 700.0 * steps),
        "limit_m": st.sampled_from([1_000.0, 3_000.0]),
        "is_precise": st.sampled_from([True, True, True, False]),
        "superior": st.sampled_from(["", "", "p"]),
        "adcode": st.sampled_from([cases.COUNTY, cases.COUNTY, "370103", ""]),
        "township": st.sampled_from(["", "t"]),
        "class14": st.sampled_from(["", "4", "5"]),
        "industry_code": st.sampled_from(["", "8310", "8411"]),
        "business_text": st.sampled_from(["", "养老服务", "养老", "教育培训"]),
        "slots": st.sampled_from([pd.NA, 0, 1]),
    }
)


def lists() -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(ROWS.map(fitting), max_size=24)


def fitting(row: dict[str, Any]) -> dict[str, Any]:
    n = {"small": row["n"], "host": 3 + row["n"], "empty": 0}[row["kind"]]
    return row | {"n": n, "size": n + row["size"]}


RULES = cases.settings(
    branch_max_members=9, area_min_orgs=3, industry_min_orgs=3, industry_committees={"教育": "body"}, host_max_orgs=2
)


@settings(max_examples=settings().max_examples // 6)
@given(lists())
def test_no_rule_is_broken_and_everybody_has_one_outcome(rows: list[dict[str, Any]]) -> None:
    table = cases.candidates(*rows)
    grouping = propose_groups(table, RULES)
    small = table.loc[table["kind"] == "small", "org_id"]
    assert cases.broken_rules(table, grouping.groups, RULES) == []
    assert grouping.outcomes["org_id"].tolist() == small.tolist()
    in_groups = grouping.groups.loc[grouping.groups["role"] != "host", ["org_id", "group_id"]]
    told = grouping.outcomes.loc[grouping.outcomes["group_id"] != "", ["org_id", "group_id"]]
    pd.testing.assert_frame_equal(in_groups.sort_values("org_id", ignore_index=True), told.reset_index(drop=True))
    too_far = grouping.groups["distance_m"] > grouping.groups["limit_m"]
    assert not (too_far & (grouping.groups["role"] == "member")).any()


@settings(max_examples=settings().max_examples // 16)
@given(lists(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_account(rows: list[dict[str, Any]], random: Any) -> None:
    table = cases.candidates(*rows)
    order = list(range(len(table)))
    random.shuffle(order)
    for first, second in zip(propose_groups(table, RULES), propose_groups(table.iloc[order], RULES), strict=True):
        pd.testing.assert_frame_equal(first, second)


def scattered(seed: int, count: int) -> Part:
    """One part of a dense quarter."""
    rng = np.random.default_rng(seed)
    points = rng.integers(-1500, 1500, size=(count, 2)).astype(float)
    rows = [
        {
            "n": int(rng.integers(1, 3)),
            "east_m": east,
            "north_m": north,
            "industry_code": str(rng.choice(["8310", "8411"])),
        }
        for east, north in points
    ]
    hosts = [{"kind": "host", "n": 48, "east_m": 100.0 * number} for number in range(4)]
    table = cases.candidates(*({"org_id": f"A{number:04}"} | row for number, row in enumerate([*rows, *hosts])))
    rules = cases.settings()
    block = next(iter(split_blocks(table, read_sites(table), rules)))
    reach = find_trips(block.small, block.small, None, settings=rules)
    guests = find_trips(block.small, block.hosts, None, settings=rules).trips
    return max(
        split(
            block, reach, guests, earlier=Earlier(no_columns(rules.joint_max_units), guests.cost, 0.0), settings=rules
        ),
        key=lambda located: len(located.orgs),
    ).part


def covered(kinds: np.ndarray[Any, Any], members: np.ndarray[Any, Any]) -> int:
    return int((members[kinds != Kind.LEFT] >= 0).sum())


def test_pieces_are_legal_plans_above_their_bound_and_no_worse_than_greedy() -> None:
    part = scattered(1, 260)
    greedy = greedy_plan(part)
    plan = solve_in_pieces(part, greedy)
    members = plan.columns.members
    assert sorted(members[members >= 0].tolist()) == list(range(len(part.n)))
    assert plan.bound <= plan.cost < greedy.cost.sum()
    assert covered(plan.columns.kind, members) >= covered(greedy.kind, greedy.members)
    exact = solve_exactly(scattered(1, 60), greedy_plan(scattered(1, 60)))
    pieces = solve_in_pieces(scattered(1, 60), greedy_plan(scattered(1, 60)))
    assert exact.is_proved
    assert exact.cost <= pieces.cost + 1e-6
    assert pieces.bound <= exact.cost + 1e-6


def test_greedy_covers_no_more_than_the_plan() -> None:
    for seed in range(10):
        part = scattered(seed, 40)
        greedy = greedy_plan(part)
        plan = solve_exactly(part, greedy)
        assert covered(plan.columns.kind, plan.columns.members) >= covered(greedy.kind, greedy.members)
        assert plan.cost <= greedy.cost.sum() + 1e-9


def test_few_kept_trips_lose_no_coverage_where_everybody_is_in_one_place() -> None:
    table = cases.candidates(*({"org_id": f"A{number:04}", "n": 1 + number % 2} for number in range(300)))
    rules = cases.settings()
    block = next(iter(split_blocks(table, read_sites(table), rules)))
    reach = find_trips(block.small, block.small, None, settings=rules, most=1)
    trips = reach.trips
    assert reach.members.tolist() == [450 - (1 + number % 2) for number in range(300)]
    assert reach.dropped.max() < 1
    assert np.bincount(trips.traveller).tolist() == [64] * 300
    assert np.bincount(trips.lead, minlength=300).min() > 0


@pytest.mark.parametrize("seed", range(30))
def test_a_bound_holds_and_no_proof_is_claimed_where_trips_were_dropped(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sum(solve_exactly(part, greedy_plan(part)).cost for part in crowded_parts(seed))
    monkeypatch.setattr(trips_module, "LEAST_EACH", 3)
    plans = [solve_exactly(part, greedy_plan(part)) for part in crowded_parts(seed, most=1)]
    assert sum(plan.bound for plan in plans) <= whole + 1e-6
    assert sum(plan.cost for plan in plans) <= whole + 1e-6 or not all(plan.is_proved for plan in plans)


def crowded_parts(seed: int, *, most: int = 10**6) -> list[Part]:
    """Return the parts of one block of 8-19 organisations that stand close together, `most` trips kept in all."""
    rng = np.random.default_rng(seed)
    places = rng.normal(0, 600, (int(rng.integers(8, 20)), 2)).tolist()
    rows = (
        {"org_id": f"A{number:04}", "n": int(rng.integers(1, 3)), "east_m": east, "north_m": north}
        for number, (east, north) in enumerate(places)
    )
    table, rules = cases.candidates(*rows), cases.settings()
    block = next(iter(split_blocks(table, read_sites(table), rules)))
    reach = find_trips(block.small, block.small, None, settings=rules, most=most)
    guests = find_trips(block.small, block.hosts, None, settings=rules).trips
    return [
        located.part
        for located in split(
            block, reach, guests, earlier=Earlier(no_columns(rules.joint_max_units), guests.cost, 0.0), settings=rules
        )
    ]
