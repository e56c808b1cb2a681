"""The best plan of a county by another road: one integer program in which everybody picks a lead, solved by HiGHS.

It shares neither columns nor pricing, parts nor bounds with `coverage.grouping`: a proof there that is none shows here.
Only for counties of a few hundred organisations: its relaxation is weak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.grouping.referee import COST_ATTACHED, COST_LEFT, OWN_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.grouping.referee import Facts
    from benchmarks.grouping.rivals import Reach

#: A gap so small is none.
_CLOSED: Final = 1e-7


class Optimum(NamedTuple):
    """The best plan known: no plan costs less where it is proved; infinite where none was found."""

    cost: float
    travel: float  # its trips alone
    covered: int
    is_proved: bool


class _Program:
    """An integer program of yes-or-no variables, put together variable by variable and row by row."""

    def __init__(self, orgs: int) -> None:
        self._orgs = orgs
        self._travel: list[float] = []
        self._penalty: list[float] = []
        self._entries: list[tuple[int, int, float]] = []
        self._limits: list[tuple[float, float]] = []

    def variable(self, travel: float, penalty: float = 0.0) -> int:
        """Return the number of a new variable."""
        self._travel.append(travel)
        self._penalty.append(penalty)
        return len(self._travel) - 1

    def row(self, terms: Iterable[tuple[int, float]], *, low: float = -np.inf, high: float = np.inf) -> None:
        """Demand that the sum of variables times weights lies between two numbers."""
        self._entries += [(len(self._limits), variable, weight) for variable, weight in terms]
        self._limits.append((low, high))

    def solve(self, limit_s: float) -> Optimum:
        """Return the best plan that was found within the time."""
        travel, penalty = np.array(self._travel), np.array(self._penalty)
        row, variable, weight = zip(*self._entries, strict=True)
        matrix = sparse.csr_array((weight, (row, variable)), shape=(len(self._limits), len(travel)))
        low, high = np.array(self._limits).T
        found = milp(
            travel + penalty,
            integrality=np.ones(len(travel), dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, low, high),
            options={"time_limit": limit_s, "mip_rel_gap": _CLOSED},
        )
        if found.x is None:
            return Optimum(np.inf, np.inf, 0, is_proved=False)
        chosen = np.round(found.x)
        left = int(chosen[penalty == COST_LEFT].sum())
        return Optimum(float(found.fun), float(chosen @ travel), self._orgs - left, found.status == 0)


def find_optimum(facts: Facts, reach: Reach, *, limit_s: float) -> Optimum:
    """Return the best plan's cost of a county, each independent part searched for at most `limit_s` seconds.

    A time limit, not a node limit: this is a yardstick, and what it could not prove it says.
    """
    parts = [_program(part, facts, reach).solve(limit_s) for part in _parts(facts, reach)]
    cost, travel, covered, is_proved = zip(*parts, strict=True)
    return Optimum(sum(cost), sum(travel), sum(covered), all(is_proved))


def _parts(facts: Facts, reach: Reach) -> Iterator[list[int]]:
    """Yield the organisations of each part of a county between which nobody travels, hosts included."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(np.flatnonzero(facts.kind == "small").tolist())
    for trips in (reach.leads, reach.hosts):
        graph.add_edges_from((org, goal) for org, ways in enumerate(trips) for goal in ways)
    yield from (sorted(part) for part in nx.connected_components(graph))


def _program(part: list[int], facts: Facts, reach: Reach) -> _Program:
    """Return the program of a part: everybody leads, travels to a lead or a host, or stays out."""
    settings = facts.settings
    small = [org for org in part if facts.kind[org] == "small"]
    program = _Program(len(small))
    leads = {org: program.variable(0.0) for org in small}
    done: dict[int, list[int]] = {org: [leads[org], program.variable(0.0, COST_LEFT)] for org in small}
    coming: dict[int, list[tuple[int, int]]] = {org: [] for org in part}
    for org in small:
        for trips, extra in ((reach.leads, 0.0), (reach.hosts, COST_ATTACHED)):
            for goal, cost in trips[org].items():
                trip = program.variable(cost, extra)
                done[org].append(trip)
                coming[goal].append((trip, org))
    for org in small:
        program.row([(variable, 1.0) for variable in done[org]], low=1, high=1)
    for goal, trips_here in coming.items():
        if goal in leads:
            _demand_unit(program, (goal, leads[goal]), trips_here, facts=facts)
        else:
            program.row([(trip, 1.0) for trip, _ in trips_here], high=settings.host_max_orgs)
            room = max(settings.branch_max_members - int(facts.size[goal]), 0)
            program.row([(trip, float(facts.size[org])) for trip, org in trips_here], high=room)
    return program


def _demand_unit(program: _Program, of: tuple[int, int], coming: list[tuple[int, int]], *, facts: Facts) -> None:
    """Demand of a joint unit: trips only to who leads; three members, at most K organisations, at most 50 members."""
    goal, lead = of
    n, size, settings = facts.n, facts.size, facts.settings
    for trip, _ in coming:
        program.row([(trip, 1.0), (lead, -1.0)], high=0)
    program.row([*((trip, float(n[org])) for trip, org in coming), (lead, float(n[goal]) - OWN_MIN)], low=0)
    program.row([*((trip, 1.0) for trip, _ in coming), (lead, 1.0 - settings.joint_max_units)], high=0)
    room = float(settings.branch_max_members)
    program.row([*((trip, float(size[org])) for trip, org in coming), (lead, float(size[goal]) - room)], high=0)
