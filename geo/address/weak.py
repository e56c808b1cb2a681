"""Counties that no full name states: short names, townships and names of organisations that support each other.

Every answer rests on words of the address (a short county name, a township, an equal name of several counties) and on
a second, independent hint: the city or province before it, the place in the organisation's name, or the registration
authority. Where two counties are about as likely there is no answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from geo.divisions.finding import WordFinder, build_finder, find_words, goes_on
from geo.divisions.matcher import normal_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.divisions import Divisions, PlaceMatcher

# What each kind of evidence counts for; the bar needs two that agree, the margin keeps rivals apart.
_SHORT, _SHORT_BEFORE_ROAD, _SHORT_IN_ROAD, _TOWNSHIP, _ZONE, _WELL_KNOWN, _EQUAL_NAME, _IN_NAME = (
    3,
    2,
    1,
    3,
    1,
    3,
    3,
    2,
)
_CITY, _PROVINCE, _CITY_OF_NAME, _PROVINCE_OF_NAME = 4, 2, 2, 1
_REGISTERED_COUNTY, _REGISTERED_CITY, _REGISTERED_ELSEWHERE = 2, 1, -2
_OTHER_CITY_OF_NAME: Final = -1
_BAR: Final = 5
_AHEAD: Final = 2
# 周村路 is a road, 江宁经济技术开发区 a zone of the district: what follows decides.
_TRAP: Final = re.compile(
    r"(?:[东西南北中大新老一二三四五六七八九十]{0,2}(?:路|街|巷|弄|道|里|桥|村|胡同|大道|大街)"
    r"|大学|学院|大厦|大酒店|酒店|宾馆|饭店|花园|广场|商会|同乡会)"
)
# 金沙江路 begins with a county's name, 萧山建设路 with a county or not.
_ROAD_SOON: Final = re.compile(r".{0,2}(?:路|街|巷|弄|道)")
_ROAD_AT_ONCE: Final = re.compile(r".?(?:路|街|巷|弄|道)")
_TAIL: Final = 6
_ENDING: Final = r"(?:自治县|自治旗|新区|林区|特区|(?<!矿)区|县|市|旗)$"
_TOWNSHIP_ENDINGS: Final = ("镇", "乡", "街道", "苏木")  # 经济技术开发区 is a township in one county, a zone in all
_SHORTEST: Final = 2
MOST_CANDIDATES: Final = 6


class WeakWords(NamedTuple):
    """What finds short county names and zones, and what they mean; words by their number."""

    finder: WordFinder
    meanings: pd.DataFrame  # word, adcode
    zone_finder: WordFinder
    zones: pd.DataFrame  # word, adcode, city: a zone of that name in that city
    parents: pd.DataFrame  # city and province by adcode


class Hints(NamedTuple):
    """What is known of each address beside its words; codes, "" unknown."""

    city: pd.Series
    province: pd.Series
    candidates: pd.Series  # counties of one full name, joined by |
    city_of_name: pd.Series
    province_of_name: pd.Series
    registered: pd.Series  # the registration authority's area
    supervised: pd.Series  # the county whose body supervises


def build_weak_words(divisions: Divisions) -> WeakWords:
    """Return the short forms of counties: 黄岩, 前郭县 (前郭尔罗斯蒙古族自治县), 伊旗 (伊金霍洛旗), 昆区 (昆都仑区)."""
    table = divisions.counties
    stem = table["short_name"].str.replace(_ENDING, "", regex=True)
    is_long = stem.str.len() > _SHORTEST
    is_of_city = stem.isin([*divisions.cities["short_name"], *divisions.provinces["short_name"]])  # 长沙 is the city
    ending = table["name"].str[-1]
    forms = [
        (stem, (stem.str.len() >= _SHORTEST) & ~is_of_city),
        (stem.str[:2] + ending, is_long & table["name"].str.contains("自治县|自治旗")),
        (stem.str[:1] + ending, is_long & (ending.isin(["旗", "区"])) & table["province"].eq("150000")),
        (stem.str[:2] + ending, is_long & (ending == "旗")),
    ]
    words = pd.concat(
        [pd.DataFrame({"word": word[holds], "adcode": table.loc[holds, "adcode"]}) for word, holds in forms]
    )
    words = words.drop_duplicates(ignore_index=True)
    parents = divisions.counties.set_index("adcode")[["city", "province"]]
    zones = divisions.zone_counties.rename(columns={"zone": "word"})[["word", "adcode"]].join(
        parents["city"], on="adcode"
    )
    # 西宁城东 has no 宁城 in it: what else is a place must be found, too.
    others = pd.concat([table["name"] for table in (divisions.provinces, divisions.cities, divisions.counties)])
    short = pd.concat([divisions.provinces["short_name"], divisions.cities["short_name"]])
    finder = build_finder(pd.concat([words["word"], others, short]))
    zone_finder = build_finder(zones["word"])
    return WeakWords(
        finder,
        words.assign(word=finder.numbers(words["word"])),
        zone_finder,
        zones.assign(word=zone_finder.numbers(zones["word"])),
        parents,
    )


def settle(
    addresses: pd.Series, names: pd.Series, hints: Hints, *, words: WeakWords, matcher: PlaceMatcher
) -> pd.DataFrame:
    """Return adcode ("" where nothing is clear), candidates, beside_registered, beside_supervised for each address.

    The last two are the counties that the words alone mean (one where they are clear, at most a few), where they do not
    mean the county of the registration authority or the supervisor at all: it is no answer then. Index of `addresses`.
    """
    texts, called = normal_texts(addresses).to_list(), normal_texts(names).to_list()
    evidence = pd.concat(
        [
            _short_names(texts, words, matcher),
            _townships(texts, matcher),
            _zones(texts, hints.city, words),
            _equal_names(hints.candidates),
            _in_names(called, words),
        ],
        ignore_index=True,
    )
    evidence = evidence.drop_duplicates(["text", "adcode", "kind"])
    scored = evidence.pivot_table(
        index=["text", "adcode"], columns="kind", values="weight", aggfunc="max", fill_value=0
    )
    scored = scored.reindex(columns=["short", "township", "equal", "name"], fill_value=0).reset_index()
    has_equal = scored.groupby("text")["equal"].transform("max") > 0
    scored = scored[np.where(has_equal, scored["equal"] > 0, scored[["short", "township"]].max(axis=1) > 0)]
    scored = scored.assign(score=scored[["short", "township", "equal", "name"]].sum(axis=1))
    scored = _with_parents(scored, hints, words.parents)
    found = _clear(scored, addresses.index)
    beside = {f"beside_{name}": _elsewhere(scored, name, addresses.index) for name in ("registered", "supervised")}
    return found.assign(**beside)


def _short_names(texts: Sequence[str], words: WeakWords, matcher: PlaceMatcher) -> pd.DataFrame:
    """Return counties whose short name begins the address or follows another division."""
    found = find_words(words.finder, texts)
    before = find_words(matcher.division_words, texts)[["text", "end"]].rename(columns={"end": "start"})
    before = before.drop_duplicates().assign(follows=True)
    found = found.merge(before, on=["text", "start"], how="left")
    is_after = found["follows"].eq(other=True)
    found = _without_traps(found.assign(is_after=is_after)[(found["start"] == 0) | is_after], texts)
    may_be_road = ~found["is_after"] & goes_on(found, texts, _ROAD_SOON, within=_TAIL)
    is_road = may_be_road & goes_on(found, texts, _ROAD_AT_ONCE, within=_TAIL)
    weight = np.select([is_road, may_be_road], [_SHORT_IN_ROAD, _SHORT_BEFORE_ROAD], _SHORT)
    found = found.assign(weight=weight)
    return found.merge(words.meanings, on="word")[["text", "adcode", "weight"]].assign(kind="short")


def _townships(texts: Sequence[str], matcher: PlaceMatcher) -> pd.DataFrame:
    """Return counties with a township of a name in the address; a zone's name (经济技术开发区) says little alone."""
    found = _without_traps(find_words(matcher.township_words, texts), texts)
    is_town = matcher.township_words.words.str.endswith(_TOWNSHIP_ENDINGS)[found["word"]]
    found = found.assign(weight=np.where(is_town, _TOWNSHIP, _ZONE)).merge(matcher.townships, on="word")
    return found[["text", "adcode", "weight"]].assign(kind="township")


