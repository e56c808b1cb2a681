"""Cases tried on blocks: alike ones once, wherever an execution has them worked on."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.execution.running import Outcome, Task, run_tasks
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.tasks import Pools, pack_block
from coverage.whatif.tables import MissingTrials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from coverage.execution.running import Cause, Execution, Function
    from coverage.grouping.arrays import Block
    from coverage.grouping.wishes import Wishes
    from coverage.settings import PlanSettings
    from coverage.whatif.cases import Case

#: Number of a case, number of a block.
Place = tuple[int, int]


class Blocks(NamedTuple):
    """The blocks of some candidates, and by what their organisations may form 统建 units."""

    blocks: list[Block]
    pools: list[Pools]


class Tried(NamedTuple):
    """The result of each case on each block, and the pairs without one."""

    results: Mapping[Place, bytes]
    missing: Mapping[Place, Cause]


def read_blocks(candidates: pd.DataFrame, settings: PlanSettings, wishes: Wishes) -> Blocks:
    """Return the blocks as they are."""
    blocks = list(split_blocks(candidates, read_sites(candidates), settings, wishes=wishes))
    names = [candidates[name].to_numpy(dtype=object) for name in Pools._fields]
    return Blocks(blocks, [Pools(*(each[block.small.row].tolist() for each in names)) for block in blocks])


def pack_case(read: Blocks, case: Case, number: int) -> bytes:
    """Return a block as a case would have it, as `tasks.unpack_block` takes it."""
    return pack_block(case.change(read.blocks[number]), read.pools[number], case.settings)


def try_cases(
    function: Function,
    cases: Sequence[Case],
    blocks: Sequence[Block],
    *,
    pack: Callable[[Case, int], bytes],
    execution: Execution | None,
) -> Tried:
    """Return what a function makes of each case on each block; what is equal is worked on once.

    Parameters
    ----------
    pack
        Makes the function's content of a case and the number of a block.
    execution
        Who works on it. Unless given, this process, and a fault is an error.
    """
    keys: dict[Place, str] = {}
    tasks: dict[str, Task] = {}
    for place, case in enumerate(cases):
        for number, block in enumerate(blocks):
            key = f"{block.adcode}/{block.superior}/{hashlib.sha256(pack(case, number)).hexdigest()}"
            keys[place, number] = key
            tasks.setdefault(key, Task(key, float(len(block.small.row)) ** 2, partial(pack, case, number)))
    outcome = run_tasks(function, tasks.values(), execution) if execution else _work_here(function, tasks.values())
    return Tried(
        {place: outcome.results[key] for place, key in keys.items() if key in outcome.results},
        {place: outcome.missing[key] for place, key in keys.items() if key in outcome.missing},
    )


def missing_trials(tried: Tried, blocks: Sequence[Block]) -> pd.DataFrame:
    """Return the table `MissingTrials`."""
    rows = [(blocks[number].adcode, blocks[number].superior, cause) for (_, number), cause in tried.missing.items()]
    return MissingTrials.validate(pd.DataFrame(rows, columns=list(MissingTrials.to_schema().columns), dtype="str"))


def _work_here(function: Function, tasks: Iterable[Task]) -> Outcome:
    return Outcome({task.key: function(task.load()) for task in tasks}, {})
