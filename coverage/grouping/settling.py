"""A part's plan: of those that cost the same the one that an earlier plan made, and what is proved of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE
from coverage.grouping.drafting import draft_plan, least_cost
from coverage.grouping.exact import CLOSED, MOST_EXACT, Plan
from coverage.grouping.model import host_loads, join, restrict

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.grouping.model import Columns
    from coverage.grouping.parts import Former, Located

    Solver = Callable[[Located], Plan]


class Settled(NamedTuple):
    """A plan, and the one that is known to be best without any earlier plan; mostly the same."""

    plan: Plan
    proof: Plan


def settle(located: Located, solve: Solver) -> Settled:
    """Return the plan of a part.

    An earlier plan decides between equals only (`Located.former`): where it is as good as the best there is, nothing
    is to be searched but the best. Very large parts have no proof in most cases, and are searched once.
    """
    plan, former = None, located.former
    if former is None or len(located.orgs) > MOST_EXACT:
        plan = _solved(located, solve)
        if former is None or not plan.is_proved:
            return Settled(plan, plan)
    free = _solved(located._replace(part=former.part), solve)
    before = _as_before(former)
    if before is not None and (cost := float(before.cost.sum())) <= free.cost + CLOSED:
        return Settled(free._replace(columns=before, cost=cost), free)
    plan = plan or _solved(located, solve)
    return Settled(plan if plan.cost <= free.cost else free, free)


def _solved(located: Located, solve: Solver) -> Plan:
    """Return the plan of a part; its bound is no lower than what each costs at least, also far from hosts with room."""
    plan = solve(located)
    if not np.isfinite(located.part.guest_dropped).any():
        return plan
    return plan._replace(bound=min(max(plan.bound, least_cost(located.part)), plan.cost))


def _as_before(former: Former) -> Columns | None:
    """Return a plan with all that is left of an earlier one; None where rules or planners may forbid it."""
    part, columns = former
    count, size = host_loads(part, columns)
    if part.pairs.is_any or (count > part.host_places).any() or (size > part.host_room).any():
        return None
    rest = np.setdiff1d(np.arange(len(part.n)), columns.members)
    if not rest.size:
        return columns
    grown = draft_plan(restrict(part, rest, columns))
    return join([columns, grown._replace(members=np.append(rest, NONE)[grown.members])])