def _zones(texts: Sequence[str], cities: pd.Series, words: WeakWords) -> pd.DataFrame:
    """Return the county that a well-known zone of the stated city lies in (高新区 means another one in each city)."""
    found = find_words(words.zone_finder, texts).merge(words.zones, on="word")
    stated = cities.reset_index(drop=True).reindex(found["text"]).to_numpy()
    return _evidence(found[found["city"].to_numpy() == stated], "township", _WELL_KNOWN)


def _equal_names(candidates: pd.Series) -> pd.DataFrame:
    """Return the counties that a full name of the address may mean."""
    parts = candidates.reset_index(drop=True)
    parts = parts[parts != ""].str.split("|").explode()
    return _evidence(pd.DataFrame({"text": parts.index, "adcode": parts.to_numpy()}), "equal", _EQUAL_NAME)


def _in_names(names: Sequence[str], words: WeakWords) -> pd.DataFrame:
    """Return counties whose short name stands anywhere in the organisation's name: a hint, never an answer."""
    return _evidence(find_words(words.finder, names).merge(words.meanings, on="word"), "name", _IN_NAME)


def _evidence(found: pd.DataFrame, kind: str, weight: int) -> pd.DataFrame:
    return found[["text", "adcode"]].assign(kind=kind, weight=weight)


