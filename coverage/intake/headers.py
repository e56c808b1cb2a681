"""The header of a sheet: which rows it is, and which field each of its columns holds (RULEBOOK §9)."""

from __future__ import annotations

import hashlib
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.fields import REPEATABLE, SENSITIVE, counts_probationary, match_header
from coverage.intake.levels import LEVEL_MARK, block_between, read_block
from coverage.intake.meanings import IGNORED, PERSONAL, Meaning, label_of, read_meaning
from coverage.intake.personal import cut_personal_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from coverage.intake.levels import Block, Levels
    from coverage.intake.sources import Sheet

HEADER_SEARCH_ROWS = 15
#: So many columns under one name make a group of columns to tick.
_FEWEST_TICKS = 2


class Header(NamedTuple):
    """The columns of a sheet by the names over each; rows count from 0, the data begin in the row after `last_row`."""

    levels: Levels
    names: list[str]
    row: int
    last_row: int


class Columns(NamedTuple):
    """The names of the columns and what becomes of each.

    `of_field` has, for each field, the columns that may hold it, the best name first: all of them count for a
    repeatable field and for one in `parts`, whose numbers are added up, else the first. `ticked` has the columns that
    stand for one value each, with that value. `unused` are the others with their field, `probationary` are columns of
    full members whose header says that probationary ones are in the numbers.
    """

    names: Sequence[str]
    of_field: dict[str, list[int]]
    ticked: dict[str, list[tuple[int, str]]]
    parts: set[str]
    unused: dict[int, str]
    personal: list[int]
    ignored: list[int]
    probationary: list[int]

    def of(self, code: str) -> list[int]:
        """Return the columns that are read for a field with one column or several, but no ticks."""
        found = self.of_field[code]
        return found if code in REPEATABLE or code in self.parts else found[:1]


def find_header(sheet: Sheet, records: Sequence[list[str] | None], chosen: Mapping[str, str]) -> Header | None:
    """Return the rows among the first ones that name most fields, None where no row names any.

    A row that names the organisations is tried first. Each is taken with the groups above and the names below it.
    """
    scores = [score_header(record, chosen) if record else 0 for record in records[:HEADER_SEARCH_ROWS]]
    if not any(scores):
        return None
    blocks = [
        read_block(sheet, records, row=row, column=column)
        for row, record in enumerate(records[:HEADER_SEARCH_ROWS])
        for column in _naming_columns(record or (), chosen)
    ]
    row = scores.index(max(scores))
    column = next(at for at, cell in enumerate(records[row] or ()) if score_header([cell], chosen))
    blocks = blocks or [read_block(sheet, records, row=row, column=column)]
    return _header(max(blocks, key=lambda block: _count_fields(block, chosen)))


def header_at(sheet: Sheet, records: Sequence[list[str] | None], *, rows: tuple[int, int]) -> Header | None:
    """Return the header in the rows that the user named, as a spreadsheet counts them; None where there are none."""
    first, last = rows
    if not 1 <= first <= last <= len(records) or not any(records[first - 1 : last]):
        return None
    return _header(block_between(sheet, records, first=first - 1, last=last - 1))


def template_id(columns: Iterable[str]) -> str:
    """Return what one form of list is known by: a hash of the columns of a sheet in `Intake.mappings`, in order."""
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


def score_header(record: Sequence[str], chosen: Mapping[str, str] = MappingProxyType({})) -> int:
    """Return how many different fields a record names, by aliases or by the user's choice."""
    known = {chosen.get(cell.strip()) or (match.code if (match := match_header(cell)) else IGNORED) for cell in record}
    return len(known - {IGNORED, PERSONAL})


def map_columns(header: Header, chosen: Mapping[str, str]) -> Columns:
    """Return the use of each column by the names over it, or by the user's choice for them."""
    columns = Columns(header.names, {}, {}, set(), {}, [], [], [])
    found: dict[str, list[tuple[int, int]]] = {}
    for column, meaning in enumerate(_meanings(header, chosen)):
        name = header.names[column]
        if meaning.code == "n_full" and counts_probationary(name):
            columns.probationary.append(column)
        elif meaning.label:
            columns.ticked.setdefault(meaning.code, []).append((column, meaning.label))
        elif meaning.code not in {IGNORED, PERSONAL}:
            found.setdefault(meaning.code, []).append((meaning.rank, column))
            columns.parts.update({meaning.code} if meaning.is_part else ())
        elif meaning.code == PERSONAL:
            columns.personal.append(column)
        elif name:
            columns.ignored.append(column)
    _settle(columns, found)
    return columns


def _naming_columns(record: Iterable[str], chosen: Mapping[str, str]) -> list[int]:
    """Return the cells that may be the header of the column that names the organisations."""
    by_choice = {name.rsplit(LEVEL_MARK, 1)[-1] for name, code in chosen.items() if code == "name"}
    return [
        column
        for column, cell in enumerate(record)
        if cell.strip() and (cell.strip() in by_choice or ((match := match_header(cell)) and match.code == "name"))
    ]


def _header(block: Block) -> Header:
    names, _ = cut_personal_numbers(pd.Series([LEVEL_MARK.join(levels) for levels in block.levels], dtype="str"))
    return Header(block.levels, names.tolist(), block.first_row, block.last_row)


def _count_fields(block: Block, chosen: Mapping[str, str]) -> int:
    codes = {meaning.code for meaning in _meanings(_header(block), chosen)} - {IGNORED, PERSONAL}
    return len(codes) + ("name" in codes) * len(block.levels)


def _meanings(header: Header, chosen: Mapping[str, str]) -> list[Meaning]:
    """Return what each column holds; ticks need several columns of values under one name, a climb only one."""
    by_names = [_own_meaning(levels) for levels in header.levels]
    labels = [label_of(levels) for levels in header.levels]
    ticks = Counter(levels[:-1] for levels, label in zip(header.levels, labels, strict=True) if label)
    siblings = Counter(levels[:-1] for levels in header.levels)
    meanings = []
    for name, levels, own, label in zip(header.names, header.levels, by_names, labels, strict=True):
        is_tick = label is not None and ticks[levels[:-1]] >= _FEWEST_TICKS
        if _may_choose(own, chosen.get(name)) and not (label and is_tick and chosen[name] == label.code):
            meanings.append(Meaning(chosen[name]))
        elif label and is_tick:
            meanings.append(label)
        elif own.is_climbed and siblings[levels[:-1]] > 1:
            meanings.append(Meaning(IGNORED))
        else:
            meanings.append(own)
    return meanings


def _may_choose(own: Meaning, code: str | None) -> bool:
    """Say whether a choice counts: not where it would keep what a column says about persons."""
    return code is not None and (own.code != PERSONAL or code in SENSITIVE)


def _own_meaning(levels: tuple[str, ...]) -> Meaning:
    return read_meaning(levels) or Meaning(IGNORED)


def _settle(columns: Columns, found: Mapping[str, list[tuple[int, int]]]) -> None:
    """Take the best column of each field; columns to tick give way to a column that states the value."""
    for code, candidates in found.items():
        ordered = [column for _, column in sorted(candidates)]
        columns.of_field[code] = ordered
        columns.unused.update({column: code for column in ordered if column not in columns.of(code)})
        if code not in REPEATABLE:
            columns.unused.update({column: code for column, _ in columns.ticked.pop(code, [])})
