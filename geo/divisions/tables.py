"""The tables of the gazetteer as they are kept in data/gazetteer/ (origins: its SOURCE.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

DEFAULT_DIRECTORY: Final = Path(__file__).resolve().parents[2] / "data" / "gazetteer"
_NUMBERS: Final = ("lon", "lat", "seat_lon", "seat_lat", "area_km2")


@dataclass(frozen=True, eq=False)
class Divisions:
    """Present divisions, with the codes of the boundary files, and the codes and names that lead to them.

    Places are WGS-84; unknown seats are NaN. Equal only to itself, so that what is made of it can be kept for it.
    """

    provinces: pd.DataFrame
    """adcode, name, short_name, lon, lat, area_km2"""
    cities: pd.DataFrame
    """adcode, name, short_name, province, province_name, lon, lat, area_km2"""
    counties: pd.DataFrame
    """the columns of cities, city, city_name, kind, and the seat of the county's government: seat_lon, seat_lat"""
    townships: pd.DataFrame
    """code (9 digits), name, adcode of the county, lon, lat where GeoNames has the place (three in ten)"""
    aliases: pd.DataFrame
    """alias (a code other tables use), name, adcode, seen_in"""
    retired: pd.DataFrame
    """old_adcode, old_name, last_seen, current_adcode ("" without one successor), match"""
    zones: pd.DataFrame
    """zone_code, name, city_code: development zones that other tables list as counties"""
    zone_counties: pd.DataFrame
    """zone, city_name, county_name, adcode: the county where a well-known zone of a city has its seat"""
    source: dict[str, str]
    """origin, date and licence of the tables; empty where the directory does not say"""


def load_divisions(directory: Path | None = None) -> Divisions:
    """Return the tables of a gazetteer directory, by default the product's own."""
    source = directory or DEFAULT_DIRECTORY
    return Divisions(
        provinces=_read(source, "provinces"),
        cities=_read(source, "cities"),
        counties=_read(source, "counties"),
        townships=_read_townships(source),
        aliases=_read(source, "aliases"),
        retired=_read(source, "retired"),
        zones=_read(source, "zones"),
        zone_counties=_read_zones(source),
        source=_read_source(source),
    )


def _read_zones(directory: Path) -> pd.DataFrame:
    """Return the zones, which are kept by hand; a gazetteer built elsewhere may have none."""
    if (directory / "zone_counties.csv").is_file():
        return _read(directory, "zone_counties")
    return pd.DataFrame(columns=["zone", "city_name", "county_name", "adcode"], dtype="str")


def _read_townships(directory: Path) -> pd.DataFrame:
    townships = pd.read_parquet(directory / "townships.parquet")
    points = directory / "township_points.parquet"
    if not points.is_file():
        return townships.assign(lon=float("nan"), lat=float("nan"))
    return townships.merge(pd.read_parquet(points), on="code", how="left", validate="one_to_one")


def _read_source(directory: Path) -> dict[str, str]:
    path = directory / "source.json"
    said: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return said


def _read(directory: Path, name: str) -> pd.DataFrame:
    table = pd.read_csv(directory / f"{name}.csv", dtype=str, keep_default_na=False)
    return table.assign(**{column: pd.to_numeric(table[column]) for column in _NUMBERS if column in table})