def _without_traps(found: pd.DataFrame, texts: Sequence[str]) -> pd.DataFrame:
    return found[~goes_on(found, texts, _TRAP, within=_TAIL)]


def _with_parents(scored: pd.DataFrame, hints: Hints, parents: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates that contradict no city or province of the address, with what agrees counted."""
    table = scored.join(parents, on="adcode").reset_index(drop=True)
    known = pd.DataFrame({name: column.to_numpy() for name, column in hints._asdict().items()}).add_prefix("hint_")
    table = table.join(known, on="text")
    same = {
        name: (table[f"hint_{name}"] != "") & (table[f"hint_{name}"] == table[level])
        for name, level in (
            ("city", "city"),
            ("province", "province"),
            ("city_of_name", "city"),
            ("province_of_name", "province"),
        )
    }
    differs = {name: (table[f"hint_{name}"] != "") & ~holds for name, holds in same.items()}
    registered = table["hint_registered"]
    said = (
        table["score"]
        + _CITY * same["city"]
        + _PROVINCE * (same["province"] & ~same["city"])
        + _CITY_OF_NAME * (same["city_of_name"] & ~same["city"])
        + _PROVINCE_OF_NAME * (same["province_of_name"] & ~same["province"])
        + _OTHER_CITY_OF_NAME * differs["city_of_name"]
    )
    score = said + np.select(
        [
            registered == "",
            registered == table["adcode"],
            registered.str[:4] == table["city"].str[:4],
            registered.str[2:4] == "00",
        ],
        [0, _REGISTERED_COUNTY, _REGISTERED_CITY, 0],
        _REGISTERED_ELSEWHERE,
    )
    return table.assign(said=said, score=score)[~differs["city"] & ~differs["province"]]


def _elsewhere(scored: pd.DataFrame, body: str, index: pd.Index) -> pd.Series:
    """Return the counties that words of the address mean where none of them is that of the body."""
    meant = scored[(scored["short"] >= _SHORT_BEFORE_ROAD) | (scored["township"] >= _TOWNSHIP) | (scored["equal"] > 0)]
    is_its_own = meant["adcode"] == meant[f"hint_{body}"]
    meant = meant[~is_its_own.groupby(meant["text"]).transform("any")]
    meant = meant.sort_values(["text", "said", "adcode"], ascending=[True, False, True])
    by_text = meant.groupby("text")
    most = by_text["said"].transform("max")
    is_clear = (most >= _BAR) & (most - meant["said"] >= _AHEAD)  # of those that others are ahead of
    meant = meant[~is_clear & (by_text.cumcount() < MOST_CANDIDATES)]
    found = meant.groupby("text")["adcode"].agg("|".join)
    return found.reindex(range(len(index))).fillna("").astype("str").set_axis(index)


def _clear(scored: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Return the county that is ahead of all others, else the best few as candidates."""
    ranked = scored.sort_values(["text", "score", "adcode"], ascending=[True, False, True])
    by_text = ranked.groupby("text")
    runners_up = by_text.nth(1).set_index("text")["score"]
    first = ranked[~ranked["text"].duplicated()]
    first = first.assign(second=first["text"].map(runners_up).fillna(-np.inf))
    is_clear = (first["score"] >= _BAR) & (first["score"] - first["second"] >= _AHEAD)
    likely = ranked[(ranked["score"] >= _BAR) & (by_text.cumcount() < MOST_CANDIDATES)]
    likely = likely[~likely["text"].isin(first.loc[is_clear, "text"])]
    found = pd.DataFrame(
        {
            "adcode": first[is_clear].set_index("text")["adcode"],
            "candidates": likely.groupby("text")["adcode"].agg("|".join),
        }
    )
    found = found.reindex(range(len(index))).fillna("").astype("str").set_axis(index)
    return found.assign(candidates=found["candidates"].where(found["candidates"].str.contains("|", regex=False), ""))
