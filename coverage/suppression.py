"""Small counts of areas (RULEBOOK §12): figures from which one organisation could be inferred are hidden.

A count of 1 to k - 1 organisations is hidden, also where it is what is missing to the denominator, or the step from
today to the proposals. What a sum gives away is hidden with it (complementary suppression): beside every small count
of a shown area stands at least one hidden count that is not small. Then all is laid before a reader who knows what the
figures mean (`work_out`): more is hidden until no small count follows, and a count that follows all the same is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.areas import NATION
from coverage.indicators import AFTER, ALL
from coverage.suppression_bounds import WHOLES, work_out

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
#: What bounds a count whose denominator is hidden with it: everybody.
_BOUND: Final = {"K3b_den": "K1_den", "K1k_den": "K1_den", "K5k_den": "K5_den"}
#: Who has one member or more is between who has three or more and who is surveyed.
_NESTED: Final = {f"{prefix}K2b_den": (f"{prefix}K2_den", f"{prefix}K14_num") for prefix in ("", AFTER)}
#: Figures of which one is part of another, or counts some of the same organisations.
_LINKED: Final = frozenset({"orgs", "K1", "K3a", "K3b", "K4", "K1k", "K5", "K6", "K5k", "K2", "K2b", "K14"})
#: What is hidden together for what it tells: the linked counts of today, those after, denominators, all others.
_PARTS: Final = ("", AFTER, "whole", "rest")
_CITY, _PROVINCE = 4, 2  # leading digits


class Table(NamedTuple):
    """The coverage table, which rows make up which, the least count shown, and rows hidden for what they tell."""

    coverage: pd.DataFrame
    tree: Tree
    k: int
    more: dict[str, Mask]
    #: What was hidden and small before there was more to hide, by name
    before: dict[str, tuple[Mask, Mask]]
    whole_of: Counts  # of each row, -1 for none

    def counts(self, column: str) -> Counts:
        """Return a column of counts."""
        return self.coverage[column].to_numpy(dtype=np.int64)

    def more_of(self, code: str, part: str) -> Mask:
        """Return the rows in which a figure is hidden for what it tells of others."""
        return self.more[part] if code in _LINKED else self.more["rest"]


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
    hidden = _hidden_columns(coverage, k=k)
    for name in [name for name in hidden if name.endswith("_num")]:
        stem = name.removesuffix("_num")
        hidden[f"{stem}_rate"] = hidden[name] | hidden[f"{stem}_den"]
    return pd.DataFrame(
        {name: _without(coverage[name], hidden[name]) if name in hidden else coverage[name] for name in coverage}
    )


def _hidden_columns(coverage: pd.DataFrame, *, k: int) -> dict[str, Mask]:
    """Return which rows of each count are hidden: no small one follows from the others, and what follows is shown."""
    tree = _tree(coverage)
    more = {part: np.zeros(len(coverage), dtype=np.bool_) for part in _PARTS}
    table = Table(coverage, tree, k, more, {}, _wholes(tree, len(coverage)))
    while True:
        hidden = _hidden_counts(table)
        found = work_out(coverage, hidden, tree, told_below=k)
        wider = _wider(table.more, found.small, tree)
        if all((wider[part] == table.more[part]).all() for part in _PARTS):
            return hidden if found.small else {name: rows & ~found.columns[name] for name, rows in hidden.items()}
        table = table._replace(more=wider)


def _wholes(tree: Tree, rows: int) -> Counts:
    whole_of = np.full(rows, -1, dtype=np.int64)
    for whole, parts in tree.items():
        whole_of[parts] = whole
    return whole_of


def _wider(more: dict[str, Mask], told: dict[str, Mask], tree: Tree) -> dict[str, Mask]:
    """Return which rows to hide more of, step by step: the figures linked with what is told, all, those beside."""
    if not told:
        return more
    linked = dict(more)
    for name, rows in told.items():
        part = AFTER if name.startswith(AFTER) else "whole" if name in WHOLES else ""
        linked[part] = linked[part] | rows
    if any((linked[part] != more[part]).any() for part in _PARTS):
        return linked
    rows = np.logical_or.reduce(list(told.values()))
    if not all(more[part][rows].all() for part in _PARTS):
        return {part: more[part] | rows for part in _PARTS}
    near = {part: more[part] | _with_neighbours(rows, tree) for part in _PARTS}
    is_new = any((near[part] != more[part]).any() for part in _PARTS)
    return near if is_new else {part: _with_neighbours(more[part], tree) for part in _PARTS}


def _with_neighbours(rows: Mask, tree: Tree) -> Mask:
    """Return some rows with those of the same whole, and the whole."""
    wider = rows.copy()
    for whole, parts in tree.items():
        if rows[whole] or rows[parts].any():
            wider[whole] = wider[parts] = True
    return wider


def _hidden_counts(table: Table) -> dict[str, Mask]:
    hidden = {"orgs": _hidden_whole(table, "orgs")}
    return _with_equals(hidden | dict(_hidden_figures(table)))


def _hidden_figures(table: Table) -> Iterator[tuple[str, Mask]]:
    """Yield which rows of each count are hidden."""
    coverage = table.coverage
    known = [kpi.code for kpi in ALL if f"{AFTER}{kpi.code}_num" in coverage]
    of_families = {code for family in _FAMILIES for code in family}
    for family in (*_FAMILIES, *((code,) for code in known if code not in of_families)):
        for prefix in ("", AFTER):
            stems = [f"{prefix}{code}" for code in family if code in known]
            if stems:
                yield from _hidden_family(table, stems)


def _with_equals(hidden: dict[str, Mask]) -> dict[str, Mask]:
    """Hide a number wherever it stands: what is counted by one figure is what another divides by."""
    equal = {f"{prefix}{whole}": f"{prefix}{count}" for prefix in ("", AFTER) for whole, count in _EQUAL.items()}
    return hidden | {whole: hidden[count] for whole, count in equal.items() if whole in hidden and count in hidden}


def _hidden_family(table: Table, stems: Sequence[str]) -> Iterator[tuple[str, Mask]]:
    wholes = {stem: _hidden_whole(table, f"{stem}_den", beside=_NESTED.get(f"{stem}_den", ())) for stem in stems}
    cells = [_cells(table, stem, whole_hidden=wholes[stem]) for stem in stems]
    sizes = [table.counts(f"{stem}_{part}") for stem in stems for part in ("num", "den")]
    hidden = _hidden(table, " ".join(stems), cells, size=np.max(sizes, axis=0))
    for stem in stems:
        yield f"{stem}_num", hidden
        yield f"{stem}_den", wholes[stem]


def _cells(table: Table, stem: str, *, whole_hidden: Mask) -> Cells:
    """Return the counts of a figure: nothing says how many may be missing to a denominator that is hidden itself."""
    bare = stem.removeprefix(AFTER)
    count, whole, today, of_all = (
        table.counts(f"{name}_{part}")
        for name, part in ((stem, "num"), (stem, "den"), (bare, "num"), (stem.removesuffix("k"), "num"))
    )
    missing = np.where(whole_hidden, 0, whole - count)
    small = np.logical_or.reduce([_is_small(each, table.k) for each in (count, missing, count - today, of_all - count)])
    more = table.more_of(bare, AFTER if stem.startswith(AFTER) else "")
    most = np.maximum(count, table.counts(_BOUND.get(f"{bare}_den", f"{bare}_den")))
    return Cells(count, np.where(whole_hidden, count.sum(), most), small | more)


def _hidden_whole(table: Table, name: str, *, beside: Sequence[str] = ()) -> Mask:
    """Return which denominators are hidden; nothing but their sum says how large one may be.

    Parameters
    ----------
    beside
        Counts of more or of fewer of the same organisations: who is only in one of them may be few.
    """
    count = table.counts(name)
    steps = [np.abs(count - table.counts(other)) for other in beside]
    small = np.logical_or.reduce([_is_small(each, table.k) for each in (count, *steps)])
    small |= table.more_of(name.removeprefix(AFTER).removesuffix("_den"), "whole")
    return _hidden(table, name, [Cells(count, np.full(len(count), count.sum()), small)], size=count)


def _is_small(count: Counts, k: int) -> Mask:
    return (count > 0) & (count < k)


def _hidden(table: Table, name: str, cells: Sequence[Cells], *, size: Counts) -> Mask:
    """Return the rows with a small count and those that keep it from being worked out, the smallest given up first.

    What was hidden by this name before stays; only what hangs on more is looked at again.
    """
    small = np.array([_with_sums(each.small, size, table.tree) for each in cells])
    was_hidden, was_small = table.before.get(name, (np.zeros_like(small[0]), np.zeros_like(small)))
    hidden = was_hidden | small.any(axis=0)
    touched = (hidden & ~was_hidden) | (small & ~was_small).any(axis=0)
    while touched.any():
        start = hidden.copy()
        for whole in _wholes_of(touched, table):
            _protect(hidden, cells, size, whole=whole, parts=table.tree[whole])
        touched = hidden & ~start
    table.before[name] = hidden.copy(), small
    return np.asarray(hidden, dtype=np.bool_)


def _wholes_of(rows: Mask, table: Table) -> list[int]:
    """Return the wholes among some rows and those that the rows are parts of, the wider ones first."""
    touched = np.flatnonzero(rows)
    return sorted({*touched.tolist(), *table.whole_of[touched].tolist()} & table.tree.keys())


def _with_sums(small: Mask, size: Counts, tree: Tree) -> Mask:
    """Return small counts and the sums of nothing else: such a sum tells that all of its parts are small."""
    found = small.copy()
    for whole, parts in sorted(tree.items(), reverse=True):
        there = parts[size[parts] > 0]
        found[whole] |= len(there) > 0 and bool(found[there].all())
    return found


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
