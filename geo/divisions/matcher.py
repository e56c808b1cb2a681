"""Every name of a division found in many texts at once: the longest, left to right (Aho-Corasick)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import ahocorasick
import numpy as np
import pandas as pd

from geo.divisions.characters import USUAL
from geo.divisions.codes import successors

if TYPE_CHECKING:
    from geo.divisions.tables import Divisions

# Endings of a county's name that still say what it is when the peoples' names are left out: 青龙满族自治县, 青龙县
_COUNTY_ENDINGS: Final = ("县", "旗", "区")
_AUTONOMOUS_PREFECTURE: Final = "自治州"
_PREFECTURE: Final = "州"
_CITY: Final = "市"
# Old rows for all districts of a city or all its outskirts name no place
_NO_PLACE: Final = ("市辖区", "县", "市郊区")
_BREAK: Final = "\n"
_BLANKS: Final = r"\s+"
_INNER_MONGOLIA: Final = "内蒙古"
_SHORTENED: Final = "内蒙"


class PlaceMatcher(NamedTuple):
    """Automatons over the names of divisions and townships, and what each name can mean."""

    division_words: Any
    township_words: Any
    meanings: pd.DataFrame
    """word, level (province, city, county), code, form (full, short, old); a word may have several rows"""
    townships: pd.DataFrame
    """word, adcode; unique pairs"""


def build_matcher(divisions: Divisions) -> PlaceMatcher:
    """Return the matcher of a gazetteer; about a fifth of a second, so keep it for many calls."""
    meanings = pd.concat([_province_words(divisions), _city_words(divisions), county_words(divisions)])
    townships = _township_words(divisions)
    return PlaceMatcher(
        division_words=_automaton(meanings["word"]),
        township_words=_automaton(townships["word"]),
        meanings=meanings.drop_duplicates(["word", "level", "code"], ignore_index=True),
        townships=townships,
    )


def county_words(divisions: Divisions) -> pd.DataFrame:
    """Return word, level (county), code, form of every way to write a county in full; form old is a name it had."""
    table = divisions.counties
    short = table[table["short_name"].str.endswith(_COUNTY_ENDINGS)]
    retired, present = divisions.retired, successors(divisions)
    # 日喀则市 was a county, and is the city around it today
    is_taken = retired["old_name"].isin([*_NO_PLACE, *divisions.cities["name"]])
    old = retired[~is_taken & retired["old_adcode"].isin(present.index)]
    words = [
        _rows(table["name"], table["adcode"], form="full"),
        _rows(short["short_name"], short["adcode"], form="full"),
        _rows(*_shared_ending(divisions), form="full"),
        _rows(old["old_name"], old["old_adcode"].map(present), form="old"),
    ]
    return pd.concat(words).assign(level="county")


def normal_texts(texts: pd.Series[str]) -> pd.Series[str]:
    """Return the texts without blanks, characters as the gazetteer writes them: plain letters, no radicals, 内蒙古."""
    plain = texts.fillna("").astype("str").str.normalize("NFKC").str.replace(_BLANKS, "", regex=True)
    written = "".join(plain)
    if USUAL.keys() & {ord(character) for character in set(written)}:  # rare, and slow on every text
        plain = plain.str.translate(USUAL)
    if written.count(_SHORTENED) > written.count(_INNER_MONGOLIA):
        plain = plain.str.replace(f"{_SHORTENED}(?!古)", _INNER_MONGOLIA, regex=True)
    return plain


def find_words(automaton: Any, texts: pd.Series[str]) -> pd.DataFrame:
    """Return text (position in `texts`), start, end, word of the longest words found, in order of place.

    Blanks must be out of the texts, so that the line break between two of them ends every word.
    """
    hits = list(automaton.iter_long(_BREAK.join(texts)))
    words = pd.Series([word for _, word in hits], dtype="str")
    end = np.array([last + 1 for last, _ in hits], dtype=np.int64)
    start = end - words.str.len().to_numpy(dtype=np.int64)
    starts_of_texts = np.concatenate([[0], np.cumsum(texts.str.len().to_numpy(dtype=np.int64) + len(_BREAK))])
    text = np.searchsorted(starts_of_texts, start, side="right") - 1
    offset = starts_of_texts[text]
    return pd.DataFrame({"text": text, "start": start - offset, "end": end - offset, "word": words})


def _automaton(words: pd.Series[str]) -> Any:
    automaton = ahocorasick.Automaton()
    for word in words.unique():
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton


def _rows(words: pd.Series[str], codes: pd.Series[str], *, form: str) -> pd.DataFrame:
    return pd.DataFrame({"word": words, "code": codes, "form": form})


def _shared_ending(divisions: Divisions) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return names and codes of counties that share a letter with their city: 内江市中区 is 内江市 + 市中区."""
    shared = divisions.counties[divisions.counties["name"].str.startswith(_CITY)]
    city = shared["city"].map(divisions.cities.set_index("adcode")["short_name"])
    return city + shared["name"], shared["adcode"]


def _province_words(divisions: Divisions) -> pd.DataFrame:
    table = divisions.provinces
    words = [
        _rows(table[column], table["adcode"], form=form) for column, form in (("name", "full"), ("short_name", "short"))
    ]
    return pd.concat(words).assign(level="province")


def _city_words(divisions: Divisions) -> pd.DataFrame:
    """Return the words of cities; a short name that a province has, too (吉林, 海南), means the province."""
    table = divisions.cities[~divisions.cities["name"].isin(divisions.provinces["name"])]
    short = table[~table["short_name"].isin(divisions.provinces["short_name"])]
    autonomous = table[table["name"].str.endswith(_AUTONOMOUS_PREFECTURE)]
    words = [
        _rows(table["name"], table["adcode"], form="full"),
        _rows(autonomous["short_name"] + _PREFECTURE, autonomous["adcode"], form="full"),
        _rows(short["short_name"], short["adcode"], form="short"),
    ]
    return pd.concat(words).assign(level="city")


def _township_words(divisions: Divisions) -> pd.DataFrame:
    table = divisions.townships
    # 张镇 is a name, 城区 and 街道 as a township are not
    is_name = (table["name"].str.len() > 2) | table["name"].str.endswith(("镇", "乡"))
    return table.loc[is_name, ["name", "adcode"]].rename(columns={"name": "word"}).drop_duplicates(ignore_index=True)
