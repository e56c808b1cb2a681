"""Among very many hosts only the nearest are looked at: what planners fixed still holds, and bounds stay true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import Wishes, guests, propose_groups
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.care import Care
from coverage.grouping.solving import solve_block
from coverage.tables import KeptUnits, Rulings
from tests.grouping.cases import best_plan_cost, candidates, settings

RULES = settings(joint_max_units=2, host_max_orgs=1)


@pytest.fixture(autouse=True)
def _two_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "LEAST_EACH", 2)
    monkeypatch.setattr(guests, "_MOST_TRIPS", 1)


def near_hosts(orgs: int, hosts: int, *, limit_m: float = 3_000.0) -> pd.DataFrame:
    """Return organisations of one member in one place, whom nobody joins, and hosts, each a little farther away."""
    return candidates(
        *({"n": 1, "limit_m": limit_m} for _ in range(orgs)),
        *({"kind": "host", "n": 5, "east_m": 10.0 + 10.0 * place} for place in range(hosts)),
    )


def rulings(*rows: tuple[str, str, str]) -> Wishes:
    table = pd.DataFrame([(*row, "") for row in rows], columns=["kind", "org_id", "other_id", "value"])
    return Wishes(rulings=Rulings.validate(table))


def host_of(groups: pd.DataFrame, org_id: str) -> str:
    group_id = groups.set_index("org_id")["group_id"][org_id]
    return str(groups.loc[(groups["group_id"] == group_id) & (groups["role"] == "host"), "org_id"].item())


@pytest.mark.parametrize(
    ("rules", "host"),
    [([("force", "A00", "A04")], "A04"), ([("forbid", "A00", "A01"), ("forbid", "A02", "A00")], "A03")],
)
def test_a_ruling_about_a_host_beyond_the_nearest_holds(rules: list[tuple[str, str, str]], host: str) -> None:
    made = propose_groups(near_hosts(1, 4), RULES, wishes=rulings(*rules))

    assert host_of(made.groups, "A00") == host
    assert made.blocks["is_proved"].item()


def test_hosts_that_are_full_take_no_place_among_the_nearest() -> None:
    seats = [("G0", "attached", "host", "A04"), ("G0", "attached", "member", "A00")]
    seats += [("G1", "attached", "host", "A05"), ("G1", "attached", "member", "A01")]
    kept = KeptUnits.validate(pd.DataFrame(seats, columns=["group_id", "form", "role", "org_id"]))

    made = propose_groups(near_hosts(4, 4), RULES, wishes=Wishes(kept=kept))

    assert made.blocks["covered"].item() == 4
    assert made.blocks["is_proved"].item()


def test_whoever_finds_the_nearest_hosts_full_goes_farther() -> None:
    for orgs in (5, 7):
        made = propose_groups(near_hosts(orgs, orgs), RULES)

        assert made.blocks["covered"].item() == orgs
        assert made.blocks["is_proved"].item()


def test_where_not_all_can_be_looked_at_again_those_without_a_unit_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "_MOST_AGAIN", 5 * 7)  # all but the two that the nearest hosts take in

    made = propose_groups(near_hosts(7, 7), RULES)

    assert made.blocks["covered"].item() == 7


@pytest.mark.parametrize("stability", [0.0, 0.2])
def test_an_earlier_seat_far_away_does_not_count_among_the_nearest(stability: float) -> None:
    orgs = [
        {"n": 1, "east_m": metres, "limit_m": limit} for metres, limit in ((0.0, 3_000.0), (1.0, 25.0), (2.0, 25.0))
    ]
    hosts = [{"kind": "host", "n": 5, "east_m": metres} for metres in (10.0, 20.0, 300.0, 2_000.0)]
    pool, rules = candidates(*orgs, *hosts), RULES.model_copy(update={"stability": stability})
    seats = [("G0", "attached", "host", "A06"), ("G0", "attached", "member", "A00")]
    earlier = KeptUnits.validate(pd.DataFrame(seats, columns=["group_id", "form", "role", "org_id"]))

    made = propose_groups(pool, rules, wishes=Wishes(earlier=earlier))

    assert made.blocks["is_proved"].item()
    assert made.blocks["cost"].item() == pytest.approx(best_plan_cost(pool, rules))


def test_a_bound_is_no_lower_than_what_each_costs_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "_MOST_AGAIN", 0)

    made = propose_groups(near_hosts(7, 7), RULES)

    assert made.blocks["bound"].item() >= 0
    assert not made.blocks["is_proved"].item()


@pytest.mark.parametrize("care", Care)
@pytest.mark.parametrize("again", [0, 1_000])
def test_no_plan_costs_less_than_the_bound(care: Care, again: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "_MOST_AGAIN", again)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        orgs = [{"n": int(rng.integers(1, 3)), "east_m": east} for east in rng.uniform(0, 3_000, size=4)]
        hosts = [{"kind": "host", "n": 5, "east_m": east} for east in rng.uniform(0, 3_000, size=4)]
        pool = candidates(*orgs, *hosts)
        (block,) = split_blocks(pool, read_sites(pool), RULES)

        plan, best = solve_block(block, RULES, care=care), best_plan_cost(pool, RULES)

        assert plan.bound <= best + 1e-6 <= plan.cost + 2e-6, seed
        assert not plan.is_proved or plan.cost == pytest.approx(best)
        assert plan.is_proved or care is Care.DRAFT or not again
