"""Units that people make by hand: are they allowed, what do they cost, and what becomes of the plan (GROUPING §7)."""

from __future__ import annotations

from coverage.handmade.bench import Bench
from coverage.handmade.judging import Judged, judge, judge_all
from coverage.handmade.pricing import Price, after_edit, price, standing_cost
from coverage.handmade.units import Edit, MadeUnit, Standing, standing_units

__all__ = [
    "Bench",
    "Edit",
    "Judged",
    "MadeUnit",
    "Price",
    "Standing",
    "after_edit",
    "judge",
    "judge_all",
    "price",
    "standing_cost",
    "standing_units",
]
