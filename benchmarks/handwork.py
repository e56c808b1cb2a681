"""How long units by hand take in one large block: python -m benchmarks.handwork [--orgs 11800] [--budget].

An invented county without recorded superiors, about a quarter of it to be grouped, in one block. Seconds of work. With
--budget the command fails where the median of judging, or of grouping again, is above what it may be.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.stability import Places, lists, settings_with
from coverage.handmade import Bench, Edit, after_edit, around, as_it_stands, price, remake, standing_units
from coverage.pipeline import make_plan
from coverage.tables import Rulings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coverage.handmade import Standing
    from coverage.pipeline import Plan
    from geo.divisions import Divisions

#: Seconds of work: legality and price of an edit; grouping again around an organisation.
PRICE_S, AGAIN_S = 0.1, 1.0
_SEED: Final = 7


class Block:
    """A plan of one county, and the organisations and units that edits are drawn from."""

    def __init__(self, orgs: int) -> None:
        divisions = load_divisions()
        places = Places(divisions, load_boundaries())
        first, _ = lists(orgs, seed=_SEED, places=places, is_county=True)
        self.divisions: Divisions = divisions
        self.plan: Plan = make_plan(first, settings_with(0), **places._asdict())
        self.bench = Bench(self.plan, str(self.plan.blocks["adcode"].iloc[0]), divisions=divisions)
        self.standing: Standing = standing_units(self.plan.groups, self.plan.measures)
        self.orgs = sorted(self.bench.small)
        self.units = sorted(self.standing.units)

    def edits(self, count: int) -> Iterator[Edit]:
        """Yield new units of three, moves into a unit and merges of two, in turn."""
        rng = np.random.default_rng(_SEED)
        for number in range(count):
            orgs = tuple(str(org_id) for org_id in rng.choice(self.orgs, 3, replace=False))
            one, other = (str(name) for name in rng.choice(self.units, 2, replace=False))
            yield (Edit("new", (), orgs), Edit("move", (one,), orgs[:1]), Edit("merge", (one, other)))[number % 3]

    def store_edit(self, edit: Edit) -> Plan:
        """Return the plan with an edit made."""
        after = after_edit(self.standing, price(self.bench, self.standing, edit))
        rerun = as_it_stands(self.bench, after, rulings=Rulings.empty())
        return remake(self.plan, self.bench, rerun, divisions=self.divisions)

    def group_again(self, org_id: str) -> Plan:
        """Return the plan grouped again around an organisation, every third unit locked."""
        locked = self.units[::3]
        rerun = around(self.bench, self.standing, [org_id], locked=locked, rulings=Rulings.empty())
        made = remake(self.plan, self.bench, rerun, divisions=self.divisions)
        if lost := set(locked) - set(made.groups["group_id"]):
            raise RuntimeError(lost)
        return made


def main() -> int:
    """Measure, and print a table for docs/benchmarks.md."""
    arguments = _parser().parse_args()
    block = Block(arguments.orgs)
    edits = list(block.edits(arguments.times))
    touched = block.orgs[:: max(len(block.orgs) // arguments.times, 1)][: arguments.times]
    found = {
        "legality and price of an edit": [_timed(price, block.bench, block.standing, edit) for edit in edits],
        "the tables with an edit": [_timed(block.store_edit, edit) for edit in edits],
        "grouping again around an organisation": [_timed(block.group_again, org_id) for org_id in touched],
    }
    sys.stdout.write(f"{len(block.orgs):,} to group\n" + "\n".join(_report(found)) + "\n")
    prices, _, agains = (statistics.median(laps) for laps in found.values())
    return int(arguments.budget and (prices > PRICE_S or agains > AGAIN_S))


def _timed(work: Callable[..., object], *given: object) -> float:
    begun = time.process_time()
    work(*given)
    return time.process_time() - begun


def _report(found: dict[str, list[float]]) -> Iterator[str]:
    yield "| what | s of work, median | slowest |"
    yield "|---|---|---|"
    for what, laps in found.items():
        yield f"| {what} | {statistics.median(laps):.3f} | {max(laps):.3f} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgs", type=int, default=11_800, help="organisations of all kinds in the county")
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--budget", action="store_true", help="fail where it takes more than it may")
    return parser


if __name__ == "__main__":
    sys.exit(main())
