"""A table as a workbook: the same cells as in its CSV, codes as text, numbers as numbers, nothing that is a formula.

Written as XML and not by openpyxl, which takes a minute and a gigabyte for the columns of 100,000 organisations.
"""

from __future__ import annotations

import io
import re
import zipfile
from itertools import islice
from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.errors import PlanError
from coverage.export.cells import escape_cells
from coverage.export.sheet_xml import column_letters, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: What a spreadsheet holds, the row of headers included.
MAX_ROWS: Final = 1_048_576
_BLOCK_ROWS: Final = 5_000
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 4
_NUMBER: Final = re.compile(r"-?\d+(?:\.(\d+))?")
_HEADER, _TEXT, _FIRST_NUMBER = 1, 2, 3
_MOST_DECIMALS: Final = 6
# Widths in characters: of a column as its first rows need it, within these limits.
_MEASURED_ROWS, _NARROWEST, _WIDEST = 200, 8, 46
_NARROW: Final = 0x2000  # below stand letters and digits, half as wide as a Chinese character

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_RELATION}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_RELATION}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_RELATION}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ),
}


def write_workbook(table: pd.DataFrame, *, headers: Mapping[str, str], title: str) -> bytes:
    """Return a table as a workbook (XLSX) of one sheet; the same table gives the same bytes.

    Parameters
    ----------
    headers
        What stands over each column; a column that is not named there keeps its own name.
    title
        Name of the sheet.

    Raises
    ------
    PlanError
        More rows than a spreadsheet holds.
    """
    if len(table) >= MAX_ROWS:
        raise PlanError("export.limit.rows", rows=f"{len(table):,}", most=f"{MAX_ROWS:,}")
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, part in (*_PARTS.items(), ("xl/workbook.xml", _workbook(title)), ("xl/styles.xml", _styles())):
            archive.writestr(_entry(name), _DECLARATION + part)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.writelines(_sheet(table, [headers.get(str(name), str(name)) for name in table.columns]))
    return body.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sheet(table: pd.DataFrame, titles: list[str]) -> Iterator[bytes]:
    """Yield the XML of a sheet whose first row stays in view and can be filtered."""
    last = column_letters(len(titles))
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{_width(title, table.iloc[:, place - 1])}" customWidth="1"/>'
        for place, title in enumerate(titles, 1)
    )
    yield (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}{len(table) + 1}"/><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>"
    ).encode("ascii")
    letters = [column_letters(place) for place in range(1, len(titles) + 1)]
    heads = escape_cells(pd.Series(titles, dtype="str"))
    yield _row(1, letters, [_text_cell(title, _HEADER) for title in heads])
    styles = [_style(table.iloc[:, place]) for place in range(len(titles))]
    for start in range(0, len(table), _BLOCK_ROWS):
        block = table.iloc[start : start + _BLOCK_ROWS]
        columns = [_cells(block.iloc[:, place], style) for place, style in enumerate(styles)]
        rows = enumerate(zip(*columns, strict=True), start + 2)
        yield b"".join(_row(number, letters, cells) for number, cells in rows)
    yield f'</sheetData><autoFilter ref="A1:{last}{len(table) + 1}"/></worksheet>'.encode("ascii")


def _row(number: int, letters: Sequence[str], cells: Sequence[str]) -> bytes:
    """Return a row; a blank has no cell."""
    shown = [f'<c r="{letter}{number}"{cell}' for letter, cell in zip(letters, cells, strict=True) if cell]
    return f'<row r="{number}">{"".join(shown)}</row>'.encode("ascii")


def _cells(column: pd.Series, style: int) -> list[str]:
    """Return each cell of a column from behind its place on, "" for a blank."""
    if column.dtype == "str":
        every: list[str] = escape_cells(column).tolist()  # an Arrow column is ten times slower to walk
        known = {text: _text_cell(text, _TEXT) for text in dict.fromkeys(every)}
        return [known[text] for text in every]
    return [_other_cell(str(value), style) for value in column.tolist()]


def _other_cell(value: str, style: int) -> str:
    """Return a cell of a column of numbers; what is none (a count that is hidden) stays a text."""
    return f' s="{style}"><v>{value}</v></c>' if _NUMBER.fullmatch(value) else _text_cell(value, _TEXT)


def _text_cell(text: str, style: int) -> str:
    if not text:
        return ""
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{xml_text(text).decode("ascii")}</t></is></c>'


def _style(column: pd.Series) -> int:
    """Return the style of a column: numbers have as many decimals as they are written with."""
    if column.dtype == "str":
        return _TEXT
    known = (found for value in column.tolist() if (found := _NUMBER.fullmatch(str(value))))  # the first may be blank
    decimals = (len(found[1] or "") for found in islice(known, _MEASURED_ROWS))
    return _FIRST_NUMBER + min(max(decimals, default=0), _MOST_DECIMALS)


def _width(title: str, column: pd.Series) -> int:
    texts = [title, *map(str, column.head(_MEASURED_ROWS))]
    return min(max(_NARROWEST, *(sum(1 + (ord(sign) >= _NARROW) for sign in text) + 2 for text in texts)), _WIDEST)


def _workbook(title: str) -> str:
    name = xml_text(re.sub(r"[\[\]:*?/\\']", " ", title)[:31]).decode("ascii").replace('"', "&quot;")
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    )


def _styles() -> str:
    """Return the formats: as it comes, a header, a text, and numbers with no decimals to six."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + decimals}" formatCode="0.{"0" * decimals}"/>'
        for decimals in range(1, _MOST_DECIMALS + 1)
    )
    numbers = (1, *(164 + decimals for decimals in range(1, _MOST_DECIMALS + 1)))
    plain = 'fontId="0" fillId="0" borderId="0"'
    looks = "".join(f'<xf numFmtId="{number}" {plain} applyNumberFormat="1"/>' for number in numbers)
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{_MOST_DECIMALS}">{formats}</numFmts>'
        '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFF1E4E2"/></patternFill></fill></fills>'
        f"<borders><border/></borders><cellStyleXfs><xf {plain}/></cellStyleXfs>"
        f'<cellXfs count="{_FIRST_NUMBER + len(numbers)}"><xf numFmtId="0" {plain}/>'
        '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
        f'<xf numFmtId="49" {plain} applyNumberFormat="1"/>{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
