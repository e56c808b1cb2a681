"""Unified social credit codes (GB 32100-2015, RULEBOOK §8.3, §9.1 U and W)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from coverage.credit_code import ALPHABET, LENGTH, are_keys, check_codes, normalise_codes
from tests.intake.lists import credit_code

VALID = credit_code(1)
BODIES = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def findings(code: str) -> set[str]:
    return {name for name, hits in check_codes(pd.Series([code], dtype="str")).items() if hits[0]}


def with_check(body: str) -> str:
    return body + stdnum_uscc.calc_check_digit(body)


@given(BODIES)
def test_the_check_character_is_that_of_python_stdnum(body: str) -> None:
    assert "U4" not in findings(with_check(body))
    wrong = [body + sign for sign in ALPHABET if sign != with_check(body)[-1]]
    assert check_codes(pd.Series(wrong, dtype="str"))["U4"].all()


@given(st.text(max_size=24))
def test_any_text_is_judged_and_normalised_once(text: str) -> None:
    written = pd.Series([text], dtype="str")
    once = normalise_codes(written)
    assert normalise_codes(once).tolist() == once.tolist()
    hits = check_codes(once)
    assert are_keys(hits, once)[0] == (once[0] != "" and not findings(once[0]) & {"U1", "U2", "U3", "U4"})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (VALID, set()),
        ("", set()),
        (VALID[:-1], {"U1"}),
        (VALID + "0", {"U1"}),
        ("5.13701E+17", {"U1"}),
        (VALID[:9] + "O" + VALID[10:], {"U2"}),
        *((VALID[:9] + letter + VALID[10:], {"U2"}) for letter in "ISVZ"),
        (VALID[:9] + "协" + VALID[10:], {"U2"}),
        ("I" * 17, {"U1"}),
        (VALID[:-1] + ("0" if VALID[-1] != "0" else "1"), {"U4"}),
        (with_check(VALID[:4] + "A" + VALID[5:-1]), {"U3"}),
        (with_check(VALID[:16] + ("0" if VALID[16] != "0" else "1")), {"W5"}),
        (with_check("9" + VALID[1:-1]), {"W6"}),
        (with_check("54" + VALID[2:-1]), {"U7"}),
        (with_check("A4" + VALID[2:-1]), {"W6", "U7"}),
    ],
)
def test_findings(code: str, expected: set[str]) -> None:
    assert findings(code) == expected


@pytest.mark.parametrize(
    "written",
    [
        VALID.lower(),
        f"'{VALID}",
        f"’{VALID}",
        f" {VALID[:2]} {VALID[2:8]}-{VALID[8:]}\u3000",
        "".join(chr(ord(sign) + 0xFEE0) for sign in VALID),
        f"\ufeff{VALID}\u200b",
        f"{VALID[:8]}—{VALID[8:]}",
    ],
)
def test_spellings_of_one_code(written: str) -> None:
    assert normalise_codes(pd.Series([written, VALID], dtype="str")).tolist() == [VALID, VALID]


def test_a_code_that_only_warns_stays_a_key() -> None:
    codes = pd.Series([with_check("9" + VALID[1:-1]), VALID[:-1], "", VALID], dtype="str")
    assert are_keys(check_codes(codes), codes).tolist() == [True, False, False, True]
