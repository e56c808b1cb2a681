"""Small counts of areas (RULEBOOK §12): figures from which one organisation could be inferred are hidden.

A count of 1 to k - 1 organisations is hidden, and whatever would tell such a count: also one that is nobody's figure,
as who is missing to the denominator, or the step from today to the proposals. Of what is hidden nothing that is shown
may tell that it is less than k (`coverage.inference`); what it costs least to do without goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.areas import NATION
from coverage.indicators import AFTER, ALL
from coverage.inference import Areas, grounds, infer, number_of, read_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.inference import Bounds, Cell, Numbers

    Mask = NDArray[np.bool_]
    Counts = NDArray[np.int64]
    #: The rows that each row of the coverage table is made up of, the wider areas first.
    Tree = dict[int, Counts]

_CITY, _PROVINCE = 4, 2  # leading digits
_PAIR: Final = ("num", "den")


def suppress(coverage: pd.DataFrame, *, k: int) -> pd.DataFrame:
    """Return the coverage table without small counts: <NA> and NaN in their place.

    Parameters
    ----------
    coverage
        As from `count_coverage`, all its rows: what a sum gives away is only known with all of its parts.
    k
        Counts of organisations are shown from here up (`suppress_k`); 0 is shown, it singles out nobody.
    """
    stems = [f"{prefix}{kpi.code}" for kpi in ALL for prefix in ("", AFTER) if f"{prefix}{kpi.code}_num" in coverage]
    columns = ["orgs", *(f"{stem}_{part}" for stem in stems for part in _PAIR)]
    numbers = read_numbers(coverage, columns)
    shown = _shown(numbers, _tree(coverage), k=k)
    hidden = {column: ~shown[numbers.names[number_of(column)]] for column in columns}
    hidden |= {f"{stem}_rate": hidden[f"{stem}_num"] | hidden[f"{stem}_den"] for stem in stems}
    return pd.DataFrame(
        {name: _without(coverage[name], hidden[name]) if name in hidden else coverage[name] for name in coverage}
    )


def _shown(numbers: Numbers, tree: Tree, *, k: int) -> Mask:
    """Return which numbers can be shown: none of them small, nor any from which a small one follows."""
    small = (numbers.counts > 0) & (numbers.counts < k) & numbers.is_secret[:, np.newaxis]
    shown = ~small & numbers.is_told[:, np.newaxis]
    areas = Areas(numbers.counts, tree)
    while True:
        bounds = infer(numbers, shown, areas)
        gone = _given_up(numbers, shown, bounds, areas=areas, told=small & (bounds.high < k))
        if not gone:
            return shown
        shown[tuple(np.array(list(gone)).T)] = False


def _given_up(numbers: Numbers, shown: Mask, bounds: Bounds, *, areas: Areas, told: Mask) -> set[Cell]:
    """Return of each small number that is told one of those that tell it, the smallest."""
    gone: set[Cell] = set()
    for number, row in np.argwhere(told).tolist():
        telling = [cell for cell in grounds((number, row), numbers, bounds, areas=areas) if shown[cell]]
        if gone.isdisjoint(telling):
            gone.update(sorted((cell for cell in telling if numbers.counts[cell]), key=numbers.counts.__getitem__)[:1])
    return gone


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
