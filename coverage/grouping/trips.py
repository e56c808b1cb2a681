"""Every trip within a traveller's own limit, with its cost (GROUPING §1-§3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Sites, Trips
from coverage.grouping.similarity import compare
from geo.distance import chord_m, distance_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.settings import PlanSettings

# Above so many trips a block keeps only the cheapest of each traveller: 5,000 organisations around one square
# have 25 million trips, and nearly all of them are never used.
MOST_TRIPS: Final = 200_000
#: Trips that every traveller keeps at least.
LEAST_EACH: Final = 64
# Trips held at a time while the cheapest are chosen.
_CHUNK: Final = 250_000
# Where travellers reach so large a share of all leads, measuring all distances is quicker than a tree.
_DENSE: Final = 1 / 16
# Equal costs: every traveller prefers other leads, in a circle, or all would keep the same few (GROUPING §6).
_CIRCLE: Final = 1e-7


class Reach(NamedTuple):
    """The trips that are kept, and what is known of all that are possible."""

    trips: Trips
    dropped: Floats  # cost of each traveller's cheapest trip that is not kept, infinite without one
    members: Ints  # full members within each traveller's limit, its own not included
    linked: Ints  # (p, 2): whoever trips that are not kept connect is connected by these pairs


def find_trips(
    travellers: Sites,
    leads: Sites,
    texts: sparse.csr_array | None,
    *,
    settings: PlanSettings,
    most: int = MOST_TRIPS,
) -> Reach:
    """Return the trips from `travellers` to `leads` in order of lead, then traveller; nobody travels to itself.

    Parameters
    ----------
    most
        About so many trips are kept: the cheapest of each traveller, at least 64.
    """
    count = len(travellers.row)
    each = max(LEAST_EACH, most // max(count, 1))
    dropped, members = np.full(count, np.inf), np.zeros(count, dtype=np.int64)
    parts, linked = [no_trips()], [np.zeros((0, 2), dtype=np.int64)]
    for pairs in near_pairs(travellers, leads):
        possible = price_trips(pairs, travellers, leads, texts=texts, settings=settings)
        possible = possible.take(possible.distance_m <= travellers.limit_m[possible.traveller])
        members += np.bincount(possible.traveller, leads.n[possible.lead], count).astype(np.int64)
        kept = cheapest(possible, each, len(leads.row))
        parts.append(possible.take(kept))
        np.minimum.at(dropped, possible.traveller[~kept], possible.cost[~kept])
        if travellers is leads and not kept.all():
            linked.append(_links(possible.take(~kept), count))
    trips = Trips(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return Reach(trips.take(np.lexsort((trips.traveller, trips.lead))), dropped, members, np.concatenate(linked))


def _links(trips: Trips, orgs: int) -> Ints:
    """Return as few pairs as connect whoever the trips connect."""
    graph = sparse.coo_array((np.ones(len(trips.lead), dtype=np.int8), (trips.traveller, trips.lead)), (orgs, orgs))
    label = sparse.csgraph.connected_components(graph, directed=False)[1]
    _, first = np.unique(label, return_index=True)
    pairs: Ints = np.stack([np.arange(orgs), first[label]], axis=1).astype(np.int64)
    apart: Bools = pairs[:, 0] != pairs[:, 1]
    return np.compress(apart, pairs, axis=0)


def no_trips() -> Trips:
    """Return an empty table of trips."""
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Trips(whole, whole, real, real, whole, real)


def near_pairs(travellers: Sites, leads: Sites) -> Iterator[tuple[Ints, Ints]]:
    """Yield travellers and leads within about the traveller's limit, a bounded number of pairs at a time."""
    goals = np.flatnonzero(leads.is_precise)
    if not goals.size:
        return
    tree = cKDTree(leads.xyz[goals])
    starts = np.flatnonzero(travellers.is_precise)
    if not starts.size:
        return
    reach_m = chord_m(travellers.limit_m[starts])
    counts = tree.query_ball_point(travellers.xyz[starts], reach_m, return_length=True)
    chunk = np.cumsum(counts) // _CHUNK
    for number in np.unique(chunk):
        some = np.flatnonzero(chunk == number)
        points, far_m = travellers.xyz[starts[some]], reach_m[some]
        if counts[some].mean() > _DENSE * len(goals):
            place, near = np.nonzero(cdist(points, leads.xyz[goals]) <= far_m[:, None])
        else:
            found = tree.query_ball_point(points, far_m, return_sorted=True)
            place = np.repeat(np.arange(len(some)), [len(each) for each in found])
            near = np.concatenate([np.asarray(each, dtype=np.int64) for each in found])
        traveller, lead = starts[some[place]], goals[near]
        other = travellers.row[traveller] != leads.row[lead]
        yield traveller[other], lead[other]


def price_trips(
    pairs: tuple[Ints, Ints],
    travellers: Sites,
    leads: Sites,
    *,
    texts: sparse.csr_array | None,
    settings: PlanSettings,
) -> Trips:
    """Return trips with distance, similarity and cost (GROUPING §1) in the order of the pairs, however far."""
    traveller, lead = pairs
    metres = distance_m(travellers.xyz[traveller], leads.xyz[lead])
    likeness = compare(pairs, travellers, leads, texts=texts)
    differs = [
        _differ(names[traveller], others[lead])
        for names, others in (
            (travellers.supervisor, leads.supervisor),
            (travellers.superior, leads.superior),
            (travellers.township, leads.township),
        )
    ]
    cost = (
        settings.alpha * metres / travellers.limit_m[traveller]
        + settings.beta * (1 - likeness.similarity)
        + settings.gamma_supervisor * (differs[0] | differs[1])
        + settings.gamma_township * differs[2]
    )
    return Trips(traveller, lead, metres, likeness.similarity, likeness.evidence, cost)


def _differ(left: Ints, right: Ints) -> Bools:
    differs: Bools = (np.minimum(left, right) != NONE) & (left != right)
    return differs


def cheapest(trips: Trips, each: int, leads: int) -> Bools:
    """Say which trips, sorted by traveller, are among its `each` cheapest; equal ones go round in a circle."""
    starts = np.flatnonzero(np.diff(trips.traveller, prepend=NONE))
    counts = np.diff(starts, append=len(trips.traveller))
    if counts.max(initial=0) <= each:
        return np.ones(len(trips.cost), dtype=bool)
    rank = circular(trips, leads)
    rows = np.split(rank, starts[1:])
    dearest = [np.partition(row, each - 1)[each - 1] if len(row) > each else np.inf for row in rows]
    kept: Bools = rank <= np.repeat(dearest, counts)
    return kept


def circular(trips: Trips, leads: int) -> Floats:
    """Return the costs with a tiny preference for the lead that follows the traveller, for choices only."""
    return trips.cost + _CIRCLE * ((trips.lead - trips.traveller) % max(leads, 1)) / max(leads, 1)
