"""A plan that follows an earlier one: what it keeps, what it changes and why, and what keeping costs (GROUPING §7)."""

from __future__ import annotations

from coverage.stability.judging import (
    DEFAULT_STABILITY,
    Stability,
    carried_states,
    judge_changes,
    with_default,
)
from coverage.stability.price import Price
from coverage.stability.reading import Earlier, read_earlier
from coverage.stability.tables import EarlierUnits, UnitChange, UnitChanges, Why

__all__ = [
    "DEFAULT_STABILITY",
    "Earlier",
    "EarlierUnits",
    "Price",
    "Stability",
    "UnitChange",
    "UnitChanges",
    "Why",
    "carried_states",
    "judge_changes",
    "read_earlier",
    "with_default",
]
