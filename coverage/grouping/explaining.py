"""All that a block's plan can say for itself: ways out, second best, and what one more instructor is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Ints
from coverage.grouping.instructing import Worth, worth_of_slots
from coverage.grouping.relaxing import Ways, find_ways
from coverage.grouping.second import Seconds, find_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coverage.grouping.arrays import Trips
    from coverage.grouping.exact import Plan
    from coverage.grouping.parts import Located
    from coverage.grouping.standing import Standing


class Explained(NamedTuple):
    """Rows are those of the block."""

    ways: Ways
    seconds: Seconds
    worth: Worth

    def with_rows(self, rows: Ints) -> Explained:
        """Return the same of other rows: `rows` are those of the block's small, then its hosts."""
        ways, seconds = self.ways, self.seconds
        return self._replace(
            ways=ways._replace(row=rows[ways.row], org=_renamed(rows, ways.org)),
            seconds=seconds._replace(row=rows[seconds.row], org=_renamed(rows, seconds.org)),
        )


def _renamed(rows: Ints, org: Ints) -> Ints:
    return np.append(rows, NONE)[org]


def explain(
    standing: Standing,
    trips: Trips,
    guests: Trips,
    *,
    solved: Sequence[tuple[Located, Plan]],
    solve: Callable[[Located], Plan],
) -> Explained:
    """Return what can be said of a block's plan.

    Parameters
    ----------
    trips, guests
        All trips within the limits, to leads and to hosts, that rules and planners allow.
    solved
        The independent parts of the block with their plans, as from `solve`.
    """
    return Explained(
        find_ways(standing, trips),
        find_seconds(standing, trips, guests),
        worth_of_slots(standing, trips, solved, solve=solve),
    )
