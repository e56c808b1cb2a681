"""What comes in: files as bytes with the user's names for them, and the sheets of text that they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Range = tuple[tuple[int, int], tuple[int, int]]


class Source(NamedTuple):
    """One input file; its name is a label for messages, never a path that is opened."""

    name: str
    content: bytes


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
