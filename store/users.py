"""Who may do what where: a role in areas for each user; on this machine alone, one user who may do everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from store import audit
from store.engine import reading, writing
from store.errors import NotAllowedError
from store.schema import user_scope
from store.scope import Role, Scope, make_scope, short_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.engine import Store

#: Single-user mode: the app listens on this machine only, and nobody logs in.
LOCAL_USER: Final = "local"


def local_scope() -> Scope:
    """Return the reach of the one user of this machine."""
    return make_scope(LOCAL_USER, Role.ADMIN, "")


def grant(store: Store, scope: Scope, actor: str, *, role: Role, areas: Sequence[str]) -> None:
    """Give a user a role in areas, in place of what he had.

    Raises
    ------
    NotAllowedError
        Not an administrator of all of these areas.
    """
    for area in areas:
        scope.require(Role.ADMIN, area=area)
    before = _granted(store, actor)
    rows = [{"actor": actor, "area": area, "role": role.name.lower()} for area in sorted(map(short_area, areas))]
    with writing(store) as connection:
        connection.execute(delete(user_scope).where(user_scope.c.actor == actor))
        if rows:
            connection.execute(insert(user_scope), rows)
        after: audit.Content = {str(row["area"]): row["role"] for row in rows}
        audit.record(connection, scope, audit.Entry("user.grant", f"user_scope/{actor}", "", dict(before), after))


def scope_of(store: Store, actor: str) -> Scope:
    """Return the reach of a user: his highest role, in the areas where he has it.

    Raises
    ------
    NotAllowedError
        Nobody gave him one.
    """
    granted = _granted(store, actor)
    if not granted:
        raise NotAllowedError("store.unknown_user", actor=actor)
    role = max(Role[name.upper()] for name in granted.values())
    return make_scope(actor, role, *(area for area, name in granted.items() if Role[name.upper()] == role))


def _granted(store: Store, actor: str) -> dict[str, str]:
    with reading(store) as connection:
        rows = connection.execute(select(user_scope).where(user_scope.c.actor == actor).order_by(user_scope.c.area))
        return {row.area: row.role for row in rows}
