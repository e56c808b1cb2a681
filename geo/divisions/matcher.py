"""Every name of a division, what each can mean, and texts as names are written in them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from geo.divisions.characters import USUAL
from geo.divisions.codes import successors
from geo.divisions.finding import WordFinder, build_finder

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
_UNUSUAL: Final = re.compile("[" + "".join(map(chr, USUAL)) + "]")
_INNER_MONGOLIA: Final = "内蒙古"
_SHORTENED: Final = re.compile("内蒙(?!古)")


class PlaceMatcher(NamedTuple):
    """Finders of the names of divisions and townships, and what each name can mean; words by their number."""

    division_words: WordFinder
    township_words: WordFinder
    meanings: pd.DataFrame
    """word, level (province, city, county), code, form (full, short, old); a word may have several rows"""
    townships: pd.DataFrame
    """word, adcode; unique pairs"""


def build_matcher(divisions: Divisions) -> PlaceMatcher:
    """Return the matcher of a gazetteer; about a fifth of a second, so keep it for many calls."""
    meanings = pd.concat([_province_words(divisions), _city_words(divisions), county_words(divisions)])
    meanings = meanings.drop_duplicates(["word", "level", "code"], ignore_index=True)
    townships = _township_words(divisions)
    division_words, township_words = build_finder(meanings["word"]), build_finder(townships["word"])
    return PlaceMatcher(
        division_words=division_words,
        township_words=township_words,
        meanings=meanings.assign(word=division_words.numbers(meanings["word"])),
        townships=townships.assign(word=township_words.numbers(townships["word"])),
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
    plain = ["".join(unicodedata.normalize("NFKC", text).split()) for text in texts.fillna("").to_list()]
    # All at once: a pattern that seldom holds costs more to begin than to follow
    written = _UNUSUAL.sub(_usual, _BREAK.join(plain))
    written = _SHORTENED.sub(_INNER_MONGOLIA, written)
    return pd.Series(written.split(_BREAK) if plain else [], index=texts.index, dtype="str")


def _usual(found: re.Match[str]) -> str:
    return USUAL[ord(found[0])]


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
