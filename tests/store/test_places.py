"""Folders whose names mean something in the address of a database, or in a URI, are folders like others."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from geo.providers import Query
from store import open_store
from store.answers import answers_state, count_open, enlist, find_answers, keep_answer, open_answers
from store.backup import back_up
from store.checking import check, check_against_backup
from store.copying import reading_backup
from store.restoring import replace_file, restore
from tests.store.filling import fill

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("a%20b", "a%3Fb", "党建#1&x=y", "a@b:c", *(() if os.name == "nt" else ("a?b", "a?mode=memory")))
QUERY = Query("泉城路1号", "370100")


@pytest.fixture(params=NAMES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if os.name == "nt" and ":" in request.param:
        pytest.skip("no name of a folder there")
    return tmp_path / str(request.param)


def test_a_store_is_made_kept_and_restored_where_it_was_said(folder: Path, tmp_path: Path) -> None:
    store = open_store(folder)
    fill(store)
    made = back_up(store)
    with reading_backup(made.file) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one()
    restore(store, made.file)
    assert [*check(store), *check_against_backup(store, folder)] == []
    file = store.file
    assert file == folder / "store.sqlite"
    store.engine.dispose()
    replace_file(file, made.file)
    assert list(tmp_path.iterdir()) == [folder]
    assert folder.name not in {path.name for path in folder.iterdir()}


def test_answers_are_kept_and_found_where_it_was_said(folder: Path, tmp_path: Path) -> None:
    book = open_answers(folder, "service")
    enlist(book, [QUERY])
    assert count_open(folder, "service", [QUERY]) == 1
    keep_answer(book, QUERY, "{}", found=None)
    book.engine.dispose()
    assert count_open(folder, "service", [QUERY]) == 0
    assert find_answers(folder, "service", [QUERY])["state"].tolist() == ["none"]
    assert answers_state(folder).files[0][1] > 0
    assert list(tmp_path.iterdir()) == [folder]
