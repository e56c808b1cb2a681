"""Connections: one file or one server, each run with a connection of its own, every write begun as a write.

SQLite: write-ahead log with synchronous=FULL, so that what was acknowledged survives a power cut; BEGIN IMMEDIATE,
because a transaction that reads and then writes is refused at once when another one wrote between.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from store.errors import StoreError
from store.mounts import network_mount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

#: Another database than the file in the data directory, as SQLAlchemy writes it: postgresql+psycopg://user@host/name
URL_VARIABLE: Final = "COVERAGE_STORE_URL"
FILE_NAME: Final = "store.sqlite"
#: "PCov" in the header of the file: a database of somebody else is not opened.
APPLICATION_ID: Final = 0x50436F76

_BUSY_MS: Final = 5_000
_PATIENCE_SECONDS: Final = 120.0
_FULL: Final = ("database or disk is full", "no space left", "disk full", "could not extend")
_READ_ONLY: Final = ("readonly database", "read-only", "unable to open database", "permission denied")
_DAMAGED: Final = ("malformed", "not a database", "disk image", "invalid page")
_BUSY: Final = (
    "database is locked",
    "database table is locked",
    "deadlock detected",
    "could not serialize",
    "lock timeout",
)

_log = logging.getLogger(__name__)


class Store(NamedTuple):
    """An open store; shared by threads, never sent to another process."""

    engine: Engine
    folder: Path  # backups and what belongs to no database
    turn: threading.Lock  # writers of this process queue here instead of in the file

    @property
    def file(self) -> Path | None:
        """Return the SQLite file, None on a server."""
        name = self.engine.url.database
        return Path(name) if self.engine.dialect.name == "sqlite" and name else None


def open_store(folder: Path, *, url: str = "", must_be_current: bool = True) -> Store:
    """Open the store of a data directory, made or brought up to date where needed.

    Parameters
    ----------
    url
        Another database than the file in the folder; "" takes COVERAGE_STORE_URL, then the file.
    must_be_current
        False leaves the tables as they are, for the commands that look after them.

    Raises
    ------
    StoreError
        The folder cannot be written, lies on a network mount, or the file is damaged, foreign or of a newer version.
    """
    from store.migrating import migrate  # noqa: PLC0415 - alembic is read when a store is opened, not for --help

    address = url or os.environ.get(URL_VARIABLE, "")
    if not address:
        _check_folder(folder)
        address = f"sqlite:///{folder / FILE_NAME}"
    store = Store(make_engine(address), folder, threading.Lock())
    try:
        if store.file is not None:
            _check_file(store)
        if must_be_current:
            migrate(store)
    except DBAPIError as error:
        raise _refusal(error, store) from error
    return store


def make_engine(address: str) -> Engine:
    """Return the engine of a database, with what every connection must have."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """Give a connection that sees one moment of the store."""
    try:
        with store.engine.connect() as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise _refusal(error, store) from error


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """Give a connection whose work is kept whole or not at all; waits for other writers.

    Raises
    ------
    StoreError
        Disk full, folder read-only, file damaged, or no turn within two minutes.
    """
    with store.turn:
        connection = _begun(store)
        try:
            with connection:
                yield connection
                connection.commit()
        except DBAPIError as error:
            raise _refusal(error, store) from error


def now() -> str:
    """Return this moment as the store writes it: UTC, sortable."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _begun(store: Store) -> Connection:
    """Return a connection whose transaction may write; a busy file is asked again, each time a little later."""
    deadline, pause = time.monotonic() + _PATIENCE_SECONDS, 0.01
    while True:
        connection = store.engine.connect().execution_options(writes=True)
        try:
            connection.begin()
        except OperationalError as error:
            connection.close()
            if not _is(error, _BUSY) or time.monotonic() > deadline:
                raise _refusal(error, store) from error
            time.sleep(pause)
            pause = min(pause * 2, 0.5)
        else:
            return connection


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("store.read_only", folder=str(folder)) from error
    if kind := network_mount(folder):
        raise StoreError("store.network_mount", folder=str(folder), kind=kind)
    if not os.access(folder, os.W_OK):
        raise StoreError("store.read_only", folder=str(folder))


def _check_file(store: Store) -> None:
    """Refuse a database that is not ours; mark a new one."""
    with store.engine.connect() as connection:
        mark = int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())
        tables = int(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one())
    if mark == APPLICATION_ID:
        return
    if mark or tables:
        raise StoreError("store.foreign", file=str(store.file))
    with writing(store) as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _is(error: DBAPIError, texts: tuple[str, ...]) -> bool:
    said = str(error.orig).lower()
    return any(text in said for text in texts)


def _refusal(error: DBAPIError, store: Store) -> StoreError:
    """Return what a planner can do about it; a fault of ours stays what it is."""
    where = str(store.file or store.engine.url.render_as_string(hide_password=True))
    for key, texts in (("full", _FULL), ("read_only", _READ_ONLY), ("damaged", _DAMAGED), ("busy", _BUSY)):
        if _is(error, texts):
            return StoreError(f"store.{key}", file=where, folder=where)
    if isinstance(error, OperationalError):
        _log.error("the database failed", exc_info=error)
        return StoreError("store.unreachable", file=where)
    raise error
