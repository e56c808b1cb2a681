"""The plan of one block as a task: bytes in, bytes out, whatever process runs it and wherever the block stood."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.execution.packing import pack, unpack
from coverage.grouping.arrays import NONE, Block, Ints, Kept, Ruled, Sites
from coverage.grouping.care import Care
from coverage.grouping.chances import Chances
from coverage.grouping.communities import (
    Community,
    fewest_in_pool,
    pool_chances,
    propose_communities,
)
from coverage.grouping.explaining import Explained
from coverage.grouping.instructing import Worth
from coverage.grouping.keeping import kept_communities
from coverage.grouping.relaxing import Ways
from coverage.grouping.rulings import is_ruled, no_rulings, ruled_ones
from coverage.grouping.second import Seconds
from coverage.grouping.solving import BlockPlan, Seats, solve_block
from coverage.settings import PlanSettings
from coverage.vocabulary import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

# Settings that no block looks at: another day must not make what is kept of a run useless.
_NOBODY: Final = np.zeros(0, dtype=np.int64)
_ANY_DAY: Final = {"as_of": date(2000, 1, 1), "period_start": None, "period_end": None}


class Pools(NamedTuple):
    """By what the organisations to group may form 统建 units; in the order of `Block.small`."""

    site: list[str]
    township: list[str]
    class14: list[str]


class Solved(NamedTuple):
    """All that is proposed for a block; rows count its organisations to group, then its hosts."""

    plan: BlockPlan
    communities: list[Community]
    in_area: Ints
    in_industry: Ints
    kept_out: Ints  # of 统建 units, by what planners fixed


class _Task(NamedTuple):
    block: Block
    pools: Pools
    settings: str
    care: int  # Care


_KINDS: Final[Mapping[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(Block, BlockPlan, Chances, Community, Explained, Kept, Pools, Ruled, Seats, Seconds),
        *(Sites, Solved, Ways, Worth, _Task),
    )
}  # fmt: skip


def pack_block(block: Block, pools: Pools, settings: PlanSettings, *, care: Care = Care.USUAL) -> bytes:
    """Return what `solve_packed` takes; equal for the same block in any list."""
    text = settings.model_copy(update=_ANY_DAY).model_dump_json()
    return pack(_Task(_by_itself(block), pools, text, int(care)), _KINDS)


def unpack_block(content: bytes) -> tuple[Block, Pools, PlanSettings]:
    """Return what `pack_block` packed."""
    task: _Task = unpack(content, _KINDS)
    return task.block, task.pools, _read_settings(task.settings)


@lru_cache(maxsize=4)
def _read_settings(text: str) -> PlanSettings:
    return PlanSettings.model_validate_json(text)


def solve_packed(content: bytes) -> bytes:
    """Return `Solved`, packed: joint units, hosts and instructors first, then 统建 for what is left."""
    task: _Task = unpack(content, _KINDS)
    return pack(_solve(task.block, task.pools, _read_settings(task.settings), care=Care(task.care)), _KINDS)


def draft_block(block: Block, pools: Pools, settings: PlanSettings, *, rows: Ints) -> Solved:
    """Return a legal plan of a block at once, in this process; `rows` as for `unpack_solved`."""
    return _renamed(_solve(_by_itself(block), pools, settings, care=Care.DRAFT), rows)


def _solve(block: Block, pools: Pools, settings: PlanSettings, *, care: Care) -> Solved:
    plan = solve_block(block, settings, care=care)
    communities = find_communities(block, pools, plan, settings)
    is_large = len(block.small.row) >= fewest_in_pool(settings)
    chances = pool_chances(_names(pools), block.small, settings) if is_large else (_NOBODY, _NOBODY)
    return Solved(plan, communities, *chances, _kept_out(block, pools, plan, settings))


def find_communities(  # noqa: PLR0917 # a block, its plan, and what both hang on
    block: Block, pools: Pools, plan: BlockPlan, settings: PlanSettings
) -> list[Community]:
    """Return the 统建 units that stay, and those of what the plan leaves; rows as in the plan."""
    kept = [Community(*each) for each in kept_communities(block)]
    return kept + _proposed(block, pools, plan.left, settings)


def _proposed(block: Block, pools: Pools, left: Ints, settings: PlanSettings) -> list[Community]:  # noqa: PLR0917 # as above
    bound = block.small.row[block.ruled.remedy != NONE]  # to another remedy than a 统建
    free = np.setdiff1d(left, bound, assume_unique=True)
    if len(free) < fewest_in_pool(settings):
        return []
    return propose_communities(_names(pools).loc[free], block.small, settings, ruled=block.ruled)


def _kept_out(block: Block, pools: Pools, plan: BlockPlan, settings: PlanSettings) -> Ints:  # noqa: PLR0917 # as above
    """Return the rows of whoever would be in a 统建 unit, were nothing fixed about it."""
    if not is_ruled(block):
        return _NOBODY
    free = block._replace(ruled=no_rulings(len(block.small.row)))
    could, does = (
        np.concatenate([_NOBODY, *(unit.rows for unit in _proposed(each, pools, plan.left, settings))])
        for each in (free, block)
    )
    return np.intersect1d(np.setdiff1d(could, does), block.small.row[ruled_ones(block)])


def unpack_solved(content: bytes, rows: Ints) -> Solved:
    """Return `Solved` with the rows of the candidates: `rows` are those of the block's small, then its hosts."""
    return _renamed(unpack(content, _KINDS), rows)


def _renamed(solved: Solved, rows: Ints) -> Solved:
    plan, seats = solved.plan, solved.plan.seats
    return Solved(
        plan=plan._replace(
            seats=seats._replace(row=rows[seats.row], lead=rows[seats.lead]),
            taught=rows[plan.taught],
            left=rows[plan.left],
            chances=plan.chances._replace(row=rows[plan.chances.row]),
            explained=plan.explained.with_rows(rows),
        ),
        communities=[Community(Form(each.form), rows[each.rows]) for each in solved.communities],
        in_area=rows[solved.in_area],
        in_industry=rows[solved.in_industry],
        kept_out=rows[solved.kept_out],
    )


def _names(pools: Pools) -> pd.DataFrame:
    return pd.DataFrame(pools._asdict(), dtype="str")


def _by_itself(block: Block) -> Block:
    """Return the block with rows and names numbered within it."""
    small, hosts = block.small, block.hosts
    count = len(small.row)
    row = np.arange(count + len(hosts.row))
    supervisor = _renumber(small.supervisor, hosts.supervisor)
    superior = _renumber(small.superior, hosts.superior)
    township = _renumber(small.township, hosts.township)
    here, there = (
        {"row": row[part], "supervisor": supervisor[part], "superior": superior[part], "township": township[part]}
        for part in (slice(count), slice(count, None))
    )
    return block._replace(small=Sites(**small._asdict() | here), hosts=Sites(**hosts._asdict() | there))


def _renumber(small: Ints, hosts: Ints) -> Ints:
    """Return numbers that stand for names, and are only compared, from 0 in the same order; NONE stays."""
    numbers = np.concatenate([small, hosts])
    return np.where(numbers == NONE, NONE, np.unique(numbers, return_inverse=True)[1])
