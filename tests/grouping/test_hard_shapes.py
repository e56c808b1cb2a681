"""Shapes that grouping algorithms break on (GROUPING §6): each planned within the rules, in time, and well."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from coverage.grouping import propose_groups
from tests.grouping import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from coverage.grouping import Grouping

MOST_S = 15.0
FAR_M = 40_000.0


@pytest.fixture(autouse=True)
def quick_enough() -> Iterator[None]:
    """Seconds of this process's own work: others' load breaks nothing."""
    began = time.process_time()
    yield
    assert time.process_time() - began < MOST_S


def named(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return cases.candidates(*({"org_id": f"A{number:05}"} | row for number, row in enumerate(rows)))


def planned(rows: list[dict[str, Any]]) -> Grouping:
    """Return the plan of some rows, in which nothing is broken and everybody counted."""
    table, rules = named(rows), cases.settings()
    grouping = propose_groups(table, rules)
    assert cases.broken_rules(table, grouping.groups, rules) == []
    blocks = grouping.blocks
    assert blocks["small"].sum() == len(grouping.outcomes)
    assert (blocks["bound"] <= blocks["cost"] + 1e-6).all()
    return grouping


def covered(grouping: Grouping) -> int:
    return int(grouping.blocks["covered"].sum())


def scattered(count: int, spread_m: float, *, seed: int = 1, **fixed: Any) -> list[dict[str, Any]]:
    """Return organisations around one place, one or two members each, of two kinds of business."""
    rng = np.random.default_rng(seed)
    return [
        {
            "n": int(rng.integers(1, 3)),
            "east_m": float(rng.normal(0, spread_m)),
            "north_m": float(rng.normal(0, spread_m)),
            "industry_code": str(rng.choice(["8310", "8411"])),
        }
        | fixed
        for _ in range(count)
    ]


def test_ties_of_place_and_business_leave_nobody_out() -> None:
    """Of 127 identical ones, leads that all prefer the same eight neighbours covered 114."""
    grouping = planned([{"n": 1 + number % 2} for number in range(127)])
    assert covered(grouping) == 127
    assert grouping.blocks["is_proved"].all()
    assert grouping.groups["distance_m"].max() == 0


def test_a_building_of_six_hundred_is_covered() -> None:
    grouping = planned([{"n": 1 + number % 2, "industry_code": f"{8310 + number % 7}"} for number in range(600)])
    assert covered(grouping) == 600
    assert grouping.groups["distance_m"].max() == 0


@pytest.mark.parametrize("step_m", [900.0, 2_900.0])
def test_a_symmetric_grid_is_covered(step_m: float) -> None:
    """With the wide step only direct neighbours are within the limit."""
    rows = [{"n": 1, "east_m": step_m * x, "north_m": step_m * y} for x in range(12) for y in range(12)]
    assert covered(planned(rows)) == 144


def test_without_hosts_all_units_are_joint() -> None:
    grouping = planned(scattered(150, 2_000.0))
    assert set(grouping.groups["form"]) == {"joint"}
    assert covered(grouping) >= 148


def test_where_all_have_one_member_units_have_three_at_least() -> None:
    grouping = planned(scattered(200, 1_500.0, n=1))
    joint = grouping.groups[grouping.groups["form"] == "joint"]
    assert joint.groupby("group_id").size().between(3, 5).all()
    assert covered(grouping) >= 198


def test_the_isolated_stay_alone_and_only_they() -> None:
    lonely = [{"n": 2, "east_m": FAR_M * (1 + number)} for number in range(120)]
    pairs = [{"n": 2, "north_m": FAR_M * (1 + number // 2) + 100 * (number % 2)} for number in range(40)]
    grouping = planned([*lonely, *pairs])
    pending = grouping.outcomes.loc[grouping.outcomes["measure"] == "M26", "org_id"]
    assert pending.tolist() == [f"A{number:05}" for number in range(120)]
    assert covered(grouping) == 40
    assert grouping.blocks["is_proved"].all()


def test_one_host_for_all_takes_four() -> None:
    """Everybody reaches the host, nobody another one: the four places go to the cheapest trips."""
    around = [(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 30, endpoint=False)]
    rows = [
        {"n": 1, "limit_m": 2_000.0, "east_m": 1_900.0 * x, "north_m": 1_900.0 * y, "township": f"t{number}"}
        for number, (x, y) in enumerate(around)
        if number % 10 == 0
    ]
    grouping = planned([*rows, *rows, {"kind": "host", "n": 9}])
    assert covered(grouping) == 4
    assert grouping.outcomes["measure"].value_counts().to_dict() == {"M23": 4, "M26": 2}


@pytest.mark.nightly
def test_five_thousand_within_five_hundred_metres_are_covered() -> None:
    assert covered(planned(scattered(5_000, 160.0))) == 5_000


@pytest.mark.nightly
def test_a_thousand_single_members_in_one_street_are_covered() -> None:
    rows = [{"n": 1, "east_m": 15.0 * number, "industry_code": f"{8310 + number % 3}"} for number in range(1_000)]
    assert covered(planned(rows)) == 1_000
