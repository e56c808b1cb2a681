"""Time and peak memory of each stage: python -m benchmarks.pipeline [--orgs 100000] [--province 33]."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import date
from io import BytesIO
from pathlib import Path

import pandas as pd

from benchmarks.province import make_list
from coverage.export import write_plan
from coverage.intake import Source, read_lists
from coverage.pipeline import make_plan
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

DATA = Path(__file__).parent.parent / "data"
#: Seconds for 100,000 organisations on a busy machine, nearly all of them grouping; the aim is 60 (docs/benchmarks.md).
BUDGET_S = 180.0


class Stopwatch:
    """Seconds and peak memory between two calls, printed as a Markdown table."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []
        self._stage, self._since = "", time.perf_counter()

    def begin(self, stage: str) -> None:
        """Close the running stage and begin the next."""
        now = time.perf_counter()
        if self._stage:
            self.rows.append((self._stage, now - self._since, peak_mb()))
        self._stage, self._since = stage, now

    def report(self) -> str:
        """Return the table: stage, seconds, peak resident memory so far in MB."""
        lines = ["| stage | s | peak MB |", "|---|---|---|"]
        lines += [f"| {stage} | {seconds:.2f} | {memory:.0f} |" for stage, seconds, memory in self.rows]
        return "\n".join(lines)


def peak_mb() -> float:
    """Return the largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Run the whole pipeline once and compare it with its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgs", type=int, default=100_000)
    parser.add_argument("--province", default="33", help='two digits, or "" for the nation')
    arguments = parser.parse_args()
    watch = Stopwatch()
    watch.begin("load boundaries and gazetteer")
    divisions, boundaries = load_divisions(), load_boundaries(DATA / "boundaries")
    watch.begin("(make the list)")
    content = make_list(arguments.orgs, province=arguments.province, divisions=divisions, counties=boundaries.counties)
    watch.begin("(pandas reads and writes the same file)")
    pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False).to_csv(BytesIO(), index=False)
    watch.begin("intake")
    settings = PlanSettings(as_of=date(2026, 1, 1))
    intake = read_lists([Source("list.csv", content)], settings=settings, crs=None)
    plan = make_plan(intake, settings, divisions=divisions, boundaries=boundaries, on_stage=watch.begin)
    watch.begin("export")
    write_plan(plan)
    watch.begin("")
    spent = sum(seconds for stage, seconds, _ in watch.rows if not stage.startswith("("))
    ratio = spent / next(seconds for stage, seconds, _ in watch.rows if stage.startswith("(pandas"))
    sys.stdout.write(f"{watch.report()}\n\n{arguments.orgs:,} organisations: {spent:.1f} s, {ratio:.0f} × pandas\n")
    return int(spent > BUDGET_S * arguments.orgs / 100_000 + 5)


if __name__ == "__main__":
    sys.exit(main())
