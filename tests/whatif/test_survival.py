"""How sure a proposed unit is: what comes again when points, weights or the largest unit are a bit other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.execution import Execution
from coverage.execution.pool import in_pool
from coverage.grouping import NO_WISHES, Wishes, propose_groups
from coverage.tables import KeptUnits
from coverage.whatif import Survival, survival
from coverage.whatif.cases import POSITION_ERROR_M, position_cases, weight_cases
from coverage.whatif.running import read_blocks
from geo.distance import distance_m
from tests.grouping.cases import candidates, settings
from tests.whatif.lists import scattered

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARES = ["position", "legal", "weights", "most_units", "total"]


def tried(table: pd.DataFrame, *, runs: int = 6, wishes: Wishes = NO_WISHES, **changes: Any) -> Survival:
    """Return what survives of the plan of some organisations."""
    rules = settings(**changes)
    return survival(table, propose_groups(table, rules, wishes=wishes).groups, rules, runs=runs, wishes=wishes)


def shares(*rows: Mapping[str, Any], runs: int = 6, **changes: Any) -> dict[str, float]:
    """Return the shares of the one unit that some organisations form."""
    found = tried(candidates(*rows), runs=runs, **changes).units
    assert len(found) == 1
    return {name: float(found[name].iloc[0]) for name in SHARES}


def test_a_pair_without_another_choice_always_comes_again() -> None:
    assert shares({"n": 2}, {"n": 1, "east_m": 900.0}) == dict.fromkeys(SHARES, 1.0)


def test_a_pair_near_its_limit_is_legal_only_sometimes_and_then_comes_again() -> None:
    found = shares({"n": 1}, {"n": 2, "east_m": 2_980.0}, runs=20)

    assert 0.2 < found["legal"] < 0.8
    assert found["position"] == found["legal"]
    assert found["weights"] == found["most_units"] == 1
    assert found["total"] == pytest.approx((found["position"] * 20 + 6 + 2) / 28)


def test_a_unit_that_hangs_on_a_weight_is_lost_with_another() -> None:
    """One partner is near, the other alike: .35 × (1 - .0) against .5 × 2,050 / 3,000, both about .35."""
    middle, near, alike = (
        {"n": 2, "industry_code": "8310"},
        {"n": 1, "industry_code": "8411", "east_m": 10.0, "limit_m": 3_000.0},
        {"n": 1, "industry_code": "8310", "east_m": -2_050.0, "limit_m": 3_000.0},
    )

    found = shares(middle, near, alike, runs=0, joint_max_units=2)

    assert 0 < found["weights"] < 1


def test_a_unit_as_large_as_allowed_is_lost_when_less_is_allowed() -> None:
    around = [{"n": 1, "east_m": 10.0 * place} for place in range(3)]

    found = shares(*around, joint_max_units=3, runs=0)

    assert found["most_units"] == 0.5
    assert found["weights"] == 1


def test_no_trial_of_a_kind_has_no_share() -> None:
    found = tried(candidates({"n": 2}, {"n": 1}), runs=0).units

    assert found[["position", "legal"]].isna().all(axis=None)


def test_who_goes_to_a_host_is_a_unit_with_it() -> None:
    found = tried(candidates({"kind": "host", "n": 5}, {"n": 1, "east_m": 2_900.0}), runs=20)

    assert found.units["form"].tolist() == ["attached"]
    assert 0 < found.units["legal"].iloc[0] < 1
    assert found.units["position"].iloc[0] == found.units["legal"].iloc[0] == found.seats["position"].iloc[0]


def test_a_regional_unit_comes_again_and_nobody_travels_in_it() -> None:
    apart: list[dict[str, Any]] = [{"n": 1, "township": "甲镇", "east_m": 9_000.0 * place} for place in range(6)]

    found = tried(candidates(*apart))

    assert found.units["form"].tolist() == ["regional"]
    assert found.units["total"].tolist() == [1.0]
    assert found.seats.empty


def test_an_organisation_may_stay_with_its_lead_where_the_unit_changes() -> None:
    pair: list[dict[str, Any]] = [{"n": 2}, {"n": 1, "east_m": 5.0}]
    third: dict[str, Any] = {"n": 1, "east_m": 2_990.0, "limit_m": 3_000.0}

    found = tried(candidates(*pair, third), runs=20)

    together = found.seats.set_index("org_id")
    unit = found.units.iloc[0]
    assert len(found.units) == 1
    assert together["position"].drop("A02").eq(1).all()
    assert together.loc["A02", "position"] == unit["position"] < 1


def test_a_decided_unit_always_comes_again() -> None:
    table = candidates({"n": 2}, {"n": 1, "east_m": 2_900.0}, {"n": 1, "east_m": 10.0})
    seats = [("U1", "joint", "lead", "A00"), ("U1", "joint", "member", "A01")]
    kept = KeptUnits.validate(pd.DataFrame(seats, columns=list(KeptUnits.to_schema().columns)))

    found = tried(table, runs=12, wishes=Wishes(kept=kept)).units

    assert len(found) == 1
    assert found[["position", "weights", "most_units"]].iloc[0].tolist() == [1, 1, 1]
    assert found["legal"].iloc[0] < 1


def test_points_move_evenly_in_a_disc_of_300_metres() -> None:
    table = candidates(*({"n": 1, "east_m": 40.0 * place} for place in range(400)))
    [block] = read_blocks(table, settings(), NO_WISHES).blocks
    [case] = position_cases(table, settings(), runs=1, seed=1)

    way = distance_m(case.change(block).small.xyz, block.small.xyz)

    assert way.max() <= POSITION_ERROR_M + 1
    assert 0.25 - 0.07 < (way < POSITION_ERROR_M / 2).mean() < 0.25 + 0.07  # half the radius, a quarter of the area


def test_weights_still_add_up() -> None:
    rules = settings()

    cases = list(weight_cases(rules))

    assert len(cases) == 6
    for case in cases:
        weights = case.settings
        assert weights.alpha + weights.beta + weights.gamma_supervisor + weights.gamma_township == pytest.approx(1)
    assert [round(case.settings.alpha / case.settings.beta / (rules.alpha / rules.beta), 3) for case in cases] == [
        0.8, 1.2, 1.25, 0.833, 1.0, 1.0,
    ]  # fmt: skip


def test_a_county_is_tried_alike_alone_and_among_others_wherever() -> None:
    both = pd.concat([scattered(24, seed=11), scattered(24, seed=12, adcode="370103")], ignore_index=True)
    groups = propose_groups(both, settings()).groups
    rest = both[both["adcode"] == "370103"]

    together = survival(both.sample(frac=1, random_state=3), groups, settings(), runs=3)
    pooled = survival(both, groups, settings(), runs=3, execution=Execution(lambda *work: in_pool(*work, workers=1)))
    alone = survival(rest, groups[groups["adcode"] == "370103"], settings(), runs=3)

    for name in ("units", "seats"):
        pd.testing.assert_frame_equal(getattr(together, name), getattr(pooled, name))
    assert 0 < together.units["total"].mean() < 1
    here = together.units["adcode"] == "370103"
    pd.testing.assert_frame_equal(together.units[here].reset_index(drop=True), alone.units)


def test_what_was_not_tried_is_named_and_has_no_share() -> None:
    table = scattered(20, seed=13)
    groups = propose_groups(table, settings()).groups

    found = survival(table, groups, settings(), runs=1, execution=Execution(is_cancelled=lambda: True))

    assert set(found.missing["cause"]) == {"cancelled"}
    assert found.units["total"].isna().all()
