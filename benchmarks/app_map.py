"""The map page with 100,000 organisations beside a stock streamlit-folium page of the same data, in one run.

`python -m benchmarks.app --map`. Both draw the counties of a province with a figure and every organisation as a dot by
measure. The stock page is installed for the occasion; its map files come from our vendored ones, so it waits for no
network. Asserted: the budgets of the map page.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from playwright.sync_api import Error as PlaywrightError

from coverage.selection import list_orgs
from store.making import Watch, make_stored_plan
from store.users import local_scope
from tests.browser.conftest import run_streamlit
from ui.palette import MEASURE_MARKS, SEQUENTIAL
from ui.pictures.topology import geometry_of
from ui.stores import DIRECTORY_VARIABLE, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from coverage.pipeline import Plan

ROOT = Path(__file__).resolve().parents[1]
PROVINCE: Final = "440000"
#: Budgets: seconds until a warm process paints, seconds a frame may last, megabytes a rerun may send. A cold process
#: reads tables and libraries first: what that takes is told, and has no budget.
MOST_AGAIN_S, MOST_FRAME_S, MOST_RERUN_MB, LEAST_GAIN = 3.0, 0.25, 0.5, 5.0
#: What the page is set beside.
_STOCK_PACKAGE: Final = "streamlit-folium==0.27.4"
_RERUNS: Final = 3
#: How often the stock map is asked whether it is there: asking costs it time, too.
_LOOK_MS: Final = 1_000
_PATIENCE_MS: Final = 600_000
_INSTALL_S: Final = 600
_STOCK: Final = """
import json
from pathlib import Path
import folium, streamlit as st
from streamlit_folium import st_folium

HERE = Path(__file__).parent

@st.cache_data
def read(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))

