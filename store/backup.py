"""Backups that were opened again and checked; a restore is one of them put in the place of the store.

A backup is always one SQLite file: of a file by `VACUUM INTO`, of a server by copying every table in one snapshot, so
that what one engine held can be restored into the other.
"""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, insert, inspect, select

from store.checking import Finding, check
from store.engine import APPLICATION_ID, Store, make_engine, reading, writing
from store.errors import StoreError
from store.schema import METADATA

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_FOLDER: Final = "backups"
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_HOURLY: Final = 24
_DAILY: Final = 30
_ROWS: Final = 5_000  # a statement


class Backup(NamedTuple):
    """One backup: its file, when it was made, and why (hourly, by hand, before a migration …)."""

    file: Path
    at: datetime
    reason: str


def back_up(store: Store, *, reason: str = "manual", to: Path | None = None) -> Backup:
    """Write a backup, open it again and check it; what does not check is not kept.

    Raises
    ------
    StoreError
        The copy is not whole: rows are missing, or the check finds something.
    """
    at = datetime.now(UTC)
    file = to or store.folder / _FOLDER / f"{at.strftime(_STAMP)}-{reason}.sqlite"
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        _copy(store, unfinished)
        _require_whole(unfinished)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return Backup(file, at, reason)


def backups(store: Store) -> list[Backup]:
    """Return the backups there are, the newest first."""
    found = []
    for file in (store.folder / _FOLDER).glob("*.sqlite"):
        stamp, _, reason = file.stem.partition("-")
        try:
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append(Backup(file, at, reason))
    return sorted(found, key=lambda backup: backup.at, reverse=True)


def prune(store: Store) -> list[Path]:
    """Drop hourly backups but the last 24 and the last of each of 30 days; others are only dropped by people."""
    hourly = [backup for backup in backups(store) if backup.reason in {"hourly", "exit"}]
    days: dict[str, Path] = {}
    for backup in hourly:
        days.setdefault(backup.at.date().isoformat(), backup.file)
    kept = {backup.file for backup in hourly[:_HOURLY]} | set(list(days.values())[:_DAILY])
    dropped = [backup.file for backup in hourly if backup.file not in kept]
    for file in dropped:
        file.unlink(missing_ok=True)
    return dropped


def is_due(store: Store, *, every: timedelta = timedelta(hours=1)) -> bool:
    """Say whether the last backup is older than that."""
    last = next(iter(backups(store)), None)
    return last is None or datetime.now(UTC) - last.at >= every


def restore(store: Store, file: Path) -> Backup:
    """Put a backup in the place of what the store holds; what it held is backed up before.

    Raises
    ------
    StoreError
        The backup does not check, or is of a newer version: nothing is changed then.
    """
    from store.migrating import migrate  # noqa: PLC0415 - migrating makes backups

    source = _opened(file)
    if findings := check(source):
        raise StoreError("store.backup_damaged", file=str(file), fault=findings[0].fault)
    before = back_up(store, reason="before-restore")
    migrate(source)
    with reading(source) as old, writing(store) as new:
        for table in reversed(METADATA.sorted_tables):
            new.execute(table.delete())
        _copy_rows(old, new)
    source.engine.dispose()
    if digest(store) != digest(source):
        raise StoreError("store.restore_differs", file=str(file))
    return before


def digest(store: Store) -> str:
    """Return a hash of every row of every table: equal stores, equal digests, whatever holds them."""
    total = hashlib.sha256()
    with reading(store) as connection:
        for table in tables_of(connection):
            total.update(table.name.encode())
            for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                total.update(json.dumps([_hashable(value) for value in row], ensure_ascii=False).encode())
    return total.hexdigest()


def row_counts(store: Store) -> dict[str, int]:
    """Return how many rows each table has."""
    with reading(store) as connection:
        return {
            table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for table in tables_of(connection)
        }


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables that are there, parents first: a store of an older version has fewer."""
    there = set(inspect(connection).get_table_names())
    return [table for table in METADATA.sorted_tables if table.name in there]


def _copy(store: Store, file: Path) -> None:
    if store.file is not None:
        with closing(store.engine.raw_connection()) as connection:  # VACUUM refuses to run in a transaction
            connection.cursor().execute("VACUUM INTO ?", (str(file),))
        return
    from store.migrating import migrate  # noqa: PLC0415 - migrating makes backups

    target = _opened(file)
    with writing(target) as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(target)
    with reading(store) as old, writing(target) as new:
        for table in reversed(METADATA.sorted_tables):
            new.execute(table.delete())
        _copy_rows(old, new)
    target.engine.dispose()


def _copy_rows(old: Connection, new: Connection) -> None:
    for table in METADATA.sorted_tables:
        rows = old.execute(select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_ROWS))
        for block in rows.mappings().partitions(_ROWS):
            new.execute(insert(table), [dict(row) for row in block])


def _require_whole(file: Path) -> None:
    copy = _opened(file)
    try:
        findings: list[Finding] = check(copy)
        if findings:
            raise StoreError("store.backup_damaged", file=str(file), fault=findings[0].fault)
    finally:
        copy.engine.dispose()


def _opened(file: Path) -> Store:
    return Store(make_engine(f"sqlite:///{file}"), file.parent, threading.Lock())


def _hashable(value: Any) -> Any:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
