from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coverage.tables import Landmarks
from geo.gazetteer import CONFIRMED, LISTED, landmarks_at, latest_landmarks, locate_by_landmarks
from tests.gazetteer.points import LAT, LON, landmarks, north_m, wanted


def place(known: pd.DataFrame, *rows: dict[str, Any]) -> pd.DataFrame:
    return locate_by_landmarks(wanted(*rows), known).round({"lon": 6, "lat": 6, "radius_m": 0})


def test_the_same_confirmed_door_is_a_door_and_no_other_is() -> None:
    known = landmarks(
        {"name": "中山路", "number": "12"},
        {"name": "建设路", "number": "8", "source": LISTED},
        {"name": "解放路", "number": "5", "radius_m": 500.0},
    )
    rows = ({"address": f"{road}号"} for road in ("中山路12", "建设路8", "解放路5", "中山路12-3"))
    found = place(known, *rows)
    assert found["level"].tolist() == ["door", "road", "road", "road"]
    assert found["radius_m"].tolist() == [200, 2_000, 2_000, 2_000]
    assert found["lat"].tolist() == [LAT] * 4


def test_a_number_between_two_known_ones_lies_between_them() -> None:
    known = landmarks(
        {"name": "中山路", "number": "100"}, {"name": "中山路", "number": "200", "lat": LAT + north_m(1_000)}
    )
    found = place(known, {"address": "中山路125号"}, {"address": "中山路150号"})
    assert found["lat"].tolist() == pytest.approx([LAT + north_m(250), LAT + north_m(500)], abs=1e-5)
    assert set(found["level"]) == {"road"}


def test_beyond_the_last_known_number_its_point_counts_as_far_as_numbers_reach() -> None:
    known = landmarks({"name": "中山路", "number": "100"})
    found = place(known, *({"address": f"中山路{number}号"} for number in (120, 700, 1_200, 9_000)))
    assert found["level"].tolist() == ["road", "road", "town", ""]
    assert found["radius_m"].tolist()[:3] == [2_000, 2_400, 7_000]


def test_numbers_of_the_same_side_count_first() -> None:
    known = landmarks({"name": "中山路", "number": "11"}, {"name": "中山路", "number": "14", "lat": LAT + north_m(90)})
    above = landmarks({"name": "中山路", "number": "13"}, {"name": "中山路", "number": "16", "lat": LAT + north_m(90)})
    assert place(known, {"address": "中山路18号"})["lat"].tolist() == pytest.approx([LAT + north_m(90)], abs=1e-6)
    assert place(above, {"address": "中山路12号"})["lat"].tolist() == pytest.approx([LAT + north_m(90)], abs=1e-6)


def test_a_road_without_a_number_stands_at_its_middle_and_says_how_long_it_is() -> None:
    near = [{"name": "中山路", "number": str(number), "lat": LAT + north_m(number * 3)} for number in (10, 90, 200)]
    far = [{"name": "长江路", "number": str(number), "lat": LAT + north_m(number * 4)} for number in (2, 300, 900)]
    found = place(landmarks(*near, *far), {"address": "中山路"}, {"address": "长江路"})
    assert found["level"].tolist() == ["road", "town"]
    assert found["lat"].iloc[0] == pytest.approx(LAT + north_m(270), abs=1e-6)
    assert found["radius_m"].iloc[0] == 3_000


@pytest.mark.parametrize("road", ["G104", "S26", "X017", "205国道", "松金公路", "G104国道"])
def test_one_point_of_a_road_across_the_country_says_no_more_than_the_town(road: str) -> None:
    known = landmarks({"name": road, "number": "5"}, {"name": "S路", "number": "5"})
    rows = {"address": road}, {"address": f"{road},7号"}, {"address": "S路"}
    assert place(known, *rows)["level"].tolist() == ["town", "road", "road"]


def test_numbers_on_a_road_with_a_code_are_counted_with() -> None:
    known = landmarks(
        *({"name": "G104", "number": number, "lat": LAT + north_m(off)} for number, off in (("5", 0), ("9", 400)))
    )
    found = place(known, {"address": "G104,7号"}, {"address": "G1047号"})
    assert found["level"].tolist() == ["road", ""]
    assert found["lat"].iloc[0] == pytest.approx(LAT + north_m(200), abs=1e-6)


def test_another_section_of_the_road_is_better_than_nothing() -> None:
    known = landmarks({"name": "一环路北三段", "number": "53"})
    assert place(known, {"address": "一环路西一段20号"})["level"].tolist() == ["road"]


def test_roads_of_one_name_in_two_towns_are_two_and_streets_share_theirs() -> None:
    town, street = {"name": "人民路", "number": "5"}, {"name": "光明路", "number": "5"}
    known = landmarks(town | {"township": "东坝镇"}, street | {"township": "甲街道"})
    rows = [
        {"address": "人民路5号", "township": "西坝镇"},
        {"address": "人民路5号", "township": "东坝镇"},
        {"address": "人民路5号"},
        {"address": "光明路5号", "township": "乙街道"},
    ]
    assert place(known, *rows)["level"].tolist() == ["", "door", "door", "door"]


def test_a_door_in_two_towns_is_none_of_them_where_no_town_is_named() -> None:
    door = {"name": "人民路", "number": "5"}
    far, near = (
        landmarks(door | {"township": "东坝镇"}, door | {"township": "西坝镇", "at": "2026-02-01", "lat": LAT + off})
        for off in (north_m(18_000), north_m(150))
    )
    between = landmarks(door | {"township": "东坝镇"}, door | {"township": "西坝镇", "lat": LAT + north_m(4_000)})
    rows = {"address": "人民路5号"}, {"address": "人民路5号", "township": "东坝镇"}, {"address": "人民路6号"}
    assert place(far, *rows)["level"].tolist() == ["", "door", ""]
    assert place(near, *rows)["level"].tolist() == ["door", "door", "road"]
    found = place(between, *rows)
    assert found["level"].tolist() == ["town", "door", "town"]
    assert found["radius_m"].tolist() == [7_000, 200, 7_000]


