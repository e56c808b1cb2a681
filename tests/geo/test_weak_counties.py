"""Counties that only weak words state: two independent hints settle one, a road or a rival does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.address.weak import Hints, WeakWords, build_weak_words, settle
from geo.divisions import build_matcher, find_counties, load_divisions

if TYPE_CHECKING:
    from geo.divisions import Divisions, PlaceMatcher


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


@pytest.fixture(scope="module")
def matcher(divisions: Divisions) -> PlaceMatcher:
    return build_matcher(divisions)


@pytest.fixture(scope="module")
def words(divisions: Divisions) -> WeakWords:
    return build_weak_words(divisions)


class Asked:
    """What stands around an address."""

    def __init__(self, divisions: Divisions, matcher: PlaceMatcher, words: WeakWords) -> None:
        self.divisions, self.matcher, self.words = divisions, matcher, words

    def answer(self, address: str, name: str = "", registered: str = "") -> tuple[str, str]:
        addresses, names = pd.Series([address], dtype="str"), pd.Series([name], dtype="str")
        stated, called = (find_counties(texts, self.divisions, matcher=self.matcher) for texts in (addresses, names))
        hints = Hints(
            stated["city"],
            stated["province"],
            stated["candidates"],
            called["city"],
            called["province"],
            pd.Series([registered], dtype="str"),
            pd.Series([""], dtype="str"),
        )
        found = settle(addresses, names, hints, words=self.words, matcher=self.matcher)
        return str(found["adcode"][0]), str(found["candidates"][0])


@pytest.fixture(scope="module")
def asked(divisions: Divisions, matcher: PlaceMatcher, words: WeakWords) -> Asked:
    return Asked(divisions, matcher, words)


@pytest.mark.parametrize(
    ("address", "name", "county"),
    [
        ("台州市黄岩横街路88号", "", "331003"),  # a short name after its city
        ("青海西宁城东八一中路", "", "630102"),  # 宁城 is a county, too, but not here
        ("无锡市胡埭镇人民东路9号", "", "320211"),  # a township of the stated city
        ("丁字沽街道", "", ""),  # 天津, but nothing else says so
        ("包头市昆区钢铁大街", "", "150203"),  # 昆都仑区
        ("前郭县大山乡", "松原市某协会", "220721"),  # 前郭尔罗斯蒙古族自治县
        ("江北区人民路73号", "宁波市某协会", "330205"),  # two counties of this name, the name of the body decides
        ("江北区人民路73号", "某协会", ""),
        ("郑州市郑东新区龙子湖北路", "", "410105"),  # a zone of that city
        ("高新区科技路", "", ""),  # every city has one
        ("金沙江路3131号", "上海某协会", ""),  # a road, not 金沙县
        ("长沙市南湖路8号", "", ""),  # 长沙 is the city, not 长沙县
        ("城关区东方红路3号", "", ""),  # 东方 is a city in Hainan
        ("", "句容市某协会", ""),  # the name alone is no address
    ],
)
def test_weak_words_settle_a_county_where_two_hints_agree(asked: Asked, address: str, name: str, county: str) -> None:
    assert asked.answer(address, name)[0] == county


def test_the_registration_authority_decides_between_rivals_but_not_alone(asked: Asked) -> None:
    assert asked.answer("江北区人民路73号", registered="330205")[0] == "330205"
    assert asked.answer("人民路73号", registered="330205")[0] == ""


def test_a_stated_city_is_never_contradicted(asked: Asked, divisions: Divisions) -> None:
    adcode, _ = asked.answer("南京市黄岩路口镇政府旁黄岩", "台州市黄岩某协会")
    assert adcode == "" or adcode.startswith("3201")


def test_every_known_zone_lies_in_a_county_of_its_city(divisions: Divisions) -> None:
    zones = divisions.zone_counties.merge(divisions.counties, on="adcode", suffixes=("", "_true"))
    assert len(zones) == len(divisions.zone_counties) > 300
    assert (zones["city_name"] == zones["city_name_true"]).all()
    assert (zones["county_name"] == zones["name"]).all()


@pytest.mark.parametrize(
    ("written", "county"),
    [
        ("廣東省東莞市虎門鎮運河北路84號", "441900"),
        ("⻄安市⻓安区某路", "610116"),
        ("内蒙呼和浩特新城区新华大街", "150102"),
        ("浙江省杭州市西湖区文三路", "330106"),
    ],
)
def test_characters_are_read_however_they_are_written(
    divisions: Divisions, matcher: PlaceMatcher, written: str, county: str
) -> None:
    assert find_counties(pd.Series([written], dtype="str"), divisions, matcher=matcher)["adcode"][0] == county


@pytest.mark.parametrize(
    ("written", "city", "county"),
    [
        ("朝阳镇张家街", "", ""),
        ("大同乡人民政府", "", ""),
        ("朝阳市双塔区朝阳镇1号", "211300", "211302"),
        ("江苏镇江京口区1号", "321100", "321102"),
        ("浙江镇海区1号", "330200", "330211"),
        ("云南镇雄县1号", "530600", "530627"),
        ("山西乡宁县1号", "141000", "141029"),
        ("四川乡城县1号", "513300", "513336"),
    ],
)
def test_a_town_called_like_a_city_is_none(
    divisions: Divisions, matcher: PlaceMatcher, written: str, city: str, county: str
) -> None:
    found = find_counties(pd.Series([written], dtype="str"), divisions, matcher=matcher)
    assert found[["city", "adcode"]].to_numpy().tolist() == [[city, county]]


def test_no_division_begins_as_a_town_ends(divisions: Divisions, matcher: PlaceMatcher) -> None:
    """镇江 and 乡宁 behind a short name are told from a town of that name by their second character."""
    tables = (divisions.provinces, divisions.cities, divisions.counties)
    names = pd.concat([table["name"] for table in tables])
    named = names[names.str.match("[镇乡]")].unique()
    found = find_counties(pd.Series([f"江苏{name}" for name in named], dtype="str"), divisions, matcher=matcher)
    assert len(named) > 10
    assert (found["province"] == "320000").all()
