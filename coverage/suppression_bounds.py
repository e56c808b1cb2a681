"""What a reader works out of the figures shown: least and most of every hidden count, by what holds of every list.

That is: areas add up, figures add up (covered = own + shared), and some are part of others: whoever has an own unit
has a unit, whoever has a unit is reached by Party work (RULEBOOK §6).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from coverage.indicators import AFTER, ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Counts = NDArray[np.int64]
    #: The rows that each row of the coverage table is made up of.
    Tree = Mapping[int, Counts]
    Sums = list[tuple[int, int, int]]

#: More than all organisations; sums of some thousand of these are still whole numbers.
_UNKNOWN: Final = 2**40
#: Most bounds stand after three rounds; some creep by one organisation a round.
_ROUNDS: Final = 60
#: Begins the names of differences that may be known.
_REST: Final = "rest "
#: Columns that are the same number in every list.
_SAME: Final = (
    {f"{code}_den": "K1_den" for code in ("K3a", "K4", "K5", "K6", "K14")}
    | {f"{code}_den": "K14_num" for code in ("K1k", "K5k")}
    | {f"K13_{star}_den": "K13_5_den" for star in range(1, 5)}
    | {"K3b_num": "K3a_num", "K3b_den": "K1_num"}
)
#: What is proposed changes neither who is counted nor their members.
_AS_TODAY: Final = ("K1_den", "K2_den", "K2b_den", "K9_den", "K12_den", "K14_num", "K16_den")
#: Numbers that others are a share of.
WHOLES: Final = frozenset({"orgs", *_AS_TODAY})
#: Total, part and part.
_SUMS: Final = (("K1_num", "K3a_num", "K4_num"), ("K1_den", "K5_num", "K6_num"))
#: Part and whole.
_PARTS: Final = (
    ("K2_num", "K3a_num"), ("K2_num", "K2b_num"), ("K2b_num", "K1k_num"), ("K1k_num", "K1_num"), ("K1_num", "K5_num"),
    ("K1k_num", "K5k_num"), ("K5k_num", "K5_num"), ("K2_den", "K2b_den"), ("K2b_den", "K14_num"), ("K8_den", "K1_num"),
    ("K7_den", "K14_num"), ("K9_den", "K1_den"), ("K12_den", "K1_den"), ("K16_den", "K1_den"), ("K1_den", "orgs"),
)  # fmt: skip


class Numbers(NamedTuple):
    """Every number of the table once, and the differences that a reader may form; one column each."""

    names: dict[str, int]
    counts: Counts
    sums: Sums


def number_of(column: str) -> str:
    """Return the name of the number that a column of counts shows: several columns may show one."""
    prefix, name = (AFTER, column.removeprefix(AFTER)) if column.startswith(AFTER) else ("", column)
    name = _SAME.get(name, name)
    return name if name in _AS_TODAY else f"{prefix}{name}"


class WorkedOut(NamedTuple):
    """What follows from the figures shown: rows of each column, and rows of each small number or difference."""

    columns: dict[str, Mask]
    small: dict[str, Mask]


def work_out(coverage: pd.DataFrame, hidden: Mapping[str, Mask], tree: Tree, *, told_below: int) -> WorkedOut:
    """Return which hidden counts follow from what is shown.

    Parameters
    ----------
    hidden
        The rows of each column of counts that are not shown.
    told_below
        Counts from 1 to less than this, and differences of counts, are small.
    """
    numbers = _numbers(coverage, list(hidden))
    shown = np.zeros(numbers.counts.shape, dtype=np.bool_)
    for column, rows in hidden.items():
        shown[:, numbers.names[number_of(column)]] |= ~rows
    fixed = _fixed(numbers, shown, tree)
    told = fixed & (numbers.counts > 0) & (numbers.counts < told_below)
    return WorkedOut(
        {column: fixed[:, numbers.names[number_of(column)]] for column in hidden},
        {
            name: told[:, place]
            for name, place in numbers.names.items()
            if told[:, place].any() and not name.startswith(_REST)
        },
    )


def _numbers(coverage: pd.DataFrame, columns: list[str]) -> Numbers:
    counts: dict[str, Counts] = {}
    for column in columns:
        counts.setdefault(number_of(column), coverage[column].to_numpy(dtype=np.int64))
    sums = [*_known_sums(counts)]
    for total, part, other in (*_differences(columns), *_known_parts(counts)):
        # A table made by hand, or kept by another version, may not have what holds of every list
        if total != part and other not in counts and (counts[total] >= counts[part]).all():
            counts[other] = counts[total] - counts[part]
            sums.append((total, part, other))
    names = {name: place for place, name in enumerate(counts)}
    places = [(names[total], names[part], names[other]) for total, part, other in sums]
    return Numbers(names, np.column_stack(list(counts.values())), places)


def _known_sums(counts: Mapping[str, Counts]) -> Iterator[tuple[str, str, str]]:
    """Yield what adds up in every list, and in this one."""
    for prefix, names in product(("", AFTER), _SUMS):
        total, part, other = (number_of(f"{prefix}{name}") for name in names)
        if {total, part, other} <= counts.keys() and (counts[total] == counts[part] + counts[other]).all():
            yield total, part, other


def _known_parts(counts: Mapping[str, Counts]) -> Iterator[tuple[str, str, str]]:
    """Yield whole, part and the rest of what is part of another in every list; such a rest tells of nobody."""
    for prefix, (part, whole) in product(("", AFTER), _PARTS):
        one, all_ = number_of(f"{prefix}{part}"), whole if whole == "orgs" else number_of(f"{prefix}{whole}")
        if {one, all_} <= counts.keys():
            yield all_, one, f"{_REST}{all_}-{one}"


def _differences(columns: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield total, part and the difference that tells of few: who is missing, who is new, who is not surveyed."""
    for kpi, prefix in product(ALL, ("", AFTER)):
        stem = f"{prefix}{kpi.code}"
        if f"{stem}_num" in columns:
            yield number_of(f"{stem}_den"), number_of(f"{stem}_num"), f"{stem}_missing"
            if kpi.code.endswith("k"):
                yield number_of(f"{stem.removesuffix('k')}_num"), number_of(f"{stem}_num"), f"{stem}_unknown"
            if prefix:
                yield number_of(f"{stem}_num"), number_of(f"{kpi.code}_num"), f"{stem}_step"


