"""The best star of a lead near which planners keep pairs apart or together: rare, so exact and slow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.model import OWN_MIN

if TYPE_CHECKING:
    from coverage.grouping.model import Part


class _Item(NamedTuple):
    """Travellers that come together or not at all: one organisation, or what a bundle adds to the lead."""

    reduced: float
    who: tuple[int, ...]
    n: int
    size: int


class _Found(NamedTuple):
    reduced: float
    who: tuple[int, ...]


_NOTHING: Final = _Found(np.inf, ())


def best_allowed(part: Part, leads: Ints, reduced: Floats, *, own: Floats) -> tuple[Ints, Floats]:
    """Return the best allowed star of some leads and its reduced cost; a lead without one is left out.

    Parameters
    ----------
    reduced
        As `Part.near_cost`, less the price of the traveller.
    own
        Minus the price of each lead.
    """
    found = [(int(lead), star) for lead in leads if (star := _Search(part, int(lead), reduced[lead]).best()).who]
    members = np.full((len(found), part.most_units), NONE, dtype=np.int64)
    for place, (lead, star) in enumerate(found):
        members[place, : 1 + len(star.who)] = (lead, *star.who)
    return members, np.array([star.reduced + own[lead] for lead, star in found], dtype=float)


class _Search:
    """Branch and bound over the items that may travel to one lead, the cheapest first."""

    def __init__(self, part: Part, lead: int, reduced: Floats) -> None:
        self.part, self.lead, self.found = part, lead, _NOTHING
        self.rivals = _rivals(part.pairs.apart)
        finite = np.isfinite(reduced)
        near = dict(zip(part.near[lead, finite].tolist(), reduced[finite].tolist(), strict=True))
        self.must, self.items = _items(part, lead, near)

    def best(self) -> _Found:
        """Return the least reduced cost of the travellers, and who they are in order; nobody where no star is."""
        part, lead = self.part, self.lead
        start = _Item(0.0, (), int(part.n[lead]), int(part.size[lead]))
        whole = _joined(start, self.must) if self.must is not None else None
        if whole is not None and self._fits(whole):
            self._grow(whole, 0)
        return self.found

    def _grow(self, star: _Item, first: int) -> None:
        if star.n >= OWN_MIN and star.who:
            self.found = min(self.found, _Found(star.reduced, tuple(sorted(star.who))))
        places = self.part.most_units - 1 - len(star.who)
        for number in range(first, len(self.items) if places else first):
            item = self.items[number]
            best = star.reduced + item.reduced + (places - 1) * min(item.reduced, 0.0)
            if best >= self.found.reduced or (item.reduced >= 0 and star.n >= OWN_MIN):
                break  # those that follow cost no less, or nobody has to come any more
            if self._fits(grown := _joined(star, item)):
                self._grow(grown, number + 1)

    def _fits(self, star: _Item) -> bool:
        everybody = {self.lead, *star.who}
        return (
            len(everybody) <= self.part.most_units
            and star.size <= self.part.most_members
            and not any(self.rivals.get(who, frozenset()) & everybody for who in everybody)
        )


def _joined(star: _Item, item: _Item) -> _Item:
    return _Item(star.reduced + item.reduced, star.who + item.who, star.n + item.n, star.size + item.size)


def _rivals(apart: Ints) -> dict[int, frozenset[int]]:
    rivals: dict[int, set[int]] = {}
    for one, other in apart.tolist():
        rivals.setdefault(one, set()).add(other)
        rivals.setdefault(other, set()).add(one)
    return {who: frozenset(others) for who, others in rivals.items()}


def _items(part: Part, lead: int, near: dict[int, float]) -> tuple[_Item | None, list[_Item]]:
    """Return what has to come (None where it can't), and what may, by cost for each organisation at most."""
    bundle = part.pairs.bundle
    must = [org for org in part.pairs.bundle_of(lead) if org != lead]
    needed = _item(part, must, near) if all(org in near for org in must) else None
    free = [_item(part, [org], near) for org in near if bundle[org] == NONE]
    wholes = (part.pairs.bundle_of(org) for org in sorted(near) if bundle[org] not in {NONE, bundle[lead]})
    bundles = {tuple(whole) for whole in wholes if all(org in near for org in whole)}
    return needed, sorted(free + [_item(part, list(whole), near) for whole in bundles])


def _item(part: Part, who: list[int], near: dict[int, float]) -> _Item:
    return _Item(sum(near[org] for org in who), tuple(who), int(part.n[who].sum()), int(part.size[who].sum()))
