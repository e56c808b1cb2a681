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
_WORD: Final = rf"(?:(?:联系|办公|咨询|服务|固定)?(?:电话|手机|座机|热线|传真|{_LATIN})(?:号码)?[:./、 ]*)+"
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
_EXTENSION: Final = r"(?:转\d{1,5})?"
#: Seven digits in a row are no house number; fewer belong to a telephone behind its word or an area code.
_TELEPHONE: Final = re.compile(
    rf"(?:(?:{_WORD})?(?:{_COUNTRY})?(?:{_HOTLINE}|\d{{7,}})|(?:{_WORD}(?:{_AREA})?|{_AREA}){_LOCAL}){_EXTENSION}",
    re.IGNORECASE,
)


def cut_telephones(addresses: pd.Series) -> pd.Series:
    """Return each address, its characters in NFKC, without telephone numbers and the words before them."""
    plain = addresses.str.normalize("NFKC").str.replace(_TELEPHONE, "", regex=True)
    return plain.str.strip(" ,;:、。/")
