"""What planners fix is kept to, and the best plan among those that keep to it is found (GROUPING §7)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import Wishes, propose_groups
from coverage.settings import PlanSettings
from coverage.tables import Rulings
from tests.grouping.cases import broken_rules, candidates, settings, star_cost


def rulings(*rows: tuple[str, ...]) -> Wishes:
    filled = [(*row, "", "", "")[:4] for row in rows]
    return Wishes(rulings=Rulings.validate(pd.DataFrame(filled, columns=["kind", "org_id", "other_id", "value"])))


def members_of(groups: pd.DataFrame) -> set[frozenset[str]]:
    return {frozenset(rows["org_id"]) for _, rows in groups.groupby("group_id")}


def line(*east: int, n: int = 2) -> pd.DataFrame:
    return candidates(*({"n": n, "east_m": metres} for metres in east))


def test_a_forbidden_pair_is_in_no_unit_together() -> None:
    pool = line(0, 100, 200, 300)
    assert members_of(propose_groups(pool, settings()).groups) == {frozenset({"A00", "A01"}), frozenset({"A02", "A03"})}

    made = propose_groups(pool, settings(), wishes=rulings(("forbid", "A01", "A00")))

    assert members_of(made.groups) == {frozenset({"A00", "A02"}), frozenset({"A01", "A03"})}
    assert bool(made.blocks["is_proved"][0])


def test_a_pair_that_only_a_third_one_would_join_is_kept_apart_too() -> None:
    pool = candidates({"n": 1}, {"n": 1, "east_m": 100}, {"n": 1, "east_m": 50})
    assert len(propose_groups(pool, settings()).groups) == 3

    made = propose_groups(pool, settings(), wishes=rulings(("forbid", "A00", "A01")))

    assert made.groups.empty


def test_a_forced_pair_is_in_one_unit() -> None:
    made = propose_groups(
        line(0, 100, 2_000, 2_100), settings(joint_max_units=2), wishes=rulings(("force", "A00", "A03"))
    )

    assert members_of(made.groups) == {frozenset({"A00", "A03"}), frozenset({"A01", "A02"})}
    assert bool(made.blocks["is_proved"][0])


def test_a_forced_pair_that_cannot_meet_is_in_no_unit() -> None:
    made = propose_groups(line(0, 100, 20_000, 20_100), settings(), wishes=rulings(("force", "A00", "A03")))

    assert made.groups.empty
    assert made.blocks["cost"].tolist() == [400.0]


def test_a_forced_pair_in_two_blocks_is_in_no_unit_and_says_why() -> None:
    near = [{"n": 2, "east_m": 100.0 * place, "superior": "pq"[place % 2]} for place in range(4)]
    pool = candidates(*near, {"kind": "host", "n": 5, "superior": "q"}, {"kind": "empty", "n": 0, "superior": "p"})
    cross = [("force", "A00", "A01"), ("force", "A02", "A04"), ("force", "A03", "A99"), ("forbid", "A00", "A03")]

    made = propose_groups(pool, settings(), wishes=rulings(*cross))
    whole = propose_groups(pool, settings(same_superior="prefer"), wishes=rulings(*cross))

    outcomes = made.outcomes.set_index("org_id")
    assert outcomes["measure"].tolist() == ["M26", "M26", "M26", "M23"]
    assert outcomes["reason"].tolist() == ["ruled", "ruled", "ruled", "attached"]
    assert frozenset({"A00", "A01"}) in members_of(whole.groups)


def test_forced_pairs_go_to_one_host_and_forbidden_ones_to_two() -> None:
    pool = candidates(
        {"kind": "host", "n": 5},
        {"kind": "host", "n": 5, "east_m": 900},
        {"n": 1, "east_m": 100},
        {"n": 1, "east_m": 800},
    )
    alone = propose_groups(pool, settings())
    together = propose_groups(pool, settings(), wishes=rulings(("force", "A02", "A03")))
    assert members_of(alone.groups) == {frozenset({"A00", "A02"}), frozenset({"A01", "A03"})}
    assert members_of(together.groups) in (
        {frozenset({"A00", "A02", "A03"})},
        {frozenset({"A01", "A02", "A03"})},
    )

    close = candidates(
        {"kind": "host", "n": 5}, {"kind": "host", "n": 5, "east_m": 900}, {"n": 1}, {"n": 1, "east_m": 10}
    )
    apart = propose_groups(close, settings(), wishes=rulings(("forbid", "A02", "A03")))
    assert members_of(propose_groups(close, settings()).groups) == {frozenset({"A00", "A02", "A03"})}
    assert members_of(apart.groups) == {frozenset({"A00", "A02"}), frozenset({"A01", "A03"})}


@pytest.mark.parametrize(
    ("value", "measures"),
    [("joint", "M22"), ("attached", "M23"), ("instructor", "M21"), ("none", "M26")],
)
def test_a_fixed_remedy_is_the_only_one(value: str, measures: str) -> None:
    pool = candidates(
        {"n": 2, "slots": 1}, {"n": 2, "east_m": 100, "slots": 1}, {"kind": "host", "n": 5, "east_m": 50, "slots": 1}
    )

    made = propose_groups(pool, settings(), wishes=rulings(("remedy", "A00", "", value)))

    assert made.outcomes.set_index("org_id").loc["A00", "measure"] == measures


def test_a_fixed_lead_leads() -> None:
    pool = line(0, 100, 200)
    assert propose_groups(pool, settings()).groups.set_index("org_id")["role"]["A01"] == "lead"

    made = propose_groups(pool, settings(), wishes=rulings(("lead", "A02")))

    assert made.groups.set_index("org_id")["role"]["A02"] == "lead"
    assert len(made.groups) == 3


@pytest.mark.parametrize(
    ("rule", "change", "reason"),
    [
        pytest.param(("forbid", "A00", "A02"), {}, "nobody_near", id="nobody would have met"),
        pytest.param(("forbid", "A00", "A02"), {"is_precise": False}, "no_point", id="without a point"),
        pytest.param(("forbid", "A00", "A02"), {"adcode": ""}, "no_county", id="without a county"),
        pytest.param(("forbid", "A00", "A01"), {"east_m": 2_500.0}, "ruled", id="from the only partner"),
        pytest.param(("forbid", "A00", "A03"), {}, "nobody_near", id="from a far host"),
        pytest.param(("forbid", "A00", "A03"), {"east_m": 30_100.0}, "ruled", id="from the only host"),
        pytest.param(("force", "A00", "A02"), {}, "ruled", id="bound to somebody"),
        pytest.param(("remedy", "A00", "", "none"), {}, "ruled", id="to stay alone"),
        pytest.param(("remedy", "A00", "", "joint"), {}, "nobody_near", id="to join nobody"),
        pytest.param(("remedy", "A00", "", "joint"), {"slots": 1, "n": 2}, "ruled", id="no instructor"),
        pytest.param(("lead", "A00"), {"east_m": 30_100.0}, "ruled", id="to lead, not to travel"),
    ],
)
def test_a_ruling_is_the_reason_where_it_closes_something(
    rule: tuple[str, ...], change: dict[str, Any], reason: str
) -> None:
    pool = candidates(
        {"n": 1} | change,
        {"n": 2, "east_m": 5_000.0},
        {"n": 2, "east_m": 90_000.0},
        {"kind": "host", "n": 5, "east_m": 30_000.0},
    )

    left = propose_groups(pool, settings(), wishes=rulings(rule)).outcomes.iloc[0]

    assert left["reason"] == reason
    assert (left["way_out"] == "locate") == reason.startswith("no_")


def test_a_ruling_is_the_reason_of_two_who_would_meet_at_a_third_only() -> None:
    pool = candidates({"n": 1, "east_m": -2_500.0}, {"n": 1, "east_m": 2_500.0}, {"n": 1})

    made = propose_groups(pool, settings(), wishes=rulings(("forbid", "A00", "A01")))

    assert made.outcomes["reason"].tolist() == ["ruled", "ruled", "partners_taken"]


def test_an_organisation_may_be_kept_from_a_host_and_bound_to_one() -> None:
    pool = candidates(
        {"kind": "host", "n": 5}, {"kind": "host", "n": 5, "east_m": 900}, {"n": 1, "east_m": 100}, {"n": 2}
    )

    kept = propose_groups(
        pool, settings(joint_max_units=2), wishes=rulings(("forbid", "A02", "A00"), ("force", "A01", "A03"))
    )

    assert frozenset({"A01", "A03"}) <= set().union(*members_of(kept.groups))
    assert "A00" not in set(kept.groups["org_id"])


def keeps(groups: list[frozenset[str]], wanted: list[tuple[str, str, str]]) -> bool:
    where = {org: number for number, group in enumerate(groups) for org in group}
    for kind, one, other in wanted:
        is_same = one in where and where.get(one) == where.get(other)
        if kind == "forbid" and is_same:
            return False
        if kind == "force" and not is_same and (one in where or other in where):
            return False
    return True


def partitions(orgs: tuple[str, ...], stars: dict[frozenset[str], float]) -> list[tuple[float, list[frozenset[str]]]]:
    """Return every set of joint units with its cost: 100 for each organisation in none."""
    if not orgs:
        return [(0.0, [])]
    first, rest = orgs[0], orgs[1:]
    found = [(100.0 + cost, units) for cost, units in partitions(rest, stars)]
    for unit, price in stars.items():
        if first in unit and unit <= set(orgs):
            others = tuple(org for org in orgs if org not in unit)
            found += [(price + cost, [unit, *units]) for cost, units in partitions(others, stars)]
    return found


def best_kept_cost(pool: pd.DataFrame, rules: PlanSettings, wanted: list[tuple[str, str, str]]) -> float:
    rows: list[dict[str, Any]] = [{str(key): value for key, value in row.items()} for row in pool.to_dict("records")]
    stars = {
        frozenset(org["org_id"] for org in group): cost
        for units in range(2, rules.joint_max_units + 1)
        for group in combinations(rows, units)
        if (cost := star_cost(list(group), rules)) is not None
    }
    plans = partitions(tuple(pool["org_id"]), stars)
    return min(cost for cost, units in plans if keeps(units, wanted))


@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.nightly) for first in (20, 40))])
def test_the_best_plan_that_keeps_to_the_pairs_is_found(first: int) -> None:
    for seed in range(first, first + 20):
        rng = np.random.default_rng(seed)
        count = int(rng.integers(4, 9))
        places = rng.uniform(0, 5_000, size=(count, 2))
        pool = candidates(
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
        pairs = list(combinations(pool["org_id"], 2))
        chosen = rng.choice(len(pairs), size=min(3, len(pairs)), replace=False)
        wanted = [(str(rng.choice(["forbid", "force"])), *pairs[place]) for place in chosen]
        rules = settings(joint_max_units=int(rng.integers(2, 6)))

        made = propose_groups(pool, rules, wishes=rulings(*wanted))

        assert made.blocks["cost"].sum() == pytest.approx(best_kept_cost(pool, rules, wanted)), (seed, wanted)
        assert made.blocks["is_proved"].all()
        assert not broken_rules(pool, made.groups, rules)
        assert keeps([*members_of(made.groups)], wanted)


def test_a_forced_pair_does_not_join_its_rival_at_a_host_in_a_part_too_large_for_a_proof() -> None:
    places = np.random.default_rng(1).uniform(0, 20_000, size=(400, 2))
    scattered = [
        {"org_id": f"A{number:03}", "n": 1 + number % 2, "east_m": east, "north_m": north}
        for number, (east, north) in enumerate(places)
    ]
    around = [
        {"org_id": org_id, "east_m": -40_000.0 + metres, "limit_m": 300.0}
        for org_id, metres in (("B0", 250.0), ("B1", 260.0), ("B2", -250.0))
    ]
    pool = candidates(*scattered, *around, {"org_id": "H", "kind": "host", "n": 5, "east_m": -40_000.0})
    wanted = [("force", "B0", "B1"), ("forbid", "B0", "B2"), ("forbid", "B2", "A000")]

    made = propose_groups(pool, settings(), wishes=rulings(*wanted))

    (at_host,) = (members for members in members_of(made.groups) if "H" in members)
    assert keeps([at_host], wanted[1:])
