"""Wider rules never cover fewer: said of every county that both plans prove."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import propose_groups
from tests.grouping import cases

COUNTIES = 18
LIMITS = (0.5, 1.0, 1.5, 2.0)
CHAINS: dict[str, list[dict[str, Any]]] = {
    "organisations of a unit": [{"joint_max_units": most} for most in (2, 3, 5, 7)],
    "guests of a host": [{"host_max_orgs": most} for most in (0, 1, 4)],
    "members of a branch": [{"branch_max_members": most} for most in (4, 6, 50)],
    "instructors": [{"instructor_slots": slots} for slots in (0, 1, 3)],
}


def sparse_counties(seed: int) -> pd.DataFrame:
    """Counties of 4-22 organisations so far apart that the limits decide who is covered."""
    rng = np.random.default_rng(seed)
    rows = [
        random_org(str(370_100 + county), rng) for county in range(COUNTIES) for _ in range(int(rng.integers(4, 23)))
    ]
    return cases.candidates(*({"org_id": f"A{number:04}"} | row for number, row in enumerate(rows)))


def random_org(adcode: str, rng: np.random.Generator) -> dict[str, Any]:
    is_host = bool(rng.random() < 0.12)
    n = int(rng.integers(3, 8)) if is_host else int(rng.integers(1, 3))
    return {
        "adcode": adcode,
        "kind": "host" if is_host else "small",
        "n": n,
        "size": n + int(rng.integers(0, 2)),
        "east_m": float(rng.normal(0, 3_500)),
        "north_m": float(rng.normal(0, 3_500)),
        "limit_m": float(rng.choice([1_500.0, 3_000.0])),
        "industry_code": str(rng.choice(["8310", "8311", "8411", "9521"])),
    }


def never_fewer(narrow: pd.DataFrame, wide: pd.DataFrame) -> int:
    """Return how many counties both plans prove, in none of which the wider one covers fewer."""
    both = narrow.merge(wide, on=["adcode", "superior"], suffixes=("", "_wide"), validate="one_to_one")
    proved = both[both["is_proved"] & both["is_proved_wide"]]
    assert proved.loc[proved["covered_wide"] < proved["covered"], "adcode"].tolist() == []
    return len(proved)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(1, 8))])
def test_farther_travel_never_covers_fewer(seed: int) -> None:
    table = sparse_counties(seed)
    plans = [
        propose_groups(table.assign(limit_m=factor * table["limit_m"]), cases.settings()).blocks for factor in LIMITS
    ]
    compared = [never_fewer(*pair) for pair in pairwise(plans)]
    assert min(compared) > 0.9 * COUNTIES
    assert plans[0]["covered"].sum() < plans[-1]["covered"].sum()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(1, 8))])
@pytest.mark.parametrize("chain", CHAINS)
def test_a_looser_rule_never_covers_fewer_and_costs_no_more(chain: str, seed: int) -> None:
    table = sparse_counties(seed)
    plans = [propose_groups(table, cases.settings(**changes)).blocks for changes in CHAINS[chain]]
    for narrow, wide in pairwise(plans):
        assert never_fewer(narrow, wide) > 0.9 * COUNTIES
        is_proved = narrow["is_proved"] & wide["is_proved"]
        assert (wide["cost"] <= narrow["cost"] + 1e-6)[is_proved].all()
    assert plans[0]["covered"].sum() < plans[-1]["covered"].sum()
