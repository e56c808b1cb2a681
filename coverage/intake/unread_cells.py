"""Cells of a workbook that read as blank though something stands in them: error values, formulas without a result."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, Final

import pandas as pd
from defusedxml.ElementTree import fromstring

from coverage.intake.problems import severity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from coverage.intake.sources import Sheet

    Cells = frozenset[tuple[int, int]]

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_RELATION_ID: Final = re.compile(r"\{[^}]*/relationships\}id")
_BLOCK: Final = 2**20
# Most sheets hold none of these: then their cells need not be looked at one by one
_SIGNS: Final = (b't="e"', b"t='e'", b"<f", b":f")
_CELL: Final = re.compile(rb"<(?:\w+:)?c(\s(?:[^<>]*[^<>/])?)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE: Final = re.compile(rb"""\sr=["']([A-Z]+)(\d+)["']""")
_IS_ERROR: Final = re.compile(rb"""\st=["']e["']""")
#: A formula whose result is a text has one, even an empty one.
_IS_TEXT: Final = re.compile(rb"""\st=["']str["']""")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_RESULT: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>[^<]")
_LETTERS: Final = 26


def find_unread(content: bytes) -> dict[str, Cells]:
    """Return by sheet which cells (row, column, from 0) of an XLSX workbook a reader takes for blank.

    Parameters
    ----------
    content
        A workbook that has passed the gate: no part of it is too large to unpack.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = parts_of_sheets(archive)
        return {sheet: frozenset(_unread_cells(_blocks(archive, part))) for sheet, part in parts.items()}


def unread_problems(sheet: Sheet, names: Sequence[str], *, kept: Iterable[int], rows: Iterable[int]) -> pd.DataFrame:
    """Return F21 for each such cell in a row and a column that are read."""
    columns, shown = set(kept), set(rows)
    found = sorted((row + 1, column) for row, column in sheet.unread if column in columns and row + 1 in shown)
    return pd.DataFrame(
        {
            "part": 0,
            "row": [row for row, _ in found],
            "column": [names[column] for _, column in found],
            "value": "",
            "code": "F21",
            "severity": severity_of("F21").value,
            "detail": "",
        }
    )


def parts_of_sheets(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Return the part of each worksheet by the sheet's name."""
    relations = fromstring(archive.read(_RELATIONS))
    targets = {relation.get("Id"): posixpath.join("/xl", relation.get("Target", "")) for relation in relations}
    known = set(archive.namelist())
    sheets = (element for element in fromstring(archive.read(_WORKBOOK)).iter() if element.tag.endswith("}sheet"))
    named = ((sheet.get("name", ""), targets.get(_relation_of(sheet.attrib), "")) for sheet in sheets)
    paths = ((name, posixpath.normpath(target).lstrip("/")) for name, target in named)
    return {name: path for name, path in paths if path in known}


def _relation_of(attributes: Mapping[str, str]) -> str:
    return next((value for name, value in attributes.items() if _RELATION_ID.fullmatch(name)), "")


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the XML of a sheet in pieces that end with a row."""
    rest = b""
    with archive.open(part) as file:
        while block := file.read(_BLOCK):
            text = rest + block
            end = text.rfind(b"row>") + 1
            rest = text[end:]
            yield text[:end]
    yield rest


def _unread_cells(blocks: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    for block in blocks:
        if any(sign in block for sign in _SIGNS):
            for attributes, content in _CELL.findall(block):
                place = _PLACE.search(attributes)
                if place and _reads_as_blank(attributes, content):
                    yield int(place[2]) - 1, _column_of(place[1])


def _reads_as_blank(attributes: bytes, content: bytes) -> bool:
    if _IS_ERROR.search(attributes):
        return True
    return bool(_FORMULA.search(content)) and not (_RESULT.search(content) or _IS_TEXT.search(attributes))


def _column_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number - 1
