"""What is second best in a plan as it stands: another lead for a unit, another place for a member, and by how much."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Trips
from coverage.grouping.closing import closed_ones
from coverage.grouping.leads import EQUAL_COST
from coverage.grouping.model import COST_ATTACHED, OWN_MIN
from coverage.grouping.standing import may_attach, may_join

if TYPE_CHECKING:
    from coverage.grouping.standing import Standing


class Second(IntEnum):
    """What is known of the second best; the names are those of `Groups.second_kind`."""

    UNKNOWN = 0
    RULED_LEAD = 1  # a planner fixed the lead
    LEAD = 2  # of a lead: who would lead at the next higher cost
    CHEAPER_LEAD = 3  # of a lead that people left as it is: who would lead at less cost
    ONLY_LEAD = 4  # of a lead: no other can
    JOINT = 5  # of a member: another joint unit
    ATTACHED = 6  # of a member: another host
    BREAKS_JOINT = 7  # the same, but its own unit would be none without it
    BREAKS_ATTACHED = 8
    NOWHERE = 9  # of a member: no other place within its limit
    RULED = 10  # of a member: what planners fixed closes other places


class Seconds(NamedTuple):
    """The second best of each organisation in a joint unit or at a host; rows as in the block."""

    row: Ints
    kind: Ints  # Second
    org: Ints  # row of the lead or host, NONE without
    cost: Floats  # by how much the trips would be dearer, NaN without


class _Best(NamedTuple):
    """The cheapest trip of each of small to another place."""

    rank: Floats  # what it would cost with the penalty for hosts, infinite without a trip
    cost: Floats  # of the trip alone
    org: Ints  # row of the lead or host


def find_seconds(standing: Standing, trips: Trips, guests: Trips) -> Seconds:
    """Return the second best for everybody in a joint unit or at a host.

    Parameters
    ----------
    trips, guests
        All trips within the limits, to leads and to hosts, that rules and planners allow; also of units that stay.
    """
    seated = np.flatnonzero((standing.lead != NONE) | (standing.host != NONE))
    if not len(seated):
        return Seconds(seated, seated, seated, np.zeros(0))
    joint, attached = _other_units(standing, trips), _other_hosts(standing, guests)
    to_host = attached.rank < joint.rank
    rank = np.minimum(joint.rank, attached.rank)
    kind = np.where(to_host, int(Second.ATTACHED), int(Second.JOINT)) + 2 * _breaks(standing)
    seconds = Seconds(
        row=standing.block.small.row,
        kind=np.where(np.isfinite(rank), kind, _without_place(standing)),
        org=np.where(np.isfinite(rank), np.where(to_host, attached.org, joint.org), NONE),
        cost=np.where(np.isfinite(rank), np.where(to_host, attached.cost, joint.cost) - standing.cost, np.nan),
    )
    _tell_leads(seconds, standing, trips)
    return Seconds._make(column[seated] for column in seconds)


def _without_place(standing: Standing) -> Ints:
    """Return the kind of each of small that has no other place."""
    kinds = np.full(len(standing.lead), int(Second.NOWHERE), dtype=np.int64)
    kinds[closed_ones(standing.block, standing.settings)] = int(Second.RULED)
    return kinds


def _breaks(standing: Standing) -> Bools:
    """Say whose joint unit would have less than two organisations or three members without it."""
    lead = standing.lead
    rest = np.append(standing.members, 0)[lead] - standing.block.small.n
    is_last = (rest < OWN_MIN) | (np.append(standing.orgs, 0)[lead] <= 2)
    found: Bools = (lead != NONE) & is_last
    return found


def _other_units(standing: Standing, trips: Trips) -> _Best:
    small, settings = standing.block.small, standing.settings
    has_place = standing.is_open & (standing.orgs < settings.joint_max_units)
    room = np.where(has_place, settings.branch_max_members - standing.size, NONE)
    other = standing.lead[trips.traveller] != trips.lead
    some = trips.take(other & (small.size[trips.traveller] <= room[trips.lead]))
    some = some.take(may_join(standing, some.traveller, some.lead))
    return _cheapest(some, small.row, count=len(standing.lead), penalty=0.0)


def _other_hosts(standing: Standing, guests: Trips) -> _Best:
    block = standing.block
    room = np.where(standing.places >= 1, standing.room, NONE)
    other = standing.host[guests.traveller] != guests.lead
    some = guests.take(other & (block.small.size[guests.traveller] <= room[guests.lead]))
    some = some.take(may_attach(standing, some.traveller, some.lead))
    return _cheapest(some, block.hosts.row, count=len(standing.lead), penalty=COST_ATTACHED)


def _cheapest(trips: Trips, rows: Ints, *, count: int, penalty: float) -> _Best:
    """Return each traveller's cheapest trip, of equal ones to the first lead."""
    order = np.lexsort((trips.lead, trips.cost, trips.traveller))
    first = order[np.unique(trips.traveller[order], return_index=True)[1]]
    who = trips.traveller[first]
    best = _Best(np.full(count, np.inf), np.zeros(count), np.full(count, NONE, dtype=np.int64))
    best.rank[who], best.cost[who], best.org[who] = (
        trips.cost[first] + penalty,
        trips.cost[first],
        rows[trips.lead[first]],
    )
    return best


def _tell_leads(seconds: Seconds, standing: Standing, trips: Trips) -> None:
    """Put the next best lead in the place of the lead's own second place: others travel to it."""
    is_ruled = standing.block.ruled.is_lead
    leads = np.flatnonzero(standing.orgs)
    seconds.kind[leads] = np.where(is_ruled[leads], int(Second.RULED_LEAD), int(Second.ONLY_LEAD))
    seconds.org[leads], seconds.cost[leads] = NONE, np.nan
    lead, other, more = _next_leads(standing, trips)
    told = ~is_ruled[lead]
    lead, other, more = lead[told], other[told], more[told]
    seconds.kind[lead] = np.where(more < -EQUAL_COST, int(Second.CHEAPER_LEAD), int(Second.LEAD))
    seconds.org[lead], seconds.cost[lead] = standing.block.small.row[other], np.abs(more)


def _next_leads(standing: Standing, trips: Trips) -> tuple[Ints, Ints, Floats]:
    """Return lead, the cheapest other lead that all can travel to, and by how much it is dearer, of units with one."""
    count, unit = len(standing.lead), standing.lead
    inside = trips.take((unit[trips.traveller] == unit[trips.lead]) & (unit[trips.lead] != NONE))
    arrivals = np.bincount(inside.lead, minlength=count)
    total = np.bincount(inside.lead, weights=inside.cost, minlength=count)
    can_lead = (unit != NONE) & (unit != np.arange(count)) & (arrivals == np.append(standing.orgs, 0)[unit] - 1)
    others = np.flatnonzero(can_lead)
    order = others[np.lexsort((others, total[others], unit[others]))]
    lead, first = np.unique(unit[order], return_index=True)
    now = np.bincount(unit[unit != NONE], weights=standing.cost[unit != NONE], minlength=count).astype(np.float64)
    other = order[first].astype(np.int64)
    more: Floats = total[other] - now[lead]
    return lead, other, more
