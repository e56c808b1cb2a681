"""The write-back uploader in Chromium: a file chosen after the survey forms were made, and words that cover nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import LIST
from ui.current import DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from tests.browser.conftest import RecordedPage, StartApp

pytestmark = pytest.mark.browser

APP = Path(__file__).parents[2] / "app.py"
WAIT_MS = 60_000
WORDS = "button => getComputedStyle(button, '::after').content"


def test_a_file_is_written_back_after_the_forms_were_made(
    page: RecordedPage, streamlit_app: StartApp, tmp_path: Path
) -> None:
    upload = tmp_path / "list.csv"
    upload.write_bytes(LIST)
    app = streamlit_app(APP, {DIRECTORY_VARIABLE: str(tmp_path / "store")})
    (tmp_path / "store").mkdir()
    page.goto(f"{app}/import")
    page.locator('input[type="file"]').first.set_input_files(upload)
    page.get_by_role("button", name="采用这份名单").click(timeout=WAIT_MS)
    expect(page.locator(".coverage-map").first).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("link", name="导出").click()
    page.get_by_role("button", name="生成摸排表").click(timeout=WAIT_MS)
    expect(page.get_by_role("button", name="下载摸排表")).to_be_visible(timeout=WAIT_MS)
    card = page.locator(".st-key-card-write-back")
    buttons = card.locator('[data-testid="stFileUploaderDropzone"] button')
    expect(buttons).to_have_count(1, timeout=WAIT_MS)
    assert buttons.evaluate(WORDS) == '"选择文件"'

    card.locator('input[type="file"]').set_input_files(upload)

    expect(card.get_by_role("button", name="list-结果.csv")).to_be_visible(timeout=WAIT_MS)
    expect(card.locator('[data-testid="stFileChipName"]')).to_have_text("list.csv")
    assert {button.evaluate(WORDS) for button in buttons.all()} == {"none"}
    assert page.foreign_requests == []
    assert page.console_errors == []
