"""Trips that a crowded block did not keep: found again where they matter, so that bounds hold for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest

import coverage.grouping.enumeration as enumeration_module
import coverage.grouping.solving as solving_module
import coverage.grouping.trips as trips_module
from coverage.grouping import Wishes, propose_groups
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.enumeration import price_all
from coverage.grouping.model import no_columns
from coverage.grouping.parts import Located, split
from coverage.grouping.pricing import Prices, price
from coverage.grouping.special import Earlier
from coverage.grouping.triples import Triples
from coverage.grouping.trips import Reach, find_trips
from coverage.grouping.widening import Sources, beyond
from coverage.tables import KeptUnits
from tests.grouping import cases

if TYPE_CHECKING:
    from coverage.grouping.arrays import Block

RULES = cases.settings()


def crowd(seed: int, orgs: int) -> pd.DataFrame:
    """Return organisations around one square, of three trades and of different sizes."""
    rng = np.random.default_rng(seed)
    return cases.candidates(
        *(
            {
                "org_id": f"A{number:04}",
                "n": int(rng.integers(1, 3)),
                "size": int(rng.choice([2, 3, 8, 21], p=[0.5, 0.3, 0.15, 0.05])),
                "east_m": float(rng.normal(0, 900)),
                "north_m": float(rng.normal(0, 900)),
                "industry_code": str(rng.choice(["8310", "8411", "9521"])),
            }
            for number in range(orgs)
        )
    )


def block_of(table: pd.DataFrame) -> Block:
    return next(iter(split_blocks(table, read_sites(table), RULES)))


def located(block: Block, reach: Reach) -> list[Located]:
    guests = find_trips(block.small, block.hosts, None, settings=RULES).trips
    return list(
        split(
            block, reach, guests, earlier=Earlier(no_columns(RULES.joint_max_units), guests.cost, 0.0), settings=RULES
        )
    )


class Both(NamedTuple):
    """One part with all its trips, and with a few of them."""

    block: Block
    whole: Located
    few: Located


@pytest.fixture(params=range(4))
def both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Both:
    block = block_of(crowd(request.param, 60))
    whole = located(block, find_trips(block.small, block.small, None, settings=RULES))
    monkeypatch.setattr(trips_module, "LEAST_EACH", 4)
    few = located(block, find_trips(block.small, block.small, None, settings=RULES, most=1))
    assert len(whole) == len(few) == 1
    assert np.isfinite(few[0].part.near_cost).sum() < np.isfinite(whole[0].part.near_cost).sum() / 3
    return Both(block, whole[0], few[0])


def test_at_any_prices_the_least_reduced_costs_are_those_of_all_trips(both: Both) -> None:
    orgs = len(both.whole.orgs)
    rng = np.random.default_rng(7)
    missed = 0
    for level in (0.05, 0.2, 0.5, 1.0):
        nothing = np.zeros(len(both.whole.part.host_places))
        prices = Prices(rng.uniform(0, level, orgs), nothing, nothing, 0.0, np.zeros(4))
        look = beyond(Sources(both.block, None, RULES), both.few)
        assert look is not None
        wider = look.widen(both.few.part, prices)
        expected = price(both.whole.part, prices).gain
        assert price(wider, prices).gain == pytest.approx(expected, abs=1e-9)
        missed += price(both.few.part, prices).gain > expected + 1e-6
    assert missed, "no trip that was left out mattered: the test shows nothing"


def test_with_cuts_the_least_reduced_costs_are_those_of_all_trips(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration_module, "_MOST_PRICED", 10**6)
    orgs = len(both.whole.orgs)
    rng = np.random.default_rng(8)
    nothing = np.zeros(len(both.whole.part.host_places))
    triples = Triples(np.array([rng.permutation(orgs)[:3] for _ in range(300)]), -rng.uniform(0, 0.1, 300))
    look = beyond(Sources(both.block, None, RULES), both.few)
    assert look is not None
    missed = 0
    for level in (0.1, 0.2, 0.3):
        prices = Prices(rng.uniform(0, level, orgs), nothing, nothing, 0.0, np.zeros(4), triples)
        expected, few, wide = (
            price_all(part, prices) for part in (both.whole.part, both.few.part, look.widen(both.few.part, prices))
        )
        assert wide.gain == pytest.approx(expected.gain, abs=1e-9)
        missed += few.gain > expected.gain + 1e-6
    assert missed, "no trip that was left out mattered: the test shows nothing"


def test_a_unit_of_two_needs_no_second_traveller(both: Both) -> None:
    few = both.few.part._replace(most_units=2)
    look = beyond(Sources(both.block, None, RULES), both.few)
    assert look is not None
    nothing = np.zeros(len(few.host_places))
    prices = Prices(np.full(len(few.n), 0.3), nothing, nothing, 0.0, np.zeros(4))
    whole = both.whole.part._replace(most_units=2)
    assert price(look.widen(few, prices), prices).gain == pytest.approx(price(whole, prices).gain, abs=1e-9)


def test_one_of_a_forced_pair_is_replaced_by_nobody(both: Both) -> None:
    bundle = np.full(len(both.few.orgs), -1)
    bundle[[3, 11]] = 0
    few, whole = (each.part._replace(pairs=each.part.pairs._replace(bundle=bundle)) for each in (both.few, both.whole))
    look = beyond(Sources(both.block, None, RULES), both.few)
    assert look is not None
    nothing, org = np.zeros(len(few.host_places)), np.full(len(few.n), 0.1)
    org[3], org[11] = 2.0, -0.5
    prices = Prices(org, nothing, nothing, 0.0, np.zeros(4))
    assert price(look.widen(few, prices), prices).gain == pytest.approx(price(whole, prices).gain, abs=1e-9)


def test_new_arrivals_in_a_building_of_locked_units_find_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trips_module, "LEAST_EACH", 4)
    monkeypatch.setattr(find_trips, "__kwdefaults__", {"most": 1})
    table = cases.candidates(*({"org_id": f"A{at:03}"} for at in range(60)))
    staying = [at for at in range(60) if at % 10]
    seats = [
        (f"G{place // 3}", "joint", "member" if place % 3 else "lead", f"A{at:03}") for place, at in enumerate(staying)
    ]
    kept = pd.DataFrame(seats, columns=["group_id", "form", "role", "org_id"])
    blocks = propose_groups(table, RULES, wishes=Wishes(kept=KeptUnits.validate(kept))).blocks
    assert blocks["covered"].sum() == 60


def test_whoever_only_dropped_trips_connect_is_in_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ({"org_id": f"A{at:03}", "industry_code": "8310" if at < 20 else "9521"} for at in range(40))
    block = block_of(cases.candidates(*rows))
    monkeypatch.setattr(trips_module, "LEAST_EACH", 4)
    reach = find_trips(block.small, block.small, None, settings=RULES, most=1)
    across = (reach.trips.traveller < 20) != (reach.trips.lead < 20)
    assert not across.any()
    assert len(located(block, reach)) == 1


def test_a_crowded_block_is_planned_as_well_with_few_of_its_trips(monkeypatch: pytest.MonkeyPatch) -> None:
    table = crowd(5, 140)
    monkeypatch.setattr(solving_module, "MOST_EXACT", 50)
    whole = propose_groups(table, RULES).blocks
    monkeypatch.setattr(trips_module, "LEAST_EACH", 6)
    monkeypatch.setattr(find_trips, "__kwdefaults__", {"most": 1})
    few = propose_groups(table, RULES).blocks
    assert few["covered"].sum() == whole["covered"].sum()
    assert few["bound"].sum() == pytest.approx(whole["bound"].sum(), rel=0.005)
    assert few["bound"].sum() <= whole["cost"].sum() + 1e-6
    assert few["cost"].sum() <= 1.02 * whole["cost"].sum()
