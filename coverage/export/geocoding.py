"""What `geocode` writes: county, township, point, level and source of each row of the input (notes on geocoding §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.export.cells import format_numbers
from coverage.export.sheets import problem_texts
from coverage.locating import POINT_DECIMALS, locate_by_evidence, township_points
from coverage.vocabulary import Location, Severity
from geo.boundaries import locate_points
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from coverage.counties import CountyEvidence
    from coverage.intake import Intake
    from coverage.locating import Located
    from coverage.settings import PlanSettings
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

GEOCODE_COLUMNS = (
    "row",
    "org_id",
    "name",
    "address",
    "province",
    "city",
    "county",
    "county_source",
    "township",
    "lon",
    "lat",
    "level",
    "radius_m",
    "status",
    "candidates",
    "note",
)
#: What of `Orgs` decides where an organisation is, and what the file repeats.
LOCATED_BY = (
    *("file", "sheet", "row", "org_id", "name", "address", "county", "township", "supervisor", "uscc"),
    *("authority_area", "lon", "lat", "lon_given", "lat_given", "precision", "travel_limit_m"),
)
_SOURCE = ["file", "sheet", "row"]
#: Sources that say where somebody else is, and what the note says of them.
_GUESSED = {"uscc": "geocoding.by_registration", "supervisor": "geocoding.by_supervisor"}


def geocode_sheet(  # noqa: PLR0913 # three sources of places and what the caller means where the list is silent
    intake: Intake,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    settings: PlanSettings,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row per row of the input, in order, rejected ones too; `row` counts data rows from 1."""
    found = locate_by_evidence(
        intake.orgs,
        divisions=divisions,
        boundaries=boundaries,
        settings=settings,
        defaults=defaults,
        landmarks=landmarks,
    )
    return sheet_of(found, intake, divisions=divisions, boundaries=boundaries)


def sheet_of(found: Located, intake: Intake, *, divisions: Divisions, boundaries: Boundaries) -> pd.DataFrame:
    """Return the sheet of a list that was located already."""
    return lay_out(_rows_of(found, intake.orgs, divisions=divisions, boundaries=boundaries), intake)


