"""Backups that were opened again and checked.

A backup is always one SQLite file: of a file by `VACUUM INTO`, of a server by copying every table in one snapshot, so
that what one engine held can be restored into the other.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from store.checking import check, check_against_backup
from store.copying import copy_rows, file_store
from store.engine import Store, alone, mark, reading, writing
from store.errors import StoreError
from store.faults import refusing_files
from store.shelf import AFTER_RESTORE, Backup, new_backup

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)


def back_up(store: Store, *, reason: str = "manual", to: Path | None = None, must_be_sound: bool = True) -> Backup:
    """Write a backup, open it again and check it.

    Parameters
    ----------
    to
        Where to; None names it by moment and reason in the folder `backups`.
    must_be_sound
        True keeps no copy in which the check finds something, also where the store itself has the fault.

    Raises
    ------
    StoreError
        The copy does not check, or cannot be written: nothing is left of it.
    """
    made = new_backup(store.folder, reason=reason, to=to)
    file = made.file
    unfinished = file.with_name(f".{file.name}.unfinished")
    with refusing_files(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        _remove(unfinished)
        try:
            _copy(store, unfinished)
            if faults := _faults_of(unfinished, None if reason == AFTER_RESTORE else store.folder):
                _log.warning("the check finds %s in the backup", ", ".join(faults))
                if must_be_sound:
                    raise StoreError("store.backup_damaged", file=str(file), fault=faults[0])
            _settle(unfinished)
            unfinished.replace(file)
            _settle(file.parent)
        finally:
            _remove(unfinished)
    return made


def _copy(store: Store, file: Path) -> None:
    if store.file is not None:
        _vacuum(store, file)
        return
    from store.migrating import migrate, revision_of  # noqa: PLC0415 - migrating makes backups

    with file_store(file) as target:
        mark(target)
        migrate(target, to=revision_of(store))
        with reading(store) as old, writing(target) as new:
            copy_rows(old, new)


def _vacuum(store: Store, file: Path) -> None:
    try:
        with alone(store) as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(file),))
    except StoreError as error:
        if error.key == "store.damaged":
            raise
        # The store can be read: it is the copy that cannot be written.
        raise StoreError(error.key, file=str(file), folder=str(file.parent)) from error


def _faults_of(copy: Path, folder: Path | None) -> list[str]:
    """Return the faults of a copy, also where its audit does not follow from the last backup of a folder."""
    with file_store(copy) as store:
        findings = [*check(store), *(check_against_backup(store, folder) if folder else ())]
    return [finding.fault for finding in findings]


def _settle(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk itself."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + end).unlink(missing_ok=True)
