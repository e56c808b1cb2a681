"""A block taken apart: whoever no trip connects can be planned independently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Trips
from coverage.grouping.keeping import FORM_ATTACHED, kept_alone
from coverage.grouping.model import (
    COST_ATTACHED,
    COST_INSTRUCTOR,
    OWN_MIN,
    Columns,
    Kind,
    Part,
    join,
    no_columns,
    singles,
)
from coverage.grouping.pairs import find_pairs
from coverage.grouping.rulings import may_be_taught
from coverage.grouping.special import bundles_at_hosts
from coverage.grouping.trips import Reach, circular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.arrays import Block, Ruled
    from coverage.grouping.special import Earlier
    from coverage.grouping.widening import Beyond
    from coverage.settings import PlanSettings


class Located(NamedTuple):
    """A part, and where its organisations and hosts stand in the block."""

    part: Part
    orgs: Ints
    hosts: Ints
    beyond: Beyond | None = None  # where to look for trips that the part did not keep
    former: Former | None = None  # where only ties are settled by an earlier plan


class Former(NamedTuple):
    """A part at the prices of its trips alone, and what there is left of an earlier plan, at these too."""

    part: Part
    columns: Columns


def split(block: Block, reach: Reach, guests: Trips, *, earlier: Earlier, settings: PlanSettings) -> Iterator[Located]:
    """Yield the independent parts of a block at the prices of an earlier plan, in order of their first organisation.

    Slots of instructors connect everybody: a block that has some is one part.
    """
    trips = reach.trips
    cost = earlier.guest_cost if settings.stability else guests.cost
    chosen = _worth_going(block, guests._replace(cost=cost), settings) | (earlier.guest_cost < cost)
    guests, prices = guests.take(chosen), earlier.guest_cost[chosen]
    label = _labels(block, reach, guests, settings=settings)
    order = np.argsort(label, kind="stable")
    order = order[is_open(block)[order]]
    ends = np.flatnonzero(np.diff(label[order])) + 1
    trip_label, guest_label = label[trips.traveller], label[guests.traveller]
    trip_order, guest_order = np.argsort(trip_label, kind="stable"), np.argsort(guest_label, kind="stable")
    for orgs in np.split(order, ends) if len(order) else ():
        one = label[orgs[0]]
        inner = trip_order[slice(*np.searchsorted(trip_label[trip_order], [one, one + 1]))]
        outer = guest_order[slice(*np.searchsorted(guest_label[guest_order], [one, one + 1]))]
        located = _part(
            block, orgs, reach._replace(trips=trips.take(inner)), guests=guests.take(outer), settings=settings
        )
        mine = earlier.units.take(label[earlier.units.members[:, 0]] == one)
        yield _priced(
            located, earlier._replace(units=mine, guest_cost=prices[outer]), guests.take(outer), settings=settings
        )


def host_capacity(block: Block, settings: PlanSettings) -> tuple[Ints, Ints]:
    """Return the organisations and the members that each host may still take in (H13), beside the units that stay."""
    hosts = len(block.hosts.row)
    guests = block.kept.take(block.kept.form == FORM_ATTACHED)
    count = np.bincount(guests.lead, minlength=hosts)
    size = np.bincount(guests.lead, weights=block.small.size[guests.member], minlength=hosts).astype(np.int64)
    room = settings.branch_max_members - block.hosts.size - size
    return np.maximum(settings.host_max_orgs - count, 0), np.maximum(room, 0)


def free_slots(block: Block) -> int:
    """Return the instructors that are left beside those who stay where they are."""
    return max(block.slots - len(kept_alone(block, is_taught=True)), 0)


def is_open(block: Block) -> Bools:
    """Say which organisations to group are in no unit that stays."""
    is_free = np.ones(len(block.small.row), dtype=bool)
    is_free[block.kept.member] = False
    return is_free


def can_have_instructor(block: Block, settings: PlanSettings) -> Bools:
    """Say who builds its own unit with an instructor (RULEBOOK §4.3 row 1; profile 2012: no minimum)."""
    by_rule = np.logical_or(block.small.n + 1 >= OWN_MIN, settings.profile == "2012")
    return np.logical_and(by_rule, may_be_taught(block))


def _worth_going(block: Block, guests: Trips, settings: PlanSettings) -> Bools:
    """Say which trips to hosts a best plan may use: none dearer than to a host that can never be full."""
    places, room = host_capacity(block, settings)
    fits = (places[guests.lead] >= 1) & (block.small.size[guests.traveller] <= room[guests.lead])
    never_full = ~_may_fill(block, guests.take(fits), settings)
    cheapest = np.full(len(block.small.row), np.inf)
    sure = fits & never_full[guests.lead]
    np.minimum.at(cheapest, guests.traveller[sure], guests.cost[sure])
    choosy = np.isin(guests.traveller, _paired(block.ruled))  # whose cheapest host may be closed to it
    return fits & ((guests.cost <= cheapest[guests.traveller]) | choosy)


def _paired(ruled: Ruled) -> Ints:
    return np.concatenate([ruled.apart.ravel(), ruled.together.ravel()])


def _may_fill(block: Block, guests: Trips, settings: PlanSettings) -> Bools:
    """Say which hosts cannot take in everybody who could come."""
    places, room = host_capacity(block, settings)
    count = np.bincount(guests.lead, minlength=len(places))
    size = np.bincount(guests.lead, weights=block.small.size[guests.traveller], minlength=len(places))
    return (count > places) | (size > room)


def _labels(block: Block, reach: Reach, guests: Trips, *, settings: PlanSettings) -> Ints:
    """Return the part of each organisation, numbered by its first member.

    scipy instead of networkx: a county of 3,000 has millions of edges, and building the graph alone takes seconds.
    """
    small = len(block.small.row)
    if free_slots(block):
        return np.zeros(small, dtype=np.int64)
    shared = _may_fill(block, guests, settings)[guests.lead]
    fixed = np.concatenate([block.ruled.apart, block.ruled.together])
    pairs = np.concatenate([fixed[is_open(block)[fixed].all(axis=1)], reach.linked])
    start = np.concatenate([reach.trips.traveller, guests.traveller[shared], pairs[:, 0]])
    end = np.concatenate([reach.trips.lead, guests.lead[shared] + small, pairs[:, 1]])
    nodes = small + len(block.hosts.row)
    graph = sparse.coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(nodes, nodes))
    return sparse.csgraph.connected_components(graph, directed=False)[1][:small].astype(np.int64)


def _part(block: Block, orgs: Ints, reach: Reach, *, guests: Trips, settings: PlanSettings) -> Located:
    inside = _inside(orgs, len(block.small.row))
    inner = reach.trips._replace(lead=inside[reach.trips.lead], traveller=inside[reach.trips.traveller])
    near, near_cost = padded(inner, len(orgs))
    hosts = np.unique(guests.lead)
    places, room = host_capacity(block, settings)
    n = block.small.n[orgs]
    teaching = np.where(n == 2, COST_INSTRUCTOR[2], COST_INSTRUCTOR[1])
    pairs = find_pairs(_inner(block.ruled.apart, inside, orgs), _inner(block.ruled.together, inside, orgs), len(orgs))
    part = Part(
        n=n,
        size=block.small.size[orgs],
        near=near,
        near_cost=near_cost,
        dropped=reach.dropped[orgs],
        **_guest_trips(guests, inside, hosts),
        guest_dropped=np.full(len(orgs), np.inf),
        host_places=places[hosts],
        host_room=room[hosts],
        instructor_cost=np.where(can_have_instructor(block, settings)[orgs], teaching, np.inf),
        slots=free_slots(block),
        most_units=settings.joint_max_units,
        most_members=settings.branch_max_members,
        pairs=pairs,
        special=no_columns(settings.joint_max_units),
    )
    return Located(part, orgs, hosts)


def _inside(orgs: Ints, small: int) -> Ints:
    """Return where each of a block's organisations stands among some of them, NONE outside, and at last for NONE."""
    inside = np.full(small + 1, NONE, dtype=np.int64)
    inside[orgs] = np.arange(len(orgs))
    return inside


