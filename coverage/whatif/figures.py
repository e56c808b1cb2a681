"""What other limits, unit sizes and instructors would come to (GROUPING §1): covered and cost, case by case."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.execution.packing import pack, unpack
from coverage.grouping.solving import solve_block
from coverage.grouping.tasks import unpack_block
from coverage.grouping.wishes import NO_WISHES
from coverage.whatif.cases import case_now, limit_cases, most_units_cases, roads_of, slots_cases
from coverage.whatif.running import missing_trials, pack_case, read_blocks, try_cases
from coverage.whatif.tables import Figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coverage.execution.running import Execution
    from coverage.grouping.arrays import Block
    from coverage.grouping.solving import BlockPlan
    from coverage.grouping.wishes import Wishes
    from coverage.settings import PlanSettings
    from coverage.whatif.cases import Case
    from coverage.whatif.running import Tried


class Ranges(NamedTuple):
    """What is tried: times every travel limit, organisations of a joint unit, instructors of each block."""

    limits: Sequence[float] = (0.5, 0.75, 1, 1.25, 1.5, 2)
    most_units: Sequence[int] = (3, 4, 5, 6, 7)
    slots: Sequence[int] = (0, 1, 2, 3, 5)


class WhatIf(NamedTuple):
    """The table `Figures`, and `MissingTrials`: a county with one of these in a case has no figures of that case."""

    figures: pd.DataFrame
    missing: pd.DataFrame


class _BlockFigures(NamedTuple):
    small: int
    covered: int
    joint: int
    attached: int
    instructor: int
    uncovered: int
    units: int
    cost: float
    travel: float
    bound: float
    is_proved: bool


RANGES: Final = Ranges()
_KINDS: Final[Mapping[str, type[Any]]] = {_BlockFigures.__name__: _BlockFigures}


def what_if(  # noqa: PLR0913 # what is tried, on what, and who works on it
    candidates: pd.DataFrame,
    settings: PlanSettings,
    *,
    ranges: Ranges = RANGES,
    radius_m: pd.Series | None = None,
    wishes: Wishes = NO_WISHES,
    execution: Execution | None = None,
) -> WhatIf:
    """Return what each value of each parameter comes to, all others as they are; first of all as it is.

    Parameters
    ----------
    candidates
        The table `Candidates`, in any order.
    radius_m
        How far the points of organisations may be off, index org_id; without it a road stays within each limit.
    execution
        Who works on the cases, and who may stop it. Unless given, this process.
    """
    candidates = candidates.sort_values("org_id", ignore_index=True)
    cases = [
        case_now(settings),
        *limit_cases(settings, ranges.limits, roads=roads_of(candidates, radius_m)),
        *most_units_cases(settings, ranges.most_units),
        *slots_cases(settings, ranges.slots),
    ]
    read = read_blocks(candidates, settings, wishes)
    tried = try_cases(count_packed, cases, read.blocks, pack=partial(pack_case, read), execution=execution)
    return WhatIf(_figures(tried, cases, read.blocks), missing_trials(tried, read.blocks))


def count_packed(content: bytes) -> bytes:
    """Return the figures of one block's plan, packed; takes what `pack_block` makes."""
    block, _, settings = unpack_block(content)
    return pack(_count(block, solve_block(block, settings)), _KINDS)


def _count(block: Block, plan: BlockPlan) -> _BlockFigures:
    seats = plan.seats
    joint = int((~seats.is_attached).sum())
    attached = int((seats.is_attached & (seats.row != seats.lead)).sum())
    covered = joint + attached + len(plan.taught)
    return _BlockFigures(
        small=len(block.small.row),
        covered=covered,
        joint=joint,
        attached=attached,
        instructor=len(plan.taught),
        uncovered=len(block.small.row) - covered,
        units=len(np.unique(seats.unit)),
        cost=plan.cost,
        travel=float(seats.cost.sum()),
        bound=plan.bound,
        is_proved=plan.is_proved,
    )


def _figures(tried: Tried, cases: Sequence[Case], blocks: Sequence[Block]) -> pd.DataFrame:
    """Return the table `Figures`: case after case, in each all counties together, then one by one."""
    rows = [
        {"case": case, "adcode": blocks[number].adcode} | unpack(result, _KINDS)._asdict()
        for (case, number), result in tried.results.items()
    ]
    table = pd.DataFrame(rows, columns=["case", "adcode", *_BlockFigures._fields])
    gaps = pd.DataFrame([(case, blocks[number].adcode) for case, number in tried.missing], columns=["case", "adcode"])
    counties = _sums(table, ["case", "adcode"])
    gapless = counties.merge(gaps.drop_duplicates(), on=["case", "adcode"], how="left", indicator=True)
    counties = counties[(gapless["_merge"] == "left_only").to_numpy()]
    total = _sums(table[~table["case"].isin(gaps["case"])], ["case"]).assign(adcode="")
    both = pd.concat([counties, total], ignore_index=True).sort_values(["case", "adcode"], ignore_index=True)
    return Figures.validate(_named(both, cases)[list(Figures.to_schema().columns)])


def _sums(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    how = {name: "all" if name == "is_proved" else "sum" for name in _BlockFigures._fields}
    return table.groupby(keys, sort=True, as_index=False).agg(how)


def _named(rows: pd.DataFrame, cases: Sequence[Case]) -> pd.DataFrame:
    """Return the rows with parameter and value for the number of the case."""
    parameter = np.array([str(case.parameter) for case in cases], dtype=object)
    value = np.array([case.value for case in cases], dtype=float)
    number = rows["case"].to_numpy(dtype=np.int64)
    return rows.assign(parameter=parameter[number], value=value[number]).astype({"parameter": "str"})
