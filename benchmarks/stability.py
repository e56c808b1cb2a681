"""How much of an earlier plan stays, and at what price: `.venv/bin/python -m benchmarks.stability [--orgs N]`.

A list is planned, then 5 % of it is new, 3 % is gone and 5 % has another number of full members (GROUPING §7). One
county whose superiors are not recorded is one block of 3,000 small organisations, which no proof reaches; a province
is many small ones. Prints the table of docs/rule.md, "An earlier plan".
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.export import csv_blocks, read_units, write_plan
from coverage.grouping import NO_WISHES, Wishes
from coverage.intake import Source, read_lists
from coverage.pipeline import make_plan
from coverage.settings import PlanSettings
from coverage.stability import DEFAULT_STABILITY, judge_changes, read_earlier
from coverage.synthesis import synthesise
from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.intake import Intake
    from coverage.pipeline import Plan
    from coverage.stability import Stability
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

ADDED, REMOVED, RECOUNTED = 0.05, 0.03, 0.05
VALUES: Final = (0.0, 0.05, 0.1, 0.2, 0.5, DEFAULT_STABILITY)
_HEADERS: Final = (
    "list", "stability", "units", "still legal", "unchanged", "moved", "price", "covered less", "attached more",
    "travel", "covered", "s",
)  # fmt: skip
_PROVINCE: Final = "640000"
#: One county: its organisations lie around four centres, metres at most in the tens of kilometres.
_COUNTY: Final = "370112"
_CENTRES: Final = ((117.08, 36.68), (117.12, 36.65), (117.06, 36.63), (117.15, 36.70))
_SPREAD_DEGREES: Final = 0.02
_DAY: Final = date(2026, 1, 1)


class Places(NamedTuple):
    """Where counties and townships are."""

    divisions: Divisions
    boundaries: Boundaries


def lists(orgs: int, *, seed: int, places: Places, is_county: bool) -> tuple[Intake, Intake]:
    """Return a list and the list of a year later."""
    total = round(orgs * (1 + ADDED))
    made = synthesise(
        total, seed=seed, divisions=places.divisions, counties=places.boundaries.counties, province=_PROVINCE
    )
    rng = np.random.default_rng(seed)
    table = made.table.sample(frac=1, random_state=seed, ignore_index=True)
    table = _in_one_county(table, rng) if is_county else table
    before, added = table.iloc[:orgs], table.iloc[orgs:]
    stays = before[rng.random(orgs) >= REMOVED]
    after = pd.concat([_recounted(stays, rng), added], ignore_index=True)
    return _intake(before), _intake(after)


def _in_one_county(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    centre = np.array(_CENTRES)[rng.integers(len(_CENTRES), size=len(table))]
    point = centre + rng.normal(scale=_SPREAD_DEGREES, size=centre.shape)
    lon, lat = (np.char.mod("%.6f", point[:, axis]) for axis in (0, 1))
    elsewhere = ["address", "township", "supervisor", "superior", "mode", "site"]
    return table.drop(columns=elsewhere).assign(county=_COUNTY, lon=lon, lat=lat)


def _recounted(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the list with one full member more, or one less, in some organisations."""
    is_other = rng.random(len(table)) < RECOUNTED
    count = table["ft_in"].astype("int64")
    step = np.where((count > 0) & (rng.random(len(table)) < 0.5), -1, 1)
    changed = (count + step).astype("str")
    total = (table["n_full"].astype("int64") + step).astype("str")
    return table.assign(ft_in=table["ft_in"].mask(is_other, changed), n_full=table["n_full"].mask(is_other, total))


def _intake(table: pd.DataFrame) -> Intake:
    content = b"".join(csv_blocks(table.drop(columns="note"), headers={}))
    return read_lists([Source("list.csv", content)], settings=settings_with(0), crs=None)


def settings_with(stability: float) -> PlanSettings:
    """Return settings with a price for each organisation that moves."""
    return PlanSettings(as_of=_DAY, stability=stability)


def follow(before: Plan, after: Intake, *, places: Places, stability: float) -> tuple[Stability, Plan, float]:
    """Return what a plan of the later list makes of the plan before, and the seconds it took."""
    rows = read_units(write_plan(before)["groups.csv"])
    earlier = read_earlier(rows, frozenset(after.orgs["org_id"]), file="groups.csv")
    wishes = Wishes(kept=earlier.kept, earlier=earlier.drafts)
    begun = time.perf_counter()
    made = make_plan(after, settings_with(stability), wishes=wishes, **places._asdict())
    found = judge_changes(made, earlier, wishes=wishes, divisions=places.divisions)
    return found, made, time.perf_counter() - begun


def measure(orgs: int, *, seed: int, is_county: bool) -> Iterator[str]:
    """Yield a line of the table for each value of `stability`."""
    places = Places(load_divisions(), load_boundaries(DEFAULT_DIRECTORY))
    first, second = lists(orgs, seed=seed, places=places, is_county=is_county)
    before = make_plan(first, settings_with(0), wishes=NO_WISHES, **places._asdict())
    for value in VALUES:
        found, made, seconds = follow(before, second, places=places, stability=value)
        if (price := found.price) is None:
            raise RuntimeError(made.missing)
        cells = (
            "county" if is_county else "province",
            f"{value:g}",
            f"{found.units:,}",
            f"{found.legal:,}",
            f"{found.legal_kept / found.legal:.1%}",
            f"{found.moved:,}",
            f"{price.cost:.2f}",
            f"{price.covered_less}",
            f"{price.attached_more}",
            f"{price.travel_share:.2%}",
            f"{int(made.blocks['covered'].sum()):,}",
            f"{seconds:.1f}",
        )
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=["county", "province"])
    wanted = parser.parse_args()
    print(f"| {' | '.join(_HEADERS)} |")
    print("|---" * len(_HEADERS) + "|")
    for kind in ("province", "county"):
        if wanted.only in {None, kind}:
            for line in measure(wanted.orgs, seed=wanted.seed, is_county=kind == "county"):
                print(line, flush=True)


if __name__ == "__main__":
    main()
