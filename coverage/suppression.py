"""Small counts of areas (RULEBOOK §12): figures from which one organisation could be inferred are hidden.

A count of 1 to k - 1 organisations is hidden, also where it is what is missing to the denominator, or the step from
today to the proposals. What a sum gives away is hidden with it (complementary suppression): beside every small count
of a shown area stands at least one hidden count that is not small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.areas import NATION
from coverage.indicators import AFTER, ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Counts = NDArray[np.int64]
    #: The rows that each row of the coverage table is made up of, the wider areas first.
    Tree = dict[int, Counts]

#: Figures that add up to each other: where one is hidden, all are.
_FAMILIES: Final = (
    ("K1", "K3a", "K3b", "K4", "K1k"),
    ("K5", "K6", "K5k"),
    tuple(f"K13_{star}" for star in range(1, 6)),
)
#: A denominator that is another figure's numerator.
_EQUAL: Final = {"K3b_den": "K1_num", "K1k_den": "K14_num", "K5k_den": "K14_num"}
#: Who has one member or more is between who has three or more and who is surveyed.
_NESTED: Final = {f"{prefix}K2b_den": (f"{prefix}K2_den", f"{prefix}K14_num") for prefix in ("", AFTER)}
_CITY, _PROVINCE = 4, 2  # leading digits


class Cells(NamedTuple):
    """One count of every area, the most that it may be, and where it is small."""

    counted: Counts
    most: Counts
    small: Mask


def suppress(coverage: pd.DataFrame, *, k: int) -> pd.DataFrame:
    """Return the coverage table without small counts: <NA> and NaN in their place.

    Parameters
    ----------
    coverage
        As from `count_coverage`, all its rows: what a sum gives away is only known with all of its parts.
    k
        Counts of organisations are shown from here up (`suppress_k`); 0 is shown, it singles out nobody.
    """
    tree = _tree(coverage)
    columns = {name: coverage[name] for name in ("adcode", "name", "level")}
    columns["orgs"] = _without(coverage["orgs"], _hidden_whole(coverage["orgs"], tree, k=k))
    hidden = _with_equals(dict(_hidden_figures(coverage, tree, k=k)))
    for name in coverage.columns[len(columns) :]:
        columns[name] = _without(coverage[name], hidden[name]) if name in hidden else coverage[name]
    return pd.DataFrame(columns)


def _hidden_figures(coverage: pd.DataFrame, tree: Tree, *, k: int) -> Iterator[tuple[str, Mask]]:
    """Yield which rows of each count and rate are hidden."""
    known = [kpi.code for kpi in ALL if f"{AFTER}{kpi.code}_num" in coverage]
    of_families = {code for family in _FAMILIES for code in family}
    for family in (*_FAMILIES, *((code,) for code in known if code not in of_families)):
        for prefix in ("", AFTER):
            stems = [f"{prefix}{code}" for code in family if code in known]
            if stems:
                yield from _hidden_family(coverage, stems, tree, k=k)


def _with_equals(hidden: dict[str, Mask]) -> dict[str, Mask]:
    """Hide a number wherever it stands: what is counted by one figure is what another divides by."""
    for prefix in ("", AFTER):
        for whole, count in _EQUAL.items():
            same = hidden[f"{prefix}{count}"]
            rate = f"{prefix}{whole.removesuffix('_den')}_rate"
            hidden |= {f"{prefix}{whole}": same, rate: hidden[rate] | same}
    return hidden


def _hidden_family(coverage: pd.DataFrame, stems: Sequence[str], tree: Tree, *, k: int) -> Iterator[tuple[str, Mask]]:
    cells = [_cells(coverage, stem, k=k) for stem in stems]
    hidden = _hidden(cells, np.max([each.most for each in cells], axis=0), tree)
    for stem in stems:
        beside = [coverage[name] for name in _NESTED.get(f"{stem}_den", ())]
        whole_hidden = _hidden_whole(coverage[f"{stem}_den"], tree, k=k, beside=beside)
        yield f"{stem}_num", hidden
        yield f"{stem}_den", whole_hidden
        yield f"{stem}_rate", hidden | whole_hidden


def _cells(coverage: pd.DataFrame, stem: str, *, k: int) -> Cells:
    names = (f"{stem}_num", f"{stem}_den", f"{stem.removeprefix(AFTER)}_num", f"{stem.removesuffix('k')}_num")
    count, whole, today, of_all = (coverage[name].to_numpy(dtype=np.int64) for name in names)
    told = (count, whole, whole - count, count - today, of_all - count)
    small = np.logical_or.reduce([_is_small(each, k) for each in told])
    return Cells(count, np.maximum(count, whole), small)


def _hidden_whole(whole: pd.Series, tree: Tree, *, k: int, beside: Sequence[pd.Series] = ()) -> Mask:
    """Return which denominators are hidden; nothing but their sum says how large one may be.

    Parameters
    ----------
    beside
        Counts of more or of fewer of the same organisations: who is only in one of them may be few.
    """
    count = whole.to_numpy(dtype=np.int64)
    steps = [np.abs(count - other.to_numpy(dtype=np.int64)) for other in beside]
    small = np.logical_or.reduce([_is_small(each, k) for each in (count, *steps)])
    return _hidden([Cells(count, np.full(len(count), count.sum()), small)], count, tree)


def _is_small(count: Counts, k: int) -> Mask:
    return (count > 0) & (count < k)


def _hidden(cells: Sequence[Cells], size: Counts, tree: Tree) -> Mask:
    """Return the rows with a small count and those that keep it from being worked out, the smallest given up first."""
    small = np.logical_or.reduce([each.small for each in cells])
    hidden, before = small.copy(), -1
    while hidden.sum() != before:
        before = hidden.sum()
        for whole, parts in tree.items():
            if hidden[whole] or hidden[parts].any():
                _protect(hidden, cells, size, whole=whole, parts=parts)
    return np.asarray(hidden, dtype=np.bool_)


def _protect(hidden: Mask, cells: Sequence[Cells], size: Counts, *, whole: int, parts: Counts) -> None:
    """Hide more parts, at last the whole, until what is shown tells no small count."""
    while any(_is_told(hidden, each, whole=whole, parts=parts) for each in cells):
        shown = parts[~hidden[parts] & (size[parts] > 0)]
        if len(shown) == 0 and hidden[whole]:
            return
        hidden[shown[np.argmin(size[shown])] if len(shown) else whole] = True


def _is_told(hidden: Mask, cells: Cells, *, whole: int, parts: Counts) -> bool:
    """Say whether a hidden count follows from what is shown: of a small part, or of a whole whose parts are shown."""
    hid = parts[hidden[parts]]
    if hidden[whole]:
        return len(hid) == 0 and bool(cells.most[parts].any())
    small = hid[cells.small[hid]]
    if len(small) == 0:
        return False
    rest, room = int(cells.counted[hid].sum()), int(cells.most[hid].sum())
    least = np.maximum(0, rest - (room - cells.most[small]))
    most = np.minimum(cells.most[small], rest)
    return bool(cells.small[hid].all() or (least == most).any())


def _tree(coverage: pd.DataFrame) -> Tree:
    """Return the tree of areas: a county is part of its city, else its province, else the nation."""
    areas = list(zip(coverage["adcode"].tolist(), coverage["level"].tolist(), strict=True))
    row_of = {area: row for row, area in enumerate(areas)}
    parts: dict[int, list[int]] = {}
    for row, (code, level) in enumerate(areas):
        if (whole := _whole_of(row_of, code, level)) is not None:
            parts.setdefault(whole, []).append(row)
    return {whole: np.array(rows) for whole, rows in sorted(parts.items())}


def _whole_of(row_of: dict[tuple[str, str], int], code: str, level: str) -> int | None:
    if level == "nation":
        return None
    wider = [(NATION, "nation")]
    if level not in {"superior", "unlocated", "province"}:
        wider = [(f"{code[:_PROVINCE]}0000", "province"), *wider]
    if level in {"county", "own"}:
        wider = [(f"{code[:_CITY]}00", "city"), *wider]
    return next((row_of[area] for area in wider if area in row_of), None)


def _without(column: pd.Series, hidden: Mask) -> pd.Series:
    """Return a column of counts or rates with nothing where it is hidden."""
    if column.dtype == np.float64:
        return column.mask(hidden)
    return column.astype("Int64").mask(hidden, pd.NA)
