"""Stars of leads near which the limit of members per branch (H5) may bind: rare, so exact and slow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE
from coverage.grouping.model import OWN_MIN

if TYPE_CHECKING:
    from coverage.grouping.arrays import Bools, Floats, Ints
    from coverage.grouping.model import Part


class _Star(NamedTuple):
    reduced: float
    who: tuple[int, ...]


def best_within(part: Part, reduced: Floats, own: Floats) -> tuple[Ints, Floats]:
    """Return the best star of every lead near which `most_members` may bind, and its reduced cost.

    Parameters
    ----------
    reduced
        As `Part.near_cost`, less the price of the traveller.
    own
        Minus the price of each lead.
    """
    leads = np.flatnonzero(may_bind(part))
    stars = [_best_star(part, int(lead), reduced[lead]) for lead in leads]
    found = [(int(lead), star) for lead, star in zip(leads, stars, strict=True) if star is not None]
    members = np.full((len(found), part.most_units), NONE, dtype=np.int64)
    for place, (lead, star) in enumerate(found):
        members[place, : 1 + len(star.who)] = (lead, *star.who)
    return members, np.array([star.reduced + own[lead] for lead, star in found], dtype=float)


def may_bind(part: Part) -> Bools:
    """Say for which leads the largest travellers together are too many for one branch."""
    sizes = np.where(np.isfinite(part.near_cost), part.size[part.near], 0)
    largest = np.sort(sizes, axis=1)[:, ::-1][:, : part.most_units - 1].sum(axis=1)
    fits: Bools = part.size + largest <= part.most_members
    return ~fits


def _best_star(part: Part, lead: int, reduced: Floats) -> _Star | None:
    """Return the cheapest legal choice of travellers: a knapsack over units, full members and size."""
    states: dict[tuple[int, int, int], _Star] = {(1, int(part.n[lead]), int(part.size[lead])): _Star(0.0, ())}
    for place in _worth_trying(part, lead, reduced):
        who = int(part.near[lead, place])
        for (units, n, size), star in sorted(states.items()):
            key = (units + 1, min(n + int(part.n[who]), OWN_MIN), size + int(part.size[who]))
            longer = _Star(star.reduced + float(reduced[place]), (*star.who, who))
            if key[0] <= part.most_units and key[2] <= part.most_members and longer < states.get(key, (np.inf, ())):
                states[key] = longer
    legal = [star for (units, n, _), star in states.items() if units >= 2 and n >= OWN_MIN]
    return min(legal, default=None)


def _worth_trying(part: Part, lead: int, reduced: Floats) -> list[int]:
    """Return the `most_units` - 1 best travellers of each number of members and size: others never help."""
    finite = np.flatnonzero(np.isfinite(reduced))
    who = part.near[lead, finite]
    order = finite[np.lexsort((reduced[finite], part.size[who], part.n[who]))]
    kind = part.n[part.near[lead, order]] * (part.most_members + 1) + np.minimum(
        part.size[part.near[lead, order]], part.most_members
    )
    rank = np.arange(len(order)) - np.searchsorted(kind, kind, side="left")
    return [int(place) for place in order[rank < part.most_units - 1]]
