"""Which unit each organisation was in and is in now, and which new unit an old one goes on in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.stability.tables import UnitChange
from coverage.vocabulary import Form, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

# One organisation alone carries no joint unit on.
_FEWEST_SHARED: Final = 2
_SEAT: Final = ["group_id", "form", "head", "key"]


def seat_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return group_id, form, head (lead or host, "") and key of the unit of each guest, by org_id; hosts are none.

    Two seats with one key are in the same unit: with the same organisations, or at the same host, whoever else is
    there.

    Parameters
    ----------
    units
        group_id, form, role and org_id of each organisation in a unit: `EarlierUnits` or `Groups`.
    """
    rows = units[["group_id", "form", "role", "org_id"]].sort_values(["group_id", "org_id"])
    heads = rows[rows["role"] != Role.MEMBER].drop_duplicates("group_id").set_index("group_id")["org_id"]
    guests = rows[rows["role"] != Role.HOST]
    members = guests.groupby("group_id")["org_id"].agg("\n".join)
    head = guests["group_id"].map(heads).astype("str").fillna("")
    who = head.where(guests["form"] == Form.ATTACHED, guests["group_id"].map(members).astype("str"))
    seats = guests.assign(head=head, key=guests["form"] + "\n" + who)
    return seats.drop_duplicates("org_id").set_index("org_id")[_SEAT].sort_index()


def compare_seats(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the seats of everybody in a unit before or after, with `change`, "" where it is the same unit.

    Parameters
    ----------
    before, after
        As from `seat_units`.
    """
    both = before.merge(after, how="outer", left_index=True, right_index=True, suffixes=("_before", "_after"))
    both = both.fillna("").astype("str").sort_index()
    had, has = (both["group_id_before"] != "").to_numpy(), (both["group_id_after"] != "").to_numpy()
    goes_on = _successors(both[had & has])
    successor = both["group_id_before"].map(goes_on).astype("str").fillna("")
    stays = had & has & (both["key_before"] == both["key_after"]).to_numpy()
    changes = np.select(
        [
            stays & ~_has_other_lead(both),
            stays,
            had & has & (successor == both["group_id_after"]).to_numpy(),
            had & has,
            had & (successor != "").to_numpy(),
            had,
            both["group_id_after"].isin(set(goes_on)).to_numpy(),
        ],
        [
            "",
            UnitChange.LEAD.value,
            UnitChange.MEMBERS.value,
            UnitChange.MOVED.value,
            UnitChange.LEFT.value,
            UnitChange.DISSOLVED.value,
            UnitChange.JOINED.value,
        ],
        UnitChange.NEW.value,
    )
    return both.assign(change=pd.Series(changes, index=both.index, dtype="str"))


def _has_other_lead(both: pd.DataFrame) -> NDArray[np.bool_]:
    """Say where the lead of the same organisations is another one; who had none stated has no other."""
    is_stated = (both["head_before"] != "") & (both["head_after"] != "")
    return (is_stated & (both["head_before"] != both["head_after"])).to_numpy()


def _successors(both: pd.DataFrame) -> pd.Series:
    """Return the new unit in which each old one goes on, by its id: each is the one that shares most with the other."""
    names = ["group_id_before", "group_id_after"]
    is_alike = (both["form_before"] == both["form_after"]) & (
        (both["form_before"] != Form.ATTACHED) | (both["head_before"] == both["head_after"])
    )
    pairs = both[is_alike].groupby([*names, "form_before"]).size().rename("shared").reset_index()
    pairs = pairs[(pairs["shared"] >= _FEWEST_SHARED) | (pairs["form_before"] == Form.ATTACHED)]
    pairs = pairs.sort_values(["shared", *names], ascending=[False, True, True])
    is_best = ~pairs.duplicated(names[0]) & ~pairs.duplicated(names[1])
    return pairs[is_best].set_index(names[0])[names[1]]
