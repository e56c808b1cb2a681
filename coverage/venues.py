"""Activity venues (活动阵地, 党群服务中心) from a list of their own, and which of them each organisation reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from coverage.codes import where_true
from coverage.fields import CAPACITY
from coverage.intake.coordinates import read_points
from coverage.intake.parsing import clean_text, parse_cells
from coverage.intake.problems import collect_problems, part_problem, row_problems
from coverage.intake.reading import read_rows
from coverage.tables import Venues
from coverage.values import by_distinct, read_count
from coverage.vocabulary import Role
from geo.distance import surface_m, to_cartesian_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.intake import Source
    from coverage.intake.problems import Rows

#: RULEBOOK §5.2 S5: no venue within the travel limit of the lead.
FAR_FROM_VENUES = "S5"
_LEADING = (Role.LEAD.value, Role.HOST.value)


class VenueList(NamedTuple):
    """The venues that have a point, and what was found in their list."""

    venues: pd.DataFrame
    problems: pd.DataFrame


def read_venues(source: Source, *, crs: str | None) -> VenueList:
    """Return the venues of a list with name, longitude, latitude and, where it has it, capacity; points in WGS-84.

    Parameters
    ----------
    crs
        Coordinate system of all points whose row and header name none; None is taken for WGS-84, with V13.

    Raises
    ------
    UploadError
        A file that cannot be used as a whole; single bad rows are in `problems`.
    """
    reading = read_rows([source])
    rows = reading.rows
    parsed, points = parse_cells(rows), read_points(rows, crs=crs)
    lon, lat = points.columns["lon"], points.columns["lat"]
    is_placed = (lon.notna() & lat.notna()).to_numpy(dtype=bool)
    venues = pd.DataFrame(
        {"name": clean_text(rows.text("name")), "lon": lon, "lat": lat, "capacity": _capacities(rows.text(CAPACITY))}
    )
    problems = [
        *(problem.assign(part=problem.get("part", 0)) for problem in reading.problems),
        *parsed.problems,
        *points.problems,
        row_problems(rows, ~is_placed & _says_nothing(rows), "F22", field="name"),
        *([part_problem("V13")] if points.unstated.any() else []),
    ]
    kept = venues[is_placed].reset_index(drop=True)
    return VenueList(Venues.validate(kept), collect_problems(problems, rows.parts))


def _capacities(cells: pd.Series) -> pd.Series:
    positions, counts = by_distinct(cells, read_count)
    return pd.Series(pd.array([count.value for count in counts], dtype="Int64").take(positions))


def _says_nothing(rows: Rows) -> NDArray[np.bool_]:
    """Say where neither coordinate is filled; a point that cannot be used has a finding of its own."""
    cells = [rows.text(field).str.strip() for field in ("lon", "lat", "lon_lat")]
    return ((cells[0] == "") & (cells[1] == "") & (cells[2] == "")).to_numpy(dtype=bool)


def find_nearest(places: pd.DataFrame, venues: pd.DataFrame | None) -> pd.DataFrame:
    """Return `Places` with the nearest venue of every organisation that has a point, and the metres to it."""
    if venues is None or venues.empty:
        return places
    at = np.flatnonzero(where_true(places["is_precise"]) & places["lon"].notna().to_numpy(dtype=bool))
    ordered = venues.sort_values(["name", "lon", "lat"], ignore_index=True)
    tree = cKDTree(to_cartesian_m(ordered["lon"], ordered["lat"]))
    chords_m, nearest = tree.query(to_cartesian_m(places["lon"].to_numpy()[at], places["lat"].to_numpy()[at]))
    name, metres = places["venue_name"].astype("object"), places["venue_m"].to_numpy(dtype=float).copy()
    names = name.to_numpy().copy()
    names[at], metres[at] = ordered["name"].to_numpy(dtype=object)[nearest], surface_m(np.asarray(chords_m))
    return places.assign(venue_name=pd.Series(names, index=places.index, dtype="str"), venue_m=metres)


def reaches_venue(places: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which organisations have a venue within their own travel limit."""
    return where_true(places["venue_m"] <= places["limit_m"])


def warn_far_groups(groups: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return `Groups` with warning S5 on every group whose lead or host reaches no venue; without venues, as it is."""
    if places["venue_m"].isna().all() or groups.empty:
        return groups
    reached = places.loc[reaches_venue(places), "org_id"]
    leads = groups[groups["role"].isin(_LEADING)]
    far = leads.loc[~leads["org_id"].isin(reached), "group_id"]
    is_far = groups["group_id"].isin(far)
    joined = {text: _with_code(text) for text in groups.loc[is_far, "warnings"].unique()}
    return groups.assign(warnings=groups["warnings"].mask(is_far, groups["warnings"].map(joined)).astype("str"))


def _with_code(warnings: str) -> str:
    return ";".join(sorted({*filter(None, warnings.split(";")), FAR_FROM_VENUES}))
