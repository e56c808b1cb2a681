"""Seconds, memory and quality of grouping as lists grow: synthetic lists of the nation, a process for each size."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.grouping.instances import SETTINGS, candidates_of
from benchmarks.stopwatch import Stopwatch, workers_lap
from coverage.execution import Execution, in_pool
from coverage.export import csv_blocks
from coverage.grouping import propose_groups
from coverage.intake import Source, read_lists
from coverage.synthesis import synthesise
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    import pandas as pd

SIZES: Final = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 900_000)


class Point(NamedTuple):
    """What grouping a list took, `work_s` with the work of all workers, and how good the plan is by its own word."""

    orgs: int
    workers: int
    clock_s: float
    work_s: float
    peak_mib: float
    small: int
    covered: int
    proved: float  # share of blocks
    gap: float  # cost above the bound, as a share of travel


def measure_size(orgs: int, *, workers: int = 1) -> Point:
    """Return the figures of one list; making and reading it is not counted."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measure, orgs, workers).result()


def _measure(orgs: int, workers: int) -> Point:
    candidates = _candidates(orgs)
    watch = Stopwatch()
    watch.begin("group")
    execution = Execution(partial(in_pool, workers=workers)) if workers > 1 else None
    blocks = propose_groups(candidates, SETTINGS, execution=execution).blocks
    watch.begin("")
    own, travel = watch.laps[0], float(blocks["travel"].sum())
    return Point(
        orgs=orgs,
        workers=workers,
        clock_s=own.seconds,
        work_s=own.cpu_s + sum(lap.cpu_s for lap in workers_lap()),
        peak_mib=own.peak_mib,
        small=int(blocks["small"].sum()),
        covered=int(blocks["covered"].sum()),
        proved=float(blocks["is_proved"].mean()),
        gap=float((blocks["cost"] - blocks["bound"]).sum()) / travel if travel else 0.0,
    )


def _candidates(orgs: int) -> pd.DataFrame:
    """Return the candidates of a synthetic list; what it was made from is forgotten."""
    made = synthesise(orgs, seed=1, divisions=load_divisions(), counties=load_boundaries().counties, province="")
    content = b"".join(csv_blocks(made.table, headers={}))
    return candidates_of(read_lists([Source("list.csv", content)], settings=SETTINGS, crs=None))
