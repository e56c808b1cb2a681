"""What a visitor reads where the store cannot be opened: a page that says what to do, and no traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store import open_store
from store.engine import FILE_NAME, make_engine
from store.engine import URL_VARIABLE as STORE_URL
from tests.pages.conftest import texts
from ui.stores import DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / "other"))
    monkeypatch.delenv(STORE_URL, raising=False)
    return tmp_path / "other"


def run_in(folder: Path, statement: str) -> None:
    """Change the file behind the store's back."""
    engine = make_engine(f"sqlite:///{folder / FILE_NAME}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_folder_that_cannot_be_made(open_page: OpenPage, folder: Path) -> None:
    folder.write_text("a file stands where the folder should", encoding="utf-8")

    shown = texts(app := open_page())

    assert "数据暂时打不开" in shown
    assert "不能写入" in shown
    assert "COVERAGE_DATA_DIR" in shown
    assert "预料" not in shown
    folder.unlink()
    app.button[0].click().run()
    assert "还没有名单" in texts(app)


def test_a_database_of_another_program_is_left_alone(open_page: OpenPage, folder: Path) -> None:
    folder.mkdir()
    run_in(folder, "CREATE TABLE theirs (id)")
    before = (folder / FILE_NAME).read_bytes()

    assert "别的程序的数据库" in texts(open_page("history"))
    assert (folder / FILE_NAME).read_bytes()[100:] == before[100:]


def test_a_damaged_file(open_page: OpenPage, folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(b"no database" * 1_000)

    shown = texts(open_page("import"))

    assert "已损坏" in shown
    assert "cli.py store restore" in shown
    assert (folder / FILE_NAME).read_bytes() == b"no database" * 1_000


def test_a_file_of_a_newer_version(open_page: OpenPage, folder: Path) -> None:
    open_store(folder).engine.dispose()
    run_in(folder, "UPDATE alembic_version SET version_num = '9999'")

    shown = texts(open_page("settings"))

    assert "较新版本" in shown
    assert "9999" in shown
