"""The set-partitioning model of GROUPING §1: an independent part of a block, and the columns of its plans."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.pairs import Pairs

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
    guest_dropped: Floats  # the cheapest trip of each organisation to a host that is not among them, infinite without
    host_places: Ints  # organisations and members a host may still take in
    host_room: Ints
    instructor_cost: Floats  # infinite where no instructor makes a unit
    slots: int
    most_units: int  # H1, S1: organisations of a joint unit
    most_members: int  # H5
    pairs: Pairs  # that planners keep apart or together
    special: Columns  # known columns that no trip makes; every plan may use them

    @property
    def has_dropped(self) -> bool:
        """Say whether there are trips that the part does not hold, and that a plan could use."""
        return bool(np.isfinite(self.dropped).any() or np.isfinite(self.guest_dropped).any())

    def allows(self, columns: Columns) -> Bools:
        """Say which columns keep to the pairs; one organisation without a unit always does."""
        if not self.pairs.is_any:
            return np.ones(len(columns.kind), dtype=bool)
        keeps: Bools = (columns.kind == Kind.LEFT) | self.pairs.allow(columns.members)
        return keeps


class Columns(NamedTuple):
    """Possible units, one a row: a joint unit is its lead followed by members, all others hold one organisation."""

    kind: Ints
    members: Ints  # (m, most_units), padded with NONE; wider where more are bound to be at one host together
    host: Ints  # NONE but for attached
    cost: Floats

    def take(self, index: Ints | Bools) -> Columns:
        """Return some of the columns, in the order of `index`."""
        return Columns._make(column[index] for column in self)


def no_columns(width: int) -> Columns:
    """Return an empty table of columns."""
    nobody = np.zeros(0, dtype=np.int64)
    return Columns(nobody, np.zeros((0, width), dtype=np.int64), nobody, np.zeros(0))


def join(parts: Sequence[Columns]) -> Columns:
    """Return the columns of all parts, one after the other, as wide as the widest."""
    width = max(part.members.shape[1] for part in parts)
    same = [part if part.members.shape[1] == width else _widened(part, width) for part in parts]
    return Columns(*(np.concatenate(columns) for columns in zip(*same, strict=True)))


def _widened(columns: Columns, width: int) -> Columns:
    count, now = columns.members.shape
    return columns._replace(
        members=np.concatenate([columns.members, np.full((count, width - now), NONE, dtype=np.int64)], axis=1)
    )


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
            part.special,
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
    torn = _is_torn(part, orgs, inside)
    near = inside[part.near[orgs]]
    near_cost = np.where(torn[:, None] | np.append(torn, False)[near], np.inf, part.near_cost[orgs])
    is_trip = (near != NONE) & np.isfinite(near_cost)
    order = np.argsort(~is_trip, axis=1, kind="stable")[:, : max(int(is_trip.sum(axis=1).max(initial=0)), 1)]
    is_trip = np.take_along_axis(is_trip, order, axis=1)
    guests = (inside[part.guest] != NONE) & ~_meets_rival(part, (part.host, part.guest), inside=inside, others=others)
    count, size = host_loads(part, others)
    return part._replace(
        n=part.n[orgs],
        size=part.size[orgs],
        near=np.where(is_trip, np.take_along_axis(near, order, axis=1), np.arange(len(orgs))[:, None]),
        near_cost=np.where(is_trip, np.take_along_axis(near_cost, order, axis=1), np.inf),
        dropped=part.dropped[orgs],
        guest=inside[part.guest[guests]],
        host=part.host[guests],
        guest_cost=part.guest_cost[guests],
        guest_dropped=part.guest_dropped[orgs],
        host_places=part.host_places - count,
        host_room=part.host_room - size,
        instructor_cost=part.instructor_cost[orgs],
        slots=part.slots - int((others.kind == Kind.INSTRUCTOR).sum()),
        pairs=part.pairs.restrict(orgs, inside),
        special=within(_without_rivals(part, inside, others), inside),
    )


def host_loads(part: Part, columns: Columns) -> tuple[Ints, Ints]:
    """Return the organisations and the members that each host takes in."""
    guests = columns.take(columns.kind == Kind.ATTACHED)
    host, org = guest_seats(guests)
    hosts = len(part.host_places)
    return np.bincount(host, minlength=hosts), np.bincount(host, part.size[org], hosts).astype(np.int64)


def scarce_hosts(part: Part) -> Ints:
    """Return the hosts that cannot take in everybody who could come; all others need no limit."""
    bundles = part.special.take(part.special.kind == Kind.ATTACHED)
    host, org = guest_seats(bundles)
    host, org = np.concatenate([part.host, host]), np.concatenate([part.guest, org])
    hosts = len(part.host_places)
    count, size = np.bincount(host, minlength=hosts), np.bincount(host, part.size[org], hosts)
    return np.flatnonzero((count > part.host_places) | (size > part.host_room))


def guest_seats(guests: Columns) -> tuple[Ints, Ints]:
    """Return host and organisation of each seat of attached columns: one for each, or a forced pair's."""
    column, place = np.nonzero(guests.members != NONE)
    return guests.host[column], guests.members[column, place]


