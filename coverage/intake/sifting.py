"""Which records of a sheet are data: blanks, sums and notes are passed over, broken rows are reported."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
import pyarrow as pa

from coverage.errors import UploadError
from coverage.intake.problems import severity_of
from coverage.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from coverage.intake.sources import Sheet

#: notes on trust §4.
MAX_TEXT_ROWS: Final = 1_000_000
MAX_WORKBOOK_ROWS: Final = 200_000
#: Rows by which the columns nobody knows are judged.
SAMPLE_ROWS: Final = 1_000
#: Records that are looked at together.
BATCH: Final = 20000
_SUMS: Final = frozenset({"合计", "小计", "总计", "合计:", "小计:", "总计:"})
_NOTES: Final = ("注:", "说明:", "填表人:", "备注:")
#: Who signs a form stands in its last row, wherever there is room: no organisation is called so.
_SIGNERS: Final = (
    *_NOTES,
    "审核人:",
    "制表人:",
    "经办人:",
    "填报人:",
    "负责人:",
    "单位负责人:",
    "联系人:",
    "联系电话:",
)
_OPENINGS: Final = frozenset(word[0] for word in (*_SUMS, *_SIGNERS))
_BEGINNINGS: Final = frozenset(word[:2] for word in (*_SUMS, *_SIGNERS))

_DATA: Final = ""
_BLANK: Final = "blank"


class Layout(NamedTuple):
    """How the data of a sheet lie: the header's last row, its width, and which columns are what.

    `kept` are read, `name` names the organisation, in `texts` a number may have lost digits, `serials` only count rows,
    `unnamed` have no header. `headings` are the header's rows by their cell in the column of names: long lists repeat
    them on each page.
    """

    last_row: int
    width: int
    kept: Sequence[int]
    name: int
    texts: frozenset[int]
    serials: frozenset[int]
    unnamed: tuple[int, ...]
    headings: Mapping[str, frozenset[tuple[str, ...]]]


class Fault(NamedTuple):
    """What is wrong with a record, by its row as a spreadsheet shows it."""

    row: int
    code: str
    detail: str


class Sifted(NamedTuple):
    """The data among some records by column, the row of each as a spreadsheet shows it, and what happened to others.

    `overlooked` are columns without a header that hold something.
    """

    columns: dict[int, pa.ChunkedArray]
    row: list[int]
    faults: list[Fault]
    sample: list[list[str]]
    overlooked: set[int]

    def problems(self) -> pd.DataFrame:
        """Return one finding for each record that is no data."""
        return pd.DataFrame(
            {
                "part": 0,
                "row": [fault.row for fault in self.faults],
                "column": "",
                "value": "",
                "code": [fault.code for fault in self.faults],
                "severity": [severity_of(fault.code).value for fault in self.faults],
                "detail": [fault.detail for fault in self.faults],
            }
        )


def sift(sheet: Sheet, records: Iterable[list[str] | None], layout: Layout) -> Iterator[Sifted]:
    """Yield the records after the header that are data, some at a time; of none an empty lot."""
    limit = MAX_TEXT_ROWS if sheet.is_text else MAX_WORKBOOK_ROWS
    first, count = layout.last_row + 2, 0
    for batch in _batches(records):
        spoilt = {record + 1 for record, column in sheet.long_numbers if column in layout.texts}
        sifted = _sift_batch(batch, layout, first=first, spoilt=spoilt)
        first, count = first + len(batch), count + len(sifted.row)
        if count > limit:
            raise UploadError("upload.too_many_rows", file=sheet.file, sheet=sheet.name, limit=limit)
        yield sifted


def join_sifted(parts: Iterable[Sifted]) -> Sifted:
    """Return what `sift` yields as one."""
    pieces: dict[int, list[pa.Array]] = {}
    row: list[int] = []
    faults: list[Fault] = []
    sample: list[list[str]] = []
    overlooked: set[int] = set()
    for part in parts:
        for column, cells in part.columns.items():
            pieces.setdefault(column, []).extend(cells.chunks)
        row += part.row
        faults += part.faults
        sample = sample or part.sample
        overlooked |= part.overlooked
    columns = {column: pa.chunked_array(chunks, pa.large_string()) for column, chunks in pieces.items()}
    return Sifted(columns, row, faults, sample, overlooked)


def _sift_batch(batch: list[list[str] | None], layout: Layout, *, first: int, spoilt: set[int]) -> Sifted:
    data, rows, faults = [], [], []
    for number, cells in enumerate(batch, first):
        fate = _fate(cells, layout)
        if cells is not None and fate == _DATA and number not in spoilt:
            data.append(cells)
            rows.append(number)
        elif fate != _BLANK:
            faults.append(Fault(number, fate or "F3", str(len(cells or ())) if fate else ""))
    overlooked = {column for column in layout.unnamed if any(cells[column].strip() for cells in data)}
    by_column = list(zip(*data, strict=True))
    columns = {
        column: pa.chunked_array([by_column[column] if data else []], pa.large_string()) for column in layout.kept
    }
    return Sifted(columns, rows, faults, data[:SAMPLE_ROWS], overlooked)


def _fate(cells: list[str] | None, layout: Layout) -> str:
    """Return "" for data, "blank" for nothing to say, else the code of what is wrong with a record or what it is."""
    if cells is None:
        return "F2"
    if len(cells) == layout.width and (name := cells[layout.name].strip()):
        if name in layout.headings and _is_heading(cells, layout):
            return "F18"
        is_opening = _may_be_remark(cells[0]) or _may_be_remark(name)
        return "F18" if is_opening and (_is_remark(cells) or _names_no_org(name)) else _second_cell_fate(cells)
    if _is_remark(cells) or _is_heading(cells, layout):
        return "F18"
    if not any(cell.strip() for column, cell in enumerate(cells) if column not in layout.serials):
        # A row that only counts is empty; one with words in its place is a heading between the rows
        return _BLANK if all(_counts_rows(cell) for cell in cells) else "F18"
    return _DATA if len(cells) == layout.width else "F1"


def _counts_rows(cell: str) -> bool:
    return not cell.strip() or fold(cell).rstrip(".、").isdigit()


def _is_heading(cells: list[str], layout: Layout) -> bool:
    """Say whether a record is one of the header's rows once more."""
    if len(cells) != layout.width or not any(cells):
        return False
    stripped = tuple(cell.strip() for cell in cells)
    return stripped in layout.headings.get(stripped[layout.name], ())


