from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.export.plans import small_plan
from tests.small_map import HOSTILE, NORTH_EAST, write_static
from ui.areas import Area
from ui.county_sheet import county_sheet
from ui.county_sheet_html import sheet_html
from ui.html_map import MapText
from ui.map_spec import MapSpec, View
from ui.pictures.drawing import map_image

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import RecordedPage

pytestmark = pytest.mark.browser


def test_a_county_sheet_opens_from_a_file_and_prints_on_upright_pages(page: RecordedPage, tmp_path: Path) -> None:
    spec = MapSpec(level="counties", view=View("x"), aria_label="", only=(NORTH_EAST,))
    image = map_image(spec, width=300, height=200, static_dir=write_static(tmp_path / "static"))
    county = Area("370102", HOSTILE, "", "county", "370100")
    plan = small_plan(names=(HOSTILE, *"乙丙丁戊"))
    sheet = county_sheet(plan, area=county, text=MapText(HOSTILE, (HOSTILE,), "内部资料 不得公开"), states={})
    path = tmp_path / "sheet.html"
    path.write_text(sheet_html(sheet, map_png=image), encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(path.as_uri())

    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(page.get_by_text("内部资料 不得公开")).to_be_visible()
    assert page.locator("img").count() == 1
    found = page.evaluate("[document.images[0].naturalWidth > 800, window.hacked, document.scripts.length]")
    assert found == [True, None, 0]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert page.console_errors == []
    sizes = re.findall(rb"/MediaBox \[0 0 (\d+)[\d.]* (\d+)", page.pdf(prefer_css_page_size=True))
    assert set(sizes) <= {(b"594", b"841"), (b"595", b"841"), (b"595", b"842")}
    assert len(sizes) == 2
