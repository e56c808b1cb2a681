"""The plan of a few organisations is the best of all plans, tried one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import propose_groups
from tests.grouping import cases

CODES = ["8310", "8311", "8321", "8411", "8521", "9521"]


def random_block(seed: int) -> tuple[pd.DataFrame, int, dict[str, object]]:
    """Two to seven organisations, up to two hosts, sometimes slots, few members to a branch, or mixed superiors."""
    rng = np.random.default_rng(seed)
    small, hosts = int(rng.integers(2, 8)), int(rng.integers(0, 3))
    rows = [
        {
            "kind": "host" if number >= small else "small",
            "n": int(rng.integers(3, 6)) if number >= small else int(rng.integers(1, 3)),
            "east_m": float(rng.integers(-2500, 2500)),
            "north_m": float(rng.integers(-2500, 2500)),
            "limit_m": float(rng.choice([1_000.0, 3_000.0, 6_000.0])),
            "is_precise": bool(rng.random() > 0.1),
            "industry_code": str(rng.choice(CODES)),
            "supervisor": str(rng.choice(["", "a", "b"])),
            "township": str(rng.choice(["", "s", "t"])),
            "superior": str(rng.choice(["", "p", "q"])) if seed % 5 == 0 else "",
        }
        for number in range(small + hosts)
    ]
    for row in rows:
        row["size"] = int(row["n"]) + int(rng.integers(0, 3))
    changes: dict[str, object] = {"joint_max_units": int(rng.integers(2, 6)), "host_max_orgs": int(rng.integers(1, 5))}
    if seed % 3 == 0:
        changes["branch_max_members"] = int(rng.integers(5, 10))
    if seed % 5 == 0:
        changes["same_superior"] = "prefer"
    if seed % 7 == 0:
        changes["profile"] = "2012"
    slots = int(rng.integers(0, 3)) if seed % 2 else 0
    return cases.candidates(*rows), slots, changes | {"instructor_slots": slots}


@pytest.mark.parametrize("seed", range(110))
def test_the_plan_costs_no_more_than_any_other(seed: int) -> None:
    table, slots, changes = random_block(seed)
    rules = cases.settings(**changes)
    grouping = propose_groups(table, rules)
    block = grouping.blocks.iloc[0]
    assert cases.broken_rules(table, grouping.groups, rules) == []
    assert block["cost"] == pytest.approx(cases.best_plan_cost(table, rules, slots=slots), abs=1e-5)
    assert block["is_proved"]
    assert block["bound"] <= block["cost"] + 1e-6


def test_the_enumerator_knows_a_pair_and_a_lone_one() -> None:
    table = cases.candidates({"n": 2}, {"n": 1, "east_m": 1500.0}, {"n": 2, "east_m": 9000.0})
    assert cases.best_plan_cost(table, cases.settings()) == pytest.approx(100.25, abs=1e-4)
