"""What each organisation could reach by itself: the numbers behind the reasons (RULEBOOK §5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Sites, Trips
from coverage.grouping.model import OWN_MIN
from coverage.grouping.parts import can_have_instructor, host_capacity
from geo.distance import surface_m

if TYPE_CHECKING:
    from coverage.grouping.arrays import Block
    from coverage.grouping.trips import Reach
    from coverage.settings import PlanSettings


class Chances(NamedTuple):
    """One row per organisation of S in a block."""

    row: Ints
    nearest_m: Floats  # to the nearest other organisation or host of the block, NaN without
    reachable: Ints  # full members within the limit, own included
    has_partner: Bools  # somebody of S within a limit, either way
    can_join: Bools  # some joint unit could hold it
    has_host: Bools  # a host within the limit
    can_attach: Bools  # a host within the limit with room for it
    can_have_instructor: Bools
    enough_m: Floats  # the travel limit that would be enough for a unit or a host, NaN where none is
    slots: Ints


def find_chances(block: Block, reach: Reach, guests: Trips, *, settings: PlanSettings) -> Chances:
    """Return what every organisation to group could do if it alone chose."""
    small, orgs, trips = block.small, len(block.small.row), reach.trips
    places, room = host_capacity(block, settings)
    fits = (places[guests.lead] >= 1) & (small.size[guests.traveller] <= room[guests.lead])
    return Chances(
        row=small.row,
        nearest_m=_nearest_m(small, block.hosts),
        reachable=small.n + reach.members,
        has_partner=_marked(orgs, trips.traveller) | _marked(orgs, trips.lead),
        can_join=_can_join(small, trips, settings),
        has_host=_marked(orgs, guests.traveller),
        can_attach=_marked(orgs, guests.traveller[fits]),
        can_have_instructor=can_have_instructor(block, settings),
        enough_m=_enough_m(block, trips, settings),
        slots=np.full(orgs, block.slots),
    )


def _marked(orgs: int, which: Ints) -> Bools:
    marks = np.zeros(orgs, dtype=bool)
    marks[which] = True
    return marks


def _can_join(small: Sites, trips: Trips, settings: PlanSettings) -> Bools:
    """Say who could be in a joint unit, as its lead or as a member."""
    orgs = len(small.n)
    is_pair = small.n[trips.traveller] + small.n[trips.lead] >= OWN_MIN
    guests_of = np.bincount(trips.lead, minlength=orgs)
    is_three = (guests_of[trips.lead] >= 2) & (settings.joint_max_units > 2)
    works = is_pair | is_three
    return _marked(orgs, trips.traveller[works]) | _marked(orgs, trips.lead[works])


def _nearest_m(small: Sites, hosts: Sites) -> Floats:
    """Return metres to the nearest other precise point of the block."""
    points = np.concatenate([small.xyz[small.is_precise], hosts.xyz[hosts.is_precise]])
    nearest = np.full(len(small.row), np.nan)
    if len(points) > 1:
        chord = np.asarray(cKDTree(points).query(small.xyz[small.is_precise], k=[2])[0])
        nearest[small.is_precise] = surface_m(chord[:, 0])
    return nearest


def _enough_m(block: Block, trips: Trips, settings: PlanSettings) -> Floats:
    """Return the least own travel limit at which an organisation alone could join a unit or a host."""
    small = block.small
    has_guest = np.bincount(trips.lead, minlength=len(small.row)) > 0
    enough = np.full(len(small.row), np.inf)
    for n in (1, 2):
        takes = small.is_precise & ((small.n + n >= OWN_MIN) | (has_guest & (settings.joint_max_units > 2)))
        some = np.flatnonzero(small.is_precise & (small.n == n))
        enough[some] = np.minimum(_to_nearest_m(small, some, takes), _to_host_m(block, some, settings))
    return np.where(np.isfinite(enough), enough, np.nan)


def _to_nearest_m(small: Sites, some: Ints, takes: Bools) -> Floats:
    """Return metres from some organisations to the nearest other one that `takes` them."""
    goals = np.flatnonzero(takes)
    if not some.size or not goals.size:
        return np.full(len(some), np.inf)
    chord, which = cKDTree(small.xyz[goals]).query(small.xyz[some], k=[1, 2])
    other = np.append(goals, NONE)[which] != some[:, None]
    nearest = np.where(other, chord, np.inf).min(axis=1)
    return np.where(np.isfinite(nearest), surface_m(nearest), np.inf)


def _to_host_m(block: Block, some: Ints, settings: PlanSettings) -> Floats:
    """Return metres from some organisations to the nearest host with room for them."""
    places, room = host_capacity(block, settings)
    least = int(block.small.size[some].max(initial=0))
    goals = np.flatnonzero(block.hosts.is_precise & (places >= 1) & (room >= least))
    if not some.size or not goals.size:
        return np.full(len(some), np.inf)
    return surface_m(np.asarray(cKDTree(block.hosts.xyz[goals]).query(block.small.xyz[some])[0]))
