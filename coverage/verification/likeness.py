"""Business similarity of two organisations (GROUPING §3), pair by pair, for the check of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.grouping.similarity import SECTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.verification.listed import Listed, Texts

#: GROUPING §3: same 小类, 中类, 大类 of GB/T 4754; same 门类.
_SAME_DIGITS = ((4, 1.0), (3, 0.8), (2, 0.6))
_SAME_SECTION = 0.3
#: Same class, same major group; what the text adds; at most; the text alone.
_SAME_CLASS, _SAME_MAJOR_GROUP, _BESIDE_CLASS, _MOST_BY_CLASS, _BY_TEXT = 0.6, 0.3, 0.3, 0.9, 0.6
#: 民办函/民放手报〔2007〕210号: last class of each major group 经济, 科学研究, 社会事业, 慈善, 综合.
_LAST_OF_MAJOR_GROUP = (2, 3, 8, 9, 14)


def likeness(left: pd.Series, right: pd.Series, *, listed: Listed, is_by_superior: bool) -> pd.Series:
    """Return the similarity in [0, 1] of each pair of org_ids, by the first evidence that both sides have.

    Parameters
    ----------
    is_by_superior
        Whether a block is a recorded superior in a county, or the county.
    """
    one, other = listed.at(left), listed.at(right)
    by_code = (one["industry_code"] != "") & (other["industry_code"] != "")
    by_class = (one["class14"] != "") & (other["class14"] != "")
    cosine = np.zeros(len(left))
    if not by_code.all():
        block = listed.blocks(left[~by_code], is_by_superior=is_by_superior)
        start, goal = (pd.MultiIndex.from_arrays([block, ids[~by_code]]) for ids in (left, right))
        cosine[~by_code] = _cosines(start, goal, listed.texts(start.append(goal), is_by_superior=is_by_superior))
    in_class = np.minimum(_class_likeness(one["class14"], other["class14"]) + _BESIDE_CLASS * cosine, _MOST_BY_CLASS)
    by_evidence = [_code_likeness(one["industry_code"], other["industry_code"]), in_class]
    return pd.Series(np.select([by_code, by_class], by_evidence, _BY_TEXT * cosine), index=left.index)


def _code_likeness(one: pd.Series, other: pd.Series) -> NDArray[np.float64]:
    same = [(one.str[:digits] == other.str[:digits]) & (one.str.len() >= digits) for digits, _ in _SAME_DIGITS]
    sections = [_section(codes) for codes in (one, other)]
    is_section = (sections[0] == sections[1]) & (sections[0] > 0)
    return np.select([*same, is_section], [*(value for _, value in _SAME_DIGITS), _SAME_SECTION], 0.0)


def _section(codes: pd.Series) -> NDArray[np.int64]:
    """Return the number of the 门类 of each code, 0 where there is none."""
    division = pd.to_numeric(codes.str[:2], errors="raise").fillna(0).to_numpy(dtype=np.int64)
    inside = [(division >= first) & (division <= last) for first, last in SECTIONS]
    return np.select(inside, list(range(1, len(SECTIONS) + 1)), 0)


def _class_likeness(one: pd.Series, other: pd.Series) -> NDArray[np.float64]:
    numbers = [pd.to_numeric(classes, errors="raise").fillna(0).to_numpy(dtype=np.int64) for classes in (one, other)]
    groups = [np.searchsorted(_LAST_OF_MAJOR_GROUP, each) for each in numbers]
    same = [numbers[0] == numbers[1], groups[0] == groups[1]]
    return np.asarray(np.select(same, [_SAME_CLASS, _SAME_MAJOR_GROUP], 0.0), dtype=np.float64)


def _cosines(left: pd.MultiIndex, right: pd.MultiIndex, texts: Texts) -> NDArray[np.float64]:
    """Return the cosine of each pair's texts, by tf-idf over what may form or host a group in the left one's block."""
    one, other = (texts.rows[texts.keys.get_indexer(each)] for each in (left, right))
    return np.asarray(one.multiply(other).sum(axis=1)).ravel()
