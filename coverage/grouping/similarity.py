"""How alike two organisations' business is (业务相近): the first evidence that both sides have, GROUPING §3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from coverage.grouping.arrays import NONE, Bools, Floats, Ints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.grouping.arrays import Sites

#: Evidence codes in arrays are positions here; the names are those of the table `Groups`.
EVIDENCES: Final = ("unknown", "industry", "class14", "text")
UNKNOWN, INDUSTRY, CLASS14, TEXT = range(4)

# GB/T 4754-2017, table of sections: first and last 大类 (division) of each 门类 A to T.
SECTIONS: Final = (
    (1, 5), (6, 12), (13, 43), (44, 46), (47, 50), (51, 52), (53, 60), (61, 62), (63, 65), (66, 69),
    (70, 70), (71, 72), (73, 75), (76, 79), (80, 82), (83, 83), (84, 85), (86, 90), (91, 96), (97, 97),
)  # fmt: skip
_CODE_DIGITS: Final = (4, 3, 2)
_CODE_SIMILARITY: Final = (1.0, 0.8, 0.6, 0.3)

# 民办函/民放手报〔2007〕210号: major group of each class; 0 stands for "class unknown".
_MAJOR_GROUPS: Final = np.array([0, 1, 1, 2, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5], dtype=np.int64)
_CLASS_SAME: Final = 0.6
_CLASS_RELATED: Final = 0.3
_TEXT_BESIDE_CLASS: Final = 0.3
_CLASS_MOST: Final = 0.9
_TEXT_ALONE: Final = 0.6

# Pairs whose cosines are computed at a time, to bound memory.
_CHUNK: Final = 200_000


class Likeness(NamedTuple):
    """Similarity in [0, 1] and the evidence (a position in EVIDENCES) of each pair."""

    similarity: Floats
    evidence: Ints


def industry_levels(codes: pd.Series) -> Ints:
    """Return 小类, 中类, 大类, 门类 of GB/T 4754 codes as an (m, 4) array; NONE where a code does not go so deep."""
    digits = codes.str.extract(r"^(\d{2,4})", expand=False).fillna("")
    levels = [pd.to_numeric(digits.str[:k].where(digits.str.len() >= k), errors="raise") for k in _CODE_DIGITS]
    division = levels[-1].fillna(NONE).to_numpy(dtype=np.int64)
    firsts, lasts = np.array(SECTIONS, dtype=np.int64).T
    section = np.searchsorted(firsts, division, side="right") - 1
    section = np.where((section >= 0) & (division <= lasts[section]), section, NONE)
    return np.stack([*(level.fillna(NONE).to_numpy(dtype=np.int64) for level in levels), section], axis=1)


def compare(pairs: tuple[Ints, Ints], travellers: Sites, leads: Sites, *, texts: sparse.csr_array | None) -> Likeness:
    """Return the likeness of travellers and leads, pair by pair.

    Parameters
    ----------
    texts
        `text_matrix` of the block; needed where a pair lacks codes, see `needs_texts`.
    """
    one, other = pairs
    left, right = travellers.industry[one], leads.industry[other]
    by_code = _both_known(left[:, -1], right[:, -1])
    similarity = np.where(by_code, _code_similarity(left, right), 0.0)
    evidence = np.where(by_code, INDUSTRY, UNKNOWN)
    rest = np.flatnonzero(~by_code)
    if rest.size:
        one, other = one[rest], other[rest]
        classes = travellers.class14[one], leads.class14[other]
        by_class = np.minimum(*classes) > 0
        evidence[rest[by_class]] = CLASS14
        if texts is not None:
            cosine, has_texts = _cosines(texts, travellers.text[one], leads.text[other])
            similarity[rest] = np.where(by_class, _class_similarity(*classes, cosine), _TEXT_ALONE * cosine)
            evidence[rest[~by_class & has_texts]] = TEXT
    return Likeness(similarity, evidence)


def needs_texts(sites: Sites) -> bool:
    """Say whether some organisation has no industry code, so that its pairs look at class and text."""
    return bool((sites.industry[:, -1] == NONE).any())


def text_matrix(texts: Sequence[str], *, blocks: Ints | None = None) -> sparse.csr_array:
    """Return tf-idf rows of length 1 over the single characters and pairs of characters of each text.

    Smoothed as usual: idf = ln((1 + m) / (1 + df)) + 1. A blank text is a row of zeros.

    Parameters
    ----------
    blocks
        The number of each text's block, all one block unless given: m and df are those of the block.
    """
    text, gram = _grams(texts)
    block = np.zeros(len(texts), dtype=np.int64) if blocks is None else blocks
    column_block, columns = _columns(block[text], gram)
    shape = (len(texts), len(column_block))
    counts = sparse.csr_array(sparse.coo_array((np.ones(len(text)), (text, columns)), shape=shape))
    df = np.bincount(counts.indices, minlength=len(column_block))
    weighted = counts @ sparse.diags_array(np.log((1 + np.bincount(block)[column_block]) / (1 + df)) + 1)
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.where(norms > 0, norms, 1.0)) @ weighted)


def _columns(block: Ints, gram: Ints) -> tuple[Ints, Ints]:
    """Return the block of each column, and the column of each gram: a gram has one in each block where it stands."""
    found, number = np.unique(gram, return_inverse=True)
    keys, columns = np.unique(block * len(found) + number, return_inverse=True)
    return keys // max(len(found), 1), columns


def _grams(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Return the text and the number of every character and pair of characters."""
    points = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    text = np.repeat(np.arange(len(texts)), [len(each) for each in texts])
    is_pair = text[1:] == text[:-1]
    pairs = (points[:-1] + 1 << 21) + points[1:]
    return np.concatenate([text, text[1:][is_pair]]), np.concatenate([points, pairs[is_pair]])


def _both_known(left: Ints, right: Ints) -> Bools:
    known: Bools = np.minimum(left, right) != NONE
    return known


def _code_similarity(left: Ints, right: Ints) -> Floats:
    same = [_both_known(left[:, k], right[:, k]) & (left[:, k] == right[:, k]) for k in range(left.shape[1])]
    return np.select(same, _CODE_SIMILARITY, 0.0)


def _class_similarity(left: Ints, right: Ints, cosine: Floats) -> Floats:
    related = np.where(_MAJOR_GROUPS[left] == _MAJOR_GROUPS[right], _CLASS_RELATED, 0.0)
    base = np.where(left == right, _CLASS_SAME, related)
    return np.minimum(base + _TEXT_BESIDE_CLASS * cosine, _CLASS_MOST)


def _cosines(texts: sparse.csr_array, left: Ints, right: Ints) -> tuple[Floats, Bools]:
    """Return the cosine of each pair of rows, and whether both have a text."""
    starts = range(0, len(left), _CHUNK)
    parts = [texts[left[k : k + _CHUNK]].multiply(texts[right[k : k + _CHUNK]]).sum(axis=1) for k in starts]
    cosine = np.concatenate([np.asarray(part).ravel() for part in parts]) if parts else np.zeros(0)
    has_text = np.diff(texts.indptr) > 0
    return np.clip(cosine, 0.0, 1.0), has_text[left] & has_text[right]
