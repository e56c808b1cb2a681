"""How good a plan is, in words: proved to be the best, or how far from it at most (GROUPING §4)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from coverage.grouping.model import COST_LEFT
from coverage.vocabulary import Measure
from words import t

if TYPE_CHECKING:
    import pandas as pd

# Another plan may cover one organisation more for a gap of less than its penalty, if others pay for it with a host, an
# instructor or longer trips. From here on a gap is told in organisations, not in travel: of that it says nothing.
_TELLING: Final = COST_LEFT / 2
# What is left for those whom no unit of the model took in (GROUPING §5).
_LEFT_OUT: Final = (Measure.REGIONAL, Measure.INDUSTRY, Measure.PENDING)
# Shares are shown with one decimal; what would round to nothing is shown as this.
_LEAST_SHARE: Final = 0.001


def count_unplaced(measures: pd.DataFrame, places: pd.DataFrame) -> int:
    """Return how many organisations of `Measures` were left out of the units of a block and have no point to group by.

    Parameters
    ----------
    places
        The table `Places` of them, or of more organisations.
    """
    final = measures["provisional"].where(measures["measure"] == Measure.AFFILIATION, measures["measure"])
    is_left = final.isin(_LEFT_OUT) & (measures["adcode"] != "")
    unplaced = places.loc[~places["is_precise"], "org_id"]
    return int(measures.loc[is_left, "org_id"].isin(unplaced).sum())


def quality_text(blocks: pd.DataFrame, *, unplaced: int = 0) -> str:
    """Return covered organisations, quality and the worth of one more instructor of some rows of `Blocks`; "" for none.

    The gap is a share of the travel alone: penalties of the unavoidably uncovered would swamp it. A block whose gap may
    hide an organisation makes it the number of those whose penalties are as much.

    Parameters
    ----------
    unplaced
        How many of those left out have no point to group by: the best plan without them says little.
    """
    if blocks.empty:
        return ""
    covered = t("quality.covered", small=int(blocks["small"].sum()), covered=int(blocks["covered"].sum()))
    if unplaced:
        covered = t("quality.unplaced", covered=covered, count=unplaced)
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
