"""Time and peak memory of each stage: python -m benchmarks.pipeline [--orgs 100000] [--workers 2] [--no-group].

The list is a synthetic one. Making it, and reading and writing it with pandas for comparison, happen in processes of
their own, so that the peaks are those of the product.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from benchmarks.stopwatch import Lap, Stopwatch, workers_lap
from coverage.business import describe_business
from coverage.execution import Execution, choose_executor
from coverage.export import csv_blocks, write_plan
from coverage.fields import BY_CODE
from coverage.grouping import propose_groups
from coverage.indicators import count_coverage
from coverage.intake import Source, read_lists
from coverage.locating import locate
from coverage.measures import settle_measures
from coverage.pipeline import make_plan
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from coverage.synthesis import NOTE_COLUMN, find_province, synthesise
from coverage.tables import Candidates
from coverage.vocabulary import Measure
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.grouping import Grouping
    from coverage.intake import Intake
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions


class Budget(NamedTuple):
    """What a run may take: seconds of its own work, so that others' load breaks nothing, and MiB; both from a start."""

    start_s: float
    per_org_s: float
    start_mib: float
    per_org_mib: float = 0.0

    def is_broken(self, lap: Lap, orgs: int) -> bool:
        """Say what so many organisations may take; return whether a run took more."""
        most_s, most_mib = self.start_s + self.per_org_s * orgs, self.start_mib + self.per_org_mib * orgs
        sys.stdout.write(f"Budget: {most_s:.0f} s of CPU, {most_mib:,.0f} MiB\n")
        return lap.cpu_s > most_s or lap.peak_mib > most_mib


#: With grouping: the aims of a minute for 100,000 and of 4 GiB for 900,000.
WITH_GROUPS = Budget(5.0, 55 / 100_000, 600, 3_496 / 900_000)
#: Without: 900,000 within 150 s and 2.5 GiB.
WITHOUT_GROUPS = Budget(5.0, 145 / 900_000, 2_560)
SETTINGS_DAY = date(2026, 1, 1)


def main() -> int:
    """Run the stages once; with --budget, fail where they take more than they may."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        made = apart(write_list, path, arguments.orgs, arguments.province)
        plain = apart(read_and_write, path)
        laps = apart(run_without_groups, path) if arguments.no_group else apart(run_whole, path, arguments.workers)
    watch = Stopwatch()
    watch.laps = laps
    total = watch.total()
    sys.stdout.write(f"{watch.report()}\n\n{_line(made[0])}\n{_line(plain[0])}\n")
    sys.stdout.write(f"{arguments.orgs:,} organisations: {total.cpu_s / plain[0].cpu_s:.1f} × the CPU of pandas\n")
    budget = WITHOUT_GROUPS if arguments.no_group else WITH_GROUPS
    return int(budget.is_broken(total, arguments.orgs) and arguments.budget)


def write_list(path: Path, orgs: int, province: str) -> list[Lap]:
    """Write a synthetic list of a province, or of the nation."""
    watch = Stopwatch()
    watch.begin("(synth)")
    divisions, counties = load_divisions(), load_boundaries().counties
    code = find_province(province, divisions)
    table = synthesise(orgs, seed=1, divisions=divisions, counties=counties, province=code).table
    headers = {str(name): BY_CODE[str(name)].aliases[0] for name in table if name != NOTE_COLUMN}
    with path.open("wb") as file:
        file.writelines(csv_blocks(table, headers=headers | {NOTE_COLUMN: t("synth.note")}))
    watch.begin("")
    return watch.laps


def read_and_write(path: Path) -> list[Lap]:
    """Read and write the list with pandas, as text."""
    watch = Stopwatch()
    watch.begin("(pandas reads and writes the same file)")
    pd.read_csv(path, dtype=str, keep_default_na=False).to_csv(path.with_suffix(".copy"), index=False)
    watch.begin("")
    return watch.laps


def run_whole(path: Path, workers: int) -> list[Lap]:
    """Run the pipeline of the product, and make its files; the work of its workers has a line of its own."""
    watch = Stopwatch()
    settings, divisions, boundaries = _prepare(watch)
    intake = _read(path, settings, watch)
    execution = Execution(choose_executor(len(intake.orgs), workers=workers))
    plan = make_plan(
        intake, settings, divisions=divisions, boundaries=boundaries, on_stage=watch.begin, execution=execution
    )
    watch.begin("export")
    write_plan(plan)
    watch.begin("")
    return [*watch.laps, *workers_lap()]


def run_without_groups(path: Path) -> list[Lap]:
    """Run every stage but grouping: who could be grouped stays to be grouped (M26)."""
    watch = Stopwatch()
    settings, divisions, boundaries = _prepare(watch)
    orgs, fields = _orgs_and_fields(_read(path, settings, watch))
    watch.begin("locate")
    places, _ = locate(orgs, divisions=divisions, boundaries=boundaries, settings=settings)
    watch.begin("rules")
    duties = _ungrouped(assign_duties(orgs, places, settings=settings, fields=fields))
    watch.begin("business")
    business = describe_business(orgs, divisions=divisions)
    watch.begin("measures")
    measures = settle_measures(orgs, places, duties, business, _no_groups(settings))
    watch.begin("indicators")
    count_coverage(orgs, places, duties, measures, divisions=divisions, settings=settings)
    watch.begin("")
    return watch.laps


def _prepare(watch: Stopwatch) -> tuple[PlanSettings, Divisions, Boundaries]:
    watch.begin("load boundaries and gazetteer")
    return PlanSettings(as_of=SETTINGS_DAY), load_divisions(), load_boundaries()


def _read(path: Path, settings: PlanSettings, watch: Stopwatch) -> Intake:
    watch.begin("intake")
    return read_lists([Source(path.name, path.read_bytes())], settings=settings, crs=None)


def _orgs_and_fields(intake: Intake) -> tuple[pd.DataFrame, frozenset[str]]:
    return intake.orgs, intake.fields


def _ungrouped(duties: pd.DataFrame) -> pd.DataFrame:
    texts = duties[["measure", "provisional"]]
    return duties.assign(**texts.mask(texts == Measure.SMALL, Measure.PENDING.value))


def _no_groups(settings: PlanSettings) -> Grouping:
    """Return what grouping gives where there is nobody to group."""
    return propose_groups(Candidates.empty(), settings)


def apart(run: Callable[..., list[Lap]], *arguments: object) -> list[Lap]:
    """Return the laps of a run in a new process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run, *arguments).result()


def _line(lap: Lap) -> str:
    return f"{lap.stage}: {lap.seconds:.1f} s ({lap.cpu_s:.1f} of CPU), {lap.peak_mib:,.0f} MiB"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orgs", type=int, default=100_000)
    parser.add_argument("--province", default="浙江", help='name or code, or "" for the nation')
    parser.add_argument("--workers", type=int, default=1, help="processes that group, from 20,000 organisations on")
    parser.add_argument("--no-group", action="store_true", help="every stage but grouping and export")
    parser.add_argument("--budget", action="store_true", help="fail when the budget is broken")
    return parser


if __name__ == "__main__":
    sys.exit(main())
