"""What a plan follows when it is made: the units it had, or those of the list that its own one replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from sqlalchemy import select

from coverage.grouping import Wishes
from coverage.tables import KeptUnits
from coverage.vocabulary import FIXED_STATES, GIVEN_UP_STATES, LOCKED, Role, State
from store.engine import reading
from store.errors import StoreError
from store.lists import list_info
from store.plans import plan_infos
from store.schema import grp, grp_member

if TYPE_CHECKING:
    from store.engine import Store
    from store.plans import PlanInfo
    from store.scope import Scope

_SEAT = ["group_id", "form", "role", "org_id"]


class Followed(NamedTuple):
    """What a plan follows, and the id of the plan of another list that it comes from, "" for none."""

    wishes: Wishes
    plan_id: str = ""


def earlier_units(store: Store, scope: Scope, info: PlanInfo) -> Followed:
    """Return the units of the plan before (GROUPING §7): what is approved or locked stays, the rest is favoured.

    That is the plan itself where it was made already, and its own decided units are no concern of this function.
    Else it is the newest plan of the list that its list replaced. A plan of which some counties are missing is taken
    as not made: when the rest is made, nothing is asked of it that was not asked the first time.
    """
    if info.state == "done":
        units = _units(store, info.id)
        return Followed(Wishes(earlier=_seats(units[units["state"] == State.DRAFT])))
    before = _plan_before(store, scope, info)
    if before is None:
        return Followed(Wishes())
    units = _units(store, before.id)
    is_fixed, is_given_up = units["state"].isin(FIXED_STATES), units["state"].isin(GIVEN_UP_STATES)
    wishes = Wishes(kept=_seats(units[is_fixed]), earlier=_seats(units[~is_fixed & ~is_given_up]))
    return Followed(wishes, before.id)


def _plan_before(store: Store, scope: Scope, info: PlanInfo) -> PlanInfo | None:
    try:
        replaced = list_info(store, scope, info.dataset_id).replaces
    except StoreError:
        return None
    plans = plan_infos(store, scope, list_id=replaced) if replaced else []
    return next((plan for plan in plans if plan.input_sha256), None)


def _units(store: Store, plan_id: str) -> pd.DataFrame:
    """Return group_id, form, role, org_id and state of all seats of a plan, hosts included; a lock is a state."""
    wanted = (
        select(grp.c.group_id, grp.c.form, grp.c.host_id, grp.c.state, grp.c.is_locked, grp_member)
        .join(grp_member, (grp_member.c.plan_id == grp.c.plan_id) & (grp_member.c.group_id == grp.c.group_id))
        .where(grp.c.plan_id == plan_id)
        .order_by(grp.c.group_id, grp_member.c.org_id)
    )
    with reading(store) as connection:
        rows = [
            (row.group_id, row.form, row.role, row.org_id, LOCKED if row.is_locked else row.state, row.host_id)
            for row in connection.execute(wanted)
        ]
    guests = pd.DataFrame(rows, columns=[*_SEAT, "state", "host_id"], dtype="str")
    hosts = guests[guests["host_id"] != ""].drop_duplicates("group_id")
    hosts = hosts.assign(org_id=hosts["host_id"], role=Role.HOST.value)
    return pd.concat([guests, hosts], ignore_index=True)


def _seats(units: pd.DataFrame) -> pd.DataFrame:
    return KeptUnits.validate(units[_SEAT].reset_index(drop=True))
