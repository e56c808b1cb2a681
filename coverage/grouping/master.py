"""The linear programme over columns, its prices, and the integer programme over a pool (HiGHS through scipy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from coverage.grouping.arrays import NONE, Bools, Floats, Ints
from coverage.grouping.model import Columns, Kind, distinct, fixed_columns, guest_seats, join
from coverage.grouping.pricing import Prices, price

if TYPE_CHECKING:
    from coverage.grouping.model import Part

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


class Rows(NamedTuple):
    """The master programme's rows over some columns: equal to one, and between `least` and `most`."""

    orgs: sparse.csr_array
    limited: sparse.csr_array
    least: Floats
    most: Floats


def relax(part: Part, start: Columns, counts: Counts, *, close: float = _CLOSED) -> Relaxation:
    """Return the linear programme solved by column generation.

    Parameters
    ----------
    start
        Columns to begin with, those of nobody (LEFT) among them.
    close
        How near to its bound the cost must come; the bound is valid at any time.
    """
    solved = solve_relaxed(part, start, counts)
    bound, prices = -np.inf, solved.prices
    for _ in range(_MOST_ROUNDS):
        priced = price(part, solved.prices)
        if solved.cost + priced.most_gain > bound:
            bound, prices = solved.cost + priced.most_gain, solved.prices
        columns = distinct(join([solved.columns, priced.columns]), len(part.n))
        if -priced.gain <= close or np.array_equal(columns.cost, solved.columns.cost):
            break
        solved = solve_relaxed(part, columns, counts)
    return solved._replace(bound=bound, prices=prices)


def first_columns(part: Part, plan: Columns) -> Columns:
    """Return columns to begin with: those every plan may use, a plan's, and what pays at the plan's own prices."""
    share = np.minimum(plan.cost / (plan.members != NONE).sum(axis=1), 1.0)
    column, place = np.nonzero(plan.members != NONE)
    org = np.zeros(len(part.n))
    org[plan.members[column, place]] = share[column]
    free = np.zeros(len(part.host_places))
    priced = price(part, Prices(org, free, free, 0.0, np.zeros(len(Kind))))
    return distinct(join([fixed_columns(part), plan, priced.columns]), len(part.n))


def solve_relaxed(part: Part, columns: Columns, counts: Counts) -> Relaxation:
    """Return the linear programme over the given columns alone."""
    rows = master_rows(part, columns, counts)
    upper, lower = np.isfinite(rows.most), rows.least > 0
    limited = sparse.vstack([rows.limited[upper], -rows.limited[lower]])
    elastic = _elastic(upper, lower, hard=len(rows.most) - len(Kind))
    result = linprog(  # type: ignore[call-overload] # scipy-stubs know no sparse rows here
        np.concatenate([columns.cost, np.full(elastic.shape[1], _COST_ELASTIC)]),
        A_ub=sparse.hstack([limited, elastic]),
        b_ub=np.concatenate([rows.most[upper], -rows.least[lower]]),
        A_eq=sparse.hstack([rows.orgs, sparse.csr_array((len(part.n), elastic.shape[1]))]),
        b_eq=np.ones(len(part.n)),
        bounds=(0, None),
        method="highs-ds",
        options={"presolve": False},  # it takes longer than it saves here
    )
    if not result.success:
        raise ArithmeticError(result.message)
    duals, worth = np.asarray(result.ineqlin.marginals), np.zeros(len(rows.most))
    worth[upper] += duals[: upper.sum()]
    worth[lower] -= duals[upper.sum() :]
    prices = _prices(part, np.asarray(result.eqlin.marginals), worth)
    return Relaxation(columns, np.asarray(result.x[: len(columns.kind)]), float(result.fun), -np.inf, prices)


def _elastic(upper: Bools, lower: Bools, *, hard: int) -> sparse.csr_array:
    """Return slack columns that let the counts of kinds be broken at a price, so that every branch has a plan."""
    soft = np.concatenate([np.flatnonzero(upper) >= hard, np.flatnonzero(lower) >= hard])
    rows = np.flatnonzero(soft)
    return _matrix(rows, np.arange(len(rows)), -np.ones(len(rows)), shape=(len(soft), len(rows)))


