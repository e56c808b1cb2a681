"""What comes in: files with the user's names for them and his decisions on them, and the sheets of text they hold."""

from __future__ import annotations

import io
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Range = tuple[tuple[int, int], tuple[int, int]]


class Source(NamedTuple):
    """One input file; its name is a label for messages, never a path that is opened."""

    name: str
    content: bytes

    def open(self) -> BinaryIO:
        """Return the file from its beginning."""
        return io.BytesIO(self.content)


class LongSource(NamedTuple):
    """An input file that is opened each time that it is read, so that the whole of it is never in memory."""

    name: str
    open: Callable[[], BinaryIO]

    def load(self) -> Source:
        """Return the file with its content."""
        with self.open() as file:
            return Source(self.name, file.read())


class Readable(Protocol):
    """A source of either kind."""

    @property
    def name(self) -> str:
        """The user's name for it."""

    def open(self) -> BinaryIO:
        """Return the file from its beginning."""


class Chosen(NamedTuple):
    """What the user decided; what he left open is found by itself. A sheet is named by its file and name, "" in a text.

    `columns`: header with its levels → field code, "" to leave it out. What is written in a column about persons is
    not kept, whatever is chosen for it. `header_rows`: sheet → its first and last row of the header, as a spreadsheet
    counts them. `left_out`: sheets that are not read.
    """

    columns: Mapping[str, str] = MappingProxyType({})
    header_rows: Mapping[tuple[str, str], tuple[int, int]] = MappingProxyType({})
    left_out: frozenset[tuple[str, str]] = frozenset()


class SheetChoice(NamedTuple):
    """What is decided on a sheet: first and last row of its header as a spreadsheet counts them; 0 leaves it out."""

    file: str
    sheet: str
    first_row: int
    last_row: int

    @property
    def is_left_out(self) -> bool:
        """Say whether the sheet is not read."""
        return self.last_row == 0


def choose(columns: Mapping[str, str], sheets: Iterable[SheetChoice]) -> Chosen:
    """Return decisions on columns and sheets as one."""
    decided = {(each.file, each.sheet): each for each in sheets}
    return Chosen(
        columns,
        {key: (each.first_row, each.last_row) for key, each in decided.items() if not each.is_left_out},
        frozenset(key for key, each in decided.items() if each.is_left_out),
    )


#: Everything is found by itself.
NOTHING_CHOSEN: Final = Chosen()


class Sheet(NamedTuple):
    """One sheet as text: its records from the first row on, each as long as the file has it.

    A record is None where its quotes are broken. `long_numbers` fills while the records are read: (record, cell) of
    number cells with 16 digits or more, whose last digits a spreadsheet has lost. `merges` are the merged ranges as
    first and last (row, column), from 0. `unread` are cells that hold an error value or a formula without a result.
    """

    file: str
    name: str
    records: Iterator[list[str] | None]
    long_numbers: set[tuple[int, int]]
    merges: tuple[Range, ...] = ()
    is_text: bool = False
    unread: frozenset[tuple[int, int]] = frozenset()
