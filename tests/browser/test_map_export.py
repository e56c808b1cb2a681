from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.small_map import HOSTILE, MIDDLES, NORTH_EAST, REPOSITORY, SOUTH_EAST, write_static
from ui.html_map import MapText, html_map
from ui.map_spec import Category, Legend, LegendEntry, MapSpec, View

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import RecordedPage

pytestmark = pytest.mark.browser


def small_spec() -> MapSpec:
    table = pd.DataFrame({"id": ["x"], "lon": [101.0], "lat": [33.6], "category": [0], "text": [HOSTILE]})
    group = pd.DataFrame({"group_id": "G", "is_lead": [True, False], "lon": [101.0, 101.5], "lat": 30.5, "category": 0})
    return MapSpec(
        level="counties",
        view=View("all"),
        aria_label=HOSTILE,
        values={NORTH_EAST: 10.0, SOUTH_EAST: 90.0},
        classes=(0, 50, 100),
        colors=("#f4eb9b", "#3b2163"),
        tooltips={SOUTH_EAST: (HOSTILE,)},
        points=table,
        groups=group,
        categories=(Category(HOSTILE, "#009e73"),),
        legend=Legend(HOSTILE, (LegendEntry(HOSTILE, "area", "#f4eb9b"),)),
        notice=HOSTILE,
    )


def open_export(page: RecordedPage, document: str, directory: Path) -> None:
    path = directory / "map.html"
    path.write_text(document, encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.locator(".coverage-map")).to_have_attribute("data-ready", "1")


def hover(page: RecordedPage, lon: float, lat: float) -> None:
    x, y = page.evaluate(
        """([lon, lat]) => {
            const { map, canvas } = document.querySelector(".coverage-map").coverageMap;
            const point = map.latLngToContainerPoint([lat, lon]);
            const { left, top } = canvas.getBoundingClientRect();
            return [left + point.x, top + point.y];
        }""",
        [lon, lat],
    )
    page.mouse.move(x, y)


def test_it_opens_from_a_file_asks_nothing_and_runs_no_foreign_text(page: RecordedPage, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    text = MapText(HOSTILE, (HOSTILE, "口径：K1"), "内部资料 不得公开")
    open_export(page, html_map(small_spec(), text, static_dir=write_static(tmp_path / "static")), tmp_path)
    expect(page.get_by_role("heading")).to_have_text(HOSTILE)
    expect(page.get_by_text("内部资料 不得公开")).to_be_visible()
    expect(page.get_by_text("口径：K1")).to_be_visible()
    for lon, lat in (MIDDLES[SOUTH_EAST], (101.0, 33.6), (101.0, 30.5)):
        hover(page, lon, lat)
        expect(page.locator(".coverage-map-tip-title")).to_have_text(HOSTILE)
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.console_errors == []
    assert asked == [(tmp_path / "map.html").as_uri()]


ISLANDS = """() => {
    const { map, inset, legend, canvas } = document.querySelector(".coverage-map").coverageMap;
    const covers = (node, x, y) => {
        const box = node.getBoundingClientRect();
        return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    };
    const shows = (leaflet, lon, lat) => {
        const point = leaflet.latLngToContainerPoint([lat, lon]);
        const { left, top } = leaflet.getContainer().getBoundingClientRect();
        const inside = covers(leaflet.getContainer(), left + point.x, top + point.y);
        const free = !covers(legend, left + point.x, top + point.y);
        return inside && free && (leaflet !== map || !covers(inset.frame, left + point.x, top + point.y));
    };
    return (lon, lat) => [map, inset.map].some((leaflet) => shows(leaflet, lon, lat));
}"""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (900, 900)])
def test_islands_and_all_ten_dashes_are_shown_and_covered_by_nothing(
    page: RecordedPage, tmp_path: Path, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    legend = Legend("图例", tuple(LegendEntry(f"{i}", "area", "#f4eb9b") for i in range(9)))
    nation = MapSpec(
        level="provinces", view=View("nation"), aria_label="全国", national=True, inset=True, legend=legend, notice="无"
    )
    open_export(page, html_map(nation, MapText("全国", (), "内部")), tmp_path)
    islands = pd.read_csv(REPOSITORY / "tests" / "data" / "island_points.csv")
    seen = page.evaluate(
        f"places => {{ const shown = ({ISLANDS})(); return places.map(([x, y]) => shown(x, y)); }}",
        islands[["lon", "lat"]].to_numpy().tolist(),
    )
    assert dict(zip(islands["name"], seen, strict=True)) == dict.fromkeys(islands["name"], True)
    dashes = page.evaluate(
        f"""() => {{
            const shown = ({ISLANDS})();
            const {{ scene }} = document.querySelector(".coverage-map").coverageMap;
            const lines = scene.lines.shapes.find(({{ kind }}) => kind === "south_china_sea").rings;
            return lines.map((line) => line.every(([lon, lat]) => shown(lon, lat)));
        }}"""
    )
    assert dashes == [True] * 10
