"""The point of each row: read, judged, turned into WGS-84; a point that cannot be right is emptied, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.fields import BOTH_COORDINATES
from coverage.intake.choices import read_choice
from coverage.intake.problems import row_problems
from coverage.values import UNKNOWN_WORDS, by_distinct, fold, read_degrees
from geo.crs import to_wgs84

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.intake.problems import Rows

    Floats = NDArray[np.float64]
    Booleans = NDArray[np.bool_]

#: Degrees that hold all of China (`coverage.tables.Orgs`).
LON_RANGE: Final = (73.0, 136.0)
LAT_RANGE: Final = (3.0, 54.0)
#: Beyond any degree: a projected coordinate in metres.
_MOST_DEGREES: Final = 360.0
_SEPARATORS: Final = r"\s*[,，;；、\s]\s*"


class Points(NamedTuple):
    """Columns of `Orgs` for the point, whether a usable point has no stated system, and the findings."""

    columns: dict[str, pd.Series]
    unstated: Booleans
    problems: list[pd.DataFrame]


class _Cells(NamedTuple):
    """What the cells of one axis say: degrees, NaN where blank or unreadable, and where they are filled."""

    degrees: Floats
    is_filled: Booleans


def read_points(rows: Rows, *, crs: str | None) -> Points:
    """Return lon, lat (WGS-84), lon_given, lat_given and crs of each row.

    Parameters
    ----------
    crs
        The system of all rows that state none of their own, None when it is not known: then taken for WGS-84.
    """
    lon, lat, field = _axes(rows)
    faults = _find_faults(lon, lat)
    stated, is_unknown_system = _systems(rows, crs)
    usable = np.isfinite(lon.degrees) & np.isfinite(lat.degrees) & ~np.logical_or.reduce(list(faults.values()))
    faults["F9"] = usable & is_unknown_system
    usable &= ~is_unknown_system
    x, y = to_wgs84(
        np.where(usable, lon.degrees, np.nan),
        np.where(usable, lat.degrees, np.nan),
        np.where(stated == "", "wgs84", stated),
    )
    columns = {
        "lon": pd.Series(x),
        "lat": pd.Series(y),
        # What is no degree may be anything that slipped into the column, a telephone number as well
        "lon_given": pd.Series(np.where(faults["F7"], np.nan, lon.degrees)),
        "lat_given": pd.Series(np.where(faults["F7"], np.nan, lat.degrees)),
        "crs": pd.Series(np.where(usable, stated, ""), dtype="str"),
    }
    shown = {"F9": "crs"} if "crs" in rows.cells else {}
    pairs = _pairs(lon, lat, np.logical_or.reduce(list(faults.values())))
    problems = [
        row_problems(rows, hits, code, field=shown.get(code, field), detail=pairs) for code, hits in faults.items()
    ]
    return Points(columns, usable & (stated == ""), problems)


def _axes(rows: Rows) -> tuple[_Cells, _Cells, str]:
    """Return both axes and the field that findings name; a cell with both serves where the two columns do not."""
    lon, lat = rows.text("lon"), rows.text("lat")
    if BOTH_COORDINATES not in rows.cells:
        return _read_axis(lon), _read_axis(lat), "lon" if "lon" in rows.cells else "lat"
    pairs = rows.cells[BOTH_COORDINATES].str.strip(" ()（）[]").str.replace(_SEPARATORS, ",", n=1, regex=True)
    halves = pairs.str.split(",", n=1, expand=True).reindex(columns=[0, 1]).fillna("").astype("str")
    return _read_axis(lon.where(lon != "", halves[0])), _read_axis(lat.where(lat != "", halves[1])), BOTH_COORDINATES


def _read_axis(cells: pd.Series) -> _Cells:
    """Return the degrees of a column; plain numbers are read all at once, the few others one by one."""
    stripped = cells.str.strip()
    plain = stripped.str.fullmatch(r"-?[0-9]{1,12}(\.[0-9]*)?").to_numpy(dtype=bool)
    degrees = np.full(len(cells), np.nan)
    degrees[plain] = stripped[plain].to_numpy(dtype=object).astype(np.float64)
    odd = ~plain & (stripped != "").to_numpy(dtype=bool)
    is_filled = plain.copy()
    if odd.any():
        positions, values = by_distinct(
            stripped[odd], lambda text: (read_degrees(text), fold(text) not in UNKNOWN_WORDS)
        )
        degrees[odd] = np.array([value for value, _ in values])[positions]
        is_filled[odd] = np.array([filled for _, filled in values])[positions]
    degrees[~np.isfinite(degrees)] = np.nan
    return _Cells(degrees, is_filled)


def _find_faults(lon: _Cells, lat: _Cells) -> dict[str, Booleans]:
    """Return where a point cannot be used, and why; the first reason counts."""
    x, y = lon.degrees, lat.degrees
    some = lon.is_filled | lat.is_filled
    reasons = {
        "F4": some & ~(np.isfinite(x) & np.isfinite(y)),
        "F6": (x == 0) | (y == 0),
        "F7": (np.abs(x) > _MOST_DEGREES) | (np.abs(y) > _MOST_DEGREES),
        "F5": _within(y, LON_RANGE) & _within(x, LAT_RANGE),
        "F8": some & ~(_within(x, LON_RANGE) & _within(y, LAT_RANGE)),
    }
    found = np.zeros(len(x), dtype=bool)
    for code, hits in reasons.items():
        reasons[code] = hits & ~found
        found |= hits
    return reasons


def _within(degrees: Floats, limits: tuple[float, float]) -> Booleans:
    return (degrees >= limits[0]) & (degrees <= limits[1])


def _systems(rows: Rows, crs: str | None) -> tuple[NDArray[np.object_], Booleans]:
    """Return the system of each row (its cell's, else its header's, else the run's), and where a cell is not known."""
    by_part = np.array([part.crs or crs or "" for part in rows.parts], dtype=object)
    positions, codes = by_distinct(rows.text("crs"), lambda text: read_choice("crs", text))
    own = np.array([code or "" for code in codes], dtype=object)[positions]
    is_unknown = np.array([code is None for code in codes], dtype=bool)[positions]
    return np.where(own == "", by_part[rows.part], own), is_unknown


def _pairs(lon: _Cells, lat: _Cells, hits: Booleans) -> pd.Series:
    """Return "lon, lat" as read for the rows that a message will show."""
    texts = np.full(len(hits), "", dtype=object)
    texts[hits] = [f"{x:g}, {y:g}" for x, y in zip(lon.degrees[hits], lat.degrees[hits], strict=True)]
    return pd.Series(texts, dtype="str")
