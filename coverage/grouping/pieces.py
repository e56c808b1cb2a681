"""Parts too large for a proof: what the relaxation leaves undecided is solved community by community, then repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse

from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.cuts import Pool, choose_with_cuts, strengthen
from coverage.grouping.enumeration import columns_within, price_all
from coverage.grouping.exact import CLOSED, Plan
from coverage.grouping.greedy import greedy_plan
from coverage.grouping.louvain import louvain
from coverage.grouping.master import INTEGRAL, Counts, first_columns, relax
from coverage.grouping.model import Columns, Kind, distinct, fixed_columns, host_loads, join, restrict, within
from coverage.grouping.pricing import dropped_guest_costs, price, reduced_costs
from coverage.grouping.triples import held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.master import Relaxation
    from coverage.grouping.model import Part
    from coverage.grouping.pricing import Prices
    from coverage.grouping.widening import Beyond

# The relaxation stops this near to its bound, as a share of the greedy plan's travel.
_CLOSE: Final = 0.0005
# Columns of a window's pool for each organisation, and up to which reduced cost and number they are looked at.
_POOL_PER_ORG: Final = 15
_POOL_GAP: Final = 0.3
_MOST_LISTED: Final = 20_000
_NARROWER: Final = 0.7
_MOST_NODES: Final = 300
# Windows that are solved again hold so many organisations; seeds are columns that cost more than the bound needs.
_WINDOW: Final = 60
_WORTH_REPAIR: Final = 0.02
# Windows of a sweep, and sweeps at most.
_SWEPT: Final = 40
_MOST_SWEEPS: Final = 4
# Columns of the relaxation with a reduced cost up to this link organisations.
_NEARLY: Final = 0.1

_Edge = tuple[int, int, float]


class _Work:
    """A plan in the making, the prices that say what is worth a look, and the column that each organisation is in."""

    def __init__(self, part: Part, relaxed: Relaxation, plan: Columns) -> None:
        self.part, self.prices, self.plan = part, relaxed.prices, plan
        self.column_of = _column_of(plan, len(part.n))
        near = reduced_costs(relaxed.columns, part, relaxed.prices) <= _NEARLY
        self.near = relaxed.columns.take(near | (relaxed.value > 0))
        links = _links(self.near, np.ones(len(self.near.kind)), len(part.n))
        self.links = sparse.csr_array(links + links.T)
        self.links.sort_indices()

    def solve(self, orgs: Ints) -> None:
        """Plan some organisations again, all others staying; `orgs` are sorted and hold whole columns of the plan."""
        mine = np.unique(self.column_of[orgs])
        others = self.plan.take(np.setdiff1d(np.arange(len(self.plan.kind)), mine, assume_unique=True))
        old = self.plan.take(mine)
        inside = np.full(len(self.part.n) + 1, NONE, dtype=np.int64)
        inside[orgs] = np.arange(len(orgs))
        sub, prices = restrict(self.part, orgs, others), self.prices.among(orgs, inside)
        start = old._replace(members=inside[old.members])
        gain = _most_gain(sub, prices, start)
        if gain <= CLOSED:
            return
        columns = distinct(join([start, fixed_columns(sub), self._pool(sub, prices, inside, gain=gain)]), len(orgs))
        below = float(old.cost.sum())
        pool = Pool(columns, prices.triples.orgs)
        chosen = choose_with_cuts(sub, pool, Counts(), below=below, most_nodes=_MOST_NODES)
        if chosen.columns is not None and chosen.cost < below:
            members = np.append(orgs, NONE)[chosen.columns.members]
            self.plan = join([others, chosen.columns._replace(members=members)])
            self.column_of = _column_of(self.plan, len(self.part.n))

    def _pool(self, sub: Part, prices: Prices, inside: Ints, *, gain: float) -> Columns:
        """Return the columns of least reduced cost; where very many are equal, as in one building, the known ones."""
        gap, most = min(gain, _POOL_GAP), _POOL_PER_ORG * len(sub.n)
        while gap > CLOSED:
            if (pool := columns_within(sub, prices, gap, most=_MOST_LISTED)) is not None:
                return pool.take(np.argsort(reduced_costs(pool, sub, prices), kind="stable")[:most])
            gap *= _NARROWER
        return within(self.near.take(self.near.kind == Kind.JOINT), inside[:-1])


def _most_gain(part: Part, prices: Prices, plan: Columns) -> float:
    """Return by how much at most a plan could cost less: what this one pays beside the prices, and does not use."""
    count, size = host_loads(part, plan)
    host = np.unique(part.host)
    places, room = part.host_places - count, part.host_room - size
    cuts = 1 - held(plan.members, prices.triples.orgs).sum(axis=0)
    unused = (
        prices.host_place[host] @ places[host]
        + prices.host_room[host] @ room[host]
        + prices.slot * (part.slots - (plan.kind == Kind.INSTRUCTOR).sum())
        + prices.triples.worth @ cuts
    )
    return float(reduced_costs(plan, part, prices).sum() - unused)


def solve_in_pieces(part: Part, start: Columns, *, beyond: Beyond | None = None) -> Plan:
    """Return a plan of a large part and the bound of its relaxation; it covers no fewer than `start`."""
    close = _CLOSE * float(start.cost[start.kind == Kind.JOINT].sum())
    part, relaxed = _relaxed(part, first_columns(part, start), beyond, close=close)
    work = _Work(part, relaxed, _rounded(part, relaxed))
    for community in _undecided(part, relaxed):
        work.solve(_window(work, community, size=_WINDOW))
    for orgs in _windows(work, size=_WINDOW, worth=_WORTH_REPAIR):
        work.solve(orgs)
    plan = work.plan if _covered(work.plan) >= _covered(start) else start
    return _swept(_Wide(part, relaxed), Plan(plan, float(plan.cost.sum()), relaxed.bound), most=1)


def sweep(part: Part, plan: Plan, *, beyond: Beyond | None = None) -> Plan:
    """Return the plan after sweeps over all units that cost more than the bound needs, until none gains any more."""
    part = plan.wider or part
    return _swept(_relaxed(part, first_columns(part, plan.columns), beyond), plan, most=_MOST_SWEEPS)


class _Wide(NamedTuple):
    """A part with all trips that matter at the prices of its relaxation."""

    part: Part
    relaxed: Relaxation


def _relaxed(part: Part, columns: Columns, beyond: Beyond | None, *, close: float = CLOSED) -> _Wide:
    """Return the relaxation of a part; its bound holds for all trips, also for those that the part did not keep."""
    if beyond is None:
        relaxed = relax(part, columns, Counts(), close=close)
        return _Wide(part, strengthen(part, relaxed, Counts(), close=close))
    part = part._replace(dropped=np.full(len(part.n), np.inf))
    relaxed = relax(part, columns, Counts(), close=close)
    while (wider := beyond.widen(part, relaxed.prices)) is not part:
        missed = price(wider, relaxed.prices).gain - price(part, relaxed.prices).gain
        part = wider
        if -missed <= close:
            relaxed = relaxed._replace(bound=relaxed.bound + missed)
            break
        relaxed = relax(part, relaxed.columns, Counts(), close=close)
    return _strengthened(part, relaxed, beyond, close=close)


def _strengthened(part: Part, relaxed: Relaxation, beyond: Beyond, *, close: float) -> _Wide:
    """Return a relaxation with cuts where its bound holds for all trips, else as it is."""
    strong = strengthen(part, relaxed, Counts(), close=close)
    wider = beyond.widen(part, strong.prices)
    if wider is part:
        return _Wide(part, strong)
    missed = price_all(wider, strong.prices).gain - price_all(part, strong.prices).gain
    bound = strong.bound + missed
    return _Wide(wider, strong._replace(bound=bound) if bound > relaxed.bound else relaxed)


def _swept(wide: _Wide, plan: Plan, *, most: int) -> Plan:
    part, relaxed = wide
    work = _Work(part, relaxed, plan.columns)
    cost = plan.cost
    for _ in range(most):
        for orgs in _windows(work, size=_SWEPT, worth=CLOSED):
            work.solve(orgs)
        before, cost = cost, float(work.plan.cost.sum())
        if cost >= before - CLOSED:
            break
    best = work.plan if _covered(work.plan) >= _covered(plan.columns) else plan.columns
    return Plan(best, float(best.cost.sum()), relaxed.bound, part, _short(part, relaxed.prices, best))


def _short(part: Part, prices: Prices, plan: Columns) -> Ints:
    """Return to whom trips to hosts may matter that the part does not hold: where they pay, or somebody is left."""
    pays = np.flatnonzero(dropped_guest_costs(part, prices) < 0)
    return np.union1d(pays, plan.members[plan.kind == Kind.LEFT, 0])


def _covered(plan: Columns) -> int:
    return int(((plan.members != NONE).sum(axis=1) * (plan.kind != Kind.LEFT)).sum())


def _rounded(part: Part, relaxed: Relaxation) -> Columns:
    """Return the plan of the columns that the relaxation takes whole, and greedy growth among all others."""
    whole = relaxed.columns.take(relaxed.value > 1 - INTEGRAL)
    rest = np.setdiff1d(np.arange(len(part.n)), whole.members)
    if not rest.size:
        return whole
    grown = greedy_plan(restrict(part, rest, whole))
    return join([whole, grown._replace(members=np.append(rest, NONE)[grown.members])])


def _undecided(part: Part, relaxed: Relaxation) -> Iterator[Ints]:
    """Yield the communities of organisations that the relaxation leaves undecided, linked by their columns."""
    is_part = np.abs(relaxed.value - np.round(relaxed.value)) > INTEGRAL
    columns = relaxed.columns.take(is_part)
    links = sparse.coo_array(_links(columns, relaxed.value[is_part], len(part.n)))
    edges = list(zip(links.row.tolist(), links.col.tolist(), links.data.tolist(), strict=True))
    orgs = np.unique(columns.members[columns.members != NONE])
    for community in _communities(orgs.tolist(), edges, resolution=1.0):
        yield np.array(community)


def _links(columns: Columns, value: Floats, orgs: int) -> sparse.csr_array:
    """Return the weight between each lead and its members, the lower number first."""
    column, place = np.nonzero(columns.members[:, 1:] != NONE)
    lead, member = columns.members[column, 0], columns.members[column, place + 1]
    low, high = np.minimum(lead, member), np.maximum(lead, member)
    return sparse.csr_array(sparse.coo_array((value[column], (low, high)), shape=(orgs, orgs)))


def _communities(nodes: list[int], edges: list[_Edge], *, resolution: float) -> Iterator[list[int]]:
    """Yield Louvain communities of at most a window's size, larger ones cut more finely."""
    found = louvain(nodes, edges, resolution=resolution)
    for community in found:
        if len(community) <= _WINDOW or len(found) == len(nodes):
            yield community
        else:
            inside = set(community)
            inner = [edge for edge in edges if edge[0] in inside and edge[1] in inside]
            yield from _communities(community, inner, resolution=2 * resolution)


