"""Every trip within a traveller's own limit, with its cost (GROUPING §1-§3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Sites, Trips
from coverage.grouping.similarity import compare
from geo.distance import chord_m, distance_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.settings import PlanSettings

# Above so many trips a block keeps only the cheapest of each traveller: 5,000 organisations around one square
# have 25 million trips, and nearly all of them are never used.
MOST_TRIPS: Final = 200_000
_LEAST_EACH: Final = 64
# Trips held at a time while the cheapest are chosen.
_CHUNK: Final = 250_000
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
    each = max(_LEAST_EACH, most // max(count, 1))
    dropped, members = np.full(count, np.inf), np.zeros(count, dtype=np.int64)
    parts, linked = [no_trips()], [np.zeros((0, 2), dtype=np.int64)]
    for pairs in near_pairs(travellers, leads):
        possible = _priced(pairs, travellers, leads, texts=texts, settings=settings)
        np.add.at(members, possible.traveller, leads.n[possible.lead])
        kept = _cheapest(possible, each, len(leads.row))
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
        found = tree.query_ball_point(travellers.xyz[starts[some]], reach_m[some], return_sorted=True)
        traveller = np.repeat(starts[some], [len(near) for near in found])
        lead = goals[np.concatenate([np.asarray(near, dtype=np.int64) for near in found])]
        other = travellers.row[traveller] != leads.row[lead]
        yield traveller[other], lead[other]


def _priced(
    pairs: tuple[Ints, Ints],
    travellers: Sites,
    leads: Sites,
    *,
    texts: sparse.csr_array | None,
    settings: PlanSettings,
) -> Trips:
    """Return pairs with distance, similarity and cost, those beyond the limit left out."""
    traveller, lead = pairs
    metres = distance_m(travellers.xyz[traveller], leads.xyz[lead])
    within = metres <= travellers.limit_m[traveller]
    near = (traveller[within], lead[within])
    return price_trips(near, travellers, leads, texts=texts, settings=settings)


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
    start, goal = travellers.take(traveller), leads.take(lead)
    likeness = compare(start, goal, texts)
    cost = (
        settings.alpha * metres / start.limit_m
        + settings.beta * (1 - likeness.similarity)
        + settings.gamma_supervisor * _strange(start, goal)
        + settings.gamma_township * _differ(start.township, goal.township)
    )
    return Trips(traveller, lead, metres, likeness.similarity, likeness.evidence, cost)


def _strange(start: Sites, goal: Sites) -> Bools:
    """Say where supervisors or recorded superiors differ (the latter only within a block that mixes them)."""
    return _differ(start.supervisor, goal.supervisor) | _differ(start.superior, goal.superior)


def _differ(left: Ints, right: Ints) -> Bools:
    differs: Bools = (np.minimum(left, right) != NONE) & (left != right)
    return differs


def _cheapest(trips: Trips, each: int, leads: int) -> Bools:
    """Say which trips are among the `each` cheapest of their traveller; equal ones go round in a circle."""
    if np.bincount(trips.traveller, minlength=1).max(initial=0) <= each:
        return np.ones(len(trips.cost), dtype=bool)
    order = np.lexsort((circular(trips, leads), trips.traveller))
    traveller = trips.traveller[order]
    first = np.searchsorted(traveller, traveller, side="left")
    kept = np.zeros(len(order), dtype=bool)
    kept[order[np.arange(len(order)) - first < each]] = True
    return kept


def circular(trips: Trips, leads: int) -> Floats:
    """Return the costs with a tiny preference for the lead that follows the traveller, for choices only."""
    return trips.cost + _CIRCLE * ((trips.lead - trips.traveller) % max(leads, 1)) / max(leads, 1)
