"""Unified social credit codes: normalised and checked (GB 32100-2015, RULEBOOK §8.3), whole columns at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Booleans = NDArray[np.bool_]

#: 31 characters: digits and capitals without I O S V Z.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
#: Findings after which a code is no key (RULEBOOK §9.1), and those that are a warning only.
NO_KEY: Final = ("U1", "U2", "U3", "U4")
ONLY_WARNED: Final = ("W5", "W6", "U7")

_MODULUS: Final = 31
_WEIGHTS: Final = np.array([pow(3, place, _MODULUS) for place in range(LENGTH - 1)])
_AREA: Final = slice(2, 8)
_INNER: Final = slice(8, 16)
_INNER_CHECK: Final = 16
_INNER_MODULUS: Final = 11
_INNER_CHECKS: Final = np.array([ord(digit) for digit in "0123456789X"])
# GB 11714-1997, the organisation code inside
_INNER_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_CIVIL_AFFAIRS: Final = "5"
_KINDS: Final = "1239"

_CLEAN: Final = r"[0-9A-Z]{18}"
# Excel keeps 15 digits of a number.
_ROUNDED: Final = r"\d(?:\.\d+)?[Ee]\+?\d{1,2}|\d{15}0+"
_SEPARATORS: Final = r"[\s\-\u00ad\u200b-\u200f\u2010-\u2015\u2212\ufeff'`\u2018\u2019]+"
# ASCII code → value in the alphabet; characters that are not in it count as 0 and are found by the length test first
_VALUES: Final = np.zeros(128, dtype=np.int64)
_VALUES[[ord(character) for character in ALPHABET]] = np.arange(len(ALPHABET))
# GB 11714-1997 counts letters on from 10 = A, none left out: 2,302 of 2,302 registered codes with letters agree
_INNER_VALUES: Final = np.zeros(128, dtype=np.int64)
_INNER_VALUES[[ord(character) for character in ALPHABET]] = [int(character, 36) for character in ALPHABET]


def normalise_codes(written: pd.Series) -> pd.Series:
    """Return codes in half-width capitals, without spaces, hyphens and apostrophes."""
    odd = ~written.str.fullmatch(_CLEAN)
    if not odd.any():
        return written
    cleaned = written[odd].str.normalize("NFKC").str.replace(_SEPARATORS, "", regex=True).str.upper()
    return written.where(~odd, cleaned.reindex(written.index, fill_value=""))


def looks_rounded(written: pd.Series) -> pd.Series:
    """Say which texts are long numbers after a spreadsheet took them for such: 9.15E+17, or zeros from digit 16 on."""
    return written.str.fullmatch(_ROUNDED)


def check_codes(codes: pd.Series) -> dict[str, Booleans]:
    """Return for each finding of RULEBOOK §9.1 where a normalised code has it; blank codes have none.

    Length (U1) and characters (U2) each end the test; all other findings are independent of one another.
    """
    stated = (codes != "").to_numpy(dtype=bool)
    right_length = (codes.str.len() == LENGTH).to_numpy(dtype=bool)
    right_characters = codes.str.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}").to_numpy(dtype=bool)
    found = {"U1": stated & ~right_length, "U2": right_length & ~right_characters}
    for code, hits in _check_content(codes[right_characters]).items():
        found[code] = np.zeros(len(codes), dtype=bool)
        found[code][right_characters] = hits
    return found


def complete_codes(heads: pd.Series) -> pd.Series:
    """Return codes of 16 characters with the inner and the last check character behind them."""
    characters = np.array(heads.to_list(), dtype=f"S{_INNER.stop}").view(np.uint8).reshape(-1, _INNER.stop)
    inner = _INNER_CHECKS[-(_INNER_VALUES[characters[:, _INNER]] @ _INNER_WEIGHTS) % _INNER_MODULUS]
    total = _VALUES[characters] @ _WEIGHTS[: _INNER.stop] + _VALUES[inner] * _WEIGHTS[_INNER_CHECK]
    last = np.array([ord(character) for character in ALPHABET], dtype=np.uint8)[-total % _MODULUS]
    both = np.column_stack([inner.astype(np.uint8), last]).view("S2").ravel().astype(str)
    return heads + pd.Series(both, index=heads.index)


def are_keys(findings: dict[str, Booleans], codes: pd.Series) -> Booleans:
    """Say which codes identify an organisation: stated, and nothing but warnings found."""
    stated: Booleans = (codes != "").to_numpy(dtype=bool)
    return stated & ~are_faulty(findings)


def are_faulty(findings: dict[str, Booleans]) -> Booleans:
    """Say which codes are stated but identify nobody (U1-U4)."""
    faulty: Booleans = np.any([findings[code] for code in NO_KEY], axis=0)
    return faulty


def _check_content(codes: pd.Series) -> dict[str, Booleans]:
    characters = np.array(codes.to_list(), dtype=f"S{LENGTH}").view(np.uint8).reshape(-1, LENGTH)
    values = _VALUES[characters]
    check = -(values[:, : LENGTH - 1] @ _WEIGHTS) % _MODULUS
    inner = -(_INNER_VALUES[characters[:, _INNER]] @ _INNER_WEIGHTS) % _INNER_MODULUS
    return {
        "U3": ~_is_digit(characters[:, _AREA]).all(axis=1),
        "U4": check != values[:, LENGTH - 1],
        "W5": _INNER_CHECKS[inner] != characters[:, _INNER_CHECK],
        "W6": characters[:, 0] != ord(_CIVIL_AFFAIRS),
        "U7": ~np.isin(characters[:, 1], [ord(kind) for kind in _KINDS]),
    }


def _is_digit(characters: NDArray[np.uint8]) -> Booleans:
    return (characters >= ord("0")) & (characters <= ord("9"))
