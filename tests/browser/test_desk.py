"""Typing and links in Chromium: a draft is seconds old though the field was never left, a colleague sees the page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ui.current import DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import RecordedPage, StartApp

pytestmark = pytest.mark.browser

APP = Path(__file__).parents[2] / "app.py"
MAP_MS = 60_000
DRAFT_SECONDS = 5.0


@pytest.fixture(scope="module")
def app(streamlit_app: StartApp, tmp_path_factory: pytest.TempPathFactory) -> str:
    return streamlit_app(APP, {DIRECTORY_VARIABLE: str(tmp_path_factory.mktemp("store"))})


def colleague(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.goto(address)
    return page


def test_a_link_and_a_draft_lead_to_the_same_page(page: RecordedPage, app: str, browser: Browser) -> None:
    page.goto(app)
    page.get_by_role("button", name="用示例名单试一试").click(timeout=MAP_MS)
    expect(page.locator('.coverage-map[data-ready="1"]')).to_be_visible(timeout=MAP_MS)
    page.get_by_text("建议实施后", exact=True).first.click()
    expect(page.locator(".kpi.chosen .kpi-other")).to_contain_text("今天")

    other = colleague(browser, page.url)

    expect(other.locator('.coverage-map[data-ready="1"]')).to_be_visible(timeout=MAP_MS)
    assert other.locator(".kpis").inner_text() == page.locator(".kpis").inner_text()
    other.context.close()

    page.get_by_role("link", name="设置与说明").click()
    field = page.get_by_label("统计期开始")
    expect(field).to_be_visible(timeout=MAP_MS)
    field.press_sequentially("2026-01-0")
    begun = time.monotonic()
    expect(page.get_by_text("有未保存的内容")).to_be_visible(timeout=int(DRAFT_SECONDS * 1_000))
    assert time.monotonic() - begun < DRAFT_SECONDS
    assert field.evaluate("field => field === document.activeElement")
    again = colleague(browser, page.url)
    expect(again.get_by_label("统计期开始")).to_have_value("2026-01-0", timeout=MAP_MS)
    expect(again.get_by_text("已恢复未保存的内容")).to_be_visible()
    again.context.close()
    assert page.foreign_requests == []
    assert page.console_errors == []
