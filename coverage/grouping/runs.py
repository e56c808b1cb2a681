"""All blocks of a list, solved here or wherever an execution has them solved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.execution.running import Outcome, Task, run_tasks
from coverage.grouping.blocks import split_blocks
from coverage.grouping.care import Care
from coverage.grouping.tasks import Pools, draft_block, pack_block, solve_packed, unpack_solved
from coverage.grouping.wishes import NO_WISHES
from coverage.tables import MissingBlocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    kept_out: Ints


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
    names = [candidates[name].to_numpy(dtype=object) for name in Pools._fields]
    care = Care.POLISHED if wishes.is_polished else Care.USUAL
    tasks = _tasks(blocks, names, settings, care=care)
    outcome = run_tasks(solve_packed, tasks, execution) if execution else _solve_here(tasks)
    results = {key: unpack_solved(content, _rows(blocks[key])) for key, content in outcome.results.items()}
    results |= {
        key: draft_block(blocks[key], _pools(blocks[key], names), settings, rows=_rows(blocks[key]))
        for key, cause in outcome.missing.items()
        if cause == _CANCELLED  # a block that failed may fail again
    }
    without = [block for key, block in blocks.items() if key not in results]
    return SolvedBlocks(
        [SolvedBlock(block, *results[key]) for key, block in blocks.items() if key in results],
        _missing([block for key, block in blocks.items() if key in outcome.missing], outcome),
        np.concatenate([np.zeros(0, dtype=np.int64), *(_rows(block) for block in without)]),
    )


def _missing(without: list[Block], outcome: Outcome) -> pd.DataFrame:
    rows = [(block.adcode, block.superior, outcome.missing[_key(block)]) for block in without]
    return MissingBlocks.validate(pd.DataFrame(rows, columns=["adcode", "superior", "cause"], dtype="str"))


def _solve_here(tasks: list[Task]) -> Outcome:
    return Outcome({task.key: solve_packed(task.load()) for task in tasks}, {})


def _key(block: Block) -> str:
    return f"{block.adcode}/{block.superior}"


def _rows(block: Block) -> Ints:
    return np.concatenate([block.small.row, block.hosts.row])


def _pools(block: Block, names: list[NDArray[np.object_]]) -> Pools:
    return Pools(*(of_all[block.small.row].tolist() for of_all in names))


def _tasks(
    blocks: dict[str, Block], names: list[NDArray[np.object_]], settings: PlanSettings, *, care: Care
) -> list[Task]:
    """Return a task for each block; the time it takes grows about with the square of its organisations."""

    def load(block: Block) -> bytes:
        return pack_block(block, _pools(block, names), settings, care=care)

    return [Task(key, float(len(block.small.row)) ** 2, partial(load, block)) for key, block in blocks.items()]
