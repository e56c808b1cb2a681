"""A page with one map on which a pin is moved, run by test_pin.py beside a static directory of its own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.map_component import show_map
from ui.map_spec import MapSpec, Pin, View

lon, lat = st.session_state.get("pin", (102.0, 32.0))
event = show_map(
    MapSpec(
        level="counties",
        view=View("four counties"),
        aria_label="四个县",
        labels=False,
        pin=Pin(lon, lat, "标记"),
        is_placing=True,
        notice="审图号：未配置",
    ),
    key="map",
    static_dir=Path(__file__).parent / "static",
)
if event is not None and event.kind == "moved" and event.lonlat != (lon, lat):
    st.session_state["pin"] = event.lonlat
    st.session_state["moves"] = st.session_state.get("moves", 0) + 1
    st.rerun()
st.text(f"moves {st.session_state.get('moves', 0)}")
st.text(f"pin {lon:.4f} {lat:.4f}")
