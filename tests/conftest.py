"""What holds for every test: the folder says how heavy it is, and hypothesis draws the same examples each time."""

from __future__ import annotations

import gc
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandera.backends.pandas.array
import pytest
from hypothesis import settings
from pandera.backends.pandas.error_formatters import reshape_failure_cases

import geo.boundaries
import geo.divisions.tables
from store import open_store
from store.engine import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import pandas as pd

TESTS = Path(__file__).parent
MARKER_OF_FOLDER = {"browser": "browser", "pages": "page", "store": "slow"}

# No deadline: the machines are shared, and benchmarks/ watches the time.
settings.register_profile("check", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "check"))


def _read_once(module: ModuleType, name: str) -> None:
    """Let the product's own tables be read once a process: nobody writes into them, and each command reads them."""
    load: Callable[..., object] = getattr(module, name)
    own = cache(load)
    setattr(module, name, lambda directory=None: load(directory) if directory not in OWN_TABLES else own())


def _failures(found: pd.Series, *, ignore_na: bool = True) -> pd.Series | pd.DataFrame:
    """Return failures as pandera lists them, which it does for every text column also where there are none."""
    return reshape_failure_cases(found, ignore_na=ignore_na) if len(found) else found


# A tenth of the time of a plan of a few organisations
setattr(pandera.backends.pandas.array, "reshape_failure_cases", _failures)  # noqa: B010 # it is not exported

OWN_TABLES = {None, geo.boundaries.DEFAULT_DIRECTORY, geo.divisions.tables.DEFAULT_DIRECTORY}
# Before any test module imports them
_read_once(geo.boundaries, "load_boundaries")
_read_once(geo.divisions, "load_divisions")


# Objects, rounds and rounds of rounds; Python's own are 700, 10 and 10
GARBAGE_AFTER = (20_000, 20, 50)

# Long files first: two processes then end together. xdist itself would begin with the files of many tests.
# Reading watches which files it opens: it goes before the clusters, whose threads look after themselves in /proc.
LONG_FIRST = ("browser", "corpus", "store", "comparison", "pages", "jobs", "execution")


@pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in MARKER_OF_FOLDER:
            item.add_marker(MARKER_OF_FOLDER[folder])
        if _is_for_the_night(item):
            item.add_marker("nightly")
    items.sort(key=lambda item: _turn(item.path.relative_to(TESTS).parts[0]))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what was imported out of the search for garbage: walking over it takes a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)


def _is_for_the_night(item: pytest.Item) -> bool:
    """Whether this is the case on a server of a test whose nearest `server` marker says "night"."""
    marker = item.get_closest_marker("server")
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return marker is not None and marker.args == ("night",) and "postgresql" in values


def _turn(folder: str) -> int:
    return LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST)


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that is still empty, made once: each test gets a copy."""
    folder = tmp_path_factory.mktemp("new")
    open_store(folder).engine.dispose()
    return folder / FILE_NAME
