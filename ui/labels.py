"""Texts of which no two are the same: of two options of one text Streamlit takes one for the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from ui.loading import areas
from words import t

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    Key = TypeVar("Key", bound=Hashable)


def distinct_labels(labels: Mapping[Key, str]) -> dict[Key, str]:
    """Return the texts, with the key behind each that stands more than once."""
    count = Counter(labels.values())
    told = {key: text if count[text] == 1 else _with(text, key) for key, text in labels.items()}
    if len(set(told.values())) == len(told):
        return told
    return {key: _with(text, key) for key, text in labels.items()}  # somebody is called like another one with its key


def area_labels(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of areas; those of one name with what they lie in."""
    known = areas().by_code
    names = {code: known[code].name if code in known else code for code in codes}
    count = Counter(names.values())
    return distinct_labels({code: name if count[name] == 1 else county_name(code) for code, name in names.items()})


def county_name(adcode: str) -> str:
    """Return a county with what it lies in; equal names need it."""
    known = areas().by_code
    if adcode not in known:
        return adcode
    parent = known.get(known[adcode].parent)
    return t("app.within", name=known[adcode].name, place=parent.name if parent else "")


def _with(text: str, key: object) -> str:
    return t("app.within", name=text, place=key)
