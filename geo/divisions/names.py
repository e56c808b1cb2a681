"""County names as people write them in a county column, turned into codes. Several that fit are none."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.divisions.codes import current_codes
from geo.divisions.matcher import county_words, normal_texts
from geo.divisions.texts import find_counties

if TYPE_CHECKING:
    from geo.divisions.matcher import PlaceMatcher
    from geo.divisions.tables import Divisions

_SEPARATORS: Final = r"[·,，、/\\|>;；:：_-]"
_CODE: Final = r"\d{2,12}"
# What people leave out at the end of a name; 井陉矿区 stays whole, because 井陉 is the county beside it
_ENDING: Final = r"(?:新区|林区|特区|(?<!矿)区|县|市)$"
_SHORTEST_BARE_NAME: Final = 2
# A present name hides an old one that is written alike, and both hide a name without its ending
_FULL, _OLD, _BARE = 0, 1, 2


def resolve_county_names(
    names: pd.Series[str],
    *,
    hints: pd.Series[str] | None,
    divisions: Divisions,
    matcher: PlaceMatcher | None = None,
) -> pd.Series[str]:
    """Return the adcode each name stands for, "" where none or several fit.

    A name may have its city and province before it, and may lack its last word (区, 县, 市) where no other county or
    city is called so.

    Parameters
    ----------
    hints
        Same index: a text that names the area (an address), or digits that a code of the area begins with. They only
        choose between counties that are written alike.
    """
    written = normal_texts(names).str.replace(_SEPARATORS, "", regex=True)
    rows = pd.DataFrame({"name": written, "hint": "" if hints is None else hints.fillna("").astype("str")})
    questions = rows.drop_duplicates(ignore_index=True)
    meanings = questions.reset_index(names="question").merge(spellings(divisions), on="name")
    is_unsure = meanings["question"].duplicated(keep=False)
    chosen = _choose(meanings[is_unsure], divisions, matcher)
    answers = pd.concat([meanings[~is_unsure], chosen]).set_index("question")["adcode"]
    answered = questions.assign(adcode=answers).fillna({"adcode": ""})
    return rows.merge(answered, on=["name", "hint"], how="left")["adcode"].set_axis(names.index).astype("str")


@lru_cache(maxsize=2)
def spellings(divisions: Divisions) -> pd.DataFrame:
    """Return name, adcode of every way to write a county; a name stands for as many counties as it has rows."""
    own = pd.concat([_full_and_old_names(divisions), _bare_names(divisions)], ignore_index=True)
    written = own.merge(_prefixes(divisions), on="adcode")
    written = written.assign(name=written["prefix"] + written["name"]).sort_values(["rank", "name", "adcode"])
    written = written.drop_duplicates(["name", "adcode"], ignore_index=True)
    return written.loc[written["rank"] == written.groupby("name")["rank"].transform("min"), ["name", "adcode"]]


def _full_and_old_names(divisions: Divisions) -> pd.DataFrame:
    words = county_words(divisions)
    ranks = words["form"].map({"full": _FULL, "old": _OLD})
    return pd.DataFrame({"name": words["word"], "adcode": words["code"], "rank": ranks})


def _bare_names(divisions: Divisions) -> pd.DataFrame:
    """Return the names without their ending; 抚顺 is the city, not 抚顺县 in it."""
    counties = divisions.counties
    bare = counties["short_name"].str.replace(_ENDING, "", regex=True)
    is_bare = (bare != counties["short_name"]) & (bare.str.len() >= _SHORTEST_BARE_NAME)
    is_other_city = bare.isin(divisions.cities["short_name"]) & (counties["adcode"] != counties["city"])
    kept = is_bare & ~is_other_city
    return pd.DataFrame({"name": bare[kept], "adcode": counties.loc[kept, "adcode"], "rank": _BARE})


def _prefixes(divisions: Divisions) -> pd.DataFrame:
    """Return adcode, prefix: nothing, the city, the province, or both, each in full or short."""
    counties = divisions.counties
    city_short = counties["city"].map(divisions.cities.set_index("adcode")["short_name"])
    province_short = counties["province"].map(divisions.provinces.set_index("adcode")["short_name"])
    nothing = pd.Series("", index=counties.index)
    provinces = (nothing, counties["province_name"], province_short)
    cities = (nothing, counties["city_name"], city_short)
    prefixes = pd.concat([province + city for province in provinces for city in cities])
    return pd.DataFrame({"adcode": counties["adcode"].loc[prefixes.index], "prefix": prefixes}).drop_duplicates()


def _choose(meanings: pd.DataFrame, divisions: Divisions, matcher: PlaceMatcher | None) -> pd.DataFrame:
    """Return the rows of equal names whose hint fits one of them best."""
    if meanings.empty:
        return meanings
    hinted = _hinted(meanings["hint"], divisions, matcher)
    named = meanings.join(divisions.counties.set_index("adcode")[["city", "province"]], on="adcode")
    agrees = {level: (hinted[level] == named[level]).astype(int) for level in ("adcode", "city", "province")}
    fits = 4 * agrees["adcode"] + 2 * agrees["city"] + agrees["province"]
    best = fits.groupby(meanings["question"]).transform("max")
    chosen = meanings[(fits == best) & (fits > 0)]
    return chosen[~chosen["question"].duplicated(keep=False)]


def _hinted(hints: pd.Series[str], divisions: Divisions, matcher: PlaceMatcher | None) -> pd.DataFrame:
    """Return adcode, city, province that each hint states, "" where it does not."""
    is_code = hints.str.fullmatch(_CODE)
    stated = find_counties(hints.mask(is_code, ""), divisions, matcher=matcher)[["adcode", "city", "province"]]
    codes = hints.where(is_code, "").str[:6].str.ljust(6, "0")
    by_code = {
        "adcode": current_codes(codes, divisions),
        "city": (codes.str[:4] + "00").where(codes.str[2:4] != "00", ""),
        "province": codes.str[:2] + "0000",
    }
    return stated.assign(**{column: stated[column].mask(is_code, values) for column, values in by_code.items()})
