"""Pairs that planners keep apart or together, and which units they allow.

A forced pair, or several that hang together, is a bundle: its organisations are in one unit, or in none at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from coverage.grouping.arrays import NONE, Bools, Ints


class Pairs(NamedTuple):
    """Positions in a part."""

    apart: Ints  # (p, 2)
    bundle: Ints  # of each organisation, NONE in none

    @property
    def is_any(self) -> bool:
        """Say whether there is a pair at all: nearly always there is none."""
        return bool(len(self.apart)) or bool((self.bundle != NONE).any())

    @property
    def bundles(self) -> list[list[int]]:
        """Return the organisations of each bundle, in order."""
        return [
            np.flatnonzero(self.bundle == number).tolist() for number in np.unique(self.bundle[self.bundle != NONE])
        ]

    def bundle_of(self, org: int) -> list[int]:
        """Return the organisations that are bound to one, with itself, in order."""
        return [org] if self.bundle[org] == NONE else np.flatnonzero(self.bundle == self.bundle[org]).tolist()

    def allow(self, members: Ints) -> Bools:
        """Say which rows of organisations (padded with NONE) keep to every pair."""
        allowed = np.ones(len(members), dtype=bool)
        for one, other in self.apart:
            allowed &= ~((members == one).any(axis=1) & (members == other).any(axis=1))
        for whole in self.bundles:
            inside = np.isin(members, whole).sum(axis=1)
            allowed &= (inside == 0) | (inside == len(whole))
        return allowed

    def restrict(self, orgs: Ints, inside: Ints) -> Pairs:
        """Return the pairs among some organisations; `inside` is the new position of each, NONE outside."""
        apart = inside[self.apart]
        return Pairs(apart[(apart != NONE).all(axis=1)], self.bundle[orgs])


def find_pairs(apart: Ints, together: Ints, orgs: int) -> Pairs:
    """Return the pairs of so many organisations."""
    if not len(together):
        return Pairs(apart, np.full(orgs, NONE, dtype=np.int64))
    links = sparse.coo_array((np.ones(len(together)), (together[:, 0], together[:, 1])), shape=(orgs, orgs))
    label = sparse.csgraph.connected_components(links, directed=False)[1].astype(np.int64)
    is_bound = np.zeros(orgs, dtype=bool)
    is_bound[together.ravel()] = True
    return Pairs(apart, np.where(is_bound, label, NONE))
