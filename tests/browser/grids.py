"""Rows of a table on a page: they are painted on a canvas, so that only a place on it can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.conftest import ACT_MS

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Of the head and of each row, px; the first column has the boxes to tick.
ROW_PX = 35
BOX_PX = 16


def choose_row(page: Page, number: int = 0) -> None:
    """Tick a row of the first table that can be seen, once the page rests and the table has its rows."""
    grid = page.locator('[data-testid="stDataFrame"]:visible').first
    expect(grid.locator("[role=gridcell]").first).to_be_attached(timeout=ACT_MS)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=ACT_MS)
    grid.click(position={"x": BOX_PX, "y": ROW_PX * (number + 1) + ROW_PX // 2})
