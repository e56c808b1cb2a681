"""How good the grouping is, how fast, and how others do: python -m benchmarks.grouping [--cases DIR] [--budget].

Invented counties come from seeds that the tables name. All seconds are of work (CPU), unless a column says otherwise:
others' load breaks nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from benchmarks.grouping import bars, contest, report
from benchmarks.grouping.counties import add_up, compare, read_reference, search_optimum
from benchmarks.grouping.instances import SETTINGS, County, invented_counties, invented_county
from benchmarks.grouping.libraries import LibraryError, make_environment
from benchmarks.grouping.picture import log_log
from benchmarks.grouping.product import digest, plan_apart, plan_county
from benchmarks.grouping.scaling import SIZES, measure_sizes
from coverage.execution import Execution
from coverage.grouping import propose_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.grouping.bars import Bar
    from benchmarks.grouping.optimum import Optimum
    from benchmarks.grouping.scaling import Point

ROOT: Final = Path(__file__).resolve().parents[2]
PICTURE: Final = ROOT / "docs" / "images" / "grouping-scaling.svg"
COUNTIES, LEAST, MOST, SEED = 40, 40, 400, 2_000
#: Of the same kind: 20,000 organisations.
DRAFT_COUNTIES: Final = 100
#: A third as many have one or two members; so these are the ones that are hard to prove.
DENSE_COUNTIES, DENSE_LEAST, DENSE_MOST, DENSE_SEED = 10, 700, 1_300, 3_000
LARGE: Final = (1_000, 3_000, 10_000)
OPTIMUM_S: Final = 20.0
LIBRARY_S: Final = 300.0
#: Longer lists are planned by two workers, which the bar allows.
MOST_ALONE: Final = 100_000


def main() -> int:
    """Print the tables; with --budget, 1 where the bar is missed."""
    os.environ["OMP_NUM_THREADS"] = "1"
    options = _parser().parse_args()
    counties = invented_counties(options.counties, least=LEAST, most=MOST, seed=SEED)
    found: list[Bar] = []
    for part in (_sets(counties, options.cases), _large(options.cases), [_draft()], _bytes(counties)):
        for bar in part:
            sys.stderr.write(f"{bar}\n")
            found.append(bar)
    points = list(_series(options.scale))
    found += bars.bars_of_nation(points[-1])
    _say("Bar", report.bars(found))
    _say(f"Ways, {len(counties)} counties", report.entries(contest.add_entries(_contest(counties))))
    if options.libraries:
        _say(f"Libraries, one county of {options.library_orgs:,}", _libraries(options.library_orgs))
    _say("Growth", report.points(points))
    if len(points) > 1:
        PICTURE.write_text(
            log_log(
                [(point.orgs, point.work_s) for point in points],
                title="Grouping: seconds of CPU (dashed: slope 1)",
                below="organisations in the list",
            ),
            encoding="utf-8",
        )
    return int(options.budget and not all(bar.holds for bar in found))


def _sets(counties: list[County], cases: Path | None) -> Iterator[Bar]:
    """Yield the bars of small counties: invented ones against an independent optimum, listed ones against theirs."""
    best = {county.name: search_optimum(county, limit_s=OPTIMUM_S) for county in counties}
    yield from _proven_bars(f"{len(counties)} counties of {LEAST}–{MOST}", counties, best)
    dense = invented_counties(DENSE_COUNTIES, least=DENSE_LEAST, most=DENSE_MOST, seed=DENSE_SEED)
    name = f"{len(dense)} counties of {DENSE_LEAST}–{DENSE_MOST:,}"
    yield from bars.bars_of_set(add_up(name, [compare(county, lambda _: None) for county in dense]))
    if cases:
        listed, known = read_reference(cases, "counties")
        yield from _proven_bars(f"{len(listed)} counties of the cases", listed, known)


def _proven_bars(name: str, counties: list[County], best: Mapping[str, Optimum | None]) -> Iterator[Bar]:
    """Yield the bars of counties of which optima are known, by name."""
    summary = add_up(name, [compare(county, lambda each: best[each.name]) for county in counties])
    yield from bars.bars_of_set(summary)
    yield bars.bar_of_proofs(summary)
    plan = partial(plan_county, settings=SETTINGS, is_polished=True)
    yield bars.bar_of_polish(add_up(name, [compare(county, lambda each: best[each.name], plan) for county in counties]))


def _large(cases: Path | None) -> Iterator[Bar]:
    """Yield the bars of single large counties, each planned in a process of its own."""
    for orgs in LARGE:
        county = invented_county(orgs, seed=orgs)._replace(name=f"county of {orgs:,}")
        yield from _large_bars(county, None)
    for name in ("large-3000", "large-10000") if cases else ():
        listed, known = read_reference(cases or Path(), name)
        for county in listed:
            yield from _large_bars(county._replace(name=f"case {name}"), known[county.name])


def _large_bars(county: County, best: Optimum | None) -> Iterator[Bar]:
    each = compare(county, lambda _: best, partial(plan_apart, settings=SETTINGS))
    yield from bars.bars_of_set(add_up(county.name, [each]))
    yield from bars.bars_of_large(each, len(county.candidates))


def _draft() -> Bar:
    """Return how long a stopped run takes to a legal plan."""
    counties = invented_counties(DRAFT_COUNTIES, least=LEAST, most=MOST, seed=SEED)
    table = _in_one_list(counties)
    begun = time.process_time()
    propose_groups(table, SETTINGS, execution=Execution(is_cancelled=lambda: True))
    return bars.bar_of_draft(orgs=len(table), counties=len(counties), seconds=time.process_time() - begun)


def _in_one_list(counties: list[County]) -> pd.DataFrame:
    tables = (each.candidates.assign(adcode=f"{330_100 + number}") for number, each in enumerate(counties))
    return pd.concat(tables, ignore_index=True)


def _bytes(counties: list[County]) -> Iterator[Bar]:
    """Yield whether row order and workers change a byte; hash seeds are for tests/grouping and tests/execution."""
    table = _in_one_list(counties)
    shuffled = table.iloc[np.random.default_rng(SEED).permutation(len(table))]
    digests = [digest(table, SETTINGS), digest(shuffled, SETTINGS)]
    yield bars.bar_of_bytes([*digests, *(digest(shuffled, SETTINGS, workers=workers) for workers in (1, 2))])


def _contest(counties: list[County]) -> Iterator[contest.Entry]:
    for county in counties:
        yield from contest.hold(county)


def _libraries(small: int) -> str:
    """Return the table of one county, with libraries where an index can be reached."""
    county = invented_county(small * 10 // 3, seed=small)
    entries = list(contest.hold(county))
    with tempfile.TemporaryDirectory() as folder:
        try:
            python = make_environment(Path(folder))
        except LibraryError as error:
            return f"{report.entries(entries)}\n\nNo environment for libraries: {error}"
        entries += contest.hold_libraries(county, python=python, limit_s=LIBRARY_S)
    return report.entries(entries)


def _series(scale: int) -> Iterator[Point]:
    sizes = [size for size in SIZES if size <= scale]
    with tempfile.TemporaryDirectory() as folder:
        for point in measure_sizes(
            sizes, Path(folder), workers=lambda size: 1 if size <= MOST_ALONE else bars.NATION_CORES
        ):
            sys.stderr.write(f"{point}\n")
            yield point


def _say(title: str, text: str) -> None:
    sys.stdout.write(f"### {title}\n\n{text}\n\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, help="folder with reference.json and its lists")
    parser.add_argument("--counties", type=int, default=COUNTIES, help="invented counties of 40 to 400")
    parser.add_argument("--scale", type=int, default=30_000, help="longest list of the series, up to 900000")
    parser.add_argument("--libraries", action="store_true", help="also ask spopt and k-means-constrained")
    parser.add_argument("--library-orgs", type=int, default=1_000, help="with one or two members, for the libraries")
    parser.add_argument("--budget", action="store_true", help="fail where the bar is missed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
