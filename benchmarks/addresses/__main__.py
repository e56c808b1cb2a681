"""Counties and points from addresses: python -m benchmarks.addresses --cases DIR [--rows N] [--libraries].

DIR holds lists X.csv with X_truth.csv and a scorer, score_geocode.py; what each line of the table must reach stands in
`BARS`. Nothing of DIR is kept. --libraries asks cpca and jionlp about the same addresses, in an environment of its own.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.addresses.libraries import ask_libraries
from benchmarks.addresses.running import geocode, score, start
from coverage.counties import build_gazetteer, read_texts
from geo.boundaries import load_boundaries, locate_points
from geo.divisions import load_divisions


class Bar(NamedTuple):
    """A list, how it is run, and the least precision and shares answered and right where written in full, percent."""

    name: str
    list: str
    options: tuple[str, ...]
    precision: float
    answered: float
    in_full: float = 0.0
    drops_codes: bool = False
    p90_m: float = math.inf  # of the error of points that the list supplies


BARS: Final = (
    Bar("text", "text", (), 99.7, 92.5, 98.5),
    Bar("registered, no code", "registered", (), 99.8, 93.0, 98.5, drops_codes=True),
    Bar("registered with code", "registered", (), 99.9, 99.0, 99.9),
    Bar("hard cases", "hard", (), 100.0, 0.0),
    Bar("institutions, towns, villages", "points", (), 99.7, 92.5, 98.5),
    Bar("BD-09 points", "crs_bd09", ("--crs", "bd09"), 99.9, 99.9, p90_m=5.0),
)
#: The least share of true points inside the radius, at every level that has rows enough, in percent.
INSIDE: Final = 75.0
#: How far off the middle one of the points of a level may be; other levels promise their radius alone.
MEDIAN_M: Final = {"town": 2_000}
_FEW: Final = 20
#: Names that were withdrawn, with one present county of the same name or stem: how many there are, and found, percent.
RETIRED: Final = 347
RETIRED_FOUND: Final = 99.0
#: Seconds of work from the call to the sheet of one row; by the clock it is the same where nobody else is at work.
START_S: Final = 3.0
_STARTS: Final = 3
#: Seconds of CPU for the counties around so many points, scattered around the seats of counties.
POINTS_S: Final = 3.0
_POINTS: Final = 880_000
_SPREAD_DEGREES: Final = 0.1
_CODE: Final = "统一社会信用代码"
_ADDRESS: Final = "住所"
_NAME: Final = "组织名称"
_PARSER_BAR: Final = 50_000  # addresses a second on one core


def main() -> int:
    """Print the tables; 1 where a bar is missed."""
    arguments = _parser().parse_args()
    _write("| list | rows | answered % | precision % | county in full, right % | must be | s |")
    _write("|---|---|---|---|---|---|---|")
    said = {bar: _judge(bar, arguments.cases) for bar in BARS}
    reached = [_is_reached(bar, found) for bar, found in said.items()]
    reached += _levels(said)
    reached += [_finds_retired(), _starts(), _finds_counties_of_points()]
    addresses = _addresses(arguments.cases / "registered.csv")
    each_second = _speed(addresses, arguments.rows)
    _write(f"parser alone: {each_second:,.0f} addresses a second of CPU (≥ {_PARSER_BAR:,})")
    if arguments.libraries:
        _write(ask_libraries(arguments.cases))
    return 0 if all(reached) and each_second >= _PARSER_BAR else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.addresses")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=100_000, help="addresses that the parser is timed with")
    parser.add_argument("--libraries", action="store_true")
    return parser


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _judge(bar: Bar, cases: Path) -> dict[str, Any]:
    """Print the line of a list, and return what the scorer says."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = cases / f"{bar.list}.csv", Path(folder) / "out.csv"
        if bar.drops_codes:
            source = _without_codes(source, Path(folder) / source.name)
        seconds = geocode(source, out, bar.options)
        said = score(cases, bar.list, out)
    passed = f", {said['passed']} of {said['passed_of']} passed" if bar.list == "hard" else ""
    in_full = "–" if said["explicit_right"] is None else f"{said['explicit_right']:.2f}"
    bars = f"≥ {bar.answered:g}, ≥ {bar.precision:g}" + (f", ≥ {bar.in_full:g}" if bar.in_full else "")
    line = f"| {bar.name} | {said['rows']:,} | {said['answered']:.2f}{passed} | {said['precision']:.3f} | {in_full} "
    _write(f"{line}| {bars} | {seconds:.1f} |")
    return said


