"""Lists as they were read (datasets), by name: kept whole, never the upload itself, never forgotten silently."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import pandas as pd
from sqlalchemy import delete, insert, select

from coverage.intake import Intake
from coverage.tables import Orgs, Problems, Venues
from coverage.venues import VenueList
from coverage.vocabulary import Severity
from store import audit, parts
from store.editing import Change, edit
from store.engine import now, reading, writing
from store.errors import StoreError
from store.parts import Owner
from store.schema import dataset, dataset_part, org, row_reject
from store.scope import Role, Scope, common_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from store.engine import Store

Kind = Literal["orgs", "venues"]
State = Literal["preview", "active", "archived"]

_ROWS: Final = 5_000  # a statement
_USCC_DIGITS: Final = 18


class Upload(NamedTuple):
    """What a list came from: its files as (name, sha256, bytes), and what was chosen when it was read."""

    name: str
    files: Sequence[tuple[str, str, int]]
    crs: str = ""
    choices: str = ""  # anything else that changes what is read, e.g. the columns chosen
    is_demo: bool = False
    replaces: str = ""


class ListInfo(NamedTuple):
    """One list by name; `files` as in `Upload`."""

    id: str
    kind: Kind
    name: str
    area: str
    files: tuple[tuple[str, str, int], ...]
    crs: str
    is_demo: bool
    rows_in: int
    rows_ok: int
    state: State
    replaces: str
    created_by: str
    created_at: str
    version: int


def keep_list(store: Store, scope: Scope, intake: Intake, *, upload: Upload, state: State = "active") -> ListInfo:
    """Store a list that was read; the same upload with the same choices is the same list.

    Raises
    ------
    NotAllowedError
        The user plans nothing there: organisations registered out of reach, or a leader.
    """
    adcodes = registered_codes(intake.orgs)
    area = common_area(adcodes)
    scope.require(Role.PLANNER, area=area)
    facts = {
        "fields": sorted(intake.fields),
        "personal_columns": int(intake.personal_columns),
        "needs_crs": bool(intake.needs_crs),
    }
    row = _new_row(scope, upload, kind="orgs") | {
        "area": area,
        "facts": json.dumps(facts),
        "rows_in": intake.rows_in,
        "rows_ok": len(intake.orgs),
        "rows_rejected": intake.rejected,
        "state": state,
    }
    pieces = [  # before the transaction: others wait for its end
        *parts.split("orgs", intake.orgs, adcodes),
        *parts.split("problems", intake.problems, None),
        *parts.split("mappings", intake.mappings, None),
    ]
    with writing(store) as connection:
        if known := _known(connection, str(row["sha256"])):
            return _revived(connection, scope, known, state=state, upload=upload)
        connection.execute(insert(dataset).values(**row))
        parts.write(connection, Owner(dataset_part, str(row["id"])), pieces)
        _write_orgs(connection, str(row["id"]), intake.orgs, adcodes=adcodes)
        _write_rejects(connection, str(row["id"]), intake.problems)
        return _announced(connection, scope, str(row["id"]))


def keep_venues(store: Store, scope: Scope, found: VenueList, *, upload: Upload) -> ListInfo:
    """Store a list of activity venues."""
    scope.require(Role.PLANNER)
    row = _new_row(scope, upload, kind="venues") | {
        "area": "",
        "facts": "{}",
        "rows_in": len(found.venues),
        "rows_ok": len(found.venues),
        "rows_rejected": 0,
        "state": "active",
    }
    with writing(store) as connection:
        if known := _known(connection, str(row["sha256"])):
            return _revived(connection, scope, known, state="active", upload=upload)
        connection.execute(insert(dataset).values(**row))
        for name in ("venues", "problems"):
            parts.write(connection, Owner(dataset_part, str(row["id"])), parts.split(name, getattr(found, name), None))
        return _announced(connection, scope, str(row["id"]))


def list_infos(store: Store, scope: Scope, *, kind: Kind = "orgs", state: State = "active") -> list[ListInfo]:
    """Return the lists that have something within reach, the newest first."""
    wanted = select(dataset).where(dataset.c.kind == kind, dataset.c.state == state)
    with reading(store) as connection:
        rows = connection.execute(wanted.order_by(dataset.c.created_at.desc(), dataset.c.id)).all()
    return [info for info in map(_info, rows) if scope.touches(info.area)]


def list_info(store: Store, scope: Scope, list_id: str) -> ListInfo:
    """Return one list.

    Raises
    ------
    StoreError
        There is none of that id within reach.
    """
    with reading(store) as connection:
        return _one(connection, scope, list_id)


def with_new_columns(orgs: pd.DataFrame) -> pd.DataFrame:
    """Return organisations that an earlier version kept with what lists have had since, blank."""
    return orgs if "class_learned" in orgs else orgs.assign(class_learned="")


def read_list(store: Store, scope: Scope, list_id: str) -> Intake:
    """Return a list as it was read; for a user with fewer areas only their organisations and the findings on them.

    Raises
    ------
    StoreError
        There is none of that id within reach, or its content is damaged.
    """
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        info = _one(connection, scope, list_id)
        tables = parts.read(connection, scope, Owner(dataset_part, list_id))
        facts = json.loads(connection.execute(select(dataset.c.facts).where(dataset.c.id == list_id)).scalar_one())
    orgs = tables.get("orgs", pd.DataFrame(columns=list(Orgs.to_schema().columns)))
    problems, rows_in = tables["problems"], info.rows_in
    if not scope.covers(info.area):
        orgs = orgs[scope.keep(registered_codes(orgs))].reset_index(drop=True)
        problems, rows_in = _of_orgs(problems, orgs), len(orgs)
    return Intake(
        orgs=Orgs.validate(with_new_columns(orgs)),
        problems=Problems.validate(problems),
        fields=frozenset(facts["fields"]),
        mappings=tables["mappings"],
        rows_in=rows_in,
        rejected=rows_in - len(orgs),
        personal_columns=facts["personal_columns"],
        needs_crs=facts["needs_crs"],
    )


def read_venue_list(store: Store, scope: Scope, list_id: str) -> VenueList:
    """Return the venues of a list.

    Raises
    ------
    StoreError
        There is none of that id, or its content is damaged.
    """
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        _one(connection, scope, list_id)
        tables = parts.read(connection, scope, Owner(dataset_part, list_id))
    return VenueList(Venues.validate(tables["venues"]), Problems.validate(tables["problems"]))


def rename_list(store: Store, scope: Scope, info: ListInfo, *, name: str) -> ListInfo:
    """Give a list another name.

    Raises
    ------
    ConflictError
        Somebody changed it since `info` was read.
    """
    return _edited(store, scope, info, action="list.rename", name=name)


def archive_list(store: Store, scope: Scope, info: ListInfo) -> ListInfo:
    """Put a list away: it stays readable by its id, and can be brought back."""
    return _edited(store, scope, info, action="list.archive", state="archived")


def activate_list(store: Store, scope: Scope, info: ListInfo) -> ListInfo:
    """Bring a list back, or take one over that was a preview."""
    return _edited(store, scope, info, action="list.activate", state="active")


def drop_preview(store: Store, scope: Scope, list_id: str) -> None:
    """Forget a list that was read for a look and never taken over."""
    scope.require(Role.PLANNER)
    with writing(store) as connection:
        info = _one(connection, scope, list_id)
        if info.state != "preview":
            raise StoreError("store.not_preview", name=info.name)
        parts.remove(connection, Owner(dataset_part, list_id))
        for table in (org, row_reject):
            connection.execute(delete(table).where(table.c.dataset_id == list_id))
        connection.execute(delete(dataset).where(dataset.c.id == list_id))
        audit.record(connection, scope, audit.Entry("list.drop", f"dataset/{list_id}", info.area, None, None))


def registered_codes(orgs: pd.DataFrame) -> pd.Series:
    """Return where each organisation was registered, by its credit code, else by a county code in the list; "" unknown.

    The reach of a user over a list goes by it: where an organisation is located is known only with a plan.
    """
    uscc = orgs["uscc"].astype("str")
    by_code = uscc.str.slice(2, 8).where(uscc.str.len() == _USCC_DIGITS, "")
    written = orgs["county"].astype("str")
    by_code = by_code.where(by_code.str.fullmatch(r"\d{6}"), written)
    return by_code.where(by_code.str.fullmatch(r"\d{6}"), "").astype("str")


def _new_row(scope: Scope, upload: Upload, *, kind: Kind) -> dict[str, Any]:
    content = json.dumps([kind, [list(file) for file in upload.files], upload.crs, upload.choices])
    return {
        "id": f"L{secrets.token_hex(5)}",
        "kind": kind,
        "name": upload.name,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "crs": upload.crs,
        "is_demo": int(upload.is_demo),
        "files": json.dumps([list(file) for file in upload.files], ensure_ascii=False),
        "replaces": upload.replaces or None,
        "created_by": scope.actor,
        "created_at": now(),
        "version": 1,
    }


def _write_orgs(connection: Connection, list_id: str, orgs: pd.DataFrame, *, adcodes: pd.Series) -> None:
    """Write what corrections, units and searches point at."""
    for start in range(0, len(orgs), _ROWS):
        block = orgs.iloc[start : start + _ROWS]
        members = block["n_full"].astype("object").where(block["n_full"].notna(), None)
        rows = zip(block["org_id"], block["name"], adcodes.loc[block.index], members, strict=True)
        connection.execute(
            insert(org),
            [
                {"dataset_id": list_id, "org_id": org_id, "name": name, "adcode": adcode, "members": count}
                for org_id, name, adcode, count in rows
            ],
        )


def _write_rejects(connection: Connection, list_id: str, problems: pd.DataFrame) -> None:
    rejected = problems[problems["severity"] == Severity.REJECTED.value]
    columns = rejected[["file", "sheet", "row", "column", "code", "value"]].astype("object")
    rows = columns.where(columns.notna(), None).itertuples(index=False, name=None)
    numbered: list[dict[str, Any]] = [
        {"dataset_id": list_id, "number": number, **dict(zip(map(str, columns), row, strict=True))}
        for number, row in enumerate(rows, 1)
    ]
    for start in range(0, len(numbered), _ROWS):
        connection.execute(insert(row_reject), numbered[start : start + _ROWS])


def _of_orgs(problems: pd.DataFrame, orgs: pd.DataFrame) -> pd.DataFrame:
    """Return the findings on these organisations: other rows may be those of somebody else's area."""
    keys = pd.MultiIndex.from_frame(orgs[["file", "sheet", "row"]].astype("str"))
    return problems[pd.MultiIndex.from_frame(problems[["file", "sheet", "row"]].astype("str")).isin(keys)]


