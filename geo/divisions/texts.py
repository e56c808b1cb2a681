"""The county, city and township that an address or a name states in words. Never a guess between equal names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.divisions.finding import find_words, goes_on
from geo.divisions.matcher import PlaceMatcher, build_matcher, normal_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.divisions.tables import Divisions

# 中山市路 is a road, but 道 and 路 may also begin the next division: 哈尔滨市道里区, 唐山市路南区
_ROAD: Final = re.compile(r"(?:路|街|巷|弄|道|大道|大街|胡同)(?!.{0,4}(?:街道|镇|乡|区|县|市))")
_ROAD_NAMERS: Final = ("市", "州", "省")
# After a short name any of these makes another thing of it: 北京东路, 南京大学, 上海银行, 朝阳镇 (but 江苏镇江)
_SHORT_TRAP: Final = re.compile(
    r"(?:镇(?![江海雄康沅宁远安坪巴赉原平])|乡(?![宁城])"
    r"|[东西南北中大新老一二三四五六七八九十]{0,2}(?:路|街|巷|弄|道|里|桥|村|胡同|大道|大街)(?!.{0,2}(?:街道|镇|乡|区|县|市))"
    r"|大学|学院|师范|理工|科技|银行|大厦|大酒店|酒店|宾馆|饭店|花园|广场|商会|同乡会)"
)
_TAIL: Final = 8
_SHORTEST_SURE_NAME: Final = 3


def find_counties(texts: pd.Series[str], divisions: Divisions, *, matcher: PlaceMatcher | None = None) -> pd.DataFrame:
    """Return for each text the county it names in full, and what else it states.

    Parameters
    ----------
    matcher
        That of `build_matcher(divisions)`, where there are many calls.

    Returns
    -------
    DataFrame
        Index of `texts`; adcode, city, province (codes), township (name, where one of the county follows it) and
        candidates (adcodes joined by "|", where several counties fit); "" for nothing. Without a county, city and
        province are those stated.
    """
    tools = matcher or build_matcher(divisions)
    places, distinct = pd.factorize(normal_texts(texts))
    found = _find(distinct.to_list(), divisions, tools)
    return found.take(places).set_axis(texts.index)


def _find(texts: Sequence[str], divisions: Divisions, tools: PlaceMatcher) -> pd.DataFrame:
    places = _places(texts, tools)
    stated = _stated(places, divisions)
    named = _with_townships(_named_counties(places, stated, divisions), texts, tools)
    is_unsure = named["text"].duplicated(keep=False)
    county = named[~is_unsure].set_index("text")
    found = pd.DataFrame(
        {
            "adcode": county["code"],
            **_parents(county, stated),
            "township": county["township"],
            "candidates": named[is_unsure].groupby("text")["code"].agg("|".join),
        }
    )
    return found.reindex(range(len(texts))).fillna("")


def _places(texts: Sequence[str], tools: PlaceMatcher) -> pd.DataFrame:
    """Return text, start, end, level, code, form of every meaning of every division word that is no road or firm."""
    finder = tools.division_words
    words = find_words(finder, texts)
    words = words.assign(follows=_follows(words))
    may_be_road = finder.words.str.endswith(_ROAD_NAMERS)[words["word"]]
    words = words[~_followed_by(words, texts, _ROAD, among=may_be_road)]
    places = words.merge(tools.meanings, on="word", sort=False)
    is_short = (places["form"] == "short").to_numpy()
    # 东区 and 城区 are parts of any town, 北京 part of any name: they count at the beginning or after another division
    needs_place = is_short | (finder.lengths[places["word"]] < _SHORTEST_SURE_NAME)
    is_trap = _followed_by(places, texts, _SHORT_TRAP, among=is_short)
    return places[~is_trap & (places["follows"].to_numpy() | ~needs_place)]


def _follows(words: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which words begin their text or stand right behind the word before."""
    text, start, end = (words[name].to_numpy() for name in ("text", "start", "end"))
    before = np.where(text == np.roll(text, 1), np.roll(end, 1), 0)
    before[:1] = 0
    follows: NDArray[np.bool_] = start == before
    return follows


