"""Points of addresses from known ones: python -m benchmarks.addresses.places --cases DIR.

DIR holds lists X.csv with X_truth.csv (lon, lat where known). Half of the known points, by a hash of the address, are
confirmed as a planner would; the other half is placed by them. Nothing of DIR is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from coverage.intake import Source, read_lists
from coverage.landmarks import landmarks_of
from coverage.locating import locate
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.distance import distance_m, to_cartesian_m
from geo.divisions import load_divisions
from geo.gazetteer import CONFIRMED, ROAD, premises_text, read_premises

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Lists with points below the county; points of these sets are known to a hundredth of a degree only.
LISTS: Final = ("text", "points")
COARSE_SETS: Final = ("B",)
#: The median error of road level, and the least share inside the radius at every level.
MEDIAN_KM, LEAST_INSIDE = 0.6, 0.75
#: Addresses that are read, a second.
READ_BAR: Final = 30_000
_READ_ROWS: Final = 100_000
_FEW: Final = 20  # of a level: a share says nothing
_SETTINGS: Final = PlanSettings(as_of=date(2026, 1, 1))
_M_PER_KM: Final = 1_000


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.addresses.places")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--halves", type=int, default=6, help="ways to part the points in two")
    arguments = parser.parse_args()
    known = pd.concat([_read(arguments.cases, name) for name in LISTS], ignore_index=True)
    sys.stdout.write("| level | rows | median km | p90 km | inside radius_m |\n|---|---|---|---|---|\n")
    placed = pd.concat([_placed(known, seed) for seed in range(arguments.halves)])
    reached = [_line(str(level), rows) for level, rows in placed.groupby("level")]
    _compare(placed[placed["level"] == "road"].dropna(subset=["nearest_km"]))
    reached.append(_reads_back(arguments.cases))
    share = len(placed) / sum(len(_half(known, seed, seen=False)) for seed in range(arguments.halves))
    each_second = _reading_speed(known["address"])
    sys.stdout.write(f"\n{share:.1%} of the rows of the other half are placed by known points\n")
    sys.stdout.write(f"reading alone: {each_second:,.0f} addresses a second of CPU (≥ {READ_BAR:,})\n")
    return int(not (all(reached) and each_second >= READ_BAR))


def _read(cases: Path, name: str) -> pd.DataFrame:
    """Return the organisations of a list whose point is known, as `Orgs` with true_lon and true_lat."""
    source = Source(f"{name}.csv", (cases / f"{name}.csv").read_bytes())
    orgs = read_lists([source], settings=_SETTINGS, crs="wgs84").orgs
    truth = pd.read_csv(cases / f"{name}_truth.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    truth = truth.set_index(truth["row"].astype(int) + 1)  # the header is row 1
    told = truth.reindex(orgs["row"]).reset_index(drop=True)
    is_known = (told["lon"] != "") & ~told["src"].isin(COARSE_SETS)
    points = {f"true_{axis}": told.loc[is_known, axis].astype("float64") for axis in ("lon", "lat")}
    return orgs[is_known].assign(org_id=name + orgs["org_id"], **points)


def _half(known: pd.DataFrame, seed: int, *, seen: bool) -> pd.DataFrame:
    first = known["address"].map(lambda text: hashlib.sha256(f"{text}{seed}".encode()).digest()[0] % 2 == 0)
    return known[first == seen].reset_index(drop=True)


def _placed(known: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return level, error_km and is_inside of the unseen half, where the seen half places it.

    nearest_km is the error of the nearest number's point, where the road has known numbers on both sides, else NaN.
    """
    divisions, boundaries = load_divisions(), load_boundaries()
    seen, unseen = (_half(known, seed, seen=is_seen) for is_seen in (True, False))
    confirmed = seen.assign(lon=seen["true_lon"], lat=seen["true_lat"])
    there, _ = locate(confirmed, divisions=divisions, boundaries=boundaries, settings=_SETTINGS)
    points = confirmed[["address", "lon", "lat"]].assign(
        adcode=there["adcode"],
        township=there["township_name"],
        level="given",
        radius_m=50.0,
        source=CONFIRMED,
        at="",
        terms="",
    )
    landmarks = landmarks_of(points)
    found, _ = locate(unseen, divisions=divisions, boundaries=boundaries, settings=_SETTINGS, landmarks=landmarks)
    off_m = _off_m(found, unseen)
    is_inside = off_m <= found["location_radius_m"].to_numpy()
    table = pd.DataFrame({"level": found["location_level"], "error_km": off_m / _M_PER_KM, "is_inside": is_inside})
    nearest = _nearest(unseen.assign(adcode=found["adcode"]), landmarks)
    return table.assign(nearest_km=_off_m(nearest, unseen) / _M_PER_KM)[np.isfinite(off_m)]