st.set_page_config(layout="wide")
metric = st.radio("metric", ["today", "after"], horizontal=True)
drawing = folium.Map(location=[23.4, 113.4], zoom_start=7, tiles=None, prefer_canvas=True)
folium.GeoJson(
    read("counties.json"),
    style_function=lambda feature: {"fillColor": feature["properties"][metric], "weight": 1, "fillOpacity": 1},
).add_to(drawing)
folium.GeoJson(
    read("points.json"),
    marker=folium.CircleMarker(radius=2, weight=0, fill_opacity=1),
    style_function=lambda feature: {"fillColor": feature["properties"]["color"]},
).add_to(drawing)
st_folium(drawing, height=540, use_container_width=True, returned_objects=["last_object_clicked"])
"""
# Frames of a second of panning and zooming, seconds; `map` is a Leaflet map.
_FRAMES: Final = """async (map) => {
    const frames = [];
    let last = performance.now(), on = true;
    const tick = (now) => { frames.push((now - last) / 1000); last = now; if (on) requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    for (const step of [[90, 40], [-140, 30], [60, -80], [-30, 50]]) {
        map.panBy(step, { duration: 0.25 });
        await rest(500);
    }
    for (const step of [1, 1, -1, -1]) {
        map.setZoom(map.getZoom() + step);
        await rest(700);
    }
    on = false;
    return frames.slice(2);
}"""


class Figures(NamedTuple):
    """What one page needs: seconds, seconds of the longest frame, megabytes."""

    first_s: float
    again_s: float
    rerun_s: float
    rerun_mb: float
    frame_s: float


def measure_maps(page: Page, folder: str, plan_id: str) -> int:
    """Print both pages' figures as a table; 1 where the map page misses a budget, or there is nothing to beat."""
    plan = make_stored_plan(the_store(), local_scope(), plan_id, watch=Watch())
    with run_streamlit(ROOT / "app.py", {DIRECTORY_VARIABLE: folder}, base_path="") as url:
        ours = _our_page(page, f"{url}/map?plan={plan_id}&area={PROVINCE}&detail=county")
    print("| page | first paint s | again s | recolour s (p50) | MB a recolour | longest frame s |")
    print("|---|---|---|---|---|---|")
    print(_line(f"map page, {len(plan.measures):,} organisations", ours))
    stock = _stock(page, plan)
    print(f"| streamlit-folium | {stock} | | | | |" if isinstance(stock, str) else _line("streamlit-folium", stock))
    is_within = ours.again_s <= MOST_AGAIN_S and ours.frame_s <= MOST_FRAME_S and ours.rerun_mb <= MOST_RERUN_MB
    is_faster = not isinstance(stock, str) and stock.rerun_s >= LEAST_GAIN * ours.rerun_s
    return int(not (is_within and is_faster))


def _line(title: str, found: Figures) -> str:
    cells = " | ".join(f"{value:.2f}" for value in found)
    return f"| {title} | {cells} |"


def _our_page(page: Page, url: str) -> Figures:
    state = "document.querySelector('.coverage-map').coverageMap"
    ready = f"document.querySelector('.coverage-map')?.dataset.ready === '1' && {state}.points"

    def open_page() -> None:
        page.goto(url)
        page.wait_for_function(f"() => {ready}", timeout=_PATIENCE_MS)

    def recolour(turn: int) -> None:
        before = page.evaluate(f"JSON.stringify({state}.scene.view.values)")
        page.get_by_text((t("app.scenario.after"), t("app.scenario.today"))[turn % 2], exact=True).click()
        changed = f"before => {ready} && JSON.stringify({state}.scene.view.values) !== before"
        page.wait_for_function(changed, arg=before, timeout=_PATIENCE_MS)

    return _measure(page, open_page, recolour, map_of=f"{state}.map")


def _stock(page: Page, plan: Plan) -> Figures | str:
    """Return the figures of the stock page, or why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        try:
            _make_environment(home / "packages")
        except (subprocess.SubprocessError, OSError) as error:
            said = str(getattr(error, "stderr", "") or error).strip().splitlines()
            return f"not run: {said[-1] if said else error}"
        (home / "page.py").write_text(_STOCK, encoding="utf-8")
        colors = _write_stock_data(home, plan)
        page.route("**/*", _serve_vendored)
        with run_streamlit(home / "page.py", {"PYTHONPATH": str(home / "packages")}, base_path="") as url:
            return _stock_page(page, url, points=int(plan.measures["lon"].notna().sum()), colors=colors)


def _stock_page(page: Page, url: str, *, points: int, colors: tuple[str, str]) -> Figures:
    drawn = f"""color => {{
        const layers = window.map?._layers || {{}};
        if (Object.keys(layers).length <= {points}) return false;
        for (const id in layers) {{  // the counties come first
            if (layers[id].feature?.properties.adcode) return layers[id].options.fillColor === color;
        }}
        return false;
    }}"""

    def wait_for_color(color: str) -> None:
        deadline = time.perf_counter() + _PATIENCE_MS / 1000
        while not _in_stock_frame(page, drawn, color):
            if time.perf_counter() > deadline:
                raise TimeoutError(color)
            page.wait_for_timeout(_LOOK_MS)

    def open_page() -> None:
        page.goto(url)
        wait_for_color(colors[0])

    def recolour(turn: int) -> None:
        page.get_by_text(("after", "today")[turn % 2], exact=True).click()
        wait_for_color(colors[(turn + 1) % 2])

    return _measure(page, open_page, recolour, map_of="window.map")


def _in_stock_frame(page: Page, question: str, value: str) -> bool:
    """Ask the stock map, which is a frame that comes and goes; no frame says no."""
    try:
        frame = next(each for each in page.frames if "streamlit_folium" in each.url)
        return bool(frame.evaluate(question, value))
    except (StopIteration, PlaywrightError):
        return False


def _measure(page: Page, open_page: Callable[[], None], recolour: Callable[[int], None], *, map_of: str) -> Figures:
    """Open a page twice, recolour it some times, pan and zoom; the bytes are what the page's socket brought."""
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    first, again = _seconds(open_page), _seconds(open_page)
    seconds, sizes = [], []
    for turn in range(_RERUNS):
        received.clear()
        seconds.append(_seconds(partial(recolour, turn)))
        sizes.append(sum(received))
    frames = page.frames[-1].evaluate(f"async () => ({_FRAMES})({map_of})")
    return Figures(first, again, float(np.median(seconds)), max(sizes) / 1e6, max(frames))


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _make_environment(folder: Path) -> None:
    """Install streamlit-folium alone into a folder; all that it needs is in our own environment."""
    python = folder / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", str(folder)]
    for command in ([sys.executable, "-m", "venv", str(folder / "env")], [str(python), *install, _STOCK_PACKAGE]):
        subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=_INSTALL_S)


def _serve_vendored(route: Route) -> None:
    """Give the stock page Leaflet from our own files, and nothing for what it needs no map for."""
    url = route.request.url
    if "127.0.0.1" in url:
        route.continue_()
    elif url.endswith(("leaflet.js", "leaflet.css")):
        route.fulfill(path=ROOT / "static" / "vendor" / "leaflet" / url.rsplit("/", 1)[1])
    else:
        route.fulfill(body="", content_type="text/css" if url.endswith(".css") else "text/javascript")


def _write_stock_data(home: Path, plan: Plan) -> tuple[str, str]:
    """Write the same counties and points as GeoJSON; return the colour of one county today and with the proposals."""
    listed = list_orgs(plan)
    placed = listed[listed["lon"].notna()]
    points = [
        _feature({"type": "Point", "coordinates": [lon, lat]}, color=MEASURE_MARKS[measure].color)
        for lon, lat, measure in zip(placed["lon"], placed["lat"], placed["measure"], strict=True)
    ]
    counties = [
        _feature(
            {"type": "MultiPolygon", "coordinates": [[ring.tolist()] for ring in shape.rings]},
            adcode=shape.id,
            today=SEQUENTIAL[1],
            after=SEQUENTIAL[4],
        )
        for shape in geometry_of(f"counties-{PROVINCE[:2]}").shapes
    ]
    for name, features in (("points.json", points), ("counties.json", counties)):
        collection = {"type": "FeatureCollection", "features": features}
        (home / name).write_text(json.dumps(collection), encoding="utf-8")
    return SEQUENTIAL[1], SEQUENTIAL[4]


def _feature(geometry: object, **properties: str) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
