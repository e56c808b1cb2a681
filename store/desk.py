"""What lies on a planner's desk: drafts, what was in use last, what the columns of a form are taken for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from store.engine import now, reading, writing
from store.schema import choice, draft, template
from store.scope import Role, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table

    from store.engine import Store


def save_draft(store: Store, scope: Scope, form: str, *, of: str, content: Any) -> None:
    """Keep what somebody typed into a form and has not saved yet; `of` is what the form is about."""
    key = {"actor": scope.actor, "form": form, "object": of}
    with writing(store) as connection:
        _put(connection, draft, key=key, values={"content": json.dumps(content, ensure_ascii=False), "saved_at": now()})


def read_draft(store: Store, scope: Scope, form: str, *, of: str) -> Any:
    """Return what was typed and not saved, None where there is nothing."""
    key = {"actor": scope.actor, "form": form, "object": of}
    with reading(store) as connection:
        row = connection.execute(select(draft).filter_by(**key)).one_or_none()
    return None if row is None else json.loads(row.content)


def drop_draft(store: Store, scope: Scope, form: str, *, of: str) -> None:
    """Forget a draft: it was saved, or thrown away."""
    with writing(store) as connection:
        connection.execute(delete(draft).filter_by(actor=scope.actor, form=form, object=of))


def choose(store: Store, scope: Scope, name: str, *, value: str) -> None:
    """Note what a user has in use now, e.g. the plan."""
    with writing(store) as connection:
        _put(connection, choice, key={"actor": scope.actor, "name": name}, values={"value": value, "at": now()})


def chosen(store: Store, scope: Scope, name: str) -> str:
    """Return what a user had in use last, "" for nothing."""
    with reading(store) as connection:
        row = connection.execute(select(choice).filter_by(actor=scope.actor, name=name)).one_or_none()
    return "" if row is None else str(row.value)


def remember_columns(store: Store, scope: Scope, template_id: str, *, columns: Mapping[str, str]) -> None:
    """Keep what the columns of a form of list are taken for, for all planners; none forgets the form."""
    scope.require(Role.PLANNER)
    with writing(store) as connection:
        if not columns:
            connection.execute(delete(template).where(template.c.id == template_id))
            return
        content = json.dumps(dict(columns), ensure_ascii=False)
        _put(connection, template, key={"id": template_id}, values={"columns": content})


def remembered_columns(store: Store, scope: Scope, template_id: str) -> dict[str, str]:
    """Return what the columns of a form were taken for, by header."""
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        row = connection.execute(select(template).where(template.c.id == template_id)).one_or_none()
    return {} if row is None else dict(json.loads(row.columns))


def _put(connection: Connection, table: Table, *, key: dict[str, str], values: dict[str, str]) -> None:
    """Write a row whether it is there or not: the last writer wins, these are one user's own."""
    changed = connection.execute(update(table).filter_by(**key).values(**values))
    if not changed.rowcount:
        connection.execute(insert(table).values(**key, **values))