def _followed_by(
    words: pd.DataFrame, texts: Sequence[str], pattern: re.Pattern[str], *, among: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Say which words, of those `among` them, a pattern follows."""
    followed = among.copy()
    followed[among] = goes_on(words[among], texts, pattern, within=_TAIL)
    return followed


def _stated(places: pd.DataFrame, divisions: Divisions) -> pd.DataFrame:
    """Return text, start, city, province of the provinces and cities named; a municipality is its own city."""
    areas = places[places["level"] != "county"]
    province_of = divisions.cities.set_index("adcode")["province"]
    # A city's code leads to its province; a province's code to nothing, except a municipality's to itself
    is_city = areas["code"].isin(province_of.index)
    return pd.DataFrame(
        {
            "text": areas["text"],
            "start": areas["start"],
            "city": areas["code"].where(is_city, ""),
            "province": areas["code"].map(province_of).fillna(areas["code"]),
        }
    )


def _named_counties(places: pd.DataFrame, stated: pd.DataFrame, divisions: Divisions) -> pd.DataFrame:
    """Return text, end, code, city, province of the counties that one name in each text can mean.

    These are the meanings that agree best with what is stated before the name; where all contradict it, the name is
    left out. Of several names in a text the first with one meaning counts, else the first.
    """
    counties = divisions.counties.set_index("adcode")[["city", "province"]]
    named = places[places["level"] == "county"].join(counties, on="code").reset_index(drop=True)
    named = named.assign(score=_agreement(named, stated))
    named = named[named["score"] >= 0]
    name = [named["text"], named["start"]]
    named = named[named["score"] == named.groupby(name)["score"].transform("max")]
    meanings = named.groupby(["text", "start"])["code"].transform("size")
    named = named.assign(is_unsure=meanings > 1).sort_values(["text", "is_unsure", "start", "code"])
    is_first = named["start"] == named.groupby("text")["start"].transform("first")
    return named.loc[is_first, ["text", "end", "code", "city", "province"]].reset_index(drop=True)


def _agreement(named: pd.DataFrame, stated: pd.DataFrame) -> pd.Series[int]:
    """Return how well each meaning fits the areas stated before it; -1 where there are some and none fits.

    Its city counts 4, its province 2, being a present name 1.
    """
    # Said once is said: a cell that repeats a city a thousand times has no million pairs
    once = stated.sort_values("start", kind="stable").drop_duplicates(["text", "city", "province"])
    pairs = named.reset_index().merge(once, on="text", suffixes=("", "_stated"))
    pairs = pairs[pairs["start_stated"] < pairs["start"]]
    fits = pd.DataFrame(
        {
            "city": pairs["city"] == pairs["city_stated"],
            "province": pairs["province"] == pairs["province_stated"],
        }
    )
    any_fits = fits.groupby(pairs["index"]).any()
    points = any_fits["city"] * 4 + any_fits["province"] * 2
    is_contradicted = ~any_fits.any(axis=1)
    is_present = (named["form"] != "old").astype(int)
    return (points.reindex(named.index, fill_value=0) + is_present).mask(
        is_contradicted.reindex(named.index, fill_value=False), -1
    )


def _with_townships(named: pd.DataFrame, texts: Sequence[str], tools: PlaceMatcher) -> pd.DataFrame:
    """Return the counties, each with the first township of its own after the name.

    Of equal names the only one that has such a township stays alone.
    """
    rest = [texts[text][end:] for text, end in zip(named["text"].to_list(), named["end"].to_list(), strict=True)]
    words = find_words(tools.township_words, rest)
    words = words.assign(adcode=named["code"].take(words["text"].to_numpy()).to_numpy())
    own = words.merge(tools.townships, on=["word", "adcode"]).drop_duplicates("text").set_index("text")
    township = pd.Series(tools.township_words.words.take(own["word"].to_numpy()), own.index, dtype="str")
    named = named.assign(township=township).fillna({"township": ""})
    has_town = named["township"] != ""
    towns = has_town.groupby(named["text"]).transform("sum")
    return named[has_town | (towns != 1)]


def _parents(county: pd.DataFrame, stated: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """Return city and province per text: the county's own, else those stated first."""
    rest = stated[~stated["text"].isin(county.index)]
    return {
        level: pd.concat([county[level], rest[rest[level] != ""].drop_duplicates("text").set_index("text")[level]])
        for level in ("city", "province")
    }
