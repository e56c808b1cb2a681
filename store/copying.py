"""All rows of one store into another, whatever the engines; nothing but a block of rows is in memory at a time."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic.migration import MigrationContext
from sqlalchemy import LargeBinary, MetaData, create_engine, func, insert, select, update

from store.engine import Store, file_url, make_engine, reading
from store.migrating import revisions
from store.schema import METADATA
from store.shelf import COPY_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection, RowMapping, Table

#: Rows a statement: few where each may hold a table of its own.
_ROWS: Final = 5_000
_CONTENTS: Final = 8
_NOT_OURS: Final = frozenset({"alembic_version", "spatial_ref_sys"})
_HASH_BITS: Final = 256


@contextmanager
def file_store(file: Path) -> Iterator[Store]:
    """Give a SQLite file as a store, as it is; closed at the end."""
    store = Store(make_engine(file_url(file)), file.parent, threading.Lock())
    try:
        yield store
    finally:
        store.engine.dispose()


@contextmanager
def reading_backup(file: Path) -> Iterator[Connection]:
    """Give a connection to a backup, which is never changed by being read."""
    engine = create_engine(file_url(file, immutable="1", uri="true"))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def copy_of(file: Path, folder: Path) -> Iterator[Store]:
    """Give a copy of a SQLite file and of its log, that may be changed; it is gone at the end."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=COPY_PREFIX) as place:
        copy = Path(place) / "store.sqlite"
        shutil.copyfile(file, copy)
        log = file.with_name(f"{file.name}-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
        with file_store(copy) as store:
            yield store


def copy_rows(old: Connection, new: Connection) -> None:
    """Put all rows of one store in the place of those of another with the same tables."""
    source, target = tables_of(old), tables_of(new)
    for table in reversed(target.values()):
        new.execute(table.delete())
    for name, table in source.items():
        _copy_table(old, new, table=table, into=target[name])


def digest(store: Store) -> str:
    """Return a hash of every row of every table: equal stores, equal digests, whatever holds them.

    The order of the rows does not matter: every server sorts text in its own way.
    """
    total = hashlib.sha256()
    with reading(store) as connection:
        for name, table in sorted(tables_of(connection).items()):
            total.update(f"{name} {_sum_of_rows(connection, table)}\n".encode())
    return total.hexdigest()


def row_counts(store: Store) -> dict[str, int]:
    """Return how many rows each table has."""
    with reading(store) as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in tables_of(connection).items()
        }


def tables_of(connection: Connection) -> dict[str, Table]:
    """Return the tables that are there as they are there, parents first: those of an older version are others."""
    if MigrationContext.configure(connection).get_current_revision() == revisions()[-1]:
        return {table.name: table for table in METADATA.sorted_tables}
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name not in _NOT_OURS}


def blocks(connection: Connection, table: Table) -> Iterator[list[RowMapping]]:
    """Yield the rows of a table, some at a time."""
    holds_content = any(isinstance(column.type, LargeBinary) for column in table.columns)
    size = _CONTENTS if holds_content else _ROWS
    rows = connection.execute(select(table).execution_options(yield_per=size))
    for block in rows.mappings().partitions():
        yield list(block)


def _copy_table(old: Connection, new: Connection, *, table: Table, into: Table) -> None:
    loops = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    later: list[RowMapping] = []
    for block in blocks(old, table):
        # A row may point at one that comes after it.
        new.execute(insert(into), [dict(row) | dict.fromkeys(loops) for row in block])
        later += [row for row in block if any(row[name] is not None for name in loops)]
    for row in later:
        here = [column == row[column.name] for column in into.primary_key]
        new.execute(update(into).where(*here).values({name: row[name] for name in loops}))
    _go_on_counting(new, into)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let a server's next number follow the rows that brought theirs along."""
    column: Column[Any] | None = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    # A column without a counter has none to set: the server answers NULL.
    counter = func.pg_get_serial_sequence(table.name, column.name)
    connection.execute(select(func.setval(counter, select(func.max(column)).scalar_subquery())))


def _sum_of_rows(connection: Connection, table: Table) -> str:
    """Return the number of rows and the sum of their hashes."""
    count = total = 0
    names = sorted(table.columns.keys())
    for block in blocks(connection, table):
        for row in block:
            text = json.dumps([_hashable(row[name]) for name in names], ensure_ascii=False)
            total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        count += len(block)
    return f"{count} {total % (1 << _HASH_BITS):x}"


def _hashable(value: Any) -> Any:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