def _known(connection: Connection, sha256: str) -> ListInfo | None:
    row = connection.execute(select(dataset).where(dataset.c.sha256 == sha256)).one_or_none()
    return _info(row) if row else None


def _revived(connection: Connection, scope: Scope, known: ListInfo, *, state: State, upload: Upload) -> ListInfo:
    """Return a list that was there already, in use again."""
    if state in {known.state, "preview"}:
        return known
    values: dict[str, Any] = {"state": state}
    if known.state == "preview":
        values |= {"name": upload.name, "replaces": upload.replaces or None}
    edit(connection, scope, Change("list.activate", dataset, {"id": known.id}, values, known.version, known.area))
    return _one(connection, scope, known.id)


def _announced(connection: Connection, scope: Scope, list_id: str) -> ListInfo:
    info = _one(connection, scope, list_id)
    after = {"name": info.name, "rows_in": info.rows_in, "rows_ok": info.rows_ok, "state": info.state}
    audit.record(connection, scope, audit.Entry("list.import", f"dataset/{list_id}", info.area, None, after))
    return info


def _edited(store: Store, scope: Scope, info: ListInfo, *, action: str, **values: str) -> ListInfo:
    scope.require(Role.PLANNER, area=info.area)
    with writing(store) as connection:
        edit(connection, scope, Change(action, dataset, {"id": info.id}, values, info.version, info.area))
        return _one(connection, scope, info.id)


def _one(connection: Connection, scope: Scope, list_id: str) -> ListInfo:
    row = connection.execute(select(dataset).where(dataset.c.id == list_id)).one_or_none()
    if row is None or not scope.touches(row.area):
        raise StoreError("store.no_list", id=list_id)
    return _info(row)


def _info(row: Row[Any]) -> ListInfo:
    values = {name: getattr(row, name) for name in ListInfo._fields}
    files = tuple((str(name), str(sha256), int(size)) for name, sha256, size in json.loads(row.files))
    return ListInfo(**values | {"files": files, "is_demo": bool(row.is_demo), "replaces": row.replaces or ""})


def forget_previews(store: Store, scope: Scope, *, before: str) -> int:
    """Forget previews of all users made before a moment and never taken over; return how many."""
    with reading(store) as connection:
        old = select(dataset.c.id).where(dataset.c.state == "preview", dataset.c.created_at < before)
        ids = [row.id for row in connection.execute(old)]
    for list_id in ids:
        drop_preview(store, scope, list_id)
    return len(ids)
