"""What the planner decided on the columns of a form of list, kept for the next list of the same form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from coverage.errors import UploadError
from coverage.fields import BY_CODE
from coverage.intake import template_id
from store.desk import remember_columns, remembered_columns
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

#: Header of a column → field code, "" to leave it out.
Columns = dict[str, str]

_LEFT_OUT = ""


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


def read_mapping(text: str, *, file: str) -> Columns:
    """Return decisions that were written as JSON.

    Raises
    ------
    UploadError
        It is no JSON object of headers and field codes; the message says what is wrong in which file.
    """
    try:
        columns = json.loads(text)
    except json.JSONDecodeError as error:
        raise UploadError("mapping.no_json", file=file, row=error.lineno, column=error.colno) from error
    except (ValueError, RecursionError) as error:
        raise UploadError("mapping.no_object", file=file) from error
    if not isinstance(columns, dict):
        raise UploadError("mapping.no_object", file=file)
    for header, field in columns.items():
        if not isinstance(field, str) or (field != _LEFT_OUT and field not in BY_CODE):
            allowed = ", ".join(BY_CODE)
            raise UploadError("mapping.unknown_field", file=file, column=header, field=str(field), allowed=allowed)
    return columns


def write_mapping(columns: Mapping[str, str]) -> str:
    """Return decisions as the JSON that `read_mapping` reads."""
    return json.dumps(columns, ensure_ascii=False, indent=2) + "\n"


def refuse_unknown(columns: Mapping[str, str], mappings: pd.DataFrame, *, file: str) -> None:
    """Refuse a decision on a column that no sheet has: a slip of the pen would else change nothing unnoticed."""
    known = list(dict.fromkeys(mappings["column"]))
    unknown = [header for header in columns if header not in known]
    if unknown:
        raise UploadError("mapping.unknown_column", file=file, column=unknown[0], allowed=", ".join(known))
