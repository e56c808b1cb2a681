"""The set-partitioning model of GROUPING §1: an independent part of a block, and the columns of its plans."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Floats, Ints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.grouping.arrays import Bools

#: Most covered, then the preferred remedy, then least travel, in one objective (GROUPING §1).
COST_LEFT: Final = 100.0
COST_ATTACHED: Final = 10.0
#: An instructor for two members comes first; for one member (profile 2012) after the host, whose trip costs up to 1.
COST_INSTRUCTOR: Final = {2: 0.0, 1: 12.0}
#: H4, 党章: a unit has three full members.
OWN_MIN: Final = 3


class Kind(IntEnum):
    """What a column does with its organisations."""

    JOINT = 0
    ATTACHED = 1
    INSTRUCTOR = 2
    LEFT = 3


class Part(NamedTuple):
    """Organisations that no trip connects with others of the block, and what they can do."""

    n: Ints
    size: Ints
    near: Ints  # (m, k): who may travel to lead m, cheapest first, padded with the lead itself
    near_cost: Floats  # (m, k): their trips' costs, infinite in the padding
    dropped: Floats  # the cheapest trip of each organisation that is not among them, infinite without one
    guest: Ints  # trips to hosts: organisation, host, cost; in order of organisation, then cost
    host: Ints
    guest_cost: Floats
    host_places: Ints  # organisations and members a host may still take in
    host_room: Ints
    instructor_cost: Floats  # infinite where no instructor makes a unit
    slots: int
    most_units: int  # H1, S1: organisations of a joint unit
    most_members: int  # H5


class Columns(NamedTuple):
    """Possible units, one a row: a joint unit is its lead followed by members, all others hold one organisation."""

    kind: Ints
    members: Ints  # (m, most_units), padded with NONE
    host: Ints  # NONE but for attached
    cost: Floats

    def take(self, index: Ints | Bools) -> Columns:
        """Return some of the columns, in the order of `index`."""
        return Columns._make(column[index] for column in self)


def join(parts: Sequence[Columns]) -> Columns:
    """Return the columns of all parts, one after the other."""
    return Columns(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def singles(kind: Kind, orgs: Ints, cost: Floats, *, width: int, host: Ints | None = None) -> Columns:
    """Return columns of one organisation each."""
    members = np.full((len(orgs), width), NONE, dtype=np.int64)
    members[:, 0] = orgs
    hosts = np.full(len(orgs), NONE, dtype=np.int64) if host is None else host
    return Columns(np.full(len(orgs), int(kind), dtype=np.int64), members, hosts, cost)


def joints(members: Ints, cost: Floats) -> Columns:
    """Return joint columns; `members` as in `Columns`, the lead first."""
    kind = np.full(len(members), int(Kind.JOINT), dtype=np.int64)
    return Columns(kind, members, np.full(len(members), NONE, dtype=np.int64), cost)


def fixed_columns(part: Part) -> Columns:
    """Return the columns every plan may use without looking for them: nobody, instructor, two cheapest hosts."""
    orgs, width = np.arange(len(part.n)), part.most_units
    teachable = np.flatnonzero(np.isfinite(part.instructor_cost)) if part.slots else orgs[:0]
    rank = np.arange(len(part.guest)) - np.searchsorted(part.guest, part.guest, side="left")
    near = rank < 2
    return join(
        [
            singles(Kind.LEFT, orgs, np.full(len(orgs), COST_LEFT), width=width),
            singles(Kind.INSTRUCTOR, teachable, part.instructor_cost[teachable], width=width),
            attached_columns(part, near),
        ]
    )


def attached_columns(part: Part, chosen: Bools | Ints) -> Columns:
    """Return the columns of some of the part's trips to hosts."""
    cost = COST_ATTACHED + part.guest_cost[chosen]
    return singles(Kind.ATTACHED, part.guest[chosen], cost, width=part.most_units, host=part.host[chosen])


def restrict(part: Part, orgs: Ints, others: Columns) -> Part:
    """Return some organisations of a part alone (sorted), with what the other organisations' columns leave them."""
    inside = np.full(len(part.n), NONE, dtype=np.int64)
    inside[orgs] = np.arange(len(orgs))
    near = inside[part.near[orgs]]
    is_trip = (near != NONE) & np.isfinite(part.near_cost[orgs])
    order = np.argsort(~is_trip, axis=1, kind="stable")[:, : max(int(is_trip.sum(axis=1).max(initial=0)), 1)]
    is_trip = np.take_along_axis(is_trip, order, axis=1)
    guests = inside[part.guest] != NONE
    taken = others.take(others.kind == Kind.ATTACHED)
    hosts = len(part.host_places)
    return part._replace(
        n=part.n[orgs],
        size=part.size[orgs],
        near=np.where(is_trip, np.take_along_axis(near, order, axis=1), np.arange(len(orgs))[:, None]),
        near_cost=np.where(is_trip, np.take_along_axis(part.near_cost[orgs], order, axis=1), np.inf),
        dropped=part.dropped[orgs],
        guest=inside[part.guest[guests]],
        host=part.host[guests],
        guest_cost=part.guest_cost[guests],
        host_places=part.host_places - np.bincount(taken.host, minlength=hosts),
        host_room=part.host_room - np.bincount(taken.host, part.size[taken.members[:, 0]], hosts).astype(np.int64),
        instructor_cost=part.instructor_cost[orgs],
        slots=part.slots - int((others.kind == Kind.INSTRUCTOR).sum()),
    )


def distinct(columns: Columns, orgs: int) -> Columns:
    """Return one column, the cheapest, for each set of organisations, kind and host; a stable order."""
    ordered = np.sort(columns.members, axis=1)
    key = columns.kind * (orgs + 1) + columns.host + 1
    for place in range(ordered.shape[1]):
        key = np.unique(key * (orgs + 1) + ordered[:, place] + 1, return_inverse=True)[1]
    order = np.lexsort((columns.members[:, 0], columns.cost, key))
    first = np.concatenate([[True], np.diff(key[order]) > 0]) if len(order) else np.zeros(0, dtype=bool)
    return columns.take(order[first])
