from __future__ import annotations

import pandas as pd
import pytest

from ui.map_component import read_event
from ui.map_payload import Packed, pack_points
from ui.map_spec import MapEvent

POINTS = pack_points(pd.DataFrame({"id": ["x", "y"], "lon": [100.0, 101.0], "lat": [30.0, 31.0], "category": [0, 0]}))
VIEW = "place-reg:x-0"
LAYERS: dict[str, Packed | None] = {"point": POINTS, "group": None}


def test_an_area_is_its_adcode() -> None:
    assert read_event({"kind": "area", "id": "110101"}, LAYERS, view_key=VIEW) == MapEvent("area", "110101")


def test_a_point_is_the_id_at_its_place() -> None:
    assert read_event({"kind": "point", "index": 1, "hash": POINTS.hash}, LAYERS, view_key=VIEW) == MapEvent(
        "point", "y"
    )


def test_a_pin_comes_back_with_its_place() -> None:
    sent = {"kind": "moved", "view": VIEW, "lon": 120, "lat": 30.5}
    assert read_event(sent, LAYERS, view_key=VIEW) == MapEvent("moved", lonlat=(120.0, 30.5))


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "110101",
        {"kind": "area", "id": "<b>"},
        {"kind": "area", "id": 110101},
        {"kind": "point", "index": 2, "hash": POINTS.hash},
        {"kind": "point", "index": -1, "hash": POINTS.hash},
        {"kind": "point", "index": "0", "hash": POINTS.hash},
        {"kind": "point", "index": 0, "hash": "of points shown before"},
        {"kind": "group", "index": 0, "hash": POINTS.hash},
        {"kind": "file", "id": "110101"},
        {"kind": "moved", "lon": 120.0, "lat": 30.5},
        {"kind": "moved", "view": "place-reg:y-0", "lon": 120.0, "lat": 30.5},  # the place shown before
        {"kind": "moved", "view": "place-reg:x-1", "lon": 120.0, "lat": 30.5},
        {"kind": "moved", "view": VIEW, "lon": 181.0, "lat": 30.5},
        {"kind": "moved", "view": VIEW, "lon": float("nan"), "lat": 30.5},
        {"kind": "moved", "view": VIEW, "lon": "120", "lat": 30.5},
    ],
)
def test_anything_else_is_no_event(sent: object) -> None:
    assert read_event(sent, LAYERS, view_key=VIEW) is None
