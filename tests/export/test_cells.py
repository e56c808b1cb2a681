from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.export.cells import escape_cells, format_numbers, unescape_cells, write_csv

SIGNS = "=+-@＝＋－＠\t\r\n\0"
BLANKS = " \u3000\u00a0\ufeff\u200b"


def strings(*texts: str) -> pd.Series:
    return pd.Series(list(texts), dtype="str")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("blank", ["", *BLANKS])
def test_what_may_be_a_formula_gets_an_apostrophe(sign: str, blank: str) -> None:
    assert escape_cells(strings(f"{blank}{sign}cmd|' /C calc'!A0")).iloc[0].startswith("'")


@pytest.mark.parametrize("text", ["甲协会", "a=b", "A-1", "'甲", "", "1+1"])
def test_plain_text_stays(text: str) -> None:
    assert escape_cells(strings(text)).tolist() == [text]


@given(st.lists(st.text(alphabet=st.sampled_from([*SIGNS, *BLANKS, "'", "甲", "a", "1"]), max_size=6)))
def test_reading_undoes_writing(texts: list[str]) -> None:
    written = escape_cells(strings(*texts))
    assert unescape_cells(written).tolist() == texts
    assert not any(text.lstrip(BLANKS).startswith(tuple(SIGNS)) for text in written)


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), min_size=1
    )
)
def test_a_file_holds_what_was_written(texts: list[str]) -> None:
    content = write_csv(pd.DataFrame({"name": strings(*texts), "n": range(len(texts))}), headers={"name": "组织名称"})
    text = content.decode("utf-8")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["\ufeff组织名称", "n"]
    assert unescape_cells(strings(*(row[0] for row in rows))).tolist() == texts
    assert [row[1] for row in rows] == [str(n) for n in range(len(texts))]


def test_lines_end_with_crlf_and_headers_are_escaped() -> None:
    assert write_csv(pd.DataFrame({"=a": strings("b")}), headers={}) == "\ufeff'=a\r\nb\r\n".encode()


def test_numbers_have_their_decimals_and_are_no_text_to_escape() -> None:
    numbers = format_numbers(pd.Series([-1.5, None, 2.0]), decimals=2)
    assert numbers.tolist() == ["-1.50", "", "2.00"]
    assert write_csv(pd.DataFrame({"a": numbers}), headers={}).splitlines()[1] == b"-1.50"
    assert format_numbers(pd.Series([3, pd.NA], dtype="Int64"), decimals=0).tolist() == ["3", ""]
