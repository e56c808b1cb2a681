from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from pyproj import Geod

from tests.small_map import MIDDLES, NORTH_EAST, NORTH_WEST, SOUTH_EAST, SOUTH_WEST, write_static

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import RecordedPage, StartApp

pytestmark = pytest.mark.browser

LOW, HIGH, PLAIN = (0xF4, 0xEB, 0x9B), (0x3B, 0x21, 0x63), (0xE5, 0xE7, 0xEB)
# Of the two categories of map_app
DOTS = {(0x00, 0x9E, 0x73), (0xD5, 0x5E, 0x00)}
LARGE_BYTES = 200_000
EDITS = 6
# Where map_app puts the pin
START = (102.0, 32.0)
PREFIX = "party/coverage"


@pytest.fixture(scope="module")
def app(streamlit_app: StartApp, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of one map behind a proxy's prefix, beside a static directory: Streamlit serves the one of its script.

    Without a prefix the whole app runs in test_journey.
    """
    directory = tmp_path_factory.mktemp("map")
    write_static(directory / "static")
    return streamlit_app(Path(shutil.copy(Path(__file__).parent / "map_app.py", directory)), base_path=PREFIX)


def open_map(page: RecordedPage, url: str) -> None:
    page.goto(url)
    expect(page.locator(".coverage-map")).to_have_attribute("data-ready", "1")


def recolour(page: RecordedPage, runs: int) -> None:
    page.get_by_role("button", name="recolour").click()
    expect(page.get_by_text("runs ")).to_have_text(f"runs {runs}")
    expect(page.locator(".coverage-map")).to_have_attribute("data-ready", "1")


def place(page: RecordedPage, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place is on the page, px."""
    script = """([lon, lat]) => {
        const { map, canvas } = document.querySelector(".coverage-map").coverageMap;
        const point = map.latLngToContainerPoint([lat, lon]);
        const { left, top } = canvas.getBoundingClientRect();
        return [left + point.x, top + point.y];
    }"""
    x, y = page.evaluate(script, [lon, lat])
    return x, y


def colors_at(page: RecordedPage, lon: float, lat: float) -> set[tuple[int, int, int]]:
    """Return the colours of 16 by 16 pixels around a place."""
    x, y = place(page, lon, lat)
    picture = Image.open(io.BytesIO(page.screenshot(clip={"x": x - 8, "y": y - 8, "width": 16, "height": 16})))
    pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    return {(int(red), int(green), int(blue)) for red, green, blue in pixels}


def nothing_wrong(page: RecordedPage) -> bool:
    return page.foreign_requests == [] and page.console_errors == [] and page.evaluate("window.hacked") is None


def test_areas_are_drawn_in_their_colours_and_hatches_behind_a_prefix_and_named_for_who_cannot_see(
    page: RecordedPage, app: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    open_map(page, app)
    assert colors_at(page, *MIDDLES[NORTH_EAST]) == {LOW}
    assert colors_at(page, *MIDDLES[SOUTH_EAST]) == {HIGH}
    no_data, suppressed = (colors_at(page, *MIDDLES[code]) for code in (SOUTH_WEST, NORTH_WEST))
    assert len(no_data) > 1
    assert len(suppressed) > 1
    assert no_data != suppressed
    assert not {LOW, HIGH} & (no_data | suppressed)
    expect(page.get_by_role("img", name="四个县，数据见下表")).to_be_visible()
    expect(page.locator(".coverage-map-notice")).to_have_text("审图号：未配置")
    assert page.locator(".leaflet-control-attribution").count() == 0
    assert [path for path in asked if path.endswith("/counties.json") and path.startswith(f"/{PREFIX}/")]
    assert nothing_wrong(page)


def test_a_click_returns_the_adcode_once(page: RecordedPage, app: str) -> None:
    open_map(page, app)
    page.mouse.click(*place(page, *MIDDLES[NORTH_WEST]))
    expect(page.get_by_text("clicked ")).to_have_text(f"clicked area {NORTH_WEST}")
    recolour(page, runs=3)
    expect(page.get_by_text("clicked ")).to_have_text("clicked nothing")


def test_edits_fetch_nothing_and_keep_zoom_and_selection(page: RecordedPage, app: str) -> None:
    open_map(page, f"{app}/?points=0&layers=1")
    page.mouse.move(*place(page, *MIDDLES[NORTH_EAST]))
    page.evaluate("document.querySelector('.coverage-map').coverageMap.map.setView([33, 103], 8.5, { animate: false })")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    for runs in range(2, EDITS + 1):
        page.get_by_role("button", name="recolour").click()
        expect(page.get_by_text("runs ")).to_have_text(f"runs {runs}")
    recolour(page, runs=EDITS + 1)
    assert colors_at(page, *MIDDLES[NORTH_EAST]) == {HIGH}
    assert page.evaluate("document.querySelector('.coverage-map').coverageMap.scene.view.selected") == [0]
    assert page.evaluate("document.querySelector('.coverage-map').coverageMap.map.getZoom()") == pytest.approx(8.5)
    assert fetched == []


def test_pan_and_zoom_run_no_script(page: RecordedPage, app: str) -> None:
    open_map(page, app)
    x, y = place(page, 102, 32)
    before = page.evaluate("document.querySelector('.coverage-map').coverageMap.map.getZoom()")
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        "zoom => { const { map } = document.querySelector('.coverage-map').coverageMap;"
        "return map.getZoom() > zoom && !map._animatingZoom; }",
        arg=before,
    )
    page.mouse.down()
    page.mouse.move(x + 90, y + 60, steps=6)
    page.mouse.up()
    recolour(page, runs=2)
    assert nothing_wrong(page)


def test_numbers_are_drawn_where_nobody_has_a_point(page: RecordedPage, app: str) -> None:
    open_map(page, f"{app}/?unlocated=1")

    bubbles = page.evaluate("document.querySelector('.coverage-map').coverageMap.bubbles.map(({ sum }) => sum)")
    assert sum(bubbles) == 23
    assert nothing_wrong(page)


def test_twins_show_one_place_and_run_no_script(page: RecordedPage, app: str) -> None:
    page.goto(f"{app}/?twins=1")
    expect(page.locator('.coverage-map[data-ready="1"]')).to_have_count(3)
    views = """() => [...document.querySelectorAll(".coverage-map")].map(
        ({ coverageMap: { map } }) => [map.getCenter(), map.getZoom()])"""
    *_, still = page.evaluate(views)

    for leader in (0, 1):
        page.evaluate(
            f"document.querySelectorAll('.coverage-map')[{leader}].coverageMap.map.setView([31, {101 + leader}], 9)"
        )
        page.wait_for_function(f"() => (({views})()[{1 - leader}][0].lng - {101 + leader}) ** 2 < 1e-6")
        one, other, alone = page.evaluate(views)
        assert one == other
        assert alone == still

    expect(page.get_by_text("runs ")).to_have_text("runs 1")
    assert nothing_wrong(page)


def test_hostile_names_stay_text(page: RecordedPage, app: str) -> None:
    open_map(page, app)
    page.mouse.move(*place(page, *MIDDLES[SOUTH_EAST]))
    expect(page.locator(".coverage-map-tip-title")).to_contain_text("<img src=x onerror=")
    expect(page.locator(".coverage-map-tip-line")).to_contain_text("</script>")
    expect(page.locator(".coverage-map-legend-title")).to_contain_text("<img src=x")
    assert page.locator(".coverage-map img").count() == 0
    assert nothing_wrong(page)


def test_points_are_named_and_win_over_areas_as_leads_do(page: RecordedPage, app: str) -> None:
    open_map(page, f"{app}/?points=0&groups=1")
    lon, lat = MIDDLES[NORTH_WEST]
    page.mouse.move(*place(page, lon, lat + 0.6))
    expect(page.locator(".coverage-map-tip-title")).to_have_text("组织3")
    lon, lat = MIDDLES[SOUTH_WEST]
    page.mouse.click(*place(page, lon, lat + 0.6))
    expect(page.get_by_text("clicked ")).to_have_text("clicked point org-2")
    page.mouse.click(*place(page, 101.0, 30.4))
    expect(page.get_by_text("clicked ")).to_have_text("clicked group G1")
    page.mouse.click(*place(page, lon, lat + 0.2))
    expect(page.get_by_text("clicked ")).to_have_text(f"clicked area {SOUTH_WEST}")


def test_layers_are_switched_by_mouse_and_keys_without_a_run_and_stay_switched(page: RecordedPage, app: str) -> None:
    open_map(page, f"{app}/?points=0&layers=1")
    lon, lat = MIDDLES[NORTH_EAST]
    due = (0xD5, 0x5E, 0x00)
    assert colors_at(page, *MIDDLES[SOUTH_EAST]) == {HIGH}
    assert due in colors_at(page, MIDDLES[SOUTH_EAST][0], MIDDLES[SOUTH_EAST][1] + 0.6)
    page.get_by_label("应建", exact=True).uncheck()
    page.get_by_label("底色").focus()
    page.keyboard.press("Space")
    assert colors_at(page, MIDDLES[SOUTH_EAST][0], MIDDLES[SOUTH_EAST][1] + 0.6) == {PLAIN}
    recolour(page, runs=2)
    assert not page.get_by_label("应建", exact=True).is_checked()
    assert colors_at(page, *MIDDLES[SOUTH_EAST]) == {PLAIN}
    page.get_by_label("热力图").select_option("应建")
    assert page.locator(".coverage-map-heat-about").is_visible()
    page.mouse.click(*place(page, lon, lat + 0.6))  # with the heat on there are no dots to click
    expect(page.get_by_text("clicked ")).to_have_text(f"clicked area {NORTH_EAST}")
    assert nothing_wrong(page)


def press_along(page: RecordedPage) -> None:
    """Go around the middle of an area with the button held."""
    corners = [place(page, lon, lat) for lon, lat in ((102.5, 32.5), (103.5, 32.5), (103.5, 33.5), (102.5, 32.5))]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for x, y in corners[1:]:
        page.mouse.move(x, y, steps=5)


def test_a_lasso_sends_its_corners_and_no_click(page: RecordedPage, app: str) -> None:
    open_map(page, f"{app}/?points=0&layers=1")
    page.get_by_role("button", name="圈选").click()
    surface = page.locator(".coverage-map-drawing")
    expect(surface).to_have_css("touch-action", "none")  # a finger draws, and scrolls nothing
    press_along(page)
    surface.dispatch_event("pointercancel")
    page.mouse.up()
    expect(page.get_by_role("button", name="圈选")).to_have_attribute("aria-pressed", "true")
    press_along(page)
    page.mouse.up()
    expect(page.get_by_text("clicked ")).to_have_text(re.compile(r"^clicked lasso \d+$"))
    expect(page.get_by_role("button", name="圈选")).to_have_attribute("aria-pressed", "false")
    page.mouse.click(*place(page, *MIDDLES[SOUTH_EAST]))
    expect(page.get_by_text("clicked ")).to_have_text(f"clicked area {SOUTH_EAST}")


def test_numbers_that_overlap_are_one_sum_and_limits_are_true_metres(page: RecordedPage, app: str) -> None:
    open_map(page, f"{app}/?points=0&layers=1")
    sums = "document.querySelector('.coverage-map').coverageMap.bubbles.map(({ sum }) => sum)"
    assert page.evaluate(sums) == [20, 3]
    x, y = place(page, *MIDDLES[NORTH_WEST])
    page.mouse.click(x, y - 17)
    expect(page.get_by_text("clicked ")).to_have_text(f"clicked count {NORTH_WEST}")
    page.evaluate("document.querySelector('.coverage-map').coverageMap.map.setView([32, 102], 3, { animate: false })")
    page.wait_for_function(f"() => {sums}.length === 1")
    assert page.evaluate(sums) == [23]
    corners = page.evaluate(
        """() => {
            const { limits, crs, L } = document.querySelector(".coverage-map").coverageMap;
            const { xs, ys } = limits();
            return Array.from(xs).map((x, i) => {
                const { lng, lat } = crs.projection.unproject(L.point(x, ys[i]));
                return [lng, lat];
            });
        }"""
    )
    away = [Geod(ellps="WGS84").inv(103.0, 33.0, lon, lat)[2] for lon, lat in corners]
    assert away == pytest.approx([30_000.0] * len(corners), rel=0.001)


def test_a_hundred_thousand_points_travel_once_and_are_painted_wherever_the_map_is_moved(
    page: RecordedPage, app: str
) -> None:
    frames: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(len(data))))
    open_map(page, f"{app}/?points=100000")
    assert max(frames) > LARGE_BYTES
    frames.clear()
    recolour(page, runs=2)
    assert max(frames) < LARGE_BYTES
    assert page.evaluate("document.querySelector('.coverage-map').coverageMap.points.xs.length") == 100_000
    page.evaluate("document.querySelector('.coverage-map').coverageMap.map.setView([31, 101], 9, { animate: false })")
    page.evaluate("new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))")
    assert colors_at(page, *MIDDLES[SOUTH_WEST]) & DOTS
    assert nothing_wrong(page)


