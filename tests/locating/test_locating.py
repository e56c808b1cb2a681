from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.errors import PlanError
from coverage.locating import MAX_ADDRESSES_ON_A_POINT, locate, read_defaults
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from tests import tables

if TYPE_CHECKING:
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

SETTINGS = PlanSettings(as_of=date(2026, 1, 1))
NANJING = {"lon": 118.8, "lat": 32.05, "lon_given": 118.8, "lat_given": 32.05}  # 玄武区
LIXIA = {"lon": 117.07, "lat": 36.66, "lon_given": 117.07, "lat_given": 36.66}  # 历下区


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return load_boundaries()


@pytest.fixture
def run(divisions: Divisions, boundaries: Boundaries) -> Any:
    def _run(*rows: dict[str, Any], settings: PlanSettings = SETTINGS, defaults: str = "") -> tuple[pd.DataFrame, ...]:
        orgs = tables.orgs(*rows)
        return locate(orgs, divisions=divisions, boundaries=boundaries, settings=settings, defaults=defaults)

    return _run


def told(places: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """Return what is told of each row; the neighbours change nothing (see below), so independent rows are one list."""
    return places[list(columns)].to_numpy(dtype=object).tolist()


COUNTIES: list[tuple[dict[str, Any], str, str]] = [
    ({"county": "370102"}, "370102", "county"),
    ({"county": "370102000000"}, "370102", "county"),
    ({"county": "历下区"}, "370102", "county"),
    ({"county": "370102"} | NANJING, "370102", "county"),
    ({"county": "110103"}, "110101", "county"),  # 原崇文区
    ({"county": "鼓楼区", "address": "江苏省徐州市中山北路3号"}, "320302", "county"),
    ({"county": "鼓楼区", "uscc": "51320302MJ0000000X"}, "320302", "county"),
    ({"county": "鼓楼区", "authority_area": "320302"}, "320302", "county"),
    ({"county": "鼓楼区"} | NANJING, "320106", "county"),  # the 鼓楼区 of the city around the point
    ({"county": "鼓楼区"}, "", ""),
    (NANJING, "320102", "point"),
    ({"address": "四川省成都市锦江区牛市口街道1号"}, "510104", "address"),
    ({"name": "成都市锦江区物流协会"}, "510104", "name"),
    ({"address": "朝阳区人民路1号"}, "", ""),
    ({"address": "朝阳区人民路1号", "uscc": "51220104MJ0000000X"}, "220104", "address"),
    ({"address": "朝阳区人民路1号", "uscc": "51220100MJ0000000X"}, "220104", "address"),
    ({"address": "建设路5号"}, "", ""),
    ({"county": "东莞市"}, "441900", "county"),
]


def test_the_county_comes_from_the_best_evidence_and_is_never_guessed(run: Any) -> None:
    places = run(*(row for row, *_ in COUNTIES))[0]
    assert told(places, "adcode", "county_source") == [expected for _, *expected in COUNTIES]


def test_names_of_all_levels_come_with_the_county(run: Any) -> None:
    place = run({"county": "510104"})[0].iloc[0]
    names = [place[name] for name in ("county_name", "city", "city_name", "province", "province_name")]
    assert names == ["锦江区", "510100", "成都市", "510000", "四川省"]


REGISTERED: list[tuple[dict[str, Any], str]] = [
    ({"uscc": "51510104MJ0000000X"}, "510104"),
    ({"uscc": "51510100MJ0000000X"}, "510100"),
    ({"uscc": "51100000MJ0000000X"}, "100000"),
    ({"uscc": "51510104"}, ""),
    ({"authority_area": "370102000000", "uscc": "51510104MJ0000000X"}, "370102"),
    ({"authority_area": "成都市锦江区"}, "510104"),
    ({}, ""),
]


def test_registered_at_is_as_stated_else_in_the_credit_code(run: Any) -> None:
    places = run(*(row for row, _ in REGISTERED))[0]
    assert places["registered"].tolist() == [registered for _, registered in REGISTERED]


LEVELS: list[tuple[dict[str, Any], str, bool]] = [
    (LIXIA, "given", True),
    (LIXIA | {"precision": "door"}, "given", True),
    (LIXIA | {"precision": "road"}, "road", True),
    (LIXIA | {"precision": "town"}, "town", False),
    (LIXIA | {"precision": "county"}, "county", False),
    ({"county": "370102"}, "county", False),
    ({"county": "370102", "precision": "road"}, "county", False),
    ({}, "none", False),
]


def test_a_supplied_point_is_exact_unless_the_list_says_coarser(run: Any) -> None:
    places = run(*(row for row, *_ in LEVELS))[0]
    assert told(places, "location_level", "is_precise") == [expected for _, *expected in LEVELS]
    assert places["lon"].isna().tolist() == ["lon" not in row for row, *_ in LEVELS]


LIMITS: list[tuple[dict[str, Any], str, float]] = [
    ({"county": "370102", "township": "泉城路街道"}, "street", 3_000),
    ({"county": "370102", "township": "某某街道办事处"}, "street", 3_000),
    ({"county": "510524", "township": "叙永镇"}, "town", 6_000),
    ({"county": "431322", "township": "科头乡"}, "rural", 15_000),
    ({"county": "150725", "township": "西乌珠尔苏木"}, "rural", 15_000),
    ({"county": "370102"}, "unknown", 3_000),  # 市辖区
    ({"county": "510524"}, "unknown", 6_000),
    ({}, "unknown", 6_000),
    ({"county": "370102", "travel_limit_m": 500.0}, "unknown", 500),
]


def test_the_travel_limit_follows_the_place_unless_the_row_states_it(run: Any) -> None:
    places = run(*(row for row, *_ in LIMITS))[0]
    assert told(places, "place_kind", "limit_m") == [expected for _, *expected in LIMITS]


def test_the_travel_limits_are_settings(run: Any) -> None:
    settings = SETTINGS.model_copy(update={"travel_rural_m": 9_000})
    assert run({"county": "431322", "township": "科头乡"}, settings=settings)[0]["limit_m"].iloc[0] == 9_000


TOWNSHIPS: list[tuple[dict[str, Any], str]] = [
    ({"county": "370102", "township": "千佛山", "address": "历下区泉城路街道1号"}, "千佛山"),
    ({"county": "370102", "address": "泉城路街道1号"}, "泉城路街道"),
    ({"county": "370102", "address": "山东省济南市历下区泉城路街道1号"}, "泉城路街道"),
    ({"county": "370102", "address": "四川省成都市锦江区牛市口街道1号"}, ""),
]


def test_the_township_is_the_supplied_one_else_one_of_the_county(run: Any) -> None:
    places = run(*(row for row, _ in TOWNSHIPS))[0]
    assert places["township_name"].tolist() == [township for _, township in TOWNSHIPS]


UNSETTLED: list[tuple[dict[str, Any], list[str]]] = [
    ({"county": "370102"} | LIXIA, []),
    ({"county": "370102"} | NANJING, ["V9"]),
    ({"county": "鼓楼区"}, ["V20"]),
    ({"county": "鼓楼区"} | NANJING, ["V9"]),
    ({"county": "桃花源县"} | NANJING, ["V20"]),
    ({"address": "建设路5号"}, ["V21"]),
    (NANJING, []),
]


def test_what_cannot_be_settled_is_reported(run: Any) -> None:
    problems = run(*(row for row, _ in UNSETTLED))[1]
    told_of = [problems.loc[problems["row"] == number, "code"].tolist() for number in range(2, len(UNSETTLED) + 2)]
    assert told_of == [codes for _, codes in UNSETTLED]


def test_a_point_in_another_county_is_named(run: Any) -> None:
    problem = run({"county": "370102", "row": 7} | NANJING)[1].iloc[0]
    assert (problem["row"], problem["value"], problem["detail"]) == (7, "370102", "南京市玄武区")


def test_equal_names_are_told_as_candidates(run: Any) -> None:
    assert run({"address": "朝阳区人民路1号"})[1]["detail"].iloc[0] == "北京市朝阳区 / 长春市朝阳区"


def many(addresses: list[str], **more: Any) -> list[dict[str, Any]]:
    return [LIXIA | {"county": "370102", "address": address} | more for address in addresses]


def test_one_point_for_more_than_twenty_addresses_is_a_fallback(run: Any) -> None:
    places, problems = run(*many([f"第{n}大街{n}号" for n in range(MAX_ADDRESSES_ON_A_POINT + 1)]))
    assert set(places["location_level"]) == {"town"}
    assert not places["is_precise"].any()
    assert problems["code"].tolist() == ["V10"] * (MAX_ADDRESSES_ON_A_POINT + 1)
    assert problems["detail"].iloc[0] == "21"


def test_twenty_addresses_are_none(run: Any) -> None:
    places, problems = run(*many([f"第{n}大街{n}号" for n in range(MAX_ADDRESSES_ON_A_POINT)]))
    assert places["is_precise"].all()
    assert problems.empty


def test_an_incubator_full_of_organisations_is_none(run: Any) -> None:
    rooms = [f"创业路1号A座{floor}层{floor}0{room}室" for floor in range(1, 6) for room in range(1, 7)]
    places, problems = run(*many(rooms))
    assert places["is_precise"].all()
    assert problems.empty


def test_a_fallback_never_makes_a_coarse_point_finer(run: Any) -> None:
    rows = many([f"第{n}大街{n}号" for n in range(30)], precision="county")
    assert set(run(*rows)[0]["location_level"]) == {"county"}


DEFAULTED: list[tuple[dict[str, Any], str, str]] = [
    ({"address": "朝阳区人民路1号"}, "220104", "default"),
    ({"county": "朝阳区"}, "220104", "county"),
    ({"address": "北京市朝阳区人民路1号"}, "110105", "address"),
]


def test_defaults_choose_between_equal_names_only(run: Any) -> None:
    places = run(*(row for row, *_ in DEFAULTED), defaults="吉林省长春市")[0]
    assert told(places, "adcode", "county_source") == [expected for _, *expected in DEFAULTED]


@pytest.mark.parametrize(
    ("text", "names"), [("province=四川省,city=成都市", "四川省成都市"), ("city=成都", "成都市"), ("", "")]
)
def test_defaults_are_names_of_divisions(divisions: Divisions, text: str, names: str) -> None:
    assert read_defaults(text, divisions) == names


@pytest.mark.parametrize("text", ["county=锦江区", "province=蜀国", "四川省"])
def test_unknown_defaults_are_refused(divisions: Divisions, text: str) -> None:
    with pytest.raises(PlanError):
        read_defaults(text, divisions)


def test_rows_keep_their_order_and_an_empty_list_is_fine(run: Any) -> None:
    rows = [{"county": "510104"}, {}, LIXIA]
    assert run(*rows)[0]["org_id"].tolist() == ["O001", "O002", "O003"]
    places, problems = run()
    assert places.empty
    assert problems.empty


def test_the_answer_does_not_depend_on_the_neighbours(run: Any) -> None:
    rows = [{"county": "鼓楼区"}, {"address": "朝阳区人民路1号", "uscc": "51220104MJ0000000X"}, NANJING, {}]
    together = run(*rows)[0].drop(columns="org_id")
    alone = pd.concat([run(row)[0] for row in rows], ignore_index=True).drop(columns="org_id")
    pd.testing.assert_frame_equal(together, alone)


def test_a_known_township_places_an_organisation_without_a_point_but_never_to_a_distance(run: Any) -> None:
    places, _ = run(
        {"address": "浙江省东阳市横店镇万盛街1号"},
        {"address": "福建省德化县龙浔镇南环路"},  # no place of GeoNames
        {"address": "浙江省东阳市某路1号"},
        {"address": "浙江省东阳市横店镇万盛街1号", "lon": 120.3, "lat": 29.15},
    )
    assert places["location_level"].tolist() == ["town", "county", "county", "given"]
    assert places["location_radius_m"][0] == 7_000
    assert places["is_precise"].tolist() == [False, False, False, True]
    assert places["lon"][:3].isna().all()


def test_the_registration_authority_counts_where_no_text_says_otherwise(run: Any) -> None:
    places, _ = run(
        {"address": "人民路1号", "uscc": "51320302MJ0000000X"},
        {"address": "浙江省杭州市人民路1号", "uscc": "51320302MJ0000000X"},  # another city
        {"address": "人民路1号", "uscc": "51320300MJ0000000X"},  # a city's authority
    )
    assert places["adcode"].tolist() == ["320302", "", ""]
    assert places["county_source"].tolist() == ["uscc", "", ""]


def test_the_supervisor_counts_before_the_authority_where_no_text_says_otherwise(run: Any) -> None:
    code = {"uscc": "51320302MJ0000000X"}  # 徐州市鼓楼区
    places, _ = run(
        {"address": "人民路1号", "supervisor": "济南市历下区教育和体育局"},
        {"address": "人民路1号", "supervisor": "鼓楼区民政局"} | code,
        {"address": "人民路1号", "supervisor": "鼓楼区民政局"},
        {"address": "鼓楼区中山路1号", "supervisor": "南京市鼓楼区民政局"},
        {"address": "浙江省杭州市人民路1号", "supervisor": "济南市历下区教育和体育局"},  # another city
        {"address": "人民路1号", "supervisor": "济南市历下区教育和体育局"} | code,  # two authorities, two counties
        {"address": "济南市市中区人民路1号", "supervisor": "济南市历下区教育和体育局"},
        {"address": "人民路1号", "supervisor": "山东省教育厅"},
    )
    assert told(places, "adcode", "county_source") == [
        ["370102", "supervisor"],
        ["320302", "supervisor"],
        ["", ""],
        ["320106", "supervisor"],
        ["", ""],
        ["", ""],
        ["370103", "address"],
        ["", ""],
    ]
