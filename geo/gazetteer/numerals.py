"""House numbers as offices write them: Arabic, full width or in Chinese characters."""

from __future__ import annotations

from typing import Final

DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000}
#: The characters that a number may be written in.
NUMERALS: Final = "".join((*DIGITS, *_UNITS))
#: Roads and their sections are told apart by characters: 北3段 is 北三段.
AS_CHARACTERS: Final = {ord(str(value)): character for value, character in enumerate("〇一二三四五六七八九")}


def read_numeral(text: str) -> int:
    """Return the number that digits or characters state: 35, 三十五, 一百零五, and 三五 as on a door plate."""
    if text.isdigit() and text.isascii():
        return int(text)
    if not any(character in _UNITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    total = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total += (digit or 1) * _UNITS[character]  # 十五 has no one before it
            digit = 0
    return total + digit
