"""Organisations without a full member, a liaison (联络员) for a few of them near by: GROUPING §5."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.distance import chord_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.arrays import Bools, Floats, Ints, Sites
    from coverage.settings import PlanSettings

# Neighbours among which a set looks for partners that are still free.
_NEIGHBORS: Final = 24
_COLUMNS: Final = ["org_id", "liaison_set"]


def propose_liaisons(candidates: pd.DataFrame, sites: Sites, settings: PlanSettings) -> pd.DataFrame:
    """Return org_id and liaison_set of every candidate of Z: the org_id of the one that the others travel to.

    Sets are inside a block and hold at most `liaison_max_orgs`; whoever has the fewest free neighbours chooses first.
    Without a precise point, organisations of one township share a liaison; without a township each has its own.
    """
    empty = candidates[candidates["kind"] == "empty"]
    heads = np.arange(len(candidates))
    for _, places in sorted(empty.groupby(["adcode", "superior"]).indices.items()):
        rows = empty.index.to_numpy()[places]
        precise = rows[sites.is_precise[rows]]
        for group in _near_sets(precise, sites, settings.liaison_max_orgs):
            heads[group] = group[0]
        for group in _township_sets(rows[~sites.is_precise[rows]], sites, settings.liaison_max_orgs):
            heads[group] = group[0]
    org_ids = candidates["org_id"].to_numpy()
    sets = pd.DataFrame({"org_id": org_ids[empty.index], "liaison_set": org_ids[heads[empty.index]]})
    return sets.astype("str")[_COLUMNS]


def _township_sets(rows: Ints, sites: Sites, most: int) -> Iterator[Ints]:
    known = rows[sites.township[rows] >= 0]
    order = known[np.argsort(sites.township[known], kind="stable")]
    township = sites.township[order]
    place = np.arange(len(order)) - np.searchsorted(township, township, side="left")
    starts = np.flatnonzero(place % most == 0)[1:]
    yield from (group for group in np.split(order, starts) if len(group))


def _near_sets(rows: Ints, sites: Sites, most: int) -> Iterator[Ints]:
    """Yield sets of at most `most` rows, first the one that all others may travel to."""
    if not len(rows):
        return
    neighbors = _neighbors(sites.xyz[rows], sites.limit_m[rows])
    is_free = np.ones(len(rows), dtype=bool)
    queue = [(len(near), place) for place, near in enumerate(neighbors)]
    heapq.heapify(queue)
    while queue:
        count, place = heapq.heappop(queue)
        if not is_free[place]:
            continue
        free = sum(bool(is_free[other]) for other in neighbors[place])
        if free < count:
            heapq.heappush(queue, (free, place))
            continue
        group = _set_around(place, neighbors, is_free, most=most)
        is_free[group] = False
        yield rows[group]


def _neighbors(xyz: Floats, limit_m: Floats) -> list[list[int]]:
    """Return for each place the nearest others that may travel to it, nearest first."""
    count = min(_NEIGHBORS + 1, len(xyz))
    metres, which = (np.asarray(found) for found in cKDTree(xyz).query(xyz, k=range(1, count + 1)))
    may_come = (metres <= chord_m(limit_m)[which]) & (which != np.arange(len(xyz))[:, None])
    return [others[fits].tolist() for others, fits in zip(which, may_come, strict=True)]


def _set_around(place: int, neighbors: list[list[int]], is_free: Bools, *, most: int) -> list[int]:
    """Return the fullest set with `place` in it: around itself, or around a free neighbour that it may travel to."""
    free = [other for other in neighbors[place] if is_free[other]]
    best = [place, *free[: most - 1]]
    for head in free:
        if len(best) >= most:
            break
        near = [other for other in neighbors[head] if is_free[other]]
        if place in near:
            rest = [other for other in near if other != place]
            best = max(best, [head, place, *rest[: most - 2]], key=len)
    return best
