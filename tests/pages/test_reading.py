"""Large uploads, read by a worker: the page shows the same as for a short one, and takes over what was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.lists import list_infos
from tests.pages.conftest import LIST, texts
from ui.current import read_current, read_list
from ui.stores import data_directory, the_scope, the_store

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage

USE = "采用这份名单"


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.reading.LARGE_BYTES", 1)


def upload(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[0].set_value([("large.csv", content, "text/csv")]).run()
    return app


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_a_large_list_is_read_by_a_worker_and_taken_over(open_page: OpenPage) -> None:
    app = upload(open_page("import"), LIST)

    assert not app.exception
    assert {metric.label: metric.value for metric in app.metric}["采用"] == "8"
    assert list_infos(the_store(), the_scope()) == []
    assert list((data_directory() / "uploads").iterdir()) == []
    (preview,) = list_infos(the_store(), the_scope(), state="preview")

    press(app, USE)

    current = read_current()
    assert current is not None
    assert (current.list_id, [file.name for file in current.files]) == (preview.id, ["large.csv"])
    assert len(read_list(current.list_id).orgs) == 8
    assert "<h1>湖州市</h1>" in texts(open_page())


@pytest.mark.nightly  # by day tests/jobs says so, and test_imports of a short one
def test_a_large_file_that_is_no_list_is_refused_in_the_same_words(open_page: OpenPage) -> None:
    app = upload(open_page("import"), b"\x00\x01\x02 no list")

    assert not app.exception
    assert len(app.error) == 1
    assert "请" in app.error[0].value
