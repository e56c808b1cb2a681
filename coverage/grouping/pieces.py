"""Parts too large for a proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.grouping.exact import Plan, solve_exactly

if TYPE_CHECKING:
    from coverage.grouping.model import Columns, Part


def solve_in_pieces(part: Part, start: Columns) -> Plan:
    """Return a plan of a large part."""
    return solve_exactly(part, start)
