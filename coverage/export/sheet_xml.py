"""Cells added at the right end of a worksheet's XML; everything else stays, byte by byte (ECMA-376 part 1, 18.3.1)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.errors import UploadError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_MARKED: Final = re.compile(rb"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->", re.DOTALL)
_ENCODING: Final = re.compile(rb"""(<\?xml[^>]*?)\sencoding=["'][^"']*["']""")
_DATA: Final = re.compile(rb"<(\w+:)?sheetData\s*(/?)>")
_ROW: Final = re.compile(rb"<(?:\w+:)?row(\s[^<>]*?)?(/?)>")
_ROW_NUMBER: Final = re.compile(rb"""\sr=["'](\d+)["']""")
_SPANS: Final = re.compile(rb"""\sspans=["'][^"']*["']""")
_CELL: Final = re.compile(rb"<(?:\w+:)?c(\s[^<>]*?)?(/?)>")
_PLACE: Final = re.compile(rb"""\sr=["']([A-Za-z]{1,3})\d+["']""")
_STYLE: Final = re.compile(rb"""\ss=["'](\d+)["']""")
_BLANK_AT_END: Final = re.compile(rb"<(?:\w+:)?c(\s[^<>]*?)?(?:/>|></(?:\w+:)?c>)\s*\Z")
_MERGED: Final = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["'][A-Za-z]+\d+:([A-Za-z]+)\d+["']""")
_DIMENSION: Final = re.compile(rb"""(<(?:\w+:)?dimension\s[^<>]*?ref=["'])([A-Z]+\d+)(?::([A-Z]+)(\d+))?(["'])""")
_COLUMNS: Final = re.compile(rb"<(?:\w+:)?cols>(.*?)</(?:\w+:)?cols>", re.DOTALL)
_LAST_OF_WIDTH: Final = re.compile(rb"""\smax=["'](\d+)["']""")
_LONGEST_BLANK_CELL: Final = 400
_LETTERS: Final = 26
#: Measures and reasons repeat themselves: so many texts are turned into XML once.
_REMEMBERED: Final = 10_000
#: XFD is the last column of a sheet, and so much text fits into one cell.
MAX_COLUMNS: Final = 16_384
MAX_CHARACTERS: Final = 32_767
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# ECMA-376 22.9.2.19: what would be read as an escaped character
_ESCAPE_LIKE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


class Added(NamedTuple):
    """What is added to a sheet; rows count as a spreadsheet shows them.

    `headers` are the cells of each header row, `cells` those of each other row, `numbers` the columns (from 0) that
    hold numbers; `widths` are in characters, one a column.
    """

    headers: Mapping[int, Sequence[str]]
    cells: Mapping[int, Sequence[str]]
    numbers: frozenset[int]
    widths: Sequence[int]


class _Place(NamedTuple):
    """Where the new columns begin (from 1), and the prefix of the sheet's own elements."""

    first: int
    prefix: bytes


def add_columns(xml: bytes, added: Added, *, file: str) -> Iterator[bytes]:
    """Yield the XML of a sheet with the columns added behind its last one in use, piece by piece.

    Raises
    ------
    UploadError
        The sheet has no room for them, or no data.
    """
    xml = _plain(xml)
    opening = _DATA.search(xml)
    if opening is None or opening[2]:
        raise UploadError("write_back.no_rows", file=file)
    prefix = opening[1] or b""
    end = xml.rfind(b"</" + prefix + b"sheetData")
    data = xml[opening.end() : end]
    place = _Place(_last_column(xml, data, prefix) + 1, prefix)
    if place.first + len(added.widths) > MAX_COLUMNS:
        raise UploadError("write_back.no_room", file=file)
    yield _with_widths(_with_dimension(xml[: opening.start()], place, added), place, added)
    yield opening[0]
    yield from _rows(data, place, added)
    yield xml[end:]


def _plain(xml: bytes) -> bytes:
    """Return a sheet in a form of ASCII-compatible bytes without comments: then "<" always opens an element."""
    if xml.startswith(_UTF16):
        xml = _ENCODING.sub(rb"\1", xml.decode("utf-16").encode("utf-8"), count=1)
    return _MARKED.sub(lambda found: _escape(found[1]), xml) if b"<!" in xml else xml


def _escape(text: bytes | None) -> bytes:
    return (text or b"").replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _elements(data: bytes, prefix: bytes) -> Iterator[tuple[int, re.Match[bytes], int, int]]:
    """Yield number, opening tag, start and end of the content of each row; a row without a number follows the last."""
    number = 0
    for opening in _ROW.finditer(data):
        stated = _ROW_NUMBER.search(opening[1] or b"")
        number = int(stated[1]) if stated else number + 1
        end = opening.end() if opening[2] else data.find(b"</" + prefix + b"row", opening.end())
        yield number, opening, opening.end(), end


def _last_column(xml: bytes, data: bytes, prefix: bytes) -> int:
    """Return the last column in use, from 1: by a cell that holds something, or by a merged range."""
    merged = (column_number(found[1]) for found in _MERGED.finditer(xml, xml.rfind(b"sheetData>")))
    filled = (_last_filled(data[begin:end], prefix) for _, _, begin, end in _elements(data, prefix))
    return max(max(merged, default=0), max(filled, default=0))


def _last_filled(cells: bytes, prefix: bytes) -> int:
    cells = _strip_blanks(cells, first=1)
    at = cells.rfind(b"<" + prefix + b"c")
    while at >= 0 and not (opening := _CELL.match(cells, at)):
        at = cells.rfind(b"<" + prefix + b"c", 0, at)
    if at < 0:
        return 0
    stated = _PLACE.search(opening[1] or b"") if opening else None
    return column_number(stated[1]) if stated else _count_places(cells)


def _count_places(cells: bytes) -> int:
    """Return the column of the last cell where not all of them state theirs: it follows the one before."""
    column = 0
    for cell in _CELL.finditer(cells):
        stated = _PLACE.search(cell[1] or b"")
        column = column_number(stated[1]) if stated else column + 1
    return column


def _strip_blanks(cells: bytes, *, first: int) -> bytes:
    """Return the cells of a row without the empty ones at its end that stand in column `first` or behind it."""
    while blank := _BLANK_AT_END.search(cells, max(0, len(cells) - _LONGEST_BLANK_CELL)):
        stated = _PLACE.search(blank[1] or b"")
        if (column_number(stated[1]) if stated else _count_places(cells)) < first:
            break
        cells = cells[: blank.start()]
    return cells


def _rows(data: bytes, place: _Place, added: Added) -> Iterator[bytes]:
    done = 0
    for number, opening, begin, end in _elements(data, place.prefix):
        is_header = number in added.headers
        texts = added.headers[number] if is_header else added.cells.get(number)
        if texts is None:
            continue
        cells = _strip_blanks(data[begin:end], first=place.first)
        numbers = frozenset() if is_header else added.numbers
        style = _style_of_last(cells) if is_header else b""
        yield data[done : opening.start()]
        yield b"<" + place.prefix + b"row" + _SPANS.sub(b"", opening[1] or b"") + b">" + cells
        yield b"".join(
            _cell(
                text, place=_name(place.first + at, number), style=style, is_number=at in numbers, prefix=place.prefix
            )
            for at, text in enumerate(texts)
            if text or style
        )
        yield b"</" + place.prefix + b"row>" if opening[2] else b""
        done = end
    yield data[done:]


def _style_of_last(cells: bytes) -> bytes:
    """Return the style of the last cell of a header row, for the headers beside it."""
    styles = [found[1] for cell in _CELL.finditer(cells) if (found := _STYLE.search(cell[1] or b""))]
    return b' s="' + styles[-1] + b'"' if styles else b""


def _cell(text: str, *, place: bytes, style: bytes, is_number: bool, prefix: bytes) -> bytes:
    """Return one cell: a number, or a text that no spreadsheet takes for a formula."""
    opening = b"<" + prefix + b'c r="' + place + b'"' + style
    if not text:
        return opening + b"/>"
    if is_number:
        return opening + b"><%bv>" % prefix + text.encode("ascii") + b"</%bv></%bc>" % (prefix, prefix)
    start = b' t="inlineStr"><%bis><%bt xml:space="preserve">' % (prefix, prefix)
    return opening + start + xml_text(text) + b"</%bt></%bis></%bc>" % (prefix, prefix, prefix)


@lru_cache(maxsize=_REMEMBERED)
def xml_text(text: str) -> bytes:
    """Return a text as XML; in character references, which mean the same in whatever encoding the file declares."""
    clean = _ESCAPE_LIKE.sub("_x005F_", _FORBIDDEN.sub("", text[:MAX_CHARACTERS]))
    return clean.translate(_SPECIAL).encode("ascii", "xmlcharrefreplace")


def _with_dimension(head: bytes, place: _Place, added: Added) -> bytes:
    """Return the head of the sheet with the range in use that includes the new columns."""

    def widen(found: re.Match[bytes]) -> bytes:
        start, first, _, last_row, quote = found.groups()
        row = last_row or re.sub(rb"\D", b"", first)
        return start + first + b":" + _name(place.first + len(added.widths) - 1, int(row)) + quote

    return _DIMENSION.sub(widen, head, count=1)


def _with_widths(head: bytes, place: _Place, added: Added) -> bytes:
    """Return the head of the sheet with the widths of the new columns, unless widths are stated for them already."""
    known = _COLUMNS.search(head)
    if known and max(map(int, _LAST_OF_WIDTH.findall(known[1])), default=0) >= place.first:
        return head
    widths = b"".join(
        b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>' % (place.prefix, column, column, width)
        for column, width in enumerate(added.widths, place.first)
    )
    if known:
        return head[: known.end(1)] + widths + head[known.end(1) :]
    return head + b"<%bcols>" % place.prefix + widths + b"</%bcols>" % place.prefix


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def column_letters(column: int) -> str:
    """Return A for 1, AA for 27."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def _name(column: int, row: int) -> bytes:
    return f"{column_letters(column)}{row}".encode("ascii")
