"""Planners at work in one county, in Chromium: side by side, over a restart, and with an address that was wrong."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings
from tests.browser.conftest import ACT_MS, run_streamlit
from tests.browser.grids import choose_row
from ui.current import DIRECTORY_VARIABLE, describe_files, keep_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import RecordedPage

pytestmark = pytest.mark.browser

APP = Path(__file__).parents[2] / "app.py"
# Each test works in a county of its own: no test finds what another one left.
COUNTY, OTHER = "330502", "330503"
# The third one's address is beside the first two; its point is 17 km off.
LIST = """统一社会信用代码,社会组织名称,所在区县,住所,经度,纬度,坐标系,行业代码,正式党员数
,甲学校,吴兴区,湖州市吴兴区红旗路100号,120.100,30.870,WGS84,8391,2
,乙学校,吴兴区,湖州市吴兴区红旗路106号,120.101,30.871,WGS84,8391,1
,丙学校,吴兴区,湖州市吴兴区红旗路108号,120.250,30.950,WGS84,8391,1
,丁学校,南浔区,湖州市南浔区人民路1号,120.420,30.870,WGS84,8391,2
,戊学校,南浔区,湖州市南浔区人民路3号,120.421,30.871,WGS84,8391,1
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the list in use; its plan is made when it is first looked at."""
    folder = tmp_path_factory.mktemp("planners")
    source, settings = Source("list.csv", LIST.encode()), PlanSettings(as_of=date(2026, 6, 30))
    intake = read_lists([source], settings=settings, crs=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DIRECTORY_VARIABLE, str(folder))
        keep_list(intake, settings, files=describe_files([source]), crs=None, is_demo=False)
    return folder


class Served:
    """The app on a store; it can be stopped and started again."""

    def __init__(self, store: Path) -> None:
        self._store, self._running = store, ExitStack()
        self.address = ""

    def start(self) -> None:
        env = {DIRECTORY_VARIABLE: str(self._store)}
        self.address = self._running.enter_context(run_streamlit(APP, env, base_path=""))

    def stop(self) -> None:
        self._running.close()


@pytest.fixture(scope="module")
def app(store: Path) -> Iterator[Served]:
    served = Served(store)
    served.start()
    yield served
    served.stop()


def look_at_unit(page: Page, address: str, county: str) -> None:
    """Open the workbench and choose the first unit of a county."""
    page.goto(f"{address}/groups?area={county}")
    expect(page.locator('.coverage-map[data-ready="1"]')).to_be_visible(timeout=ACT_MS)
    choose_row(page)
    expect(page.locator(".st-key-card-unit")).to_be_visible()


def write_note(page: Page, text: str) -> None:
    note = page.locator(".st-key-card-unit").get_by_label("备注", exact=True)
    note.fill(text)
    note.press("Tab")


def save_note(page: Page, text: str) -> None:
    write_note(page, text)
    page.locator(".st-key-card-unit").get_by_role("button", name="保存", exact=True).click()


def test_an_address_put_right_on_its_road_changes_a_group(page: RecordedPage, app: Served) -> None:
    look_at_unit(page, app.address, COUNTY)
    card = page.locator(".st-key-card-group")
    expect(card).to_contain_text("乙学校")
    expect(card).not_to_contain_text("丙学校")

    page.get_by_role("tab", name="全部组织").click()
    choose_row(page, 2)
    page.get_by_text("更正", exact=True).click()
    page.get_by_role("button", name="在地图上更正").click()
    page.get_by_label("查找地点").fill("红旗路106号")
    page.get_by_label("查找地点").press("Enter")
    page.get_by_role("button", name="标到这里").click()
    page.get_by_role("button", name="保存位置（1 家）").click()
    expect(page.get_by_text("已更正：丙学校")).to_be_visible(timeout=ACT_MS)

    look_at_unit(page, app.address, COUNTY)

    expect(card).to_contain_text("丙学校")
    assert page.foreign_requests == []
    assert page.console_errors == []


def test_two_planners_in_one_county_and_a_restart(page: RecordedPage, browser: Browser, app: Served) -> None:
    look_at_unit(page, app.address, OTHER)
    other = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    other.set_default_timeout(ACT_MS)
    look_at_unit(other, app.address, OTHER)

    other.get_by_role("button", name="锁定", exact=True).click()
    expect(other.get_by_role("button", name="解除锁定")).to_be_visible()
    save_note(other, "无人接听")
    expect(other.get_by_text("有未保存的内容")).to_have_count(0)
    save_note(page, "已电话联系")
    expect(page.locator('[class*="st-key-card-clash"]')).to_contain_text("无人接听")
    page.get_by_role("button", name="仍用我的").click()
    expect(page.get_by_role("button", name="解除锁定")).to_be_visible()  # his lock stays beside my note
    other.reload()
    expect(other.get_by_label("备注", exact=True)).to_have_value("已电话联系")

    write_note(page, "已电话联系，下周上门")
    expect(page.get_by_text("有未保存的内容")).to_be_visible()
    other.context.close()
    assert page.foreign_requests == []
    app.stop()
    app.start()

    look_at_unit(page, app.address, OTHER)

    expect(page.get_by_label("备注", exact=True)).to_have_value("已电话联系，下周上门")
    expect(page.get_by_text("已恢复未保存的内容")).to_be_visible()
    expect(page.get_by_role("button", name="解除锁定")).to_be_visible()
