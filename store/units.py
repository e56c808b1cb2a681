"""Proposed units as people handle them: locked, moved through their states, fixed by constraints (RULEBOOK §4.7)."""

from __future__ import annotations

import json
import secrets
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from coverage.vocabulary import ACTIVE_STATES
from store import audit
from store.editing import Change, edit, name_of
from store.engine import now, reading, writing
from store.errors import ConflictError, StoreError
from store.schema import STATES, active_unit, decision, grp, grp_member, plan, planner_constraint
from store.scope import Role, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from store.engine import Store

Kind = Literal["forbid", "force", "remedy", "lead"]

_LINE: Final = ("draft", "verified", "consulted", "submitted", "approved", "elected", "filed", "running")
# A unit that a new run leaves alone.
_IS_FIXED: Final = (grp.c.is_locked == 1) | (grp.c.state != "draft")
_HAS_MEMBERS: Final = exists().where(grp_member.c.plan_id == grp.c.plan_id, grp_member.c.group_id == grp.c.group_id)
_SIDE: Final = frozenset({"blocked", "returned", "void"})
#: 草案 → … → 运行 → (调整 | 换届 | 撤销), with 受阻, 退回 and 作废 at the side; from these one goes on or begins again.
NEXT_STATES: Final = MappingProxyType(
    {state: frozenset({after}) | _SIDE for state, after in pairwise(_LINE)}
    | {
        "draft": frozenset({"verified", "void"}),
        "running": frozenset({"adjusted", "renewed", "dissolved"}),
        "adjusted": frozenset({"running", "dissolved"}),
        "renewed": frozenset({"running", "dissolved"}),
        "blocked": frozenset({*_LINE[:-1], "void"}),
        "returned": frozenset({"draft", "verified", "void"}),
        "void": frozenset({"draft"}),
        "dissolved": frozenset(),
    }
)


class Unit(NamedTuple):
    """A proposed unit as it stands in the store."""

    plan_id: str
    group_id: str
    adcode: str
    form: str
    state: str
    is_locked: bool
    locked_by: str
    note: str
    version: int
    members: tuple[str, ...]
    lead: str


class FixedUnit(NamedTuple):
    """A unit that a new run leaves alone: locked, or moved past its draft by a person."""

    plan_id: str
    group_id: str
    adcode: str
    form: str
    host_id: str
    lead: str
    members: tuple[str, ...]


class Constraint(NamedTuple):
    """What a planner fixed: a pair forbidden or forced, the remedy of an organisation, the lead of its unit."""

    id: str
    plan_id: str
    kind: Kind
    org_id: str
    other_id: str
    value: str
    adcode: str
    note: str
    created_by: str
    version: int


def units_of(  # noqa: PLR0913 # whose units, and which of them
    store: Store, scope: Scope, plan_id: str, *, adcode: str = "", group_id: str = "", is_handled: bool = False
) -> dict[str, Unit]:
    """Return the units of a plan within reach by group_id, of one county or a single one where that is given.

    Parameters
    ----------
    is_handled
        Only those that a person locked or moved past 草案, and those let go because they could not stay: few, where a
        province has thousands of units.
    """
    scope.require(Role.PLANNER)
    which = [grp.c.plan_id == plan_id, scope.within(grp.c.adcode)]
    if adcode:
        which.append(grp.c.adcode == adcode)
    if group_id:
        which.append(grp.c.group_id == group_id)
    if is_handled:
        which.append(_IS_FIXED | ~_HAS_MEMBERS)
    wanted = select(grp).where(*which)
    members = select(grp_member).where(grp_member.c.plan_id == plan_id).order_by(grp_member.c.org_id)
    if adcode or group_id or is_handled:
        members = members.where(grp_member.c.group_id.in_(select(grp.c.group_id).where(*which)))
    with reading(store) as connection:
        found: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(members):
            found.setdefault(row.group_id, []).append(row)
        return {row.group_id: _unit(row, found.get(row.group_id, [])) for row in connection.execute(wanted)}


def fixed_units(connection: Connection, plan_id: str) -> list[FixedUnit]:
    """Return the units of a plan that a new run leaves alone, with their members, in order of their ids."""
    rows = connection.execute(
        select(grp.c.group_id, grp.c.adcode, grp.c.form, grp.c.host_id, grp_member.c.org_id, grp_member.c.role)
        .join(grp_member, (grp_member.c.plan_id == grp.c.plan_id) & (grp_member.c.group_id == grp.c.group_id))
        .where(grp.c.plan_id == plan_id, _IS_FIXED)
        .order_by(grp.c.group_id, grp_member.c.org_id)
    )
    found = []
    for (group_id, adcode, form, host_id), seats in groupby(rows, key=lambda row: tuple(row[:4])):
        members = list(seats)
        lead = next((row.org_id for row in members if row.role == "lead"), "")
        found.append(FixedUnit(plan_id, group_id, adcode, form, host_id, lead, tuple(row.org_id for row in members)))
    return found


