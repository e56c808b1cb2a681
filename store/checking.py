"""Whether a store is whole: the file, its references, the audit chain, and the content of every part."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import DatabaseError, DBAPIError

from store import parts
from store.audit import chain_breaks
from store.copying import reading_backup
from store.engine import reading
from store.errors import StoreError
from store.schema import active_unit, audit, dataset, dataset_part, grp, org, plan_part, snapshot, task_result
from store.shelf import backups

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from store.engine import Store


_CONTENTS: Final = 8  # in memory at a time: each may hold a table of its own


class Finding(NamedTuple):
    """One fault: a code of the catalogue (store.fault.<code>), where, and a detail."""

    fault: str
    where: str
    detail: str = ""


def check_against_backup(store: Store, folder: Path) -> list[Finding]:
    """Return where the audit is another one than in the last backup: a chain forged to its end is sound in itself."""
    last = next(iter(backups(folder)), None)
    if last is None:
        return []
    try:
        with reading_backup(last.file) as old, reading(store) as connection:
            return list(_other_audit(connection, old, last.file.name))
    except (DBAPIError, StoreError):
        return []  # a damaged backup says nothing about the store


def check(store: Store) -> list[Finding]:
    """Return everything that is wrong with a store by itself; the empty list is a sound one."""
    try:
        with reading(store) as connection, _reading_all_text(connection, store):
            there = set(inspect(connection).get_table_names())  # a file of an older version has fewer
            if audit.name not in there:
                return list(_file(connection, store))
            found = [*_file(connection, store), *_audit(connection)]
            for table in (dataset_part, plan_part, snapshot, task_result):
                found += _contents(connection, table) if table.name in there else ()
            return [*found, *_rows(connection), *_units(connection)]
    except (DatabaseError, StoreError) as error:
        return [Finding("unreadable", str(store.file or store.engine.url.database), type(error).__name__)]


def _other_audit(connection: Connection, old: Connection, name: str) -> Iterator[Finding]:
    """Compare the first and last entry of a backup with the same of the store; another first one is another store."""
    end = old.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).one_or_none()
    if end is None or _hash_at(old, 1) != _hash_at(connection, 1):
        return
    if _hash_at(connection, end.number) != end.hash:
        yield Finding("audit_backup", str(end.number), name)


def _hash_at(connection: Connection, number: int) -> str | None:
    return connection.execute(select(audit.c.hash).where(audit.c.number == number)).scalar_one_or_none()


@contextmanager
def _reading_all_text(connection: Connection, store: Store) -> Iterator[None]:
    """Read also what is no text any more, so that its hash can tell where it is."""
    driver: Any = connection.connection.dbapi_connection
    if store.file is not None:
        driver.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        yield
    finally:
        if store.file is not None:
            driver.text_factory = str


def _file(connection: Connection, store: Store) -> Iterator[Finding]:
    """Let SQLite look at its pages and references; a server looks after its own."""
    if store.file is None:
        return
    for (text,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if text != "ok":
            yield Finding("integrity", store.file.name, str(text))
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding("reference", str(row[0]), str(row[2]))


def _audit(connection: Connection) -> Iterator[Finding]:
    for broken in chain_breaks(connection):
        yield Finding(f"audit_{broken.fault}", str(broken.number))


def _contents(connection: Connection, table: Table) -> Iterator[Finding]:
    """Compare every stored content with its sha256: SQLite keeps no sums of its pages."""
    key = list(table.primary_key.columns)
    stored = select(*key, table.c.sha256, table.c.content).order_by(*key)
    for row in connection.execute(stored.execution_options(yield_per=_CONTENTS)):
        if parts.digest(row.content) != row.sha256:
            yield Finding("content", table.name, " / ".join(str(value) for value in row[: len(key)]))


def _rows(connection: Connection) -> Iterator[Finding]:
    """Count the organisations of each list again."""
    counted = (
        select(dataset.c.id, dataset.c.rows_ok, func.count(org.c.org_id).label("found"))
        .outerjoin(org, org.c.dataset_id == dataset.c.id)
        .where(dataset.c.kind == "orgs")
        .group_by(dataset.c.id, dataset.c.rows_ok)
        .order_by(dataset.c.id)
    )
    for row in connection.execute(counted):
        if row.rows_ok != row.found:
            yield Finding("rows", row.id, f"{row.rows_ok} / {row.found}")


def _units(connection: Connection) -> Iterator[Finding]:
    """Look for active members of units that are not there."""
    lost = (
        select(active_unit.c.org_id)
        .outerjoin(grp, (grp.c.plan_id == active_unit.c.plan_id) & (grp.c.group_id == active_unit.c.group_id))
        .where(grp.c.plan_id.is_(None))
        .order_by(active_unit.c.org_id)
    )
    for (org_id,) in connection.execute(lost):
        yield Finding("unit", str(org_id))
