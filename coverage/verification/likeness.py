"""Business similarity of two organisations (GROUPING §3), pair by pair, for the check of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.grouping.similarity import SECTIONS, text_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: GROUPING §3: same 小类, 中类, 大类 of GB/T 4754; same 门类.
_SAME_DIGITS = ((4, 1.0), (3, 0.8), (2, 0.6))
_SAME_SECTION = 0.3
#: Same class, same major group; what the text adds; at most; the text alone.
_SAME_CLASS, _SAME_MAJOR_GROUP, _BESIDE_CLASS, _MOST_BY_CLASS, _BY_TEXT = 0.6, 0.3, 0.3, 0.9, 0.6
#: 民办函/民放手报〔2007〕210号: last class of each major group 经济, 科学研究, 社会事业, 慈善, 综合.
_LAST_OF_MAJOR_GROUP = (2, 3, 8, 9, 14)


def likeness(left: pd.Series, right: pd.Series, *, listed: pd.DataFrame, is_by_superior: bool) -> pd.Series:
    """Return the similarity in [0, 1] of each pair of org_ids, by the first evidence that both sides have.

    Parameters
    ----------
    listed
        The list with industry_code, class14, business_text, is_small, is_host, adcode and recorded_superior.
    is_by_superior
        Whether a block is a recorded superior in a county, or the county.
    """
    facts = listed[listed["org_id"].isin(left) | listed["org_id"].isin(right)].set_index("org_id")
    one, other = (facts.loc[ids].set_axis(left.index) for ids in (left, right))
    by_code = (one["industry_code"] != "") & (other["industry_code"] != "")
    by_class = (one["class14"] != "") & (other["class14"] != "")
    cosine = np.zeros(len(left))
    if not by_code.all():
        cosine[~by_code] = _cosines(left[~by_code], right[~by_code], _with_blocks(listed, is_by_superior))
    in_class = np.minimum(_class_likeness(one["class14"], other["class14"]) + _BESIDE_CLASS * cosine, _MOST_BY_CLASS)
    by_evidence = [_code_likeness(one["industry_code"], other["industry_code"]), in_class]
    return pd.Series(np.select([by_code, by_class], by_evidence, _BY_TEXT * cosine), index=left.index)


def _with_blocks(listed: pd.DataFrame, is_by_superior: bool) -> pd.DataFrame:  # noqa: FBT001 # passed on
    block = listed["adcode"] + " " + listed["recorded_superior"] if is_by_superior else listed["adcode"]
    return listed.assign(block=block).set_index("org_id")


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


def _cosines(left: pd.Series, right: pd.Series, facts: pd.DataFrame) -> pd.Series:
    """Return the cosine of each pair's texts, by tf-idf over what may form or host a group in the left one's block."""
    block = left.map(facts["block"])
    mates = facts[(facts["is_small"] | facts["is_host"]) & facts["block"].isin(block)]
    everybody = [(mates.index, mates["block"]), (left, block), (right, block)]
    keys = [pd.MultiIndex.from_arrays([np.asarray(blocks), np.asarray(ids)]) for ids, blocks in everybody]
    known = keys[0].append(keys[1:]).unique()
    numbers, _ = pd.factorize(known.get_level_values(0))
    rows = text_matrix(facts.loc[known.get_level_values(1), "business_text"].tolist(), blocks=numbers)
    one, other = (rows[known.get_indexer(each)] for each in keys[1:])
    return pd.Series(np.asarray(one.multiply(other).sum(axis=1)).ravel(), index=left.index)
