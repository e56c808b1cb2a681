"""Plans by name: a list with settings, its tables once they are made, its units as rows, and the figures of a day."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import pandas as pd
from sqlalchemy import delete, insert, select, update

from coverage.handmade import loosen
from coverage.pipeline import Plan
from coverage.settings import COUNTING, PlanSettings
from coverage.tables import Blocks, Branches, Groups, Measures, Orgs, Table
from store import audit, parts
from store.editing import Change, edit
from store.engine import now, reading, writing
from store.errors import StoreError
from store.lists import list_info
from store.parts import Owner
from store.schema import plan, plan_part, snapshot
from store.scope import Role, Scope
from store.unit_rows import carry_marks, replace_units
from store.units import fixed_units, freed_units, new_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row

    from store.engine import Store
    from store.inputs import PlanInput

State = Literal["open", "partial", "done", "archived"]

#: Tables of a plan: a row for each organisation, in one order; rows with a county of their own; without one.
_OF_ORGS: Final = ("orgs", "places", "duties", "measures")
_OF_COUNTIES: Final = ("groups", "blocks", "missing", "branches")
_WHOLE: Final = ("coverage", "problems")
#: Those that change when people make units by hand, beside measures and figures.
_BY_HAND: Final = ("groups", "blocks", "branches")
#: Tables that have more columns than earlier versions kept.
_GROWN: Final[dict[str, type[Table]]] = {
    "orgs": Orgs,
    "measures": Measures,
    "groups": Groups,
    "blocks": Blocks,
    "branches": Branches,
}


class PlanInfo(NamedTuple):
    """One plan by name.

    `input_sha256` is what its tables were made from, `run` names the run that made them; "" before the first one.
    """

    id: str
    dataset_id: str
    venues_id: str
    name: str
    area: str
    settings: PlanSettings
    input_sha256: str
    run: str
    state: State
    created_by: str
    created_at: str
    version: int


class Snapshot(NamedTuple):
    """The figures of a day, kept for trends: `read_snapshot` has them."""

    id: str
    plan_id: str
    name: str
    as_of: str


def create_plan(store: Store, scope: Scope, list_id: str, *, settings: PlanSettings, name: str = "") -> PlanInfo:
    """Make a plan of a list; nothing is computed yet.

    Raises
    ------
    NotAllowedError
        The list reaches beyond the user's areas.
    """
    info = list_info(store, scope, list_id)
    scope.require(Role.PLANNER, area=info.area)
    text = settings.model_dump_json()
    row = {
        "id": f"P{secrets.token_hex(5)}",
        "dataset_id": list_id,
        "venues_id": None,
        "name": name or info.name,
        "area": info.area,
        "settings": text,
        "settings_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "state": "open",
        "created_by": scope.actor,
        "created_at": now(),
    }
    with writing(store) as connection:
        connection.execute(insert(plan).values(**row))
        after = {name: row[name] for name in ("dataset_id", "name", "settings")}
        audit.record(connection, scope, audit.Entry("plan.create", f"plan/{row['id']}", info.area, None, after))
        return _one(connection, scope, str(row["id"]))


def plan_infos(store: Store, scope: Scope, *, list_id: str = "", is_archived: bool = False) -> list[PlanInfo]:
    """Return the plans that have something within reach, the newest first; of one list where one is given."""
    wanted = select(plan).where((plan.c.state == "archived") if is_archived else (plan.c.state != "archived"))
    if list_id:
        wanted = wanted.where(plan.c.dataset_id == list_id)
    with reading(store) as connection:
        rows = connection.execute(wanted.order_by(plan.c.created_at.desc(), plan.c.id)).all()
    return [info for info in map(_info, rows) if scope.touches(info.area)]


def plan_info(store: Store, scope: Scope, plan_id: str) -> PlanInfo:
    """Return one plan.

    Raises
    ------
    StoreError
        There is none of that id within reach.
    """
    with reading(store) as connection:
        return _one(connection, scope, plan_id)


def rename_plan(store: Store, scope: Scope, info: PlanInfo, *, name: str) -> PlanInfo:
    """Give a plan another name."""
    return _edited(store, scope, info, action="plan.rename", name=name)


def change_settings(store: Store, scope: Scope, info: PlanInfo, *, settings: PlanSettings) -> PlanInfo:
    """Use other settings in a plan; its tables stand for the former ones until it is made again."""
    text = settings.model_dump_json()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return _edited(store, scope, info, action="plan.settings", settings=text, settings_sha256=digest)


def change_venues(store: Store, scope: Scope, info: PlanInfo, *, venues_id: str) -> PlanInfo:
    """Count other activity venues in a plan, "" none."""
    return _edited(store, scope, info, action="plan.venues", venues_id=venues_id or None)


def archive_plan(store: Store, scope: Scope, info: PlanInfo) -> PlanInfo:
    """Put a plan away; it can be brought back."""
    return _edited(store, scope, info, action="plan.archive", state="archived")


def activate_plan(store: Store, scope: Scope, info: PlanInfo) -> PlanInfo:
    """Bring a plan back."""
    return _edited(store, scope, info, action="plan.activate", state="done" if info.input_sha256 else "open")


def keep_result(store: Store, scope: Scope, info: PlanInfo, *, made: Plan, given: PlanInput) -> PlanInfo | None:
    """Store what a plan came to: its tables, and its units as rows that keep their state, lock and history.

    None, and nothing is stored, where people worked on the plan meanwhile: `made` knows nothing of that.

    Parameters
    ----------
    info
        The plan as it was before `given` was read.
    given
        What the tables were made from.

    A unit that is locked or decided and cannot stay loses its members; its row and history remain. The figures are kept
    as those of their day, for trends.
    """
    scope.require(Role.PLANNER, area=info.area)
    pieces = list(_split(made))  # before the transaction: others wait for its end
    with writing(store) as connection:
        if _is_overtaken(connection, info, made=made, given=given):
            return None
        owner = Owner(plan_part, info.id)
        parts.remove(connection, owner)
        parts.write(connection, owner, pieces)
        replace_units(connection, scope, info.id, made=made)
        carry_marks(connection, scope, info.id, before=given.follows, unmade=set(made.missing["adcode"]))
        bound_by = [unit.group_id for unit in fixed_units(connection, info.id)]
        facts = {"rows_in": made.rows_in, "run": new_run(), "bound_by": bound_by}
        state = "done" if made.missing.empty else "partial"
        values = {"input_sha256": given.sha256, "state": state, "facts": json.dumps(facts)}
        connection.execute(update(plan).where(plan.c.id == info.id).values(**values))
        if made.missing.empty:
            _keep_snapshot(connection, scope, info, coverage=made.coverage)
        after: audit.Content = {"input_sha256": given.sha256, "groups": int(made.groups["group_id"].nunique())}
        audit.record(connection, scope, audit.Entry("plan.make", f"plan/{info.id}", info.area, None, after))
        return _one(connection, scope, info.id)


def _is_overtaken(connection: Connection, info: PlanInfo, *, made: Plan, given: PlanInput) -> bool:
    """Say whether somebody stored the plan meanwhile, or fixed a unit that the result does not have."""
    wanted = select(plan.c.facts).where(plan.c.id == info.id).with_for_update()
    if json.loads(connection.execute(wanted).scalar_one()).get("run", "") != info.run:
        return True
    fixed = {unit.group_id for unit in fixed_units(connection, info.id)}
    return not fixed <= {*given.wishes.kept["group_id"], *made.groups["group_id"]}


def keep_county(connection: Connection, scope: Scope, info: PlanInfo, *, made: Plan, adcode: str) -> None:
    """Store the tables that change when units of one county do; the others stand as they are."""
    owner, province = Owner(plan_part, info.id), adcode[:2]
    parts.remove(connection, owner, names=(*_BY_HAND, "coverage"))
    parts.remove(connection, owner, names=("measures",), province=province)
    adcodes = made.places["adcode"].reset_index(drop=True)
    parts.write(connection, owner, parts.split("measures", made.measures, adcodes, only=frozenset({province})))
    for name in _BY_HAND:
        table = getattr(made, name)
        parts.write(connection, owner, parts.split(name, table, table["adcode"]))
    parts.write(connection, owner, parts.split("coverage", made.coverage, None))
    if made.missing.empty:
        _keep_snapshot(connection, scope, info, coverage=made.coverage)


def read_result(store: Store, scope: Scope, plan_id: str) -> Plan | None:
    """Return the tables of a plan within reach, None before the first run.

    Raises
    ------
    StoreError
        There is no such plan within reach, or a part is damaged.
    """
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        info = _one(connection, scope, plan_id)
        tables = parts.read(connection, scope, Owner(plan_part, plan_id))
        meta = json.loads(connection.execute(select(plan.c.facts).where(plan.c.id == plan_id)).scalar_one())
        freed = freed_units(connection, plan_id, meta)
    if not info.input_sha256:
        return None
    tables = _with_new_columns(tables)
    tables |= {"blocks": _loosened(tables, freed, info.settings)}
    if not scope.covers(info.area):
        tables = _within(tables, scope)
    return Plan(
        **{name: tables[name] for name in (*_OF_ORGS, *_OF_COUNTIES, *_WHOLE)},
        settings=info.settings,
        rows_in=meta["rows_in"],
    )


def _loosened(tables: dict[str, pd.DataFrame], freed: frozenset[str], settings: PlanSettings) -> pd.DataFrame:
    """Return the blocks with bounds that hold without the units that people let go since they were found."""
    groups = tables["groups"]
    orgs = groups.loc[groups["group_id"].isin(freed) & (groups["role"] != "host"), "org_id"]
    if orgs.empty:
        return tables["blocks"]
    here = tables["duties"]["org_id"].isin(orgs)
    superior = tables["duties"].loc[here, "recorded_superior"]
    keys = pd.DataFrame({"adcode": tables["places"].loc[here, "adcode"], "superior": superior})
    if settings.same_superior == "prefer":
        keys = keys.assign(superior="")
    return loosen(tables["blocks"], keys, settings=settings)


def _with_new_columns(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return tables that an earlier version kept with what plans have had since, blank until they are made again."""
    return tables | {name: _as_now(tables.get(name, model.empty()), model) for name, model in _GROWN.items()}


