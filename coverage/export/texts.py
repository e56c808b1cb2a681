"""Codes and numbers turned into words, for pages and files alike."""

from __future__ import annotations

import pandas as pd

from words import has_text, placeholders, t


def fill_texts(keys: pd.Series, values: pd.DataFrame) -> pd.Series:
    """Return the catalogue text of each key with the row's values in its placeholders; "" for a blank key."""
    texts = pd.Series("", index=keys.index, dtype="str")
    for key, rows in keys[keys != ""].groupby(keys, sort=True):
        names = sorted(placeholders(str(key)))
        if names:
            told = zip(*(values.loc[rows.index, name] for name in names), strict=True)
            filled = [t(str(key), **dict(zip(names, row, strict=True))) for row in told]
            texts.loc[rows.index] = pd.Series(filled, index=rows.index, dtype="str")
        else:
            texts.loc[rows.index] = t(str(key))
    return texts


def reason_texts(measures: pd.DataFrame) -> pd.Series:
    """Return why each organisation of a `Measures` table has its measure, with the numbers that decided."""
    told = pd.Series("", index=measures.index, dtype="str")
    parts = measures["reason"].str.split(";", expand=True).fillna("")
    for place in parts:
        text = fill_texts(_prefixed("org_reason.", parts[place]), measures)
        separator = pd.Series(t("list.separator"), index=told.index).where((told != "") & (text != ""), "")
        told = told + separator + text
    return told


def way_out_texts(measures: pd.DataFrame) -> pd.Series:
    """Return the cheapest way to cover each organisation that is left out; "" where there is none."""
    return fill_texts(_prefixed("way_out.", measures["way_out"]), measures)


def group_reason_texts(groups: pd.DataFrame) -> pd.Series:
    """Return why each organisation of a `Groups` table is in its group."""
    return fill_texts(_prefixed("group_reason.", groups["reason"]), groups)


def code_texts(codes: pd.Series, *, prefix: str) -> pd.Series:
    """Return the words of codes joined by ; ("S2;S7"), each from the catalogue: prefix.S2, prefix.S7."""
    words = {
        joined: t("list.separator").join(_word(prefix, code) for code in joined.split(";")) for joined in codes.unique()
    }
    return codes.map(words).astype("str")


def label_texts(codes: pd.Series, *, prefix: str) -> pd.Series:
    """Return the word of each code, the code itself where the catalogue has none, "" for a blank one."""
    return codes.map({code: _word(prefix, code) for code in codes.unique()}).astype("str")


def _prefixed(prefix: str, keys: pd.Series) -> pd.Series:
    return (prefix + keys).where(keys != "", "")


def _word(prefix: str, code: str) -> str:
    key = f"{prefix}.{code}"
    return t(key) if code and has_text(key) else code
