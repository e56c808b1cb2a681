"""Which records of a sheet are data: blanks, sums and notes are passed over, broken rows are reported."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
import pyarrow as pa

from coverage.errors import UploadError
from coverage.intake.problems import severity_of
from coverage.values import fold
from coverage.vocabulary import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from coverage.intake.sources import Sheet

#: notes on trust §4.
MAX_TEXT_ROWS: Final = 1_000_000
MAX_WORKBOOK_ROWS: Final = 200_000
#: Rows by which the columns nobody knows are judged.
SAMPLE_ROWS: Final = 1_000
_BATCH: Final = 20_000
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


class Sifted(NamedTuple):
    """The data of a sheet by column, the row of each as a spreadsheet shows it, and what happened to other rows.

    `overlooked` are columns without a header that hold something.
    """

    columns: dict[int, pa.ChunkedArray]
    row: list[int]
    problems: pd.DataFrame
    rejected: int
    sample: list[list[str]]
    overlooked: list[int]


class _Fault(NamedTuple):
    row: int
    code: str
    detail: str


def sift(sheet: Sheet, records: Iterable[list[str] | None], layout: Layout) -> Sifted:
    """Return the records after the header that are data, and one finding for each that is not."""
    limit = MAX_TEXT_ROWS if sheet.is_text else MAX_WORKBOOK_ROWS
    pieces: dict[int, list[pa.Array]] = {column: [] for column in layout.kept}
    rows: list[int] = []
    faults: list[_Fault] = []
    sample: list[list[str]] = []
    overlooked: set[int] = set()
    first = layout.last_row + 2
    for batch in _batches(records):
        spoilt = {record + 1 for record, column in sheet.long_numbers if column in layout.texts}
        data = []
        for number, cells in enumerate(batch, first):
            fate = _fate(cells, layout)
            if cells is None or fate != _DATA:
                faults.append(_Fault(number, fate, str(len(cells or ()))))
            elif number in spoilt:
                faults.append(_Fault(number, "F3", ""))
            else:
                data.append(cells)
                rows.append(number)
        first += len(batch)
        if len(rows) > limit:
            raise UploadError("upload.too_many_rows", file=sheet.file, sheet=sheet.name, limit=limit)
        sample = sample or data[:SAMPLE_ROWS]
        overlooked.update(column for column in layout.unnamed if any(cells[column].strip() for cells in data))
        by_column = list(zip(*data, strict=True))
        for column, parts in pieces.items():
            parts.append(pa.array(by_column[column] if data else [], pa.large_string()))
    columns = {column: pa.chunked_array(parts, pa.large_string()) for column, parts in pieces.items()}
    problems = _problems([fault for fault in faults if fault.code != _BLANK])
    return Sifted(
        columns, rows, problems, int((problems["severity"] == Severity.REJECTED).sum()), sample, sorted(overlooked)
    )


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
    stream = iter(records)
    while batch := list(islice(stream, _BATCH)):
        yield batch


def _problems(faults: Sequence[_Fault]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "part": 0,
            "row": [fault.row for fault in faults],
            "column": "",
            "value": "",
            "code": [fault.code for fault in faults],
            "severity": [severity_of(fault.code).value for fault in faults],
            "detail": [fault.detail for fault in faults],
        }
    )
