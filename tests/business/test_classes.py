"""The class of an organisation from its supervisor and its words; a class that is not clear stays unknown."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from coverage.business import describe_business
from coverage.business.lexicon import LEXICON, read_bureaus, read_lexicon
from coverage.business.supervisors import class_of_supervisor
from geo.divisions import load_divisions
from tests import tables

if TYPE_CHECKING:
    from geo.divisions import Divisions


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


@pytest.mark.parametrize(
    ("row", "class14", "source"),
    [
        ({"name": "嵊州市越剧戏迷协会"}, "6", "words"),
        ({"name": "赣州市南康区脐橙种植协会"}, "2", "words"),
        ({"name": "义乌市国际货运代理协会"}, "1", "words"),
        ({"name": "佛山市龙舟运动协会"}, "7", "words"),  # 佛 is a place here
        ({"name": "兽医协会"}, "2", "words"),  # not 医
        ({"name": "书法家协会"}, "6", "words"),  # not 法
        ({"name": "某社会工作服务中心", "scope": "农民工法律援助"}, "9", "words"),
        ({"name": "某某中心", "scope": "残疾人托养、康复"}, "9", "words"),
        ({"name": "某某中心"}, "", ""),
        ({"name": "某某中心", "scope": "足球、越剧"}, "", ""),  # two fields, neither ahead
        ({"name": "某市煤炭协会"}, "1", "words"),
        ({"name": "某市煤炭学会"}, "3", "words"),
        ({"name": "阳光中心", "supervisor": "安吉县教育局"}, "4", "supervisor"),
        ({"name": "越剧协会", "supervisor": "安吉县体育局"}, "7", "supervisor"),
        ({"name": "越剧协会", "supervisor": "安吉县文化和旅游局"}, "6", "words"),  # a bureau of several fields
        ({"name": "越剧协会", "supervisor": "安吉县体育局", "industry_code": "8411"}, "5", "industry"),
    ],
)
def test_the_class_is_that_of_the_first_clear_evidence(
    divisions: Divisions, row: dict[str, str], class14: str, source: str
) -> None:
    business = describe_business(tables.orgs(row), divisions=divisions).iloc[0]
    assert (business["class14"], business["class14_source"]) == (class14, source)


def test_the_word_that_decides_is_named(divisions: Divisions) -> None:
    business = describe_business(tables.orgs({"name": "赣州市南康区脐橙服务中心"}), divisions=divisions)
    assert business["class14_word"].tolist() == ["脐橙"]


def test_every_word_is_of_one_class_and_long_enough() -> None:
    lexicon = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    words = [
        word
        for kinds in lexicon.values()
        for kind, texts in kinds.items()
        if kind != "bureaus"
        for word in texts.split()
    ]

    assert [word for word, count in Counter(words).items() if count > 1] == []
    assert [word for word in words if len(word) < 2] == []
    assert set(lexicon) == {*(str(number) for number in range(1, 15)), "cut"}
    assert len(read_lexicon()) > 3_000


def test_no_bureau_stands_for_two_classes() -> None:
    names = tables.orgs(*({"supervisor": f"某县{name}"} for name in read_bureaus()))["supervisor"]
    assert class_of_supervisor(names).tolist() == list(read_bureaus().values())
