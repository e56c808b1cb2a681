"""A map as one HTML file that opens without a network, by folium: what a leader can take along on a stick."""

from __future__ import annotations

import base64
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import folium
from branca.element import Element, Figure, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from ui.escaping import esc, script_json
from ui.map_assets import STATIC_DIR, map_script, map_style, read_topology
from ui.map_payload import pack_layers, picture
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ui.map_payload import Packed
    from ui.map_spec import MapSpec

# What folium calls a file, and ours in static/vendor.
_VENDORED = {"leaflet": "leaflet/leaflet.js", "leaflet_css": "leaflet/leaflet.css"}
# Folium links these to every map; only its icon markers, HTML popups and layer control use them, and we draw none.
_LEFT_OUT = frozenset(
    {
        "jquery", "bootstrap", "awesome_markers", "bootstrap_css", "glyphicons_css", "awesome_markers_font_css",
        "awesome_markers_css", "awesome_rotate_css",
    }
)  # fmt: skip
_CSS_URL = re.compile(r"url\((images/[\w.-]+)\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=.*")


class MapText(NamedTuple):
    """The words around an exported map: its title, the facts under it (口径, date, scope, source) and its mark."""

    title: str
    facts: tuple[str, ...]
    mark: str


class UnknownAssetError(LookupError):
    """A folium element wants a file from elsewhere that is not vendored: the export would not open offline."""


def html_map(spec: MapSpec, text: MapText, *, static_dir: Path = STATIC_DIR) -> str:
    """Return the map of a spec as one HTML document; same spec, same bytes.

    It looks like the map in the app and is drawn by the same script; hovering names areas and points.
    """
    drawing = _new_map(national=spec.national)
    figure = cast("Figure", drawing.get_root())
    figure.title = esc(text.title)
    inline_assets(figure, static_dir)
    figure.header.add_child(_Raw(f"<style>{map_style()}\n{_PAGE_STYLE}</style>"), name="style")
    figure.header.add_child(_Raw(f"<script>{_program()}</script>"), name="program")
    figure.html.add_child(_Raw(_frame(text)), name="frame")
    drawing.add_child(_Layers(_scene(spec, static_dir), drawing.get_name()), name="layers")
    document: str = figure.render()
    return document.replace("<html>", f'<html lang="{esc(t("map.export.language"))}">', 1)


def inline_assets(figure: Figure, static_dir: Path = STATIC_DIR) -> None:
    """Write each file that elements of a figure link to into its head; the folium classes stay as they are.

    Raises
    ------
    UnknownAssetError
        An element links to a file that is neither vendored nor known to be needless.
    """
    for element in _walk(figure):
        if isinstance(element, JSCSSMixin):
            for name, url in (*element.default_js, *element.default_css):
                if name not in _LEFT_OUT:
                    figure.header.add_child(_Raw(_asset(name, url, static_dir)), name=name)
            element.default_js, element.default_css = [], []


def _asset(name: str, url: str, static_dir: Path) -> str:
    if name not in _VENDORED:
        raise UnknownAssetError(f"{name} ({url})")
    tag = "style" if name.endswith("_css") else "script"
    return f"<{tag}>{_vendored_text(_VENDORED[name], static_dir)}</{tag}>"


@cache
def _vendored_text(name: str, static_dir: Path) -> str:
    """Return a vendored file that needs no other: images as data, no link to a source map."""
    path = static_dir / "vendor" / name
    text = _SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))

    def as_data(match: re.Match[str]) -> str:
        image = base64.b64encode((path.parent / match[1]).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{image})"

    return _CSS_URL.sub(as_data, text)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001 - branca has no public way to walk its tree
        yield from _walk(child)


def _new_map(*, national: bool) -> folium.Map:
    drawing = folium.Map(
        location=(35, 105),
        zoom_start=4,
        tiles=None,
        position="absolute",
        crs="AlbersChina" if national else "EPSG3857",
        zoom_control=False,
        attribution_control=False,
        zoom_snap=0.05,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=110,
        min_zoom=2,
        max_zoom=17,
    )
    drawing._id = "coverage"  # noqa: SLF001 - branca draws ids by chance; the same export must be the same bytes
    return drawing


def _program() -> str:
    return (
        f"var coverage = (function () {{ {map_script()}\nreturn {{ albersCrs, decodeTopology, showMap }}; }})();"
        "L.CRS.AlbersChina = coverage.albersCrs(L);"
    )


def _scene(spec: MapSpec, static_dir: Path) -> dict[str, Any]:
    return {
        "view": picture(spec) | {"can_lasso": False},  # nobody would take what it encloses
        "geometry": read_topology(spec.level, static_dir),
        "lines": read_topology("lines", static_dir),
        **{name: _body(packed) for name, packed in pack_layers(spec).items()},
    }


def _body(packed: Packed | None) -> dict[str, Any] | None:
    return None if packed is None else {"hash": packed.hash, **packed.body}


def _frame(text: MapText) -> str:
    facts = "".join(f"<li>{esc(fact)}</li>" for fact in text.facts)
    return (
        f'<header><h1>{esc(text.title)}</h1><strong class="mark">{esc(text.mark)}</strong></header>'
        '<main><div id="coverage-map" class="coverage-map" data-ready="0"></div></main>'
        f"<footer><ul>{facts}</ul></footer>"
    )


class _Raw(Element):
    """Text that goes into the document as it is."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class _Layers(MacroElement):
    """All that is on the map: areas, borders, points, groups and our own furniture."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        (function (scene) {
            scene.geometry = coverage.decodeTopology(scene.geometry, "areas");
            scene.lines = coverage.decodeTopology(scene.lines, "lines");
            coverage.showMap(L, document.getElementById("coverage-map"), scene, function () {}, {{ this.map_name }});
        })({{ this.scene }});
        {% endmacro %}
        """
    )

    def __init__(self, scene: dict[str, Any], map_name: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # branca types only part of itself
        self._name = "CoverageLayers"
        self.scene = script_json(scene)
        self.map_name = map_name


# "html body", because folium's own rule for body comes later.
_PAGE_STYLE = """
html body { display: flex; flex-direction: column; height: 100%; box-sizing: border-box; padding: 16px 20px;
  background: #fff; color: #22262e;
  font: 14px/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", SimHei, sans-serif; }
header { display: flex; align-items: baseline; justify-content: space-between; margin-bottom: 10px; }
h1 { margin: 0; font-size: 20px; overflow-wrap: anywhere; }
.mark { padding: 1px 10px; border: 1.5px solid #b3261e; border-radius: 4px; color: #b3261e; white-space: nowrap; }
main { position: relative; flex: 1; min-height: 320px; }
main .coverage-map { position: absolute; top: 0; right: 0; bottom: 0; left: 0; }
footer ul { margin: 10px 0 0; padding: 0; list-style: none; color: #4b5563; font-size: 12px; }
footer li { display: inline-block; margin-right: 24px; }
"""
