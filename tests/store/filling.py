"""Rows for every table of a store, made in code: two lists, a plan with units, people's work, a job."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert

from store import Role, Scope, Store, audit, make_scope, open_store
from store.engine import now, writing
from store.schema import METADATA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

WANG = make_scope("wang", Role.ADMIN, "")
#: What a database may spoil: sorting, quotes, four-byte characters, backslashes, blanks at the end.
NAMES = ("湖州市棋类协会", "Ωmega 'quoted\" \\ name ", "𠮷野社区服务中心", "é é", "湖州市商会")


class Place(NamedTuple):
    """Where a store is: a folder, and the address of a server or ""."""

    folder: Path
    url: str

    def open(self, *, must_be_current: bool = True) -> Store:
        return open_store(self.folder, url=self.url, must_be_current=must_be_current)


def fill(store: Store, *, orgs: int = len(NAMES)) -> None:
    """Put something into every table; the list has so many organisations."""
    with writing(store) as connection:
        add_list(connection, "L2", orgs=orgs, replaces=None)
        add_list(connection, "L1", orgs=1, replaces="L2")  # points at one that sorts after it
        add_plan(connection)
        add_work(connection)
        for number in range(1, 13):
            note(connection, f"row/{number}", after={"count": number, "name": NAMES[number % len(NAMES)]})


def add_list(connection: Connection, list_id: str, *, orgs: int, replaces: str | None = None) -> None:
    """A list with organisations, a stored table and a rejected row; its counts agree."""
    row = {"id": list_id, "kind": "orgs", "name": NAMES[0], "sha256": sha(list_id.encode()), "area": "33"}
    row |= {"files": "[]", "facts": "{}", "state": "active", "created_by": "wang", "created_at": now()}
    add(connection, "dataset", row | {"rows_in": orgs + 1, "rows_ok": orgs, "rows_rejected": 1, "replaces": replaces})
    content = bytes(range(256)) * 40
    part = {"dataset_id": list_id, "name": "orgs", "province": "33", "row_count": orgs}
    add(connection, "dataset_part", part | {"sha256": sha(content), "content": content})
    rows = [
        {
            "dataset_id": list_id,
            "org_id": f"{list_id}-{number:06d}",
            "name": NAMES[number % len(NAMES)],
            "adcode": "330502",
            "members": number % 7 or None,
        }
        for number in range(orgs)
    ]
    connection.execute(insert(METADATA.tables["org"]), rows)
    problem = {"dataset_id": list_id, "number": 1, "file": "a.csv", "sheet": "", "row": 7, "column": "name"}
    add(connection, "row_reject", problem | {"code": "V1", "value": NAMES[1]})


def add_plan(connection: Connection) -> None:
    """A plan of the list with a unit, decided and active, and the figures of a day."""
    plan = {"id": "P1", "dataset_id": "L2", "name": "2026", "area": "33", "settings": "{}", "settings_sha256": "x"}
    add(connection, "plan", plan | {"state": "done", "created_by": "wang", "created_at": now()})
    add(connection, "plan_part", {"plan_id": "P1", "name": "groups", "province": "33", **stored(b"groups", 2)})
    unit = {"plan_id": "P1", "group_id": "G1"}
    add(connection, "grp", unit | {"adcode": "330502", "form": "joint", "state": "approved"})
    for number, role in enumerate(("lead", "member")):
        add(connection, "grp_member", unit | {"org_id": f"L2-{number:06d}", "role": role})
        add(connection, "active_unit", unit | {"org_id": f"L2-{number:06d}", "since": now()})
    fixed = {"id": "C1", "plan_id": "P1", "kind": "forbid", "org_id": "L2-000000", "other_id": "L2-000003"}
    add(connection, "planner_constraint", fixed | {"adcode": "330502", "created_by": "wang", "created_at": now()})
    for before, after in (("draft", "verified"), ("verified", "consulted")):
        step = unit | {"adcode": "330502", "from_state": before, "to_state": after}
        add(connection, "decision", step | {"actor": "wang", "at": now()})
    figures = {"id": "S1", "plan_id": "P1", "name": "3", "area": "33", "as_of": "2026-01-01", **stored(b"figures", 1)}
    add(connection, "snapshot", figures | {"created_by": "wang", "created_at": now()})


def add_work(connection: Connection) -> None:
    """A correction, what lies on a desk, a user, a job and a county that it finished."""
    fix = {"org_id": "L2-000000", "field": "address", "number": 1, "name": NAMES[0], "adcode": "330502"}
    add(connection, "correction", fix | {"value": '"人民路1号"', "actor": "wang", "at": now()})
    place = {"adcode": "330502", "kind": "road", "name": "人民路", "number": "1", "lon": 120.1, "lat": 30.9}
    add(
        connection,
        "landmark",
        place | {"level": "given", "radius_m": 50.0, "source": "confirmed", "actor": "wang", "at": now()},
    )
    add(connection, "template", {"id": "t", "columns": "{}"})
    add(connection, "choice", {"actor": "wang", "name": "plan", "value": "P1", "at": now()})
    add(connection, "user_scope", {"actor": "li", "area": "3305", "role": "planner"})
    add(connection, "draft", {"actor": "wang", "form": "note", "object": "G1", "content": '"半"', "saved_at": now()})
    job = {"id": "J1", "kind": "plan", "arguments": "{}", "area": "33", "actor": "wang", "state": "running"}
    add(connection, "job", job | {"created_at": now()})
    done = {"task": "plan/P1", "key": "330502", "input_sha256": "x", "at": now()}
    add(connection, "task_result", done | {"sha256": sha(b"county"), "content": b"county"})


def note(connection: Connection, name: str, *, after: dict[str, Any], scope: Scope = WANG) -> int:
    """One row of the audit."""
    return audit.record(connection, scope, audit.Entry("test.change", name, "3305", {"count": 0}, after))


def add(connection: Connection, table: str, row: Mapping[str, Any]) -> None:
    connection.execute(insert(METADATA.tables[table]), [dict(row)])


def stored(content: bytes, rows: int) -> dict[str, Any]:
    return {"row_count": rows, "sha256": sha(content), "content": content}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
