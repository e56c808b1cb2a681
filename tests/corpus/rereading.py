"""A cell understood a second time, by small rules of the test's own: does the table say what the cell says?"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from coverage.fields import BY_CODE, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WORDS: Final = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
_BLANKS: Final = frozenset(_WORDS["blank"])
_NOTHING: Final = frozenset(_WORDS["nothing"])
_YES: Final = frozenset(_WORDS["yes"])
_NO: Final = frozenset(_WORDS["no"])
_SIGNS: Final = re.compile(r"[^0-9A-Z]")
_COUNTERS: Final = re.compile(r"[名人个家位,]")
_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)?")
_TEN: Final = 10
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?")
_COMPACT_DAY: Final = re.compile(r"(\d{4})(\d\d)(\d\d)?")
_DAY: Final = re.compile(r"(\d{4})(?:\D+(\d{1,2}))?(?:\D+(\d{1,2}))?")
_DAY_ONE: Final = date(1899, 12, 30)
_CLOSE: Final = 1e-6


class Cell(NamedTuple):
    """One cell of an input: the names over it, the field that it was taken for, and its text."""

    header: str
    field: str
    text: str


def is_reproduced(cell: Cell, org: pd.Series) -> bool:
    """Say whether the row of the table says what the cell says."""
    kind = BY_CODE[cell.field].kind
    text = squeeze(cell.text)
    if text in _BLANKS:
        return True
    if kind is Kind.POINT:
        return _has_point(cell.field, unicodedata.normalize("NFKC", cell.text), org)
    value = org[cell.field]
    label = squeeze(cell.header.rsplit("/", 1)[-1])
    if "/" in cell.header and text in _YES | _NO and kind in {Kind.CHOICE, Kind.TEXT}:
        return text in _NO or _says(cell.field, kind, label, value)
    return _says(cell.field, kind, text, value)


def squeeze(text: str) -> str:
    """Return a text without spaces, invisible signs and width: what two people would read out alike."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(sign for sign in folded if unicodedata.category(sign) not in {"Cf", "Zs", "Cc"})
    return re.sub(r"^'", "", visible)


def render(value: Any) -> Any:
    """Return a value of the table as a case writes it; unknown is ""."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def _says(field: str, kind: Kind, text: str, value: Any) -> bool:
    shown = render(value)
    if text in _NOTHING and shown == "":
        return True
    return _SAME[kind](field, text, shown)


def _same_text(field: str, text: str, shown: Any) -> bool:
    if field == "uscc":
        return _SIGNS.sub("", text.upper()) == _SIGNS.sub("", shown.upper())
    if field == "industry_code":
        return shown != "" and shown in text
    return squeeze(shown) in {text, text.removesuffix(".0")}


def _same_count(field: str, text: str, shown: Any) -> bool:
    return isinstance(shown, int) and shown == _count(_COUNTERS.sub("", text))


def _count(text: str) -> float:
    if _NUMBERS.fullmatch(text):
        return float(text)
    total = digit = 0.0
    for sign in text.replace("两", "二"):
        number = unicodedata.numeric(sign, -1)
        if number >= _TEN:
            total, digit = total + max(digit, 1) * number, 0
        else:
            digit = digit * _TEN + number
    return total + digit


def _same_tick(field: str, text: str, shown: Any) -> bool:
    return shown is (text in _YES) if text in _YES | _NO else shown is True


def _same_day(field: str, text: str, shown: Any) -> bool:
    if serial := _SERIAL.fullmatch(text):
        return bool(shown == (_DAY_ONE + timedelta(days=int(serial[1]))).isoformat())
    found = _COMPACT_DAY.fullmatch(text) or _DAY.match(text)
    assert found is not None, text
    return bool(shown == date(*(int(part or 1) for part in found.groups())).isoformat())


def _same_choice(field: str, text: str, shown: Any) -> bool:
    return bool(_WORDS["choice"].get(field, {}).get(text, text) == shown)


def _same_length(field: str, text: str, shown: Any) -> bool:
    metres = float(_NUMBERS.findall(text)[0]) * (1000 if "公里" in text or "km" in text or "千米" in text else 1)
    return isinstance(shown, float) and abs(shown - metres) < _CLOSE


def _has_point(field: str, text: str, org: pd.Series) -> bool:
    axes = {"lon": ["lon_given"], "lat": ["lat_given"]}.get(field, ["lon_given", "lat_given"])
    written = [float(number) for number in _NUMBERS.findall(text)]
    is_sexagesimal = len(written) != len(axes)
    degrees = [sum(part / 60**place for place, part in enumerate(written))] if is_sexagesimal else written
    return all(abs(org[axis] - value) < _CLOSE for axis, value in zip(axes, degrees, strict=True))


_SAME: Final[Mapping[Kind, Callable[[str, str, Any], bool]]] = {
    Kind.TEXT: _same_text,
    Kind.CODE: _same_text,
    Kind.COUNT: _same_count,
    Kind.TICK: _same_tick,
    Kind.PRESENCE: _same_tick,
    Kind.DATE: _same_day,
    Kind.CHOICE: _same_choice,
    Kind.LENGTH: _same_length,
}
