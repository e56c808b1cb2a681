from __future__ import annotations

import hashlib
import logging
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from pyproj import Geod

from tests.small_map import HOSTILE, NORTH_EAST, NORTH_WEST, SOUTH_EAST, SOUTH_WEST, counties, write_static
from ui.html_map import MapText
from ui.map_spec import Category, Layer, Legend, LegendEntry, MapSpec, Reach, View
from ui.pictures import KINDS
from ui.pictures.drawing import map_picture
from ui.pictures.fonts import FONT, MISSING, joined_lines, text_width, wrapped, writable
from ui.pictures.layers import circles_around
from ui.pictures.maps import draw_map
from ui.pictures.painting import DASHES, border_look, fill_of
from ui.pictures.paper import Box, new_page
from ui.pictures.projecting import projection_of, scale_bar, window_of
from ui.pictures.topology import decode, geometry_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ui.pictures import Kind
    from ui.pictures.maps import DrawnMap
    from ui.pictures.painting import Ground

ROOT = Path(__file__).parents[2]
ISLANDS = pd.read_csv(ROOT / "tests" / "data" / "island_points.csv")
PLACE = Box(20, 20, 780, 500)
TEXT = MapText("覆盖图 $x_1$", ("口径：K1", "审图号：未配置"), "内部资料 不得公开")
FIVE_MEGABYTES = 5_000_000


@pytest.fixture(scope="module")
def static_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_static(tmp_path_factory.mktemp("pictures") / "static")


def small_spec(**changes: object) -> MapSpec:
    at = pd.DataFrame({"lon": [101.0, 101.5, np.nan], "lat": [30.5, 30.5, 30.0], "category": 0})
    spec: dict[str, object] = {
        "level": "counties",
        "view": View("all"),
        "aria_label": HOSTILE,
        "values": {NORTH_EAST: 10.0, SOUTH_EAST: 90.0, SOUTH_WEST: 50.0},
        "classes": (0, 50, 100),
        "colors": ("#f4eb9b", "#3b2163"),
        "hatched": {SOUTH_EAST: "suppressed"},
        "points": at.assign(id=["a", "b", "c"]),
        "groups": at.assign(group_id="G", is_lead=[True, False, False]),
        "categories": (Category(HOSTILE, "#009e73", "diamond"),),
        "legend": Legend(
            HOSTILE, (LegendEntry(HOSTILE, "mark", "#009e73"), LegendEntry("x", "hatch", hatch="no_data"))
        ),
    }
    return MapSpec(**(spec | changes))  # type: ignore[arg-type] # a spec by name


def nation(level: str = "provinces", *, national: bool = True) -> MapSpec:
    legend = Legend("图例", tuple(LegendEntry(f"{i}", "area", "#f4eb9b") for i in range(9)))
    return MapSpec(level=level, view=View("x"), aria_label="", national=national, inset=True, legend=legend)


def drawn(spec: MapSpec, *, static_dir: Path | None = None) -> DrawnMap:
    page = new_page(820, 540)
    return draw_map(page, spec, PLACE) if static_dir is None else draw_map(page, spec, PLACE, static_dir=static_dir)


def collections(ground: Ground, kind: type, gid: str) -> list[Any]:
    return [one for one in ground.axes.collections if isinstance(one, kind) and str(one.get_gid()).startswith(gid)]


