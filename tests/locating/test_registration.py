"""The registration authority's county is taken where nothing else speaks, and never against the words of an address."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from coverage.counties import Gazetteer, build_gazetteer, find_county
from coverage.export import geocode_sheet
from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings
from store.places import the_boundaries, the_divisions

if TYPE_CHECKING:
    from coverage.counties import CountyEvidence

CHAOYANG = "110105"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return build_gazetteer(the_divisions())


def evidence(gazetteer: Gazetteer, address: str, name: str = "某协会") -> CountyEvidence:
    row = {"name": name, "address": address, "uscc": "", "county": "", "supervisor": "", "authority_area": CHAOYANG}
    orgs = pd.DataFrame([row]).astype("str").assign(lon=np.nan, lat=np.nan)
    return find_county(orgs, gazetteer, boundaries=the_boundaries())


@pytest.mark.parametrize(
    ("address", "name", "candidate"),
    [
        ("黄岩院桥镇1号", "某协会", "331003"),
        ("昆山周庄镇全福路1号", "某协会", "320583"),
        ("周庄镇全福路", "昆山某某协会", "320281"),  # townships of that name, none of them in 朝阳区
        ("萧山建设路5号", "某协会", "330109"),
    ],
)
def test_words_that_mean_another_county_leave_it_open(
    gazetteer: Gazetteer, address: str, name: str, candidate: str
) -> None:
    found = evidence(gazetteer, address, name)
    assert found.adcode[0] == ""
    assert {candidate, CHAOYANG} <= set(found.written["candidates"][0].split("|"))


@pytest.mark.parametrize("address", ["建设路5号", "金沙江路3131号", "萧山路5号", "望京街道1号"])
def test_words_that_mean_nothing_else_leave_it_to_the_authority(gazetteer: Gazetteer, address: str) -> None:
    found = evidence(gazetteer, address)
    assert found.adcode[0] == CHAOYANG


def test_the_file_of_places_tells_of_the_conflict() -> None:
    sheet = sheet_of(f"某协会,{CHAOYANG},,黄岩院桥镇1号")
    assert sheet["status"].tolist() == ["conflict"]
    assert sheet["candidates"].tolist() == [f"331003|{CHAOYANG}"]


def sheet_of(*rows: str, defaults: str = "") -> pd.DataFrame:
    """Return what `geocode` writes of rows: name, area of the authority, supervisor, address."""
    content = "\n".join(("社会组织名称,登记管理机关行政区划,业务主管单位,住所", *rows)).encode()
    rules = PlanSettings(as_of=date(2026, 6, 30))
    intake = read_lists([Source("list.csv", content)], settings=rules, crs=None)
    return geocode_sheet(
        intake, divisions=the_divisions(), boundaries=the_boundaries(), settings=rules, defaults=defaults
    )


def test_the_file_says_where_a_supervisor_settled_the_county_and_where_it_contradicts_the_authority() -> None:
    sheet = sheet_of("甲协会,,济南市历下区教育局,某路1号", f"乙协会,{CHAOYANG},济南市历下区教育局,某路1号")
    assert sheet[["county_source", "status", "candidates"]].to_numpy().tolist() == [
        ["name", "ok", ""],
        ["", "conflict", f"370102|{CHAOYANG}"],
    ]
    assert "业务主管单位" in sheet["note"].iloc[0]
    assert "登记管理机关" in sheet["note"].iloc[1]


@pytest.mark.parametrize(
    ("row", "candidates"),
    [
        ("某协会,,济南市历下区教育局,萧山建设路5号", "330109|370102"),
        (f"某协会,{CHAOYANG},北京市朝阳区教育局,黄岩院桥镇1号", f"331003|{CHAOYANG}"),
        ("某协会,,济南市历下区教育局,鼓楼区中山路1号", "320106|320302|350102|410204|370102"),
        ("鼓楼区某协会,,济南市历下区教育局,", "320106|320302|350102|410204|370102"),
        (f"某协会,{CHAOYANG},济南市历下区教育局,萧山建设路5号", f"330109|370102|{CHAOYANG}"),
        ("某协会,330100,济南市历下区教育局,某路1号", "370102"),  # registered in another city
        ("某协会,441900,济南市历下区教育局,某路1号", "370102|441900"),  # a city without counties
    ],
)
@pytest.mark.parametrize("defaults", ["", "广东省东莞市"])
def test_a_supervisor_elsewhere_is_in_conflict_whatever_the_defaults(row: str, candidates: str, defaults: str) -> None:
    sheet = sheet_of(row, defaults=defaults)
    assert sheet[["county", "status", "candidates"]].to_numpy().tolist() == [["", "conflict", candidates]]
    assert "不一致" in sheet["note"].iloc[0]


@pytest.mark.parametrize(
    ("row", "defaults", "county"),
    [
        ("某协会,,徐州市鼓楼区民政局,鼓楼区中山路1号", "江苏省南京市", "320302"),
        ("某协会,,济南市历下区教育局,人民路1号", "广东省东莞市", "370102"),
        ("某协会,,,黄岩院桥镇1号", "广东省东莞市", "331003"),  # words of the list before what it does not say
        ("某协会,,,鼓楼区中山路1号", "江苏省南京市", "320106"),
        ("某协会,,鼓楼区民政局,徐州市人民路1号", "", "320302"),  # the one in the stated city
        ("某协会,370100,历下区教育局,人民路1号", "", "370102"),
    ],
)
def test_the_list_counts_before_the_defaults(row: str, defaults: str, county: str) -> None:
    assert sheet_of(row, defaults=defaults)[["county", "status"]].to_numpy().tolist() == [[county, "ok"]]


def test_a_name_says_nothing_against_the_city_of_its_address() -> None:
    sheet = sheet_of(
        "济南市历下区某协会,,,浙江省杭州市人民路1号",
        "济南市历下区某协会,330106,,浙江省杭州市人民路1号",
        "济南市历下区某协会,,,山东省人民路1号",
        "古县某协会,,,岳阳镇人民路1号",  # a town, not the city of 岳阳
    )
    assert sheet[["city", "county", "county_source", "status"]].to_numpy().tolist() == [
        ["杭州市", "", "", "none"],
        ["杭州市", "330106", "uscc", "ok"],
        ["济南市", "370102", "name", "ok"],
        ["临汾市", "141025", "name", "ok"],
    ]


def test_what_a_name_may_mean_lies_in_the_city_of_its_address() -> None:
    sheet = sheet_of(
        "鼓楼区餐饮商会,320106,,福州市五一北路1号",
        "朝阳区餐饮商会,110105,,长春市人民大街1号",
        "朝阳区餐饮商会,,,长春市人民大街1号",
    )
    assert sheet[["county", "county_source"]].to_numpy().tolist() == [
        ["350102", "name"],
        ["220104", "name"],
        ["220104", "name"],
    ]
