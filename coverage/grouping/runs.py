"""All blocks of a list, solved here or wherever an execution has them solved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.execution.running import Outcome, Task, run_tasks
from coverage.grouping.blocks import split_blocks
from coverage.grouping.care import Care
from coverage.grouping.tasks import Pools, draft_packed, pack_block, solve_packed, unpack_solved
from coverage.grouping.wishes import NO_WISHES
from coverage.tables import MissingBlocks

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.grouping.arrays import Block, Ints, Sites
    from coverage.grouping.communities import Community
    from coverage.grouping.solving import BlockPlan
    from coverage.grouping.wishes import Wishes
    from coverage.settings import PlanSettings


_CANCELLED: Final = "cancelled"


class SolvedBlock(NamedTuple):
    """All that is proposed for a block; rows are those of the candidates."""

    block: Block
    plan: BlockPlan
    communities: list[Community]
    in_area: Ints
    in_industry: Ints


class SolvedBlocks(NamedTuple):
    """The blocks of a list in order of county, then superior, and those without a result."""

    solved: list[SolvedBlock]
    missing: pd.DataFrame  # MissingBlocks: without a result, or with a draft where the run was stopped
    unsolved: Ints  # rows of the candidates in blocks without a result


def solve_blocks(
    candidates: pd.DataFrame,
    sites: Sites,
    *,
    settings: PlanSettings,
    wishes: Wishes = NO_WISHES,
    execution: Execution | None,
) -> SolvedBlocks:
    """Return the plans of all blocks; without an `execution` here, and a fault in one of them is an error."""
    blocks = {_key(block): block for block in split_blocks(candidates, sites, settings, wishes=wishes)}
    care = Care.POLISHED if wishes.is_polished else Care.USUAL
    tasks = _tasks(blocks, candidates, settings, care=care)
    outcome = run_tasks(solve_packed, tasks, execution) if execution else _solve_here(tasks)
    results = {**outcome.results, **_drafts(tasks, outcome)}
    without = [block for key, block in blocks.items() if key not in results]
    return SolvedBlocks(
        [
            SolvedBlock(block, *unpack_solved(results[key], _rows(block)))
            for key, block in blocks.items()
            if key in results
        ],
        _missing([block for key, block in blocks.items() if key in outcome.missing], outcome),
        np.concatenate([np.zeros(0, dtype=np.int64), *(_rows(block) for block in without)]),
    )


def _drafts(tasks: list[Task], outcome: Outcome) -> dict[str, bytes]:
    """Return a legal plan at once of each block that a stopped run did not come to; one that failed may fail again."""
    cancelled = {key for key, cause in outcome.missing.items() if cause == _CANCELLED}
    return {task.key: draft_packed(task.load()) for task in tasks if task.key in cancelled}


def _missing(without: list[Block], outcome: Outcome) -> pd.DataFrame:
    rows = [(block.adcode, block.superior, outcome.missing[_key(block)]) for block in without]
    return MissingBlocks.validate(pd.DataFrame(rows, columns=["adcode", "superior", "cause"], dtype="str"))


def _solve_here(tasks: list[Task]) -> Outcome:
    return Outcome({task.key: solve_packed(task.load()) for task in tasks}, {})


def _key(block: Block) -> str:
    return f"{block.adcode}/{block.superior}"


def _rows(block: Block) -> Ints:
    return np.concatenate([block.small.row, block.hosts.row])


def _tasks(blocks: dict[str, Block], candidates: pd.DataFrame, settings: PlanSettings, *, care: Care) -> list[Task]:
    """Return a task for each block; the time it takes grows about with the square of its organisations."""
    pools = [candidates[name].to_numpy(dtype=object) for name in Pools._fields]

    def load(block: Block) -> bytes:
        return pack_block(block, Pools(*(names[block.small.row].tolist() for names in pools)), settings, care=care)

    return [Task(key, float(len(block.small.row)) ** 2, partial(load, block)) for key, block in blocks.items()]
