"""Parts too large for a proof: cut where the relaxation hardly connects, solved piece by piece, then repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import networkx as nx
import numpy as np
from scipy import sparse

from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.cuts import choose_with_cuts
from coverage.grouping.enumeration import columns_within
from coverage.grouping.exact import CLOSED, Plan
from coverage.grouping.louvain import louvain
from coverage.grouping.master import Counts, first_columns, relax
from coverage.grouping.model import Columns, Kind, distinct, fixed_columns, join, restrict, within
from coverage.grouping.pricing import price, reduced_costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.master import Relaxation
    from coverage.grouping.model import Part
    from coverage.grouping.pricing import Prices
    from coverage.grouping.widening import Beyond

# The relaxation stops this near to its bound, as a share of the greedy plan's cost.
_CLOSE: Final = 0.0005
# Columns of the pool for each organisation, and the reduced cost up to which they are looked for.
_POOL_PER_ORG: Final = 30
_POOL_GAP: Final = 0.3
_NARROWER: Final = 0.7
_MOST_IN_PIECE: Final = 200
_MOST_NODES: Final = 300
# Windows that are solved again hold so many organisations; seeds are columns that cost more than the bound needs.
_WINDOW: Final = 80
_WORTH_REPAIR: Final = 0.02
# Windows of a sweep, and sweeps at most.
_SWEPT: Final = 40
_MOST_SWEEPS: Final = 4
# Columns of the relaxation with a reduced cost up to this link organisations.
_NEARLY: Final = 0.1
# Weight of a link between organisations that only the pool, not the relaxation, puts together.
_LOOSE: Final = 0.05


_Edge = tuple[int, int, float]


class _Work:
    """A plan in the making, the prices that say what is worth a look, and the column that each organisation is in."""

    def __init__(self, part: Part, relaxed: Relaxation, plan: Columns) -> None:
        self.part, self.prices, self.plan = part, relaxed.prices, plan
        self.column_of = _column_of(plan, len(part.n))
        near = reduced_costs(relaxed.columns, part, relaxed.prices) <= _NEARLY
        self.near = relaxed.columns.take(near | (relaxed.value > 0))

    def solve(self, orgs: Ints) -> None:
        """Plan some organisations again, all others staying; `orgs` are sorted and hold whole columns of the plan."""
        mine = np.unique(self.column_of[orgs])
        others = self.plan.take(np.setdiff1d(np.arange(len(self.plan.kind)), mine, assume_unique=True))
        old = self.plan.take(mine)
        inside = np.full(len(self.part.n) + 1, NONE, dtype=np.int64)
        inside[orgs] = np.arange(len(orgs))
        sub = restrict(self.part, orgs, others)
        prices = self.prices._replace(org=self.prices.org[orgs])
        start = old._replace(members=inside[old.members])
        pool = distinct(join([start, fixed_columns(sub), self._pool(sub, prices, inside)]), len(orgs))
        below = float(old.cost.sum())
        chosen = choose_with_cuts(sub, pool, Counts(), below=below, most_nodes=_MOST_NODES)
        if chosen.columns is not None and chosen.cost < below:
            members = np.append(orgs, NONE)[chosen.columns.members]
            self.plan = join([others, chosen.columns._replace(members=members)])
            self.column_of = _column_of(self.plan, len(self.part.n))

    def _pool(self, sub: Part, prices: Prices, inside: Ints) -> Columns:
        """Return the columns of least reduced cost; where very many are equal, as in one building, the known ones."""
        gap, most = _POOL_GAP, _POOL_PER_ORG * len(sub.n)
        while gap > CLOSED:
            if (pool := columns_within(sub, prices, gap, most=most)) is not None:
                return pool
            gap *= _NARROWER
        return within(self.near.take(self.near.kind == Kind.JOINT), inside[:-1])


def solve_in_pieces(part: Part, start: Columns, *, beyond: Beyond | None = None) -> Plan:
    """Return a plan of a large part and the bound of its relaxation; it covers no fewer than `start`."""
    close = _CLOSE * float(start.cost.sum())
    wide = _relaxed(part, first_columns(part, start), beyond, close=close)
    part, relaxed = wide.part, wide.relaxed
    work = _Work(part, relaxed, start)
    for orgs in _whole(work, _pieces(part, relaxed, work.near)):
        work.solve(orgs)
    for orgs in _windows(work):
        work.solve(orgs)
    plan = work.plan if _covered(work.plan) >= _covered(start) else start
    columns = distinct(join([relaxed.columns, plan]), len(part.n))
    return _swept(_relaxed(part, columns, beyond), Plan(plan, float(plan.cost.sum()), relaxed.bound), most=1)


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
        return _Wide(part, relax(part, columns, Counts(), close=close))
    part = part._replace(dropped=np.full(len(part.n), np.inf))
    relaxed = relax(part, columns, Counts(), close=close)
    while (wider := beyond.widen(part, relaxed.prices)) is not part:
        missed = price(wider, relaxed.prices).gain - price(part, relaxed.prices).gain
        part = wider
        if -missed <= close:
            return _Wide(part, relaxed._replace(bound=relaxed.bound + missed))
        relaxed = relax(part, relaxed.columns, Counts(), close=close)
    return _Wide(part, relaxed)


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
    return Plan(best, float(best.cost.sum()), relaxed.bound, part)


def _covered(plan: Columns) -> int:
    return int(((plan.members != NONE).sum(axis=1) * (plan.kind != Kind.LEFT)).sum())


def _pieces(part: Part, relaxed: Relaxation, near: Columns) -> list[Ints]:
    """Return the communities of organisations that the relaxation, and faintly the pool, put together."""
    positive = relaxed.value > 0
    links = _links(relaxed.columns.take(positive), relaxed.value[positive], len(part.n))
    links = links + _links(near, np.full(len(near.kind), _LOOSE), len(part.n))
    rows, columns = links.nonzero()
    weights = np.asarray(links[rows, columns]).ravel()
    edges = list(zip(rows.tolist(), columns.tolist(), weights.tolist(), strict=True))
    communities = _communities(list(range(len(part.n))), edges, resolution=1.0)
    return _merged([np.array(community) for community in communities], links)


def _merged(pieces: list[Ints], links: sparse.csr_array) -> list[Ints]:
    """Return pieces joined with those they are linked to most, as long as they stay within `_MOST_IN_PIECE`."""
    orgs = links.shape[0]
    piece_of = np.zeros(orgs, dtype=np.int64)
    for number, piece in enumerate(pieces):
        piece_of[piece] = number
    belongs = sparse.csr_array(
        sparse.coo_array((np.ones(orgs), (piece_of, np.arange(orgs))), shape=(len(pieces), orgs))
    )
    between = sparse.coo_array(sparse.triu(belongs @ (links + links.T) @ belongs.T, k=1))
    size = [len(piece) for piece in pieces]
    union = nx.utils.UnionFind(range(len(pieces)))
    for edge in np.lexsort((between.col, between.row, -np.round(between.data, 9))):
        one, other = union[int(between.row[edge])], union[int(between.col[edge])]
        if one != other and size[one] + size[other] <= _MOST_IN_PIECE:
            union.union(one, other)
            size[union[one]] = size[one] + size[other]
    merged = sorted(sorted(numbers) for numbers in union.to_sets())
    return [np.sort(np.concatenate([pieces[number] for number in numbers])) for numbers in merged]


def _links(columns: Columns, value: Floats, orgs: int) -> sparse.csr_array:
    """Return the weight between each lead and its members, the lower number first."""
    column, place = np.nonzero(columns.members[:, 1:] != NONE)
    lead, member = columns.members[column, 0], columns.members[column, place + 1]
    low, high = np.minimum(lead, member), np.maximum(lead, member)
    return sparse.csr_array(sparse.coo_array((value[column], (low, high)), shape=(orgs, orgs)))


def _communities(nodes: list[int], edges: list[_Edge], *, resolution: float) -> Iterator[list[int]]:
    """Yield Louvain communities of at most `_MOST_IN_PIECE`, larger ones cut more finely."""
    found = louvain(nodes, edges, resolution=resolution)
    for community in found:
        if len(community) <= _MOST_IN_PIECE or len(found) == len(nodes):
            yield community
        else:
            inside = set(community)
            inner = [edge for edge in edges if edge[0] in inside and edge[1] in inside]
            yield from _communities(community, inner, resolution=2 * resolution)


def _whole(work: _Work, pieces: list[Ints]) -> Iterator[Ints]:
    """Yield each piece with the organisations that share a unit with it, so that units may move across its border."""
    for piece in pieces:
        columns = np.unique(work.column_of[piece])
        members = np.unique(work.plan.members[columns])
        yield members[members != NONE]


def _windows(work: _Work, *, size: int = _WINDOW, worth: float = _WORTH_REPAIR) -> Iterator[Ints]:
    """Yield windows around units that cost more than the bound needs, the dearest first, each unit at most once."""
    reduced = reduced_costs(work.plan, work.part, work.prices)
    seeds = np.flatnonzero((reduced > worth) | (work.plan.kind == Kind.LEFT))
    seeds = seeds[np.lexsort((work.plan.members[seeds, 0], -reduced[seeds]))]
    links = _links(work.near, np.ones(len(work.near.kind)), len(work.part.n))
    links = sparse.csr_array(links + links.T)
    links.sort_indices()
    seen = np.zeros(len(work.part.n), dtype=bool)
    for org in work.plan.members[seeds, 0].tolist():
        if not seen[org]:
            window = _window(work, links, org, size=size)
            seen[window] = True
            yield window


def _window(work: _Work, links: sparse.csr_array, org: int, *, size: int) -> Ints:
    """Return the organisations that the pool connects best with one, in whole units of the plan."""
    inside, pull = np.zeros(len(work.part.n), dtype=bool), np.zeros(len(work.part.n))
    while True:
        members = work.plan.members[work.column_of[org]]
        members = members[members != NONE]
        inside[members] = True
        if inside.sum() >= size:
            break
        for member in members:
            row = slice(links.indptr[member], links.indptr[member + 1])
            pull[links.indices[row]] += links.data[row]
        pull[inside] = 0
        org = int(np.argmax(pull))
        if pull[org] <= 0:
            break
    return np.flatnonzero(inside)


def _column_of(plan: Columns, orgs: int) -> Ints:
    column, place = np.nonzero(plan.members != NONE)
    found = np.zeros(orgs, dtype=np.int64)
    found[plan.members[column, place]] = column
    return found
