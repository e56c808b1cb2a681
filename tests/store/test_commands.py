"""`cli.py store …` as an administrator runs it: what it says, and how it ends."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import pytest
from sqlalchemy import update

from cli import main
from coverage.intake import Source
from coverage.landmarks import read_landmarks
from store import open_store
from store.copying import digest
from store.engine import FILE_NAME, writing
from store.migrating import revisions
from store.places import the_boundaries
from store.schema import audit, plan
from store.shelf import backups
from tests.store.filling import fill

if TYPE_CHECKING:
    from pathlib import Path

    from store import Store
    from tests.store.filling import Place


class Answer(NamedTuple):
    """What a command says and how it ends."""

    code: int
    said: list[str]
    complained: str


def run(*arguments: str | Path) -> Answer:
    command = ["cli.py", "store", *map(str, arguments)]
    with (
        mock.patch.object(sys, "argv", command),
        redirect_stdout(io.StringIO()) as said,
        redirect_stderr(io.StringIO()) as complained,
    ):
        return Answer(main(), said.getvalue().splitlines(), complained.getvalue())


@pytest.fixture
def at(place: Place, filled: Store) -> list[str]:
    """The options that name the filled store."""
    return ["--data", str(place.folder), *(["--url", place.url] if place.url else [])]


def test_a_sound_store(at: list[str]) -> None:
    answer = run("check", *at)
    assert (answer.code, answer.said) == (0, [])
    assert "完好" in answer.complained


def test_one_line_a_finding(at: list[str], filled: Store) -> None:
    with writing(filled) as connection:
        connection.execute(update(audit).where(audit.c.number.in_([3, 7])).values(actor="somebody else"))
    answer = run("check", *at)
    assert answer.code == 1
    assert [line.split()[:2] for line in answer.said] == [["audit_changed", "3"], ["audit_changed", "7"]]
    assert all("操作记录" in line for line in answer.said)


def test_back_up_and_restore(at: list[str], filled: Store) -> None:
    whole = digest(filled)
    made = run("backup", *at)
    assert made.code == 0
    file = made.said[0]
    with writing(filled) as connection:
        connection.execute(update(plan).values(name="changed"))
    refused = run("restore", file, *at)
    assert refused.code == 2
    assert "--yes" in refused.complained
    assert digest(filled) != whole
    done = run("restore", file, "--yes", *at)
    assert (done.code, file in done.said[0]) == (0, True)
    assert digest(filled) == whole
    listed = run("restore", *at)
    assert [line.split("\t")[1] for line in listed.said] == ["after-restore", "before-restore", "manual"]


def test_migrate_there_and_back(at: list[str], filled: Store) -> None:
    first, *_, last = revisions()
    assert run("migrate", "--to", first, *at).code == 0
    up = run("migrate", *at)
    assert up.code == 0
    assert up.said[0].endswith(f"{first} → {last}")
    assert len(backups(filled.folder)) == 2
    assert run("migrate", "--to", "0815", *at).code == 2


def test_the_data_directory_is_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVERAGE_DATA_DIR", str(tmp_path))
    assert run("check").code == 2
    assert not (tmp_path / FILE_NAME).exists()
    assert run("migrate").code == 0
    assert run("check").code == 0


def test_a_damaged_file_is_found_and_replaced(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fill(store)
    whole = digest(store)
    store.engine.dispose()
    file = run("backup", "--data", tmp_path).said[0]
    (tmp_path / FILE_NAME).write_bytes(b"broken" * 4000)
    assert run("check", "--data", tmp_path).code == 1
    assert run("backup", "--data", tmp_path).code == 2
    done = run("restore", file, "--yes", "--data", tmp_path)
    assert done.code == 0
    assert "aside" in done.said[0]
    store = open_store(tmp_path)
    assert digest(store) == whole
    store.engine.dispose()


def test_a_missing_backup_changes_nothing(at: list[str], filled: Store, tmp_path: Path) -> None:
    whole = digest(filled)
    answer = run("restore", tmp_path / "none.sqlite", "--yes", *at)
    assert answer.code == 2
    assert "none.sqlite" in answer.complained
    assert digest(filled) == whole


def test_known_places_are_written_as_a_table_that_the_commands_read(at: list[str], tmp_path: Path) -> None:
    out = tmp_path / "known.csv"
    answer = run("landmarks", "--out", out, *at)
    assert (answer.code, answer.said) == (0, [])
    read = read_landmarks(Source(out.name, out.read_bytes()), boundaries=the_boundaries())
    assert read.problems.empty
    assert read.landmarks[["name", "number", "lon"]].to_numpy().tolist() == [["人民路", "1", 120.1]]
