"""The units of a plan as positions in their blocks, and what a trial says of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.execution.packing import pack, unpack
from coverage.grouping.arrays import NONE, Bools, Floats, Ints
from coverage.grouping.solving import solve_block
from coverage.grouping.tasks import find_communities, unpack_block
from coverage.vocabulary import Form, Role
from geo.distance import distance_m

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coverage.grouping.arrays import Block
    from coverage.grouping.communities import Community
    from coverage.grouping.solving import Seats

_FORMS: Final = list(Form)
_JOINT, _ATTACHED = _FORMS.index(Form.JOINT), _FORMS.index(Form.ATTACHED)


class Units(NamedTuple):
    """The seats of a block's units, sorted by unit; organisations count its small ones, then its hosts."""

    row: Ints  # row of the table of groups
    unit: Ints  # from 0
    org: Ints
    lead: Ints  # the lead or host, NONE where nobody leads
    form: Ints  # of the unit, as in `vocabulary.Form`


class Answer(NamedTuple):
    """What a trial says: which units came again, which are legal still, and which seats are with their lead."""

    is_same: Bools
    is_legal: Bools
    is_together: Bools


class _Question(NamedTuple):
    block: np.ndarray[Any, np.dtype[np.uint8]]
    units: Units


_KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in (Answer, Units, _Question)}


def units_of(groups: pd.DataFrame, candidates: pd.DataFrame, blocks: Sequence[Block]) -> Iterator[Units]:
    """Yield the units of each block; one that is not whole in one block is in none.

    Parameters
    ----------
    groups
        The table `Groups`, in any order, numbered from 0.
    """
    block_of, org_of = np.full(len(candidates), NONE), np.full(len(candidates), NONE)
    for number, block in enumerate(blocks):
        rows = np.concatenate([block.small.row, block.hosts.row])
        block_of[rows], org_of[rows] = number, np.arange(len(rows))
    heads = groups[groups["role"] != Role.MEMBER].set_index("group_id")["org_id"]
    row = _rows(candidates, groups["org_id"])
    seats = groups[["group_id", "org_id"]].assign(
        row=np.arange(len(groups)),
        block=np.append(block_of, NONE)[row],
        org=np.append(org_of, NONE)[row],
        lead=np.append(org_of, NONE)[_rows(candidates, groups["group_id"].map(heads))],
        form=groups["form"].map({form.value: place for place, form in enumerate(_FORMS)}),
    )
    by_unit = seats.groupby("group_id")["block"]
    seats = seats[(by_unit.transform("min") == by_unit.transform("max")) & (seats["block"] != NONE)]
    seats = seats.sort_values(["block", "group_id", "org"])
    starts = np.searchsorted(seats["block"], np.arange(len(blocks) + 1))
    for start, end in pairwise(starts):
        here = seats.iloc[start:end]
        unit = np.unique(here["group_id"].to_numpy(dtype=str), return_inverse=True)[1]
        columns = (here[name].to_numpy(dtype=np.int64) for name in ("org", "lead", "form"))
        yield Units(here["row"].to_numpy(dtype=np.int64), unit.astype(np.int64), *columns)


def pack_question(block: bytes, units: Units) -> bytes:
    """Return what `answer_packed` takes: a block as `pack_block` packs it, and its units."""
    return pack(_Question(np.frombuffer(block, dtype=np.uint8), units), _KINDS)


def answer_packed(content: bytes) -> bytes:
    """Return what the plan of a block says of some units, packed."""
    question: _Question = unpack(content, _KINDS)
    block, pools, settings = unpack_block(question.block.tobytes())
    plan = solve_block(block, settings)
    unit_of, form_of = _plan_units(block, plan.seats, find_communities(block, pools, plan, settings))
    units = question.units
    return pack(
        Answer(
            is_same=_is_same(units, unit_of, form_of),
            is_legal=_is_legal(units, block),
            is_together=(unit_of[units.org] == unit_of[units.lead]) & (unit_of[units.org] != NONE),
        ),
        _KINDS,
    )


def unpack_answer(content: bytes) -> Answer:
    """Return what `answer_packed` packed."""
    answer: Answer = unpack(content, _KINDS)
    return answer


def _rows(candidates: pd.DataFrame, org_ids: pd.Series) -> Ints:
    """Return the row of each organisation among the candidates, the last row and one where it is none."""
    found = np.asarray(candidates.set_index("org_id").index.get_indexer(pd.Index(org_ids)), dtype=np.int64)
    return np.where(found == NONE, len(candidates), found)


def _plan_units(block: Block, seats: Seats, communities: Sequence[Community]) -> tuple[Ints, Ints]:
    """Return the unit of each organisation in a plan, NONE for who is in none, and the form of each unit."""
    unit_of = np.full(len(block.small.row) + len(block.hosts.row), NONE)
    unit_of[seats.row] = seats.unit
    form_of = np.full(int(seats.unit.max(initial=NONE)) + 1, _JOINT)
    form_of[seats.unit[seats.is_attached]] = _ATTACHED
    for number, community in enumerate(communities, start=len(form_of)):
        unit_of[community.rows] = number
    return unit_of, np.append(form_of, [_FORMS.index(community.form) for community in communities]).astype(np.int64)


def _is_same(units: Units, unit_of: Ints, form_of: Ints) -> Bools:
    """Say which units are in the plan with the same organisations and form."""
    starts = np.flatnonzero(np.diff(units.unit, prepend=NONE))
    again = unit_of[units.org[starts]]  # of each unit the one that its first organisation is in now
    size_now = np.append(np.bincount(unit_of[unit_of != NONE], minlength=len(form_of)), 0)[again]
    is_whole = np.bincount(units.unit, unit_of[units.org] == again[units.unit], len(starts)) == size_now
    is_whole &= np.bincount(units.unit, minlength=len(starts)) == size_now
    return np.asarray(is_whole & (np.append(form_of, NONE)[again] == units.form[starts]), dtype=bool)


def _is_legal(units: Units, block: Block) -> Bools:
    """Say in which units everybody who travels does so within the own limit; in 统建 nobody travels."""
    xyz: Floats = np.concatenate([block.small.xyz, block.hosts.xyz])
    limit_m = np.append(block.small.limit_m, block.hosts.limit_m)
    is_too_far = distance_m(xyz[units.org], xyz[units.lead]) > limit_m[units.org]
    is_too_far &= (units.lead != NONE) & (units.lead != units.org)
    return np.asarray(np.bincount(units.unit, is_too_far, int(units.unit.max(initial=NONE)) + 1) == 0)
