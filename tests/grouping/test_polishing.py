"""A polished plan costs no more than the usual one, covers no fewer, and knows its distance from the best as well."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import NO_WISHES, propose_groups
from coverage.grouping.exact import Plan, solve_exactly
from coverage.grouping.greedy import greedy_plan
from coverage.grouping.pieces import sweep
from tests.grouping.cases import broken_rules, candidates, settings
from tests.grouping.test_properties import crowded_parts

POLISHED = NO_WISHES._replace(is_polished=True)


def county(seed: int, count: int, width_m: float) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, width_m, size=(count, 2))
    return candidates(
        *(
            {
                "n": int(rng.integers(1, 3)),
                "east_m": east,
                "north_m": north,
                "industry_code": str(rng.choice(["8310", "8391", "9521"])),
            }
            for east, north in places
        )
    )


@pytest.mark.parametrize("seed", range(2))
def test_polishing_costs_no_more_and_covers_no_fewer(seed: int) -> None:
    pool, rules = county(seed, 240, 9_000), settings(joint_max_units=4)

    usual, polished = propose_groups(pool, rules), propose_groups(pool, rules, wishes=POLISHED)

    assert polished.blocks["cost"].sum() <= usual.blocks["cost"].sum() + 1e-6
    assert polished.blocks["covered"].sum() >= usual.blocks["covered"].sum()
    assert polished.blocks["bound"].sum() <= polished.blocks["cost"].sum() + 1e-6
    assert not broken_rules(pool, polished.groups, rules)


def test_sweeps_lead_from_a_greedy_plan_to_the_best_one() -> None:
    gains = []
    for seed in range(8):
        part = max(crowded_parts(seed), key=lambda part: len(part.n))
        start = greedy_plan(part)
        best = solve_exactly(part, start)

        swept = sweep(part, Plan(start, float(start.cost.sum()), 0.0))

        assert best.is_proved
        assert swept.cost == pytest.approx(best.cost)
        assert swept.bound <= best.cost + 1e-6
        gains.append(float(start.cost.sum()) - swept.cost)
    assert max(gains) > 1e-3
