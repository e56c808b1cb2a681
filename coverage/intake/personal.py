"""Numbers of persons (identity cards, mobile phones), found by what they look like and cut out of every text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.credit_code import are_keys, check_codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

#: GB 11643-1999: area, birth date, order, check character.
IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])",
    re.ASCII,
)
MOBILE: Final = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])", re.ASCII)
# Both hold four digits, perhaps a separator, and four more; most cells do not
_SUSPICIOUS: Final = r"[0-9０-９]{4}[- ]?[0-9０-９]{4}"


def cut_personal_numbers(cells: pd.Series, *, keep_mobiles: bool = False) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return the cells without numbers of persons, and where something was cut; credit codes stay.

    Parameters
    ----------
    keep_mobiles
        For numbers of another kind that may look like a mobile phone's.
    """
    suspicious = cells.str.contains(_SUSPICIOUS, regex=True).to_numpy(dtype=bool)
    if not suspicious.any():
        return cells, suspicious
    folded = [unicodedata.normalize("NFKC", text) for text in cells[suspicious]]
    codes = _credit_codes(number for text in folded for number in IDENTITY.findall(text))
    cut = [_cut(text, codes, keep_mobiles=keep_mobiles) for text in folded]
    is_cut = np.zeros(len(cells), dtype=bool)
    is_cut[suspicious] = [new != old for new, old in zip(cut, folded, strict=True)]
    cleaned = cells.copy()
    cleaned[suspicious] = cut
    return cleaned.where(is_cut, cells), is_cut


def is_mostly_personal(cells: Iterable[str]) -> bool:
    """Say whether most filled cells of a column are numbers of persons and nothing else."""
    filled = [text.strip() for text in cells if text.strip()]
    hits = sum(1 for text in filled if IDENTITY.fullmatch(text) or MOBILE.fullmatch(text))
    return hits * 2 > len(filled)


def _cut(text: str, codes: frozenset[str], *, keep_mobiles: bool) -> str:
    without = IDENTITY.sub(lambda found: found[0] if found[0] in codes else "", text)
    return (without if keep_mobiles else MOBILE.sub("", without)).strip()


def _credit_codes(numbers: Iterable[str]) -> frozenset[str]:
    candidates = pd.Series(sorted(set(numbers)), dtype="str")
    if candidates.empty:
        return frozenset()
    return frozenset(candidates[are_keys(check_codes(candidates), candidates)])
