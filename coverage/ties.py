"""Which rows of a list say something about each other: all others can be looked at wherever the list is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.intake.coordinates import read_points
from coverage.intake.identity import own_ids, read_codes
from coverage.intake.lists import are_nameless
from coverage.intake.parsing import parse_cells
from coverage.locating import MAX_ADDRESSES_ON_A_POINT, POINT_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from coverage.intake import Reading
    from coverage.intake.problems import Rows

    Places = NDArray[np.int64]

_NAMING: Final = ("name", "county", "address", "reg_no")
#: What is put behind equal ids.
_NUMBER: Final = r"-[0-9]+$"


class Ties(NamedTuple):
    """The places (`Rows.places`) of rows that need each other, rising, and how many rows there are with a name."""

    places: Places
    rows: int


class _Mark(NamedTuple):
    """Sixty-four bits for what a row states, and its place; rows that do not state it have none."""

    places: Places
    hashes: NDArray[np.uint64]


class _Marks(NamedTuple):
    """What rows may have in common; `codes` are those that are no ids, `stems` are ids without a number behind them."""

    ids: _Mark
    codes: _Mark
    stems: _Mark
    points: _Mark


def find_ties(lots: Iterable[Reading], *, crs: str | None) -> Ties:
    """Return which rows share an id, a credit code, or a point with so many that it is in doubt (V10, V11, org_id).

    Sixteen bytes a row and sixteen a point are kept. Two different texts with one hash only make two rows more.
    """
    marks = _Marks(*map(_join, zip(*(_marks(lot.rows, crs=crs) for lot in lots), strict=True)))
    shared = _common(np.concatenate([marks.ids.hashes, marks.codes.hashes]), more_than=1)
    crowded = _common(marks.points.hashes, more_than=MAX_ADDRESSES_ON_A_POINT)
    found = [*(_with(mark, shared) for mark in marks[:3]), _with(marks.points, crowded)]
    return Ties(np.unique(np.concatenate(found)), len(marks.ids.places))


def _marks(rows: Rows, *, crs: str | None) -> _Marks:
    rows = rows.at(~are_nameless(rows))
    codes, named = read_codes(rows), [name for name in rows.cells if name in _NAMING]
    blank = dict.fromkeys(_NAMING, pd.Series("", index=rows.cells.index, dtype="str"))
    ids = own_ids(blank | parse_cells(rows._replace(cells=rows.cells[named])).columns, rows, codes)
    points = pd.DataFrame(read_points(rows, crs=crs).columns)[["lon", "lat"]].round(POINT_DECIMALS).dropna()
    numbered = ids[ids.str.contains(_NUMBER)]
    return _Marks(
        _mark(rows, ids),
        _mark(rows, codes.uscc[codes.is_faulty]),
        _mark(rows, numbered.str.replace(_NUMBER, "", regex=True)),
        _mark(rows, points),
    )


def _mark(rows: Rows, stated: pd.Series | pd.DataFrame) -> _Mark:
    hashes = pd.util.hash_pandas_object(stated, index=False, categorize=False)
    return _Mark(rows.places[stated.index], hashes.to_numpy().astype(np.uint64, copy=False))


def _join(marks: Iterable[_Mark]) -> _Mark:
    return _Mark(*map(np.concatenate, zip(*marks, strict=True)))


def _common(hashes: NDArray[np.uint64], *, more_than: int) -> NDArray[np.uint64]:
    values, counts = np.unique(hashes, return_counts=True)
    return values[counts > more_than]


def _with(mark: _Mark, hashes: NDArray[np.uint64]) -> Places:
    return mark.places[np.isin(mark.hashes, hashes)]
