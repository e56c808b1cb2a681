from __future__ import annotations

from ui.labels import area_labels, distinct_labels


def test_what_stands_once_is_said_as_it_is() -> None:
    assert distinct_labels({"1": "甲", "2": "乙"}) == {"1": "甲", "2": "乙"}


def test_of_two_of_one_name_each_is_said_with_its_key() -> None:
    assert distinct_labels({"1": "甲", "2": "甲", "3": "乙"}) == {"1": "甲（1）", "2": "甲（2）", "3": "乙"}


def test_no_two_are_the_same_though_one_is_called_like_another_with_its_key() -> None:
    told = distinct_labels({"1": "甲", "2": "甲", "3": "甲（1）"})

    assert len(set(told.values())) == 3


def test_two_counties_of_one_name_are_said_with_their_city() -> None:
    assert area_labels(["320106", "320302", "330502"]) == {
        "320106": "鼓楼区（南京市）",
        "320302": "鼓楼区（徐州市）",
        "330502": "吴兴区",
    }


def test_a_code_that_no_table_knows_is_its_own_name() -> None:
    assert area_labels(["990101"]) == {"990101": "990101"}
