"""How good a plan is, in words: proved to be the best, or how far from it at most (GROUPING §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from coverage.grouping.model import COST_ATTACHED, COST_LEFT
from words import t

if TYPE_CHECKING:
    import pandas as pd

# What covering one more organisation saves at least: its penalty, less a host and the trip there.
_ONE_MORE: Final = COST_LEFT - COST_ATTACHED - 1
# Shares are shown with one decimal; what would round to nothing is shown as this.
_LEAST_SHARE: Final = 0.001


def quality_text(blocks: pd.DataFrame) -> str:
    """Return covered organisations, quality and the worth of one more instructor of some rows of `Blocks`; "" for none.

    The gap is a share of the travel alone: penalties of the unavoidably uncovered would swamp it.
    """
    if blocks.empty:
        return ""
    covered = t("quality.covered", small=int(blocks["small"].sum()), covered=int(blocks["covered"].sum()))
    return t("quality.sentence", covered=covered, quality=_quality(blocks)) + _instructors(blocks)


def _instructors(blocks: pd.DataFrame) -> str:
    """Return what further instructor slots would cover."""
    most = int(blocks["instructor_most"].sum())
    return t("quality.instructors", gain=min(most, 1), most=most) if most else ""


def _quality(blocks: pd.DataFrame) -> str:
    gap, travel = float((blocks["cost"] - blocks["bound"]).clip(lower=0).sum()), float(blocks["travel"].sum())
    if blocks["is_proved"].all():
        return t("quality.proved")
    if gap >= _ONE_MORE or not travel:
        return t("quality.more", count=int(gap // _ONE_MORE), proved=_proved(blocks))
    return t("quality.within", share=max(gap / travel, _LEAST_SHARE), proved=_proved(blocks))


def _proved(blocks: pd.DataFrame) -> str:
    if len(blocks) == 1:
        return ""
    return t("quality.blocks", proved=int(blocks["is_proved"].sum()), blocks=len(blocks))
