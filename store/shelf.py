"""The backups there are: files named by moment and reason, the old hourly ones dropped."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "backups"
#: Folders in which a backup is looked at.
COPY_PREFIX: Final = ".copy-"
#: Reasons of backups that nobody asked for: only these are dropped again.
HOURLY: Final = "hourly"
AT_EXIT: Final = "exit"
UNSOUND: Final = "unsound"
#: The audit goes on from here, not from the backup before it.
AFTER_RESTORE: Final = "after-restore"

_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_HOURS: Final = 24
_DAYS: Final = 30
_LEFT_ALONE: Final = timedelta(days=1)  # somebody may be at it


class Backup(NamedTuple):
    """One backup: its file, when it was made, and why (hourly, by hand, before a migration …)."""

    file: Path
    at: datetime
    reason: str


def new_backup(folder: Path, *, reason: str, to: Path | None = None) -> Backup:
    """Return where a backup made now belongs."""
    at = datetime.now(UTC)
    return Backup(to or folder / FOLDER / f"{at.strftime(_STAMP)}-{reason}.sqlite", at, reason)


def backups(folder: Path) -> list[Backup]:
    """Return the backups there are in a data directory, the newest first."""
    found = []
    for file in (folder / FOLDER).glob("*.sqlite"):
        stamp, _, reason = file.stem.partition("-")
        try:
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append(Backup(file, at, reason))
    return sorted(found, key=lambda backup: (backup.at, backup.file), reverse=True)


def prune(folder: Path) -> list[Path]:
    """Drop old hourly backups: the last 24 stay, the last of each of 30 days, and the last 24 of an unsound store.

    Backups for other reasons are only dropped by people. What a killed program left half-written goes after a day.
    """
    _drop_leftovers(folder)
    known = backups(folder)
    hourly = [backup for backup in known if backup.reason in {HOURLY, AT_EXIT}]
    unsound = [backup for backup in known if backup.reason == UNSOUND]
    days: dict[str, Path] = {}
    for backup in hourly:
        days.setdefault(backup.at.date().isoformat(), backup.file)
    kept = {backup.file for backup in (*hourly[:_HOURS], *unsound[:_HOURS])} | set(list(days.values())[:_DAYS])
    dropped = [backup.file for backup in (*hourly, *unsound) if backup.file not in kept]
    for file in dropped:
        file.unlink(missing_ok=True)
    return dropped


def is_due(folder: Path, *, every: timedelta = timedelta(hours=1)) -> bool:
    """Say whether the last backup is older than that."""
    last = next(iter(backups(folder)), None)
    return last is None or datetime.now(UTC) - last.at >= every


def _drop_leftovers(folder: Path) -> None:
    oldest = (datetime.now(UTC) - _LEFT_ALONE).timestamp()
    for path in (*(folder / FOLDER).glob(".*.unfinished*"), *folder.glob(f"{COPY_PREFIX}*")):
        with suppress(FileNotFoundError):  # another program was first
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