def test_a_page_that_lost_its_points_asks_for_them(page: RecordedPage, app: str) -> None:
    open_map(page, f"{app}/?points=0")
    page.evaluate("window.coverageShared.bodies.clear()")
    page.get_by_role("button", name="recolour").click()
    expect(page.get_by_text("runs ")).to_have_text("runs 3")
    expect(page.locator(".coverage-map")).to_have_attribute("data-ready", "1")
    assert page.evaluate("window.coverageShared.bodies.size") == 1


def test_a_map_that_cannot_load_says_so(page: RecordedPage, app: str) -> None:
    page.goto(f"{app}/?level=missing")
    expect(page.locator(".coverage-map")).to_contain_text("地图没有载入")
    expect(page.locator(".coverage-map")).to_have_attribute("data-ready", "0")


def open_pin(page: RecordedPage, url: str) -> Locator:
    """Return the pin, the mouse on it: that waits until the page no longer moves it."""
    open_map(page, url)
    pin = page.locator(".coverage-pin")
    pin.hover()
    return pin


def moved_to(page: RecordedPage, moves: int) -> tuple[float, float]:
    """Return where the page says the pin is, once it was told so often."""
    expect(page.get_by_text("moves ")).to_have_text(f"moves {moves}")
    told = re.fullmatch(r"pin (\S+) (\S+)", page.get_by_text(re.compile(r"^pin ")).inner_text())
    assert told is not None
    return float(told[1]), float(told[2])


