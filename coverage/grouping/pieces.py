"""Parts too large for a proof: cut where the relaxation hardly connects, solved piece by piece, then repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np
from scipy import sparse

from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.cuts import choose_with_cuts
from coverage.grouping.enumeration import columns_within
from coverage.grouping.exact import CLOSED, Plan
from coverage.grouping.master import Counts, first_columns, relax
from coverage.grouping.model import Columns, Kind, distinct, fixed_columns, join, restrict
from coverage.grouping.pricing import reduced_costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.master import Relaxation
    from coverage.grouping.model import Part

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
_SEED: Final = 0


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
        gap, most = _POOL_GAP, _POOL_PER_ORG * len(orgs)
        while (pool := columns_within(sub, prices, gap, most=most)) is None:
            gap *= _NARROWER
        start = old._replace(members=inside[old.members])
        pool = distinct(join([start, fixed_columns(sub), pool]), len(orgs))
        below = float(old.cost.sum())
        chosen = choose_with_cuts(sub, pool, Counts(), below=below, most_nodes=_MOST_NODES)
        if chosen.columns is not None and chosen.cost < below:
            members = np.append(orgs, NONE)[chosen.columns.members]
            self.plan = join([others, chosen.columns._replace(members=members)])
            self.column_of = _column_of(self.plan, len(self.part.n))


def solve_in_pieces(part: Part, start: Columns) -> Plan:
    """Return a plan of a large part and the bound of its relaxation; it covers no fewer than `start`."""
    close = _CLOSE * float(start.cost.sum())
    relaxed = relax(part, first_columns(part, start), Counts(), close=close)
    work = _Work(part, relaxed, start)
    for orgs in _whole(work, _pieces(part, relaxed, work.near)):
        work.solve(orgs)
    for orgs in _windows(work):
        work.solve(orgs)
    plan = work.plan if _covered(work.plan) >= _covered(start) else start
    return sweep(part, Plan(plan, float(plan.cost.sum()), relaxed.bound), most=1)


def sweep(part: Part, plan: Plan, *, most: int = _MOST_SWEEPS) -> Plan:
    """Return the plan after sweeps over all units that cost more than the bound needs, until none gains any more."""
    relaxed = relax(part, first_columns(part, plan.columns), Counts())
    work = _Work(part, relaxed, plan.columns)
    cost = plan.cost
    for _ in range(most):
        for orgs in _windows(work, size=_SWEPT, worth=CLOSED):
            work.solve(orgs)
        before, cost = cost, float(work.plan.cost.sum())
        if cost >= before - CLOSED:
            break
    best = work.plan if _covered(work.plan) >= _covered(plan.columns) else plan.columns
    return Plan(best, float(best.cost.sum()), relaxed.bound)


def _covered(plan: Columns) -> int:
    return int(((plan.members != NONE).sum(axis=1) * (plan.kind != Kind.LEFT)).sum())


def _pieces(part: Part, relaxed: Relaxation, near: Columns) -> list[Ints]:
    """Return the communities of organisations that the relaxation, and faintly the pool, put together."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(part.n)))
    positive = relaxed.value > 0
    links = _links(relaxed.columns.take(positive), relaxed.value[positive], len(part.n))
    links = links + _links(near, np.full(len(near.kind), _LOOSE), len(part.n))
    rows, columns = links.nonzero()
    weights = np.asarray(links[rows, columns]).ravel()
    graph.add_weighted_edges_from(zip(rows.tolist(), columns.tolist(), weights.tolist(), strict=True))
    return _merged([np.array(sorted(piece)) for piece in _communities(graph, resolution=1.0)], links)


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


def _communities(graph: nx.Graph[int], *, resolution: float) -> Iterator[set[int]]:
    """Yield Louvain communities of at most `_MOST_IN_PIECE`, larger ones cut more finely; sorted, so repeatable."""
    found = nx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=_SEED)
    for community in sorted(found, key=min):
        if len(community) <= _MOST_IN_PIECE or len(found) == len(graph):
            yield community
        else:
            part: nx.Graph[int] = nx.Graph()
            part.add_nodes_from(sorted(community))
            part.add_weighted_edges_from(sorted(graph.subgraph(community).edges(data="weight")))
            yield from _communities(part, resolution=2 * resolution)


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
