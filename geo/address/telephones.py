"""Telephone numbers that stand in an address column: none of a geocoding service's business."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

#: Hyphen-minus, hyphens and dashes, minus sign.
_DASH: Final = "\\-\u2010-\u2015\u2212"
#: Hotel ends with tel; of letters alone T and F mean it, with a colon.
_LATIN: Final = r"(?<![a-z])(?:(?:tel|fax|phone|mobile)(?:ephone)?|[tf](?=:))"
_WORDS: Final = rf"(?:(?:联系|办公|咨询|服务|固定)?(?:电话|手机|座机|热线|传真|{_LATIN})(?:号码)?[:./、 ]*+)++"
#: +86, 0086 and (86) stand for the 0 of the area code.
_COUNTRY: Final = rf"(?:(?:\+|(?<!\d)00)86|\(\+?86\))[{_DASH} ]*"
_AREA: Final = rf"(?:(?<!\d)\(?0\d{{2,3}}\)?|{_COUNTRY}\(?0?\d{{2,3}}\)?)[{_DASH} ]*"
_LOCAL: Final = rf"\d{{3,4}}[{_DASH} ]?\d{{4,5}}"
#: Numbers for the whole country, parted as anybody likes: 400-860-1234, 4008-601-234, 400 8601 234.
_HOTLINE: Final = "|".join(
    rf"(?<!\d){parts}(?!\d)"
    for parts in (
        rf"[48]00[{_DASH} ]?\d{{3}}[{_DASH} ]?\d{{4}}",
        rf"[48]00[{_DASH} ]?\d{{4}}[{_DASH} ]?\d{{3}}",
        rf"[48]00\d[{_DASH} ]\d{{3}}[{_DASH} ]\d{{3}}",
    )
)
_NO_HOUSE: Final = r"(?![\d号弄栋幢座室楼层单])"
#: 转801、802; what it is for, in brackets; before that -801 behind the number itself.
_EXTENSION: Final = r"(?:转\d{1,5}(?:[、/,]\d{1,5}" + _NO_HOUSE + r")*)?(?:\((?:传真|办公?|宅)\))?"
_INNER: Final = rf"(?:[{_DASH}]\d{{1,4}}{_NO_HOUSE})?"
#: Seven digits in a row are no house number; fewer belong to a telephone behind its word, an area code or another one.
_LONG: Final = rf"(?:{_COUNTRY})?(?:{_HOTLINE}|\d{{7,}}{_INNER})"
_SHORT: Final = rf"{_LOCAL}{_INNER}"
_OTHER: Final = rf"(?:{_WORDS})?(?:{_LONG}|(?:{_AREA})?{_LOCAL}{_NO_HOUSE}{_INNER}){_EXTENSION}"
_OTHERS: Final = rf"(?:[、/,;或和及 ]++{_OTHER})*+"
#: Words that no number follows are taken in one go and put back: looked at from each of them they would take long.
_TELEPHONE: Final = re.compile(
    rf"(?:(?P<words>{_WORDS})(?P<number>{_LONG}|(?:{_AREA})?{_SHORT})?|{_LONG}|{_AREA}{_SHORT}){_EXTENSION}{_OTHERS}",
    re.IGNORECASE,
)


def cut_telephones(addresses: pd.Series) -> pd.Series:
    """Return each address, its characters in NFKC, without telephone numbers and the words before them."""
    plain = addresses.str.normalize("NFKC").str.replace(_TELEPHONE, _without_number, regex=True)
    return plain.str.strip(" ,;:、。/")


def _without_number(found: re.Match[str]) -> str:
    return found[0] if found["words"] and not found["number"] else ""
