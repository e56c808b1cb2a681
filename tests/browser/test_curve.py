from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import RecordedPage, StartApp

pytestmark = pytest.mark.browser


def test_the_curve_has_both_days_the_way_from_one_to_the_other_and_the_target(
    page: RecordedPage, streamlit_app: StartApp
) -> None:
    page.goto(streamlit_app(Path(__file__).parent / "curve_app.py"))
    chart = page.get_by_test_id("stVegaLiteChart")

    for text in ("2026-06-30", "2026-12-31", "60"):
        expect(chart.get_by_text(text, exact=True)).to_be_visible()
    (line,) = chart.locator(".mark-line.role-mark path").all()
    assert str(line.get_attribute("d")).count("L") == 1
    assert chart.locator(".mark-rule.role-mark line").count()
    assert "undefined" not in chart.inner_text()
    assert page.console_errors == []
