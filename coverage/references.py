"""How a finding names another row of the list: as spreadsheets refer to cells, without a word of any language."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_REFERENCE: Final = re.compile(r"(?:\[(?P<file>.*)\])?(?:(?P<sheet>.*)!)?(?P<row>[0-9]+)", re.DOTALL)


class Reference(NamedTuple):
    """A row as a spreadsheet shows it, header = 1; file and sheet are "" where they are the finding's own."""

    row: str
    sheet: str = ""
    file: str = ""


def write_reference(reference: Reference) -> str:
    """Return 5, 名单!5 in another sheet, [二季度.xlsx]名单!5 in another file."""
    file = f"[{reference.file}]" if reference.file else ""
    sheet = f"{reference.sheet}!" if reference.sheet else ""
    return f"{file}{sheet}{reference.row}"


def read_reference(text: str) -> Reference | None:
    """Return what `write_reference` wrote, None where a text is none."""
    found = _REFERENCE.fullmatch(text)
    return Reference(found["row"], found["sheet"] or "", found["file"] or "") if found else None
