"""Units that people locked or decided: left as they are, and priced like all others (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.grouping.arrays import NONE, Floats, Ints, Kept
from coverage.grouping.model import COST_ATTACHED, COST_LEFT
from coverage.grouping.trips import price_trips
from coverage.vocabulary import Form, Role

if TYPE_CHECKING:
    from scipy import sparse

    from coverage.grouping.arrays import Block, Trips
    from coverage.settings import PlanSettings

_FORMS: Final = list(Form)
_JOINT, _ATTACHED = _FORMS.index(Form.JOINT), _FORMS.index(Form.ATTACHED)
_NOBODY: Final = np.zeros(0, dtype=np.int64)
NOTHING_KEPT: Final = Kept(_NOBODY, _NOBODY, _NOBODY, _NOBODY)


class KeptSeats(NamedTuple):
    """The seats of joint units and of guests that stay: unit, position of the member, of its lead, and the trip."""

    unit: Ints
    member: Ints
    lead: Ints
    trips: Trips
    is_attached: bool


def find_kept(units: pd.DataFrame, candidates: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """Return group_id, form, role and row of the seats of each unit that can stay, sorted by unit, then organisation.

    It can while all its organisations are candidates of their kind in one block: who has an own unit meanwhile, a
    third member or none, is another case, and the unit is no more.

    Parameters
    ----------
    units
        The table `KeptUnits`.
    """
    facts = candidates[["org_id", "kind", "adcode", "superior"]].assign(row=np.arange(len(candidates)))
    seats = units.merge(facts, on="org_id", how="left", validate="many_to_one")
    is_host = seats["role"] == Role.HOST
    fits = seats["kind"].eq("host").where(is_host, seats["kind"].eq("small"))
    by_unit = seats.groupby("group_id")
    is_whole = fits.groupby(seats["group_id"]).transform("all")
    in_one_block = by_unit["adcode"].transform("nunique") == 1
    if settings.same_superior == "require":
        in_one_block &= by_unit["superior"].transform("nunique") == 1
    stays = seats[is_whole & in_one_block & (seats["adcode"] != "")]
    return stays.astype({"row": "int64"}).sort_values(["group_id", "org_id"], ignore_index=True)[
        ["group_id", "form", "role", "row"]
    ]


def kept_in(seats: pd.DataFrame, small: Ints, hosts: Ints) -> Kept:
    """Return the units that stay in a block; `small` and `hosts` are the rows of its organisations."""
    guests = seats[(seats["role"] != Role.HOST) & seats["row"].isin(small)]
    if guests.empty:
        return NOTHING_KEPT
    heads = seats[seats["role"] != Role.MEMBER].set_index("group_id")["row"]
    lead = guests["group_id"].map(heads)
    is_joint = (guests["form"] == Form.JOINT).to_numpy(dtype=bool)
    position = np.where(is_joint, _position(small, lead), _position(hosts, lead))
    forms = {form.value: place for place, form in enumerate(_FORMS)}
    return Kept(
        unit=np.unique(guests["group_id"].to_numpy(dtype=str), return_inverse=True)[1].astype(np.int64),
        form=np.asarray(guests["form"].map(forms), dtype=np.int64),
        member=_position(small, guests["row"]),
        lead=np.where(lead.isna(), NONE, position),
    )


def kept_seats(block: Block, texts: sparse.csr_array | None, settings: PlanSettings) -> tuple[KeptSeats, KeptSeats]:
    """Return the seats of joint units that stay, then those of guests, with the trips that they cost."""
    return (
        _seats(block, _JOINT, texts=texts, settings=settings),
        _seats(block, _ATTACHED, texts=texts, settings=settings),
    )


def kept_cost(block: Block, seats: tuple[KeptSeats, KeptSeats]) -> float:
    """Return what the units that stay cost by the objective: 统建 counts as not covered there (GROUPING §4)."""
    joint, attached = seats
    travel = float(_paid(joint).sum() + _paid(attached).sum())
    others = len(block.kept.member) - len(joint.member) - len(attached.member)
    return travel + COST_ATTACHED * len(attached.member) + COST_LEFT * others


def kept_communities(block: Block) -> list[tuple[Form, Ints]]:
    """Return form and rows of the regional and industry-wide units that stay."""
    kept = block.kept.take(block.kept.form > max(_JOINT, _ATTACHED))
    return [
        (_FORMS[int(kept.form[kept.unit == unit][0])], np.sort(block.small.row[kept.member[kept.unit == unit]]))
        for unit in np.unique(kept.unit)
    ]


def _seats(block: Block, form: int, *, texts: sparse.csr_array | None, settings: PlanSettings) -> KeptSeats:
    kept = block.kept.take(block.kept.form == form)
    goals = block.small if form == _JOINT else block.hosts
    trips = price_trips((kept.member, kept.lead), block.small, goals, texts=texts, settings=settings)
    return KeptSeats(kept.unit, kept.member, kept.lead, trips, form == _ATTACHED)


def _paid(seats: KeptSeats) -> Floats:
    """Return the cost of each trip; a lead of a joint unit stays where it is."""
    if seats.is_attached:
        return seats.trips.cost
    return np.where(seats.member == seats.lead, 0.0, seats.trips.cost)


def _position(rows: Ints, wanted: pd.Series) -> Ints:
    return np.asarray(pd.Index(rows).get_indexer(pd.Index(wanted.fillna(NONE).astype("int64"))), dtype=np.int64)
