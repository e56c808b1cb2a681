"""What planners fixed, as the solver sees it: pairs apart and together, remedies, leads (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools, Ints, Ruled
from coverage.grouping.keeping import FORM_ATTACHED
from coverage.grouping.model import Kind
from coverage.grouping.pairs import find_pairs

if TYPE_CHECKING:
    import pandas as pd

    from coverage.grouping.arrays import Block, Kept, Trips

_REMEDIES: Final = {
    "joint": Kind.JOINT,
    "attached": Kind.ATTACHED,
    "instructor": Kind.INSTRUCTOR,
    "none": Kind.LEFT,
}
_KINDS: Final = ("forbid", "force", "remedy", "lead")
_FORBID, _FORCE, _REMEDY, _LEAD = range(len(_KINDS))
# Where an organisation is whose unit stays: at no host.
_ELSEWHERE: Final = -2


class PlacedRulings(NamedTuple):
    """Rulings whose organisations are candidates of one block, in order of the block; rows of the candidates."""

    block: Ints
    kind: Ints
    row: Ints  # of S
    other: Ints  # NONE but in a pair
    is_host: Bools  # the other one
    remedy: Ints

    def in_block(self, block: int, place: Ints, small: int, *, kept: Kept) -> Ruled:
        """Return the rulings of a block, with what they come to beside its units that stay.

        Parameters
        ----------
        place
            The position of each row in its block.
        """
        some = slice(*np.searchsorted(self.block, [block, block + 1]))
        if some.start == some.stop:
            return no_rulings(small)
        kind, is_host = self.kind[some], self.is_host[some]
        pair = np.stack([place[self.row[some]], place[self.other[some]]], axis=1)
        apart, together = (pair[(kind == wanted) & ~is_host] for wanted in (_FORBID, _FORCE))
        beside = _beside(apart, together, _seats(kept, small))
        only = np.concatenate([pair[(kind == _FORCE) & is_host], beside.only])
        told = np.stack([pair[:, 0], self.remedy[some]], axis=1)[kind == _REMEDY]
        is_lead = np.zeros(small, dtype=bool)
        is_lead[pair[kind == _LEAD, 0]] = True
        return Ruled(
            apart=apart,
            together=together,
            never=np.concatenate([pair[(kind == _FORBID) & is_host], beside.never]),
            only=only,
            remedy=_remedies(np.concatenate([told, beside.remedy]), only, small=small),
            is_lead=is_lead,
        )


class _Beside(NamedTuple):
    """What pairs come to for the organisations that are still free: fields as in `Ruled`, remedies as pairs."""

    never: Ints
    only: Ints
    remedy: Ints  # (p, 2): organisation, kind


def _seats(kept: Kept, small: int) -> Ints:
    """Return the host of each organisation whose unit stays, `_ELSEWHERE` in other units, NONE for the free ones."""
    seat = np.full(small, NONE, dtype=np.int64)
    seat[kept.member] = np.where(kept.form == FORM_ATTACHED, kept.lead, _ELSEWHERE)
    return seat


def _beside(apart: Ints, together: Ints, seat: Ints) -> _Beside:
    """Return what pairs come to beside units that stay.

    Nobody joins such a unit but guests of its host. Who is bound to somebody elsewhere, to guests of two hosts, or to
    somebody to be kept apart from, can keep to that only without a unit.
    """
    meets, bound = _with_kept(apart, seat), _with_kept(together, seat)
    inner = together[(seat[together] == NONE).all(axis=1)]
    alone = _with(bound[:, 0], bound[:, 0])  # a bundle of one, unless it is in a larger one
    only, remedy = [np.zeros((0, 2), dtype=np.int64)], [np.zeros((0, 2), dtype=np.int64)]
    for bundle in find_pairs(apart, np.concatenate([inner, alone]), len(seat)).bundles:
        free = np.array(bundle)
        seats = np.unique(bound[np.isin(bound[:, 0], free), 1])
        if np.isin(apart, free).all(axis=1).any() or len(seats) > 1 or (seats == _ELSEWHERE).any():
            remedy.append(_with(free, np.full(len(free), int(Kind.LEFT))))
        elif len(seats):
            only.append(_with(free, np.repeat(seats, len(free))))
    return _Beside(meets[meets[:, 1] != _ELSEWHERE], np.concatenate(only), np.concatenate(remedy))


def _with_kept(pairs: Ints, seat: Ints) -> Ints:
    """Return each free organisation that is in a pair with one whose unit stays, and the other one's seat."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    some = both[(seat[both[:, 0]] == NONE) & (seat[both[:, 1]] != NONE)]
    return _with(some[:, 0], seat[some[:, 1]])


