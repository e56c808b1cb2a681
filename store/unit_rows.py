"""The units of a plan as rows: replaced by those of a new result, with the state and lock that people gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from coverage.vocabulary import ACTIVE_STATES
from store import audit
from store.editing import name_of
from store.schema import active_unit, decision, grp, grp_member
from store.schema import audit as entries
from store.units import fixed_units

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from sqlalchemy import Connection, Row

    from coverage.pipeline import Plan
    from store.scope import Scope
    from store.units import FixedUnit

_ROWS: Final = 5_000  # a statement
_MARKS: Final = ("state", "is_locked", "locked_by", "note")


def replace_units(connection: Connection, scope: Scope, plan_id: str, *, made: Plan) -> None:
    """Write the units of a result; those that people locked or decided keep their row, whatever became of them."""
    fixed = fixed_units(connection, plan_id)
    unmade = set(made.missing["adcode"])
    known = set(made.groups["group_id"]) | {unit.group_id for unit in fixed if unit.adcode in unmade}
    for unit in fixed:
        if unit.group_id not in known:
            _release(connection, scope, unit)
    kept = [unit.group_id for unit in fixed]
    here = grp.c.plan_id == plan_id
    connection.execute(delete(grp_member).where(grp_member.c.plan_id == plan_id, grp_member.c.group_id.not_in(kept)))
    connection.execute(delete(grp).where(here, grp.c.group_id.not_in(kept)))
    insert_units(connection, plan_id, made.groups[~made.groups["group_id"].isin(kept)])


def insert_units(connection: Connection, plan_id: str, groups: pd.DataFrame) -> None:
    """Write units (rows of `Groups`) as drafts that nobody locked."""
    units = groups.drop_duplicates("group_id")
    hosts = groups[groups["role"] == "host"].set_index("group_id")["org_id"].to_dict()
    heads = [
        {"plan_id": plan_id, "group_id": group_id, "adcode": adcode, "form": form, "host_id": hosts.get(group_id, "")}
        for group_id, adcode, form in zip(units["group_id"], units["adcode"], units["form"], strict=True)
    ]
    guests = groups[groups["role"] != "host"]
    members = [
        {"plan_id": plan_id, "org_id": org_id, "group_id": group_id, "role": role}
        for org_id, group_id, role in zip(guests["org_id"], guests["group_id"], guests["role"], strict=True)
    ]
    for table, rows in ((grp, heads), (grp_member, members)):
        for start in range(0, len(rows), _ROWS):
            connection.execute(insert(table), rows[start : start + _ROWS])


def carry_marks(
    connection: Connection, scope: Scope, plan_id: str, *, before: str, unmade: Collection[str] = ()
) -> None:
    """Let drafts be what the same units are in the plan that this one follows: locked or approved, with their steps.

    Organisations that belong to such a unit belong to it here from now on; those of one that cannot stay are let go.

    Parameters
    ----------
    before
        The id of that plan, "" for none.
    unmade
        Counties that the result does not hold yet: nobody knows what becomes of their units.
    """
    if not before:
        return
    is_fixed = (grp.c.is_locked == 1) | grp.c.state.in_(ACTIVE_STATES)
    is_draft = (grp.c.is_locked == 0) & (grp.c.state == "draft")
    here = select(grp.c.group_id).where(grp.c.plan_id == plan_id)
    known, drafts = (set(connection.execute(ids).scalars()) for ids in (here, here.where(is_draft)))
    with_members = {unit.group_id: unit for unit in fixed_units(connection, before)}
    wanted = select(grp).where(grp.c.plan_id == before, is_fixed).order_by(grp.c.group_id)
    for row in connection.execute(wanted).all():
        if row.group_id in drafts:  # an id stands for a form and its organisations
            _carry(connection, scope, plan_id, row=row)
        elif row.group_id in with_members.keys() - known and row.adcode not in unmade:
            unit = with_members[row.group_id]
            if not _is_told(connection, plan_id, unit):  # a plan made county by county comes here again
                _let_go(connection, scope, plan_id, unit=unit)


def _carry(connection: Connection, scope: Scope, plan_id: str, *, row: Row[Any]) -> None:
    """Give a draft the state, lock, note and steps of a row of another plan, and its members if they belong there."""
    marks = {name: getattr(row, name) for name in _MARKS}
    here = (grp.c.plan_id == plan_id) & (grp.c.group_id == row.group_id)
    connection.execute(update(grp).where(here).values(**marks, version=grp.c.version + 1))
    there = (decision.c.plan_id == row.plan_id) & (decision.c.group_id == row.group_id)
    steps = [
        {name: value for name, value in step.items() if name != "id"} | {"plan_id": plan_id}
        for step in connection.execute(select(decision).where(there).order_by(decision.c.id)).mappings()
    ]
    if steps:
        connection.execute(insert(decision), steps)
    belongs = (active_unit.c.plan_id == row.plan_id) & (active_unit.c.group_id == row.group_id)
    connection.execute(update(active_unit).where(belongs).values(plan_id=plan_id))
    key = name_of(grp, {"plan_id": plan_id, "group_id": row.group_id})
    audit.record(connection, scope, audit.Entry("unit.carry", key, row.adcode, None, marks))


def _release(connection: Connection, scope: Scope, unit: FixedUnit) -> None:
    """Let the members of a unit go that cannot stay: its row, state and history remain, for people to see to."""
    here = (grp_member.c.plan_id == unit.plan_id) & (grp_member.c.group_id == unit.group_id)
    connection.execute(delete(grp_member).where(here))
    row = (grp.c.plan_id == unit.plan_id) & (grp.c.group_id == unit.group_id)
    connection.execute(update(grp).where(row).values(is_locked=0, locked_by="", version=grp.c.version + 1))
    _let_go(connection, scope, unit.plan_id, unit=unit)


def _let_go(connection: Connection, scope: Scope, plan_id: str, *, unit: FixedUnit) -> None:
    """Let nobody belong to a unit that cannot stay in a plan, and tell so."""
    belongs = (active_unit.c.plan_id == unit.plan_id) & (active_unit.c.group_id == unit.group_id)
    connection.execute(delete(active_unit).where(belongs))
    key = name_of(grp, {"plan_id": plan_id, "group_id": unit.group_id})
    members: audit.Content = {"members": list(unit.members)}
    audit.record(connection, scope, audit.Entry("unit.release", key, unit.adcode, members, {"members": []}))


def _is_told(connection: Connection, plan_id: str, unit: FixedUnit) -> bool:
    key = name_of(grp, {"plan_id": plan_id, "group_id": unit.group_id})
    told = select(entries.c.number).where(entries.c.object == key, entries.c.action == "unit.release")
    return connection.execute(told.limit(1)).first() is not None
