"""A block's plan as it stands: who is where, what room there is, and who else may come (for reasons, not for plans)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools, Floats, Ints
from coverage.grouping.keeping import kept_alone
from coverage.grouping.parts import host_capacity
from coverage.grouping.rulings import among, is_ruled, permitted, permitted_guests
from coverage.grouping.trips import no_trips

if TYPE_CHECKING:
    from coverage.grouping.arrays import Block
    from coverage.grouping.solving import Seats
    from coverage.settings import PlanSettings


class Standing(NamedTuple):
    """Positions are those of the block's small and hosts."""

    block: Block
    settings: PlanSettings
    lead: Ints  # of each of small: who leads its joint unit, NONE in none
    host: Ints  # of each of small: the host that it is attached to, NONE at none
    cost: Floats  # of each of small: of its trip, 0 for who does not travel
    is_kept: Bools  # of each of small: in a unit that stays as people left it
    left: Ints  # those without a unit
    orgs: Ints  # of the joint unit that each of small leads: organisations, 0 where it leads none
    members: Ints  # their full members
    size: Ints  # their full and probationary members
    guests: Ints  # organisations attached to each host
    hosted: Ints  # their full and probationary members
    places: Ints  # organisations and members that each host may still take in
    room: Ints

    @property
    def is_open(self) -> Bools:
        """Say of each of small whether it leads a unit that may still change."""
        return (self.orgs > 0) & ~self.is_kept


def standing_of(block: Block, seats: Seats, left: Ints, *, settings: PlanSettings) -> Standing:
    """Return how a plan of the block stands; `left` are the rows without a unit."""
    small, count = block.small, len(block.small.row)
    lead, host = np.full(count, NONE, dtype=np.int64), np.full(count, NONE, dtype=np.int64)
    joint, away = ~seats.is_attached, seats.is_attached & (seats.row != seats.lead)
    lead[_position(small.row, seats.row[joint])] = _position(small.row, seats.lead[joint])
    host[_position(small.row, seats.row[away])] = _position(block.hosts.row, seats.lead[away])
    cost, is_guest = np.zeros(count), joint | away
    cost[_position(small.row, seats.row[is_guest])] = seats.cost[is_guest]
    is_kept = np.zeros(count, dtype=bool)
    is_kept[block.kept.member] = True
    is_kept[kept_alone(block, is_taught=False)] = False
    places, room = host_capacity(block, settings)  # beside the guests that stay
    led, new = lead != NONE, (host != NONE) & ~is_kept
    return Standing(
        block=block,
        settings=settings,
        lead=lead,
        host=host,
        cost=cost,
        is_kept=is_kept,
        left=np.sort(_position(small.row, left)),
        orgs=np.bincount(lead[led], minlength=count),
        members=_sums(lead[led], small.n[led], count),
        size=_sums(lead[led], small.size[led], count),
        guests=np.bincount(host[host != NONE], minlength=len(places)),
        hosted=_sums(host[host != NONE], small.size[host != NONE], len(places)),
        places=places - np.bincount(host[new], minlength=len(places)),
        room=room - _sums(host[new], small.size[new], len(places)),
    )


def _position(rows: Ints, wanted: Ints) -> Ints:
    """Return where some rows stand among those of a block, in any order."""
    order = np.argsort(rows)
    return np.asarray(order[np.searchsorted(rows, wanted, sorter=order)], dtype=np.int64)


def _sums(where: Ints, values: Ints, length: int) -> Ints:
    return np.bincount(where, weights=values, minlength=length).astype(np.int64)


def may_join(standing: Standing, traveller: Ints, lead: Ints) -> Bools:
    """Say pair by pair who may travel to a lead: planners allow it, and its unit holds nobody to keep apart from."""
    block = standing.block
    if not is_ruled(block):
        return np.ones(len(traveller), dtype=bool)
    pairs = no_trips()._replace(traveller=traveller, lead=lead)
    return permitted(block, pairs) & is_unbound(block)[traveller] & ~among(_with_others(block, standing.lead), pairs)


def may_attach(standing: Standing, traveller: Ints, host: Ints) -> Bools:
    """Say pair by pair who may be attached to a host: planners allow it, also beside the other guests."""
    block = standing.block
    if not is_ruled(block):
        return np.ones(len(traveller), dtype=bool)
    pairs = no_trips()._replace(traveller=traveller, lead=host)
    may_move = is_unbound(block)[traveller]
    return permitted_guests(block, pairs) & may_move & ~among(_with_others(block, standing.host), pairs)


def is_unbound(block: Block) -> Bools:
    """Say who may move alone: none of a forced pair."""
    bound = np.zeros(len(block.small.row), dtype=bool)
    bound[block.ruled.together.ravel()] = True
    return np.logical_not(bound)


def _with_others(block: Block, centre: Ints) -> Ints:
    """Return pairs of an organisation and the lead or host where one is that it must not meet."""
    apart = np.concatenate([block.ruled.apart, block.ruled.apart[:, ::-1]])
    pairs = np.stack([apart[:, 0], centre[apart[:, 1]]], axis=1)
    return np.asarray(pairs[pairs[:, 1] != NONE], dtype=np.int64)
