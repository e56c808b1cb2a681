"""What would cover an organisation that is left out, all others staying where they are: the cheapest change of all.

Each way is computed, none is guessed: with the change that it names, the plan as it stands and this organisation in the
named unit break no rule. So the best plan covers at least one organisation more.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Sites
from coverage.grouping.keeping import kept_alone
from coverage.grouping.model import OWN_MIN
from coverage.grouping.nearest import Nearest, find_nearest
from coverage.grouping.parts import can_have_instructor
from coverage.grouping.standing import is_unbound, may_attach, may_join
from coverage.settings import largest_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.arrays import Trips
    from coverage.grouping.standing import Standing


class Way(IntEnum):
    """What would have to change, the cheapest for planners first (docs/rule.md)."""

    HOST_PLACES = 0  # host_max_orgs: a default of ours, and nobody travels farther
    LONGER_TRIP = 1  # travel_limit_m of the organisation, up to twice as far
    LARGER_UNIT = 2  # joint_max_units: 一般不超过5个
    SAME_SUPERIOR = 3  # two superiors have to agree
    INSTRUCTOR = 4  # slots: a person to send
    FAR_TRIP = 5  # travel_limit_m, farther
    LARGER_BRANCH = 6  # branch_max_members: 一般不超过50人
    MEMBERS = 7  # three full members of its own: M10
    NONE = 8


class Goal(IntEnum):
    """Where an organisation would go."""

    NOWHERE = 0
    JOINT = 1  # to the lead of a joint unit there is
    ATTACHED = 2  # to a host
    NEW = 3  # to another one left out, which would lead a new joint unit


class Ways(NamedTuple):
    """The cheapest way of each organisation of a block that no unit took; rows as in the block."""

    row: Ints
    way: Ints  # Way
    value: Floats  # what the setting would be
    goal: Ints  # Goal
    org: Ints  # row of the lead or host it would go to, NONE without
    orgs: Ints  # organisations in that unit or attached to that host; of a new unit all that would be in it


class Asking(NamedTuple):
    """Organisations that look for a way, and the plan that they look at."""

    standing: Standing
    who: Ints  # positions in small
    sites: Sites  # their facts


class Reached(NamedTuple):
    """The nearest place of a kind for each of those who ask."""

    goal: Goal
    metres: Floats  # infinite where there is none
    place: Ints  # position in small, of a host in hosts
    orgs: Ints  # as in `Ways`


#: A longer way is cheaper than what needs other people's consent up to so many times the limit.
STILL_NEAR: Final = 2.0
#: What settings may be: beyond it a way out would be none.
MOST_LIMIT_M: Final = largest_value("travel_rural_m")
_MOST_UNITS: Final = largest_value("joint_max_units")
_PAIR, _TRIPLE = 2, 3


def find_ways(standing: Standing, trips: Trips) -> Ways:
    """Return the cheapest way out of everybody left in a block.

    Parameters
    ----------
    trips
        The trips within the limits between organisations to group that rules and planners allow.
    """
    asking = Asking(standing, standing.left, standing.block.small.take(standing.left))
    ways = _alone(asking)
    if len(asking.who):
        for offer in (*_offers_within(asking), *_offers_beyond(asking, trips)):
            take_cheaper(ways, offer)
    return ways


def take_cheaper(ways: Ways, offer: Ways) -> None:
    """Put an offer in the place of what is dearer; of equal ones the one with the smaller value."""
    better = (offer.way < ways.way) | ((offer.way == ways.way) & (offer.value < ways.value))
    for column, values in zip(ways[1:], offer[1:], strict=True):
        column[better] = values[better]


def find_places(asking: Asking, trips: Trips, most_m: float) -> list[Reached]:
    """Return the nearest unit with room, host with a place and room, and other one left that could lead a new unit.

    Parameters
    ----------
    trips
        As for `find_ways`.
    """
    unit = _nearest_unit(asking, is_full=False, is_large=False, most_m=most_m)
    host = _nearest_host(asking, is_full=False, is_large=False, most_m=most_m)
    return [reached for reached in (unit, host, _nearest_left(asking, trips, most_m)) if reached]


def offer_of(asking: Asking, reached: Reached, *, way: Ints, value: Floats) -> Ways:
    """Return the way of each of those who ask to what it reached."""
    block = asking.standing.block
    rows = block.hosts.row if reached.goal is Goal.ATTACHED else block.small.row
    way = np.where(reached.place == NONE, int(Way.NONE), way)
    goal = np.full(len(way), int(reached.goal), dtype=np.int64)
    return Ways(asking.sites.row, way, value, goal, np.append(rows, NONE)[reached.place], reached.orgs)


def _alone(asking: Asking) -> Ways:
    """Return what each can do without any other: with an instructor, or with members of its own."""
    count, block = len(asking.who), asking.standing.block
    teachable = can_have_instructor(block, asking.standing.settings)[asking.who]
    taken = max(block.slots, len(kept_alone(block, is_taught=True)))  # people may keep more than there are slots
    return Ways(
        row=asking.sites.row,
        way=np.where(teachable, int(Way.INSTRUCTOR), int(Way.MEMBERS)),
        value=np.where(teachable, taken + 1.0, OWN_MIN - asking.sites.n),
        goal=np.full(count, int(Goal.NOWHERE), dtype=np.int64),
        org=np.full(count, NONE, dtype=np.int64),
        orgs=np.zeros(count, dtype=np.int64),
    )


def _offers_beyond(asking: Asking, trips: Trips) -> Iterator[Ways]:
    """Yield what only a longer way of the organisation itself stands against."""
    limit = asking.sites.limit_m
    for reached in find_places(asking, trips, MOST_LIMIT_M):
        value = np.ceil(reached.metres).astype(np.float64)
        is_longer = (value > limit) & (value <= MOST_LIMIT_M)
        way = np.where(value <= STILL_NEAR * limit, int(Way.LONGER_TRIP), int(Way.FAR_TRIP))
        yield offer_of(asking, reached, way=np.where(is_longer, way, int(Way.NONE)), value=value)


def _offers_within(asking: Asking) -> Iterator[Ways]:
    """Yield units and hosts within the limit that one other setting would open."""
    standing = asking.standing
    block, settings = standing.block, standing.settings
    limit, size = asking.sites.limit_m, asking.sites.size
    most_m = float(limit.max())

    def offer(reached: Reached, way: Way, value: Ints) -> Ways:
        ways = np.where(reached.metres <= limit, int(way), int(Way.NONE))
        return offer_of(asking, reached, way=ways, value=value.astype(np.float64))

    if host := _nearest_host(asking, is_full=True, is_large=False, most_m=most_m):
        yield offer(host, Way.HOST_PLACES, host.orgs + 1)
    if unit := _nearest_unit(asking, is_full=True, is_large=False, most_m=most_m):
        yield offer(unit, Way.LARGER_UNIT, np.full(len(size), settings.joint_max_units + 1))
    if host := _nearest_host(asking, is_full=False, is_large=True, most_m=most_m):
        yield offer(host, Way.LARGER_BRANCH, np.append(block.hosts.size + standing.hosted, 0)[host.place] + size)
    if unit := _nearest_unit(asking, is_full=False, is_large=True, most_m=most_m):
        yield offer(unit, Way.LARGER_BRANCH, np.append(standing.size, 0)[unit.place] + size)


def _nearest_unit(asking: Asking, *, is_full: bool, is_large: bool, most_m: float) -> Reached | None:
    """Return the nearest joint unit that may still change, is full or not, and has room for the members or not.

    None where no unit is so.
    """
    standing = asking.standing
    most = standing.settings.joint_max_units
    room = standing.settings.branch_max_members - standing.size
    leads = np.flatnonzero(standing.is_open & ((standing.orgs >= most) == is_full) & _may_fit(asking, room, is_large))
    if not len(leads) or (is_full and most >= _MOST_UNITS):
        return None

    def allowed(start: Ints, goal: Ints, _metres: Floats) -> Bools:
        fits = asking.sites.size[start] <= room[leads[goal]]
        found: Bools = (fits != is_large) & may_join(standing, asking.who[start], leads[goal])
        return found

    found = find_nearest(asking.sites, standing.block.small.take(leads), allowed=allowed, most_m=most_m)
    return _reached(Goal.JOINT, found, leads, orgs=standing.orgs)


def _nearest_host(asking: Asking, *, is_full: bool, is_large: bool, most_m: float) -> Reached | None:
    """Return the nearest host that has a place or none, and room for the members or not; None where no host is so."""
    standing = asking.standing
    hosts = np.flatnonzero(((standing.places < 1) == is_full) & _may_fit(asking, standing.room, is_large))
    if not len(hosts):
        return None

    def allowed(start: Ints, goal: Ints, _metres: Floats) -> Bools:
        fits = asking.sites.size[start] <= standing.room[hosts[goal]]
        found: Bools = (fits != is_large) & may_attach(standing, asking.who[start], hosts[goal])
        return found

    found = find_nearest(asking.sites, standing.block.hosts.take(hosts), allowed=allowed, most_m=most_m)
    return _reached(Goal.ATTACHED, found, hosts, orgs=standing.guests)


def _may_fit(asking: Asking, room: Ints, is_large: bool) -> Bools:  # noqa: FBT001 # what is asked for
    """Say where somebody finds too little room, or somebody enough."""
    sizes = asking.sites.size
    found: Bools = (room < sizes.max()) if is_large else (room >= sizes.min())
    return found


def _reached(goal: Goal, found: Nearest, places: Ints, *, orgs: Ints) -> Reached:
    place = np.append(places, NONE)[found.place]
    return Reached(goal, found.metres, place, np.append(orgs, 0)[place])


def _nearest_left(asking: Asking, trips: Trips, most_m: float) -> Reached | None:
    """Return the nearest other one left that could lead: the two have three members, or a third can travel to it."""
    standing, small = asking.standing, asking.standing.block.small
    others = standing.left[is_unbound(standing.block)[standing.left]]
    if len(others) < 2:
        return None
    thirds = _find_thirds(standing, trips)
    room = standing.settings.branch_max_members - small.size

    def pairs_up(who: Ints, lead: Ints) -> Bools:
        found: Bools = (small.n[who] + small.n[lead] >= OWN_MIN) & (small.size[who] <= room[lead])
        return found

    def allowed(start: Ints, goal: Ints, _metres: Floats) -> Bools:
        who, lead = asking.who[start], others[goal]
        third = np.where(thirds.who[lead] == who, thirds.next_size[lead], thirds.size[lead])
        is_legal = pairs_up(who, lead) | (small.size[who] + third <= room[lead])
        found: Bools = (who != lead) & is_legal & may_join(standing, who, lead)
        return found

    found = find_nearest(asking.sites, small.take(others), allowed=allowed, most_m=most_m)
    reached = _reached(Goal.NEW, found, others, orgs=small.n)
    orgs = np.where(pairs_up(asking.who, reached.place), _PAIR, _TRIPLE)  # of the last one where there is none
    return reached._replace(orgs=np.where(reached.place == NONE, 0, orgs))


class _Thirds(NamedTuple):
    """Of those left that can travel to each of small the one with the fewest members, and how many the next has."""

    who: Ints
    size: Floats  # infinite where there is none
    next_size: Floats


def _find_thirds(standing: Standing, trips: Trips) -> _Thirds:
    block, count = standing.block, len(standing.block.small.row)
    thirds = _Thirds(np.full(count, NONE, dtype=np.int64), np.full(count, np.inf), np.full(count, np.inf))
    if standing.settings.joint_max_units < _TRIPLE:
        return thirds
    is_left = np.zeros(count, dtype=bool)
    is_left[standing.left] = True
    may = is_left & is_unbound(block)
    may[block.ruled.apart.ravel()] = False
    some = trips.take(may[trips.traveller] & is_left[trips.lead])
    size = block.small.size[some.traveller]
    order = np.lexsort((some.traveller, size, some.lead))
    lead = some.lead[order]
    rank = np.arange(len(lead)) - np.searchsorted(lead, lead, side="left")
    first, second = order[rank == 0], order[rank == 1]
    thirds.who[some.lead[first]], thirds.size[some.lead[first]] = some.traveller[first], size[first]
    thirds.next_size[some.lead[second]] = size[second]
    return thirds
