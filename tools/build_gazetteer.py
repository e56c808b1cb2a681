"""Build data/gazetteer/ from data/boundaries/ and a directory of tables: `python -m tools.build_gazetteer TABLES`.

TABLES holds adcode_aliases.csv, county_seats.csv, retired_adcodes.csv, streets.parquet and zones.csv; SOURCE.md says
where each comes from. successors.csv of the output directory is kept by hand. Codes are those of the boundary files.
Same input, same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries

if TYPE_CHECKING:
    import geopandas as gpd

OUT: Final = Path(__file__).resolve().parents[1] / "data" / "gazetteer"
SUCCESSORS: Final = OUT / "successors.csv"
PLACE: Final = ["lon", "lat"]
AREA: Final = ["area_km2"]
PROVINCE_COLUMNS: Final = ["adcode", "name", "short_name", *PLACE, *AREA]
CITY_COLUMNS: Final = ["adcode", "name", "short_name", "province", "province_name", *PLACE, *AREA]
COUNTY_NAMES: Final = ["adcode", "name", "short_name", "kind", "city", "city_name", "province", "province_name"]
SEAT: Final = ["seat_lon", "seat_lat"]


def main() -> None:
    """Write every table and say how many rows it has."""
    arguments = _arguments()
    boundaries = load_boundaries(arguments.boundaries)
    counties = county_table(boundaries.counties, _read(arguments.tables / "county_seats.csv"))
    aliases = _aliases(_read(arguments.tables / "adcode_aliases.csv"))
    tables = {
        "provinces": pd.DataFrame(boundaries.provinces[PROVINCE_COLUMNS]),
        "cities": pd.DataFrame(boundaries.cities[CITY_COLUMNS]),
        "counties": counties,
        "aliases": aliases,
        "retired": _retired(_read(arguments.tables / "retired_adcodes.csv"), _read(SUCCESSORS)),
        "zones": _read(arguments.tables / "zones.csv").sort_values("zone_code"),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(arguments.out / f"{name}.csv", index=False, lineterminator="\n")
        print(f"{name}: {len(table)} rows")
    townships = township_table(pd.read_parquet(arguments.tables / "streets.parquet"), counties, aliases)
    townships.to_parquet(arguments.out / "townships.parquet", index=False, compression="zstd", compression_level=19)
    print(f"townships: {len(townships)} rows")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--boundaries", type=Path, default=DEFAULT_DIRECTORY)
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args()


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def county_table(areas: gpd.GeoDataFrame, seats: pd.DataFrame) -> pd.DataFrame:
    """Return the counties of the boundaries with the seat of their government, where it is known."""
    seats = seats.rename(columns={"lon": "seat_lon", "lat": "seat_lat"})
    counties = pd.DataFrame(areas[[*COUNTY_NAMES, *PLACE, *AREA]])
    merged = counties.merge(seats, on="adcode", how="left", validate="1:1")
    return merged[[*COUNTY_NAMES, *PLACE, *SEAT, *AREA]]


def _aliases(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per foreign code; two tables may use the same one."""
    seen_in = table.groupby("other_adcode")["seen_in"].agg("; ".join)
    unique = table.drop_duplicates("other_adcode").set_index("other_adcode").assign(seen_in=seen_in)
    return unique.reset_index().rename(columns={"other_adcode": "alias"}).sort_values("alias")


def _retired(table: pd.DataFrame, successors: pd.DataFrame) -> pd.DataFrame:
    """Return the withdrawn codes; our own list answers where the table found no county of like name."""
    known = table["old_adcode"].map(successors.set_index("old_adcode")["adcode"])
    is_ours = table["current_adcode"].eq("") & known.notna()
    return table.assign(
        current_adcode=table["current_adcode"].mask(is_ours, known), match=table["match"].mask(is_ours, "successor")
    ).sort_values("old_adcode")


def township_table(table: pd.DataFrame, counties: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """Return the townships of present counties; those of development zones have no county and are left out."""
    present = table["adcode"].replace(dict(zip(aliases["alias"], aliases["adcode"], strict=True)))
    townships = table.assign(adcode=present).sort_values("code", ignore_index=True)
    return townships[townships["adcode"].isin(counties["adcode"])]


if __name__ == "__main__":
    main()
