"""A page with one map, run by test_map_component.py beside a static directory of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from tests.small_map import HOSTILE, MIDDLES, NORTH_EAST, NORTH_WEST, SOUTH_EAST, SOUTH_WEST
from ui.map_component import show_map
from ui.map_spec import Category, Heat, Layer, Legend, LegendEntry, MapSpec, Pin, Reach, View

STATIC = Path(__file__).parent / "static"
LEVEL = st.query_params.get("level", "counties")
COUNT = int(st.query_params.get("points", "0"))
CATEGORIES = (Category("已建", "#009e73", "circle"), Category("应建", "#d55e00", "square"))


def points() -> pd.DataFrame:
    """Return one point in each county's north, or as many as asked for at random."""
    if COUNT:
        places = np.random.default_rng(1).uniform((100, 30), (104, 34), (COUNT, 2))
    else:
        places = np.add(list(MIDDLES.values()), (0, 0.6))
    count = len(places)
    columns = {"id": [f"org-{i}" for i in range(count)], "lon": places[:, 0], "lat": places[:, 1]}
    return pd.DataFrame(columns | {"category": np.arange(count) % 2, "text": [f"组织{i}" for i in range(count)]})


def groups() -> pd.DataFrame:
    """Return one group: a lead in the south-west and a member east of it."""
    return pd.DataFrame(
        {
            "group_id": ["G1", "G1"],
            "is_lead": [False, True],
            "lon": [101.8, 101.0],
            "lat": [30.4, 30.4],
            "category": [0, 0],
        }
    )


def counts() -> pd.DataFrame:
    """Return one number in each western county; far out they stand at one place."""
    places = np.array([MIDDLES[SOUTH_WEST], MIDDLES[NORTH_WEST]])
    columns = {"id": [SOUTH_WEST, NORTH_WEST], "lon": places[:, 0], "lat": places[:, 1], "count": [20, 3]}
    return pd.DataFrame(columns | {"text": ["丙县：20 家", "丁市：3 家"]})


def layers() -> dict[str, Any]:
    """Return all that a panel can switch."""
    entries = tuple(
        LegendEntry(kind.label, "mark", kind.color, shape=kind.shape, category=place)
        for place, kind in enumerate(CATEGORIES)
    )
    return {
        "layers": (
            Layer("areas", "底色", (LegendEntry("低", "area", "#f4eb9b"), LegendEntry("高", "area", "#3b2163"))),
            Layer("points", "组织", entries),
            Layer("units", "外圈", (LegendEntry("外圈", "ring", "#7a1f1f"),), is_on=False),
            Layer("counts", "数字", (LegendEntry("数字", "count"),)),
            Layer("limits", "范围", (LegendEntry("范围", "limit", "#4b5563"),), is_on=False),
            Layer("reach", "所选", (LegendEntry("所选", "limit", "#b3261e"),)),
        ),
        "heats": (Heat("应建", (1,)),),
        "unit_categories": (0,),
        "counts": counts(),
        "limits": pd.DataFrame({"lon": [103.0], "lat": [33.0], "radius_m": [30_000.0]}),
        "reach": Reach(101.0, 33.0, 20_000.0),
        "selected": ("org-0",),
        "can_lasso": True,
    }


def nobody_located() -> dict[str, Any]:
    """Return what a panel has where nobody has a point: numbers, and no limits."""
    limits = pd.DataFrame({"lon": [], "lat": [], "radius_m": []}, dtype="float64")
    return {
        "layers": (Layer("counts", "数字", (LegendEntry("数字", "count"),)),),
        "counts": counts(),
        "limits": limits,
    }


def spec(shift: float) -> MapSpec:
    """Return the map: two figures, one county without data, one suppressed."""
    return MapSpec(
        level=LEVEL,
        view=View("four counties"),
        aria_label="四个县，数据见下表",
        values={NORTH_EAST: 10.0 + shift, SOUTH_EAST: 90.0, SOUTH_WEST: None, NORTH_WEST: 77.0},
        hatched={NORTH_WEST: "suppressed"},
        classes=(0, 50, 100),
        colors=("#f4eb9b", "#3b2163"),
        tooltips={SOUTH_EAST: (HOSTILE,), NORTH_EAST: ("覆盖率 10%",)},
        points=points() if "points" in st.query_params else None,
        groups=groups() if "groups" in st.query_params else None,
        categories=CATEGORIES,
        labels=False,
        legend=Legend(
            HOSTILE, (LegendEntry(HOSTILE, "area", "#f4eb9b"), LegendEntry("无数据", "hatch", hatch="no_data"))
        ),
        notice="审图号：未配置",
        **(layers() if "layers" in st.query_params else {}),
        **(nobody_located() if "unlocated" in st.query_params else {}),
    )


def pinned(lon: float, lat: float) -> MapSpec:
    """Return a map on which a pin is moved."""
    return MapSpec(
        level="counties",
        view=View("four counties"),
        aria_label="四个县",
        labels=False,
        pin=Pin(lon, lat, "标记"),
        is_placing=True,
        notice="审图号：未配置",
    )


def show_pin() -> None:
    """Show where the pin is and how often it was moved."""
    lon, lat = st.session_state.get("pin", (102.0, 32.0))
    event = show_map(pinned(lon, lat), key="map", static_dir=STATIC)
    if event is not None and event.kind == "moved" and event.lonlat != (lon, lat):
        st.session_state["pin"] = event.lonlat
        st.session_state["moves"] = st.session_state.get("moves", 0) + 1
        st.rerun()
    st.text(f"moves {st.session_state.get('moves', 0)}")
    st.text(f"pin {lon:.4f} {lat:.4f}")


def show_areas() -> None:
    """Show the map with a button that recolours it, how often the page ran and what was clicked."""
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.button("recolour", on_click=lambda: st.session_state.update(shift=50.0))
    event = show_map(spec(st.session_state.get("shift", 0.0)), key="map", static_dir=STATIC)
    st.text(f"runs {runs}")
    st.text(f"clicked {event.kind} {event.id}{len(event.polygon) or ''}" if event else "clicked nothing")


def show_twins() -> None:
    """Show two maps that follow each other and one that does not, and how often the page ran."""
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    for place, (column, name) in enumerate(zip(st.columns(3), ("plans", "plans", ""), strict=True)):
        with column:
            show_map(replace(spec(0.0), twins=name), key=f"map-{place}", static_dir=STATIC)
    st.text(f"runs {runs}")


if "pin" in st.query_params:
    show_pin()
elif "twins" in st.query_params:
    show_twins()
else:
    show_areas()
