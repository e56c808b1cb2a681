"""What holds for every test: the folder says how heavy it is, and hypothesis draws the same examples each time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent
MARKER_OF_FOLDER = {"browser": "browser", "pages": "page", "store": "slow"}

# No deadline: the machines are shared, and benchmarks/ watches the time.
settings.register_profile("check", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "check"))


#: What these try is written in Python above the store's own statements, which other files try on both databases:
#: on the server they are for the night.
ABOVE_THE_STORE = {"test_following", "test_handwork", "test_meanwhile"}

# Long files first: two processes then end together. xdist itself would begin with the files of many tests.
# Reading watches which files it opens: it goes before the clusters, whose threads look after themselves in /proc.
LONG_FIRST = ("browser", "corpus", "store", "comparison", "pages", "jobs", "execution")


@pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in MARKER_OF_FOLDER:
            item.add_marker(MARKER_OF_FOLDER[folder])
        if item.path.stem in ABOVE_THE_STORE and "postgresql" in item.name:
            item.add_marker("nightly")
    items.sort(key=lambda item: _turn(item.path.relative_to(TESTS).parts[0]))


def _turn(folder: str) -> int:
    return LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST)
