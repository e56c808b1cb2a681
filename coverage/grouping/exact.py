"""The best plan of an independent part, with a proof: bounds by column generation, branching on counts."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.cuts import Pool, choose_with_cuts, strengthen
from coverage.grouping.enumeration import columns_within
from coverage.grouping.master import Chosen, Counts, Relaxation, first_columns, relax
from coverage.grouping.model import Columns, Kind, distinct, join
from coverage.grouping.pricing import dropped_guest_costs
from coverage.grouping.tiny import best_of_all

if TYPE_CHECKING:
    from coverage.grouping.arrays import Ints
    from coverage.grouping.model import Part


# Limits of the search: of rounds and nodes, never of time, so that every machine finds the same plan.
class Effort(NamedTuple):
    """How hard a part is searched; a small pool finds a good plan, so that the next one may hold all that matters."""

    branches: int
    nodes: int
    pools: tuple[int, ...]  # columns looked at


#: Parts of so many organisations are searched until the proof is found, as it is for nearly all of them.
_MOST_SEARCHED: Final = 200
#: The same for larger ones that are polished.
THOROUGH: Final = Effort(branches=60, nodes=2_000, pools=(4_000, 40_000, 150_000))
#: Larger parts get nearly as good a plan by the first look: 0.02 % of travel on dense counties of 300-400, and about
#: 1 % above the bound, while the search for a proof takes three times as long and seldom ends.
_QUICK: Final = Effort(branches=2, nodes=20, pools=(4_000,))
_NARROWER: Final = 0.7
_WHOLE: Final = 1e-6
_NOBODY: Final = np.zeros(0, dtype=np.int64)
#: Costs closer than this are equal.
CLOSED: Final = 1e-6


#: Parts above this are cut into pieces; below, nearly all are solved with a proof (GROUPING §6).
MOST_EXACT: Final = 400


class Plan(NamedTuple):
    """A legal plan of a part: every organisation in one column."""

    columns: Columns
    cost: float
    bound: float  # no plan of the part costs less
    wider: Part | None = None  # the part with trips that were looked up on the way
    short: Ints = _NOBODY  # to whom trips to hosts may matter that the part does not hold

    @property
    def is_proved(self) -> bool:
        """Say whether no cheaper plan exists."""
        return self.cost - self.bound <= CLOSED


class _Search:
    """The best plan so far, and the branches still open, the most promising first."""

    def __init__(self, part: Part, plan: Columns, *, effort: Effort | None) -> None:
        self.part, self.best, self.cost = part, plan, float(plan.cost.sum())
        self.open: list[tuple[float, int, Counts, Columns]] = []
        self.closed_bound = np.inf
        self.first_bound = -np.inf
        self.beyond = np.full(len(part.n), np.inf)
        self.branches = 0
        self.effort = effort or (THOROUGH if len(part.n) <= _MOST_SEARCHED else _QUICK)

    def begin(self, relaxed: Relaxation) -> None:
        """Note what the first relaxation says of all plans, also of those with trips that the part does not hold."""
        self.first_bound = relaxed.bound
        self.beyond = dropped_guest_costs(self.part, relaxed.prices)

    @property
    def short(self) -> Ints:
        """Return who could be at a host that the part does not hold in a better plan than the best so far.

        Such a plan costs no less than the first bound, which counts such trips where they pay, and its reduced cost.
        """
        gap = self.cost - self.first_bound + float(np.minimum(self.beyond, 0.0).sum())
        return np.flatnonzero(np.isfinite(self.beyond) & (self.beyond <= max(gap, 0.0) + CLOSED))

    @property
    def has_dropped(self) -> bool:
        """Say whether a better plan may have a trip that the part does not hold.

        Later bounds rest on listed columns, none of which has such a trip; the first one allows for them.
        """
        return bool(np.isfinite(self.part.dropped).any() or self.short.size)

    def offer(self, chosen: Chosen) -> None:
        """Take a plan if it is better."""
        if chosen.columns is not None and chosen.cost < self.cost - CLOSED:
            self.best, self.cost = chosen.columns, chosen.cost

    def push(self, bound: float, counts: Counts, columns: Columns) -> None:
        """Open a branch."""
        self.branches += 1
        heapq.heappush(self.open, (bound, self.branches, counts, columns))

    @property
    def bound(self) -> float:
        """Return what no plan costs less than."""
        still_open = min((bound for bound, *_ in self.open), default=np.inf)
        found = min(self.cost, self.closed_bound, still_open)
        return float(min(found, self.first_bound) if self.has_dropped else found)


def solve_exactly(part: Part, start: Columns, *, effort: Effort | None = None) -> Plan:
    """Return the best plan found and its bound; equal when proved, as for most parts of up to 400 organisations.

    Parameters
    ----------
    start
        A legal plan, as from `greedy_plan`.
    effort
        Unless given, by the size of the part.
    """
    best = best_of_all(part)
    if best is not None:
        return Plan(best, float(best.cost.sum()), float(best.cost.sum()))
    search = _Search(part, start, effort=effort)
    search.push(-np.inf, Counts(), first_columns(part, start))
    while search.open and search.branches <= search.effort.branches:
        bound, _, counts, columns = heapq.heappop(search.open)
        if bound < search.cost - CLOSED:
            _explore(search, counts, columns)
    return Plan(search.best, search.cost, search.bound, short=search.short)


def _explore(search: _Search, counts: Counts, columns: Columns) -> None:
    """Solve a branch's relaxation; then it is done, or all columns of its gap are looked at, or its counts branch."""
    relaxed = relax(search.part, columns, counts)
    if search.branches == 1:
        search.begin(relaxed)
    if relaxed.bound < search.cost - CLOSED and not relaxed.is_integral:
        relaxed = strengthen(search.part, relaxed, counts, close=CLOSED)
    if relaxed.bound >= search.cost - CLOSED:
        return
    if relaxed.is_integral and relaxed.is_within(counts):
        picked = relaxed.columns.take(relaxed.value > 1 / 2)
        search.offer(Chosen(picked, float(picked.cost.sum()), relaxed.bound))
        if search.has_dropped or relaxed.bound >= search.cost - CLOSED:
            search.closed_bound = min(search.closed_bound, relaxed.bound)
            return  # where pairs are kept apart at hosts the bound may be below: see `Master`
    if search.branches == 1:
        _look(search, distinct(join([relaxed.columns, search.best]), len(search.part.n)), counts, relaxed=relaxed)
    split = _fractional(relaxed, (Kind.LEFT, Kind.ATTACHED))
    bound = _close(search, relaxed, counts, pools=search.effort.pools[:1] if split else search.effort.pools)
    split = split or _fractional(relaxed, (Kind.JOINT,))
    if split and bound < search.cost - CLOSED:
        _branch(search, relaxed._replace(bound=bound), counts, split=split)
    else:
        search.closed_bound = min(search.closed_bound, bound)


