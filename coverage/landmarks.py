"""Known points below the county (`Landmarks`): from a file, back into one, and from addresses with a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.errors import UploadError
from coverage.export.cells import format_numbers, unescape_cells, write_csv
from coverage.export.saved_text import read_saved
from coverage.intake.problems import LONGEST_VALUE, severity_of
from coverage.tables import Landmarks, Problems
from geo.boundaries import locate_points
from geo.gazetteer import (
    BUILDING,
    LISTED,
    ROAD,
    TOWNSHIP,
    landmarks_at,
    latest_landmarks,
    names_two_roads,
    premises_text,
    read_premises,
)

if TYPE_CHECKING:
    from coverage.intake import Source
    from geo.boundaries import Boundaries

LANDMARK_COLUMNS: Final = tuple(Landmarks.to_schema().columns)
#: What a list of landmarks must have; the others are blank, or what `_DEFAULTS` says.
REQUIRED: Final = ("adcode", "kind", "name", "lon", "lat")
#: Code of a landmark that cannot be used.
UNUSABLE: Final = "F23"

_DEFAULTS: Final = {"level": "door", "radius_m": "200", "source": LISTED}
_DEGREE_DECIMALS: Final = 6
_CHECKS: Final = {
    "adcode": r"\d{6}",
    "kind": f"{ROAD}|{BUILDING}|{TOWNSHIP}",
    "name": r"\S.*",
    "level": "given|door|road|town",
    # A date, or a moment in UTC: sorts as text
    "at": r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)?",
}
#: The least and the most that a number may be: WGS-84 degrees, metres.
_RANGES: Final = {"lon": (73.0, 136.0), "lat": (3.0, 54.0), "radius_m": (1.0, 50_000.0)}
_PLAIN_NUMBER: Final = r"-?\d{1,6}(?:\.\d{1,15})?"


class LandmarkList(NamedTuple):
    """The landmarks of a file that can be used, and what was found in the others."""

    landmarks: pd.DataFrame
    problems: pd.DataFrame


def read_landmarks(source: Source, *, boundaries: Boundaries) -> LandmarkList:
    """Return the landmarks of a CSV file with the columns of `Landmarks` by their codes; points in WGS-84.

    Names and numbers become what an address that has them is read as; a point outside its county is not taken.

    Raises
    ------
    UploadError
        A required column is missing. PlanError: the bytes are no text table.
    """
    table = read_saved(source.content, headers=LANDMARK_COLUMNS)
    if missing := [name for name in REQUIRED if name not in table]:
        raise UploadError("gazetteer.missing_columns", file=source.name, names=", ".join(missing))
    cells = table.reindex(columns=list(LANDMARK_COLUMNS), fill_value="").apply(unescape_cells)
    cells = cells.apply(lambda texts: texts.str.normalize("NFKC").str.strip())
    cells = cells[(cells != "").any(axis=1)].copy()
    for name, default in _DEFAULTS.items():
        cells[name] = cells[name].mask(cells[name] == "", default)
    read = _as_addresses(cells)
    faults = _faults(cells) | _unread(cells, read)
    faults["adcode"] |= _is_elsewhere(cells, faults, boundaries)
    kept = cells.assign(**read)[~faults.any(axis=1)]
    numbers = {name: kept[name].astype("float64") for name in _RANGES}
    return LandmarkList(latest_landmarks(Landmarks.validate(kept.assign(**numbers))), _problems(source, cells, faults))


def write_landmarks(landmarks: pd.DataFrame) -> bytes:
    """Return landmarks as the CSV that `read_landmarks` takes."""
    degrees = {name: format_numbers(landmarks[name], decimals=_DEGREE_DECIMALS) for name in ("lon", "lat")}
    metres = format_numbers(landmarks["radius_m"], decimals=0)
    return write_csv(landmarks.assign(**degrees, radius_m=metres)[list(LANDMARK_COLUMNS)], headers={})


def landmarks_of(points: pd.DataFrame) -> pd.DataFrame:
    """Return `Landmarks` of points whose address is known: `geo.gazetteer.landmarks_at` with the types of the table."""
    return Landmarks.validate(landmarks_at(points)[list(LANDMARK_COLUMNS)])


def _faults(cells: pd.DataFrame) -> pd.DataFrame:
    """Return for each cell whether it cannot be used."""
    faults = pd.DataFrame(data=False, index=cells.index, columns=list(LANDMARK_COLUMNS))
    for name, pattern in _CHECKS.items():
        faults[name] = ~cells[name].str.fullmatch(pattern)
    is_moment = pd.to_datetime(cells["at"], format="ISO8601", utc=True, errors="coerce").notna()  # no 31 February
    faults["at"] = (faults["at"] | ~is_moment) & (cells["at"] != "")
    for name, (least, most) in _RANGES.items():
        plain = cells[name].where(cells[name].str.fullmatch(_PLAIN_NUMBER))
        faults[name] = ~plain.astype("float64").between(least, most)
    return faults


def _as_addresses(cells: pd.DataFrame) -> pd.DataFrame:
    """Return name and number as they are read in an address, "" where they are not; townships as they stand."""
    is_road, is_building = cells["kind"] == ROAD, cells["kind"] == BUILDING
    read = read_premises(premises_text(cells["name"], cells["number"]))
    name = cells["name"].mask(is_road, read["road"]).mask(is_building, read["building"])
    return pd.DataFrame({"name": name, "number": read["number"].where(is_road, "")})


def _unread(cells: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Return for each cell whether no address can say that.

    It is an unknown name, two roads in one, or a number that the name swallows or that is on no road.
    """
    unread = pd.DataFrame(data=False, index=cells.index, columns=list(LANDMARK_COLUMNS))
    is_road, is_place = cells["kind"] == ROAD, cells["kind"].isin([BUILDING, TOWNSHIP])
    has_number = cells["number"] != ""
    is_swallowed = (read["number"] == "") | (read_premises(cells["name"])["number"] != "")
    is_nameless = (read["name"] == "") | (is_road & names_two_roads(cells["name"]))
    return unread.assign(name=is_nameless, number=has_number & ~is_nameless & (is_place | (is_road & is_swallowed)))


def _is_elsewhere(cells: pd.DataFrame, faults: pd.DataFrame, boundaries: Boundaries) -> pd.Series:
    """Return which of the usable points lie in another county than they name, or name none of today's."""
    usable = cells[~faults[["adcode", "lon", "lat"]].any(axis=1)]
    around = locate_points(usable["lon"].astype("float64"), usable["lat"].astype("float64"), boundaries.counties)
    is_elsewhere = pd.Series(around != usable["adcode"].to_numpy(dtype=object), usable.index, dtype="bool")
    return is_elsewhere.reindex(cells.index, fill_value=False)


def _problems(source: Source, cells: pd.DataFrame, faults: pd.DataFrame) -> pd.DataFrame:
    """Return one finding for each cell that cannot be used."""
    places, columns = np.nonzero(faults.to_numpy(dtype=bool))
    if not len(places):
        return Problems.empty()
    return Problems.validate(
        pd.DataFrame(
            {
                "file": source.name,
                "sheet": "",
                "row": pd.array(cells.index.to_numpy()[places], dtype="Int64"),
                "column": faults.columns.to_numpy()[columns],
                "value": pd.Series(cells.to_numpy()[places, columns], dtype="str").str.slice(0, LONGEST_VALUE),
                "code": UNUSABLE,
                "severity": severity_of(UNUSABLE),
                "detail": "",
            }
        )
    )
