"""Every test of the store runs on a SQLite file and on a PostgreSQL server of the tests' own where one is installed."""

from __future__ import annotations

import os
import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest

from store import Role, Scope, make_scope, open_store
from tests.store.filling import Place, fill
from tests.store.servers import Server, find_programs, make_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store import Store

NUMBERS = count(1)
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of this run; REQUIRE_POSTGRESQL=1 fails where there is none."""
    programs = find_programs()
    if programs is None:
        assert os.environ.get("REQUIRE_POSTGRESQL") != "1", "no PostgreSQL is installed"
        pytest.skip("no PostgreSQL is installed")
    made = make_server(programs)
    yield made
    made.stop()
    shutil.rmtree(made.folder)


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a store may be: an empty folder, or an empty database."""
    if request.param == "sqlite":
        yield Place(tmp_path / "data", "")
        return
    server: Server = request.getfixturevalue("server")
    name = f"test_{next(NUMBERS)}"
    server.run(f"CREATE DATABASE {name}")
    yield Place(tmp_path / "data", server.address(name))
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(place.folder, url=place.url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with something in every table."""
    fill(store)
    return store


@pytest.fixture
def scope() -> Scope:
    return make_scope("wang", Role.ADMIN, "")
