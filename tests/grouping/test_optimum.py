"""The plan of a few organisations is the best of all plans, tried one by one; many counties in one list."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import propose_groups
from tests.grouping import cases

CODES = ["8310", "8311", "8321", "8411", "8521", "9521"]
BATCHES, COUNTIES = 14, 18  # 252 counties, some of several blocks


class Batch(NamedTuple):
    """Counties of two to seven organisations, and rules that bind there: few places at hosts, slots, small branches."""

    table: pd.DataFrame
    changes: dict[str, Any]


def random_batch(seed: int) -> Batch:
    rng = np.random.default_rng(seed)
    changes: dict[str, Any] = {"joint_max_units": int(rng.integers(2, 6)), "host_max_orgs": int(rng.integers(1, 5))}
    if seed % 3 == 0:
        changes["branch_max_members"] = int(rng.integers(5, 10))
    if seed % 4 == 1:
        changes["same_superior"] = "prefer"
    if seed % 7 == 0:
        changes["profile"] = "2012"
    rows = [row for county in range(COUNTIES) for row in random_county(county, rng)]
    named = ({"org_id": f"A{number:03}"} | row for number, row in enumerate(rows))
    return Batch(cases.candidates(*named), changes)


def random_county(county: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    small, hosts = int(rng.integers(2, 8)), int(rng.integers(0, 3))
    superiors = ["", "p", "q"] if county % 5 == 0 else [""]
    shared = {"adcode": str(370_000 + county), "slots": int(rng.integers(0, 3)) if county % 2 else 0}
    return [
        shared | random_org(is_host=number >= small, superiors=superiors, rng=rng) for number in range(small + hosts)
    ]


def random_org(*, is_host: bool, superiors: list[str], rng: np.random.Generator) -> dict[str, Any]:
    n = int(rng.integers(3, 6)) if is_host else int(rng.integers(1, 3))
    return {
        "kind": "host" if is_host else "small",
        "n": n,
        "size": n + int(rng.integers(0, 3)),
        "east_m": float(rng.integers(-2500, 2500)),
        "north_m": float(rng.integers(-2500, 2500)),
        "limit_m": float(rng.choice([1_000.0, 3_000.0, 6_000.0])),
        "is_precise": bool(rng.random() > 0.1),
        "industry_code": str(rng.choice(CODES)),
        "supervisor": str(rng.choice(["", "a", "b"])),
        "township": str(rng.choice(["", "s", "t"])),
        "superior": str(rng.choice(superiors)),
    }


@pytest.mark.parametrize("seed", range(BATCHES))
def test_no_plan_costs_less(seed: int) -> None:
    table, changes = random_batch(seed)
    rules = cases.settings(**changes)
    grouping = propose_groups(table, rules)
    assert cases.broken_rules(table, grouping.groups, rules) == []
    assert grouping.blocks["is_proved"].all()
    assert (grouping.blocks["bound"] <= grouping.blocks["cost"] + 1e-6).all()
    costs = grouping.blocks.set_index(["adcode", "superior"])["cost"].to_dict()
    assert costs == pytest.approx(best_costs(table, changes), abs=1e-5)


def best_costs(table: pd.DataFrame, changes: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Return the least cost of each block that has somebody to group, by county and superior."""
    superior = "" if changes.get("same_superior") == "prefer" else table["superior"]
    found = {}
    for key, block in table.assign(block=superior).groupby(["adcode", "block"]):
        if (block["kind"] == "small").any():
            slots = int(block["slots"].max())
            adcode, name = (str(part) for part in key)
            found[adcode, name] = cases.best_plan_cost(block, cases.settings(**changes), slots=slots)
    return found


def test_there_are_enough_counties_and_what_binds_them_differs() -> None:
    batches = [random_batch(seed) for seed in range(BATCHES)]
    assert sum(batch.table["adcode"].nunique() for batch in batches) >= 200
    assert (
        max(int((batch.table["kind"] == "small").groupby(batch.table["adcode"]).sum().max()) for batch in batches) == 7
    )
    assert {batch.changes["joint_max_units"] for batch in batches} == {2, 3, 4, 5}
    assert {batch.changes["host_max_orgs"] for batch in batches} == {1, 2, 3, 4}
    assert {int(slots) for batch in batches for slots in batch.table["slots"].unique()} == {0, 1, 2}


def test_the_enumerator_knows_a_pair_and_a_lone_one() -> None:
    table = cases.candidates({"n": 2}, {"n": 1, "east_m": 1500.0}, {"n": 2, "east_m": 9000.0})
    assert cases.best_plan_cost(table, cases.settings()) == pytest.approx(100.25, abs=1e-4)
