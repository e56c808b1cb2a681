"""Parts without a proof searched again: small ones thoroughly, large ones in sweeps of windows (GROUPING §6.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.grouping.exact import THOROUGH, solve_exactly
from coverage.grouping.pieces import sweep

if TYPE_CHECKING:
    from coverage.grouping.exact import Plan
    from coverage.grouping.model import Part
    from coverage.grouping.widening import Beyond


def polish(part: Part, plan: Plan, *, most_exact: int, beyond: Beyond | None = None) -> Plan:
    """Return a plan that costs no more, and the better bound of the two."""
    if plan.is_proved:
        return plan
    if len(part.n) <= most_exact:
        again = solve_exactly(part, plan.columns, effort=THOROUGH)
    else:
        again = sweep(part, plan, beyond=beyond)
    best = again if again.cost < plan.cost else plan
    bound = min(max(again.bound, plan.bound), best.cost)
    return best._replace(bound=bound, wider=again.wider, short=again.short)
