"""How else organisations could be put together: rule-aware greedy growth, and what networkx has.

Each way returns units, lists of rows of the candidates. `repair` then does the same for all: units that break a rule
are dissolved, new ones grow among whoever is left, and the rest join units and hosts near by.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final, NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from benchmarks.grouping.referee import COLUMNS, OWN_MIN, find_ways
from geo.distance import to_cartesian_m

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.grouping.referee import Facts

    Units = list[list[int]]
    Trips = list[dict[int, float]]
    Grouper = Callable[["Facts", "Reach"], Units]

#: Trips kept of each organisation, the cheapest; a graph of all within the limits would not fit into memory.
_MOST_TRIPS: Final = 150
#: Edges of each organisation in the graphs that communities and matchings are found in.
_NEIGHBOURS: Final = 12
_SEED: Final = 1


class Reach(NamedTuple):
    """What each organisation with one or two members can travel to, cheapest first; a row for every organisation."""

    leads: Trips
    hosts: Trips


def find_reach(facts: Facts) -> Reach:
    """Return the cheapest trips within the limits of a county."""
    return Reach(_trips_to(facts, "small"), _trips_to(facts, "host"))


def _trips_to(facts: Facts, kind: str) -> Trips:
    found: Trips = [{} for _ in facts.n]
    starts, goals = np.flatnonzero(facts.kind == "small"), np.flatnonzero(facts.kind == kind)
    if not (starts.size and goals.size):
        return found
    xyz = to_cartesian_m(facts.lon, facts.lat)
    near = cKDTree(xyz[goals]).query_ball_point(xyz[starts], facts.limit_m[starts], return_sorted=True)
    for start, places in zip(starts.tolist(), near, strict=True):
        goal = goals[np.asarray(places, dtype=np.int64)]
        goal = goal[goal != start]
        ways = find_ways(facts, np.full(len(goal), start), goal)
        order = np.argsort(np.where(ways.is_allowed, ways.cost, np.inf), kind="stable")[: int(ways.is_allowed.sum())]
        order = order[:_MOST_TRIPS]
        found[start] = dict(zip(goal[order].tolist(), ways.cost[order].tolist(), strict=True))
    return found


def grow(facts: Facts, reach: Reach, among: Iterable[int] | None = None) -> Units:
    """Return stars grown greedily, the cheapest for each of its organisations first; leads stand first."""
    free = set(_small(facts) if among is None else among)
    incoming: dict[int, list[tuple[float, int]]] = {org: [] for org in free}
    for org in sorted(free):
        for lead, cost in reach.leads[org].items():
            if lead in free:
                incoming[lead].append((cost, org))
    queue = [star for lead in sorted(free) if (star := _star([lead], sorted(incoming[lead]), facts))]
    heapq.heapify(queue)
    units: Units = []
    while queue:
        _, unit = heapq.heappop(queue)
        if free.issuperset(unit):
            units.append(unit)
            free.difference_update(unit)
        elif unit[0] in free:
            still = sorted(trip for trip in incoming[unit[0]] if trip[1] in free)
            if star := _star(unit[:1], still, facts):
                heapq.heappush(queue, star)
    return units


def _star(unit: list[int], incoming: list[tuple[float, int]], facts: Facts) -> tuple[float, list[int]] | None:
    """Return a lead's unit with the cheapest trips that make it legal, and its cost for each organisation."""
    total = 0.0
    for cost, org in incoming:
        if facts.n[unit].sum() >= OWN_MIN or len(unit) == facts.settings.joint_max_units:
            break
        if facts.size[[*unit, org]].sum() <= facts.settings.branch_max_members:
            unit = [*unit, org]
            total += cost
    return (total / len(unit), unit) if facts.n[unit].sum() >= OWN_MIN else None


def chop_components(facts: Facts, reach: Reach) -> Units:
    """Return the connected components of the graph of possible trips, chopped in the order of a walk."""
    return _chopped(list(nx.connected_components(_graph(facts, reach))), facts, reach)


def chop_communities(facts: Facts, reach: Reach) -> Units:
    """Return Louvain communities, edges weighted by 1 − cost, chopped in the order of a walk."""
    communities = nx.community.louvain_communities(_graph(facts, reach), seed=_SEED)
    return _chopped([set(each) for each in communities], facts, reach)


def match(facts: Facts, reach: Reach) -> Units:
    """Return a maximum-weight matching of pairs that may form a unit."""
    graph = _graph(facts, reach)
    pairs = [(one, other) for one, other in graph.edges if facts.n[[one, other]].sum() >= OWN_MIN]
    matching = nx.max_weight_matching(graph.edge_subgraph(pairs), maxcardinality=True)
    return sorted(sorted(pair) for pair in matching)


