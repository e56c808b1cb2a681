"""CSV and other delimited text: the encoding and the separator found, records as RFC 4180 has them."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, Final

from coverage.errors import UploadError
from coverage.intake.headers import HEADER_SEARCH_ROWS, score_header
from coverage.intake.sources import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coverage.intake.sources import Readable

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS: Final = ("utf-8", "gb18030")
_SEPARATORS: Final = (",", "\t", ";")
_BLOCK: Final = 2**20
_LONGEST_MARK: Final = 3


def open_text(source: Readable) -> Sheet:
    """Return the one sheet of a text file.

    Raises
    ------
    UploadError
        No encoding fits, or a character that no text holds.
    """
    return Sheet(source.name, "", _records(source, *find_dialect(source)), set(), is_text=True)


def find_dialect(source: Readable) -> tuple[str, str]:
    """Return encoding and separator of a text file."""
    encoding = _find_encoding(source)
    return encoding, max(_SEPARATORS, key=lambda separator: _score(source, encoding, separator))


def _find_encoding(source: Readable) -> str:
    with source.open() as file:
        head = file.read(_LONGEST_MARK)
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if head.startswith(mark)]
    for encoding in marked or _ENCODINGS:
        if _decodes(source, encoding):
            return encoding
    raise UploadError("upload.undecodable", file=source.name)


def _decodes(source: Readable, encoding: str) -> bool:
    """Say whether a whole file decodes; nothing is replaced, and the text is not kept."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with source.open() as file:
            while block := file.read(_BLOCK):
                if "\x00" in decoder.decode(block):
                    raise UploadError("upload.nul", file=source.name)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _score(source: Readable, encoding: str, separator: str) -> int:
    try:
        head = list(islice(_records(source, encoding, separator), HEADER_SEARCH_ROWS))
    except UploadError:
        return 0
    return max((score_header(record) for record in head if record), default=0)


def _records(source: Readable, encoding: str, separator: str) -> Iterator[list[str] | None]:
    """Yield one record after another; None for a line whose quotes are broken, so that the next one is read again.

    Raises
    ------
    UploadError
        A quote that swallows whole lines: which ones they were cannot be told.
    """
    with io.TextIOWrapper(source.open(), encoding=encoding, newline="") as lines:
        yield from _records_of(lines, separator, file=source.name)


def _records_of(lines: Iterable[str], separator: str, *, file: str) -> Iterator[list[str] | None]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        lines_before = reader.line_num
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num - lines_before != 1 or _is_end_of_quote(error):
                raise UploadError("upload.open_quote", file=file, row=number) from error
            yield None
        else:
            yield None if reader.line_num - lines_before > 1 and _swallows_row(record, separator) else record


def _swallows_row(record: list[str], separator: str) -> bool:
    """Say whether a cell over several lines holds as many separators as a row: an open quote, closed in a later row."""
    return any("\n" in cell and cell.count(separator) >= max(1, len(record) - 1) for cell in record)


def _is_end_of_quote(error: csv.Error) -> bool:
    """Say whether the file ended inside a quoted cell of its last line."""
    return "unexpected end of data" in str(error)