def _is_reached(bar: Bar, said: dict[str, Any]) -> bool:
    in_full = said["explicit_right"]  # None: no address of the list has its county in full
    is_right = said["precision"] >= bar.precision and (in_full is None or in_full >= bar.in_full)
    return bool(is_right and said["answered"] >= bar.answered and not said["guesses"] and not said["unflagged"])


def _levels(said: dict[Bar, dict[str, Any]]) -> list[bool]:
    """Print how far points are from the true ones by list and level; return whether each reaches its bars."""
    _write("\n| list, level | rows | median m | p90 m | inside radius_m % | must be |\n|---|---|---|---|---|---|")
    reached = []
    for bar, found in said.items():
        for level, at in found.get("pos", {}).items():
            most = {"median": MEDIAN_M.get(level, math.inf), "p90": bar.p90_m}
            bars = [f"{name} ≤ {limit:,.0f}" for name, limit in most.items() if math.isfinite(limit)]
            _write(
                f"| {bar.name}, {level} | {at['n']:,} | {at['median_m']:,} | {at['p90_m']:,} | {at['inside']:.1f} "
                f"| {', '.join([*bars, f'≥ {INSIDE:g} % inside'])} |"
            )
            is_near = all(at[f"{name}_m"] <= limit for name, limit in most.items())
            reached.append(at["n"] < _FEW or (at["inside"] >= INSIDE and is_near))
    _write("")
    return reached


def _finds_retired() -> bool:
    """Print how many withdrawn names lead to their successor, given behind their city; return whether enough do."""
    divisions = load_divisions()
    retired = divisions.retired[divisions.retired["match"].isin(["same name", "same stem"])]
    city = divisions.counties.set_index("adcode")["city_name"].loc[retired["current_adcode"]].to_numpy()
    names = [f"甲{number}" for number in range(len(retired))]
    listed = pd.DataFrame({_NAME: names, _ADDRESS: city + retired["old_name"].to_numpy()})
    found = (_sheet(listed)["county"] == retired["current_adcode"].to_numpy()).sum()
    _write(f"withdrawn names behind their city: {found} of {len(retired)} lead on (≥ {RETIRED_FOUND:g} % of {RETIRED})")
    return bool(len(retired) >= RETIRED and found >= len(retired) * RETIRED_FOUND / 100)


def _starts() -> bool:
    """Print the seconds of work for a list of one row, the best of some calls."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "one.csv", Path(folder) / "out.csv"
        pd.DataFrame({_NAME: ["甲"], _ADDRESS: ["济南市历下区泉城路1号"]}).to_csv(source, index=False)
        runs = [start(source, out) for _ in range(_STARTS)]
    work, clock = (min(seconds) for seconds in zip(*runs, strict=True))
    _write(
        f"a list of one row: {work:.1f} s of work (≤ {START_S:g}), {clock:.1f} s by the clock, the best of {_STARTS}"
    )
    return bool(work <= START_S)


def _finds_counties_of_points() -> bool:
    """Print the seconds of CPU for the counties around many points, which lie as densely as counties do."""
    counties, rng = load_boundaries().counties, np.random.default_rng(1)
    seats = load_divisions().counties[["seat_lon", "seat_lat"]].dropna().sample(_POINTS, replace=True, random_state=1)
    lon, lat = (seats[name] + rng.normal(0, _SPREAD_DEGREES, _POINTS) for name in seats)
    began = time.process_time()
    around = locate_points(lon, lat, counties)
    seconds = time.process_time() - began
    found = (around != "").mean()
    _write(f"counties around {_POINTS:,} points: {seconds:.1f} s of CPU (≤ {POINTS_S:g}), {found:.1%} are in one")
    return seconds <= POINTS_S


def _sheet(listed: pd.DataFrame) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "list.csv", Path(folder) / "out.csv"
        listed.to_csv(source, index=False)
        geocode(source, out, ("--header", "code"))
        return pd.read_csv(out, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _without_codes(source: Path, target: Path) -> Path:
    table = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table.drop(columns=[_CODE]).to_csv(target, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_MINIMAL)
    return target


def _addresses(source: Path) -> pd.Series[str]:
    return pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")[_ADDRESS]


def _speed(addresses: pd.Series[str], rows: int) -> float:
    """Return addresses a second of CPU; each a text of its own, as in a list."""
    repeats = -(-rows // len(addresses))
    texts = pd.concat([addresses + str(turn) for turn in range(repeats)], ignore_index=True)[:rows]
    gazetteer = build_gazetteer(load_divisions())
    began = time.process_time()
    read_texts(texts, gazetteer)
    return rows / (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
