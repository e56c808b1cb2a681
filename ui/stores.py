"""The store of the data directory, and who is asking. Knows no Streamlit: workers use it as well."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from store import open_store
from store.users import local_scope
from ui.adoption import adopt

if TYPE_CHECKING:
    from store import Scope, Store

DIRECTORY_VARIABLE = "COVERAGE_DATA_DIR"
DEFAULT_DIRECTORY = Path(__file__).resolve().parents[1] / "var"

# One a directory and process: an engine lends each run a connection of its own, and tests change the directory.
_OPEN: dict[Path, Store] = {}
_OPENING = Lock()


def data_directory() -> Path:
    """Return the directory that holds what must survive a restart."""
    return Path(os.environ.get(DIRECTORY_VARIABLE) or DEFAULT_DIRECTORY)


def the_store() -> Store:
    """Return the store of the data directory, opened once for all visitors.

    Raises
    ------
    StoreError
        It cannot be opened: no place, no right, a newer version; the words say what to do.
    """
    folder = data_directory()
    with _OPENING:
        if folder not in _OPEN:
            store = open_store(folder)
            adopt(folder, store, the_scope())
            _OPEN[folder] = store
        return _OPEN[folder]


def the_scope() -> Scope:
    """Return who is asking: on this machine alone, one user who may do everything."""
    return local_scope()
