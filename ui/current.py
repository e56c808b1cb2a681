"""The list in use: kept in the data directory, so that a reload or a restart finds it again.

Kept is what was read from the uploads, never the uploads themselves: they may hold columns with personal data, which
reading drops (RULEBOOK §9). One small folder a list, named by its content, and one file that says which is in use.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from coverage.errors import UploadError
from coverage.export import InputFile, describe_input
from coverage.intake import Intake, Source
from coverage.settings import PlanSettings
from coverage.tables import Orgs, Problems

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECTORY_VARIABLE = "COVERAGE_DATA_DIR"
DEFAULT_DIRECTORY = Path(__file__).resolve().parents[1] / "var"
_IN_USE = "current.json"
_ABOUT = "about.json"
# Raised when the stored form changes: an older folder is then asked for again instead of misread.
_FORMAT = 1

_log = logging.getLogger(__name__)


class Current(NamedTuple):
    """Which list is in use, with which settings."""

    list_id: str
    files: tuple[InputFile, ...]
    crs: str | None
    is_demo: bool
    settings: PlanSettings


def data_directory() -> Path:
    """Return the directory that holds what must survive a restart."""
    return Path(os.environ.get(DIRECTORY_VARIABLE) or DEFAULT_DIRECTORY)


def describe_files(sources: Sequence[Source]) -> tuple[InputFile, ...]:
    """Return name, sha256 and size of each upload."""
    return tuple(describe_input(source.name, source.content) for source in sources)


def keep_list(
    intake: Intake, settings: PlanSettings, *, files: tuple[InputFile, ...], crs: str | None, is_demo: bool
) -> Current:
    """Store a list that was read, make it the one in use and forget the one before."""
    current = Current(_list_id(files, crs), files, crs, is_demo, settings)
    folder = _folder(current.list_id)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent))
    _write_intake(intake, scratch)
    shutil.rmtree(folder, ignore_errors=True)
    scratch.replace(folder)
    _write_in_use(current)
    _forget_others(current.list_id)
    return current


def keep_settings(current: Current, settings: PlanSettings) -> Current:
    """Use other settings with the same list."""
    changed = current._replace(settings=settings)
    _write_in_use(changed)
    return changed


def read_current() -> Current | None:
    """Return the list in use, or None where there is none that can be read."""
    file = data_directory() / _IN_USE
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        current = Current(
            list_id=str(kept["list_id"]),
            files=tuple(InputFile(**entry) for entry in kept["files"]),
            crs=kept["crs"],
            is_demo=bool(kept["is_demo"]),
            settings=PlanSettings.model_validate(kept["settings"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        _log.warning("the note of the list in use cannot be read", exc_info=True)
        return None
    return current if _about(current.list_id) is not None else None


def read_list(list_id: str) -> Intake:
    """Return the list as it was read.

    Raises
    ------
    UploadError
        Its folder was damaged: it must be imported again.
    """
    folder, about = _folder(list_id), _about(list_id)
    if about is None:
        raise UploadError("app.stored_list_damaged")
    try:
        return Intake(
            orgs=Orgs.validate(pd.read_parquet(folder / "orgs.parquet")),
            problems=Problems.validate(pd.read_parquet(folder / "problems.parquet")),
            fields=frozenset(about["fields"]),
            mappings=pd.read_parquet(folder / "mappings.parquet"),
            rows_in=about["rows_in"],
            rejected=about["rejected"],
            personal_columns=about["personal_columns"],
            needs_crs=about["needs_crs"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise UploadError("app.stored_list_damaged") from error


def _list_id(files: tuple[InputFile, ...], crs: str | None) -> str:
    text = json.dumps([[file.name, file.sha256] for file in files] + [[crs or ""]])
    return hashlib.sha256(text.encode()).hexdigest()


def _folder(list_id: str) -> Path:
    return data_directory() / "lists" / list_id


def _write_intake(intake: Intake, folder: Path) -> None:
    for name, table in (("orgs", intake.orgs), ("problems", intake.problems), ("mappings", intake.mappings)):
        table.to_parquet(folder / f"{name}.parquet", index=False)
    about = {
        "format": _FORMAT,
        "fields": sorted(intake.fields),
        "rows_in": int(intake.rows_in),
        "rejected": int(intake.rejected),
        "personal_columns": int(intake.personal_columns),
        "needs_crs": bool(intake.needs_crs),
    }
    (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")


def _about(list_id: str) -> dict[str, Any] | None:
    try:
        about = json.loads((_folder(list_id) / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return about if isinstance(about, dict) and about.get("format") == _FORMAT else None


def _write_in_use(current: Current) -> None:
    """Replace the note in one step: a crash leaves the old one or the new one, never half of it."""
    kept = {
        "list_id": current.list_id,
        "files": [file._asdict() for file in current.files],
        "crs": current.crs,
        "is_demo": current.is_demo,
        "settings": current.settings.model_dump(mode="json"),
    }
    directory = data_directory()
    with tempfile.NamedTemporaryFile("w", dir=directory, encoding="utf-8", delete=False) as note:
        json.dump(kept, note, ensure_ascii=False)
        note.flush()
        os.fsync(note.fileno())
    Path(note.name).replace(directory / _IN_USE)


def _forget_others(list_id: str) -> None:
    for folder in _folder(list_id).parent.iterdir():
        if folder.name != list_id:
            shutil.rmtree(folder, ignore_errors=True)