def seen(result: DrawnMap, degrees: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which places (degrees) lie within the map and under no furniture, or within the inset."""
    main, *insets = result.grounds
    shown = _within(main, degrees)
    x, y = _on_page(main, degrees).T
    for box in result.furniture:
        shown &= ~((x >= box.left) & (x <= box.right) & (y >= box.bottom) & (y <= box.top))
    for inset in insets:
        shown |= _within(inset, degrees)
    return shown


def _on_page(ground: Ground, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    window, place = ground.window, ground.place
    share = (ground.projection.project(degrees) - (window.west, window.south)) / (
        window.east - window.west,
        window.north - window.south,
    )
    return share * (place.width, place.height) + (place.left, place.bottom)


def _within(ground: Ground, degrees: NDArray[np.float64]) -> NDArray[np.bool_]:
    x, y = _on_page(ground, degrees).T
    place = ground.place
    inside: NDArray[np.bool_] = (x >= place.left) & (x <= place.right) & (y >= place.bottom) & (y <= place.top)
    return inside


def on_land(ground: Ground, degrees: NDArray[np.float64]) -> bool:
    """Whether a drawn area holds a place, within what the map may be simplified by (0.12 degrees)."""
    paths = [path for one in collections(ground, PathCollection, "area") for path in one.get_paths()]
    metres = ground.projection.project(degrees[None])[0]
    return any(path.contains_point(metres, radius=reach) for path in paths for reach in (-13_000, 13_000))


@pytest.mark.parametrize("spec", [nation(), nation("cities-46", national=False)], ids=["nation", "Hainan"])
def test_all_ten_dashes_are_drawn_and_seen(spec: MapSpec) -> None:
    result = drawn(spec)
    for ground in result.grounds:
        (dashes,) = collections(ground, LineCollection, DASHES)
        assert len(dashes.get_paths()) == 10
    (lines,) = (shape.rings for shape in geometry_of("lines").shapes if shape.kind == DASHES)
    if spec.national:
        assert [bool(seen(result, line).all()) for line in lines] == [True] * 10
    else:  # the tenth lies east of 台湾
        assert sum(bool(seen(result, line).all()) for line in lines) >= 9


def test_the_six_islands_are_drawn_and_under_nothing() -> None:
    result = drawn(nation())
    places = ISLANDS[["lon", "lat"]].to_numpy()
    assert dict(zip(ISLANDS["name"], seen(result, places), strict=True)) == dict.fromkeys(ISLANDS["name"], True)
    found = {
        name: any(on_land(ground, place) for ground in result.grounds)
        for name, place in zip(ISLANDS["name"], places, strict=True)
    }
    assert found == dict.fromkeys(ISLANDS["name"], True)


@pytest.mark.parametrize(("level", "national"), [("provinces", True), ("cities-15", False), ("counties-33", False)])
def test_the_scale_bar_is_as_long_on_the_ground_as_it_says(level: str, *, national: bool) -> None:
    rings = [ring for shape in geometry_of(level).shapes for ring in shape.rings]
    projection = projection_of(rings, national=national)
    every = projection.project(np.concatenate(rings))
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    window = window_of((west, south, east, north), PLACE, left=0, right=0, rim=10)
    bar = scale_bar(projection, window, PLACE, longest=110)
    metres = bar.points * (window.east - window.west) / PLACE.width
    middle = np.array([(window.west + window.east) / 2, (window.south + window.north) / 2])
    ends = projection.unproject(np.array([middle, middle + np.array([metres, 0])]))
    _, _, true = Geod(ellps="WGS84").inv(*ends[0], *ends[1])
    assert true == pytest.approx(bar.metres, rel=0.01)
    assert 40 < bar.points <= 110


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_map_is_the_same_bytes_and_hostile_words_are_only_words(kind: Kind, static_dir: Path) -> None:
    one, two = (map_picture(small_spec(), TEXT, kind=kind, static_dir=static_dir) for _ in range(2))
    assert one == two
    assert one.startswith({"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[kind])
    assert not re.search(rb"CreationDate|dc:date|matplotlib v", one)


def test_the_text_of_a_pdf_stays_text(static_dir: Path) -> None:
    document = map_picture(small_spec(), TEXT, kind="pdf", static_dir=static_dir)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    texts = b"".join(zlib.decompress(part) for part in streams if part[:1] == b"\x78")
    meant = re.findall(rb"\[((?:<[0-9a-f]+> ?)+)\]", texts)
    written = {int(code, 16) for codes in meant for code in re.findall(rb"<([0-9a-f]{4})>", codes)}
    assert set(map(ord, "覆盖图口径审号内部资料")) <= written


def test_colours_and_hatches_are_those_of_the_browser(static_dir: Path) -> None:
    spec = small_spec()
    fills = {code: fill_of(spec, code) for code in (NORTH_EAST, SOUTH_WEST, SOUTH_EAST, NORTH_WEST)}
    # Class i holds limits[i] <= value < limits[i + 1]; a hidden figure has no colour, a missing one neither.
    assert list(fills.values()) == ["#f4eb9b", "#3b2163", "suppressed", "no_data"]
    (main,) = drawn(spec, static_dir=static_dir).grounds
    hatches = [one.get_hatch() for one in collections(main, PathCollection, "area")]
    assert sorted(filter(None, hatches)) == ["...", "////"]


def test_a_border_between_hatched_areas_is_seen_on_their_ground() -> None:
    spec = small_spec(values={NORTH_EAST: 10.0}, hatched={})
    looks = {border.owners: border_look(spec, border).color for border in decode(counties(), "areas").borders}
    inner = {owners: color for owners, color in looks.items() if len(owners) == 2}
    assert inner[NORTH_EAST, SOUTH_EAST] == "#ffffff"
    assert inner[SOUTH_WEST, NORTH_WEST] == "#b9bdc3"


def test_points_without_a_place_are_left_out_and_members_lead_to_their_star(static_dir: Path) -> None:
    (main,) = drawn(small_spec(), static_dir=static_dir).grounds
    points, stars = collections(main, PathCollection, "marks")
    (trips,) = collections(main, LineCollection, "trips")
    assert (len(points.get_offsets()), len(stars.get_offsets()), len(trips.get_paths())) == (2, 1, 1)
    assert trips.get_paths()[0].vertices[0] == pytest.approx(stars.get_offsets()[0])


def test_layers_are_drawn_as_far_as_they_are_on(static_dir: Path) -> None:
    at = pd.DataFrame({"lon": [101.0, 101.02, 103.0], "lat": [31.0, 31.0, 31.0]})
    spec = small_spec(
        unit_categories=(0,),
        venues=at.assign(id=["v", "w", "x"], category=0),
        counts=at.assign(id=["1", "2", "3"], count=[5, 7, 1], text=""),
        limits=at.assign(radius_m=30_000.0),
        reach=Reach(103.0, 33.0, 50_000),
        selected=("a",),
    )
    (main,) = drawn(spec, static_dir=static_dir).grounds
    assert len(collections(main, PathCollection, "rings")) == 4  # white rim and ring, of units and of the chosen one
    assert sorted(len(one.get_paths()) for one in collections(main, PolyCollection, "limits")) == [1, 3]
    # Two numbers would lie on each other: they are added up.
    assert [text.get_text() for text in main.axes.texts if text.get_gid() == "count"] == ["12", "1"]
    off = small_spec(limits=at.assign(radius_m=1.0), layers=(Layer("limits", "", is_on=False), Layer("points", "")))
    (main,) = drawn(off, static_dir=static_dir).grounds
    assert collections(main, PolyCollection, "limits") == collections(main, LineCollection, "trips") == []


def test_a_travel_limit_is_a_circle_on_the_ground() -> None:
    (corners,) = circles_around(np.array([[120.0, 45.0, 20_000.0]]))
    east, north = corners.T
    _, _, metres = Geod(ellps="WGS84").inv(np.full(48, 120.0), np.full(48, 45.0), east, north)
    assert metres == pytest.approx(np.full(48, 20_000.0))


def test_areas_share_their_borders_and_rings_turn_left() -> None:
    geometry = decode(counties(), "areas")
    ranks = sorted(border.rank for border in geometry.borders)
    assert ranks == ["inner", "inner", *["outer"] * 4, "province", "province"]
    for shape in geometry.shapes:
        (x, y) = shape.rings[0].T
        assert np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) > 0


def test_names_stand_on_the_map_once_and_off_the_legend() -> None:
    legend = Legend("图例", tuple(LegendEntry("很长的一行图例文字", "area", "#f4eb9b") for _ in range(20)))
    spec = MapSpec(level="counties-33", view=View("x"), aria_label="", legend=legend)
    result = drawn(spec)
    assert 30 < len(result.names) < 90
    texts = [text for text in result.grounds[0].axes.texts if not text.get_path_effects()]
    assert [text.get_text() for text in texts] == list(result.names)
    places = result.grounds[0].projection.unproject(np.array([text.get_position() for text in texts]))
    assert seen(result, places).all()


def test_the_font_is_the_one_described_and_knows_every_division() -> None:
    content = FONT.read_bytes()
    assert hashlib.sha256(content).hexdigest() in (FONT.parent / "SOURCE.md").read_text(encoding="utf-8")
    assert len(content) <= FIVE_MEGABYTES
    names = [pd.read_csv(path, dtype="str")["name"] for path in sorted((ROOT / "data" / "gazetteer").glob("c*ies.csv"))]
    names.append(pd.read_parquet(ROOT / "data" / "gazetteer" / "townships.parquet")["name"])
    text = "".join(sorted(set("".join(pd.concat(names)))))
    assert writable(text) == text


def test_what_the_font_has_not_is_drawn_as_a_sign_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert writable("\U00020bb7野家\u202e\n\x00会") == f"{MISSING}野家 会"
    assert [record.getMessage() for record in caplog.records] == ["1 characters of a picture are not in its font"]


@pytest.mark.parametrize(
    "text", ["中华人民共和国，某某协会（联合会）。", "a b c", "averyverylongword" * 4, "", "2026-06-30 x"]
)
def test_wrapped_lines_fit_and_say_everything(text: str) -> None:
    lines = wrapped(text, 10, 60)
    assert all(text_width(line, 10) <= 60 or len(line) == 1 for line in lines if not line.endswith(("，", "。", "）")))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_facts_stand_behind_each_other_while_there_is_room() -> None:
    assert joined_lines(["甲甲", "乙乙", "丙" * 20], 10, 110) == ["甲甲    乙乙", "丙" * 11, "丙" * 9]
