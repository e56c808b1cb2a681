"""What each organisation could reach by itself: the numbers behind the reasons (RULEBOOK §5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from coverage.grouping.arrays import Bools, Floats, Ints, Sites, Trips
from coverage.grouping.model import OWN_MIN
from coverage.grouping.parts import can_have_instructor
from geo.distance import surface_m

if TYPE_CHECKING:
    from coverage.grouping.arrays import Block
    from coverage.grouping.guests import Guests
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
    slots: Ints


def find_chances(block: Block, reach: Reach, guests: Guests, *, settings: PlanSettings) -> Chances:
    """Return what every organisation to group could do if it alone chose."""
    small, orgs, trips = block.small, len(block.small.row), reach.trips
    return Chances(
        row=small.row,
        nearest_m=_nearest_m(small, block.hosts),
        reachable=small.n + reach.members,
        has_partner=_marked(orgs, trips.traveller) | _marked(orgs, trips.lead),
        can_join=_can_join(small, trips, settings),
        has_host=guests.has_host,
        can_attach=guests.nearest > 0,
        can_have_instructor=can_have_instructor(block, settings),
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
