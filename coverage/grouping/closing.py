"""Whom planners' rulings keep from somewhere within reach: a ruling that closes nothing is no reason for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coverage.grouping.model import Kind
from coverage.grouping.parts import can_have_instructor
from coverage.grouping.rulings import is_ruled, no_rulings, permitted, permitted_guests, ruled_ones
from coverage.grouping.trips import find_trips

if TYPE_CHECKING:
    from coverage.grouping.arrays import Block, Bools, Ints, Trips
    from coverage.settings import PlanSettings


def closed_ones(block: Block, settings: PlanSettings) -> Ints:
    """Return the positions in small of those whom what planners fixed about them stands in the way, sorted.

    It closes a trip within the limits, a place beside somebody or an instructor, binds to somebody, or says "none".
    """
    who = ruled_ones(block)
    if not is_ruled(block):
        return who
    small, ruled = block.small, block.ruled
    away = find_trips(small.take(who), small, None, settings=settings).trips
    back = find_trips(small, small.take(who), None, settings=settings).trips
    guests = find_trips(small.take(who), block.hosts, None, settings=settings).trips
    away, guests = (trips._replace(traveller=who[trips.traveller]) for trips in (away, guests))
    back = back._replace(lead=who[back.lead])
    closed = (
        away.traveller[~permitted(block, away)],
        back.lead[~permitted(block, back)],
        guests.traveller[~permitted_guests(block, guests)],
        np.flatnonzero(_not_taught(block, settings) | (ruled.remedy == Kind.LEFT)),
        _meeting(ruled.apart, away, guests).ravel(),
        ruled.together.ravel(),
    )
    return np.unique(np.concatenate(closed))


def _not_taught(block: Block, settings: PlanSettings) -> Bools:
    """Say who would have had a slot to hope for."""
    free = block._replace(ruled=no_rulings(len(block.small.row)))
    could: Bools = can_have_instructor(free, settings) & ~can_have_instructor(block, settings)
    return could & (block.slots > 0)


def _meeting(apart: Ints, away: Trips, guests: Trips) -> Ints:
    """Return the pairs to keep apart that could travel to one lead or host."""
    meets = [
        any(np.intersect1d(*(trips.lead[trips.traveller == org] for org in pair)).size for trips in (away, guests))
        for pair in apart
    ]
    found: Ints = apart[np.array(meets, dtype=bool)]
    return found
