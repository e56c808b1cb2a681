"""A few cells of each column of an upload, to see what it holds; nothing of what is about persons."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.fields import BY_CODE, SENSITIVE, Kind
from coverage.intake.personal import cut_personal_numbers, is_mostly_personal
from coverage.intake.reading import open_headed
from coverage.intake.sources import NOTHING_CHOSEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.intake.headers import Columns
    from coverage.intake.reading import Headed
    from coverage.intake.sources import Chosen, Source

#: File, sheet and column → different cells as written, in the order of the list.
Examples = dict[tuple[str, str, str], tuple[str, ...]]

_ROWS: Final = 200
_MOST: Final = 3
_LONGEST: Final = 40


def column_examples(sources: Sequence[Source], *, chosen: Chosen = NOTHING_CHOSEN) -> Examples:
    """Return a few cells of each column, also of one that is no field; raises as `list_columns` does."""
    return {
        (headed.sheet.file, headed.sheet.name, headed.columns.names[column]): texts
        for headed in open_headed(sources, chosen=chosen)
        for column, texts in _of_sheet(headed).items()
    }


def _of_sheet(headed: Headed) -> dict[int, tuple[str, ...]]:
    rows = [cells for cells in islice(headed.records, _ROWS) if cells]
    closed = _about_persons(headed.columns)
    cells = {
        column: [row[column].strip() for row in rows if column < len(row)]
        for column, name in enumerate(headed.columns.names)
        if name and column not in closed
    }
    return {column: _few(texts) for column, texts in cells.items() if not is_mostly_personal(texts)}


def _about_persons(columns: Columns) -> set[int]:
    """Return the columns about persons, and those in whose cells names may stand."""
    fields = [code for code in columns.of_field if code in SENSITIVE or BY_CODE[code].kind is Kind.PRESENCE]
    return {*columns.personal, *(column for code in fields for column in columns.of_field[code])}


def _few(texts: list[str]) -> tuple[str, ...]:
    different = pd.Series(list(dict.fromkeys(text for text in texts if text))[: 2 * _MOST], dtype="str")
    cut, _ = cut_personal_numbers(different)
    return tuple(text[:_LONGEST] for text in cut if text)[:_MOST]
