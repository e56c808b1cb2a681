"""What the planner decided on the columns and sheets of a form of list, kept for the next list of the same form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from coverage.errors import UploadError
from coverage.fields import BY_CODE
from coverage.intake import SheetChoice, template_id
from store.desk import remember_columns, remembered_columns
from store.reading import SHEETS_KEY, choices_text
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

#: Header of a column → field code, "" to leave it out.
Columns = dict[str, str]

#: What is decided on sheets of an upload.
Sheets = tuple[SheetChoice, ...]

_LEFT_OUT = ""
#: Which rows the header has, for all sheets whose first header row is the same; for one of them whether it is read.
_ROWS, _SHEET = "header rows", "sheet"
_LEVELS = "/"


class Decided(NamedTuple):
    """What a file of decisions holds; a sheet whose file is "" is meant in every file."""

    columns: Columns
    sheets: Sheets = ()

    def sheets_of(self, files: Iterable[str]) -> Sheets:
        """Return the decisions on sheets of these files."""
        return tuple(each._replace(file=file) for file in files for each in self.sheets if each.file in {"", file})


def templates_of(mappings: pd.DataFrame) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the template of each sheet of `Intake.mappings`, with its columns."""
    for _, part in mappings.groupby(["file", "sheet"], sort=False):
        yield template_id(part["column"]), frozenset(part["column"])


def remembered(mappings: pd.DataFrame) -> Columns:
    """Return what is kept for the columns of these sheets: header → field code, "" to leave it out."""
    store, scope = the_store(), the_scope()
    return {
        header: field
        for template, columns in templates_of(mappings)
        for header, field in remembered_columns(store, scope, template).items()
        if header in columns and (field == _LEFT_OUT or field in BY_CODE)
    }


def remember(mappings: pd.DataFrame, columns: Mapping[str, str]) -> None:
    """Keep the decisions for the next list whose sheets have the same columns."""
    for template, headers in templates_of(mappings):
        if decided := {header: field for header, field in columns.items() if header in headers}:
            remember_columns(the_store(), the_scope(), template, columns=decided)


def forget(mappings: pd.DataFrame) -> None:
    """Drop what is kept for these sheets."""
    for template, _ in templates_of(mappings):
        remember_columns(the_store(), the_scope(), template, columns={})


def remembered_sheets(mappings: pd.DataFrame) -> Sheets:
    """Return what is kept for sheets as they are found when nothing is chosen."""
    kept = [_remembered_sheet(file, sheet, rows) for (file, sheet), rows in _by_sheet(mappings)]
    return tuple(each for each in kept if each)


def remember_sheets(mappings: pd.DataFrame, sheets: Sheets) -> None:
    """Keep the decisions on sheets for the next list; a sheet without one is forgotten."""
    decided = {(each.file, each.sheet): each for each in sheets}
    for (file, sheet), part in _by_sheet(mappings):
        each = decided.get((file, sheet))
        is_left_out = each is not None and each.is_left_out
        _remember(_sheet_key(sheet, part), {"left_out": "1"} if is_left_out else {})
        if not is_left_out:
            _remember(_rows_key(part), {} if each is None else _offsets(each, part))


def _remember(key: str, decided: Mapping[str, str]) -> None:
    remember_columns(the_store(), the_scope(), key, columns=decided)


def _offsets(sheet: SheetChoice, part: pd.DataFrame) -> dict[str, str]:
    """Return header rows by their distance from where the header is found: the next list may have a title more."""
    found = int(part["first_row"].iloc[0])
    return {"first": str(sheet.first_row - found), "last": str(sheet.last_row - found)}


def _remembered_sheet(file: str, sheet: str, part: pd.DataFrame) -> SheetChoice | None:
    if remembered_columns(the_store(), the_scope(), _sheet_key(sheet, part)):
        return SheetChoice(file, sheet, 0, 0)
    offsets = remembered_columns(the_store(), the_scope(), _rows_key(part))
    if not offsets:
        return None
    first, last = (max(int(part["first_row"].iloc[0]) + int(offsets[name]), 1) for name in ("first", "last"))
    return SheetChoice(file, sheet, first, last)


def _by_sheet(mappings: pd.DataFrame) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    for (file, sheet), part in mappings.groupby(["file", "sheet"], sort=False):
        yield (str(file), str(sheet)), part


def _rows_key(part: pd.DataFrame) -> str:
    """Return what header rows are kept under: a header found too long holds data, but in its later rows."""
    return template_id([_ROWS, *(column.partition(_LEVELS)[0] for column in part["column"])])


def _sheet_key(sheet: str, part: pd.DataFrame) -> str:
    return template_id([_SHEET, sheet, _rows_key(part)])


def read_mapping(text: str, *, file: str) -> Decided:
    """Return decisions that were written as JSON.

    Raises
    ------
    UploadError
        It is no JSON object of headers and field codes, with decisions on sheets under ""; the message says what is
        wrong in which file.
    """
    try:
        columns = json.loads(text)
    except json.JSONDecodeError as error:
        raise UploadError("mapping.no_json", file=file, row=error.lineno, column=error.colno) from error
    except (ValueError, RecursionError) as error:
        raise UploadError("mapping.no_object", file=file) from error
    if not isinstance(columns, dict):
        raise UploadError("mapping.no_object", file=file)
    sheets = _read_sheets(columns.pop(SHEETS_KEY, []), file=file)
    for header, field in columns.items():
        if not isinstance(field, str) or (field != _LEFT_OUT and field not in BY_CODE):
            allowed = ", ".join(BY_CODE)
            raise UploadError("mapping.unknown_field", file=file, column=header, field=str(field), allowed=allowed)
    return Decided(columns, sheets)


def _read_sheets(stated: Any, *, file: str) -> Sheets:
    listed = stated if isinstance(stated, list) else [stated]
    entries: list[dict[str, Any]] = [{"file": ""} | each for each in listed if isinstance(each, dict)]
    if len(entries) < len(listed) or not all(map(_is_sheet, entries)):
        raise UploadError("mapping.bad_sheets", file=file)
    return tuple(SheetChoice(**each) for each in entries)


def _is_sheet(entry: dict[str, Any]) -> bool:
    kinds = {"file": str, "sheet": str, "first_row": int, "last_row": int}
    if entry.keys() != kinds.keys() or any(type(entry[name]) is not kind for name, kind in kinds.items()):
        return False
    first, last = entry["first_row"], entry["last_row"]
    return bool(first == last == 0 or 1 <= first <= last)


def write_mapping(columns: Mapping[str, str], sheets: Sheets = ()) -> str:
    """Return decisions as the JSON that `read_mapping` reads; of a single file it is not said which one."""
    if len({each.file for each in sheets}) == 1:
        sheets = tuple(each._replace(file="") for each in sheets)
    return json.dumps(json.loads(choices_text(columns, sheets) or "{}"), ensure_ascii=False, indent=2) + "\n"


def refuse_unknown(decided: Decided, mappings: pd.DataFrame, *, file: str) -> None:
    """Refuse a decision on a column or sheet that is not there: a slip of the pen would change nothing, unnoticed."""
    known = list(dict.fromkeys(mappings["column"]))
    unknown = [header for header in decided.columns if header not in known]
    if unknown:
        raise UploadError("mapping.unknown_column", file=file, column=unknown[0], allowed=", ".join(known))
    sheets = list(dict.fromkeys(mappings["sheet"]))
    missing = [each.sheet for each in decided.sheets if not each.is_left_out and each.sheet not in sheets]
    if missing:
        raise UploadError("mapping.unknown_sheet", file=file, sheet=missing[0], allowed=", ".join(sheets))
