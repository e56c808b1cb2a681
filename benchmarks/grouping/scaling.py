"""Seconds, memory and quality of grouping as lists grow, a process for each size.

A short list is some counties of the synthetic nation, whole, not a thin nation in which nobody has a neighbour.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

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
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

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


def measure_sizes(sizes: Sequence[int], folder: Path, *, workers: Callable[[int], int]) -> Iterator[Point]:
    """Yield the figures of lists of about so many organisations; making and reading them is not counted."""
    paths = [folder / f"{size}.csv" for size in sizes]
    _apart(write_lists, sizes, paths)
    for size, path in zip(sizes, paths, strict=True):
        yield _apart(_measure, path, workers(size))


def _apart(run: Callable[..., Any], *arguments: object) -> Any:
    """Return what a function gives in a new process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run, *arguments).result()


def write_lists(sizes: Sequence[int], paths: Sequence[Path]) -> None:
    """Write every so many-th county of a synthetic nation, of which the longest list has all."""
    nation = synthesise(SIZES[-1], seed=1, divisions=load_divisions(), counties=load_boundaries().counties, province="")
    number = pd.factorize(nation.table["county"], sort=True)[0]
    for size, path in zip(sizes, paths, strict=True):
        rows = nation.table[number % (SIZES[-1] // size) == 0]
        path.write_bytes(b"".join(csv_blocks(rows, headers={})))


def _measure(path: Path, workers: int) -> Point:
    candidates, orgs = _read(path)
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


def _read(path: Path) -> tuple[pd.DataFrame, int]:
    """Return the candidates of a list and how many organisations it has; what they were made from is forgotten."""
    intake = read_lists([Source(path.name, path.read_bytes())], settings=SETTINGS, crs=None)
    return candidates_of(intake), len(intake.orgs)
