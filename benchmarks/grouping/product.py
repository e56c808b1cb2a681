"""The product on one county, timed, its plan as the referee reads it."""

from __future__ import annotations

import hashlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.grouping.referee import COLUMNS, Verdict, judge, read_facts
from benchmarks.stopwatch import Stopwatch
from coverage.execution import Execution, in_pool
from coverage.grouping import Wishes, propose_groups

if TYPE_CHECKING:
    import pandas as pd

    from benchmarks.grouping.instances import County
    from coverage.settings import PlanSettings


class Result(NamedTuple):
    """What was proposed for a county, what the referee says of it, and the work it took."""

    verdict: Verdict
    bound: float  # as the plan says
    is_proved: bool
    told: float  # the cost that the plan says
    work_s: float
    peak_mib: float


def plan_county(county: County, settings: PlanSettings, *, is_polished: bool = False) -> Result:
    """Return the product's plan of a county, judged."""
    watch = Stopwatch()
    watch.begin(county.name)
    grouping = propose_groups(county.candidates, settings, wishes=Wishes(is_polished=is_polished))
    watch.begin("")
    blocks = grouping.blocks
    return Result(
        judge(as_proposal(grouping.groups), read_facts(county.candidates, settings)),
        bound=float(blocks["bound"].sum()),
        is_proved=bool(blocks["is_proved"].all()),
        told=float(blocks["cost"].sum()),
        work_s=watch.laps[0].cpu_s,
        peak_mib=watch.laps[0].peak_mib,
    )


def plan_apart(county: County, settings: PlanSettings) -> Result:
    """Return the same by a new process, so that the peak is that of this county alone."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(plan_county, county, settings).result()


def digest(candidates: pd.DataFrame, settings: PlanSettings, *, workers: int = 0) -> str:
    """Return the SHA-256 of all groups; without workers they are made here."""
    execution = Execution(partial(in_pool, workers=workers)) if workers else None
    groups = propose_groups(candidates, settings, execution=execution).groups
    return hashlib.sha256(groups.to_csv(index=False).encode()).hexdigest()


def as_proposal(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the joint units and guests of a `Groups` table; regional and industry-wide units are not judged."""
    stars = groups[groups["form"].isin(["joint", "attached"])]
    return stars.rename(columns={"group_id": "unit"})[COLUMNS]
