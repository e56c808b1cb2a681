"""The nearest place that somebody may go to, however far the limits reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from coverage.grouping.arrays import NONE, Bools, Floats, Ints
from geo.distance import chord_m, surface_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.grouping.arrays import Sites

# Nearest goals looked at, more and more where rules forbid the first; nobody looks past the last number.
_LOOKS: Final = (4, 32, 256)


class Nearest(NamedTuple):
    """For each start the metres to its goal and the goal's position; infinite and NONE where there is none."""

    metres: Floats
    place: Ints


def find_nearest(
    start: Sites, goals: Sites, *, allowed: Callable[[Ints, Ints, Floats], Bools], most_m: float
) -> Nearest:
    """Return the nearest goal within `most_m` metres that each start may go to.

    Parameters
    ----------
    allowed
        Says pair by pair who may go, of positions in `start` and in `goals` and the metres between them.
    """
    found = Nearest(np.full(len(start.row), np.inf), np.full(len(start.row), NONE, dtype=np.int64))
    there, waiting = np.flatnonzero(goals.is_precise), np.flatnonzero(start.is_precise)
    if not len(there):
        return found
    tree, bound_m = cKDTree(goals.xyz[there]), float(chord_m(np.array([most_m]))[0])
    for looks in _LOOKS:
        if not len(waiting):
            break
        ranks = np.arange(1, min(looks, len(there)) + 1)
        chord, near = tree.query(start.xyz[waiting], k=ranks, distance_upper_bound=np.nextafter(bound_m, np.inf))
        chord = np.asarray(chord)
        place = np.append(there, NONE)[near]
        metres = np.where(place == NONE, np.inf, surface_m(chord))
        row, rank = np.nonzero(place != NONE)
        may = np.zeros(place.shape, dtype=bool)
        may[row, rank] = allowed(waiting[row], place[row, rank], metres[row, rank])
        has, first = may.any(axis=1), may.argmax(axis=1)
        some = np.flatnonzero(has)
        found.metres[waiting[some]], found.place[waiting[some]] = metres[some, first[some]], place[some, first[some]]
        waiting = waiting[~has & (place[:, -1] != NONE) & (len(ranks) < len(there))]
    return found
