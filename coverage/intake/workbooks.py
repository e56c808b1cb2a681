"""XLSX and XLS ledgers, every cell as text."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from coverage.errors import UploadError
from coverage.intake.gate import ZIP
from coverage.intake.sources import Sheet
from coverage.intake.unread_cells import find_unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_calamine import CalamineSheet

    from coverage.intake.sources import Source
    from coverage.intake.unread_cells import Cells

#: notes on trust §4: a number of 16 digits or more has lost its last ones in a spreadsheet.
_LONG_NUMBER: Final = 10**15
_EXACT: Final = 2**53
_NUMBERS: Final = frozenset({float, int})


def open_workbook(source: Source) -> tuple[list[Sheet], list[str]]:
    """Return the visible worksheets of a workbook that hold anything, and the names of the hidden ones.

    Raises
    ------
    UploadError
        Protected by a password, or not readable as a workbook.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(source.content))
        worksheets = [meta for meta in workbook.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]
        shown = [meta.name for meta in worksheets if meta.visible is SheetVisibleEnum.Visible]
        unread = find_unread(source.content) if source.content.startswith(ZIP) else {}
        sheets = [_open_sheet(source.name, workbook.get_sheet_by_name(name), unread) for name in shown]
    except PasswordError as error:
        raise UploadError("upload.encrypted", file=source.name) from error
    except (CalamineError, ValueError, OSError, KeyError, SyntaxError, zlib.error, zipfile.BadZipFile) as error:
        raise UploadError("upload.damaged", file=source.name) from error
    return [sheet for sheet in sheets if sheet], [meta.name for meta in worksheets if meta.name not in shown]


def _open_sheet(file: str, worksheet: CalamineSheet, unread: Mapping[str, Cells]) -> Sheet | None:
    if worksheet.start is None:
        return None
    long_numbers: set[tuple[int, int]] = set()
    return Sheet(
        file,
        worksheet.name,
        _records(worksheet, long_numbers),
        long_numbers,
        merges=tuple(sorted(worksheet.merged_cell_ranges or ())),
        unread=unread.get(worksheet.name, frozenset()),
    )


def _records(worksheet: CalamineSheet, long_numbers: set[tuple[int, int]]) -> Iterator[list[str]]:
    """Yield every row from the sheet's first one on; calamine leaves out the empty columns on the left."""
    left = [""] * (worksheet.start or (0, 0))[1]
    for number, row in enumerate(worksheet.iter_rows()):
        numbers: list[float] = [cell for cell in row if type(cell) in _NUMBERS]  # type: ignore[misc]
        if numbers and (max(numbers) >= _LONG_NUMBER or min(numbers) <= -_LONG_NUMBER):
            long_numbers.update((number, len(left) + column) for column, cell in enumerate(row) if _is_long(cell))
        yield left + [cell if type(cell) is str else _text(cell) for cell in row]


def _is_long(cell: object) -> bool:
    return isinstance(cell, float | int) and abs(cell) >= _LONG_NUMBER


def _text(cell: Any) -> str:
    """Return a cell as the text it would have in a CSV file."""
    match cell:
        case bool():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
        case datetime():
            return str(cell.date()) if cell.time() == time() else str(cell)
        case _:
            return str(cell)
