"""One cell to one value (RULEBOOK §9): blank is unknown, what cannot be read is said so, nothing is guessed."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

T = TypeVar("T")

#: Cells that say "not known": never 0, never no.
UNKNOWN_WORDS: Final = frozenset(
    [
        "",
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "不详",
        "未知",
        "不明",
        "待核",
        "待核实",
        "待查",
        "待定",
        "未填",
        "未统计",
    ]
) | {"null", "none", "nan", "na", "n/a", "#n/a"}  # what databases and spreadsheets write
_YES: Final = frozenset(
    ["有", "√", "✓", "✔", "☑", "是", "已建", "已建立", "已设", "已设立", "已选派", "1", "1.0", "y", "yes", "true"]
)
#: Signs that only columns to tick hold; a blank beside them says no (RULEBOOK §9).
_TICKS: Final = frozenset(["√", "✓", "✔", "☑"])
_NO: Final = frozenset(
    [
        "无",
        "×",
        "✗",
        "✘",
        "x",
        "否",
        "没有",
        "未",
        "未建",
        "未建立",
        "未设",
        "未设立",
        "未选派",
        "0",
        "0.0",
        "n",
        "no",
        "false",
    ]
)

# What comes along when a cell is copied from a web page: zero-width and direction marks, soft hyphens, byte-order marks
_INVISIBLE: Final = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
#: More than any organisation has: a telephone number or a code in the wrong column.
MAX_COUNT: Final = 10_000_000

_DIGITS: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_PLACES: Final = {"十": 10, "百": 100, "千": 1_000}
_NUMBER: Final = r"(?:\d{1,12}(?:,\d{3})*(?:\.0+)?|[〇零一二两三四五六七八九十百千]+)"
_COUNTER: Final = "(?:名|人|个|家|位)?"
_COUNT: Final = re.compile(f"({_NUMBER}){_COUNTER}")
_WITH_PROBATIONARY: Final = re.compile(
    rf"({_NUMBER}){_COUNTER}[(,]?(?:其中)?(?:含|包括|包含)?"
    rf"(?:预备(?:党员)?({_NUMBER}){_COUNTER}|({_NUMBER}){_COUNTER}预备(?:党员)?)\)?"
)
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.0+)?")

_DATE: Final = re.compile(
    r"(\d{4})(?:年|[-./])(\d{1,2})(?:(?:月|[-./])(?:(\d{1,2})日?)?)?(?:t?\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
)
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_YEAR: Final = re.compile(r"(\d{4})年?")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?")
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199
# Excel's day 1 is 1900-01-01, and it believes in 29 February 1900
_SERIAL_EPOCH: Final = date(1899, 12, 30)

_METRES: Final = re.compile(r"(\d{1,7}(?:\.\d+)?)(公里|千米|km|米|m)?")
_PER_KILOMETRE: Final = 1_000
_KILOMETRE_WORDS: Final = frozenset({"公里", "千米", "km"})
_DEGREES: Final = re.compile(r"(?:东经|北纬|[en])?(-?\d+(?:\.\d+)?)[°度]?(?:东经|北纬|[en])?")
_SEXAGESIMAL: Final = re.compile(
    r"""(?:东经|北纬|[en])?(\d{1,3})[°度](\d{1,2})(?:[′'分](?:(\d{1,2}(?:\.\d+)?)(?:[″"秒]|''|′′)?)?)?(?:东经|北纬|[en])?"""
)
_PARTS_OF_DEGREE: Final = 60


class Count(NamedTuple):
    """A number of people or units; `probationary` where the cell splits it off; None is unknown."""

    value: int | None
    probationary: int | None = None
    is_readable: bool = True


class Day(NamedTuple):
    """A calendar day; None is unknown."""

    value: date | None
    is_readable: bool = True


def fold(text: str) -> str:
    """Return a cell as it is compared: NFKC, lower case, without spaces, invisible signs and a leading apostrophe."""
    visible = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return "".join(visible.casefold().split()).removeprefix("'")


def fold_label(text: str) -> str:
    """Return the label of a closed list as it is compared: folded, without brackets and hyphens."""
    return re.sub(r"[\[\]()【】《》\-_]", "", fold(text))


def read_count(text: str) -> Count:
    """Return the count of a cell: 2名, 二, ２, 2.0 are 2; 3(含预备1) is 2 with 1 probationary."""
    folded = fold(text)
    if folded in UNKNOWN_WORDS:
        return Count(None)
    if plain := _COUNT.fullmatch(folded):
        return _limited(_number(plain[1]))
    if split := _WITH_PROBATIONARY.fullmatch(folded):
        total, probationary = _number(split[1]), _number(split[2] or split[3])
        if total is not None and probationary is not None and probationary <= total:
            return _limited(total - probationary, probationary)
    return Count(None, is_readable=False)


def read_tick(text: str) -> bool | str | None:
    """Return True, False, None for a cell that says nothing, and the folded text where it is none of these."""
    folded = fold(text)
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    return None if folded in UNKNOWN_WORDS else folded


def is_tick_column(texts: Iterable[str]) -> bool:
    """Say whether the cells of a column hold ticks and blanks, and nothing else."""
    said = {folded for text in texts if (folded := fold(text))}
    return bool(said) and said <= _TICKS


def read_presence(text: str) -> bool | None:
    """Return True for a yes, a number or a name (not kept), False for a no, None for a cell that says nothing."""
    answer = read_tick(text)
    return True if isinstance(answer, str) else answer


def read_day(text: str) -> Day:
    """Return the day of a cell: 2012.5, 2012年5月, 2012-05-31, 20120531, 41030 (Excel); a month is its first day."""
    folded = fold(text)
    if folded in UNKNOWN_WORDS or folded in _NO:
        return Day(None)
    if serial := _SERIAL.fullmatch(folded):
        return Day(_SERIAL_EPOCH + timedelta(days=int(serial[1])))
    found = _DATE.fullmatch(folded) or _COMPACT_DATE.fullmatch(folded.removesuffix(".0")) or _YEAR.fullmatch(folded)
    parts = [int(part) for part in found.groups() if part] if found else []
    return _day(*parts, *[1] * (3 - len(parts))) if parts else Day(None, is_readable=False)


def read_metres(text: str) -> float | None:
    """Return a length in metres, NaN for a cell that says nothing, None where it cannot be read or is not above 0."""
    folded = fold(text)
    if folded in UNKNOWN_WORDS:
        return float("nan")
    found = _METRES.fullmatch(folded)
    if not found or float(found[1]) <= 0:
        return None
    return float(found[1]) * (_PER_KILOMETRE if found[2] in _KILOMETRE_WORDS else 1)


def read_degrees(text: str) -> float:
    """Return the degrees of a cell: 116.5, 116.5°E, 东经116度30分; NaN where it says nothing else."""
    folded = fold(text)
    if plain := _DEGREES.fullmatch(folded):
        return float(plain[1])
    if parts := _SEXAGESIMAL.fullmatch(folded):
        degrees, minutes, seconds = (float(part or 0) for part in parts.groups())
        if minutes < _PARTS_OF_DEGREE and seconds < _PARTS_OF_DEGREE:
            return degrees + (minutes + seconds / _PARTS_OF_DEGREE) / _PARTS_OF_DEGREE
    return float("nan")


def by_distinct(cells: pd.Series, read: Callable[[str], T]) -> tuple[NDArray[np.intp], list[T]]:
    """Return the position of each cell's value in the list of distinct values: long columns repeat themselves."""
    positions, distinct = pd.factorize(cells)
    return positions, [read(text) for text in distinct]


def _number(text: str) -> int | None:
    if text[0].isdigit():
        return None if "," in text and not _THOUSANDS.fullmatch(text) else int(text.replace(",", "").split(".")[0])
    return _chinese_number(text)


def _chinese_number(text: str) -> int | None:
    """Return 十二 as 12, 一百零五 as 105; None where the order of the places is broken."""
    total, digit, last_place = 0, None, max(_PLACES.values()) * 10
    for character in text:
        if character in _PLACES:
            place = _PLACES[character]
            if place >= last_place:
                return None
            total, digit, last_place = total + (1 if digit is None else digit) * place, None, place
        elif digit:
            return None
        else:
            digit = _DIGITS[character]
    return total + (digit or 0)


def _limited(value: int | None, probationary: int | None = None) -> Count:
    is_readable = value is not None and value <= MAX_COUNT
    return Count(value, probationary) if is_readable else Count(None, is_readable=False)


def _day(year: int, month: int, day: int) -> Day:
    is_day = _FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= len(calendar.month_name) - 1
    if is_day and 1 <= day <= calendar.monthrange(year, month)[1]:
        return Day(date(year, month, day))
    return Day(None, is_readable=False)
