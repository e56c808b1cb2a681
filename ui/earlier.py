"""The list before the one in use: kept beside it, so that what changed can be read after the replacement too.

One folder, written whole and then put in its place; it says which list it stands before.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.comparison import Side
from coverage.settings import PlanSettings
from coverage.tables import Duties, Groups, Measures, Orgs, Places
from ui.current import data_directory

if TYPE_CHECKING:
    from ui.current import Current

_ABOUT = "about.json"
# Raised when the stored form changes: an older folder is then left alone.
_FORMAT = 1
_MODELS = {"orgs": Orgs, "places": Places, "duties": Duties}
_OF_PLAN = {"measures": Measures, "groups": Groups}

_log = logging.getLogger(__name__)


class Earlier(NamedTuple):
    """The list before, as it was when it was replaced, and the names of its files."""

    side: Side
    files: tuple[str, ...]


def keep_earlier(side: Side, *, replaced: Current, by: Current) -> None:
    """Store the list that was replaced; the one before it is forgotten."""
    if replaced.list_id == by.list_id:
        return
    folder = _folder()
    scratch = Path(tempfile.mkdtemp(dir=data_directory()))
    tables = {"coverage": side.coverage} | {name: getattr(side, name) for name in (*_MODELS, *_OF_PLAN)}
    for name, table in tables.items():
        if table is not None:
            table.to_parquet(scratch / f"{name}.parquet", index=False)
    about = {
        "format": _FORMAT,
        "before": by.list_id,
        "files": [file.name for file in replaced.files],
        "fields": sorted(side.fields),
        "settings": side.settings.model_dump(mode="json"),
    }
    (scratch / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    scratch.replace(folder)


def read_earlier(list_id: str) -> Earlier | None:
    """Return the list that this one replaced, or None where there is none that can be read."""
    folder = _folder()
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["format"] != _FORMAT or about["before"] != list_id:
            return None
        tables = {name: model.validate(_table(folder, name)) for name, model in _MODELS.items()}
        planned = {
            name: model.validate(_table(folder, name))
            for name, model in _OF_PLAN.items()
            if (folder / f"{name}.parquet").exists()
        }
        side = Side(
            **tables,
            coverage=_table(folder, "coverage"),
            settings=PlanSettings.model_validate(about["settings"]),
            fields=frozenset(about["fields"]),
            **planned,
        )
        return Earlier(side, tuple(about["files"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        _log.warning("the list before cannot be read", exc_info=True)
        return None


def _folder() -> Path:
    return data_directory() / "earlier"


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{name}.parquet")