def _fractional(relaxed: Relaxation, kinds: tuple[Kind, ...]) -> tuple[Kind, float] | None:
    """Return the first of some kinds whose count is no whole number, and its count."""
    totals = np.bincount(relaxed.columns.kind, weights=relaxed.value, minlength=len(Kind))
    return next(
        ((kind, float(totals[kind])) for kind in kinds if abs(totals[kind] - round(totals[kind])) > _WHOLE), None
    )


def _look(search: _Search, columns: Columns, counts: Counts, *, relaxed: Relaxation) -> float:
    """Look for a better plan in a pool; return what no plan out of the pool costs less than, nor the best so far."""
    below = search.cost
    pool = Pool(columns, relaxed.prices.triples.orgs)
    chosen = choose_with_cuts(search.part, pool, counts, below=below, most_nodes=search.effort.nodes)
    search.offer(chosen)
    return min(chosen.bound, below)


def _branch(search: _Search, relaxed: Relaxation, counts: Counts, *, split: tuple[Kind, float]) -> None:
    """Open the branches "at most so many" and "at least so many" columns of a kind."""
    kind, total = split
    down = counts._replace(most=_with(counts.most, kind, float(np.floor(total))))
    up = counts._replace(least=_with(counts.least, kind, float(np.ceil(total))))
    for branch in (down, up):
        search.push(relaxed.bound, branch, relaxed.columns)


def _with(values: tuple[float, ...], kind: Kind, value: float) -> tuple[float, ...]:
    return tuple(value if place == kind else old for place, old in enumerate(values))


def _close(search: _Search, relaxed: Relaxation, counts: Counts, *, pools: tuple[int, ...]) -> float:
    """Return the bound of a branch after larger and larger pools: all columns that could still matter, or the best."""
    bound, seen = relaxed.bound, 0.0
    for most in pools:
        gap = search.cost - relaxed.bound
        while gap > seen and (pool := columns_within(search.part, relaxed.prices, gap, most=most)) is None:
            gap *= _NARROWER
        if gap <= seen or pool is None:
            continue
        seen = gap
        bound = max(bound, min(_look(search, pool, counts, relaxed=relaxed), relaxed.bound + gap))
        if bound >= search.cost - CLOSED:
            break
    return float(min(bound, search.cost))
