"""The activity venues in use: kept in the data directory like the list, named by their content.

Knows no Streamlit: the process that makes the plan of a large list reads them as well.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from coverage.errors import UploadError
from coverage.tables import Problems, Venues
from coverage.venues import VenueList
from ui.current import data_directory

_NOTE = "venues.json"
_FOLDER = "venues"
_MODELS = {"venues": Venues, "problems": Problems}

_log = logging.getLogger(__name__)


class VenuesInUse(NamedTuple):
    """Which venues are in use: the name of their folder, and of the file they came from."""

    venues_id: str
    file: str


def keep_venues(found: VenueList, *, file: str, content: bytes, crs: str | None) -> VenuesInUse:
    """Store venues that were read, make them those in use and forget the ones before."""
    venues_id = hashlib.sha256(content + (crs or "").encode()).hexdigest()
    folder = _folder(venues_id)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent))
    for name in _MODELS:
        getattr(found, name).to_parquet(scratch / f"{name}.parquet", index=False)
    shutil.rmtree(folder, ignore_errors=True)
    scratch.replace(folder)
    in_use = VenuesInUse(venues_id, file)
    _write_note(in_use)
    _forget_others(venues_id)
    return in_use


def venues_in_use() -> VenuesInUse | None:
    """Return which venues are in use, None where there are none that can be read."""
    try:
        note = json.loads((data_directory() / _NOTE).read_text(encoding="utf-8"))
        in_use = VenuesInUse(str(note["venues_id"]), str(note["file"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        _log.warning("the note of the venues in use cannot be read", exc_info=True)
        return None
    return in_use if _folder(in_use.venues_id).is_dir() else None


def venues_id_in_use() -> str:
    """Return what a plan depends on of the venues: the name of their folder, "" without venues."""
    in_use = venues_in_use()
    return in_use.venues_id if in_use else ""


def read_kept_venues(venues_id: str) -> VenueList | None:
    """Return the venues as they were read, None for "".

    Raises
    ------
    UploadError
        Their folder was damaged: they must be imported again.
    """
    if not venues_id:
        return None
    folder = _folder(venues_id)
    try:
        return VenueList(
            **{name: model.validate(pd.read_parquet(folder / f"{name}.parquet")) for name, model in _MODELS.items()}
        )
    except (OSError, ValueError, KeyError) as error:
        raise UploadError("app.venues.damaged") from error


def forget_venues() -> None:
    """Use no venues from now on."""
    (data_directory() / _NOTE).unlink(missing_ok=True)
    shutil.rmtree(data_directory() / _FOLDER, ignore_errors=True)


def _folder(venues_id: str) -> Path:
    return data_directory() / _FOLDER / venues_id


def _write_note(in_use: VenuesInUse) -> None:
    """Replace the note in one step: a crash leaves the old one or the new one, never half of it."""
    directory = data_directory()
    with tempfile.NamedTemporaryFile("w", dir=directory, encoding="utf-8", delete=False) as note:
        json.dump(in_use._asdict(), note, ensure_ascii=False)
        note.flush()
        os.fsync(note.fileno())
    Path(note.name).replace(directory / _NOTE)


def _forget_others(venues_id: str) -> None:
    for folder in _folder(venues_id).parent.iterdir():
        if folder.name != venues_id:
            shutil.rmtree(folder, ignore_errors=True)
