"""Lists as the tests write them: a header, rows, and what the intake makes of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from coverage.credit_code import ALPHABET
from coverage.intake import Chosen, Intake, Source, read_lists
from coverage.settings import PlanSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETTINGS = PlanSettings(as_of=date(2026, 7, 1))


def csv_bytes(header: Sequence[str], *rows: Sequence[object], encoding: str = "utf-8-sig") -> bytes:
    """Return a CSV file as spreadsheets write it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode(encoding)


def xlsx_bytes(*rows: Sequence[Any], **sheets: Sequence[Sequence[Any]]) -> bytes:
    """Return a workbook with these rows on its first sheet, and further sheets by name."""
    book = Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(list(row))
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(*files: bytes, crs: str | None = "wgs84", chosen: Chosen | None = None) -> Intake:
    """Return what the intake makes of files called list1, list2 and so on."""
    sources = [Source(f"list{number}", content) for number, content in enumerate(files, 1)]
    return read_lists(sources, settings=SETTINGS, crs=crs, chosen=chosen or Chosen())


def read_cells(*rows: Mapping[str, object], crs: str | None = "wgs84") -> Intake:
    """Return what the intake makes of rows given by field code; a row without a name gets one of its own."""
    header = ["name", *dict.fromkeys(field for row in rows for field in row if field != "name")]
    named = [{"name": f"org {number}"} | dict(row) for number, row in enumerate(rows, 1)]
    return read(csv_bytes(header, *([row.get(field, "") for field in header] for row in named)), crs=crs)


def codes_of(intake: Intake, *, row: int = 2) -> set[str]:
    """Return the codes of all findings about a row."""
    problems = intake.problems
    return set(problems.loc[problems["row"] == row, "code"])


def credit_code(number: int, *, area: str = "370102") -> str:
    """Return a valid code of a social association."""
    body = f"51{area}{number:08d}"
    inner = -sum(int(digit) * weight for digit, weight in zip(body[8:], (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    body += "0123456789X"[inner]
    return body + ALPHABET[-sum(ALPHABET.index(sign) * 3**place for place, sign in enumerate(body)) % 31]
