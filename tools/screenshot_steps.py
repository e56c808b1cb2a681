"""The pictures of the app: which page each shows, and what is done there before it is taken."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from openpyxl import Workbook
from playwright.sync_api import FilePayload, Position

from store.making import Watch, make_stored_plan
from store.plans import create_plan, plan_infos
from ui.stores import the_scope, the_store
from words import t, use_language

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

MAP_MS = 60_000
TRIAL_MS = 600_000  # a county tried by a worker, on a machine that may be busy
READY_MAP = '.coverage-map[data-ready="1"]'
FOOT = ".foot"
#: The app while no script runs.
AT_REST = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CITY, COUNTY = "330500", "330502"
#: What the second plan of the comparison may have in a unit.
FEWER_ORGS = 3
# Where the list of a table begins below its head, and the column of the tick marks, pixels.
FIRST_ROW = Position(x=16, y=52)
# The unit drawn the nth nearest to the middle of its map, in pixels of the page: the box around it (left, top, right,
# bottom) and its star.
_BOX_OF_A_UNIT = """(nth) => {
    const { map, groups, crs, L, canvas } = document.querySelector(".coverage-map").coverageMap;
    const { left, top } = canvas.getBoundingClientRect();
    const { seats, starts } = groups;
    const at = (i) => map.latLngToContainerPoint(crs.projection.unproject(L.point(seats.xs[i], seats.ys[i])));
    const boxes = Array.from(groups.hubs.xs, (_, group) => {
        const size = starts[group + 1] - starts[group];
        return Object.assign(L.bounds(Array.from({ length: size }, (_, k) => at(starts[group] + k))), { group });
    });
    const { x, y } = map.getSize();
    const apart = (box) => box.getCenter().distanceTo(L.point(x / 2, y / 2));
    const small = boxes.filter((box) => box.getSize().x > 4 && box.getSize().x < 60 && box.getSize().y < 60);
    const { min, max, group } = small.sort((a, b) => apart(a) - apart(b))[nth];
    const star = at(starts[group]);
    return [left + min.x - 9, top + min.y - 9, left + max.x + 9, top + max.y + 9, left + star.x, top + star.y];
}"""


def stay(_page: Page) -> None:
    """Do nothing: the page shows what the picture is about as it opens."""


class Shot(NamedTuple):
    """One picture: its name, the address below the app, what must be drawn, and what is done before it is taken."""

    name: str
    path: str
    ready: str = READY_MAP
    act: Callable[[Page], None] = stay
    is_in_tour: bool = False
    is_needed: bool = False  # by pictures that follow


def start_with_demo(page: Page, address: str, *, picture: Path) -> None:
    """Take the picture of an empty store, and the demonstration list as a first visitor does."""
    page.goto(address)
    start = page.get_by_role("button", name=t("app.empty.demo"))
    start.wait_for(timeout=MAP_MS)
    page.screenshot(path=picture)
    start.click()
    page.locator(READY_MAP).wait_for(timeout=MAP_MS)


def _heat(page: Page) -> None:
    page.locator(".coverage-map-heat-name select").select_option(label=t("layers.heat.build"))


def _first_row(page: Page) -> None:
    page.locator('[data-testid="stDataFrame"]').first.click(position=FIRST_ROW)
    page.locator('[class*="st-key-card-"]').first.wait_for(timeout=MAP_MS)


def _star(page: Page) -> None:
    """Click a unit on the map: its card says why, its travel limits are drawn."""
    page.mouse.click(*page.evaluate(_BOX_OF_A_UNIT, 0)[-2:])
    page.locator('[class*="st-key-card-"]').first.wait_for(timeout=MAP_MS)


def _upload(page: Page) -> None:
    file = FilePayload(name="台账.xlsx", mimeType="application/octet-stream", buffer=ledger())
    page.locator('input[type="file"]').first.set_input_files(file)
    page.get_by_text(t("app.crs.wgs84")).wait_for(timeout=MAP_MS)


def _problems(page: Page) -> None:
    """Say which coordinate system the ledger is in, and look at what could not be read."""
    _upload(page)
    page.get_by_text(t("app.crs.wgs84")).click()
    page.locator(AT_REST).wait_for(timeout=MAP_MS)
    page.get_by_text(t("app.crs.title")).scroll_into_view_if_needed()
    page.mouse.wheel(0, 620)


def _mapping(page: Page) -> None:
    _problems(page)
    page.get_by_role("tab", name=t("app.import.mapping")).click()


def ledger() -> bytes:
    """Return a small invented ledger as offices keep them: a title, two header rows, cells that cannot be read."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["吴兴区社会组织党建工作台账（示例）"])
    sheet.append(["社会组织名称", "所在区县", "住所", "党员情况", "", "位置", "", "业务主管单位"])
    sheet.append(["", "", "", "正式党员数", "预备党员数", "经度", "纬度", ""])
    for cells in ("A1:H1", "D2:E2", "F2:G2"):
        sheet.merge_cells(cells)
    for number in range(1, 13):
        name, address = f"示例{'甲乙丙丁戊己庚辛壬癸子丑'[number - 1]}行业协会", f"人民路{number * 7}号"
        members = ["2", "一名", "5", "", "0", "-1"][number % 6]
        lon, lat = (120.08 + number / 300, 30.87) if number % 5 else ("120度", 30.87)
        sheet.append([name, "吴兴区", address, members, number % 2, lon, lat, "吴兴区民政局"])
    with BytesIO() as file:
        book.save(file)
        return file.getvalue()


