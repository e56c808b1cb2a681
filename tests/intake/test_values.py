"""Every way a cell may be written (RULEBOOK §9, value parsing)."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.values import Count, Day, read_count, read_day, read_degrees, read_metres, read_presence, read_tick

UNREADABLE = Count(None, is_readable=False)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", Count(0)),
        ("2", Count(2)),
        (" 2 ", Count(2)),
        ("2.0", Count(2)),
        ("2名", Count(2)),
        ("2 人", Count(2)),
        ("２", Count(2)),
        ("二", Count(2)),
        ("两名", Count(2)),
        ("十", Count(10)),
        ("十二", Count(12)),
        ("二十", Count(20)),
        ("一百零五", Count(105)),
        ("1,234", Count(1_234)),
        ("'7", Count(7)),
        ("3(含预备1)", Count(2, 1)),
        ("3（含预备1）", Count(2, 1)),
        ("5（含预备党员2名）", Count(3, 2)),
        ("3(含1名预备党员)", Count(2, 1)),
        ("3人，其中预备党员1人", Count(2, 1)),
        ("２（含预备２）", Count(0, 2)),
        ("", Count(None)),
        ("　", Count(None)),
        ("不详", Count(None)),
        ("未知", Count(None)),
        ("待核", Count(None)),
        ("—", Count(None)),
        ("/", Count(None)),
        ("NULL", Count(None)),
        ("2.5", UNREADABLE),
        ("-1", UNREADABLE),
        ("若干", UNREADABLE),
        ("约5", UNREADABLE),
        ("无", UNREADABLE),
        ("1(含预备2)", UNREADABLE),
        ("1,23", UNREADABLE),
        ("十十", UNREADABLE),
        ("一一", UNREADABLE),
        ("inf", UNREADABLE),
        ("1E+3", UNREADABLE),
        ("13812345678", UNREADABLE),
        ("9" * 5_000, UNREADABLE),
    ],
)
def test_counts(text: str, count: Count) -> None:
    assert read_count(text) == count


@given(st.integers(0, 9_999_999))
def test_every_whole_number_is_read(number: int) -> None:
    assert read_count(str(number)).value == number
    assert read_count(f"{number:,}").value == number
    assert read_count(f"{number}.0").value == number


@given(st.text())
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (read_count, read_tick, read_presence, read_day, read_metres, read_degrees):
        read(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2012.5", date(2012, 5, 1)),
        ("2012.10", date(2012, 10, 1)),
        ("2012年5月", date(2012, 5, 1)),
        ("2012年5月31日", date(2012, 5, 31)),
        ("2012-05-31", date(2012, 5, 31)),
        ("2012/5/3", date(2012, 5, 3)),
        ("２０１２－０５－３１", date(2012, 5, 31)),
        ("2012-05-31 00:00:00", date(2012, 5, 31)),
        ("2012-05-31 10:30:00", date(2012, 5, 31)),
        ("2012-05-31T00:00:00", date(2012, 5, 31)),
        ("20120531", date(2012, 5, 31)),
        ("201205", date(2012, 5, 1)),
        ("2012", date(2012, 1, 1)),
        ("2012年", date(2012, 1, 1)),
        ("41030", date(2012, 5, 1)),
        ("41030.0", date(2012, 5, 1)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert read_day(text) == Day(day)


@pytest.mark.parametrize("text", ["", "不详", "—", "无", "未建"])
def test_a_day_that_is_not_stated(text: str) -> None:
    assert read_day(text) == Day(None)


@pytest.mark.parametrize(
    "text", ["2012.13", "2012-02-30", "2023-02-29", "去年", "1812-05-01", "2512-05-01", "5月", "1"]
)
def test_a_day_that_cannot_be_read(text: str) -> None:
    assert read_day(text) == Day(None, is_readable=False)


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_every_day_is_read_in_every_spelling(day: date) -> None:
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", str(serial)):
        assert read_day(text).value == day


@pytest.mark.parametrize("text", ["有", "√", "✓", "是", "已建", "1", "Y", "y", "１", " 是 "])
def test_yes(text: str) -> None:
    assert read_tick(text) is True
    assert read_presence(text) is True


@pytest.mark.parametrize("text", ["无", "×", "否", "未建", "0", "N", "n"])
def test_no(text: str) -> None:
    assert read_tick(text) is False
    assert read_presence(text) is False


@pytest.mark.parametrize("text", ["", " ", "不详", "—"])
def test_neither_yes_nor_no(text: str) -> None:
    assert read_tick(text) is None
    assert read_presence(text) is None


def test_a_name_is_a_yes_and_is_not_kept() -> None:
    assert read_presence("张三") is True
    assert read_tick("张三") == "张三"  # for the finding that the word is not known


@pytest.mark.parametrize(
    ("text", "metres"), [("3000", 3_000), ("3000米", 3_000), ("3公里", 3_000), ("3.5km", 3_500), ("５００", 500)]
)
def test_metres(text: str, metres: float) -> None:
    assert read_metres(text) == metres


@pytest.mark.parametrize("text", ["0", "-1", "近", "99999999999", "inf"])
def test_no_distance(text: str) -> None:
    assert read_metres(text) is None


def test_a_distance_that_is_not_stated() -> None:
    assert math.isnan(read_metres("") or 0)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("116.5", 116.5),
        ("116.5°", 116.5),
        ("E116.5", 116.5),
        ("116.5°E", 116.5),
        ("东经116.5", 116.5),
        ("-3", -3),
        ("116°30′", 116.5),
        ("116°30′36″", 116.51),
        ("116度30分36秒", 116.51),
        ("116°30'36\"", 116.51),
    ],
)
def test_degrees(text: str, degrees: float) -> None:
    assert read_degrees(text) == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize("text", ["", "无", "nan", "116°75′", "116,5", "0x10"])
def test_no_degrees(text: str) -> None:
    assert math.isnan(read_degrees(text))
