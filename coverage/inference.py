"""What a reader infers from the figures shown: the least and the most that each hidden one can be, and by which others.

He knows what holds of every list (RULEBOOK §6): areas add up, figures add up (covered = own + shared), some are part of
others (whoever has an own unit has a unit), and that a nought is never hidden. He forms every difference of two such
figures, and of those the same holds.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.indicators import AFTER, ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Counts = NDArray[np.int64]
    #: The rows that each row of the coverage table is made up of.
    Tree = Mapping[int, Counts]
    #: A number of an area: its place among the numbers, and the row of the table.
    Cell = tuple[int, int]
    #: Names of total, part and part.
    Sum = tuple[str, str, str]

#: More than all organisations; sums of some thousand of these are still whole numbers.
_UNKNOWN: Final = 2**40
#: Most bounds stand after three rounds; some creep by one organisation a round.
_ROUNDS: Final = 60
#: Columns that are the same number in every list.
_SAME: Final = (
    {f"{code}_den": "K1_den" for code in ("K3a", "K4", "K5", "K6", "K14")}
    | {f"{code}_den": "K14_num" for code in ("K1k", "K5k")}
    | {f"K13_{star}_den": "K13_5_den" for star in range(1, 5)}
    | {"K3b_num": "K3a_num", "K3b_den": "K1_num"}
)
#: What is proposed changes neither who is counted nor their members.
_AS_TODAY: Final = frozenset({"orgs", "K1_den", "K2_den", "K2b_den", "K9_den", "K12_den", "K14_num", "K16_den"})
#: Part and whole, each the next one; whatever is part of a part is part of the whole.
_CHAINS: Final = (
    ("K2_num", "K3a_num", "K1_num", "K5_num", "K1_den", "orgs"), ("K2_num", "K2b_num", "K1k_num", "K1_num"),
    ("K1k_num", "K5k_num", "K5_num"), ("K2_den", "K2b_den", "K14_num", "K1_den"), ("K2_num", "K2_den"),
    ("K2b_num", "K2b_den"), ("K5k_num", "K14_num"),
)  # fmt: skip
#: Part and whole, of which nothing else is known.
_PARTS: Final = (
    ("K8_den", "K1_num"), ("K7_den", "K14_num"), ("K9_den", "K1_den"), ("K12_den", "K1_den"), ("K16_den", "K1_den"),
)  # fmt: skip
#: Differences that are figures: covered without an own unit, not reached.
_FIGURES: Final = {("K1_num", "K3a_num"): "K4_num", ("K1_den", "K5_num"): "K6_num"}
#: What is new of these adds up.
_STEPS: Final = (("K1_num", "K3a_num", "K4_num"),)
#: Whole and part of which the rest tells of organisations beside who is missing, new, or not surveyed: who has a member
#: or two, who is surveyed and has none.
_RESTS: Final = frozenset({("K2b_den", "K2_den"), ("K14_num", "K2b_den")})
#: Why a bound is what it is, beside the place of a sum of figures.
_GIVEN, _AS_PART, _AS_WHOLE = -1, -2, -3


class Numbers(NamedTuple):
    """Every number of a coverage table once, a row a number, a column an area.

    Parameters
    ----------
    names
        Row of each number by its name (`number_of`); behind those of the table the differences that a reader forms.
    is_told, is_secret
        Which the table has, and which tell of organisations: small ones are to be kept.
    sums
        Rows of total, part and part.
    """

    names: dict[str, int]
    counts: Counts
    is_told: Mask
    is_secret: Mask
    sums: list[tuple[int, int, int]]


class Bounds(NamedTuple):
    """The least and the most of each number, and the place of the sum that says so (`_GIVEN`, `_AS_PART`, …)."""

    low: Counts
    high: Counts
    low_by: Counts
    high_by: Counts


def number_of(column: str) -> str:
    """Return the name of the number that a column of counts shows: several columns may show one."""
    prefix, name = (AFTER, column.removeprefix(AFTER)) if column.startswith(AFTER) else ("", column)
    name = _SAME.get(name, name)
    return name if name in _AS_TODAY else f"{prefix}{name}"


def read_numbers(coverage: pd.DataFrame, columns: Iterable[str]) -> Numbers:
    """Return the numbers of some columns of counts, with the differences that a reader forms of them."""
    counts: dict[str, Counts] = {}
    for column in columns:
        counts.setdefault(number_of(column), coverage[column].to_numpy(dtype=np.int64))
    told, secret = len(counts), _secrets()
    rests: dict[tuple[str, str], str] = {}
    for whole, part in dict.fromkeys([*_nested(), *secret]):
        # A table made by hand, or kept by another version, may not have what holds of every list
        if whole == part or not {whole, part} <= counts.keys() or not (counts[whole] >= counts[part]).all():
            continue
        rest = counts[whole] - counts[part]
        figure = _figure(whole, part)
        is_figure = figure in counts and bool((counts[figure] == rest).all())
        rests[whole, part] = figure if is_figure else f"{whole}-{part}"
        counts[rests[whole, part]] = rest
    names = {name: place for place, name in enumerate(counts)}
    is_secret = np.arange(len(names)) < told
    is_secret[[names[rests[pair]] for pair in secret & rests.keys()]] = True
    sums = [tuple(names[name] for name in each) for each in dict.fromkeys(_sums(rests)) if _adds_up(counts, each)]
    return Numbers(names, np.array(list(counts.values())), np.arange(len(names)) < told, is_secret, sums)  # type: ignore[arg-type] # three of each


def infer(numbers: Numbers, shown: Mask, areas: Areas) -> Bounds:
    """Return what a reader knows of each number; what is hidden is one at least.

    Parameters
    ----------
    shown
        Which numbers are on the page; differences never are.
    """
    low = np.where(shown, numbers.counts, numbers.is_told[:, np.newaxis].astype(np.int64))
    given = np.full(low.shape, _GIVEN, dtype=np.int64)
    bounds = Bounds(low, np.where(shown, numbers.counts, _UNKNOWN), given, given.copy())
    dirty = np.ones(len(low), dtype=np.bool_)
    for _ in range(_ROUNDS):
        touched = np.zeros_like(dirty)
        for place, of in enumerate(numbers.sums):
            if dirty[list(of)].any():
                _tighten(bounds, of, place=place, touched=touched)
        areas.tighten(bounds, dirty | touched, touched)
        if not touched.any():
            break
        dirty = touched
    return bounds


class Areas:
    """Which areas add up to which, and of which numbers that holds."""

    def __init__(self, counts: Counts, tree: Tree) -> None:
        self._parts = {whole: [int(part) for part in parts] for whole, parts in tree.items()}
        self._whole_of = {part: whole for whole, parts in self._parts.items() for part in parts}
        self._wholes = np.array(list(self._parts), dtype=np.int64)
        sizes = [len(parts) for parts in self._parts.values()]
        self._rows = np.array([part for parts in self._parts.values() for part in parts], dtype=np.int64)
        self._starts = np.cumsum([0, *sizes[:-1]]) if sizes else np.zeros(0, dtype=np.int64)
        self._group = np.repeat(np.arange(len(sizes)), sizes)
        self._holds = self._add(counts) == counts[:, self._wholes]

    def reasons(self, cell: Cell, by: int, *, is_most: bool) -> Iterator[tuple[Cell, bool]]:
        """Yield the bounds that one of a number was taken from, as part of a wider area or as one."""
        number, row = cell
        whole = row if by == _AS_WHOLE else self._whole_of[row]
        if by == _AS_PART:
            yield (number, whole), is_most
        yield from (((number, part), is_most == (by == _AS_WHOLE)) for part in self._parts[whole] if part != row)

    def tighten(self, bounds: Bounds, dirty: Mask, touched: Mask) -> None:
        """Narrow the bounds of wholes and parts by each other, of some numbers; say which became narrower."""
        numbers = np.flatnonzero(dirty & (bounds.low < bounds.high).any(axis=1))
        if len(self._wholes) == 0 or len(numbers) == 0:
            return
        low, high, holds = bounds.low[numbers], bounds.high[numbers], self._holds[numbers]
        least, most = self._add(low), self._add(high)
        at_whole, at_parts = np.ix_(numbers, self._wholes), np.ix_(numbers, self._rows)
        narrow = [
            _narrow(bounds.low, bounds.low_by, at_whole, np.where(holds, least, 0), 1, _AS_WHOLE),
            _narrow(bounds.high, bounds.high_by, at_whole, np.where(holds, most, _UNKNOWN), -1, _AS_WHOLE),
        ]
        # What a part is at least, at most, is the whole without the most, the least, of the other parts
        below = np.where(holds, bounds.low[at_whole] - most, -_UNKNOWN)[:, self._group] + high[:, self._rows]
        above = np.where(holds, bounds.high[at_whole] - least, _UNKNOWN)[:, self._group] + low[:, self._rows]
        narrow.append(_narrow(bounds.low, bounds.low_by, at_parts, below, 1, _AS_PART))
        narrow.append(_narrow(bounds.high, bounds.high_by, at_parts, above, -1, _AS_PART))
        touched[numbers] |= np.logical_or.reduce(narrow)

    def _add(self, values: Counts) -> Counts:
        """Return the sum over the parts of each whole."""
        if len(self._wholes) == 0:
            return values[:, :0]
        return np.add.reduceat(values[:, self._rows], self._starts, axis=1)


def grounds(cell: Cell, numbers: Numbers, bounds: Bounds, *, areas: Areas) -> Iterator[Cell]:
    """Yield the numbers on which it rests that one is not more than it can be at most, those next to it first.

    Were one of those that are shown hidden, it could be more, or another reason would have to be found.
    """
    waiting, seen = [(cell, True)], {(cell, True)}
    for one, is_most in waiting:
        by = int((bounds.high_by if is_most else bounds.low_by)[one])
        if by == _GIVEN:
            yield one
            continue
        found = areas.reasons(one, by, is_most=is_most) if by < 0 else _reasons(one, numbers.sums[by], is_most=is_most)
        for reason in found:
            if reason not in seen:
                seen.add(reason)
                waiting.append(reason)


def _reasons(cell: Cell, of: tuple[int, int, int], *, is_most: bool) -> Iterator[tuple[Cell, bool]]:
    """Yield the bounds that one of a number was taken from, by a sum of figures."""
    number, row = cell
    total, part, rest = of
    if number == total:
        yield from (((part, row), is_most), ((rest, row), is_most))
    else:
        yield from (((total, row), is_most), ((rest if number == part else part, row), not is_most))


def _secrets() -> set[tuple[str, str]]:
    """Return whole and part of each difference that tells of few: who is missing, who is new, who is not surveyed."""
    pairs = set(_RESTS)
    for kpi, prefix in product(ALL, ("", AFTER)):
        stem = f"{prefix}{kpi.code}"
        pairs.add((number_of(f"{stem}_den"), number_of(f"{stem}_num")))
        if kpi.code.endswith("k"):
            pairs.add((number_of(f"{stem.removesuffix('k')}_num"), number_of(f"{stem}_num")))
        if prefix:
            pairs.add((number_of(f"{stem}_num"), number_of(f"{kpi.code}_num")))
    return pairs


def _nested() -> Iterator[tuple[str, str]]:
    """Yield whole and part of all that is part of another in every list."""
    wider: dict[str, set[str]] = {}
    for chain in _CHAINS[::-1]:
        for place in range(len(chain) - 2, -1, -1):
            part, whole = chain[place], chain[place + 1]
            wider.setdefault(part, set()).update({whole}, wider.get(whole, set()))
    for _ in wider:  # as long as the longest way
        for part, wholes in wider.items():
            wider[part] = wholes.union(*(wider.get(whole, set()) for whole in wholes))
    known = [(whole, part) for part, wholes in wider.items() for whole in sorted(wholes)]
    for prefix, (whole, part) in product(("", AFTER), [*known, *(pair[::-1] for pair in _PARTS)]):
        yield number_of(f"{prefix}{whole}"), number_of(f"{prefix}{part}")


def _figure(whole: str, part: str) -> str:
    """Return the figure that a difference is, "" for none."""
    prefix = AFTER if part.startswith(AFTER) else ""
    name = _FIGURES.get((whole.removeprefix(AFTER), part.removeprefix(AFTER)), "")
    return f"{prefix}{name}" if name and whole == number_of(f"{prefix}{whole.removeprefix(AFTER)}") else ""


def _sums(rests: Mapping[tuple[str, str], str]) -> Iterator[Sum]:
    """Yield what adds up: part and rest to the whole, one rest and the next to that of both."""
    for (whole, part), rest in rests.items():
        yield whole, part, rest
        narrower = (less for one, less in rests if one == part and (whole, less) in rests)
        yield from ((rests[whole, less], rest, rests[part, less]) for less in narrower)
    for names in _STEPS:
        pairs = [(number_of(f"{AFTER}{name}"), number_of(name)) for name in names]
        if all(pair in rests for pair in pairs):
            yield rests[pairs[0]], rests[pairs[1]], rests[pairs[2]]


def _adds_up(counts: Mapping[str, Counts], each: Sum) -> bool:
    total, part, rest = (counts[name] for name in each)
    return bool((total == part + rest).all())


def _tighten(bounds: Bounds, of: tuple[int, int, int], *, place: int, touched: Mask) -> None:
    """Narrow the bounds of a total and its two parts by each other, in all areas; say which became narrower."""
    low, high = bounds.low, bounds.high
    total, part, rest = of
    ways = (
        (total, low[part] + low[rest], high[part] + high[rest]),
        (part, low[total] - high[rest], high[total] - low[rest]),
        (rest, low[total] - high[part], high[total] - low[part]),
    )
    for number, least, most in ways:
        for values, by, found, better in (
            (low, bounds.low_by, least, least > low[number]),
            (high, bounds.high_by, most, most < high[number]),
        ):
            if better.any():
                values[number, better], by[number, better], touched[number] = found[better], place, True


def _narrow(  # noqa: PLR0913, PLR0917 # where, what and why
    values: Counts, by: Counts, here: tuple[Counts, ...], found: Counts, sign: int, why: int
) -> Mask:
    """Take narrower bounds, and why; say in which rows. `sign` is 1 where more is narrower, -1 where less is."""
    known = values[here]
    better = sign * found > sign * known
    if better.any():
        values[here] = np.where(better, found, known)
        by[here] = np.where(better, why, by[here])
    return np.asarray(better.any(axis=1))
