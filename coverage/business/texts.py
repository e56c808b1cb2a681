"""What an organisation says of itself: name and scope without the places and the words for what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ahocorasick
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.divisions import Divisions

#: What an organisation is, not what it does; stripped wherever it stands.
_TYPE_WORDS = (
    "民办非企业单位|社会组织|社会团体|有限公司|联合会|促进会|研究会|联谊会|协进会|行业协会|同业公会|基金会|"
    "服务中心|活动中心|发展中心|服务社|服务站|工作室|工作站|俱乐部|协会|学会|商会|总会|分会|公会|中心"
)
_NOT_WORDS = r"[\s\W\d_a-zA-Z]+"
#: Province and city: no name begins with more short places than that.
_PLACES_BEFORE_NAME = 2


class Told(NamedTuple):
    """Name and scope of each organisation without the places in them."""

    name: pd.Series
    scope: pd.Series


def without_places(orgs: pd.DataFrame, divisions: Divisions) -> Told:
    """Return names and scopes without the places: they have words of every field in them (佛山, 商丘, 体育场路)."""
    finder = _place_finder(divisions)
    short = pd.concat([divisions.provinces["short_name"], divisions.cities["short_name"]])
    return Told(
        name=_without_leading_places(_without_places(orgs["name"], finder), short),
        scope=_without_places(orgs["scope"], finder),
    )


def business_text(told: Told) -> pd.Series:
    """Return name and scope without type words, digits and punctuation; one blank between the two."""
    return (_without_type_words(told.name) + " " + _without_type_words(told.scope)).str.strip()


def _place_finder(divisions: Divisions) -> ahocorasick.Automaton:
    """Return what finds full names of provinces, cities and counties (四川省, 成都市, 锦江区)."""
    names = pd.concat([divisions.provinces["name"], divisions.cities["name"], divisions.counties["name"]])
    finder = ahocorasick.Automaton()
    for place in sorted(names.unique()):
        finder.add_word(place, len(place))
    finder.make_automaton()
    return finder


def _without_places(texts: pd.Series, finder: ahocorasick.Automaton) -> pd.Series:
    """Cut every full division name, the longest where several begin at one character."""
    written = texts[texts != ""]
    cut = pd.Series((_cut(text, finder.iter_long(text)) for text in written), index=written.index, dtype="str")
    return cut.reindex(texts.index, fill_value="")


def _cut(text: str, matches: Iterable[tuple[int, int]]) -> str:
    kept, start = [], 0
    for end, length in matches:
        kept.append(text[start : end - length + 1])
        start = end + 1
    return "".join(kept) + text[start:] if kept else text


def _without_leading_places(names: pd.Series, short: pd.Series) -> pd.Series:
    """Cut 四川, 成都 at the beginning; short names of counties stay, many are words (和平, 龙井, 东方)."""
    lengths = sorted(set(short.str.len()), reverse=True)
    for _ in range(_PLACES_BEFORE_NAME):
        starts = [names.str[:length].isin(short) for length in lengths]
        names = pd.Series(
            np.select(starts, [names.str[length:] for length in lengths], names), names.index, dtype="str"
        )
    return names


def _without_type_words(texts: pd.Series) -> pd.Series:
    return texts.str.replace(_TYPE_WORDS, "", regex=True).str.replace(_NOT_WORDS, " ", regex=True).str.strip()
