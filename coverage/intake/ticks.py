"""Columns to tick (one-hot): several columns that stand for one value each become one cell of text (RULEBOOK §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.fields import BY_CODE, Kind
from coverage.values import by_distinct, read_presence, read_tick

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Several ticks in one row are kept apart like several words in one cell.
_MARK: Final = "；"
#: A blank in a column to tick says no (RULEBOOK §9); an enumeration without a tick says nothing.
_NO: Final = "否"
_SAYS_NO: Final = frozenset({Kind.TICK, Kind.PRESENCE})


def join_ticks(code: str, columns: Sequence[tuple[pd.Series, str]]) -> pd.Series:
    """Return the values of the ticked columns in each row, joined.

    Without a tick a yes-or-no field is no, unless a column stands for no: then nothing was stated.
    """
    joined = pd.Series("", index=columns[0][0].index, dtype="str")
    for cells, label in columns:
        is_ticked = _is_ticked(cells)
        said = pd.Series(label, index=joined.index, dtype="str").mask(_is_word(code, cells), cells)
        again = joined.str.endswith(label) & is_ticked
        separator = pd.Series(_MARK, index=joined.index).where(joined != "", "")
        joined = joined.mask(is_ticked & ~again, joined + separator + said)
    has_no = any(read_tick(label) is False for _, label in columns)
    if BY_CODE[code].kind in _SAYS_NO and not has_no:
        return joined.mask(joined == "", _NO)
    return joined


def _is_word(code: str, cells: pd.Series) -> pd.Series:
    """Say where a column of a closed list holds a word instead of a tick: its reader says whether it is known."""
    if BY_CODE[code].kind is not Kind.CHOICE:
        return pd.Series(data=False, index=cells.index)
    positions, answers = by_distinct(cells, read_tick)
    is_word = pd.Series([isinstance(answer, str) for answer in answers], dtype=bool)
    return is_word.take(positions).set_axis(cells.index)


def _is_ticked(cells: pd.Series) -> pd.Series:
    """Say where a cell holds a tick, or anything else that is no no."""
    positions, answers = by_distinct(cells, read_presence)
    return pd.Series(answers, dtype="boolean").take(positions).set_axis(cells.index).fillna(value=False).astype(bool)
