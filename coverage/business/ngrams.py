"""Characters of names and scopes as numbers: hashed n-grams, the same on every machine and in every version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np
from scipy.sparse import csr_array, vstack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coverage.business.texts import Told

#: Lengths of n-grams: one character says much in this language.
_LENGTHS: Final = (1, 2, 3)
#: So many organisations at a time: their n-grams are held as texts.
_ROWS: Final = 10_000


def hashed_ngrams(told: Told, *, buckets: int) -> csr_array:
    """Return one row per organisation of length 1: how often each bucket was hit, dampened.

    The n-grams of names and of scopes hit different buckets, and so do those at the end of a name, which says what the
    organisation does.
    """
    texts = list(zip(told.name, told.scope, strict=True))
    starts = range(0, len(texts), _ROWS) or (0,)
    pieces: csr_array = vstack([_hashed(texts[start : start + _ROWS], buckets) for start in starts], format="csr")
    return pieces


def _hashed(texts: Sequence[tuple[str, str]], buckets: int) -> csr_array:
    hits = [list(_grams(name, scope)) for name, scope in texts]
    ends = np.cumsum([0, *(len(each) for each in hits)], dtype=np.int32)
    columns = np.fromiter((crc32(gram.encode()) % buckets for each in hits for gram in each), dtype=np.int32)
    counts = csr_array((np.ones(len(columns)), columns, ends), shape=(len(hits), buckets))
    counts.sum_duplicates()
    counts.data = 1 + np.log(counts.data)
    lengths = np.sqrt(np.add.reduceat(np.append(counts.data**2, 0), counts.indptr[:-1]) * (np.diff(counts.indptr) > 0))
    scale = np.divide(1, lengths, out=np.zeros(len(hits)), where=lengths > 0)
    counts.data *= np.repeat(scale, np.diff(counts.indptr))
    return counts


def _grams(name: str, scope: str) -> Iterator[str]:
    for kind, text in (("name", f"{name}$" if name else ""), ("scope", scope)):
        for length in _LENGTHS:
            for start in range(len(text) - length + 1):
                yield f"{kind}{text[start : start + length]}"
