"""How long trying out a county takes: python -m benchmarks.whatif [--orgs 1000] [--counties 2] [--budget].

Invented counties, urban and rural in turn. With --budget the command fails where the whole table of parameters, or all
trials of the units, take more work than they may (a thousand organisations: 10 s and 20 s).
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.grouping.instances import SETTINGS, invented_county
from coverage.grouping import propose_groups
from coverage.whatif import survival, what_if

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.grouping.instances import County
    from coverage.whatif import Survival, WhatIf

_SEED = 1_000
#: Seconds of work for a county of a thousand organisations of all kinds.
TABLE_SECONDS, TRIALS_SECONDS = 10.0, 20.0

_FACTORS = (0.5, 1.0, 2.0)
_TITLES = (
    "to group", "table, s of work", "proved", "covered ×0.5 · ×1 · ×2",
    "trials, s of work", "units", "came again", "legal still",
)  # fmt: skip


class Measured(NamedTuple):
    """One county: organisations to group, seconds of work, and what was found."""

    county: str
    small: int
    table_s: float
    trials_s: float
    table: WhatIf
    trials: Survival


def main() -> int:
    """Try out some counties and print a table for docs/benchmarks.md."""
    arguments = _parser().parse_args()
    found = [
        measured(invented_county(arguments.orgs, seed=_SEED + number, is_urban=number % 2 == 0))
        for number in range(arguments.counties)
    ]
    sys.stdout.write("\n".join(_report(found)) + "\n")
    is_broken = any(each.table_s > TABLE_SECONDS or each.trials_s > TRIALS_SECONDS for each in found)
    return int(arguments.budget and is_broken)


def measured(county: County) -> Measured:
    """Try out a county in this process."""
    groups = propose_groups(county.candidates, SETTINGS).groups
    start = time.process_time()
    table = what_if(county.candidates, SETTINGS)
    middle = time.process_time()
    trials = survival(county.candidates, groups, SETTINGS)
    return Measured(county.name, county.small, middle - start, time.process_time() - middle, table, trials)


def _report(found: list[Measured]) -> Iterator[str]:
    yield " | ".join(["| county", *_TITLES]) + " |"
    yield "|---" * (len(_TITLES) + 1) + "|"
    for each in found:
        figures = each.table.figures[each.table.figures["adcode"] == ""]
        limits = figures[figures["parameter"] == "limit"].set_index("value")["covered"]
        units = each.trials.units
        cells = (
            str(each.small),
            f"{each.table_s:.1f}",
            f"{int(figures['is_proved'].sum())} of {len(figures)}",
            " · ".join(str(limits[factor]) for factor in _FACTORS),
            f"{each.trials_s:.1f}",
            str(len(units)),
            f"{units['total'].mean():.0%}",
            f"{units['legal'].mean():.1%}",
        )
        yield " | ".join([f"| {each.county}", *cells]) + " |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgs", type=int, default=1_000, help="organisations of all kinds in a county")
    parser.add_argument("--counties", type=int, default=2)
    parser.add_argument("--budget", action="store_true", help="fail where it takes more than it may")
    return parser


if __name__ == "__main__":
    sys.exit(main())
