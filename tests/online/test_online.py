"""What is asked of a geocoding service, and what of its answers is taken."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage.export.online import with_judgements
from coverage.online import Answers, find_questions, judge_answers
from geo.boundaries import Boundaries
from tests import tables

LIXIA, SHIZHONG = "370102", "370103"
NO_POINT = {"is_precise": False, "location_level": "county", "lon": float("nan"), "lat": float("nan")}
OPEN_COUNTY = {"adcode": "", "county_name": "", "city": "", "city_name": "", "province_name": "", "province": ""}


def squares() -> Boundaries:
    """Two counties side by side, a degree each."""
    areas = gpd.GeoDataFrame(
        {"adcode": [LIXIA, SHIZHONG]},
        geometry=[shapely.box(117, 36, 118, 37), shapely.box(116, 36, 117, 37)],
        crs=4326,
    )
    return Boundaries(areas, areas, areas, areas, {})


def questions(*rows: tuple[dict[str, Any], dict[str, Any]]) -> pd.DataFrame:
    orgs = tables.orgs(*(org for org, _ in rows))
    return find_questions(orgs, tables.places(orgs, *(place for _, place in rows)))


def answers(*rows: dict[str, Any]) -> pd.DataFrame:
    usual = {"city": "370100", "state": "found", "lon": 117.5, "lat": 36.5, "level": "door", "label": "there"}
    return Answers.validate(pd.DataFrame([usual | {"addresses": 1, "at": "2026"} | row for row in rows]))


def test_what_is_asked_says_the_city_and_neither_room_nor_telephone() -> None:
    texts = {
        "山东省济南市历下区泉城路1号3楼305室": "山东省济南市历下区泉城路1号",
        "历下区泉城路１号": "山东省济南市历下区泉城路1号",
        "山东济南历下区泉城路1号": "山东济南历下区泉城路1号",
        "济南泉城路1号": "济南泉城路1号",
        "泉城路 1 号": "山东省济南市泉城路1号",
        "山东省泉城路1号": "山东省济南市泉城路1号",
        "泉城路1号0531-86012345": "山东省济南市泉城路1号",
        "泉城路1号 电话0531-8601 2345": "山东省济南市泉城路1号",
        "泉城路1号（联系电话：０５３１－８６０１２３４５）": "山东省济南市泉城路1号",
        "泉城路1号，Tel: 8601-2345": "山东省济南市泉城路1号",
        "泉城路1号 (0531) 8601 2345": "山东省济南市泉城路1号",
        "泉城路1号 0531-8601 2345转801": "山东省济南市泉城路1号",
        "0531—8601234，泉城路1号": "山东省济南市泉城路1号",
        "泉城路1号400-860-1234": "山东省济南市泉城路1号",
        "泉城路1号 服务热线：4008-601-234": "山东省济南市泉城路1号",
        "泉城路1号 电话/传真：0531-86012345": "山东省济南市泉城路1号",
        "泉城路1号 T:0531-86012345 F:8601 2346": "山东省济南市泉城路1号",
        "泉城路1号 传真 86012345、Fax.8601-2346": "山东省济南市泉城路1号",
        "泉城路1号 +86 13812345678": "山东省济南市泉城路1号",
        "泉城路1号+86-531-8601 2345": "山东省济南市泉城路1号",
        "泉城路1号 (+86)0531 8601 2345": "山东省济南市泉城路1号",
        "泉城路1号0086-531-86012345": "山东省济南市泉城路1号",
        "泉城路1号0531-86012345、8601-2346": "山东省济南市泉城路1号",
        "泉城路1号 0531-8601 2345/8601 2346转801、802(传真)": "山东省济南市泉城路1号",
        "泉城路1号 电话：86012345或86012346-801": "山东省济南市泉城路1号",
        "泉城路1号0531-86012345，1001-1002号": "山东省济南市泉城路1号,1001-1002号",
        "泉城路1号Great Hotel 1234-5678": "山东省济南市泉城路1号GreatHotel1234-5678",
        "泉城路400号800-1室": "山东省济南市泉城路400号",
        "电话局路1001-1002号": "山东省济南市电话局路1001-1002号",
        "路" * 200: "山东省济南市" + "路" * 100,
    }
    asked = questions(*(({"address": address}, NO_POINT) for address in texts))
    assert dict(zip(asked["address"], asked["text"], strict=True)) == texts
    assert set(asked["city"]) == {"370100"}


def test_only_who_has_an_address_and_no_point_is_asked_for() -> None:
    asked = questions(
        ({"address": "历下区甲路1号"}, {}),
        ({"address": ""}, NO_POINT),
        ({"address": "0531-86012345"}, NO_POINT),
        ({"address": "历下区乙路1号"}, NO_POINT),
        ({"address": "历下区甲路1号"}, {"is_precise": True, "location_level": "road"}),
    )
    assert asked["org_id"].tolist() == ["O004"]


def test_the_quota_goes_first_where_many_ask_and_the_county_is_known() -> None:
    asked = questions(
        ({"address": "人民路1号"}, NO_POINT | OPEN_COUNTY),
        ({"address": "历下区甲路1号"}, NO_POINT),
        ({"address": "历下区乙路2号101室"}, NO_POINT),
        ({"address": "历下区乙路2号202室"}, NO_POINT),
    )
    assert asked["org_id"].tolist() == ["O003", "O004", "O002", "O001"]


#: An answer, where the organisation is without it, and what becomes of the answer.
JUDGED: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    ({}, {}, "taken"),
    ({"level": "road"}, {}, "taken"),
    ({"level": "town"}, {}, "taken"),
    ({"level": "town"}, {"location_level": "town"}, "coarse"),
    ({"level": "road"}, {"location_level": "town"}, "taken"),
    ({"level": "zone"}, {}, "coarse"),
    ({"level": "county"}, {}, "coarse"),
    ({"lon": 116.5}, {}, "elsewhere"),
    ({"lon": 120.5}, {}, "elsewhere"),
    ({"addresses": 20}, {}, "taken"),
    ({"addresses": 21}, {}, "crowded"),
    ({"addresses": 21, "lon": 116.5}, {}, "crowded"),
    ({"state": "none", "lon": float("nan"), "level": ""}, {}, "nothing"),
    ({"state": "failed", "lon": float("nan"), "level": ""}, {}, "failed"),
    ({"state": "open", "lon": float("nan"), "level": ""}, {}, "open"),
    ({"text": "济南市历下区别的路1号"}, {}, "open"),
)


def test_what_becomes_of_an_answer() -> None:
    addresses = [f"济南市历下区泉城路{number}号" for number in range(10, 10 + len(JUDGED))]
    asked = questions(
        *(({"address": text}, NO_POINT | place) for text, (_, place, _) in zip(addresses, JUDGED, strict=True))
    )
    told = answers(*({"text": text} | answer for text, (answer, _, _) in zip(addresses, JUDGED, strict=True)))
    judged = judge_answers(asked, told, boundaries=squares()).set_index("address")["judgement"]
    assert judged[addresses].tolist() == [judgement for *_, judgement in JUDGED]


def test_a_point_for_an_unknown_county_is_for_a_person_to_decide() -> None:
    asked = questions(({"address": "人民路1号"}, NO_POINT | OPEN_COUNTY))
    judged = judge_answers(asked, answers({"text": "人民路1号", "city": ""}), boundaries=squares())
    assert judged[["judgement", "point_adcode"]].to_numpy().tolist() == [["undecided", LIXIA]]


def test_nothing_asked_is_nothing_judged() -> None:
    asked = questions(({"address": ""}, NO_POINT))
    assert judge_answers(asked, Answers.empty(), boundaries=squares()).empty


def test_the_sheet_shows_what_was_taken_and_what_was_not() -> None:
    asked = questions(
        ({"address": "历下区甲路1号"}, NO_POINT),
        ({"address": "历下区乙路1号"}, NO_POINT),
        ({"address": "丙路1号"}, NO_POINT | OPEN_COUNTY),
        ({"address": "历下区丁路1号"}, NO_POINT),
    )
    told = answers(
        {"text": "山东省济南市历下区甲路1号", "lon": 117.1234567},
        {"text": "山东省济南市历下区乙路1号", "lon": 116.5},
        {"text": "丙路1号", "city": ""},
        {"text": "山东省济南市历下区丁路1号", "addresses": 30},
    )
    row = {"county": LIXIA, "lon": "117.000000", "lat": "36.500000", "level": "county", "radius_m": "9000"}
    row |= {"status": "ok", "candidates": "", "note": ""}
    rows = [row | {"org_id": f"O00{number}"} for number in (2, 3, 4, 1)] + [row | {"org_id": ""}]
    rows[1] |= {"county": "", "status": "none", "candidates": "", "note": "before"}
    contradicting = [rows[1] | {"status": "conflict", "candidates": f"{SHIZHONG}|{LIXIA}"}]
    judged = judge_answers(asked, told, boundaries=squares())

    names = {LIXIA: "历下区", SHIZHONG: "市中区"}
    sheet = with_judgements(pd.DataFrame(rows, dtype="str"), judged, provider="map", names=names)

    columns = ["lon", "level", "radius_m", "status", "candidates"]
    assert sheet[columns].to_numpy().tolist() == [
        ["117.000000", "county", "9000", "conflict", f"{LIXIA}|{SHIZHONG}"],
        ["117.000000", "county", "9000", "ambiguous", LIXIA],
        ["117.000000", "county", "9000", "ok", ""],
        ["117.123457", "door", "200", "ok", ""],
        ["117.000000", "county", "9000", "ok", ""],
    ]
    again = with_judgements(pd.DataFrame(contradicting, dtype="str"), judged, provider="map", names=names)
    assert again[["status", "candidates"]].to_numpy().tolist() == [["conflict", f"{SHIZHONG}|{LIXIA}"]]
    assert ["市中区" in sheet["note"][0], sheet["note"][1].startswith("before"), "30" in sheet["note"][2]] == [True] * 3
    assert "map" in sheet["note"][3]
    assert sheet["note"][4] == ""
