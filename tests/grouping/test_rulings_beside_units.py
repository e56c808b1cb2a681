"""What planners fixed between organisations and units that stay, and what contradicts itself (GROUPING §7)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import Wishes, propose_groups
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.model import no_columns
from coverage.grouping.parts import split
from coverage.grouping.special import Earlier
from coverage.grouping.trips import find_trips, no_trips
from coverage.tables import KeptUnits, Rulings
from tests.grouping.cases import broken_rules, candidates, settings, star_cost, trip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.settings import PlanSettings

Ruling = tuple[str, str, str, str]
Row = dict[str, Any]


class Unit(NamedTuple):
    """A unit that stays, or an organisation that stays alone; `head` leads or is the host."""

    form: str
    members: tuple[str, ...]
    head: str = ""


def wishes(rules: list[Ruling], kept: list[Unit]) -> Wishes:
    seats = [(f"G{number}", unit, org) for number, unit in enumerate(kept) for org in unit.members]
    rows = [(name, unit.form, "lead" if org == unit.head else "member", org) for name, unit, org in seats]
    rows += [(f"G{number}", "attached", "host", unit.head) for number, unit in enumerate(kept) if is_hosted(unit)]
    return Wishes(
        kept=KeptUnits.validate(pd.DataFrame(rows, columns=["group_id", "form", "role", "org_id"], dtype="str")),
        rulings=Rulings.validate(pd.DataFrame(rules, columns=["kind", "org_id", "other_id", "value"], dtype="str")),
    )


def is_hosted(unit: Unit) -> bool:
    return unit.form == "attached"


def members_of(groups: pd.DataFrame) -> set[frozenset[str]]:
    return {frozenset(rows["org_id"]) for _, rows in groups.groupby("group_id")}


def around_a_square() -> pd.DataFrame:
    """Return five to group, then two hosts: everybody may be with everybody."""
    places = [{"n": 1 + place % 2, "east_m": 10.0 * place, "slots": 1} for place in range(5)]
    return candidates(*places, *({"kind": "host", "n": 5, "east_m": 100.0 + place, "slots": 1} for place in range(2)))


@pytest.mark.parametrize(
    ("kind", "unit", "hosts"),
    [
        pytest.param("forbid", Unit("attached", ("A00",), "A05"), {"A06"}, id="from a guest"),
        pytest.param("force", Unit("attached", ("A00",), "A06"), {"A06"}, id="to a guest"),
        pytest.param("force", Unit("joint", ("A00", "A01"), "A00"), {""}, id="to a member of a joint unit"),
        pytest.param("force", Unit("regional", ("A00", "A02")), {""}, id="to one of a regional unit"),
        pytest.param("force", Unit("instructor", ("A00",)), {""}, id="to one with an instructor"),
        pytest.param("force", Unit("none", ("A00",)), {""}, id="to one that stays alone"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_pair_with_somebody_whose_unit_stays_is_kept_to(
    kind: str, unit: Unit, hosts: set[str], *, is_first: bool
) -> None:
    pool, pair = around_a_square(), ("A04", "A00") if is_first else ("A00", "A04")
    rules = [(kind, *pair, "")]
    if kind == "forbid":
        rules.append(("remedy", "A04", "", "attached"))

    made = propose_groups(pool, settings(), wishes=wishes(rules, [unit]))

    assert {next((org for org in members if org in {"A05", "A06"}), "") for members in with_org(made.groups)} <= hosts
    assert len(with_org(made.groups)) == (hosts != {""})
    left = made.outcomes.set_index("org_id").loc["A04"]
    assert (left["reason"] == "ruled") == (hosts == {""})


def with_org(groups: pd.DataFrame, org_id: str = "A04") -> list[frozenset[str]]:
    return [members for members in members_of(groups) if org_id in members]


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ([("force", "A00", "A01", ""), ("forbid", "A00", "A01", "")], "A00 A01"),
        ([("force", "A00", "A01", ""), ("force", "A01", "A02", ""), ("forbid", "A02", "A00", "")], "A00 A01 A02"),
        ([("force", "A05", "A00", ""), ("remedy", "A00", "", "joint")], "A00"),
        ([("force", "A00", "A05", ""), ("force", "A00", "A06", "")], "A00"),
        ([("remedy", "A00", "", "joint"), ("remedy", "A00", "", "attached")], "A00"),
        ([("remedy", "A00", "", "attached"), ("remedy", "A00", "", "joint")], "A00"),
        ([("force", "A00", "A05", ""), ("forbid", "A00", "A05", "")], "A00"),
    ],
)
def test_who_cannot_keep_to_all_that_was_fixed_has_no_unit(rules: list[Ruling], left: str) -> None:
    pool = around_a_square()

    made = propose_groups(pool, settings(), wishes=wishes(rules, []))

    pending = made.outcomes[made.outcomes["measure"] == "M26"]
    assert " ".join(pending["org_id"]) == left
    assert set(pending["reason"]) == {"ruled"}


def test_whoever_was_kept_from_one_in_a_unit_that_stays_is_planned_apart_from_the_others() -> None:
    pool = candidates({"n": 2}, {"n": 2, "east_m": 10.0}, {"n": 2, "east_m": 40_000.0}, {"n": 2, "east_m": 90_000.0})
    rules = [("forbid", "A00", "A02", ""), ("forbid", "A00", "A03", ""), ("force", "A00", "A02", "")]
    wanted = wishes(rules, [Unit("joint", ("A00", "A01"), "A00")])
    (block,) = split_blocks(pool, read_sites(pool), settings(), wishes=wanted)
    nothing = Earlier(no_columns(5), np.zeros(0), 0.0)

    parts = split(
        block,
        find_trips(block.small, block.small, None, settings=settings()),
        no_trips(),
        earlier=nothing,
        settings=settings(),
    )

    assert [located.orgs.tolist() for located in parts] == [[2], [3]]


@pytest.mark.parametrize("host", ["A05", "A06"])
def test_who_is_bound_to_guests_of_two_hosts_has_no_unit(host: str) -> None:
    units = [Unit("attached", ("A00",), "A05"), Unit("attached", ("A01",), host)]
    rules = [("force", "A04", "A00", ""), ("force", "A01", "A04", "")]

    made = propose_groups(around_a_square(), settings(), wishes=wishes(rules, units))

    assert len(with_org(made.groups)) == (host == "A05")


def test_more_who_are_bound_together_than_a_joint_unit_holds_go_to_a_host_with_room() -> None:
    rules = settings(joint_max_units=2, host_max_orgs=3)
    chain = [("force", "A00", "A01", ""), ("force", "A01", "A02", "")]

    made = propose_groups(around_a_square(), rules, wishes=wishes(chain, []))

    assert {org for org in with_org(made.groups, "A00")[0] if org <= "A04"} == {"A00", "A01", "A02"}
    assert made.blocks[["covered", "attached", "is_proved"]].iloc[0].tolist() == [5, 3, True]


def best_cost(pool: pd.DataFrame, rules: PlanSettings, fixed: list[Ruling], kept: list[Unit]) -> float:
    """Return the least cost of all plans that leave some units as they are and keep to what was fixed."""
    orgs = {row["org_id"]: row for row in ({str(key): value for key, value in each.items()} for each in records(pool))}
    free = {org for org, row in orgs.items() if row["kind"] == "small"} - {org for unit in kept for org in unit.members}
    ways = list(ways_of(orgs, sorted(free), rules))
    plans = partitions(tuple(sorted(free)), ways)
    return cost_of(kept, orgs, rules) + min(
        cost for cost, units in plans if has_room([*units, *kept], orgs, rules) and keeps([*units, *kept], fixed, free)
    )


def records(pool: pd.DataFrame) -> list[dict[Any, Any]]:
    return pool.to_dict("records")


def ways_of(orgs: dict[str, Row], free: list[str], rules: PlanSettings) -> Iterator[tuple[float, Unit]]:
    """Yield joint units, and single guests of hosts, at their cost."""
    for units in range(2, rules.joint_max_units + 1):
        for group in combinations(free, units):
            if (cost := star_cost([orgs[org] for org in group], rules)) is not None:
                yield cost, Unit("joint", group)
    for org in free:
        for host in (each for each in orgs if orgs[each]["kind"] == "host"):
            if way := trip(orgs[org], orgs[host], rules):
                yield 10.0 + way.cost, Unit("attached", (org,), host)


def partitions(free: tuple[str, ...], ways: list[tuple[float, Unit]]) -> Iterator[tuple[float, list[Unit]]]:
    if not free:
        yield 0.0, []
        return
    for cost, units in partitions(free[1:], ways):
        yield 100.0 + cost, units
    for price, unit in ways:
        if free[0] in unit.members and set(unit.members) <= set(free):
            rest = tuple(org for org in free if org not in unit.members)
            yield from ((price + cost, [unit, *units]) for cost, units in partitions(rest, ways))


def cost_of(kept: list[Unit], orgs: dict[str, Row], rules: PlanSettings) -> float:
    ways = [
        (10.0 if is_hosted(unit) else 0.0, trip(orgs[org], orgs[unit.head], rules))
        for unit in kept
        for org in unit.members
        if unit.head not in {"", org}
    ]
    return sum(more + way.cost for more, way in ways if way) + 100.0 * sum(unit.form == "none" for unit in kept)


def has_room(units: list[Unit], orgs: dict[str, Row], rules: PlanSettings) -> bool:
    guests: dict[str, list[str]] = {}
    for unit in units:
        if is_hosted(unit):
            guests.setdefault(unit.head, []).extend(unit.members)
    return all(
        len(members) <= rules.host_max_orgs
        and orgs[host]["size"] + sum(orgs[org]["size"] for org in members) <= rules.branch_max_members
        for host, members in guests.items()
    )


def keeps(units: list[Unit], fixed: list[Ruling], free: set[str]) -> bool:
    """Say whether each free organisation keeps to what was fixed about it, or is in no unit."""
    where = {org: f"at {unit.head}" if is_hosted(unit) else unit.members[0] for unit in units for org in unit.members}
    form = {org: unit.form for unit in units for org in unit.members}

    def holds(ruling: Ruling) -> bool:
        kind, one, other, value = ruling
        if kind == "remedy":
            return one not in free or form.get(one, value) == value
        if {one, other}.isdisjoint(free):
            return True
        seats = [where.get(org, f"at {org}" if org in hosts else "") for org in (one, other)]
        is_same = seats[0] == seats[1] != ""
        if kind == "forbid":
            return not is_same
        return is_same or not any(org in where for org in {one, other} & free)

    hosts = {org for kind, *pair, _ in fixed for org in pair if kind != "remedy" and org.startswith("H")}
    return all(map(holds, fixed))


def random_case(seed: int) -> tuple[pd.DataFrame, PlanSettings, list[Ruling], list[Unit]]:
    """Return five organisations and hosts next to two of them, units that stay, and what was fixed among all."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 4_000, size=(5, 2))
    rows = [
        {"org_id": f"A{place}", "n": int(rng.integers(1, 3)), "east_m": east, "north_m": north}
        for place, (east, north) in enumerate(places)
    ]
    rows += [
        {"org_id": f"H{place}", "kind": "host", "n": 3, "east_m": east + 300.0, "north_m": north}
        for place, (east, north) in enumerate(places[:2])
    ]
    most = int(rng.integers(2, 6))
    rules = settings(
        joint_max_units=most, host_max_orgs=int(rng.integers(1, 5)), branch_max_members=int(rng.integers(6, 10))
    )
    names = [str(row["org_id"]) for row in rows]
    kept = [Unit("attached", ("A0",), "H0")] if rng.random() < 0.7 else []
    kept += [Unit("none", ("A1",))] if rng.random() < 0.3 else []
    fixed: list[Ruling] = []
    for _ in range(int(rng.integers(1, 5))):
        one, other = (str(name) for name in rng.choice(names[:5], size=2, replace=False))
        other = str(rng.choice(names[5:])) if rng.random() < 0.3 else other
        kind = str(rng.choice(["forbid", "force", "force", "remedy"]))
        value = str(rng.choice(["joint", "attached", "none"])) if kind == "remedy" else ""
        fixed.append((kind, one, "" if value else other, value))
    return candidates(*rows), rules, sorted(set(fixed)), kept


@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.nightly) for first in (20, 40, 60))])
def test_the_best_plan_beside_units_that_stay_is_found(first: int) -> None:
    for seed in range(first, first + 20):
        pool, rules, fixed, kept = random_case(seed)

        made = propose_groups(pool, rules, wishes=wishes(fixed, kept))

        assert made.blocks["cost"].item() == pytest.approx(best_cost(pool, rules, fixed, kept)), seed
        assert made.blocks["is_proved"].item()
        assert not broken_rules(pool, made.groups[made.groups["form"] == "joint"], rules)
