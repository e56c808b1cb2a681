from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import folium
import numpy as np
import pandas as pd
import pytest
from folium.elements import JSCSSMixin

from tests.small_map import HOSTILE, NORTH_EAST, SOUTH_EAST, write_static
from ui.escaping import esc, script_json
from ui.html_map import MapText, UnknownAssetError, html_map, inline_assets
from ui.map_spec import Category, MapSpec, View

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from branca.element import Figure

TEXT = MapText("覆盖图", ("口径：K1",), "内部资料 不得公开")
MAX_BYTES = 3_000_000
# Folium's own parts that need no file but those we vendor.
PLAIN = {"leaflet", "leaflet_css"}


@pytest.fixture(scope="module")
def static_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_static(tmp_path_factory.mktemp("export") / "static")


def spec(level: str = "counties", *, points: pd.DataFrame | None = None) -> MapSpec:
    return MapSpec(
        level=level,
        view=View("all"),
        aria_label="map",
        values={NORTH_EAST: 10.0, SOUTH_EAST: 1234.5},
        hatched={SOUTH_EAST: "suppressed"},
        tooltips={NORTH_EAST: (HOSTILE,)},
        points=points,
        categories=(Category(HOSTILE, "#009e73"),),
    )


def plugins(base: type[JSCSSMixin] = JSCSSMixin) -> Iterator[type[JSCSSMixin]]:
    """Yield each folium class that wants a file we have not, folium.Map apart: its files are vendored or left out."""
    for child in base.__subclasses__():
        wanted = {name for name, _ in (*child.default_js, *child.default_css)}
        if child is not folium.Map and wanted - PLAIN:
            yield child
        yield from plugins(child)


def test_the_same_map_is_the_same_bytes(static_dir: Path) -> None:
    assert html_map(spec(), TEXT, static_dir=static_dir) == html_map(spec(), TEXT, static_dir=static_dir)


def test_suppressed_figures_are_not_in_the_file(static_dir: Path) -> None:
    assert "1234.5" not in html_map(spec(), TEXT, static_dir=static_dir)


def test_the_text_around_the_map_is_escaped(static_dir: Path) -> None:
    document = html_map(spec(), MapText(HOSTILE, (HOSTILE,), HOSTILE), static_dir=static_dir)
    assert HOSTILE not in document
    assert document.count(esc(HOSTILE)) == 4


def test_no_folium_class_is_changed(static_dir: Path) -> None:
    before = (list(folium.Map.default_js), list(folium.Map.default_css))
    html_map(spec(), TEXT, static_dir=static_dir)
    assert (folium.Map.default_js, folium.Map.default_css) == before


def test_a_province_with_ten_thousand_points_stays_small() -> None:
    places = np.random.default_rng(2).uniform((98, 26), (108, 34), (10_000, 2))
    table = pd.DataFrame(
        {"id": [f"o{i}" for i in range(10_000)], "lon": places[:, 0], "lat": places[:, 1], "category": 0}
    )
    named = table.assign(text=[f"某某市某某区某某行业协会商会第{i}号" for i in range(10_000)])
    assert len(html_map(spec("counties-51", points=named), TEXT).encode()) < MAX_BYTES


@pytest.mark.parametrize("plugin", list(plugins()), ids=lambda kind: kind.__name__)
def test_a_plugin_with_a_file_of_its_own_is_refused(plugin: type[JSCSSMixin]) -> None:
    drawing = folium.Map(tiles=None)
    wanting = JSCSSMixin()  # type: ignore[no-untyped-call] # branca types only part of itself
    wanting.default_js, wanting.default_css = plugin.default_js, plugin.default_css
    drawing.add_child(wanting)
    with pytest.raises(UnknownAssetError):
        inline_assets(cast("Figure", drawing.get_root()))


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;"),
        ("`${1}`", "&#96;&#36;{1}&#96;"),
        ("党组织", "党组织"),
        (7, "7"),
    ],
)
def test_esc_leaves_no_markup(text: object, escaped: str) -> None:
    assert esc(text) == escaped


def test_script_json_cannot_close_its_script() -> None:
    value = {"name": "</script><!--\u2028 & 党"}
    literal = script_json(value)
    assert not set("<>&\u2028") & set(literal)
    assert json.loads(literal) == value
