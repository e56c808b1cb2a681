"""Of any three organisations at most one column can hold two or more: subset-row cuts (Jepsen and others, 2008).

In a relaxation three halves often do. Forbidding that lifts its bound, and leaves few organisations undecided.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse

from coverage.grouping.arrays import NONE, Floats, Ints

if TYPE_CHECKING:
    from coverage.grouping.model import Columns

# Weaker violations are not worth a row.
_VIOLATED: Final = 0.02


class Triples(NamedTuple):
    """Triples that count in a relaxation, and what one more column that holds two of them would be worth there."""

    orgs: Ints  # (t, 3): positions in the part, NONE outside
    worth: Floats  # <= 0


NO_TRIPLES: Final = Triples(np.zeros((0, 3), dtype=np.int64), np.zeros(0))


def held(members: Ints, triples: Ints) -> sparse.csr_array:
    """Return a one for every row of members and triple of which it holds two or three; both padded with NONE."""
    width = 1 + int(max(members.max(initial=NONE), triples.max(initial=NONE)))
    count = sparse.csr_array(_incidence(members, width) @ _incidence(triples, width).T)
    count.data = (count.data >= 2).astype(np.float64)
    count.eliminate_zeros()
    count.sort_indices()
    return count


def _incidence(lines: Ints, width: int) -> sparse.csr_array:
    is_entry = lines != NONE
    ends = np.append(0, np.cumsum(is_entry.sum(axis=1)))
    places = lines[is_entry]
    return sparse.csr_array((np.ones(len(places)), places, ends), shape=(len(lines), width))


def violated(columns: Columns, value: Floats, orgs: int, *, most: int) -> Ints:
    """Return the most violated triples of a fractional solution."""
    members = np.sort(np.where(columns.members == NONE, orgs, columns.members), axis=1)
    pairs, whole = (_totals(members, value, size, orgs=orgs) for size in (2, 3))
    first, second = np.divmod(pairs.keys, orgs)
    # Without the pair of the first and the last, no more than one column's worth holds two of the three.
    start = np.searchsorted(first, second)
    count = np.searchsorted(first, second, side="right") - start
    pair = np.repeat(np.arange(len(first)), count)
    other = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count - start, count)
    third = second[other]
    keys = pairs.keys[pair] * orgs + third
    total = pairs.value[pair] + pairs.value[other] + pairs.of(first[pair] * orgs + third) - 2 * whole.of(keys)
    worst = np.lexsort((keys, -np.round(total, 9)))[:most]
    worst = worst[total[worst] > 1 + _VIOLATED]
    return np.stack([first[pair[worst]], second[pair[worst]], third[worst]], axis=1)


class _Totals(NamedTuple):
    """How much of a solution holds sets of organisations together; a key is a set's positions as digits."""

    keys: Ints  # sorted
    value: Floats

    def of(self, keys: Ints) -> Floats:
        """Return the values of some sets, 0 where nothing holds them together."""
        place = np.searchsorted(self.keys, keys)
        is_known = np.append(self.keys, NONE)[place] == keys
        return np.where(is_known, np.append(self.value, 0.0)[place], 0.0)


def _totals(members: Ints, value: Floats, size: int, *, orgs: int) -> _Totals:
    keys, weights = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for places in combinations(range(members.shape[1]), size):
        has = members[:, places[-1]] < orgs
        digits = members[has][:, places]
        keys.append(digits @ (orgs ** np.arange(size - 1, -1, -1)))
        weights.append(value[has])
    found, place = np.unique(np.concatenate(keys), return_inverse=True)
    return _Totals(found, np.bincount(place, np.concatenate(weights), len(found)).astype(np.float64))
