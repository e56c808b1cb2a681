"""Cells merged over several rows of data: what they say holds for each of these rows (RULEBOOK §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from coverage.intake.sources import Sheet


class _Running(NamedTuple):
    """A merged cell that reaches into the rows to come."""

    last_row: int
    text: str
    is_spoilt: bool


def fill_down(sheet: Sheet, records: Iterable[list[str] | None], *, first_row: int) -> Iterable[list[str] | None]:
    """Return the records with every cell that is merged downwards repeated; an empty row stays empty.

    A number that lost digits is noted for each row that it is repeated in.

    Parameters
    ----------
    first_row
        Where the first of the records stands in the sheet, from 0.
    """
    merges = {first: last[0] for first, last in sheet.merges if first_row <= first[0] < last[0]}
    return _fill(sheet, records, first_row=first_row, merges=merges) if merges else records


def _fill(
    sheet: Sheet, records: Iterable[list[str] | None], *, first_row: int, merges: Mapping[tuple[int, int], int]
) -> Iterator[list[str] | None]:
    starts: dict[int, list[int]] = {}
    for row, column in merges:
        starts.setdefault(row, []).append(column)
    running: dict[int, _Running] = {}
    for row, cells in enumerate(records, first_row):
        if running and cells and any(cell.strip() for cell in cells):
            _repeat(sheet, cells, row=row, running=running)
        for column in starts.get(row, ()):
            text, is_spoilt = cells[column] if cells else "", (row, column) in sheet.long_numbers
            running[column] = _Running(merges[row, column], text, is_spoilt)
        yield cells


def _repeat(sheet: Sheet, cells: list[str], *, row: int, running: dict[int, _Running]) -> None:
    for column, merged in list(running.items()):
        if row > merged.last_row:
            del running[column]
        elif not cells[column].strip():
            cells[column] = merged.text
            sheet.long_numbers.update({(row, column)} if merged.is_spoilt else ())
