from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ui.map_payload import pack_counts, pack_groups, pack_limits, pack_points, picture, places_of
from ui.map_spec import Category, Heat, Layer, LegendEntry, MapSpec, View

CATEGORIES = (Category("a", "#009e73"), Category("b", "#d55e00", "square"))


def spec(**changes: Any) -> MapSpec:
    return MapSpec(**({"level": "counties", "view": View("here"), "aria_label": "map"} | changes))


def points(*rows: tuple[str, float, float, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["id", "lon", "lat", "category"])


def groups(*rows: tuple[str, bool, float, float, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["group_id", "is_lead", "lon", "lat", "category"])


def unpacked(text: str, dtype: type[np.generic]) -> list[float]:
    return list(np.frombuffer(base64.b64decode(text), dtype).tolist())


def test_figures_of_hatched_areas_never_leave_the_server() -> None:
    shown = picture(spec(values={"110101": 2.0, "110102": 50.0}, hatched={"110101": "suppressed"}))
    assert shown["values"] == {"110102": 50.0}


@pytest.mark.parametrize("unknown", [None, float("nan"), float("inf")])
def test_an_unknown_figure_is_null_in_json(unknown: float | None) -> None:
    shown = picture(spec(values={"110101": unknown}, classes=(0, 10, float("inf")), colors=("#000000", "#ffffff")))
    assert json.loads(json.dumps(shown, allow_nan=False))["values"] == {"110101": None}
    assert shown["classes"] == [0, 10, None]


def test_points_come_back_to_within_a_metre() -> None:
    body = pack_points(points(("x", 116.4074123, 39.9042345, 1), ("y", 87.6, 43.8, 0))).body
    assert unpacked(body["lonlat"], np.float32) == pytest.approx([116.4074123, 39.9042345, 87.6, 43.8], abs=1e-5)
    assert unpacked(body["categories"], np.uint8) == [1, 0]


def test_a_point_without_coordinates_is_left_out_with_its_id() -> None:
    packed = pack_points(points(("x", float("nan"), 39.9, 0), ("y", 87.6, 43.8, 1)))
    assert packed.ids == ["y"]
    assert unpacked(packed.body["categories"], np.uint8) == [1]


def test_a_hash_changes_with_places_ids_and_texts_and_with_nothing_else() -> None:
    one = points(("x", 116.4, 39.9, 0))
    others = [one.assign(lon=116.5), one.assign(id="z"), one.assign(text="name")]
    assert pack_points(one).hash == pack_points(one.assign(other=1)).hash
    assert len({pack_points(table).hash for table in (one, *others)}) == 4


def test_a_group_is_its_lead_and_then_its_members() -> None:
    packed = pack_groups(
        groups(("B", False, 101, 31, 1), ("B", True, 100, 30, 1), ("A", True, 90, 40, 0), ("B", False, 102, 32, 1))
    )
    assert packed.ids == ["A", "B"]
    assert unpacked(packed.body["sizes"], np.uint16) == [1, 3]
    assert unpacked(packed.body["lonlat"], np.float32) == [90, 40, 100, 30, 101, 31, 102, 32]
    assert unpacked(packed.body["categories"], np.uint8) == [0, 1]


def test_a_group_that_nobody_leads_meets_in_its_middle() -> None:
    packed = pack_groups(groups(("A", False, 100, 30, 0), ("A", False, 102, 32, 0)))
    assert unpacked(packed.body["lonlat"], np.float32) == [101, 31, 100, 30, 102, 32]


def test_numbers_come_back_with_their_places() -> None:
    table = pd.DataFrame({"id": ["330502"], "lon": [120.0], "lat": [30.5], "count": [70_000], "text": ["many"]})
    packed = pack_counts(table)
    assert (packed.ids, packed.body["texts"]) == (["330502"], ["many"])
    assert unpacked(packed.body["counts"], np.uint32) == [70_000]


def test_a_travel_limit_without_a_place_is_left_out() -> None:
    table = pd.DataFrame({"lon": [float("nan"), 120.0], "lat": [30.0, 30.5], "radius_m": [5_000.0, 3_000.0]})
    body = pack_limits(table).body
    assert unpacked(body["lonlat"], np.float32) == [120.0, 30.5]
    assert unpacked(body["radii"], np.float32) == [3_000.0]


def test_ids_are_found_at_their_places() -> None:
    packed = pack_points(points(("x", 100, 30, 0), ("y", 101, 31, 0), ("z", 102, 32, 1)))
    assert places_of(("z", "x", "gone"), packed) == [0, 2]
    assert places_of(("x",), None) == []


def test_layers_travel_as_plain_values() -> None:
    layer = Layer("points", "organisations", (LegendEntry("a 3", "mark", "#009e73", category=0),), is_on=False)
    shown = picture(spec(categories=CATEGORIES, layers=(layer,), heats=(Heat("none", (1,)),)))
    sent = json.loads(json.dumps(shown, allow_nan=False))
    assert (sent["layers"][0]["name"], sent["layers"][0]["is_on"]) == ("points", False)
    assert sent["layers"][0]["entries"][0]["category"] == 0
    assert sent["heats"] == [{"label": "none", "categories": [1]}]


def test_empty_tables_are_no_points() -> None:
    assert pack_points(points()).ids == []
    assert pack_groups(groups()).ids == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": (0, 50, 100), "colors": ("#000000",)},
        {"classes": (50, 0, 100), "colors": ("#000000", "#ffffff")},
        {"classes": (0, 100), "colors": ("red",)},
        {"hatched": {"110101": "striped"}},
        {"categories": (Category("a", "#000000", "heart"),)},
        {"points": points(("x", 116.4, 39.9, 2)), "categories": CATEGORIES},
        {"points": pd.DataFrame({"id": ["x"]}), "categories": CATEGORIES},
        {"groups": groups(("A", True, 100, 30, -1)), "categories": CATEGORIES},
        {"counts": pd.DataFrame({"id": ["330502"]})},
        {"limits": pd.DataFrame({"lon": [120.0]})},
        {"heats": (Heat("none", (2,)),), "categories": CATEGORIES},
        {"unit_categories": (2,), "categories": CATEGORIES},
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        spec(**wrong)
