"""Files that nobody would send: whatever the bytes, the gate answers with a table or with a reason (I2)."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

import words
from coverage.errors import UploadError
from coverage.intake import Source, read_rows
from tests.corpus.cases import load_cases
from tests.corpus.watching import watch
from tests.intake.lists import csv_bytes, xlsx_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = ["社会组织名称", "统一社会信用代码", "正式党员数", "经度", "纬度", "建立时间"]
ROWS = [
    ["历下区棋协", "51370102000000019X", "3", "117.02", "36.66", "2012-05-31"],
    ["=1+1", "", "2名", "", "", "41030"],
]
VALID = [
    csv_bytes(HEADER, *ROWS),
    csv_bytes(HEADER, *ROWS, encoding="gb18030"),
    csv_bytes(HEADER, *ROWS, encoding="utf-16"),
    xlsx_bytes(HEADER, *ROWS),
    xlsx_bytes(["台账"], HEADER, *ROWS, 第二=[HEADER, *ROWS]),
    *(source.content for case in load_cases()[::9] for source in case.sources() if len(source.content) < 2**14),
]
WORKBOOK = xlsx_bytes(HEADER, *ROWS)
#: Bytes that mean something to one of the readers.
TOKENS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\t",
    b";",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"PK\x03\x04",
    b"<",
    b"&x;",
    b"'",
]


def ends_in_words(content: bytes) -> None:
    """Read a file: a table whose rows add up, or a refusal whose words can be said."""
    with watch() as beyond:
        try:
            reading = read_rows([Source("名单.csv", content)])
        except UploadError as error:
            words.t(error.key, **error.values)  # a KeyError says that a word or a value is missing
        else:
            rejected = sum(
                int((problem["severity"] == "rejected").sum()) for problem in reading.problems if len(problem)
            )
            assert reading.rows_in == len(reading.rows.row) + reading.rejected
            assert reading.rejected == rejected
    assert beyond == []


@given(st.binary(max_size=2_000))
@example(b"PK\x03\x04")
@example(b"name\n" + b'"')
def test_any_bytes(content: bytes) -> None:
    ends_in_words(content)


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=8), st.sampled_from([",", "\t", ";"]))
def test_any_text_below_a_header(rows: list[list[str]], separator: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([HEADER, *rows])
    ends_in_words(file.getvalue().encode("utf-8", "surrogatepass"))


@given(st.data(), st.sampled_from(VALID))
@settings(max_examples=settings().max_examples * 2)
def test_a_valid_file_with_other_bytes_in_it(data: st.DataObject, content: bytes) -> None:
    mutated = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(mutated)))
        length = data.draw(st.integers(0, 8))
        mutated[at : at + length] = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(TOKENS)))
    ends_in_words(bytes(mutated))


@given(st.data())
def test_a_workbook_with_other_parts(data: st.DataObject) -> None:
    """The archive stays whole, so that what is wrong reaches the readers of its parts."""

    def mutate(content: bytes) -> bytes:
        at = data.draw(st.integers(0, len(content)))
        return content[:at] + data.draw(st.sampled_from([*TOKENS, b""])) + content[at + data.draw(st.integers(0, 40)) :]

    ends_in_words(with_parts(WORKBOOK, data.draw(st.sampled_from(part_names(WORKBOOK))), mutate))


def part_names(workbook: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.namelist()


def with_parts(workbook: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return file.getvalue()