def _as_now(table: pd.DataFrame, model: type[Table]) -> pd.DataFrame:
    blank = model.empty()
    return table.assign(
        **{name: _unknown(blank[name], table.index) for name in blank.columns.difference(table.columns)}
    )


def _unknown(column: pd.Series, index: pd.Index) -> pd.Series:
    """Return a column that says nothing: "" for texts, 0 and no for numbers and marks that are never null."""
    if column.dtype == "str":
        return pd.Series("", index=index, dtype="str")
    is_never_null = str(column.dtype) in {"int64", "bool"}
    return pd.Series(0, index=index, dtype=column.dtype) if is_never_null else column.reindex(index)


def read_coverage(store: Store, scope: Scope, plan_id: str) -> pd.DataFrame:
    """Return the figures of the areas within reach: all that leaders see of a plan (table Coverage)."""
    scope.require(Role.LEADER)
    with reading(store) as connection:
        _one(connection, scope, plan_id)
        wanted = select(plan_part).where(plan_part.c.plan_id == plan_id, plan_part.c.name == "coverage")
        row = connection.execute(wanted).one_or_none()
    if row is None:
        raise StoreError("store.not_made", id=plan_id)
    return _areas_within(parts.from_parquet(row.content), scope)


def snapshots(store: Store, scope: Scope, *, plans: Sequence[str] | None = None) -> list[Snapshot]:
    """Return the days whose figures were kept, within reach, the oldest first: of these plans, or of all."""
    scope.require(Role.LEADER)
    wanted = select(snapshot.c.id, snapshot.c.plan_id, snapshot.c.name, snapshot.c.as_of, snapshot.c.area)
    if plans is not None:
        wanted = wanted.where(snapshot.c.plan_id.in_(plans))
    with reading(store) as connection:
        rows = connection.execute(wanted.order_by(snapshot.c.as_of, snapshot.c.created_at)).all()
    return [Snapshot(row.id, row.plan_id, row.name, row.as_of) for row in rows if scope.touches(row.area)]


