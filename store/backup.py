"""Backups that were opened again and checked.

A backup is always one SQLite file: of a file by `VACUUM INTO`, of a server by copying every table in one snapshot, so
that what one engine held can be restored into the other.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from store.checking import check
from store.copying import copy_rows, file_store
from store.engine import Store, alone, mark, reading, writing
from store.errors import StoreError
from store.faults import refusing_files

_FOLDER: Final = "backups"
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_HOURLY: Final = 24
_DAILY: Final = 30
#: Reasons of backups that nobody asked for: only these are dropped again.
HOURLY: Final = "hourly"
AT_EXIT: Final = "exit"
UNSOUND: Final = "unsound"

_log = logging.getLogger(__name__)


class Backup(NamedTuple):
    """One backup: its file, when it was made, and why (hourly, by hand, before a migration …)."""

    file: Path
    at: datetime
    reason: str


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
    at = datetime.now(UTC)
    file = to or store.folder / _FOLDER / f"{at.strftime(_STAMP)}-{reason}.sqlite"
    unfinished = file.with_name(f".{file.name}.unfinished")
    with refusing_files(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        _remove(unfinished)
        try:
            _copy(store, unfinished)
            _look_at(unfinished, file, must_be_sound=must_be_sound)
            _settle(unfinished)
            unfinished.replace(file)
            _settle(file.parent)
        finally:
            _remove(unfinished)
    return Backup(file, at, reason)


def backups(folder: Path) -> list[Backup]:
    """Return the backups there are in a data directory, the newest first."""
    found = []
    for file in (folder / _FOLDER).glob("*.sqlite"):
        stamp, _, reason = file.stem.partition("-")
        try:
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append(Backup(file, at, reason))
    return sorted(found, key=lambda backup: (backup.at, backup.file), reverse=True)


def prune(folder: Path) -> list[Path]:
    """Drop old hourly backups: the last 24 stay, the last of each of 30 days, and the last 24 of an unsound store.

    Backups for other reasons are only dropped by people.
    """
    known = backups(folder)
    hourly = [backup for backup in known if backup.reason in {HOURLY, AT_EXIT}]
    unsound = [backup for backup in known if backup.reason == UNSOUND]
    days: dict[str, Path] = {}
    for backup in hourly:
        days.setdefault(backup.at.date().isoformat(), backup.file)
    kept = {backup.file for backup in (*hourly[:_HOURLY], *unsound[:_HOURLY])} | set(list(days.values())[:_DAILY])
    dropped = [backup.file for backup in (*hourly, *unsound) if backup.file not in kept]
    for file in dropped:
        file.unlink(missing_ok=True)
    return dropped


def is_due(folder: Path, *, every: timedelta = timedelta(hours=1)) -> bool:
    """Say whether the last backup is older than that."""
    last = next(iter(backups(folder)), None)
    return last is None or datetime.now(UTC) - last.at >= every


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


def _look_at(copy: Path, file: Path, *, must_be_sound: bool) -> None:
    with file_store(copy) as store:
        findings = check(store)
    if findings and must_be_sound:
        raise StoreError("store.backup_damaged", file=str(file), fault=findings[0].fault)
    if findings:
        _log.warning("a backup was kept although the check finds %d faults in it", len(findings))


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
