"""Several codes in one cell, joined by `;` in a fixed order; and yes-or-unknown columns as plain masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SEPARATOR = ";"


def where_true(condition: pd.Series) -> NDArray[np.bool_]:
    """Return the mask of a condition; what is unknown does not hold."""
    return condition.fillna(value=False).to_numpy(dtype=np.bool_)


def join_codes(masks: Mapping[str, NDArray[np.bool_]], *, index: pd.Index) -> pd.Series:
    """Return, for each row, the codes whose mask holds, in the order of the mapping."""
    pattern = np.zeros(len(index), dtype=np.int64)
    for bit, mask in enumerate(masks.values()):
        pattern |= mask.astype(np.int64) << bit
    found, position = np.unique(pattern, return_inverse=True)
    texts = [SEPARATOR.join(code for bit, code in enumerate(masks) if value >> bit & 1) for value in found.tolist()]
    return pd.Series(np.array(texts, dtype=object)[position], index=index, dtype="str")


def has_code(cells: pd.Series, code: str) -> NDArray[np.bool_]:
    """Say where a cell holds the code."""
    return where_true((SEPARATOR + cells + SEPARATOR).str.contains(f"{SEPARATOR}{code}{SEPARATOR}", regex=False))