def units_behind_bounds(store: Store, scope: Scope, plan_id: str) -> frozenset[str]:
    """Return the fixed units that were so when the bounds of a plan were found, all of them where nobody noted it."""
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        facts = json.loads(connection.execute(select(plan.c.facts).where(plan.c.id == plan_id)).scalar_one())
        return _bound_by(connection, plan_id, facts) - freed_units(connection, plan_id, facts)


def freed_units(connection: Connection, plan_id: str, facts: Mapping[str, Any]) -> frozenset[str]:
    """Return the units that were fixed when the bounds of a plan were found, and are not any more; `facts` is its."""
    return _bound_by(connection, plan_id, facts) - {unit.group_id for unit in fixed_units(connection, plan_id)}


def _bound_by(connection: Connection, plan_id: str, facts: Mapping[str, Any]) -> frozenset[str]:
    """Return the units behind the bounds; a plan that an earlier version kept does not name them."""
    if "bound_by" in facts:
        return frozenset(facts["bound_by"])
    return frozenset(unit.group_id for unit in fixed_units(connection, plan_id))


def note_freed(connection: Connection, plan_id: str, group_id: str) -> None:
    """Let the tables of a plan be read again where a unit is fixed no more that its bounds count on."""
    here = plan.c.id == plan_id
    facts = json.loads(connection.execute(select(plan.c.facts).where(here).with_for_update()).scalar_one())
    if group_id in freed_units(connection, plan_id, facts):
        connection.execute(update(plan).where(here).values(facts=json.dumps(facts | {"run": new_run()})))


def new_run() -> str:
    """Return a name for the tables of a plan as they are from now on."""
    return secrets.token_hex(5)


def lock_unit(store: Store, scope: Scope, unit: Unit, *, is_locked: bool) -> Unit:
    """Lock a unit, so that no new run changes it, or let it go.

    Raises
    ------
    ConflictError
        Somebody changed it since `unit` was read.
    """
    action = "unit.lock" if is_locked else "unit.unlock"
    values = {"is_locked": int(is_locked), "locked_by": scope.actor if is_locked else ""}
    return _edited(store, scope, unit, action=action, **values)


def annotate_unit(store: Store, scope: Scope, unit: Unit, *, note: str) -> Unit:
    """Write a note to a unit."""
    return _edited(store, scope, unit, action="unit.note", note=note)


def decide(store: Store, scope: Scope, unit: Unit, *, state: str, note: str = "") -> Unit:
    """Move a unit to its next state; only a person does (RULEBOOK §4.7).

    Raises
    ------
    StoreError
        The state does not follow, or a member already belongs to another active unit.
    ConflictError
        Somebody changed the unit since `unit` was read.
    """
    scope.require(Role.PLANNER, area=unit.adcode)
    if state not in STATES or state not in NEXT_STATES[unit.state]:
        raise StoreError("store.no_step", before=unit.state, after=state)
    with writing(store) as connection:
        key = {"plan_id": unit.plan_id, "group_id": unit.group_id}
        edit(connection, scope, Change("unit.state", grp, key, {"state": state}, unit.version, unit.adcode))
        steps = {"from_state": unit.state, "to_state": state, "note": note}
        connection.execute(insert(decision).values(**key, **steps, adcode=unit.adcode, actor=scope.actor, at=now()))
        follow_state(connection, unit.plan_id, unit.group_id, state=state)
        note_freed(connection, **key)
        return _one(connection, key)


def follow_state(connection: Connection, plan_id: str, group_id: str, *, state: str) -> None:
    """Let the members of a unit belong to it exactly while it is active.

    Raises
    ------
    StoreError
        A member already belongs to another active unit: "each organisation in one active unit" (RULEBOOK §1).
    """
    here = (active_unit.c.plan_id == plan_id) & (active_unit.c.group_id == group_id)
    if state not in ACTIVE_STATES:
        connection.execute(delete(active_unit).where(here))
        return
    known = set(connection.execute(select(active_unit.c.org_id).where(here)).scalars())
    members = select(grp_member.c.org_id).where(grp_member.c.plan_id == plan_id, grp_member.c.group_id == group_id)
    rows = [
        {"org_id": org_id, "plan_id": plan_id, "group_id": group_id, "since": now()}
        for org_id in connection.execute(members).scalars()
        if org_id not in known
    ]
    try:
        if rows:
            connection.execute(insert(active_unit), rows)
    except IntegrityError as error:
        raise StoreError("store.two_units", orgs=", ".join(str(row["org_id"]) for row in rows)) from error


