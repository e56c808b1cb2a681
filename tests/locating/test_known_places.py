"""Addresses without a point of their own, placed by what is known around them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.business import describe_business
from coverage.errors import PlanError
from coverage.grouping import find_candidates, propose_groups
from coverage.intake import Source
from coverage.landmarks import LANDMARK_COLUMNS, read_landmarks, write_landmarks
from coverage.locating import locate
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from tests import tables
from tests.gazetteer.points import LAT, LON, landmarks, north_m

if TYPE_CHECKING:
    from coverage.grouping import Grouping

SETTINGS = PlanSettings(as_of=date(2026, 1, 1))
SMALL = {"n_full": 2, "has_unit": False, "county": "370102"}
DIVISIONS, BOUNDARIES = load_divisions(), load_boundaries()
#: Two doors 300 m apart, and a road that is known at its ends only.
KNOWN = landmarks(
    {"name": "泉城路", "number": "10"},
    {"name": "泉城路", "number": "110", "lat": LAT + north_m(300)},
    {"name": "文化路", "number": "2"},
    {"name": "文化路", "number": "600", "lat": LAT - north_m(2_500)},
)


def place(orgs: pd.DataFrame, known: pd.DataFrame = KNOWN) -> pd.DataFrame:
    return locate(orgs, divisions=DIVISIONS, boundaries=BOUNDARIES, settings=SETTINGS, landmarks=known)[0]


def group(orgs: pd.DataFrame, places: pd.DataFrame) -> Grouping:
    duties = assign_duties(orgs, places, settings=SETTINGS, fields=frozenset({"n_full", "has_unit", "address"}))
    business = describe_business(orgs, divisions=DIVISIONS)
    return propose_groups(find_candidates(orgs, places, duties, business), SETTINGS)


def small(*rows: dict[str, Any]) -> pd.DataFrame:
    return tables.orgs(*(SMALL | row for row in rows))


def test_an_address_is_placed_by_what_is_known_and_a_point_of_the_list_stays() -> None:
    rows = small(
        {"address": "历下区泉城路10号3楼"},
        {"address": "历下区泉城路60号"},
        {"address": "文化路"},
        {"address": "无名路1号"},
        {"address": "泉城路10号", "lon": LON, "lat": LAT + 0.02},
        {"address": "泉城路10号", "county": "370103"},
    )
    placed = place(rows)
    assert placed["location_level"].tolist() == ["door", "road", "road", "county", "given", "county"]
    assert placed["location_radius_m"].round().tolist()[:3] == [200, 2_000, 3_000]
    assert placed["lat"].tolist()[:2] == pytest.approx([LAT, LAT + north_m(150)], abs=1e-5)
    assert placed["lat"].iloc[4] == LAT + 0.02
    assert placed["lon"].isna().tolist() == [False, False, False, True, False, True]


def test_a_road_counts_for_distances_only_within_the_travel_limit() -> None:
    rows = small(
        {"address": "泉城路60号"},
        {"address": "泉城路60号", "travel_limit_m": 1_500.0},
        {"address": "泉城路10号", "travel_limit_m": 1_500.0},
    )
    assert place(rows)["is_precise"].tolist() == [True, False, True]


def test_what_is_coarser_than_a_road_or_its_limit_is_no_distance_to_anybody() -> None:
    """GROUPING §2: two county-level points are never "0 m apart", nor are two of a township, nor wide roads."""
    pairs = [{"address": ""}, {"address": "东坝镇"}, {"address": "", "township": "龙洞街道"}, {"address": "泉城路60号"}]
    rows = small(*(pair | {"travel_limit_m": 1_500.0} for pair in pairs for _ in range(2)))
    known = landmarks({"kind": "township", "name": "龙洞街道", "township": "龙洞街道", "level": "town"}, *_rows(KNOWN))
    placed = place(rows, known)
    assert placed["location_level"].tolist() == ["county"] * 4 + ["town"] * 2 + ["road"] * 2
    assert group(rows, placed).groups.empty


def test_neighbours_on_a_road_form_a_unit_and_its_card_says_how_they_are_placed() -> None:
    rows = small({"address": "泉城路60号"}, {"address": "泉城路62号"})
    found = group(rows, place(rows)).groups
    assert found["org_id"].tolist() == ["O001", "O002"]
    assert found["warnings"].str.contains("S2").all()


def test_known_places_are_read_as_they_are_written() -> None:
    read = read_landmarks(Source("known.csv", write_landmarks(KNOWN)), boundaries=BOUNDARIES)
    assert read.problems.empty
    order = ["name", "number"]
    written = KNOWN.round({"lon": 6, "lat": 6}).sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(read.landmarks.sort_values(order, ignore_index=True), written)


def test_a_bad_row_is_named_and_left_out() -> None:
    lines = (
        "adcode,kind,name,number,lon,lat",
        "370102,road,泉城路,10,117.07,36.66",
        "3701,road,泉城路,12,117.07,36.66",
        "370102,street,泉城路,14,117.07,abc",
        "370102,road,,16,17.07,36.66",
        ",,,,,",
    )
    read = read_landmarks(Source("known.csv", "\r\n".join(lines).encode("gb18030")), boundaries=BOUNDARIES)
    assert read.landmarks[["number", "level", "radius_m", "source"]].to_numpy().tolist() == [
        ["10", "door", 200, "list"]
    ]
    assert read.problems[["file", "row", "column", "value", "code"]].to_numpy().tolist() == [
        ["known.csv", 3, "adcode", "3701", "F23"],
        ["known.csv", 4, "kind", "street", "F23"],
        ["known.csv", 4, "lat", "abc", "F23"],
        ["known.csv", 5, "name", "", "F23"],
        ["known.csv", 5, "lon", "17.07", "F23"],
    ]


def read_rows(*rows: str) -> tuple[list[list[str]], list[list[object]]]:
    """Kind, name and number of what is taken, column and value of what is not."""
    content = "\n".join(("adcode,kind,name,number,lon,lat,at", *rows)).encode()
    read = read_landmarks(Source("known.csv", content), boundaries=BOUNDARIES)
    taken = read.landmarks[["kind", "name", "number"]].to_numpy().tolist()
    return taken, read.problems[["column", "value"]].to_numpy().tolist()


def test_a_point_outside_its_county_is_not_taken() -> None:
    taken, refused = read_rows(
        "370102,road,泉城路,1,87.6,43.8,",
        "370103,road,泉城路,2,117.07,36.66,",
        "330103,road,中山北路,1,120.17,30.27,",  # 下城区 until 2021
        "370102,road,泉城路,3,123.0,36.66,",  # at sea
        "370102,road,泉城路,4,117.07,36.66,",
    )
    assert taken == [["road", "泉城路", "4"]]
    assert refused == [["adcode", code] for code in ("370102", "370103", "330103", "370102")]


def test_names_and_numbers_are_read_as_addresses_are() -> None:
    point = "117.07,36.66"
    taken, refused = read_rows(
        f"370102,road,一环路北3段,53号,{point},2026-03-01",
        f"370102,road,历下区解放路,三十五号,{point},2026-03-01T08:00:00.000000Z",
        f"370102,road,解放路,88弄5,{point},",
        f"370102,road,解放路12号,,{point},",
        f"370102,building,国贸大厦,,{point},",
        f"370102,township,龙洞街道,,{point},",
        f"370102,road,解放路,12月3日,{point},",
        f"370102,road,解放路1,2号,{point},",
        f"370102,road,某处,2,{point},",
        f"370102,building,某处,,{point},",
        f"370102,road,解放路,7,{point},2026/3/1",
        f"370102,road,解放路,9,{point},2026-02-31",
        f"370102,road,解放路,11,{point},2026-03-01T24:61:00Z",
        f"370102,road,人民路与和平路,,{point},",
        f"370102,building,国贸大厦,5号楼,{point},",
    )
    assert taken == [
        ["building", "国贸大厦", ""],
        ["road", "一环路北三段", "53"],
        ["road", "解放路", "12"],
        ["road", "解放路", "35"],
        ["road", "解放路", "88弄5"],
        ["township", "龙洞街道", ""],
    ]
    assert refused == [
        ["number", "12月3日"],
        ["number", "2号"],
        ["name", "某处"],
        ["name", "某处"],
        ["at", "2026/3/1"],
        ["at", "2026-02-31"],
        ["at", "2026-03-01T24:61:00Z"],
        ["name", "人民路与和平路"],
        ["number", "5号楼"],
    ]


def test_a_table_without_points_is_refused() -> None:
    with pytest.raises(PlanError) as refused:
        read_landmarks(Source("known.csv", "adcode,kind,name\n370102,road,泉城路".encode()), boundaries=BOUNDARIES)
    assert (refused.value.key, "lon, lat" in str(refused.value)) == ("gazetteer.missing_columns", True)


def _rows(known: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(LANDMARK_COLUMNS, row, strict=True)) for row in known.itertuples(index=False)]
