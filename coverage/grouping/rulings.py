"""What planners fixed, as the solver sees it: pairs apart and together, remedies, leads (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools, Ints, Ruled
from coverage.grouping.model import Kind

if TYPE_CHECKING:
    import pandas as pd

    from coverage.grouping.arrays import Block, Trips

_REMEDIES: Final = {
    "joint": Kind.JOINT,
    "attached": Kind.ATTACHED,
    "instructor": Kind.INSTRUCTOR,
    "none": Kind.LEFT,
}
_KINDS: Final = ("forbid", "force", "remedy", "lead")
_FORBID, _FORCE, _REMEDY, _LEAD = range(len(_KINDS))


class PlacedRulings(NamedTuple):
    """Rulings whose organisations are candidates of one block, in order of the block; rows of the candidates."""

    block: Ints
    kind: Ints
    row: Ints  # of S
    other: Ints  # NONE but in a pair
    is_host: Bools  # the other one
    remedy: Ints

    def in_block(self, block: int, place: Ints, small: int) -> Ruled:
        """Return the rulings of a block; `place` is the position of each row in its block."""
        some = slice(*np.searchsorted(self.block, [block, block + 1]))
        if some.start == some.stop:
            return no_rulings(small)
        kind, is_host = self.kind[some], self.is_host[some]
        pair = np.stack([place[self.row[some]], place[self.other[some]]], axis=1)
        remedy = np.full(small, NONE, dtype=np.int64)
        remedy[pair[kind == _REMEDY, 0]] = self.remedy[some][kind == _REMEDY]
        to_host = (kind == _FORCE) & is_host
        remedy[pair[to_host, 0]] = Kind.ATTACHED
        is_lead = np.zeros(small, dtype=bool)
        is_lead[pair[kind == _LEAD, 0]] = True
        return Ruled(
            apart=pair[(kind == _FORBID) & ~is_host],
            together=pair[(kind == _FORCE) & ~is_host],
            never=pair[(kind == _FORBID) & is_host],
            only=pair[to_host],
            remedy=remedy,
            is_lead=is_lead,
        )


def no_rulings(small: int) -> Ruled:
    """Return what leaves a block of so many organisations free."""
    nobody = np.zeros((0, 2), dtype=np.int64)
    return Ruled(nobody, nobody, nobody, nobody, np.full(small, NONE, dtype=np.int64), np.zeros(small, dtype=bool))


def find_rulings(rulings: pd.DataFrame, candidates: pd.DataFrame, block_of: Ints) -> PlacedRulings:
    """Return the rulings that a block can keep to; of a pair in two blocks, or with a candidate of no kind, none can.

    A pair of which only one is to be grouped names it first; two hosts are no question of grouping.
    """
    row, other = (_rows(rulings[name], candidates) for name in ("org_id", "other_id"))
    is_pair = rulings["kind"].isin(["forbid", "force"]).to_numpy(dtype=bool)
    is_small = np.append((candidates["kind"] == "small").to_numpy(dtype=bool), False)
    swapped = is_pair & ~is_small[row] & is_small[other]
    row, other = np.where(swapped, other, row), np.where(swapped, row, other)
    block = np.append(block_of, NONE)
    holds = is_small[row] & (block[row] != NONE) & (~is_pair | ((block[row] == block[other]) & (row != other)))
    order = np.flatnonzero(holds)[np.lexsort((other[holds], row[holds], block[row[holds]]))]
    kinds = rulings["kind"].map({kind: number for number, kind in enumerate(_KINDS)})
    remedies = rulings["value"].map({name: int(kind) for name, kind in _REMEDIES.items()}).fillna(NONE)
    return PlacedRulings(
        block=block[row[order]],
        kind=np.asarray(kinds, dtype=np.int64)[order],
        row=row[order],
        other=np.where(is_pair, other, row)[order],
        is_host=(is_pair & ~is_small[other])[order],
        remedy=np.asarray(remedies, dtype=np.int64)[order],
    )


def _rows(names: pd.Series, candidates: pd.DataFrame) -> Ints:
    places = {name: row for row, name in enumerate(candidates["org_id"])} if len(names) else {}
    return np.array([places.get(name, NONE) for name in names], dtype=np.int64)


def is_ruled(block: Block) -> bool:
    """Say whether planners fixed anything in a block: in most they did not, and nothing needs to be looked up."""
    ruled = block.ruled
    pairs = len(ruled.apart) + len(ruled.together) + len(ruled.never) + len(ruled.only)
    return bool(pairs) or bool((ruled.remedy != NONE).any()) or bool(ruled.is_lead.any())


def permitted(block: Block, trips: Trips) -> Bools:
    """Say which trips between organisations planners leave open; trips of pairs apart are none."""
    ruled = block.ruled
    if not is_ruled(block):
        return np.ones(len(trips.lead), dtype=bool)
    stars = np.isin(ruled.remedy, [NONE, Kind.JOINT])
    may = stars[trips.traveller] & stars[trips.lead] & ~ruled.is_lead[trips.traveller]
    return may & ~among(ruled.apart, trips) & ~among(ruled.apart[:, ::-1], trips)


def permitted_guests(block: Block, guests: Trips) -> Bools:
    """Say which trips to hosts planners leave open."""
    ruled = block.ruled
    if not is_ruled(block):
        return np.ones(len(guests.lead), dtype=bool)
    may = np.isin(ruled.remedy, [NONE, Kind.ATTACHED]) & ~ruled.is_lead
    bound = np.isin(guests.traveller, ruled.only[:, 0])
    return may[guests.traveller] & ~among(ruled.never, guests) & (~bound | among(ruled.only, guests))


def may_be_taught(block: Block) -> Bools:
    """Say to whom planners leave an instructor; one of a forced pair would be alone with one."""
    ruled = block.ruled
    if not is_ruled(block):
        return np.ones(len(block.small.row), dtype=bool)
    may = np.isin(ruled.remedy, [NONE, Kind.INSTRUCTOR]) & ~ruled.is_lead
    may[ruled.together.ravel()] = False
    return may


def ruled_ones(block: Block) -> Ints:
    """Return the positions in small of whom a planner fixed something about, sorted."""
    ruled = block.ruled
    pairs = (ruled.apart.ravel(), ruled.together.ravel(), ruled.never[:, 0], ruled.only[:, 0])
    alone = np.flatnonzero((ruled.remedy != NONE) | ruled.is_lead)
    return np.unique(np.concatenate([*pairs, alone]))


def among(pairs: Ints, trips: Trips) -> Bools:
    """Say which trips go from the first to the second of one of the pairs."""
    if not len(pairs):
        return np.zeros(len(trips.lead), dtype=bool)
    width = int(max(pairs.max(), trips.lead.max(initial=0), trips.traveller.max(initial=0))) + 1
    return np.isin(trips.traveller * width + trips.lead, pairs[:, 0] * width + pairs[:, 1])
