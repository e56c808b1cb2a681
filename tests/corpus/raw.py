"""The same files read a second way, by the standard library and openpyxl: what stands in each cell, as text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from openpyxl import load_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from coverage.intake import Source

_ENCODINGS: Final = ("utf-8-sig", "utf-16", "gb18030")
_SEPARATORS: Final = ",\t;"
_LONG_NUMBER: Final = re.compile(r"\d{11,}")
_ZIP: Final = b"PK"


class RawSheet(NamedTuple):
    """One sheet: its name and its rows as a spreadsheet numbers them; merged cells hold for all of their rows."""

    name: str
    rows: Mapping[int, Sequence[str]]


def read_raw(source: Source, *, headers: Sequence[str]) -> list[RawSheet]:
    """Return the sheets of a file; `headers` are names that must stand in it, by which a separator is recognised."""
    if source.content.startswith(_ZIP):
        book = load_workbook(io.BytesIO(source.content), data_only=True)
        return [RawSheet(sheet.title, _worksheet_rows(sheet)) for sheet in book.worksheets]
    readings = _read_text(_decode(source.content))
    best = max(readings, key=lambda rows: _count_known(rows, headers))
    return [RawSheet("", dict(enumerate(best, 1)))]


def _read_text(text: str) -> list[list[list[str]]]:
    """Return the rows by each separator, however long a cell is."""
    limit = csv.field_size_limit(len(text) + 1)
    try:
        return [list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) for separator in _SEPARATORS]
    finally:
        csv.field_size_limit(limit)


def find_columns(sheet: RawSheet, headers: Sequence[str], *, first_row: int) -> list[int | None]:
    """Return for each name of a column, in their order, where it stands: all its levels are above the first data.

    A level that stands over several columns holds for the empty cells at its right.
    """
    above = [list(sheet.rows[row]) for row in sorted(sheet.rows) if row < first_row]
    stacks = _stacks(above)
    found: list[int | None] = []
    start = 0
    for header in headers:
        at = next((column for column in range(start, len(stacks)) if _names(stacks[column], header)), None)
        found.append(at)
        start = start if at is None else at + 1
    return found


def _names(stack: tuple[set[str], set[str]], header: str) -> bool:
    own, inherited = stack
    parts = [_squeeze(part) for part in header.split("/")]
    return _squeeze(header) in own or (parts[-1] in own and set(parts) <= own | inherited)


def _stacks(above: Sequence[Sequence[str]]) -> list[tuple[set[str], set[str]]]:
    width = max((len(cells) for cells in above), default=0)
    stacks: list[tuple[set[str], set[str]]] = [(set(), set()) for _ in range(width)]
    for cells in above:
        last = ""
        for column, (own, inherited) in enumerate(stacks):
            cell = cells[column] if column < len(cells) else ""
            last = cell or last
            inherited.add(_squeeze(last))
            own.update({_squeeze(cell)} if cell else ())
    return stacks


def _squeeze(text: str) -> str:
    """Return a name without spaces and width, and without the numbers of persons that are cut out of headers."""
    return _LONG_NUMBER.sub("", "".join(unicodedata.normalize("NFKC", text).split()))


def _decode(content: bytes) -> str:
    for encoding in _ENCODINGS:
        is_marked = encoding != "utf-16" or content[:2] in {b"\xff\xfe", b"\xfe\xff"}
        try:
            if is_marked:
                return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("no encoding fits")


def _count_known(rows: Sequence[Sequence[str]], headers: Sequence[str]) -> int:
    cells = {part.strip() for row in rows for cell in row for part in (cell, *cell.split("/"))}
    return len({part for header in headers for part in (header, *header.split("/"))} & cells)


def _worksheet_rows(sheet: Worksheet) -> dict[int, list[str]]:
    rows = {
        number: [_text(value) for value in values] for number, values in enumerate(sheet.iter_rows(values_only=True), 1)
    }
    for merged in sheet.merged_cells.ranges:
        for row in range(merged.min_row, merged.max_row + 1):
            rows[row][merged.min_col - 1] = rows[merged.min_row][merged.min_col - 1]
    return rows


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
