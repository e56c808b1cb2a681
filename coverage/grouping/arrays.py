"""What the solver computes with: plain arrays, one block or one independent part of it at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: "No organisation", "not known" in integer arrays.
NONE = -1


class Sites(NamedTuple):
    """Organisations of one block as arrays, in order of org_id."""

    row: Ints  # position in the candidates
    n: Ints  # full members
    size: Ints  # full and probationary members
    limit_m: Floats
    xyz: Floats  # geocentric metres, NaN without a precise point
    is_precise: Bools
    supervisor: Ints  # codes of names, NONE unknown
    superior: Ints
    township: Ints
    industry: Ints  # (m, 4): GB/T 4754 小类, 中类, 大类, 门类 as numbers, NONE unknown
    class14: Ints  # 0 unknown
    text: Ints  # rows of the block's text matrix

    def take(self, index: Ints | Bools) -> Sites:
        """Return some of the organisations, in the order of `index`."""
        return Sites._make(column[index] for column in self)


class Kept(NamedTuple):
    """Units that stay as people left them, a seat a row; hosts have none. Positions are those of the block's arrays."""

    unit: Ints  # number of the unit in its block, from 0
    form: Ints  # joint, attached, regional, industry as in `vocabulary.Form`, from 0; then who stays alone
    member: Ints  # position in small
    lead: Ints  # position in small, of a host in hosts; NONE where nobody leads

    def take(self, index: Ints | Bools) -> Kept:
        """Return some of the seats, in the order of `index`."""
        return Kept._make(column[index] for column in self)


class Ruled(NamedTuple):
    """What planners fixed in a block; positions are those of the block's arrays.

    Pairs are all there are; what one with somebody in a unit that stays comes to is among the other fields as well.
    """

    apart: Ints  # (p, 2) of small: in no unit together
    together: Ints  # (p, 2) of small: in one unit, or both in none
    never: Ints  # (p, 2) of small and of hosts: no trip between them
    only: Ints  # (p, 2) of small and of hosts: the one host it may go to
    remedy: Ints  # of each of small: the only one it may have as in `model.Kind`, NONE where it is free
    is_lead: Bools  # of each of small: it travels nowhere


class Block(NamedTuple):
    """One county, or one recorded superior in it: nobody travels from one block to another (H6, H7)."""

    adcode: str
    superior: str
    small: Sites  # S: one or two full members, to be grouped
    hosts: Sites  # H: may take others in
    slots: int  # instructor slots
    texts: tuple[str, ...]  # business texts of small, then hosts
    kept: Kept  # units that are no question any more
    earlier: Kept  # draft units of an earlier plan, those of its organisations that are still to group
    ruled: Ruled


class Trips(NamedTuple):
    """Trips within the traveller's limit, sorted by lead, then traveller; positions in the block's arrays."""

    traveller: Ints
    lead: Ints
    distance_m: Floats
    similarity: Floats
    evidence: Ints  # similarity.EVIDENCES
    cost: Floats

    def take(self, index: Ints | Bools) -> Trips:
        """Return some of the trips, in the order of `index`."""
        return Trips._make(column[index] for column in self)