def _names_no_org(name: str) -> bool:
    """Say whether a sum or a signature of the form stands where the organisations have their names."""
    folded = fold(name)
    return folded in _SUMS or folded.startswith(_SIGNERS)


def _second_cell_fate(cells: list[str]) -> str:
    is_sum = len(cells) > 1 and _may_be_remark(cells[1]) and fold(cells[1]) in _SUMS
    return "F18" if is_sum else _DATA


def _may_be_remark(text: str) -> bool:
    """Say whether a cell begins as a sum or note does: with its two ideographs, or one and what folding changes."""
    start = text.lstrip()[:2]
    return start[:1] in _OPENINGS and (start in _BEGINNINGS or not "\u4e00" <= start[1:] <= "\u9fff")


def _is_remark(cells: list[str]) -> bool:
    """Say whether a record is a sum or a note of the form, by its first two cells and its first filled one."""
    first = next((text for cell in cells if (text := fold(cell))), "")
    return first.startswith(_NOTES) or any(fold(cell) in _SUMS for cell in cells[:2])


def _batches(records: Iterable[list[str] | None]) -> Iterator[list[list[str] | None]]:
    """Yield the records in lots, the first one also where there are none."""
    stream = iter(records)
    yield list(islice(stream, BATCH))
    while batch := list(islice(stream, BATCH)):
        yield batch
