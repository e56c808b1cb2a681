"""What a fault of the database means to a planner, told by codes: messages are in the server's language."""

from __future__ import annotations

import errno
import logging
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Primary result codes, https://www.sqlite.org/rescode.html: the low byte of what the driver reports.
_SQLITE: Final = MappingProxyType(
    {
        3: "read_only",  # SQLITE_PERM
        5: "busy",  # SQLITE_BUSY
        6: "busy",  # SQLITE_LOCKED
        8: "read_only",  # SQLITE_READONLY
        10: "broken",  # SQLITE_IOERR
        11: "damaged",  # SQLITE_CORRUPT
        13: "full",  # SQLITE_FULL
        14: "read_only",  # SQLITE_CANTOPEN
        15: "busy",  # SQLITE_PROTOCOL: too many at the log at once
        26: "damaged",  # SQLITE_NOTADB
    }
)
_PRIMARY: Final = 0xFF
_NO_TEXT: Final = "UTF-8"
#: SQLSTATE of servers, https://www.postgresql.org/docs/current/errcodes-appendix.html
_SQLSTATE: Final = MappingProxyType(
    {
        "25006": "read_only",
        "40001": "busy",  # serialization_failure
        "40P01": "busy",  # deadlock_detected
        "42501": "read_only",  # insufficient_privilege
        "53100": "full",
        "53300": "busy",  # too_many_connections
        "55P03": "busy",  # lock_not_available
        "58030": "broken",  # io_error
        "XX001": "damaged",
        "XX002": "damaged",
    }
)
#: What the file system says, as the database would say it.
_SYSTEM: Final = MappingProxyType(
    {
        errno.ENOSPC: "full",
        errno.EDQUOT: "full",
        errno.EACCES: "read_only",
        errno.EPERM: "read_only",
        errno.EROFS: "read_only",
        errno.EIO: "broken",
    }
)

_log = logging.getLogger(__name__)


@contextmanager
def refusing(place: str, *, folder: str) -> Iterator[None]:
    """Turn what a planner or administrator can put right into a `StoreError`; a fault of ours stays what it is."""
    try:
        yield
    except NoConnectionError as error:
        raise StoreError("store.busy", file=place, folder=folder) from error
    except DBAPIError as error:
        kind = kind_of(error)
        if not kind:
            raise
        _log.info("the database failed: %s", kind, exc_info=error)
        raise StoreError(f"store.{kind}", file=place, folder=folder) from error


@contextmanager
def refusing_files(file: Path) -> Iterator[None]:
    """Turn what the file system refuses about a backup into a `StoreError`."""
    try:
        yield
    except OSError as error:
        kind = _SYSTEM.get(error.errno or 0, "backup_failed")
        detail = error.strerror or type(error).__name__
        raise StoreError(f"store.{kind}", file=str(file), folder=str(file.parent), detail=detail) from error


def kind_of(error: DBAPIError) -> str:
    """Return the last word of the key that tells of a fault, "" for a fault of ours."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & _PRIMARY, "")
    if type(error.orig).__module__ == "sqlite3":
        return "damaged" if _NO_TEXT in str(error.orig) else ""  # the driver's own complaint has no code
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in _SQLSTATE:
        return _SQLSTATE[state]
    is_away = error.connection_invalidated or not state or state.startswith(("08", "28", "3D", "57P"))
    return "unreachable" if is_away and isinstance(error, OperationalError) else ""


def is_busy(error: Exception) -> bool:
    """Say whether SQLite's driver itself tells that others are at work."""
    return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY) == "busy"
