"""The map of every page: our own Streamlit component, Leaflet on canvas, geometry as static files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.chrome import guarded
from ui.map_assets import STATIC_DIR, component_script, geometry_files, map_style
from ui.map_payload import pack_layers, picture, places_of
from ui.map_spec import MOST_CORNERS, MapEvent, MapSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ui.map_payload import Layers, Packed
    from ui.map_spec import Polygon

# Hashes of layers this browser page has been given.
_SENT = "coverage_map_sent"
# Degrees; a message may hold anything.
_MOST_LON, _MOST_LAT = 180, 90
_FEWEST_CORNERS = 3
# What is clicked, and the layer it is in.
_CLICKED_IN = {"point": "points", "group": "groups", "count": "counts"}
_render = st.components.v2.component("coverage_map", js=component_script(), css=map_style(), isolate_styles=False)


def show_map(  # noqa: PLR0913 # a map, how high it is, and what a click on it does
    spec: MapSpec,
    *,
    key: str,
    height: int = 560,
    beside: int = 0,
    follow: Callable[[MapEvent], object] | None = None,
    static_dir: Path = STATIC_DIR,
) -> MapEvent | None:
    """Draw a map and return what was clicked since the last run, once.

    Pan, zoom, hover and the switches of layers run no script. Layers travel once a session, then only their hash.

    Parameters
    ----------
    spec
        What to show.
    key
        Name of the map; the same key keeps zoom, centre and switches from run to run.
    height
        Pixels, the notice line included.
    beside
        Pixels of the window that the rest of the page needs: in a taller one the map grows by what is left; 0, never.
    follow
        What a click does, before the page runs: it need not run twice, and nothing is returned then. Like every
        callback it cannot go to another page.
    static_dir
        The directory Streamlit serves as app/static; `geo/manifest.json` in it names the geometry files.
    """
    _say_error(key)
    packed = _kept_layers(spec) if spec.pack_key else pack_layers(spec)
    sent = {name: _once(layer) for name, layer in packed.items()}
    selected = places_of(spec.selected, packed["points"])
    answer = partial(_follow, key, packed, view_key=spec.view.key, follow=follow) if follow else _keep
    result = _render(
        key=key,
        data=picture(spec)
        | sent
        | _addresses(spec.level, static_dir)
        | {"bodies": list(sent), "selected": selected, "height": height, "beside": beside},
        height="content" if beside else height,
        on_clicked_change=answer,
        on_missing_change=partial(_send_again, key),
    )
    return read_event(result.clicked, packed, view_key=spec.view.key) if follow is None else None


def _follow(key: str, packed: Layers, *, view_key: str, follow: Callable[[MapEvent], object]) -> None:
    """Do what was clicked on the map as it was shown last."""
    event = read_event(st.session_state[key].clicked, packed, view_key=view_key)
    if event is not None:
        with guarded(partial(_keep_error, key)):
            follow(event)


def _keep_error(key: str, body: str, *, icon: str) -> None:
    """Keep what went wrong for the next run: what a callback shows is gone with it."""
    st.session_state[_error_key(key)] = body, icon


def _say_error(key: str) -> None:
    if (kept := st.session_state.pop(_error_key(key), None)) is not None:
        body, icon = kept
        st.error(body, icon=icon)


def _error_key(key: str) -> str:
    return f"{key}-click-error"


def read_event(clicked: object, packed: Layers, *, view_key: str) -> MapEvent | None:
    """Return a click as the id it stands for; None for a click on what is shown no more, or anything else sent."""
    match clicked:
        case {"kind": "area", "id": str(adcode)} if adcode.isascii() and adcode.isdigit():
            return MapEvent("area", adcode)
        case {"kind": "point" | "group" | "count" as kind, "index": int(index), "hash": str(digest)}:
            layer = packed.get(_CLICKED_IN[kind])
            known = layer is not None and layer.hash == digest and 0 <= index < len(layer.ids)
            return MapEvent(kind, layer.ids[index], ids=_together(clicked, layer)) if layer and known else None
        case {"kind": "moved", "view": str(seen), "lon": int() | float() as lon, "lat": int() | float() as lat}:
            if seen != view_key:  # the pin of a place that is on the map no more
                return None
            return MapEvent("moved", lonlat=(float(lon), float(lat))) if _is_on_earth(lon, lat) else None
        case {"kind": "lasso", "polygon": list(corners)}:
            polygon = _polygon(corners)
            return MapEvent("lasso", polygon=polygon) if polygon else None
        case _:
            return None


def _together(clicked: object, layer: Packed) -> tuple[str, ...]:
    """Return the ids of all that the reader cannot tell apart from what was clicked."""
    match clicked:
        case {"together": list(places)}:
            known = range(len(layer.ids))
            return tuple(layer.ids[place] for place in places if isinstance(place, int) and place in known)
        case _:
            return ()


def _polygon(corners: list[object]) -> Polygon:
    """Return the corners of a lasso, () where they are none, too few or too many."""
    polygon = tuple(
        (float(lon), float(lat))
        for corner in corners
        if isinstance(corner, list | tuple) and len(corner) == 2
        for lon, lat in [corner]
        if isinstance(lon, int | float) and isinstance(lat, int | float) and _is_on_earth(lon, lat)
    )
    return polygon if len(polygon) == len(corners) and _FEWEST_CORNERS <= len(polygon) <= MOST_CORNERS else ()


def _is_on_earth(lon: float, lat: float) -> bool:
    return abs(lon) <= _MOST_LON and abs(lat) <= _MOST_LAT


# Which spec it is, its name says: the tables themselves are not looked at.
@st.cache_resource(show_spinner=False, max_entries=6, hash_funcs={MapSpec: lambda spec: spec.pack_key})
def _kept_layers(spec: MapSpec) -> Layers:
    return pack_layers(spec)


def _addresses(level: str, static_dir: Path) -> dict[str, str]:
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    base = f"/{prefix}/app/static" if prefix else "/app/static"
    files = geometry_files(static_dir)
    return {"static": base, "geometry": f"{base}/geo/{files[level]}", "lines": f"{base}/geo/{files['lines']}"}


def _once(layer: Packed | None) -> dict[str, Any] | None:
    """Return a layer with its body the first time, later its hash alone."""
    if layer is None:
        return None
    sent = st.session_state.setdefault(_SENT, set())
    known = layer.hash in sent
    sent.add(layer.hash)
    return {"hash": layer.hash} if known else {"hash": layer.hash, "body": layer.body}


def _send_again(key: str) -> None:
    """Forget what a page asks for: it has let go of an older set, or a message was overtaken on its way."""
    missing = st.session_state[key].missing
    st.session_state.setdefault(_SENT, set()).difference_update(missing if isinstance(missing, list) else ())


def _keep() -> None:
    """Make Streamlit report `clicked`; the answer is read from the result."""
