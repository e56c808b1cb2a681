"""The price of stability: what a plan costs more because it keeps to an earlier one (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.grouping.blocks import block_numbers, read_sites
from coverage.grouping.runs import solve_blocks
from coverage.grouping.wishes import Wishes

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.grouping.solving import BlockPlan
    from coverage.settings import PlanSettings


class Price(NamedTuple):
    """What the blocks with units of an earlier plan cost with and without regard to its drafts.

    `share` is the difference as a share of the travel of the whole plan.
    """

    cost: float
    cost_free: float
    covered: int
    covered_free: int
    share: float

    @property
    def price(self) -> float:
        """The cost of keeping to the earlier plan."""
        return self.cost - self.cost_free


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
        return Price(0.0, 0.0, 0, 0, 0.0)
    here = candidates[numbers.isin(with_drafts)].reset_index(drop=True)
    free = wishes._replace(earlier=Wishes().earlier)
    results = solve_blocks(here, read_sites(here), settings=settings, wishes=free, execution=execution)
    if not results.missing.empty:
        return None
    again = pd.DataFrame(
        [(each.block.adcode, each.block.superior, each.plan.cost, _covered(each.plan)) for each in results.solved],
        columns=["adcode", "superior", "cost_free", "covered_free"],
    )
    both = blocks.merge(again, on=["adcode", "superior"], how="inner", validate="1:1")
    cost, cost_free = float(both["cost"].sum()), float(both["cost_free"].sum())
    travel = float(blocks["travel"].sum())
    return Price(
        cost,
        cost_free,
        int(both["covered"].sum()),
        int(both["covered_free"].sum()),
        (cost - cost_free) / travel if travel else 0.0,
    )


def _covered(plan: BlockPlan) -> int:
    """Return how many organisations of a block are in a joint unit, at a host or with an instructor."""
    seats = plan.seats
    return int((~seats.is_attached | (seats.row != seats.lead)).sum()) + len(plan.taught)
