"""How much work a plan is worth."""

from __future__ import annotations

from enum import IntEnum


class Care(IntEnum):
    """From a legal plan at once to one that every part is searched for as long as it pays (GROUPING §6.6)."""

    DRAFT = 0
    USUAL = 1
    POLISHED = 2
