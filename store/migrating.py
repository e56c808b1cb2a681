"""Bringing a store to the tables of this version and back: steps in `store/migrations`, a backup before each."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from store.engine import reading, writing
from store.errors import StoreError

if TYPE_CHECKING:
    from store.engine import Store

_STEPS: Final = Path(__file__).with_name("migrations")
#: alembic keeps the step under way in its module: one thread at a time.
_ALEMBIC: Final = Lock()


def migrate(store: Store, *, to: str = "head", has_backup: bool = True) -> tuple[str, str]:
    """Bring the tables to a version ("head", "base" or a revision); return the version before and after.

    Parameters
    ----------
    has_backup
        False for a copy: no backup is made before.

    Raises
    ------
    StoreError
        The store was written by a newer version of the product, or there is no such version.
    """
    before = revision_of(store)
    goal = _revision(to)
    if before == goal:
        return before, goal
    if before and has_backup:
        from store.backup import back_up  # noqa: PLC0415 - backup opens stores, which migrates

        back_up(store, reason=f"before-{goal or 'base'}", must_be_sound=False)
    try:
        _move(store, before, goal)
    except (DBAPIError, StoreError):
        if revision_of(store) != goal:  # another process was first
            raise
    return before, goal


def revision_of(store: Store) -> str:
    """Return the version of the tables, "" for an empty store.

    Raises
    ------
    StoreError
        This version of the product does not know it.
    """
    with reading(store) as connection:
        found = MigrationContext.configure(connection).get_current_revision() or ""
    if found and found not in revisions():
        raise StoreError("store.newer", file=store.place, version=found)
    return found


@cache
def revisions() -> tuple[str, ...]:
    """Return every version there was, the first one first."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())[::-1]


def _move(store: Store, before: str, goal: str) -> None:
    with _ALEMBIC, writing(store, has_tables=bool(before)) as connection:
        config = _config()
        config.attributes["connection"] = connection
        is_up = not before or (bool(goal) and goal in _above(before))
        (command.upgrade if is_up else command.downgrade)(config, goal or "base")


def _revision(name: str) -> str:
    known = revisions()
    if name == "head":
        return known[-1]
    if name in {"", "base"}:
        return ""
    if name not in known:
        raise StoreError("store.no_revision", version=name, known=", ".join(known))
    return name


def _above(revision: str) -> tuple[str, ...]:
    known = revisions()
    return known[known.index(revision) + 1 :]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
