"""Units that people locked or decided: left as they are, and priced like all others (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.grouping.arrays import NONE, Floats, Ints, Kept
from coverage.grouping.model import COST_ATTACHED, COST_INSTRUCTOR, COST_LEFT
from coverage.grouping.trips import no_trips, price_trips
from coverage.vocabulary import Form, Role

if TYPE_CHECKING:
    from scipy import sparse

    from coverage.grouping.arrays import Block, Trips
    from coverage.settings import PlanSettings

_FORMS: Final = list(Form)
#: Numbers of forms in `Kept.form`.
FORM_JOINT, FORM_ATTACHED = _FORMS.index(Form.JOINT), _FORMS.index(Form.ATTACHED)
# Who stays alone: with an instructor, or with nothing.
_TAUGHT, _LEFT = len(_FORMS), len(_FORMS) + 1
_NUMBERS: Final = {form.value: place for place, form in enumerate(_FORMS)} | {"instructor": _TAUGHT, "none": _LEFT}
_NOBODY: Final = np.zeros(0, dtype=np.int64)
NOTHING_KEPT: Final = Kept(_NOBODY, _NOBODY, _NOBODY, _NOBODY)


class KeptSeats(NamedTuple):
    """The seats of joint units and of guests that stay: unit, position of the member, of its lead, and the trip."""

    unit: Ints
    member: Ints
    lead: Ints
    trips: Trips
    is_attached: bool


class Seating(NamedTuple):
    """The seats of all units of a list in order of block and unit; hosts have none; rows of the candidates."""

    block: Ints
    unit: Ints
    form: Ints
    row: Ints
    lead: Ints  # NONE where nobody leads, or the lead is gone

    def in_block(self, block: int, place: Ints) -> Kept:
        """Return the seats of a block; `place` is the position of each row in its block."""
        some = slice(*np.searchsorted(self.block, [block, block + 1]))
        if some.start == some.stop:
            return NOTHING_KEPT
        unit = np.unique(self.unit[some], return_inverse=True)[1].astype(np.int64)
        return Kept(unit, self.form[some], place[self.row[some]], np.append(place, NONE)[self.lead[some]])


def find_kept(units: pd.DataFrame, candidates: pd.DataFrame, block_of: Ints) -> Seating:
    """Return the seats of each unit that can stay.

    It can while all its organisations are candidates of their kind in one block: who has an own unit meanwhile, a
    third member or none, is another case, and the unit is no more.

    Parameters
    ----------
    units
        The table `KeptUnits`.
    block_of
        The number of each candidate's block, NONE outside of all.
    """
    seats = _seated(units, candidates, block_of)
    by_unit = seats.groupby("group_id")
    stays = by_unit["fits"].transform("all") & (by_unit["block"].transform("nunique") == 1)
    return _seating(seats[stays])


def find_earlier(units: pd.DataFrame, candidates: pd.DataFrame, block_of: Ints) -> Seating:
    """Return the seats of each joint and attached unit of an earlier plan that are left of it, in its largest block."""
    seats = _seated(units[units["form"].isin([Form.JOINT, Form.ATTACHED])], candidates, block_of)
    seats = seats[seats["fits"]]
    count = seats.groupby(["group_id", "block"])["org_id"].transform("size")
    order = seats.assign(count=count).sort_values(["group_id", "count", "block"], ascending=[True, False, True])
    main = order.groupby("group_id")["block"].transform("first")
    is_first = ~seats["org_id"].duplicated() | (seats["role"] == Role.HOST)
    return _seating(seats[(seats["block"] == main.reindex(seats.index)) & is_first])


def _seated(units: pd.DataFrame, candidates: pd.DataFrame, block_of: Ints) -> pd.DataFrame:
    """Return the seats with row and block, NONE for who is no candidate, and whether it is one of its kind."""
    facts = candidates[["org_id", "kind"]].assign(row=np.arange(len(candidates)), block=block_of)
    seats = units.merge(facts, on="org_id", how="left", validate="many_to_one")
    seats = seats.fillna({"row": NONE, "block": NONE}).astype({"row": "int64", "block": "int64"})
    is_of_kind = seats["kind"].eq("host").where(seats["role"] == Role.HOST, seats["kind"].eq("small"))
    return seats.assign(fits=is_of_kind & (seats["block"] != NONE))


def _seating(seats: pd.DataFrame) -> Seating:
    heads = seats[seats["role"] != Role.MEMBER].drop_duplicates("group_id").set_index("group_id")["row"]
    guests = seats[seats["role"] != Role.HOST].sort_values(["block", "group_id", "org_id"])
    return Seating(
        block=guests["block"].to_numpy(dtype=np.int64),
        unit=np.unique(guests["group_id"].to_numpy(dtype=str), return_inverse=True)[1].astype(np.int64),
        form=np.asarray(guests["form"].map(_NUMBERS), dtype=np.int64),
        row=guests["row"].to_numpy(dtype=np.int64),
        lead=np.asarray(guests["group_id"].map(heads).fillna(NONE), dtype=np.int64),
    )


def kept_seats(block: Block, texts: sparse.csr_array | None, settings: PlanSettings) -> tuple[KeptSeats, KeptSeats]:
    """Return the seats of joint units that stay, then those of guests, with the trips that they cost."""
    return (
        _seats(block, FORM_JOINT, texts=texts, settings=settings),
        _seats(block, FORM_ATTACHED, texts=texts, settings=settings),
    )


def kept_cost(block: Block, seats: tuple[KeptSeats, KeptSeats]) -> float:
    """Return what the units that stay cost by the objective: 统建 counts as not covered there (GROUPING §4)."""
    joint, attached = seats
    travel = float(_paid(joint).sum() + _paid(attached).sum())
    taught = kept_alone(block, is_taught=True)
    teaching = float(sum(COST_INSTRUCTOR[int(n)] for n in block.small.n[taught]))
    others = len(block.kept.member) - len(joint.member) - len(attached.member) - len(taught)
    return travel + COST_ATTACHED * len(attached.member) + teaching + COST_LEFT * others


def kept_alone(block: Block, *, is_taught: bool) -> Ints:
    """Return the positions of those in no unit who are no question either: with an instructor, or with nothing."""
    here = block.kept.take(block.kept.form == (_TAUGHT if is_taught else _LEFT))
    return here.member


def kept_communities(block: Block) -> list[tuple[Form, Ints]]:
    """Return form and rows of the regional and industry-wide units that stay."""
    kept = block.kept.take((block.kept.form > max(FORM_JOINT, FORM_ATTACHED)) & (block.kept.form < len(_FORMS)))
    return [
        (_FORMS[int(kept.form[kept.unit == unit][0])], np.sort(block.small.row[kept.member[kept.unit == unit]]))
        for unit in np.unique(kept.unit)
    ]


def _seats(block: Block, form: int, *, texts: sparse.csr_array | None, settings: PlanSettings) -> KeptSeats:
    kept = block.kept.take(block.kept.form == form)
    if not len(kept.member):
        return KeptSeats(kept.unit, kept.member, kept.lead, no_trips(), form == FORM_ATTACHED)
    goals = block.small if form == FORM_JOINT else block.hosts
    trips = price_trips((kept.member, kept.lead), block.small, goals, texts=texts, settings=settings)
    return KeptSeats(kept.unit, kept.member, kept.lead, trips, form == FORM_ATTACHED)


def _paid(seats: KeptSeats) -> Floats:
    """Return the cost of each trip; a lead of a joint unit stays where it is."""
    if seats.is_attached:
        return seats.trips.cost
    return np.where(seats.member == seats.lead, 0.0, seats.trips.cost)
