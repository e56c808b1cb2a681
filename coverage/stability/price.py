"""The price of stability: what a plan costs more because it keeps to an earlier one (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from coverage.grouping.blocks import block_numbers, read_sites
from coverage.grouping.runs import solve_blocks
from coverage.grouping.wishes import Wishes

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.grouping.runs import SolvedBlock
    from coverage.settings import PlanSettings

_FIGURES: Final = ["cost", "covered", "attached", "travel"]


class Price(NamedTuple):
    """What a plan costs more because it keeps to the drafts of an earlier one; decided units stay in any case.

    `cost` is in the unit of GROUPING §1; the others say what it consists of: how many organisations are covered less,
    and how many more are only attached to a host; `travel_share` is the travel added, as a share of what it would be.
    """

    cost: float
    covered_less: int
    attached_more: int
    travel_share: float


def price_of_stability(
    candidates: pd.DataFrame,
    blocks: pd.DataFrame,
    settings: PlanSettings,
    *,
    wishes: Wishes,
    execution: Execution | None = None,
) -> Price | None:
    """Return the price, None where the second plan was not finished; decided units stay in both.

    Parameters
    ----------
    candidates
        The table `Candidates`, sorted by org_id.
    blocks
        The table `Blocks` of the plan that keeps to the earlier one.
    """
    numbers = pd.Series(block_numbers(candidates, settings), index=candidates.index)
    with_drafts = numbers[candidates["org_id"].isin(wishes.earlier["org_id"]) & (numbers >= 0)]
    if with_drafts.empty:
        return Price(0.0, 0, 0, 0.0)
    here = candidates[numbers.isin(with_drafts)].reset_index(drop=True)
    free = wishes._replace(earlier=Wishes().earlier)
    results = solve_blocks(here, read_sites(here), settings=settings, wishes=free, execution=execution)
    if not results.missing.empty:
        return None
    names = ["adcode", "superior"]
    free_blocks = pd.DataFrame([_figures(each) for each in results.solved], columns=[*names, *_FIGURES])
    more = (blocks.set_index(names)[_FIGURES] - free_blocks.set_index(names)[_FIGURES]).sum()  # NaN elsewhere
    travel = float(blocks["travel"].sum() - more["travel"])
    return Price(
        cost=float(more["cost"]),
        covered_less=-int(more["covered"]),
        attached_more=int(more["attached"]),
        travel_share=float(more["travel"]) / travel if travel else 0.0,
    )


def _figures(each: SolvedBlock) -> tuple[str, str, float, int, int, float]:
    """Return county, superior and `_FIGURES` of a block."""
    seats = each.plan.seats
    attached = int((seats.is_attached & (seats.row != seats.lead)).sum())
    covered = int((~seats.is_attached).sum()) + attached + len(each.plan.taught)
    return each.block.adcode, each.block.superior, each.plan.cost, covered, attached, float(seats.cost.sum())