def _chosen_place(page: Page) -> None:
    page.locator(READY_MAP).scroll_into_view_if_needed()


def draw_around_unit(page: Page, nth: int) -> None:
    """Draw a lasso around a unit, the nth from the middle of the map."""
    page.locator(".coverage-map-lasso").click()
    west, north, east, south, *_ = page.evaluate(_BOX_OF_A_UNIT, nth)
    page.mouse.move(west, north)
    page.mouse.down()
    for x, y in ((east, north), (east, south), (west, south), (west, north)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def _lasso(page: Page) -> None:
    """Draw around one unit, so that its organisations are chosen and what they come to is shown."""
    draw_around_unit(page, 0)
    page.get_by_text(t("hand.action"), exact=True).wait_for(timeout=MAP_MS)


def _second_plan(page: Page) -> None:
    """Put a second plan of the same list with smaller units into the store, and compare with it."""
    store, scope = the_store(), the_scope()
    first = plan_infos(store, scope)[0]
    settings = first.settings.model_copy(update={"joint_max_units": FEWER_ORGS})
    second = create_plan(store, scope, first.dataset_id, settings=settings, name="每组至多 3 家")
    make_stored_plan(store, scope, second.id, watch=Watch())
    page.goto(f"{page.url.split('?', maxsplit=1)[0]}?tab=plans&plan={first.id}&other={second.id}")
    page.locator(READY_MAP).first.wait_for(timeout=MAP_MS)


def _units_of_both(page: Page) -> None:
    page.locator('[data-testid="stDataFrame"]:visible').last.scroll_into_view_if_needed()


def _try_out(page: Page) -> None:
    start = page.get_by_role("button", name=t("trial.start"))
    start.click()
    page.locator('[data-testid="stVegaLiteChart"]').first.wait_for(timeout=TRIAL_MS)


def _english(page: Page) -> None:
    """Choose English; pages and words from here on are English."""
    page.get_by_text(t("app.language.en"), exact=True).click()
    use_language("en", everywhere=True)
    page.get_by_role("heading", name=t("app.settings.title")).wait_for(timeout=MAP_MS)


def _rules_tab(page: Page) -> None:
    page.get_by_role("tab", name=t("app.settings.tab.rules")).click()


#: In the order of the tour: what is done for one picture is there in those that follow.
SHOTS = (
    Shot("overview", "", is_in_tour=True),
    Shot("overview-after", "?scenario=after"),
    Shot("overview-leaders", "?audience=leaders&scenario=after", is_in_tour=True),
    Shot("overview-nation", "?area=100000"),
    Shot("overview-province", "?area=330000"),
    Shot("overview-county", f"?area={COUNTY}"),
    Shot("map", "map"),
    Shot("map-county", f"map?area={COUNTY}", act=_star, is_in_tour=True),
    Shot("map-heat", f"map?area={COUNTY}", act=_heat, is_in_tour=True),
    Shot("import", "import", FOOT),
    Shot("import-ledger", "import", FOOT, _upload),
    Shot("import-problems", "import", FOOT, _problems, is_in_tour=True),
    Shot("import-mapping", "import", FOOT, _mapping),
    Shot("location", "location"),
    Shot("location-place", "location", act=_chosen_place, is_in_tour=True),
    Shot("groups", f"groups?area={COUNTY}&work=look"),
    Shot("groups-unit", f"groups?area={COUNTY}&work=look", act=_first_row, is_in_tour=True),
    Shot("groups-form", f"groups?area={COUNTY}&work=form", act=_lasso, is_in_tour=True),
    Shot("compare-none", "trial?tab=plans", FOOT),
    Shot("compare", f"trial?tab=plans&area={CITY}", FOOT, _second_plan, is_in_tour=True, is_needed=True),
    Shot("compare-county", f"trial?tab=plans&area={COUNTY}", READY_MAP),
    Shot("compare-units", f"trial?tab=plans&area={COUNTY}", READY_MAP, _units_of_both),
    Shot("trial", f"trial?tab=trial&area={COUNTY}", FOOT, _try_out, is_in_tour=True),
    Shot("export", "export", FOOT, is_in_tour=True),
    Shot("export-county", f"export?area={COUNTY}", FOOT),
    Shot("history", "history", FOOT, is_in_tour=True),
    Shot("settings", "settings", FOOT, is_in_tour=True),
    Shot("settings-rules", "settings", FOOT, _rules_tab),
    Shot("english-settings", "settings", FOOT, _english, is_needed=True),
    Shot("english-overview", ""),
    Shot("english-map", f"map?area={COUNTY}"),
    Shot("english-groups", f"groups?area={COUNTY}"),
)