def master_rows(part: Part, columns: Columns, counts: Counts) -> Rows:
    """Return the rows: every organisation once; places and room of hosts; slots; pairs apart; counts of each kind."""
    index = np.arange(len(columns.kind))
    column, place = np.nonzero(columns.members != NONE)
    orgs = _matrix(columns.members[column, place], column, np.ones(len(column)), shape=(len(part.n), len(index)))
    guests = column[columns.kind[column] == Kind.ATTACHED]
    host, org = guest_seats(columns.take(columns.kind == Kind.ATTACHED))
    shape = (len(part.host_places), len(index))
    apart = _apart_rows(part, columns)
    taught = np.flatnonzero(columns.kind == Kind.INSTRUCTOR)
    limited = sparse.vstack(
        [
            _matrix(host, guests, np.ones(len(guests)), shape=shape),
            _matrix(host, guests, part.size[org].astype(float), shape=shape),
            _matrix(taught * 0, taught, np.ones(len(taught)), shape=(1, len(index))),
            apart,
            _matrix(columns.kind, index, np.ones(len(index)), shape=(len(Kind), len(index))),
        ],
        format="csr",
    )
    limits = np.concatenate([part.host_places, part.host_room, [part.slots], np.ones(apart.shape[0])]).astype(float)
    least = np.concatenate([np.zeros(len(limits)), counts.least])
    return Rows(orgs, limited, least, np.concatenate([limits, counts.most]))


def _apart_rows(part: Part, columns: Columns) -> sparse.csr_array:
    """Return a row for each pair apart and host: at most one of the two goes there.

    Pricing does not know their worth, which leaves its bounds valid, if weaker.
    """
    rows: list[Ints] = [np.zeros(0, dtype=np.int64)]
    for one, other in part.pairs.apart:
        holds = (columns.kind == Kind.ATTACHED) & np.isin(columns.members, [one, other]).any(axis=1)
        hosts = np.unique(columns.host[holds])
        rows += [np.flatnonzero(holds & (columns.host == host)) for host in hosts]
    rows = [each for each in rows if len(each) > 1]
    number = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
    at = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
    return _matrix(number, at, np.ones(len(at)), shape=(len(rows), len(columns.kind)))


def _matrix(row: Ints, column: Ints, value: Floats, *, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array(sparse.coo_array((value, (row, column)), shape=shape))


def _prices(part: Part, org: Floats, worth: Floats) -> Prices:
    hosts = len(part.host_places)
    return Prices(org, worth[:hosts], worth[hosts : 2 * hosts], float(worth[2 * hosts]), worth[-len(Kind) :])


class Chosen(NamedTuple):
    """The answer of the integer programme over a pool of columns."""

    columns: Columns | None  # None: no plan found
    cost: float
    bound: float  # no plan out of the pool costs less


def choose(
    part: Part, pool: Columns, counts: Counts, *, most_nodes: int, extra: sparse.csr_array | None = None
) -> Chosen:
    """Return the best plan that the pool holds; `most_nodes` limits the search, never the clock.

    Parameters
    ----------
    extra
        Further rows over the pool, each at most one, that no plan breaks.
    """
    rows = master_rows(part, pool, counts)
    bounded = np.isfinite(rows.most) | (rows.least > 0)
    limits = [LinearConstraint(rows.orgs, 1, 1)]
    if bounded.any():
        limits.append(LinearConstraint(rows.limited[bounded], rows.least[bounded], rows.most[bounded]))
    if extra is not None and extra.shape[0]:
        limits.append(LinearConstraint(extra, -np.inf, 1))
    result = milp(
        pool.cost,
        integrality=np.ones(len(pool.kind), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=limits,
        options={"mip_rel_gap": 0.0, "node_limit": most_nodes},
    )
    if result.x is None:
        return Chosen(None, np.inf, np.inf if result.status == _INFEASIBLE else -np.inf)
    picked = pool.take(np.flatnonzero(result.x > 1 / 2))
    cost = float(picked.cost.sum())
    return Chosen(picked, cost, min(float(result.mip_dual_bound), cost))


_INFEASIBLE: Final = 2  # scipy.optimize.milp: status
