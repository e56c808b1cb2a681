"""The best plan of a few organisations, by trying all: most parts are so small that a solver only costs time."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE
from coverage.grouping.model import OWN_MIN, Columns, Kind, attached_columns, fixed_columns, join, joints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.arrays import Ints
    from coverage.grouping.model import Part

#: Up to so many organisations trying all plans is quicker than one linear programme.
_MOST_TRIED: Final = 10


class _Star(NamedTuple):
    """A joint unit: cost first, so that the least is the best; then the lead and its travellers."""

    cost: float
    lead: int
    others: tuple[int, ...]


class _Best(NamedTuple):
    """The least cost of a set of organisations, and what the first of them does: a star, or None alone."""

    cost: float
    star: _Star | None
    rest: int


def best_of_all(part: Part) -> Columns | None:
    """Return the cheapest plan of a part; None for a large one, or where hosts or instructors are too few for it.

    Nobody is refused a host or an instructor on the way: a plan that asks for no more than there are is the best.
    """
    if len(part.n) > _MOST_TRIED or part.has_dropped or part.pairs.is_any:
        return None
    plan = _cheapest(part)
    return plan if _is_enough(part, plan) else None


def _is_enough(part: Part, plan: Columns) -> bool:
    """Say whether hosts have the places and the room, and the block the instructors, that a plan asks for."""
    guests = plan.take(plan.kind == Kind.ATTACHED)
    hosts = len(part.host_places)
    count = np.bincount(guests.host, minlength=hosts)
    size = np.bincount(guests.host, weights=part.size[guests.members[:, 0]], minlength=hosts)
    taught = int((plan.kind == Kind.INSTRUCTOR).sum())
    return bool((count <= part.host_places).all() and (size <= part.host_room).all() and taught <= part.slots)


def _cheapest(part: Part) -> Columns:
    """Return the cheapest plan, as if there were room for all: sets of organisations are settled by their first."""
    alone = _alone(part)
    best = _Settled(alone.cost.tolist(), _stars_by_first(part))
    taken: list[_Star] = []
    singles: list[int] = []
    left = (1 << len(part.n)) - 1
    while left:
        step = best.of(left)
        if step.star:
            taken.append(step.star)
        else:
            singles.append(_first(left))
        left = step.rest
    members = np.full((len(taken), part.most_units), NONE, dtype=np.int64)
    for row, star in enumerate(taken):
        members[row, : 1 + len(star.others)] = (star.lead, *star.others)
    costs = np.array([star.cost for star in taken], dtype=float)
    return join([joints(members, costs), alone.take(np.array(singles, dtype=np.int64))])


class _Settled:
    """The best plans of the sets of organisations that were asked for."""

    def __init__(self, alone: list[float], stars: list[list[tuple[int, _Star]]]) -> None:
        self._alone, self._stars = alone, stars
        self._known: dict[int, _Best] = {0: _Best(0.0, None, 0)}

    def of(self, orgs: int) -> _Best:
        """Return the best plan of a set (a bit an organisation); of equal ones the first found."""
        if orgs in self._known:
            return self._known[orgs]
        first = _first(orgs)
        rest = orgs & ~(1 << first)
        best = _Best(self._alone[first] + self.of(rest).cost, None, rest)
        for unit, star in self._stars[first]:
            if unit & orgs == unit and (cost := star.cost + self.of(orgs & ~unit).cost) < best.cost:
                best = _Best(cost, star, orgs & ~unit)
        self._known[orgs] = best
        return best


def _first(orgs: int) -> int:
    return (orgs & -orgs).bit_length() - 1


def _alone(part: Part) -> Columns:
    """Return the cheapest column without others of each organisation: nobody, an instructor or a host."""
    fits = (part.host_places[part.host] >= 1) & (part.size[part.guest] <= part.host_room[part.host])
    fixed = fixed_columns(part)
    columns = join([fixed.take(np.isin(fixed.kind, [Kind.LEFT, Kind.INSTRUCTOR])), attached_columns(part, fits)])
    order = np.lexsort((columns.host, columns.kind, columns.cost, columns.members[:, 0]))
    return columns.take(order[_starts(columns.members[order, 0])])


def _starts(sorted_numbers: Ints) -> Ints:
    return np.unique(sorted_numbers, return_index=True)[1]


def _stars_by_first(part: Part) -> list[list[tuple[int, _Star]]]:
    """Return the joint units, each with its cheapest lead, by their first organisation."""
    found: dict[int, _Star] = {}
    for star in (*_stars(part), *_known(part)):
        unit = sum(1 << org for org in (star.lead, *star.others))
        if unit not in found or star < found[unit]:
            found[unit] = star
    return [[each for each in sorted(found.items()) if _first(each[0]) == org] for org in range(len(part.n))]


def _known(part: Part) -> Iterator[_Star]:
    """Yield the units of an earlier plan at their lower price."""
    for members, cost in zip(part.special.members.tolist(), part.special.cost.tolist(), strict=True):
        yield _Star(cost, members[0], tuple(sorted(org for org in members[1:] if org != NONE)))


def _stars(part: Part) -> Iterator[_Star]:
    """Yield every legal joint unit with every lead that all others can travel to."""
    n, size = part.n.tolist(), part.size.tolist()
    for lead in range(len(n)):
        trips = [
            (who, cost)
            for who, cost in zip(part.near[lead].tolist(), part.near_cost[lead].tolist(), strict=True)
            if cost < np.inf
        ]
        for others in range(1, min(part.most_units, len(trips) + 1)):
            for some in combinations(trips, others):
                who = tuple(sorted(org for org, _ in some))
                is_legal = n[lead] + sum(n[org] for org in who) >= OWN_MIN
                if is_legal and size[lead] + sum(size[org] for org in who) <= part.most_members:
                    yield _Star(sum(cost for _, cost in some), lead, who)