def one_by_one(columns: Columns) -> Columns:
    """Return columns in which everybody at a host has a column of its own: a forced pair has one until here."""
    is_several = (columns.kind == Kind.ATTACHED) & ((columns.members != NONE).sum(axis=1) > 1)
    if not is_several.any():
        return columns
    several = columns.take(is_several)
    host, org = guest_seats(several)
    count = (several.members != NONE).sum(axis=1)
    cost = np.repeat(several.cost / count, count)
    width = columns.members.shape[1]
    return join([columns.take(~is_several), singles(Kind.ATTACHED, org, cost, width=width, host=host)])


def _without_rivals(part: Part, inside: Ints, others: Columns) -> Columns:
    """Return the special columns but for those at a host where a member would meet somebody to be kept apart."""
    columns = part.special
    is_seat = (columns.members != NONE) & (columns.kind == Kind.ATTACHED)[:, None]
    column, place = np.nonzero(is_seat)
    seats = columns.host[column], columns.members[column, place]
    keeps = np.ones(len(columns.kind), dtype=bool)
    keeps[column[_meets_rival(part, seats, inside=inside, others=others)]] = False
    return columns.take(keeps)


def _meets_rival(part: Part, seats: tuple[Ints, Ints], *, inside: Ints, others: Columns) -> Bools:
    """Say at which seats, host and organisation, it would meet somebody who is to be kept apart and stays there."""
    host, org = seats
    meets = np.zeros(len(host), dtype=bool)
    hosts, orgs = guest_seats(others.take(others.kind == Kind.ATTACHED))
    for one, other in (*part.pairs.apart.tolist(), *part.pairs.apart[:, ::-1].tolist()):
        if inside[one] != NONE and inside[other] == NONE:
            meets |= (org == one) & np.isin(host, hosts[orgs == other])
    return meets


def within(columns: Columns, inside: Ints) -> Columns:
    """Return the columns whose organisations are all inside, by their new positions."""
    members = np.append(inside, NONE)[columns.members]
    whole = ((members == NONE) == (columns.members == NONE)).all(axis=1)
    return columns._replace(members=members).take(whole)


def _is_torn(part: Part, orgs: Ints, inside: Ints) -> Bools:
    """Say who is bound to somebody outside: nothing can be planned for it alone."""
    torn = np.zeros(len(part.n), dtype=bool)
    for whole in part.pairs.bundles:
        torn[whole] = (inside[whole] == NONE).any()
    return torn[orgs]


def distinct(columns: Columns, orgs: int) -> Columns:
    """Return one column, the cheapest, for each set of organisations, kind and host; a stable order."""
    ordered = np.sort(columns.members, axis=1)
    key = columns.kind * (orgs + 1) + columns.host + 1
    for place in range(ordered.shape[1]):
        key = np.unique(key * (orgs + 1) + ordered[:, place] + 1, return_inverse=True)[1]
    order = np.lexsort((columns.members[:, 0], columns.cost, key))
    first = np.concatenate([[True], np.diff(key[order]) > 0]) if len(order) else np.zeros(0, dtype=bool)
    return columns.take(order[first])
