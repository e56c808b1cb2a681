"""Header rows of a ledger: which ones they are, and the levels that stand over each column (RULEBOOK §9)."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.intake.meanings import is_label
from coverage.values import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.intake.sources import Range, Sheet

    Records = Sequence[list[str] | None]
    Levels = list[tuple[str, ...]]

#: A column's levels are joined with this (RULEBOOK §9).
LEVEL_MARK: Final = "/"
#: Provincial templates have three or four (RULEBOOK §9).
MAX_HEADER_ROWS: Final = 5
#: A merged cell over more of the sheet's width than this is a title, not a group of columns.
_TITLE_SHARE: Final = 0.8
#: 填报单位：…, 2026年3月: what stands between the title and the header.
_REMARK: Final = re.compile(r"[:：]|\d{4}\s*年|^\s*单位\b")
#: 甲 乙 丙: what numbers the columns with text, before those with figures.
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_FEWEST_NUMBERS: Final = 3
_BREAKS: Final = re.compile(r"\s*[\r\n]+\s*")


class Block(NamedTuple):
    """The header rows of a sheet, from 0, and the levels over each column, the widest group first."""

    first_row: int
    last_row: int
    levels: Levels


def read_block(sheet: Sheet, records: Records, *, row: int, column: int) -> Block:
    """Return the header around the cell that names the organisations.

    Groups stand above it, and below it further names in rows where its own column is empty; a row of column numbers
    ends the header. A workbook says by its merged cells how far a group reaches; without them it reaches over the
    empty cells at its right that have names below.
    """
    last = _last_name_row(sheet, records, row=row, column=column)
    return block_between(sheet, records, first=_first_group_row(sheet, records, row=row), last=last)


def block_between(sheet: Sheet, records: Records, *, first: int, last: int) -> Block:
    """Return the header in these rows, from 0; a row of column numbers below them belongs to it."""
    rows = records[first : last + 1]
    width = max(len(cells or ()) for cells in rows)
    grid = [[_one_line(cell) for cell in cells or ()] + [""] * (width - len(cells or ())) for cells in rows]
    merges = [merge for merge in sheet.merges if first <= merge[0][0] and merge[1][0] <= last]
    filled = _fill_merged(grid, merges, first=first) if merges else _fill_right(grid)
    after = last + 1
    is_numbered = after < len(records) and _numbers_columns(records[after] or ())
    return Block(first, after if is_numbered else last, _levels(filled))


def _one_line(text: str) -> str:
    return _BREAKS.sub("", text.strip())


def _last_name_row(sheet: Sheet, records: Records, *, row: int, column: int) -> int:
    last = row
    for below in range(row + 1, min(row + MAX_HEADER_ROWS, len(records))):
        cells = records[below] or []
        is_open = column < len(cells) and not cells[column].strip() and any(cell.strip() for cell in cells)
        if not is_open or not (_is_merged_down(sheet, column, rows=(row, below)) or _names_below(records, last, below)):
            break
        last = below
    return last


def _is_merged_down(sheet: Sheet, column: int, *, rows: tuple[int, int]) -> bool:
    return any(
        first[0] <= rows[0] and rows[1] <= last[0] and first[1] <= column <= last[1] for first, last in sheet.merges
    )


def _names_below(records: Records, above: int, below: int) -> bool:
    """Say whether a row gives names to the columns of groups: under empty cells at their right, mostly known words."""
    upper, lower = records[above] or [], records[below] or []
    named = [at for at, cell in enumerate(lower) if cell.strip()]
    extends = any(0 < at < len(upper) and not upper[at].strip() and any(upper[:at]) for at in named)
    groups = _fill_right([list(upper), list(lower)])[0] if len(upper) == len(lower) else upper
    known = sum(is_label((groups[at] if at < len(groups) else "", lower[at])) for at in named)
    return extends and known * 2 >= len(named)


def _first_group_row(sheet: Sheet, records: Records, *, row: int) -> int:
    first = row
    while first and row - first < MAX_HEADER_ROWS - 1 and _holds_groups(sheet, records, first - 1):
        first -= 1
    return first


def _holds_groups(sheet: Sheet, records: Records, row: int) -> bool:
    cells = [cell.strip() for cell in records[row] or ()]
    filled = [cell for cell in cells if cell]
    if not filled or any(_REMARK.search(cell) for cell in filled):
        return False
    spans = [last[1] - first[1] + 1 for first, last in sheet.merges if first[0] <= row <= last[0]]
    if any(span >= _TITLE_SHARE * len(cells) for span in spans if span > 1):
        return False
    return len(filled) > 1 or any(span > 1 for span in spans)


def _fill_merged(grid: list[list[str]], merges: Sequence[Range], *, first: int) -> list[list[str]]:
    """Repeat each merged cell over its range."""
    filled = [list(cells) for cells in grid]
    for (top, left), (bottom, right) in merges:
        for row in range(top - first, bottom - first + 1):
            for column in range(left, min(right + 1, len(grid[row]))):
                filled[row][column] = grid[top - first][left]
    return filled


def _fill_right(grid: list[list[str]]) -> list[list[str]]:
    """Repeat the name of a group over the empty cells at its right that have a name below, inside its own group."""
    filled = [list(cells) for cells in grid]
    for level, cells in enumerate(filled[:-1]):
        for column in range(1, len(cells)):
            has_names = any(lower[column].strip() for lower in grid[level + 1 :])
            is_same_group = level == 0 or filled[level - 1][column] == filled[level - 1][column - 1]
            if not cells[column].strip() and has_names and is_same_group:
                cells[column] = cells[column - 1]
    return filled


def _levels(grid: list[list[str]]) -> Levels:
    """Return the names over each column from top to bottom, without gaps and repeats."""
    columns = []
    for names in zip(*grid, strict=True):
        filled = [name for name in names if name]
        columns.append(tuple(filled[:1] + [name for above, name in pairwise(filled) if name != above]))
    return columns


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Say whether a row only numbers the columns: A, B, C … or 1, 2, 3 …, or 甲, 乙, 1, 2 and so on."""
    filled = [fold(cell).strip("()") for cell in cells if cell.strip()]
    stems = list(takewhile(lambda cell: cell in _STEMS, filled))
    rest = filled[len(stems) :]
    is_stemmed = stems == list(_STEMS[: len(stems)])
    is_counted = any(rest == [name(at) for at in range(len(rest))] for name in (_letters, _number))
    return len(filled) >= _FEWEST_NUMBERS and is_stemmed and is_counted


def _letters(at: int) -> str:
    """Return what a spreadsheet calls a column, from 0: a, b … z, aa and so on."""
    before, letter = divmod(at, len(ascii_lowercase))
    return (_letters(before - 1) if before else "") + ascii_lowercase[letter]


def _number(at: int) -> str:
    return str(at + 1)