def _guest_trips(guests: Trips, inside: Ints, hosts: Ints) -> dict[str, Any]:
    """Return a part's trips to hosts, of each organisation the cheapest first."""
    order = np.lexsort((guests.lead, guests.cost, guests.traveller))
    host = np.searchsorted(hosts, guests.lead)
    return {"guest": inside[guests.traveller][order], "host": host[order], "guest_cost": guests.cost[order]}


def _inner(pairs: Ints, inside: Ints, orgs: Ints) -> Ints:
    """Return the pairs among some organisations by their positions there."""
    return inside[pairs[np.isin(pairs, orgs).all(axis=1)]]


def _priced(located: Located, earlier: Earlier, guests: Trips, *, settings: PlanSettings) -> Located:
    """Return the part at the prices of what is left of an earlier plan there; `guests` are its trips to hosts."""
    inside = _inside(located.orgs, int(located.orgs.max()) + 1)
    inner = guests._replace(traveller=inside[guests.traveller], lead=np.searchsorted(located.hosts, guests.lead))
    units = earlier.units._replace(members=inside[earlier.units.members])
    units = units.take(located.part.allows(units))
    stays = earlier.guest_cost < guests.cost
    priced = located.part
    if stays.any():
        cheaper = guests._replace(cost=earlier.guest_cost)
        priced = priced._replace(**_guest_trips(cheaper, inside, located.hosts))
    priced = _with_special(priced, units, inner._replace(cost=earlier.guest_cost))
    if settings.stability or not (stays.any() or len(units.kind)):
        return located._replace(part=priced)
    paid = units.cost + earlier.worth * (units.members != NONE).sum(axis=1)
    seats = inner.take(stays)
    width = settings.joint_max_units
    guest = singles(Kind.ATTACHED, seats.traveller, COST_ATTACHED + seats.cost, width=width, host=seats.lead)
    columns = join([units._replace(cost=paid), guest])
    former = Former(_with_special(located.part, no_columns(width), inner), columns)
    return located._replace(part=priced, former=former)


def _with_special(part: Part, units: Columns, guests: Trips) -> Part:
    """Return the part with earlier units, and its forced pairs at hosts in the place of their single trips."""
    if not (part.pairs.bundle != NONE).any():
        return part._replace(special=units)
    is_free = part.pairs.bundle[part.guest] == NONE
    return part._replace(
        guest=part.guest[is_free],
        host=part.host[is_free],
        guest_cost=part.guest_cost[is_free],
        special=join([units, bundles_at_hosts(part, guests)]),
    )


def padded(trips: Trips, orgs: int) -> tuple[Ints, Floats]:
    """Return travellers and costs as one row a lead, cheapest first, padded with the lead at infinite cost."""
    trips = trips.take(np.lexsort((circular(trips, orgs), trips.lead)))
    place = np.arange(len(trips.lead)) - np.searchsorted(trips.lead, trips.lead, side="left")
    width = int(place.max(initial=0)) + 1
    near = np.repeat(np.arange(orgs)[:, None], width, axis=1)
    cost = np.full((orgs, width), np.inf)
    near[trips.lead, place], cost[trips.lead, place] = trips.traveller, trips.cost
    return near, cost
