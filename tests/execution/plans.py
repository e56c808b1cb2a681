"""A plan of a small synthetic list, made by a process of its own: python -m tests.execution.plans HOW SEED ORGS.

HOW is serial, pool:N or an address of a Dask scheduler; SEED shuffles the rows, but for 0. Says each CSV's SHA-256.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from coverage.execution import Execution, in_pool, on_cluster, serially
from coverage.export import csv_blocks, write_plan
from coverage.intake import Source, read_lists
from coverage.pipeline import make_plan
from coverage.settings import PlanSettings
from coverage.synthesis import find_province, synthesise
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    import pandas as pd

    from coverage.execution import Executor
    from coverage.pipeline import Plan

SETTINGS: Final = PlanSettings(as_of=date(2026, 1, 1))
# Where a row stood in the list is said of it; all else must not depend on it.
_PLACE: Final = {"row": 0}


@cache
def listed(orgs: int) -> pd.DataFrame:
    """Return a synthetic list of one province."""
    divisions = load_divisions()
    code = find_province("浙江", divisions)
    return synthesise(orgs, seed=1, divisions=divisions, counties=load_boundaries().counties, province=code).table


def plan_of(table: pd.DataFrame, execution: Execution | None) -> Plan:
    """Return the plan of a list, its rows forgotten."""
    intake = read_lists([Source("list.csv", b"".join(csv_blocks(table, headers={})))], settings=SETTINGS, crs=None)
    intake = intake._replace(orgs=intake.orgs.assign(**_PLACE), problems=intake.problems.assign(**_PLACE))
    return make_plan(intake, SETTINGS, divisions=load_divisions(), boundaries=load_boundaries(), execution=execution)


def digests(plan: Plan) -> dict[str, str]:
    """Return the SHA-256 of each CSV of a plan, problems.csv in order of its lines."""
    files = {name: content for name, content in write_plan(plan).items() if name.endswith(".csv")}
    files["problems.csv"] = b"\n".join(sorted(files["problems.csv"].splitlines()))
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def executor_of(how: str) -> Executor:
    """Return the executor that a word names."""
    if how == "serial":
        return serially
    kind, _, number = how.partition(":")
    return partial(in_pool, workers=int(number)) if kind == "pool" else partial(on_cluster, address=how)


def shuffled(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the rows in another order, in the same for 0."""
    return table.iloc[np.random.default_rng(seed).permutation(len(table))] if seed else table


def main() -> None:
    """Say the digests of one plan."""
    how, seed, orgs = sys.argv[1:]
    plan = plan_of(shuffled(listed(int(orgs)), int(seed)), Execution(executor_of(how)))
    for name, digest in sorted(digests(plan).items()):
        sys.stdout.write(f"{digest} {name}\n")


if __name__ == "__main__":
    main()
