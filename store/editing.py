"""Edits of rows that people share: the version seen is named, the change is in the audit, and can be undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, select, update

from store import audit, schema
from store.errors import ConflictError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection, Table

    from store.scope import Scope


class Change(NamedTuple):
    """What one edit does to one row; `version` is the one that the editor saw."""

    action: str
    table: Table
    key: Mapping[str, object]
    values: Mapping[str, object]
    version: int
    area: str = ""


def edit(connection: Connection, scope: Scope, change: Change, *, undoes: int | None = None) -> int:
    """Change a row and return its new version.

    Raises
    ------
    ConflictError
        Somebody changed it since; both versions are in the error.
    StoreError
        The row is gone.
    """
    table = change.table
    here = where(table, change.key)
    row = connection.execute(select(table).where(here).with_for_update()).mappings().one_or_none()
    if row is None:
        raise StoreError("store.gone", object=name_of(table, change.key))
    if row["version"] != change.version:
        raise ConflictError(dict(row), dict(row) | dict(change.values))
    before = {name: row[name] for name in change.values}
    connection.execute(update(table).where(here).values(**change.values, version=change.version + 1))
    entry = audit.Entry(
        change.action, name_of(table, change.key), change.area, before, dict(change.values), undoes=undoes
    )
    audit.record(connection, scope, entry)
    return change.version + 1


def where(table: Table, key: Mapping[str, object]) -> ColumnElement[bool]:
    """Return the condition that a row has this key."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def name_of(table: Table, key: Mapping[str, object]) -> str:
    """Return how the audit names a row: table and key, which `key_of` reads again."""
    return f"{table.name}/{json.dumps(dict(key), ensure_ascii=False, sort_keys=True)}"


def key_of(name: str) -> tuple[Table, dict[str, Any]]:
    """Return the table and key of a row that the audit names."""
    table, _, key = name.partition("/")
    return schema.METADATA.tables[table], dict(json.loads(key))