def decisions_on(store: Store, scope: Scope, unit: Unit) -> list[Row[Any]]:
    """Return the steps of a unit, the newest first."""
    scope.require(Role.PLANNER, area=unit.adcode)
    wanted = select(decision).where(decision.c.plan_id == unit.plan_id, decision.c.group_id == unit.group_id)
    with reading(store) as connection:
        return list(connection.execute(wanted.order_by(decision.c.id.desc())))


def add_constraint(connection: Connection, scope: Scope, wanted: Constraint) -> Constraint:
    """Fix something in a plan; `id` and `version` of `wanted` are ignored. A constraint let go before comes back."""
    scope.require(Role.PLANNER, area=wanted.adcode)
    table = planner_constraint
    _, first, second, value = ruling_of(wanted)
    here = (
        (table.c.plan_id == wanted.plan_id)
        & (table.c.kind == wanted.kind)
        & (table.c.org_id == first)
        & (table.c.other_id == second)
    )
    row = connection.execute(select(table).where(here)).one_or_none()
    if row is not None:
        values = {"is_active": 1, "value": value, "note": wanted.note}
        edit(connection, scope, Change("constraint.add", table, {"id": row.id}, values, row.version, row.adcode))
        return constraint_of(dict(connection.execute(select(table).where(here)).mappings().one()))
    values = wanted._asdict() | {"org_id": first, "other_id": second, "created_by": scope.actor, "version": 1}
    values |= {"id": f"C{secrets.token_hex(5)}"}
    connection.execute(insert(table).values(**values, created_at=now()))
    name = name_of(table, {"id": values["id"]})
    audit.record(
        connection, scope, audit.Entry("constraint.add", name, wanted.adcode, {"is_active": 0}, {"is_active": 1})
    )
    return constraint_of(dict(connection.execute(select(table).where(here)).mappings().one()))


def drop_constraint(connection: Connection, scope: Scope, constraint: Constraint) -> None:
    """Let a constraint go."""
    scope.require(Role.PLANNER, area=constraint.adcode)
    key, values = {"id": constraint.id}, {"is_active": 0}
    change = Change("constraint.drop", planner_constraint, key, values, constraint.version, constraint.adcode)
    edit(connection, scope, change)


def constraint_of(row: Mapping[str, Any]) -> Constraint:
    """Return the constraint of a row."""
    return Constraint(**{name: row[name] for name in Constraint._fields})


def ruling_of(constraint: Constraint) -> tuple[str, str, str, str]:
    """Return kind, organisation, other one and value as `Rulings` has them: a pair in one order, whoever is first."""
    first, second = constraint.org_id, constraint.other_id
    if second and second < first:
        first, second = second, first
    return constraint.kind, first, second, constraint.value


def constraints_of(store: Store, scope: Scope, plan_id: str) -> list[Constraint]:
    """Return what is fixed in a plan, within reach."""
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        return constraints_in(connection, scope, plan_id)


def constraints_in(connection: Connection, scope: Scope, plan_id: str) -> list[Constraint]:
    """Return the same as they are in a transaction."""
    table = planner_constraint
    wanted = select(table).where(table.c.plan_id == plan_id, table.c.is_active == 1, scope.within(table.c.adcode))
    rows = connection.execute(wanted.order_by(table.c.kind, table.c.org_id, table.c.other_id)).mappings()
    return [constraint_of(dict(row)) for row in rows]


def _edited(store: Store, scope: Scope, unit: Unit, *, action: str, **values: object) -> Unit:
    scope.require(Role.PLANNER, area=unit.adcode)
    key = {"plan_id": unit.plan_id, "group_id": unit.group_id}
    with writing(store) as connection:
        edit(connection, scope, Change(action, grp, key, values, unit.version, unit.adcode))
        note_freed(connection, **key)
        return _one(connection, key)


def _one(connection: Connection, key: dict[str, str]) -> Unit:
    row = connection.execute(
        select(grp).where(grp.c.plan_id == key["plan_id"], grp.c.group_id == key["group_id"])
    ).one_or_none()
    if row is None:
        raise ConflictError({}, key)
    members = select(grp_member).where(grp_member.c.plan_id == key["plan_id"], grp_member.c.group_id == key["group_id"])
    return _unit(row, list(connection.execute(members.order_by(grp_member.c.org_id))))


def _unit(row: Row[Any], members: list[Row[Any]]) -> Unit:
    values = {name: getattr(row, name) for name in Unit._fields if name not in {"members", "lead"}}
    lead = next((member.org_id for member in members if member.role == "lead"), "")
    return Unit(
        **values | {"is_locked": bool(row.is_locked)}, members=tuple(member.org_id for member in members), lead=lead
    )