def located_rows(  # noqa: PLR0913 # three sources of places and what the caller means where the list is silent
    orgs: pd.DataFrame,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    settings: PlanSettings,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what is found of each accepted organisation, with file, sheet and row; index of `orgs`."""
    found = locate_by_evidence(
        orgs,
        divisions=divisions,
        boundaries=boundaries,
        settings=settings,
        defaults=defaults,
        landmarks=landmarks,
    )
    return _rows_of(found, orgs, divisions=divisions, boundaries=boundaries)


def _rows_of(found: Located, orgs: pd.DataFrame, *, divisions: Divisions, boundaries: Boundaries) -> pd.DataFrame:
    located = pd.concat([orgs[[*_SOURCE, "name", "address"]], _with_seats(found.places, divisions)], axis=1)
    located = _with_status(located, orgs, found.problems, boundaries=boundaries)
    return _with_statements(located, found.evidence, divisions)


def lay_out(located: pd.DataFrame, intake: Intake) -> pd.DataFrame:
    """Return located rows as the file has them: rejected ones among them, in the order of the input."""
    return lay_out_lot([located, rejected_rows(intake)], intake.mappings, first=1)


def lay_out_lot(tables: Sequence[pd.DataFrame], mappings: pd.DataFrame, *, first: int) -> pd.DataFrame:
    """Return located and rejected rows as the file has them, in the order of the input.

    Parameters
    ----------
    mappings
        As `Intake` has them, with files and sheets in the order in which they were read.
    first
        The number of the first row, counted over the whole input.
    """
    return _as_in_file(in_order(tables, mappings), first=first)


def in_order(tables: Sequence[pd.DataFrame], mappings: pd.DataFrame) -> pd.DataFrame:
    """Return located and rejected rows as one table, in the order of the input."""
    rows = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    return rows.iloc[_order(rows[_SOURCE], mappings)]


def _as_in_file(sheet: pd.DataFrame, *, first: int) -> pd.DataFrame:
    """Return rows with their numbers as text, counted on from the first one."""
    sheet = sheet.fillna({"lon": np.nan}).reset_index(drop=True)
    return sheet.assign(
        row=format_numbers(pd.Series(np.arange(len(sheet)) + first, index=sheet.index), decimals=0),
        lon=format_numbers(sheet["lon"], decimals=POINT_DECIMALS),
        lat=format_numbers(sheet["lat"], decimals=POINT_DECIMALS),
        radius_m=format_numbers(sheet["radius_m"], decimals=0),
    )[list(GEOCODE_COLUMNS)]


def independent_parts(orgs: pd.DataFrame, *, rows: int) -> list[NDArray[np.intp]]:
    """Return the positions of organisations in parts of about so many that can be located apart.

    Organisations on one point are looked at together (V10): they are in one part, however many they are.
    """
    points = orgs[["lon", "lat"]].round(POINT_DECIMALS)
    own = np.arange(len(orgs))
    first = pd.Series(own, orgs.index).groupby([points["lon"], points["lat"]]).transform("first")
    group = first.fillna(pd.Series(own, orgs.index)).to_numpy(dtype=np.intp)  # NaN: no point, nobody beside
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    part = np.flatnonzero(np.diff(starts // rows, prepend=-1))
    return np.split(order, starts[part[1:]]) if len(order) else []


def _with_seats(places: pd.DataFrame, divisions: Divisions) -> pd.DataFrame:
    """Return the columns of the file; who has no point stands in its township, else at the county's seat."""
    seats = divisions.counties.set_index("adcode")[["seat_lon", "seat_lat"]].reindex(places["adcode"])
    seats = seats.set_axis(places.index).where(places["location_level"] == Location.COUNTY)
    towns = township_points(places, divisions).where(places["location_level"] == Location.TOWN)
    return pd.DataFrame(
        {
            "org_id": places["org_id"],
            "province": places["province_name"],
            "city": places["city_name"],
            "county": places["adcode"],
            "county_source": places["county_source"],
            "township": places["township_name"],
            "lon": places["lon"].fillna(towns["lon"]).fillna(seats["seat_lon"]),
            "lat": places["lat"].fillna(towns["lat"]).fillna(seats["seat_lat"]),
            "level": places["location_level"],
            "radius_m": places["location_radius_m"],
        }
    )


def _with_status(
    located: pd.DataFrame, orgs: pd.DataFrame, problems: pd.DataFrame, *, boundaries: Boundaries
) -> pd.DataFrame:
    """Add status, candidates and note; a point outside the recorded county is a conflict, the county stays."""
    notes = (
        problems.assign(note=problem_texts(problems)["message"]).groupby(_SOURCE)["note"].agg(t("list.separator").join)
    )
    conflicts = problems[problems["code"] == "V9"][_SOURCE].assign(is_conflict=True)
    told = orgs[_SOURCE].merge(notes.reset_index(), on=_SOURCE, how="left").merge(conflicts, on=_SOURCE, how="left")
    told = told.set_axis(orgs.index)
    is_conflict = told["is_conflict"].notna()
    by_point = pd.Series("", index=orgs.index, dtype="str")
    points = orgs.loc[is_conflict, ["lon", "lat"]]
    by_point[is_conflict] = locate_points(points["lon"], points["lat"], boundaries.counties)
    guessed = located["county_source"].map({source: t(key) for source, key in _GUESSED.items()})
    return located.assign(
        county_source=located["county_source"].replace("supervisor", "name"),  # a name too: the note says whose
        status=pd.Series(
            np.select([is_conflict, located["county"] != ""], ["conflict", "ok"], "none"), orgs.index, dtype="str"
        ),
        candidates=(located["county"] + "|" + by_point).where(is_conflict, "").str.strip("|"),
        note=told["note"].fillna("").mask(guessed.notna(), guessed),
    )


def _with_statements(located: pd.DataFrame, evidence: CountyEvidence, divisions: Divisions) -> pd.DataFrame:
    """Fill in what is stated where the county is not settled: candidates, city, province.

    A supervisor or registration authority elsewhere is in conflict with the words of the address.
    """
    silent = located.index[located["county"] == ""]
    if silent.empty:
        return located
    written, registered = evidence.written.loc[silent], evidence.registered[silent]
    names_registered = [
        area != "" and area in options.split("|")
        for area, options in zip(registered, written["candidates"], strict=True)
    ]
    is_conflict = np.array(names_registered, dtype=bool) | (written["against"] != "")
    names = pd.concat([divisions.cities, divisions.provinces]).drop_duplicates("adcode").set_index("adcode")["name"]
    changed = located.copy()
    changed.loc[silent, "candidates"] = written["candidates"]
    statuses = np.select([is_conflict, written["candidates"] != ""], ["conflict", "ambiguous"], "none")
    changed.loc[silent, "status"] = statuses
    changed.loc[silent, "note"] = changed.loc[silent, "note"] + _contradictions(written["against"], registered)
    for column in ("city", "province"):
        changed.loc[silent, column] = written[column].map(names).fillna("").astype("str")
    return changed


def _contradictions(against: pd.Series, registered: pd.Series) -> pd.Series:
    """Return what is said behind the note where a body is in another county than the rest says; else ""."""
    whose = np.where(against == registered, "registration", "supervisor")
    words = {name: t("list.separator") + t(f"geocoding.against_{name}") for name in ("registration", "supervisor")}
    return pd.Series(whose, against.index, dtype="str").map(words).where(against != "", "")


def rejected_rows(intake: Intake) -> pd.DataFrame:
    """Return the rows that were not accepted, as located ones are; the note says why."""
    problems = intake.problems
    rejected = problems[(problems["severity"] == Severity.REJECTED) & problems["row"].notna()]
    rejected = rejected.assign(note=problem_texts(rejected)["message"]).drop_duplicates(_SOURCE)
    blank = dict.fromkeys(
        [name for name in GEOCODE_COLUMNS if name not in {"row", "lon", "lat", "radius_m", "note"}], ""
    )
    return rejected[[*_SOURCE, "note"]].assign(
        **blank | {"status": "none", "level": str(Location.NONE)}, lon=np.nan, lat=np.nan, radius_m=np.nan
    )


def _order(sources: pd.DataFrame, mappings: pd.DataFrame) -> NDArray[np.intp]:
    """Return positions sorted by file and sheet in the order in which they were read, then by row."""
    read = pd.concat([mappings[["file", "sheet"]], sources[["file", "sheet"]].drop_duplicates()])
    part = pd.MultiIndex.from_frame(read.drop_duplicates())
    place = part.get_indexer(pd.MultiIndex.from_frame(sources[["file", "sheet"]]))
    return np.lexsort((sources["row"].to_numpy(dtype=np.int64), place))