def test_a_drag_moves_the_pin_once(page: RecordedPage, app: str) -> None:
    box = open_pin(page, f"{app}/?pin=1").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=6)
    page.mouse.up()

    lon, lat = moved_to(page, 1)

    assert lon > START[0]
    assert lat > START[1]
    after = page.locator(".coverage-pin").bounding_box()
    assert after is not None
    assert (after["x"] - box["x"], after["y"] - box["y"]) == pytest.approx((60, -40), abs=2)
    assert page.console_errors == []


def test_arrow_keys_move_the_pin_and_tell_when_they_rest(page: RecordedPage, app: str) -> None:
    pin = open_pin(page, f"{app}/?pin=1")
    box = pin.bounding_box()
    assert box is not None
    pin.focus()
    # At once: on a busy machine three presses may lie further apart than the rest that is told
    pin.evaluate(
        """pin => ["ArrowRight", "ArrowRight", "ArrowDown"].forEach(
            key => pin.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
    )

    lon, lat = moved_to(page, 1)

    assert lon > START[0] > 0
    assert lat < START[1]
    after = page.locator(".coverage-pin").bounding_box()
    assert after is not None
    assert (after["x"] - box["x"], after["y"] - box["y"]) == pytest.approx((12, 6), abs=2)
    expect(page.locator(".coverage-pin")).to_be_focused()
    page.keyboard.press("ArrowUp")  # the next key goes on from there
    assert moved_to(page, 2)[1] == pytest.approx(START[1], abs=0.01)
    assert page.console_errors == []