def read_snapshot(store: Store, scope: Scope, snapshot_id: str) -> pd.DataFrame:
    """Return the figures of a day within reach (table Coverage; one of an earlier version may lack later columns).

    `attrs["counting"]` holds the settings that they were counted by, as texts; an earlier version did not note them.

    Raises
    ------
    StoreError
        There is no such day within reach, or it is damaged.
    """
    scope.require(Role.LEADER)
    with reading(store) as connection:
        row = connection.execute(select(snapshot).where(snapshot.c.id == snapshot_id)).one_or_none()
    if row is None or not scope.touches(row.area):
        raise StoreError("store.no_snapshot", id=snapshot_id)
    if parts.digest(row.content) != row.sha256:
        raise StoreError("store.snapshot_damaged", as_of=row.as_of)
    return _areas_within(parts.from_parquet(row.content), scope)


def _split(made: Plan) -> Iterator[parts.Part]:
    """Yield the tables of a plan, by the province where each organisation is."""
    adcodes = made.places["adcode"].reset_index(drop=True)
    for name in _OF_ORGS:
        yield from parts.split(name, getattr(made, name).reset_index(drop=True), adcodes)
    for name in _OF_COUNTIES:
        table = getattr(made, name).reset_index(drop=True)
        yield from parts.split(name, table, table["adcode"])
    for name in _WHOLE:
        yield from parts.split(name, getattr(made, name), None)


