"""Connections: one file or one server, each run with a connection of its own, every write begun as a write.

SQLite: write-ahead log with synchronous=FULL, so that what was acknowledged survives a power cut; BEGIN IMMEDIATE,
because a transaction that reads and then writes is refused at once when another one wrote between.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import URL, create_engine, event, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from store.errors import StoreError
from store.faults import is_busy, kind_of, refusing
from store.mounts import network_mount
from store.schema import audit_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine, Pool

#: Another database than the file in the data directory, as SQLAlchemy writes it: postgresql+psycopg://user@host/name
URL_VARIABLE: Final = "COVERAGE_STORE_URL"
FILE_NAME: Final = "store.sqlite"
#: "PCov" in the header of the file: a database of somebody else is not opened.
APPLICATION_ID: Final = 0x50436F76

_BUSY_MS: Final = 5_000
_PATIENCE_SECONDS: Final = 120
_CONNECT_SECONDS: Final = 10
_PAUSE_SECONDS: Final = 0.01
_SERVER: Final = MappingProxyType({"pool_pre_ping": True, "pool_size": 10, "max_overflow": 30})
#: Tables of extensions that may be in a database of ours.
_EXTENSIONS: Final = frozenset({"alembic_version", "spatial_ref_sys"})


class Store(NamedTuple):
    """An open store; shared by threads, never sent to another process."""

    engine: Engine
    folder: Path  # backups and what belongs to no database
    turn: threading.Lock  # writers of this process queue here instead of in the file

    @property
    def place(self) -> str:
        """Return the file or address, without a password."""
        return str(self.file or self.engine.url.render_as_string(hide_password=True))

    @property
    def file(self) -> Path | None:
        """Return the SQLite file, None on a server."""
        return _file_of(self.engine.url)


def open_store(
    folder: Path, *, url: str | URL = "", must_be_current: bool = True, mounts: Mapping[str, str] | None = None
) -> Store:
    """Open the store of a data directory, made or brought up to date where needed.

    Parameters
    ----------
    url
        Another database than the file in the folder; "" takes COVERAGE_STORE_URL, then the file.
    must_be_current
        False leaves the tables as they are, for the commands that look after them.
    mounts
        Mount point → file system; None asks this machine.

    Raises
    ------
    StoreError
        The folder cannot be written, lies on a network mount, or the file is damaged, foreign or of a newer version.
    """
    from store.migrating import migrate  # noqa: PLC0415 - alembic is read when a store is opened, not for --help

    file = file_of(folder, url)
    require_place(file.parent if file else folder, mounts, is_file=file is not None)
    store = Store(make_engine(_address(folder, url)), folder, threading.Lock())
    try:
        _require_ours(store)
        if must_be_current:
            migrate(store)
    except BaseException:
        store.engine.dispose()
        raise
    return store


def file_of(folder: Path, url: str | URL = "") -> Path | None:
    """Return the SQLite file that `open_store` would open, None for a server.

    Raises
    ------
    StoreError
        The address cannot be read.
    """
    try:
        return _file_of(make_url(_address(folder, url)))
    except ArgumentError as error:
        raise StoreError("store.bad_url") from error


def file_url(file: Path, **options: str) -> URL:
    """Return the address of a SQLite file; glued into a text, ? and % of a folder's name would mean something else."""
    return URL.create("sqlite", database=file.absolute().as_uri() if options else str(file), query=options)


def make_engine(address: str | URL, *, poolclass: type[Pool] | None = None) -> Engine:
    """Return the engine of a database, with what every connection must have.

    Parameters
    ----------
    poolclass
        How connections to a SQLite file are kept, None as SQLAlchemy does.
    """
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        patience = {"connect_timeout": _CONNECT_SECONDS, "options": f"-c lock_timeout={_PATIENCE_SECONDS}s"}
        return create_engine(url, connect_args=patience, **_SERVER)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, **_SERVER)
    pool = {"poolclass": poolclass} if poolclass else {"max_overflow": -1}
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000}, **pool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """Give a connection that sees one moment of the store."""
    with _refusing(store), store.engine.connect() as connection:
        if store.file is None:
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(store: Store, *, has_tables: bool = True) -> Iterator[Connection]:
    """Give a connection whose work is kept whole or not at all; waits for other writers.

    Parameters
    ----------
    has_tables
        False in a database that is still empty.

    Raises
    ------
    StoreError
        Disk full, folder read-only, file damaged, or no turn within two minutes.
    """
    with store.turn, _refusing(store), _begun(store, has_tables=has_tables) as connection:
        yield connection
        connection.commit()


@contextmanager
def alone(store: Store) -> Iterator[Connection]:
    """Give a connection without a transaction, for what SQLite does in none."""
    with _refusing(store), store.engine.connect().execution_options(is_alone=True) as connection:
        yield connection


def require_place(folder: Path, mounts: Mapping[str, str] | None, *, is_file: bool) -> None:
    """Refuse a folder that cannot be written, and for the file one that other machines share."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("store.read_only", folder=str(folder)) from error
    kind = network_mount(folder, mounts) if is_file else ""
    if kind:
        raise StoreError("store.network_mount", folder=str(folder), kind=kind)
    if not os.access(folder, os.W_OK):
        raise StoreError("store.read_only", folder=str(folder))


def mark(store: Store) -> None:
    """Say in the header of a new file whose it is; a server's tables say it."""
    if store.file is not None:
        with writing(store, has_tables=False) as connection:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def now() -> str:
    """Return this moment as the store writes it: UTC, sortable."""
    return in_seconds(0)


def in_seconds(seconds: float) -> str:
    """Return the moment so many seconds from now as the store writes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _begun(store: Store, *, has_tables: bool) -> Connection:
    """Return a connection whose transaction may write; a busy database is asked again, each time a little later."""
    deadline, pause = time.monotonic() + _PATIENCE_SECONDS, _PAUSE_SECONDS
    while True:
        connection = store.engine.connect().execution_options(writes=True)
        try:
            connection.begin()
            if store.file is None and has_tables:
                _wait_for_turn(connection)
        except DBAPIError as error:
            connection.close()
            if kind_of(error) != "busy" or time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 0.5)
        else:
            return connection


def _refusing(store: Store) -> AbstractContextManager[None]:
    return refusing(store.place, folder=str(store.file.parent if store.file else store.place))


def _wait_for_turn(connection: Connection) -> None:
    """Let one writer in at a time, as SQLite does: who reads and then writes is never overtaken, nobody deadlocks."""
    connection.execute(select(audit_head.c.id).with_for_update())


def _address(folder: Path, url: str | URL) -> str | URL:
    return url or os.environ.get(URL_VARIABLE, "") or file_url(folder / FILE_NAME)


def _file_of(url: URL) -> Path | None:
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _require_ours(store: Store) -> None:
    """Refuse a database that is not ours; mark a new file."""
    with reading(store) as connection:
        tables = set(inspect(connection).get_table_names())
        found = 0 if store.file is None else int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())
    if found == APPLICATION_ID or (audit_head.name in tables and store.file is None):
        return
    if found or tables - _EXTENSIONS:
        raise StoreError("store.foreign", file=store.place)
    mark(store)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Turn the write-ahead log on; where several open a new file at once SQLite refuses this without waiting."""
    deadline = time.monotonic() + _BUSY_MS / 1000
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except cursor.connection.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("is_alone"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