def _with(orgs: Ints, values: Ints) -> Ints:
    """Return pairs of an organisation and a value."""
    return np.stack([orgs, values], axis=1)


def _remedies(told: Ints, only: Ints, *, small: int) -> Ints:
    """Return the remedy that planners leave to each: with two of them, or with two hosts, it can have none.

    Parameters
    ----------
    told
        Pairs of an organisation and a remedy.
    """
    told = np.concatenate([told, _with(only[:, 0], np.full(len(only), int(Kind.ATTACHED)))])
    remedy, host = np.full((2, small), NONE, dtype=np.int64)
    remedy[told[:, 0]], host[only[:, 0]] = told[:, 1], only[:, 1]
    is_torn = np.zeros(small, dtype=bool)
    for pairs, chosen in ((told, remedy), (only, host)):
        is_torn[pairs[chosen[pairs[:, 0]] != pairs[:, 1], 0]] = True
    return np.where(is_torn, int(Kind.LEFT), remedy)


def no_rulings(small: int) -> Ruled:
    """Return what leaves a block of so many organisations free."""
    nobody = np.zeros((0, 2), dtype=np.int64)
    return Ruled(nobody, nobody, nobody, nobody, np.full(small, NONE, dtype=np.int64), np.zeros(small, dtype=bool))


def find_rulings(rulings: pd.DataFrame, candidates: pd.DataFrame, block_of: Ints) -> PlacedRulings:
    """Return the rulings that blocks keep to: of a forced pair in two blocks neither can be in a unit.

    A pair of which only one is to be grouped names it first; two hosts, and whoever is no candidate, are no question
    of grouping.
    """
    row, other = (_rows(rulings[name], candidates) for name in ("org_id", "other_id"))
    kind = np.asarray(rulings["kind"].map({kind: number for number, kind in enumerate(_KINDS)}), dtype=np.int64)
    remedy = rulings["value"].map({name: int(kind) for name, kind in _REMEDIES.items()}).fillna(NONE)
    is_pair = np.isin(kind, [_FORBID, _FORCE])
    is_small = np.append((candidates["kind"] == "small").to_numpy(dtype=bool), False)
    swapped = is_pair & ~is_small[row] & is_small[other]
    row, other = np.where(swapped, other, row), np.where(swapped, row, other)
    block = np.append(block_of, NONE)
    is_apart = is_pair & (block[row] != block[other])
    torn = np.stack([row, other], axis=1)[is_apart & (kind == _FORCE) & (row != NONE) & (other != NONE)].ravel()
    other = np.where(is_pair, other, row)
    told = np.stack([row, other, kind, np.asarray(remedy, dtype=np.int64)], axis=1)[~is_apart]
    told = told[~np.isin(told[:, 2], [_FORBID, _FORCE]) | (told[:, 0] != told[:, 1])]
    alone = np.stack([torn, torn, np.full(len(torn), _REMEDY), np.full(len(torn), int(Kind.LEFT))], axis=1)
    return _placed(np.concatenate([told, alone]), block, is_small)


def _placed(told: Ints, block: Ints, is_small: Bools) -> PlacedRulings:
    """Return the rulings about organisations to group, from rows of organisation, other one, kind and remedy."""
    told = told[is_small[told[:, 0]] & (block[told[:, 0]] != NONE)]
    row, other, kind, remedy = told[np.lexsort((told[:, 1], told[:, 0], block[told[:, 0]]))].T
    is_host = np.isin(kind, [_FORBID, _FORCE]) & ~is_small[other]
    return PlacedRulings(block[row], kind, row, other, is_host, remedy)


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