def _within(tables: dict[str, pd.DataFrame], scope: Scope) -> dict[str, pd.DataFrame]:
    """Return the rows within reach; by-organisation tables have one order."""
    is_near = scope.keep(tables["places"]["adcode"])
    found = {name: tables[name][is_near].reset_index(drop=True) for name in _OF_ORGS}
    for name in _OF_COUNTIES:
        found[name] = tables[name][scope.keep(tables[name]["adcode"])].reset_index(drop=True)
    rows = pd.MultiIndex.from_frame(found["orgs"][["file", "sheet", "row"]].astype("str"))
    keys = pd.MultiIndex.from_frame(tables["problems"][["file", "sheet", "row"]].astype("str"))
    found["problems"] = tables["problems"][keys.isin(rows)].reset_index(drop=True)
    found["coverage"] = _areas_within(tables["coverage"], scope)
    return found


def _areas_within(coverage: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    near = coverage[[scope.covers(str(adcode)) for adcode in coverage["adcode"]]].reset_index(drop=True)
    near.attrs = dict(coverage.attrs)
    return near


def _keep_snapshot(connection: Connection, scope: Scope, info: PlanInfo, *, coverage: pd.DataFrame) -> None:
    """Keep the figures as those of their day, one a plan and day, with how they were counted (`attrs["counting"]`)."""
    counting = {name: str(getattr(info.settings, name)) for name in COUNTING}
    told = coverage.copy(deep=False)
    told.attrs = {"counting": counting}
    content, as_of = parts.to_parquet(told), info.settings.as_of.isoformat()
    connection.execute(delete(snapshot).where(snapshot.c.plan_id == info.id, snapshot.c.as_of == as_of))
    connection.execute(
        insert(snapshot).values(
            id=f"S{secrets.token_hex(5)}",
            plan_id=info.id,
            name=info.name,
            area=info.area,
            as_of=as_of,
            row_count=len(coverage),
            sha256=parts.digest(content),
            content=content,
            created_by=scope.actor,
            created_at=now(),
        )
    )


def _edited(store: Store, scope: Scope, info: PlanInfo, *, action: str, **values: str | None) -> PlanInfo:
    scope.require(Role.PLANNER, area=info.area)
    with writing(store) as connection:
        edit(connection, scope, Change(action, plan, {"id": info.id}, values, info.version, info.area))
        return _one(connection, scope, info.id)


def _one(connection: Connection, scope: Scope, plan_id: str) -> PlanInfo:
    row = connection.execute(select(plan).where(plan.c.id == plan_id)).one_or_none()
    if row is None or not scope.touches(row.area):
        raise StoreError("store.no_plan", id=plan_id)
    return _info(row)


def _info(row: Row[Any]) -> PlanInfo:
    values = {name: getattr(row, name) for name in PlanInfo._fields if name != "run"}
    settings = PlanSettings.model_validate_json(row.settings)
    return PlanInfo(
        **values | {"settings": settings, "venues_id": row.venues_id or "", "run": json.loads(row.facts).get("run", "")}
    )
