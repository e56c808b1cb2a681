"""Every test of the store runs on a SQLite file and on a PostgreSQL server of the tests' own where one is installed."""

from __future__ import annotations

import os
import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest

from store import Role, Scope, make_scope, open_store
from store.engine import FILE_NAME
from tests.made_once import make_once
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


@pytest.fixture(scope="session")
def new_database(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same on the server."""
    server.run("CREATE DATABASE new")
    open_store(tmp_path_factory.mktemp("new"), url=server.address("new")).engine.dispose()
    return "new"


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a store may be: an empty folder or database; for a test that wants a store, one is there already."""
    folder, has_store = tmp_path / "data", "store" in request.fixturenames
    if request.param == "sqlite":
        if has_store:
            folder.mkdir()
            shutil.copyfile(request.getfixturevalue("new_file"), folder / FILE_NAME)
        yield Place(folder, "")
        return
    server: Server = request.getfixturevalue("server")
    like = f"TEMPLATE {request.getfixturevalue('new_database')}" if has_store else ""
    name = f"test_{next(NUMBERS)}"
    server.run(f"CREATE DATABASE {name} {like}")
    yield Place(folder, server.address(name))
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An empty store."""
    opened = place.open()
    yield opened
    opened.engine.dispose()


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with something in every table."""
    fill(store)
    return store


@pytest.fixture(autouse=True)
def plans_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both engines store the same plans."""
    monkeypatch.setattr("store.making.make_plan", make_once)


@pytest.fixture
def scope() -> Scope:
    return make_scope("wang", Role.ADMIN, "")
