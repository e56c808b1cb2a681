"""The best plan out of a pool: subset-row cuts close most of the gap before the integer programme starts.

Of any three organisations at most one column can hold two or more (Jepsen and others, 2008). In a relaxation three
halves often do; forbidding that lifts its bound, and columns whose reduced cost exceeds what is left of the gap go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.master import Chosen, Master

if TYPE_CHECKING:
    from coverage.grouping.master import Counts
    from coverage.grouping.model import Columns, Part

_MOST_ROUNDS: Final = 20
_CUTS_A_ROUND: Final = 60
# Weaker violations are not worth a row.
_VIOLATED: Final = 0.02
_CLOSED: Final = 1e-6
_POSITIVE: Final = 1e-7


def choose_with_cuts(part: Part, pool: Columns, counts: Counts, *, below: float, most_nodes: int) -> Chosen:
    """Return the best plan of a pool that costs less than `below`, or none; its bound holds for the pool alone."""
    master = Master(part, counts)
    master.add(pool)
    for _ in range(_MOST_ROUNDS):
        solved = master.solve()
        if solved is None or solved.cost >= below - _CLOSED:
            return Chosen(None, np.inf, np.inf if solved is None else solved.cost)
        if solved.is_integral:
            picked = solved.columns.take(solved.value > 1 / 2)
            return Chosen(picked, float(picked.cost.sum()), solved.cost)
        master.keep(solved.reduced <= below - solved.cost + _CLOSED)
        is_used = solved.value > _POSITIVE
        found = _violated(solved.columns.take(is_used), solved.value[is_used], len(part.n))
        if not len(found):
            break
        master.cut(found)
    return master.choose(below=below, most_nodes=most_nodes)


def _violated(columns: Columns, value: Floats, orgs: int) -> Ints:
    """Return the most violated triples of a fractional solution, at most `_CUTS_A_ROUND`."""
    together, whole = _weights(columns, value, orgs)
    left, right = np.nonzero(np.triu(together > _POSITIVE, k=1))
    pair, third = np.nonzero((together[left] > _POSITIVE) & (together[right] > _POSITIVE))
    ahead = third > right[pair]
    pair, third = pair[ahead], third[ahead]
    first, second = left[pair], right[pair]
    total = together[first, second] + together[first, third] + together[second, third]
    keys = (first * orgs + second) * orgs + third
    place = np.minimum(np.searchsorted(whole.keys, keys), max(len(whole.keys) - 1, 0))
    if len(whole.keys):
        total = total - 2 * np.where(whole.keys[place] == keys, whole.value[place], 0.0)
    worst = np.lexsort((keys, -np.round(total, 9)))[:_CUTS_A_ROUND]
    worst = worst[total[worst] > 1 + _VIOLATED]
    return np.stack([first[worst], second[worst], third[worst]], axis=1)


class _Triples(NamedTuple):
    keys: Ints  # sorted
    value: Floats


def _weights(columns: Columns, value: Floats, orgs: int) -> tuple[Floats, _Triples]:
    """Return how much of the solution holds each pair of organisations together, and each triple."""
    together = np.zeros((orgs, orgs))
    members = np.sort(np.where(columns.members == NONE, orgs, columns.members), axis=1)
    keys, weights = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for first in range(members.shape[1]):
        for second in range(first + 1, members.shape[1]):
            has_pair = members[:, second] < orgs
            np.add.at(together, (members[has_pair, first], members[has_pair, second]), value[has_pair])
            for third in range(second + 1, members.shape[1]):
                has = members[:, third] < orgs
                keys.append((members[has, first] * orgs + members[has, second]) * orgs + members[has, third])
                weights.append(value[has])
    key, place = np.unique(np.concatenate(keys), return_inverse=True)
    total: Floats = np.zeros(len(key))
    np.add.at(total, place, np.concatenate(weights))
    return together + together.T, _Triples(key, total)