def _fixed(numbers: Numbers, shown: Mask, tree: Tree) -> Mask:
    """Return which numbers can be only one."""
    low, high = np.where(shown, numbers.counts, 0), np.where(shown, numbers.counts, _UNKNOWN)
    areas = _Areas.of(numbers.counts, tree)
    for _ in range(_ROUNDS):
        before = low.copy(), high.copy()
        for total, part, other in numbers.sums:
            _tighten_sum(low, high, total=total, parts=(part, other))
        areas.tighten(low, high)
        if (low == before[0]).all() and (high == before[1]).all():
            break
    return np.asarray(low == high, dtype=np.bool_)


def _tighten_sum(low: Counts, high: Counts, *, total: int, parts: tuple[int, int]) -> None:
    part, other = parts
    low[:, total] = np.maximum(low[:, total], low[:, part] + low[:, other])
    high[:, total] = np.minimum(high[:, total], high[:, part] + high[:, other])
    for one, rest in (parts, parts[::-1]):
        low[:, one] = np.maximum(low[:, one], low[:, total] - high[:, rest])
        high[:, one] = np.minimum(high[:, one], high[:, total] - low[:, rest])


class _Areas(NamedTuple):
    """Which rows add up to which: whole and parts, and where that holds of a number."""

    wholes: Counts
    parts: Counts
    whole_of: Counts  # of each part, its place among the wholes
    adding: csr_array
    is_sum: Mask

    @classmethod
    def of(cls, counts: Counts, tree: Tree) -> _Areas:
        wholes = np.array(list(tree), dtype=np.int64)
        parts = np.concatenate([*tree.values(), np.zeros(0, dtype=np.int64)]).astype(np.int64)
        whole_of = np.repeat(np.arange(len(wholes)), [len(rows) for rows in tree.values()])
        ones = np.ones(len(parts), dtype=np.int64)
        adding = csr_array((ones, (whole_of, parts)), shape=(len(wholes), len(counts)))
        return cls(wholes, parts, whole_of, adding, np.asarray(adding @ counts == counts[wholes]))

    def tighten(self, low: Counts, high: Counts) -> None:
        """Narrow the bounds of wholes and parts by each other."""
        open_ = np.flatnonzero((low < high).any(axis=0))
        if len(self.wholes) == 0 or len(open_) == 0:
            return
        least, most = low[:, open_], high[:, open_]
        self._tighten(least, most, self.is_sum[:, open_])
        low[:, open_], high[:, open_] = least, most

    def _tighten(self, low: Counts, high: Counts, is_sum: Mask) -> None:
        least, most = np.where(is_sum, self.adding @ low, 0), np.where(is_sum, self.adding @ high, _UNKNOWN)
        low[self.wholes] = np.maximum(low[self.wholes], least)
        high[self.wholes] = np.minimum(high[self.wholes], most)
        # What a part is at least, at most, is the whole without the most, the least, of the other parts
        below = np.where(is_sum, low[self.wholes] - most, -_UNKNOWN)[self.whole_of]
        above = np.where(is_sum, high[self.wholes] - least, _UNKNOWN)[self.whole_of]
        part_low, part_high = low[self.parts], high[self.parts]
        low[self.parts] = np.maximum(part_low, np.where(below > -_UNKNOWN, below + part_high, 0))
        high[self.parts] = np.minimum(part_high, above + part_low)
