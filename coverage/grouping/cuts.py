"""Relaxations and pools with cuts on triples: most of the gap is closed before an integer programme starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.enumeration import price_all
from coverage.grouping.master import Chosen, Master, generate
from coverage.grouping.model import distinct, fixed_columns, join
from coverage.grouping.pricing import reduced_costs
from coverage.grouping.triples import violated

if TYPE_CHECKING:
    from coverage.grouping.arrays import Ints
    from coverage.grouping.master import Counts, Relaxation
    from coverage.grouping.model import Columns, Part

_MOST_ROUNDS: Final = 20
_LEAST_CUTS: Final = 60  # in a round, and a fifth of the organisations
_ORGS_PER_CUT: Final = 5
_CLOSED: Final = 1e-6
_POSITIVE: Final = 1e-7
# A column with a larger reduced cost seldom comes to use once cuts are there; if it does, it is found again.
_NEAR: Final = 0.3


def strengthen(part: Part, relaxed: Relaxation, counts: Counts, *, close: float) -> Relaxation:
    """Return the relaxation with cuts on triples, as long as they lift its bound by more than `close`."""
    master = Master(part, counts, is_elastic=True)
    is_near = (reduced_costs(relaxed.columns, part, relaxed.prices) <= _NEAR) | (relaxed.value > 0)
    master.add(distinct(join([fixed_columns(part), relaxed.columns.take(is_near)]), len(part.n)))
    best, solved = relaxed, relaxed
    for _ in range(_MOST_ROUNDS):
        found = _cuts(solved, part)
        if not len(found):
            break
        master.cut(found)
        solved = generate(master, price_all, close=close)
        gain = solved.bound - best.bound
        best = solved if gain > 0 else best
        if gain <= close:
            break
    return best


class Pool(NamedTuple):
    """Columns to choose from, and the cuts to begin with."""

    columns: Columns
    triples: Ints


def choose_with_cuts(part: Part, pool: Pool, counts: Counts, *, below: float, most_nodes: int) -> Chosen:
    """Return the best plan of a pool that costs less than `below`, or none; its bound holds for the pool alone."""
    master = Master(part, counts)
    master.add(pool.columns)
    master.cut(pool.triples)
    for _ in range(_MOST_ROUNDS):
        solved = master.solve()
        if solved is None or solved.cost >= below - _CLOSED:
            return Chosen(None, np.inf, np.inf if solved is None else solved.cost)
        if solved.is_integral:
            picked = solved.columns.take(solved.value > 1 / 2)
            return Chosen(picked, float(picked.cost.sum()), solved.cost)
        master.keep(solved.reduced <= below - solved.cost + _CLOSED)
        found = _cuts(solved, part)
        if not len(found):
            break
        master.cut(found)
    return master.choose(below=below, most_nodes=most_nodes)


def _cuts(solved: Relaxation, part: Part) -> Ints:
    """Return the triples that a solution violates most."""
    is_used = solved.value > _POSITIVE
    most = max(_LEAST_CUTS, len(part.n) // _ORGS_PER_CUT)
    return violated(solved.columns.take(is_used), solved.value[is_used], len(part.n), most=most)
