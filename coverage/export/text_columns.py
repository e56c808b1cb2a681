"""Cells added at the right end of a CSV file; what the user wrote stays as he wrote it, quotes and line ends too."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, Final

from coverage.intake.text_files import find_dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coverage.intake import Source

_LINE_ENDS: Final = "\r\n"


def add_text_columns(source: Source, cells: Mapping[int, Sequence[str]], *, header: int) -> Iterator[bytes]:
    """Yield the file as UTF-8 with a byte-order mark, its rows with the added cells behind the last column.

    Parameters
    ----------
    cells
        The added cells of each record, counted from 1; the header's among them.
    header
        Which record that is: shorter ones are filled up to its width.
    """
    _, separator = find_dialect(source)
    width = next((len(row) for at, (_, row) in enumerate(_records(source), 1) if at == header and row), 0)
    yield codecs.BOM_UTF8
    for number, (text, record) in enumerate(_records(source), 1):
        added = cells.get(number)
        if added is None or record is None:
            yield text.encode()
            continue
        body = text.rstrip(_LINE_ENDS)
        ending = text[len(body) :] or _LINE_ENDS
        filled = [""] * (width - len(record)) + list(added)
        yield (body + separator + _join(filled, separator) + ending).encode()


def _records(source: Source) -> Iterator[tuple[str, list[str] | None]]:
    """Yield the text of each record with its cells; None where its quotes are broken, as when it was imported."""
    encoding, separator = find_dialect(source)
    read: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.TextIOWrapper(io.BytesIO(source.content), encoding=encoding, newline=""):
            read.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    while True:
        read.clear()
        try:
            record: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            record = None
        yield "".join(read), record


def _join(cells: Sequence[str], separator: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="").writerow(cells)
    return text.getvalue()
