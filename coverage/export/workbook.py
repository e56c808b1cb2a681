"""The user's own file with the results as further columns at its right end; all else in it stays as it was.

Worksheets are changed in their XML alone, so that charts, pictures, macros, formulas and formats survive: openpyxl
would lose some of them, and needs fifty times the file in memory.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.errors import UploadError
from coverage.export.results import DISTANCE, RESULT_COLUMNS, result_cells, result_headers
from coverage.export.sheet_xml import Added, add_columns
from coverage.export.text_columns import add_text_columns
from coverage.intake.gate import ZIP, FileKind, recognise
from coverage.intake.unread_cells import parts_of_sheets
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from coverage.intake import Source
    from coverage.pipeline import Plan

    #: Added cells by sheet and row.
    Cells = Mapping[str, Mapping[int, Sequence[str]]]

_WIDTHS: Final = {"reason": 40, "problems": 40, "group_name": 30, "lead": 24, "proposed_superior": 24}
_USUAL_WIDTH: Final = 12
_LEVEL: Final = 1


class WrittenBack(NamedTuple):
    """A file with its results: its name, and its content."""

    name: str
    content: bytes


def write_back(plan: Plan, source: Source, *, mappings: pd.DataFrame) -> WrittenBack:
    """Return the user's file with the results of the plan in further columns.

    Parameters
    ----------
    source
        One of the files that the list was read from.
    mappings
    X

    Raises
    ------
    UploadError
        Not a kind of file that can be written, or none of its rows is in the plan.
    """
    kind = recognise(source)
    is_old = kind is FileKind.WORKBOOK and not source.content.startswith(ZIP)
    mappings = mappings[mappings["file"] == source.name]
    known = set(mappings["sheet"])
    cells = {} if is_old else result_cells(plan, file=source.name)
    cells = {sheet: rows for sheet, rows in cells.items() if sheet in known}
    if not cells:
        raise UploadError("write_back.old_workbook" if is_old else "write_back.not_this_list", file=source.name)
    headers = {sheet: _headers(mappings, sheet) for sheet in cells}
    content = (_text if kind is FileKind.TEXT else _workbook)(source, cells, headers)
    return WrittenBack(_name(source.name, kind), content)


def _name(name: str, kind: FileKind) -> str:
    stem, _, suffix = name.rpartition(".")
    usual = ("xlsx", "xlsm") if kind is FileKind.WORKBOOK else ("csv", "txt")
    return t("write_back.name", stem=stem or name) + "." + (suffix if suffix.lower() in usual else usual[0])


def _text(source: Source, cells: Cells, headers: Cells) -> bytes:
    return b"".join(add_text_columns(source, {**cells[""], **headers[""]}, header=max(headers[""])))


def _workbook(source: Source, cells: Cells, headers: Cells) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source.content)) as old, zipfile.ZipFile(body, "w") as new:
        changed = {part: name for name, part in parts_of_sheets(old).items() if name in cells}
        for member in old.infolist():
            content = old.read(member)
            name = changed.get(member.filename)
            pieces: Iterable[bytes] = [content]
            if name is not None:
                added = Added(headers[name], cells[name], frozenset({DISTANCE}), _widths())
                pieces = add_columns(content, added, file=source.name)
            with new.open(_entry(member), "w") as part:
                part.writelines(pieces)
    return body.getvalue()


def _entry(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return name, time and compression of a part, without sizes and flags, which are written anew."""
    entry = zipfile.ZipInfo(member.filename, member.date_time)
    entry.compress_type, entry.external_attr = member.compress_type, member.external_attr
    # The fastest level: 200 MB of cells take seconds less, and few bytes more
    entry._compresslevel = _LEVEL  # type: ignore[attr-defined] # noqa: SLF001 - no other way for one member
    return entry


def _headers(mappings: pd.DataFrame, sheet: str) -> dict[int, list[str]]:
    """Return the added cells of each header row of a sheet; the names stand in the last one."""
    of_sheet = mappings[mappings["sheet"] == sheet]
    first, last = int(of_sheet["first_row"].iloc[0]), int(of_sheet["last_row"].iloc[0])
    blank = [""] * len(RESULT_COLUMNS)
    above = dict.fromkeys(range(first, last), blank)
    if above:
        above[first] = [t("result.title"), *blank[1:]]
    return above | {last: result_headers()}


def _widths() -> list[int]:
    return [_WIDTHS.get(name, _USUAL_WIDTH) for name in RESULT_COLUMNS]
