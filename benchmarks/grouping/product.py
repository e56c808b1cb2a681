"""The product on one county, timed, its plan as the referee reads it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.grouping.referee import COLUMNS, Verdict, judge, read_facts
from coverage.grouping import propose_groups

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
    clock_s: float


def plan_county(county: County, settings: PlanSettings) -> Result:
    """Return the product's plan of a county, judged."""
    began, worked = time.perf_counter(), time.process_time()
    grouping = propose_groups(county.candidates, settings)
    work_s, clock_s = time.process_time() - worked, time.perf_counter() - began
    blocks = grouping.blocks
    return Result(
        judge(as_proposal(grouping.groups), read_facts(county.candidates, settings)),
        bound=float(blocks["bound"].sum()),
        is_proved=bool(blocks["is_proved"].all()),
        told=float(blocks["cost"].sum()),
        work_s=work_s,
        clock_s=clock_s,
    )


def as_proposal(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the joint units and guests of a `Groups` table; regional and industry-wide units are not judged."""
    stars = groups[groups["form"].isin(["joint", "attached"])]
    return stars.rename(columns={"group_id": "unit"})[COLUMNS]
