"""A legal plan of a part at once, and what no plan costs less than, as far as each organisation alone can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coverage.grouping.arrays import NONE
from coverage.grouping.exact import Plan
from coverage.grouping.greedy import greedy_plan
from coverage.grouping.model import COST_ATTACHED, COST_LEFT, Kind

if TYPE_CHECKING:
    from coverage.grouping.model import Part
    from coverage.grouping.parts import Located


def draft_part(located: Located) -> Plan:
    """Return the greedy plan; its bound is exact where nobody can reach anybody."""
    plan = greedy_plan(located.part)
    cost = float(plan.cost.sum())
    return Plan(plan, cost, min(cost, _least(located.part)))


def _least(part: Part) -> float:
    """Return the sum of what each organisation costs at least: nothing in a unit, a host's price, or left out."""
    can_join = np.zeros(len(part.n), dtype=bool)
    lead, place = np.nonzero(np.isfinite(part.near_cost))
    can_join[lead] = can_join[part.near[lead, place]] = True
    least = np.where(can_join, 0.0, COST_LEFT)
    np.minimum.at(least, part.guest, COST_ATTACHED + part.guest_cost)
    hosted = part.special.members[part.special.kind == Kind.ATTACHED]
    least[hosted[hosted != NONE]] = 0.0
    if part.slots:
        least = np.minimum(least, part.instructor_cost)
    return float(least.sum() + np.minimum(part.special.cost[part.special.kind == Kind.JOINT], 0.0).sum())
