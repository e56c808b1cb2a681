from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coverage.business import CLASS_OF_INDUSTRY, describe_business
from geo.divisions import load_divisions
from tests import tables

if TYPE_CHECKING:
    from geo.divisions import Divisions


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


@pytest.mark.parametrize(
    ("row", "code", "class14", "source"),
    [
        ({"class14": "7"}, "", "7", "given"),
        ({"class14": "7", "industry_code": "8330"}, "8330", "7", "given"),
        ({"industry_code": "8330"}, "8330", "4", "industry"),
        ({"industry_code": "P8330"}, "8330", "4", "industry"),
        ({"industry_code": "８４"}, "84", "5", "industry"),
        ({"industry_code": "723"}, "723", "10", "industry"),
        ({"industry_code": "7299"}, "7299", "", ""),
        ({"industry_code": "0111"}, "0111", "2", "industry"),
        ({"industry_code": "1361"}, "1361", "1", "industry"),
        ({"industry_code": "9541"}, "9541", "11", "industry"),
        ({"industry_code": "9521"}, "9521", "", ""),  # 专业性团体: of any field
        ({"industry_code": "9530"}, "9530", "", ""),  # 基金会: for any purpose
        ({"industry_code": "S"}, "", "", ""),
        ({"industry_code": "123456"}, "", "", ""),
        ({}, "", "", ""),
    ],
)
def test_the_class_is_given_or_follows_from_a_clear_code(
    divisions: Divisions, row: dict[str, str], code: str, class14: str, source: str
) -> None:
    business = describe_business(tables.orgs(row), divisions=divisions).iloc[0]
    assert (business["industry_code"], business["class14"], business["class14_source"]) == (code, class14, source)


def test_every_class_of_the_table_exists() -> None:
    assert set(CLASS_OF_INDUSTRY.values()) <= {str(number) for number in range(1, 15)}
    assert {len(code) for code in CLASS_OF_INDUSTRY} == {2, 3}


@pytest.mark.parametrize(
    ("name", "scope", "text"),
    [
        ("四川省成都市锦江区物流协会", "", "物流"),
        ("四川成都农民工服务中心", "", "农民工"),
        ("杭州西湖龙井茶商会", "", "西湖龙井茶"),
        ("和平里社区养老服务中心", "开展北京市养老服务。", "和平里社区养老 开展养老服务"),
        ("成都市商会", "", ""),
        ("蓝天救援队(第2支)", "", "蓝天救援队 第 支"),
    ],
)
def test_places_and_type_words_are_stripped(divisions: Divisions, name: str, scope: str, text: str) -> None:
    business = describe_business(tables.orgs({"name": name, "scope": scope}), divisions=divisions)
    assert business["business_text"].tolist() == [text]


def test_an_empty_list_is_fine(divisions: Divisions) -> None:
    assert describe_business(tables.orgs(), divisions=divisions).empty
