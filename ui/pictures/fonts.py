"""The one font of pictures and print sheets: what it can write, and how wide a text is."""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

if TYPE_CHECKING:
    from collections.abc import Iterable

FONT = Path(__file__).parents[2] / "data" / "fonts" / "NotoSansSC-Regular.ttf"
# What stands for a character that the font has not, as printers do (U+3013).
MISSING = chr(0x3013)
_BETWEEN = " " * 4
_MEASURED_AT = 100.0
_FIXED_POINT = 65_536
_POINTS_PER_INCH = 72

_log = logging.getLogger(__name__)


def font(size: float) -> FontProperties:
    """Return the font in a size (points)."""
    return FontProperties(fname=str(FONT), size=size)


def writable(text: str) -> str:
    """Return a text as the font can write it: no line ends, no invisible signs, 〓 for a character it has not."""
    known = _characters()
    seen = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _is_visible(sign))
    missing = sum(ord(sign) not in known for sign in seen)
    if missing:
        _log.warning("%d characters of a picture are not in its font", missing)
        seen = "".join(sign if ord(sign) in known else MISSING for sign in seen)
    return seen


def text_width(text: str, size: float) -> float:
    """Return the width of a writable text, in points."""
    return sum(map(_advance, text)) * size


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Return the lines of a writable text, none wider than `width` points; words of Latin letters stay whole."""
    lines, line = [], ""
    for word in _words(text):
        if line and text_width(line + word.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        for part in _pieces(word, size, width):
            if line and part is not word:
                lines.append(line)
                line = ""
            line += part
    return [*lines, line.rstrip()]


def joined_lines(texts: Iterable[str], size: float, width: float) -> list[str]:
    """Return texts set one behind the other, in as few writable lines as they need."""
    lines: list[str] = []
    for text in map(writable, texts):
        longer = f"{lines[-1]}{_BETWEEN}{text}" if lines else text
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines += wrapped(text, size, width)
    return lines


def shortened(text: str, size: float, width: float) -> str:
    """Return a writable text cut to a width (points), with … where something is left out."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text}…"


def _words(text: str) -> list[str]:
    """Return what a line may end behind: each Chinese character, each run of letters and digits with its blanks."""
    words: list[str] = []
    for sign in text:
        if words and _sticks(words[-1], sign):
            words[-1] += sign
        else:
            words.append(sign)
    return words


def _sticks(word: str, sign: str) -> bool:
    if sign == " " or unicodedata.category(sign) in {"Pe", "Pf", "Po"}:
        return True  # no line begins with a blank or a closing sign
    is_narrow = unicodedata.east_asian_width(sign) not in {"W", "F"}
    return is_narrow and word[-1] != " " and unicodedata.east_asian_width(word[-1]) not in {"W", "F"}


def _pieces(word: str, size: float, width: float) -> list[str]:
    """Return a word, cut where it is wider than a line."""
    if text_width(word.rstrip(), size) <= width:
        return [word]
    pieces = [""]
    for sign in word:
        if pieces[-1] and text_width(pieces[-1] + sign, size) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _is_visible(sign: str) -> bool:
    """Say whether a sign is drawn at all: controls, marks of direction and joiners are not."""
    return not unicodedata.category(sign).startswith("C") or unicodedata.category(sign) == "Co"


@cache
def _characters() -> frozenset[int]:
    return frozenset(FT2Font(str(FONT)).get_charmap())


@cache
def _advance(sign: str) -> float:
    """Return how far a character moves the pen, in units of the size."""
    glyph = _face().load_char(ord(sign), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / _FIXED_POINT / _MEASURED_AT


@cache
def _face() -> FT2Font:
    face = FT2Font(str(FONT))
    face.set_size(_MEASURED_AT, _POINTS_PER_INCH)
    return face
