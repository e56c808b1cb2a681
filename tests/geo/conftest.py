"""The product's own tables, read once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.boundaries import Boundaries, load_boundaries
from geo.divisions import Divisions, PlaceMatcher, build_matcher, load_divisions

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def boundaries() -> Boundaries:
    return load_boundaries()


@pytest.fixture(scope="session")
def divisions() -> Divisions:
    return load_divisions()


@pytest.fixture(scope="session")
def matcher(divisions: Divisions) -> PlaceMatcher:
    return build_matcher(divisions)
