"""The linear programme over columns, its prices, and the integer programme over a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse

from coverage.grouping.arrays import NONE, Bools, Floats, Ints
from coverage.grouping.model import Columns, Kind, distinct, fixed_columns, join, no_columns, scarce_hosts
from coverage.grouping.pricing import Prices, price
from coverage.grouping.programmes import Entries, Programme
from coverage.grouping.triples import NO_TRIPLES, Triples, held

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.grouping.model import Part
    from coverage.grouping.pricing import Priced

# Breaking a count of a branch by one: dearer than what it could save (GROUPING §1: 100 for each uncovered).
_COST_ELASTIC: Final = 1_000.0
_MOST_ROUNDS: Final = 200
#: Values this close to a whole number are whole.
INTEGRAL: Final = 1e-6
_CLOSED: Final = 1e-7


class Counts(NamedTuple):
    """Least and most columns of each kind: what a branch of the search fixes."""

    least: tuple[float, ...] = (0.0,) * len(Kind)
    most: tuple[float, ...] = (np.inf,) * len(Kind)


class Relaxation(NamedTuple):
    """The solved linear programme of a part."""

    columns: Columns
    value: Floats  # of each column, 0..1
    cost: float
    bound: float  # no plan of this branch costs less
    prices: Prices  # that prove the bound
    reduced: Floats  # of each column

    @property
    def is_integral(self) -> bool:
        """Say whether the relaxation is a plan."""
        return bool((np.abs(self.value - np.round(self.value)) < INTEGRAL).all())

    def is_within(self, counts: Counts) -> bool:
        """Say whether the counts of kinds are kept, not broken at a price."""
        totals = np.bincount(self.columns.kind, weights=self.value, minlength=len(Kind))
        return bool(
            ((totals >= np.array(counts.least) - INTEGRAL) & (totals <= np.array(counts.most) + INTEGRAL)).all()
        )


class Chosen(NamedTuple):
    """The answer of the integer programme over a pool of columns."""

    columns: Columns | None  # None: no plan found
    cost: float
    bound: float  # no plan out of the pool costs less


class Master:
    """The linear programme of a part in one branch: every organisation once, within what hosts and slots allow.

    Columns and cuts are added as they are found, and the next solution starts from the last one.

    Parameters
    ----------
    is_elastic
        Whether the counts may be broken at a price, so that every branch has a plan.
    """

    def __init__(self, part: Part, counts: Counts, *, is_elastic: bool = False) -> None:
        self.part, self.columns = part, no_columns(part.most_units)
        self.triples = NO_TRIPLES.orgs
        hosts, pairs = len(part.host_places), len(part.pairs.apart)
        self._scarce = scarce_hosts(part)
        scarce = len(self._scarce)
        self._place_of_host = np.full(hosts + 1, NONE, dtype=np.int64)
        self._place_of_host[self._scarce] = len(part.n) + np.arange(scarce)
        # For each pair apart and host a row: at most one of the two goes there. Pricing does not know what these rows
        # are worth, which leaves its bounds valid, if weaker.
        self._apart = len(part.n) + 2 * scarce + 1 + hosts * np.arange(pairs)
        places, room = part.host_places[self._scarce], part.host_room[self._scarce]
        limits = np.concatenate([places, room, [part.slots], np.ones(hosts * pairs)])
        self._first_counted = len(part.n) + len(limits)
        self._counted = np.flatnonzero(np.isfinite(counts.most) | (np.array(counts.least) > 0))
        once, free = np.ones(len(part.n)), np.full(len(limits), -np.inf)
        self._programme = Programme(
            np.concatenate([once, free, np.array(counts.least)[self._counted]]),
            np.concatenate([once, limits, np.array(counts.most)[self._counted]]),
        )
        self._soft = 2 * len(self._counted) if is_elastic else 0
        if self._soft:
            self._soften()

    def _soften(self) -> None:
        """Add columns that make up for a count too low, and for one too high."""
        rows = self._first_counted + np.tile(np.arange(len(self._counted)), 2)
        values = np.repeat([1.0, -1.0], len(self._counted))
        entries = Entries(np.arange(self._soft, dtype=np.int32), rows.astype(np.int32), values)
        self._programme.add_columns(np.full(self._soft, _COST_ELASTIC), entries)

    def add(self, columns: Columns) -> None:
        """Add columns."""
        self._programme.add_columns(columns.cost, self._entries(columns))
        self.columns = join([self.columns, columns])

    def _entries(self, columns: Columns) -> Entries:
        """Return the rows of columns: organisations, places and room of a host, slots, pairs apart, counts, triples."""
        orgs, scarce = len(self.part.n), len(self._scarce)
        is_guest, is_taught = columns.kind == Kind.ATTACHED, columns.kind == Kind.INSTRUCTOR
        place = np.where(is_guest, self._place_of_host[columns.host], NONE)
        place_of_kind = np.full(len(Kind), NONE, dtype=np.int64)
        place_of_kind[self._counted] = self._first_counted + np.arange(len(self._counted))
        limited = [
            place,
            np.where(place != NONE, place + scarce, NONE),
            np.where(is_taught, orgs + 2 * scarce, NONE),
            place_of_kind[columns.kind],
            *(
                np.where(is_guest & np.isin(columns.members, pair).any(axis=1), first + columns.host, NONE)
                for first, pair in zip(self._apart, self.part.pairs.apart, strict=True)
            ),
        ]
        rows = np.concatenate([columns.members, np.stack(limited, axis=1)], axis=1)
        values, width = np.ones(rows.shape), columns.members.shape[1]
        values[:, width] = (columns.members != NONE).sum(axis=1)
        values[:, width + 1] = np.append(self.part.size, 0)[columns.members].sum(axis=1)
        limits = _padded_rows(rows, values, width=self._first_counted + len(self._counted))
        return _entries_of(sparse.csr_array(sparse.hstack([limits, held(columns.members, self.triples)])))

    def cut(self, triples: Ints) -> None:
        """Forbid that more than one column holds two or three of a triple of organisations, for each triple."""
        rows = sparse.csr_array(held(self.columns.members, triples).T)
        rows.indices += self._soft
        self._programme.add_rows(np.full(len(triples), -np.inf), np.ones(len(triples)), _entries_of(rows))
        self.triples = np.concatenate([self.triples, triples])

    def keep(self, keep: Bools) -> None:
        """Drop all other columns."""
        if not keep.all():
            self.columns = self.columns.take(keep)
            self._programme.keep_columns(np.concatenate([np.ones(self._soft, dtype=bool), keep]))

    def solve(self) -> Relaxation | None:
        """Return the linear programme over the columns so far, None where they hold no plan."""
        solved = self._programme.solve()
        if solved is None:
            return None
        own = slice(self._soft, None)
        prices = self._prices(solved.worth)
        return Relaxation(self.columns, solved.value[own], solved.cost, -np.inf, prices, solved.reduced[own])

    def _prices(self, worth: Floats) -> Prices:
        orgs, scarce = len(self.part.n), len(self._scarce)
        kind = np.zeros(len(Kind))
        kind[self._counted] = worth[self._first_counted : self._first_counted + len(self._counted)]
        places, room = np.zeros((2, len(self.part.host_places)))
        places[self._scarce], room[self._scarce] = worth[orgs : orgs + 2 * scarce].reshape(2, scarce)
        cuts = worth[self._first_counted + len(self._counted) :]
        counts = cuts < -_CLOSED
        triples = Triples(self.triples[counts], cuts[counts])
        return Prices(worth[:orgs], places, room, float(worth[orgs + 2 * scarce]), kind, triples)

    def choose(self, *, below: float, most_nodes: int) -> Chosen:
        """Return the best plan out of the columns that costs less than `below`; `most_nodes` limits the search."""
        picked = self._programme.pick(below=below, most_nodes=most_nodes)
        if picked.value is None:
            return Chosen(None, np.inf, picked.bound)
        plan = self.columns.take(picked.value > 1 / 2)
        cost = float(plan.cost.sum())
        return Chosen(plan, cost, min(picked.bound, cost))


def _padded_rows(rows: Ints, values: Floats, *, width: int) -> sparse.csr_array:
    """Return a sparse matrix from padded lines of places (NONE: no entry) and their values."""
    is_entry = rows != NONE
    ends = np.append(0, np.cumsum(is_entry.sum(axis=1)))
    return sparse.csr_array((values[is_entry], rows[is_entry], ends), shape=(len(rows), width))


def _entries_of(matrix: sparse.csr_array) -> Entries:
    return Entries(matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data)


def relax(part: Part, start: Columns, counts: Counts, *, close: float = _CLOSED) -> Relaxation:
    """Return the linear programme solved by column generation.

    Parameters
    ----------
    start
        Columns to begin with, those of nobody (LEFT) among them.
    close
        How near to its bound the cost must come; the bound is valid at any time.
    """
    master = Master(part, counts, is_elastic=True)
    master.add(start)
    return generate(master, price, close=close)


def generate(master: Master, pricing: Callable[[Part, Prices], Priced], *, close: float) -> Relaxation:
    """Return the linear programme with all columns that pay, as `pricing` finds them."""
    solved = _solved(master)
    bound, prices = -np.inf, solved.prices
    for _ in range(_MOST_ROUNDS):
        priced = pricing(master.part, solved.prices)
        if solved.cost + priced.most_gain > bound:
            bound, prices = solved.cost + priced.most_gain, solved.prices
        if -priced.gain <= close:
            break
        master.add(distinct(priced.columns, len(master.part.n)))
        last, solved = solved, _solved(master)
        if np.array_equal(solved.prices.org, last.prices.org):
            break  # all that would pay is there already
    return solved._replace(bound=bound, prices=prices)


def _solved(master: Master) -> Relaxation:
    solved = master.solve()
    if solved is None:
        raise ArithmeticError
    return solved


def first_columns(part: Part, plan: Columns) -> Columns:
    """Return columns to begin with: those every plan may use, a plan's, and what pays at the plan's own prices."""
    share = np.minimum(plan.cost / (plan.members != NONE).sum(axis=1), 1.0)
    column, place = np.nonzero(plan.members != NONE)
    org = np.zeros(len(part.n))
    org[plan.members[column, place]] = share[column]
    free = np.zeros(len(part.host_places))
    priced = price(part, Prices(org, free, free, 0.0, np.zeros(len(Kind))))
    return distinct(join([fixed_columns(part), plan, priced.columns]), len(part.n))
