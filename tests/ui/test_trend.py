"""Which days leaders see beside each other: none whose step tells of a few organisations, nor lets it be worked out."""

from __future__ import annotations

import pandas as pd
import pytest

from ui import trend
from ui.loading import areas
from ui.trend import Day

#: A city and two of its counties.
CITY, ONE, OTHER = "330500", "330502", "330503"


def day(as_of: str, counts: dict[str, int]) -> Day:
    """A day of a city and its counties: how many of a hundred each have a unit."""
    levels = {CITY: "city"}
    rows = [
        {
            "adcode": code,
            "level": levels.get(code, "county"),
            "K1_num": count,
            "K1_den": 100,
            "K1_rate": float(count),
            "after_K1_num": count + 10,
            "after_K1_den": 100,
            "after_K1_rate": float(count + 10),
        }
        for code, count in counts.items()
    ]
    return Day(as_of, pd.DataFrame(rows))


def told(days: list[Day], code: str, *, hide_below: int) -> list[str]:
    found = trend._told_days(days, areas().by_code[code], "K1", hide_below=hide_below)
    return [each.as_of for each in found]


@pytest.fixture
def days() -> list[Day]:
    """From one day to the other one county has four units more, the other one a single one."""
    return [
        day("2026-01-01", {CITY: 35, ONE: 15, OTHER: 20}),
        day("2026-06-30", {CITY: 40, ONE: 19, OTHER: 21}),
    ]


def test_a_small_step_of_one_part_leaves_its_day_out_of_another_part_too(days: list[Day]) -> None:
    assert told(days, OTHER, hide_below=3) == ["2026-06-30"]
    assert told(days, ONE, hide_below=3) == ["2026-06-30"]  # else 40 - 35 less 19 - 15 tells the other one's step
    assert told(days, CITY, hide_below=3) == ["2026-01-01", "2026-06-30"]


def test_planners_see_every_day(days: list[Day]) -> None:
    assert told(days, OTHER, hide_below=0) == ["2026-01-01", "2026-06-30"]


def test_what_the_proposals_make_of_it_is_told_of_the_last_day_alone(days: list[Day]) -> None:
    points = [trend._point(each, areas().by_code[CITY], "K1", is_last=each is days[-1]) for each in days]

    assert [point["after"] for point in points] == [None, 50.0]
