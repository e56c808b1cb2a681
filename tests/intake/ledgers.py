"""Ledgers as the tests draw them: rows of cells, and ranges to merge as a spreadsheet names them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Sequence


def workbook(**sheets: tuple[Sequence[Any], Sequence[str]]) -> bytes:
    """Return a workbook with these sheets: the rows of each, and its merged ranges ("A1:C1")."""
    book = Workbook()
    for place, (name, (rows, merges)) in enumerate(sheets.items()):
        sheet = book.create_sheet(name, place)
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
    del book[book.sheetnames[-1]]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ledger(rows: Sequence[Any], *merges: str) -> bytes:
    """Return a workbook with one sheet."""
    return workbook(ledger=(rows, merges))
