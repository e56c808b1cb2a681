from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from geo.errors import InputError
from ui import map_component
from ui.map_component import read_event
from ui.map_payload import Layers, pack_counts, pack_points
from ui.map_spec import MOST_CORNERS, MapEvent

POINTS = pack_points(pd.DataFrame({"id": ["x", "y"], "lon": [100.0, 101.0], "lat": [30.0, 31.0], "category": [0, 0]}))
VIEW = "place-reg:x-0"
COUNTS = pack_counts(
    pd.DataFrame({"id": ["330502"], "lon": [120.0], "lat": [30.8], "count": [23], "text": ["23 in the county"]})
)
LAYERS: Layers = {"points": POINTS, "groups": None, "counts": COUNTS}
TRIANGLE = [[100.0, 30.0], [101, 30.0], [101.0, 31.0]]


def test_an_area_is_its_adcode() -> None:
    assert read_event({"kind": "area", "id": "110101"}, LAYERS, view_key=VIEW) == MapEvent("area", "110101")


def test_a_point_is_the_id_at_its_place() -> None:
    assert read_event({"kind": "point", "index": 1, "hash": POINTS.hash}, LAYERS, view_key=VIEW) == MapEvent(
        "point", "y"
    )


def test_a_point_brings_all_that_nobody_can_tell_apart_from_it() -> None:
    sent = {"kind": "point", "index": 0, "hash": POINTS.hash, "together": [0, 1, 2, -1, "1", None]}
    assert read_event(sent, LAYERS, view_key=VIEW) == MapEvent("point", "x", ids=("x", "y"))


def test_a_number_on_the_map_is_its_county() -> None:
    sent = {"kind": "count", "index": 0, "hash": COUNTS.hash}
    assert read_event(sent, LAYERS, view_key=VIEW) == MapEvent("count", "330502")


def test_a_lasso_is_its_corners() -> None:
    event = read_event({"kind": "lasso", "polygon": TRIANGLE}, LAYERS, view_key=VIEW)
    assert event == MapEvent("lasso", polygon=((100.0, 30.0), (101.0, 30.0), (101.0, 31.0)))


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
        {"kind": "count", "index": 0, "hash": POINTS.hash},
        {"kind": "lasso", "polygon": TRIANGLE[:2]},
        {"kind": "lasso", "polygon": [*TRIANGLE, [200.0, 30.0]]},
        {"kind": "lasso", "polygon": [*TRIANGLE, [float("nan"), 30.0]]},
        {"kind": "lasso", "polygon": [*TRIANGLE, ["101", 30.0]]},
        {"kind": "lasso", "polygon": [*TRIANGLE, "zz"]},
        {"kind": "lasso", "polygon": TRIANGLE * MOST_CORNERS},
        {"kind": "lasso", "polygon": "everything"},
    ],
)
def test_anything_else_is_no_event(sent: object) -> None:
    assert read_event(sent, LAYERS, view_key=VIEW) is None


def test_what_goes_wrong_in_a_click_is_said_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    session: dict[str, Any] = {"m": SimpleNamespace(clicked={"kind": "area", "id": "110101"})}
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr(st, "error", lambda body, icon: said.append(body))

    def fail(_: MapEvent) -> None:
        raise InputError("desk.correct.no_crs")

    map_component._follow("m", LAYERS, view_key=VIEW, follow=fail)
    assert said == []

    for _ in range(2):
        map_component._say_error("m")
    assert len(said) == 1
