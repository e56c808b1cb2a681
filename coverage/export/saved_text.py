"""A table that a spreadsheet has saved as text: encoding, separator and header found, rows counted as it does."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    Records = list[list[str]]

_SEPARATORS: Final = ",;\t"
_BYTE_ORDER_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
#: Above the header may stand a title, or rows left empty.
_HEADER_SEARCH_ROWS: Final = 15


def read_saved(content: bytes, *, headers: Collection[str]) -> pd.DataFrame:
    """Return the rows below the header as texts, "" for an empty cell; the index is the row in the spreadsheet.

    The header is the first row that has most of `headers`; of columns with the same header the first one counts.

    Raises
    ------
    PlanError
        The bytes are no text table, or a row is longer than the header.
    """
    text = _decode(content)
    separator = max(_SEPARATORS, key=lambda each: max(_scores(text, each, headers), default=0))
    records = list(_records(text, separator))
    scores = _scores(text, separator, headers)
    if not any(map(any, records)):
        raise PlanError("verify.empty")
    first = scores.index(max(scores))
    names = [name.strip() for name in records[first]]
    rows = [_fitted(record, len(names), row=first + 2 + number) for number, record in enumerate(records[first + 1 :])]
    index = pd.RangeIndex(first + 2, first + 2 + len(rows))
    table = pd.DataFrame(rows, index=index, columns=range(len(names)), dtype="str")
    return table.set_axis(names, axis=1).loc[:, ~pd.Index(names).duplicated()]


def _decode(content: bytes) -> str:
    marked = (encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if content.startswith(mark))
    for encoding in (*marked, "utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise PlanError("verify.not_text")


def _scores(text: str, separator: str, headers: Collection[str]) -> list[int]:
    """Return how many of the headers each of the first rows has; none where the separator is another one."""
    try:
        head = list(islice(_records(text, separator), _HEADER_SEARCH_ROWS))
    except PlanError:
        return []
    return [len({cell.strip() for cell in record} & set(headers)) for record in head]


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise PlanError("verify.not_table", line=reader.line_num) from error


def _fitted(record: list[str], width: int, *, row: int) -> list[str]:
    """Return a row as long as the header; what stands beyond it would belong to nothing."""
    if any(cell.strip() for cell in record[width:]):
        raise PlanError("verify.wide_row", row=row, columns=width)
    return record[:width] + [""] * (width - len(record))