def test_a_confirmed_point_is_above_a_later_one_of_another_street() -> None:
    door = {"name": "光明路", "number": "12"}
    later = {"source": "amap", "at": "2026-09-01", "lat": LAT + north_m(100)}
    known = landmarks(door | {"township": "甲街道"}, door | later)
    rows = [{"address": f"光明路{number}号", "township": "甲街道"} for number in ("12", "10", "14", "12-3")]
    found = place(known, *rows)
    assert found["lat"].tolist() == [LAT] * 4
    assert found["level"].tolist() == ["door", "road", "road", "road"]


def test_a_fine_point_is_above_a_later_coarse_one_and_the_street_asked_for_above_both_dates() -> None:
    door = {"name": "光明路", "number": "5", "source": "amap"}
    fine = door | {"township": "甲街道", "level": "door", "radius_m": 100.0, "at": "2026-01-01"}
    later = {"at": "2026-09-01", "township": "乙街道", "lat": LAT + north_m(300)}
    coarse, equal = (landmarks(fine, fine | later | worse) for worse in ({"level": "road", "radius_m": 2_000.0}, {}))
    rows = [
        {"address": f"光明路{number}号", "township": street} for number in (5, 7) for street in ("甲街道", "乙街道", "")
    ]
    assert place(coarse, *rows)["lat"].tolist() == [LAT] * 6
    there = round(LAT + north_m(300), 6)
    assert place(equal, *rows)["lat"].tolist() == [LAT, there, there] * 2


def test_another_county_is_never_looked_at() -> None:
    known = landmarks({"name": "中山路", "number": "12", "adcode": "370103"})
    assert place(known, {"address": "中山路12号"}, {"address": "中山路12号", "adcode": ""})["level"].tolist() == [
        "",
        "",
    ]


def test_buildings_and_townships() -> None:
    known = landmarks(
        {"kind": "building", "name": "国贸大厦"},
        {"kind": "township", "name": "东坝镇", "township": "东坝镇", "level": "town"},
    )
    found = place(
        known, {"address": "国贸大厦1508"}, {"address": "东坝镇", "township": "东坝镇"}, {"address": "无名处"}
    )
    assert found["level"].tolist() == ["road", "town", ""]
    assert found["radius_m"].tolist()[:2] == [2_000, 7_000]


def test_a_coarse_landmark_says_nothing_of_a_road() -> None:
    known = landmarks({"name": "中山路", "number": "12", "level": "town", "radius_m": 5_000.0})
    assert place(known, {"address": "中山路12号"})["level"].tolist() == [""]


def test_a_later_confirmation_counts_and_nothing_unconfirmed_is_above_it() -> None:
    known = landmarks(
        {"name": "中山路", "number": "12", "at": "2026-01-01"},
        {"name": "中山路", "number": "12", "at": "2026-03-01", "lat": LAT + 0.01},
        {"name": "中山路", "number": "12", "at": "2026-09-01", "lat": LAT + 0.02, "source": "amap"},
    )
    assert latest_landmarks(known)["lat"].tolist() == [LAT + 0.01]
    assert place(known, {"address": "中山路12号"})["lat"].tolist() == pytest.approx([LAT + 0.01])


def test_a_coarse_answer_does_not_hide_a_fine_one() -> None:
    road = {"name": "中山路", "number": "12", "source": "amap"}
    known = landmarks(
        road | {"level": "door", "radius_m": 100.0},
        road | {"level": "town", "radius_m": 5_000.0, "at": "2026-09-01", "lat": LAT + 0.02},
    )
    assert latest_landmarks(known)["level"].tolist() == ["door"]
    assert place(known, {"address": "中山路12号"})["lat"].tolist() == [LAT]


def test_neither_order_nor_repetition_changes_an_answer() -> None:
    rows = [
        {"name": f"{road}路", "number": str(number), "lat": LAT + number * 1e-4, "lon": LON + index * 1e-3}
        for index, road in enumerate("甲乙丙")
        for number in (1, 2, 7, 40, 41)
    ]
    asked = [{"address": f"{road}路{number}号"} for road in "甲乙丙丁" for number in (1, 3, 20, 40, 99)]
    known = landmarks(*rows)
    first = place(known, *asked)
    for seed in range(2):
        shuffled = pd.concat([known, known]).sample(frac=1, random_state=seed)
        pd.testing.assert_frame_equal(place(shuffled, *asked), first)


def test_a_known_point_becomes_a_landmark_of_all_that_its_address_says() -> None:
    points = pd.DataFrame(
        {
            "address": ["江南大道588号恒鑫大厦", "东坝镇", "无名处", "中山路1号"],
            "adcode": ["330108", "330108", "330108", ""],
            "township": ["", "东坝镇", "", ""],
            "lon": LON,
            "lat": LAT,
            "level": "given",
            "radius_m": 50.0,
            "source": CONFIRMED,
            "at": "2026-01-01",
            "terms": "",
        }
    )
    made = landmarks_at(points)
    assert made[["kind", "name", "number"]].to_numpy().tolist() == [
        ["road", "江南大道", "588"],
        ["building", "恒鑫大厦", ""],
        ["township", "东坝镇", ""],
    ]
    assert made.index.tolist() == [0, 0, 1]
    Landmarks.validate(made[list(Landmarks.to_schema().columns)])
