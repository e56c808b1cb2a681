"""What a plan has to respect beside the rules: decided units, an earlier plan, what planners fixed (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.tables import KeptUnits, Rulings

if TYPE_CHECKING:
    import pandas as pd


class Wishes(NamedTuple):
    """Three tables, each blank unless given, that nobody writes into; and whether to search for longer."""

    kept: pd.DataFrame = KeptUnits.empty()  # locked or decided units: they never move
    earlier: pd.DataFrame = KeptUnits.empty()  # draft units: cheaper by `stability` for each organisation that stays
    rulings: pd.DataFrame = Rulings.empty()
    is_polished: bool = False  # GROUPING §6.6


NO_WISHES: Final = Wishes()