def _windows(work: _Work, *, size: int, worth: float) -> Iterator[Ints]:
    """Yield windows around units that cost more than the bound needs, the dearest first, each unit at most once."""
    reduced = reduced_costs(work.plan, work.part, work.prices)
    seeds = np.flatnonzero((reduced > worth) | (work.plan.kind == Kind.LEFT))
    seeds = seeds[np.lexsort((work.plan.members[seeds, 0], -reduced[seeds]))]
    seen = np.zeros(len(work.part.n), dtype=bool)
    for org in work.plan.members[seeds, 0]:
        if not seen[org]:
            window = _window(work, np.array([org]), size=size)
            seen[window] = True
            yield window


def _window(work: _Work, orgs: Ints, *, size: int) -> Ints:
    """Return organisations and those that the pool connects best with them, in whole units of the plan."""
    inside, pull = np.zeros(len(work.part.n), dtype=bool), np.zeros(len(work.part.n))
    while True:
        members = np.unique(work.plan.members[work.column_of[orgs]])
        members = members[members != NONE]
        inside[members] = True
        if inside.sum() >= size:
            break
        pull += work.links[members].sum(axis=0)
        pull[inside] = 0
        orgs = np.argmax(pull, keepdims=True)
        if pull[orgs] <= 0:
            break
    return np.flatnonzero(inside)


def _column_of(plan: Columns, orgs: int) -> Ints:
    column, place = np.nonzero(plan.members != NONE)
    found = np.zeros(orgs, dtype=np.int64)
    found[plan.members[column, place]] = column
    return found