def _graph(facts: Facts, reach: Reach) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(_small(facts))
    for org, trips in enumerate(reach.leads):
        for lead, cost in list(trips.items())[:_NEIGHBOURS]:
            if not graph.has_edge(org, lead) or graph[org][lead]["weight"] < 1 - cost:
                graph.add_edge(org, lead, weight=1 - cost)
    return graph


def _chopped(communities: list[set[int]], facts: Facts, reach: Reach) -> Units:
    """Return communities cut as soon as a piece has three members, walking to the cheapest neighbour each time."""
    units: Units = []
    for community in sorted(communities, key=min):
        unit: list[int] = []
        for org in _walk(community, reach):
            unit.append(org)
            if facts.n[unit].sum() >= OWN_MIN:
                units.append(unit)
                unit = []
    return units


def _walk(orgs: set[int], reach: Reach) -> Iterable[int]:
    """Yield organisations, each followed by the cheapest one it can travel to that is still left, else by the first."""
    left, here = set(orgs), min(orgs)
    while left:
        yield here
        left.discard(here)
        here = next((org for org in reach.leads[here] if org in left), min(left, default=here))


def repair(units: Units, facts: Facts, reach: Reach) -> pd.DataFrame:
    """Return a proposal without broken units, with growth among the rest, and whoever is left joined to others."""
    led = [legal for unit in units if (legal := _led(unit, facts, reach))]
    taken = {org for unit in led for org in unit}
    rest = set(_small(facts)) - taken
    led += grow(facts, reach, rest)
    _join(led, facts, reach)
    rest -= {org for unit in led for org in unit}
    return pd.concat([as_proposal(led, facts, is_led=True), _attached(rest, facts, reach)], ignore_index=True)


def _led(unit: list[int], facts: Facts, reach: Reach) -> list[int] | None:
    """Return a legal unit with its cheapest lead first; None where it breaks a rule."""
    settings = facts.settings
    is_legal = 2 <= len(unit) <= settings.joint_max_units and facts.n[unit].sum() >= OWN_MIN
    if not is_legal or facts.size[unit].sum() > settings.branch_max_members:
        return None
    costs = {lead: sum(reach.leads[org].get(lead, np.inf) for org in unit if org != lead) for lead in unit}
    lead = min(unit, key=lambda org: (costs[org], org))
    return [lead, *(org for org in unit if org != lead)] if np.isfinite(costs[lead]) else None


def _join(units: Units, facts: Facts, reach: Reach) -> None:
    """Add organisations without a unit to units near by that have room, cheapest trips first."""
    settings, of_lead = facts.settings, {unit[0]: unit for unit in units}
    left = set(_small(facts)) - {org for unit in units for org in unit}
    for _, org, lead in _cheapest_first(left, reach.leads):
        unit = of_lead.get(lead)
        is_room = unit is not None and len(unit) < settings.joint_max_units
        if org in left and unit and is_room and facts.size[[*unit, org]].sum() <= settings.branch_max_members:
            unit.append(org)
            left.discard(org)


def _attached(left: set[int], facts: Facts, reach: Reach) -> pd.DataFrame:
    """Return the guests of hosts that have room, cheapest trips first, with a row for each host."""
    settings = facts.settings
    guests: dict[int, list[int]] = {}
    for _, org, host in _cheapest_first(left, reach.hosts):
        here = guests.setdefault(host, [])
        is_room = facts.size[[host, *here, org]].sum() <= settings.branch_max_members
        if org in left and len(here) < settings.host_max_orgs and is_room:
            here.append(org)
            left.discard(org)
    rows = [(f"host {host}", "attached", org, "member") for host, here in guests.items() for org in here]
    rows += [(f"host {host}", "attached", host, "host") for host, here in guests.items() if here]
    return _named(rows, facts)


def _small(facts: Facts) -> list[int]:
    return np.flatnonzero(facts.kind == "small").tolist()


def _cheapest_first(orgs: set[int], trips: Trips) -> list[tuple[float, int, int]]:
    return sorted((cost, org, goal) for org in orgs for goal, cost in trips[org].items())


def as_proposal(units: Units, facts: Facts, *, is_led: bool) -> pd.DataFrame:
    """Return joint units as the referee reads them; `is_led` says that the lead stands first in each."""
    rows = [
        (f"joint {number}", "joint", org, "lead" if is_led and place == 0 else "member")
        for number, unit in enumerate(units)
        for place, org in enumerate(unit)
    ]
    return _named(rows, facts)


def _named(rows: list[tuple[str, str, int, str]], facts: Facts) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.assign(org_id=facts.org_id[table["org_id"].to_numpy(dtype=np.int64)])


#: What networkx and a careful planner with a list would do.
RIVALS: Final[dict[str, Grouper]] = {
    "rule-aware greedy growth": grow,
    "networkx components, chopped": chop_components,
    "networkx Louvain, chopped": chop_communities,
    "networkx max_weight_matching": match,
}
