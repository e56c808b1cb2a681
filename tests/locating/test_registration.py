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
    content = f"社会组织名称,登记管理机关行政区划,住所\n某协会,{CHAOYANG},黄岩院桥镇1号\n".encode()
    rules = PlanSettings(as_of=date(2026, 6, 30))
    intake = read_lists([Source("list.csv", content)], settings=rules, crs=None)
    sheet = geocode_sheet(intake, divisions=the_divisions(), boundaries=the_boundaries(), settings=rules)
    assert sheet["status"].tolist() == ["conflict"]
    assert sheet["candidates"].tolist() == [f"331003|{CHAOYANG}"]


def test_the_file_says_where_a_supervisor_settled_the_county_and_where_it_contradicts_the_authority() -> None:
    rows = ("甲协会,,济南市历下区教育局,某路1号", f"乙协会,{CHAOYANG},济南市历下区教育局,某路1号")
    content = "\n".join(("社会组织名称,登记管理机关行政区划,业务主管单位,住所", *rows)).encode()
    rules = PlanSettings(as_of=date(2026, 6, 30))
    intake = read_lists([Source("list.csv", content)], settings=rules, crs=None)
    sheet = geocode_sheet(intake, divisions=the_divisions(), boundaries=the_boundaries(), settings=rules)
    assert sheet[["county_source", "status", "candidates"]].to_numpy().tolist() == [
        ["name", "ok", ""],
        ["", "conflict", f"370102|{CHAOYANG}"],
    ]
    assert "业务主管单位" in sheet["note"].iloc[0]
