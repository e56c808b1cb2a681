"""What is still known of the best plan of a block once its organisations are bound otherwise, or stand otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.grouping.model import COST_LEFT

if TYPE_CHECKING:
    from coverage.settings import PlanSettings

_KEY: Final = ["adcode", "superior"]
_EQUAL: Final = 1e-6


def loosen(blocks: pd.DataFrame, freed: pd.DataFrame, *, settings: PlanSettings) -> pd.DataFrame:
    """Return `Blocks` whose bounds hold although organisations are bound no more.

    Whoever was bound can be so again: at worst all in the unit that it leaves are left over, and a guest of its host.

    Parameters
    ----------
    freed
        adcode and superior of the block of each of them.
    """
    if freed.empty:
        return blocks
    count = freed.groupby(_KEY).size().reindex(pd.MultiIndex.from_frame(blocks[_KEY]), fill_value=0)
    relief = count.to_numpy() * COST_LEFT * (settings.joint_max_units + 1)
    bound = (blocks["bound"] - relief).clip(lower=0.0)
    is_proved = blocks["is_proved"] & (blocks["cost"] <= bound + _EQUAL)
    return blocks.assign(bound=bound, is_proved=is_proved)


def judge_bounds(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return `Blocks` with other costs: one that is below its bound refutes it, and nothing is known."""
    bound = blocks["bound"].where(blocks["cost"] >= blocks["bound"] - _EQUAL, 0.0)
    return blocks.assign(bound=bound, is_proved=blocks["cost"] <= bound + _EQUAL)
