"""What one more instructor is worth to a block: how many organisations more would be covered (GROUPING §1).

Never more than one. The best plan with one slot more gives an instructor to one organisation, and the others keep to
the slots there are: a plan of all that leaves the one out. So it covers at most one more than the best of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools
from coverage.grouping.keeping import kept_alone
from coverage.grouping.model import OWN_MIN, Kind
from coverage.grouping.parts import can_have_instructor
from coverage.grouping.standing import may_join

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coverage.grouping.arrays import Trips
    from coverage.grouping.exact import Plan
    from coverage.grouping.parts import Located
    from coverage.grouping.standing import Standing

# Larger parts are not solved again: there only an exchange that was found counts.
_MOST_SOLVED_AGAIN: Final = 60


class Worth(NamedTuple):
    """What further slots would bring; proved by a plan that covers so many more."""

    gain: int  # organisations more with one slot more: 0 or 1
    most: int  # so many slots more cover one organisation more each


def worth_of_slots(
    standing: Standing, trips: Trips, solved: Sequence[tuple[Located, Plan]], *, solve: Callable[[Located], Plan]
) -> Worth:
    """Return what further instructor slots are worth; nothing while people keep more instructors than there are slots.

    Parameters
    ----------
    trips
        All trips within the limits between organisations to group that rules and planners allow.
    solved
        The independent parts of the block with their plans, as from `solve`.
    """
    if len(kept_alone(standing.block, is_taught=True)) > standing.block.slots:
        return Worth(0, 0)
    teachable = can_have_instructor(standing.block, standing.settings)
    alone = int(teachable[standing.left].sum())
    if alone or not len(standing.left) or not teachable.any():
        return Worth(min(alone, 1), alone)
    gain = _can_change_places(standing, trips, teachable) or any(_covers_more(each, solve) for each in solved)
    return Worth(int(gain), int(gain))


def _can_change_places(standing: Standing, trips: Trips, teachable: Bools) -> bool:
    """Say whether somebody left can take the place of a member of two, that would build its own unit instead."""
    small, count = standing.block.small, len(standing.lead)
    is_left = np.zeros(count, dtype=bool)
    is_left[standing.left] = True
    leaves = (
        teachable & (small.n == 2) & (standing.lead != NONE) & (standing.lead != np.arange(count)) & ~standing.is_kept
    )
    largest = np.full(count, NONE, dtype=np.int64)
    np.maximum.at(largest, standing.lead[leaves], small.size[leaves])
    comes = trips.take(is_left[trips.traveller] & (largest[trips.lead] != NONE))
    comes = comes.take(may_join(standing, comes.traveller, comes.lead))
    members = standing.members[comes.lead] - 2 + small.n[comes.traveller]
    size = standing.size[comes.lead] - largest[comes.lead] + small.size[comes.traveller]
    return bool(((members >= OWN_MIN) & (size <= standing.settings.branch_max_members)).any())


def _covers_more(each: tuple[Located, Plan], solve: Callable[[Located], Plan]) -> bool:
    """Say whether the plan of a small part leaves fewer out with one slot more."""
    located, plan = each
    part, left = located.part, _left(plan)
    if not left or len(part.n) > _MOST_SOLVED_AGAIN or not np.isfinite(part.instructor_cost).any():
        return False
    return _left(solve(located._replace(part=part._replace(slots=part.slots + 1)))) < left


def _left(plan: Plan) -> int:
    return int((plan.columns.kind == Kind.LEFT).sum())
