"""A backup put in the place of what the store holds; what it held is kept before."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from store.backup import back_up
from store.checking import check
from store.copying import copy_of, copy_rows, digest
from store.engine import Store, file_url, open_store, reading, writing
from store.errors import StoreError
from store.faults import refusing_files
from store.migrating import migrate, revision_of
from store.shelf import AFTER_RESTORE

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAMP: Final = "%Y%m%dT%H%M%SZ"

_log = logging.getLogger(__name__)


def restore(store: Store, file: Path) -> Path:
    """Put a backup in the place of what the store holds; return the backup of what it held.

    The chain of the audit is that of the backup again; who restored is not in it, only in the log of the program.

    Raises
    ------
    StoreError
        The backup does not check, or is of a newer version: nothing is changed then.
    """
    with _sound(file, store.folder) as source:
        before = back_up(store, reason="before-restore", must_be_sound=False)
        with reading(source) as old, writing(store) as new:
            copy_rows(old, new)
        if digest(store) != digest(source):
            raise StoreError("store.restore_differs", file=str(file))
    back_up(store, reason=AFTER_RESTORE)
    _log.info("the store holds %s again", file.name)
    return before.file


def replace_file(current: Path, file: Path) -> Path:
    """Put a backup in the place of a file that this version cannot open; return where that file is now.

    For a damaged file, or one of a newer version; no other program may have it open.

    Raises
    ------
    StoreError
        The backup does not check: the file stays where it is then.
    """
    aside = current.with_name(f"{current.name}.aside-{datetime.now(UTC).strftime(_STAMP)}")
    with _sound(file, current.parent) as source:
        for end in ("", "-wal", "-shm"):
            part = current.with_name(current.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
        store = open_store(current.parent, url=file_url(current))
        try:
            with reading(source) as old, writing(store) as new:
                copy_rows(old, new)
            back_up(store, reason=AFTER_RESTORE)
        finally:
            store.engine.dispose()
    _log.info("the file was put aside as %s", aside.name)
    return aside


@contextmanager
def _sound(file: Path, folder: Path) -> Iterator[Store]:
    """Give a copy of a backup that was checked and brought to the tables of this version."""
    with refusing_files(file), copy_of(file, folder) as source:
        if not revision_of(source):
            raise StoreError("store.no_backup", file=str(file))
        if findings := check(source):
            raise StoreError("store.backup_damaged", file=str(file), fault=findings[0].fault)
        migrate(source, has_backup=False)
        yield source
