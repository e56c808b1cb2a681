"""The header of a sheet: which row it is, and which field each of its columns holds (RULEBOOK §9)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from coverage.errors import UploadError
from coverage.fields import REPEATABLE, counts_probationary, is_personal_header, match_header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coverage.intake.sources import Sheet

HEADER_SEARCH_ROWS = 15
#: In `mappings` and choices of the user: a column about persons, and one that is left out.
PERSONAL = "personal"
IGNORED = ""


class Header(NamedTuple):
    """The columns of a sheet by name; `row` counts from 0, the data begin in the row after `last_row`."""

    names: list[str]
    row: int
    last_row: int


class Columns(NamedTuple):
    """The names of the columns and what becomes of each.

    `of_field` has, for each field, the columns that may hold it, the best alias first: all of them count for a
    repeatable field, else the first. `unused` are the others with their field, `probationary` are columns of full
    members whose header says that probationary ones are in the numbers.
    """

    names: Sequence[str]
    of_field: dict[str, list[int]]
    unused: dict[int, str]
    personal: list[int]
    ignored: list[int]
    probationary: list[int]


def find_header(sheet: Sheet, records: Sequence[list[str] | None], chosen: Mapping[str, str]) -> Header | None:
    """Return the row among the first ones that names most fields, None where no row names any.

    Raises
    ------
    UploadError
        The header stands in merged cells.
    """
    scores = [score_header(record, chosen) if record else 0 for record in records[:HEADER_SEARCH_ROWS]]
    if not any(scores):
        return None
    row = scores.index(max(scores))
    if any(first[0] <= row <= last[0] for first, last in sheet.merges):
        raise UploadError("upload.merged_header", file=sheet.file, sheet=sheet.name, row=row + 1)
    return Header([name.strip() for name in records[row] or ()], row, row)


def score_header(record: Sequence[str], chosen: Mapping[str, str] = MappingProxyType({})) -> int:
    """Return how many different fields a record names, by aliases or by the user's choice."""
    known = {chosen.get(cell.strip()) or (match.code if (match := match_header(cell)) else IGNORED) for cell in record}
    return len(known - {IGNORED, PERSONAL})


def map_columns(names: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """Return the use of each column by its name, or by the user's choice for that name."""
    found: dict[str, list[tuple[int, int]]] = {}
    columns = Columns(names, {}, {}, [], [], [])
    for column, name in enumerate(names):
        match = match_header(name)
        code, rank = (chosen[name], 0) if name in chosen else match or (IGNORED, 0)
        if code == "n_full" and counts_probationary(name):
            columns.probationary.append(column)
        elif code not in {IGNORED, PERSONAL}:
            found.setdefault(code, []).append((rank, column))
        elif code == PERSONAL or is_personal_header(name):
            columns.personal.append(column)
        elif name:
            columns.ignored.append(column)
    for code, candidates in found.items():
        ordered = [column for _, column in sorted(candidates)]
        columns.of_field[code] = ordered
        if code not in REPEATABLE:
            columns.unused.update(dict.fromkeys(ordered[1:], code))
    return columns
