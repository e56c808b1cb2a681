"""A legal plan of a part at once, and what no plan costs less than, as far as each organisation alone can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coverage.grouping.arrays import NONE
from coverage.grouping.exact import Plan
from coverage.grouping.greedy import greedy_plan
from coverage.grouping.model import COST_ATTACHED, COST_LEFT, Kind, join, singles

if TYPE_CHECKING:
    from coverage.grouping.model import Columns, Part
    from coverage.grouping.parts import Located


def draft_part(located: Located) -> Plan:
    """Return the greedy plan with all instructors; its bound is exact where nobody can reach anybody."""
    plan = draft_plan(located.part)
    cost = float(plan.cost.sum())
    return Plan(plan, cost, min(cost, least_cost(located.part)))


def draft_plan(part: Part) -> Columns:
    """Return the greedy plan of a part with all instructors."""
    return _with_instructors(part, greedy_plan(part))


def _with_instructors(part: Part, plan: Columns) -> Columns:
    """Return a plan that gives the slots to those left, first where an instructor makes a unit cheapest."""
    left = np.sort(plan.members[plan.kind == Kind.LEFT, 0])
    left = left[np.argsort(part.instructor_cost[left], kind="stable")]
    taught = left[np.isfinite(part.instructor_cost[left])][: part.slots]
    stays = (plan.kind != Kind.LEFT) | ~np.isin(plan.members[:, 0], taught)
    units = singles(Kind.INSTRUCTOR, taught, part.instructor_cost[taught], width=part.most_units)
    return join([plan.take(stays), units])


def least_cost(part: Part) -> float:
    """Return the sum of what each organisation costs at least: nothing in a unit, a host's or an instructor's price."""
    can_join = np.zeros(len(part.n), dtype=bool)
    lead, place = np.nonzero(np.isfinite(part.near_cost))
    can_join[lead] = can_join[part.near[lead, place]] = True
    if np.isfinite(part.dropped).any():
        can_join[:] = True  # by a trip that was not kept
    least = np.where(can_join, 0.0, COST_LEFT)
    np.minimum.at(least, part.guest, COST_ATTACHED + part.guest_cost)
    least = np.minimum(least, COST_ATTACHED + part.guest_dropped)
    hosted = part.special.members[part.special.kind == Kind.ATTACHED]
    least[hosted[hosted != NONE]] = 0.0
    saved = np.sort(np.maximum(least - part.instructor_cost, 0.0))[::-1][: part.slots].sum()
    return float(least.sum() - saved + np.minimum(part.special.cost[part.special.kind == Kind.JOINT], 0.0).sum())