def _off_m(found: pd.DataFrame, true: pd.DataFrame) -> NDArray[np.float64]:
    points = to_cartesian_m(found["lon"], found["lat"])
    return distance_m(points, to_cartesian_m(true["true_lon"], true["true_lat"]))


def _nearest(wanted: pd.DataFrame, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return lon, lat of the nearest known number of the road, NaN where there are none on both sides of the asked."""
    roads = landmarks[(landmarks["kind"] == ROAD) & (landmarks["number"] != "")]
    houses = read_premises(premises_text(roads["name"], roads["number"]))["house"]
    roads = roads.assign(road=roads["name"], house=houses)[["adcode", "road", "house", "lon", "lat"]]
    asked = wanted[["adcode"]].join(read_premises(wanted["address"])[["road", "house"]])
    asked, roads = (table.dropna(subset=["house"]).sort_values("house") for table in (asked, roads))
    asked = asked[asked["road"] != ""].reset_index(names="row")
    sides = [_beside(asked, roads, direction) for direction in ("backward", "forward")]
    is_between = sides[0]["lon"].notna() & sides[1]["lon"].notna()
    is_next = sides[0]["gap"] <= sides[1]["gap"]
    nearest = sides[0].where(is_next, sides[1])[["lon", "lat"]][is_between]
    return nearest.reindex(wanted.index)


def _beside(asked: pd.DataFrame, roads: pd.DataFrame, direction: Literal["backward", "forward"]) -> pd.DataFrame:
    """Return lon, lat and gap of the next known number on one side, by row of the list."""
    kept = roads.assign(known=roads["house"]).astype({"house": "int64"})
    left = asked.astype({"house": "int64"})
    found = pd.merge_asof(left, kept, on="house", by=["adcode", "road"], direction=direction, allow_exact_matches=False)
    return found.assign(gap=(found["house"] - found["known"]).abs()).set_index("row")[["lon", "lat", "gap"]]


def _compare(between: pd.DataFrame) -> None:
    """Print what counting on between two known numbers gains over the nearest one's point."""
    here, there = between["error_km"].median(), between["nearest_km"].median()
    sys.stdout.write(f"\nbetween two known numbers, {len(between):,} rows: median {here:.2f} km, ")
    sys.stdout.write(f"the nearest number's own point {there:.2f} km\n")


def _reads_back(cases: Path) -> bool:
    """Print how many doors and roads of the lists are read again as they are kept; say whether all are."""
    addresses = pd.concat([_column(cases / f"{name}.csv", "住所") for name in ("registered", *LISTS)])
    kept = read_premises(addresses)[["road", "number"]].query("road != ''").drop_duplicates(ignore_index=True)
    again = read_premises(premises_text(kept["road"], kept["number"]))[["road", "number"]]
    same = (again == kept).all(axis=1)
    roads = kept["road"].nunique()
    sys.stdout.write(f"{same.sum():,} of {len(kept):,} doors on {roads:,} roads are read back as they are kept\n")
    return bool(same.all())


def _column(path: Path, name: str) -> pd.Series[str]:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")[name]


def _line(level: str, rows: pd.DataFrame) -> bool:
    """Print a level, and say whether it reaches its bars."""
    median, high = rows["error_km"].quantile(0.5), rows["error_km"].quantile(0.9)
    inside = rows["is_inside"].mean()
    sys.stdout.write(f"| {level} | {len(rows):,} | {median:.2f} | {high:.2f} | {inside:.1%} |\n")
    return bool(len(rows) < _FEW or (inside >= LEAST_INSIDE and (level != "road" or median <= MEDIAN_KM)))


def _reading_speed(addresses: pd.Series[str]) -> float:
    """Return addresses a second of CPU; each a text of its own, as in a list."""
    repeats = -(-_READ_ROWS // len(addresses))
    texts = pd.concat([addresses + str(turn) for turn in range(repeats)], ignore_index=True)[:_READ_ROWS]
    began = time.process_time()
    read_premises(texts)
    return _READ_ROWS / (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
