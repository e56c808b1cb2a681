"""How good a plan is, in words: proved to be the best, or how far from it at most (GROUPING §4)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from coverage.grouping.model import COST_LEFT
from words import t

if TYPE_CHECKING:
    import pandas as pd

# Another plan may cover one organisation more for a gap of less than its penalty, if others pay for it with a host, an
# instructor or longer trips. From here on a gap is told in organisations, not in travel: of that it says nothing.
_TELLING: Final = COST_LEFT / 2
# Shares are shown with one decimal; what would round to nothing is shown as this.
_LEAST_SHARE: Final = 0.001


def quality_text(blocks: pd.DataFrame) -> str:
    """Return covered organisations, quality and the worth of one more instructor of some rows of `Blocks`; "" for none.

    The gap is a share of the travel alone: penalties of the unavoidably uncovered would swamp it. A block whose gap may
    hide an organisation makes it the number of those whose penalties are as much.
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
    gaps, travel = (blocks["cost"] - blocks["bound"]).clip(lower=0), float(blocks["travel"].sum())
    if blocks["is_proved"].all():
        return t("quality.proved_kept" if blocks["is_following"].any() else "quality.proved")
    gap = float(gaps.sum())
    if gap > travel or gaps.max() >= _TELLING:
        return t("quality.more", count=math.ceil(gap / COST_LEFT), proved=_proved(blocks))
    return t("quality.within", share=max(gap / travel, _LEAST_SHARE), proved=_proved(blocks))


def _proved(blocks: pd.DataFrame) -> str:
    """Return of how many blocks the plan is proved, and which plans it is compared with unless that is all."""
    kept = t("quality.kept") if blocks["is_following"].any() else ""
    if len(blocks) == 1:
        return kept
    return kept + t("quality.blocks", proved=int(blocks["is_proved"].sum()), blocks=len(blocks))
