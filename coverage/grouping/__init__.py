"""Which organisations should form a unit together (业务相近、地域相邻、便于活动): GROUPING.md, RULEBOOK §4.3, §5."""

from __future__ import annotations

from coverage.grouping.candidates import find_candidates, settle_slots
from coverage.grouping.proposing import Grouping, propose_groups
from coverage.grouping.wishes import NO_WISHES, Wishes

__all__ = ["NO_WISHES", "Grouping", "Wishes", "find_candidates", "propose_groups", "settle_slots"]
