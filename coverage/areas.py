"""Which area an organisation counts in (RULEBOOK §6 area mode), and sums rolled up from counties to the nation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from coverage.settings import PlanSettings
    from geo.divisions import Divisions

NATION = "100000"

#: Levels of the coverage table in the order of its rows. `own` is what an authority above the county registered itself
#: (省本级, 市本级), `superior` one Party body, `unlocated` everybody without an area: with these each level adds up.
LEVELS = ("nation", "province", "city", "county", "own", "superior", "unlocated")

#: Between the county and the name of a Party superior.
_OF_COUNTY = "\n"

#: Where a row of the roll-up belongs.
_KEYS = ["adcode", "name", "level", "city", "city_name", "province", "province_name"]


def area_codes(places: pd.DataFrame, duties: pd.DataFrame, *, settings: PlanSettings) -> pd.Series:
    """Return what each organisation counts in: an adcode, or its superior (county and name); "" for nowhere.

    A Party body is known by name and area (RULEBOOK §1): two of one name in two counties are two.
    """
    superior = duties["superior"]
    return {
        "located": places["adcode"],
        "registered": places["registered"],
        "superior": (places["adcode"] + _OF_COUNTY + superior).where(superior != "", ""),
    }[settings.area_mode]


def describe_areas(
    codes: pd.Index, places: pd.DataFrame, *, divisions: Divisions, settings: PlanSettings
) -> pd.DataFrame:
    """Return adcode, name, level, city and province of each code, in its order."""
    if settings.area_mode == "superior":
        return _superiors(codes)
    known = _known_areas(places, divisions).drop_duplicates("code").set_index("code")
    areas = known.reindex(codes).reset_index(drop=True)
    areas["level"] = areas["level"].fillna("unlocated")
    return areas.assign(adcode=pd.Series(codes, dtype="str").where(areas["level"] != "unlocated", "")).fillna("")[_KEYS]


def roll_up(areas: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Return adcode, name, level and the sums: nation, provinces, cities, counties by code, then what has no county.

    A municipality is no city of its own, and a city without counties (东莞市) stands as its county alone.

    Parameters
    ----------
    areas
        As from `describe_areas`, one row for each row of `sums`.
    """
    is_city = ~areas["city"].isin(["", *areas["province"], *areas.loc[areas["level"] == "county", "adcode"]])
    levels = [
        _total(sums),
        _grouped(areas, sums, level="province", of=areas["province"] != ""),
        _grouped(areas, sums, level="city", of=is_city),
        *[_own_rows(areas, sums, level=level) for level in LEVELS[3:]],
    ]
    return pd.concat(levels, ignore_index=True)


def _known_areas(places: pd.DataFrame, divisions: Divisions) -> pd.DataFrame:
    """Return every area of a list: counties as located (a user's boundary file wins), then the wider ones."""
    located = places.rename(columns={"county_name": "name"}).drop_duplicates("adcode")
    located = located[located["adcode"] != ""].assign(level="county")
    cities = divisions.cities.assign(level="own", city=divisions.cities["adcode"], city_name=divisions.cities["name"])
    provinces = divisions.provinces.assign(
        level="own", province=divisions.provinces["adcode"], province_name=divisions.provinces["name"]
    )
    nation = pd.DataFrame({"adcode": [NATION], "level": ["own"]}, dtype="str")
    known = pd.concat([located, divisions.counties.assign(level="county"), provinces, cities, nation])
    return known.assign(code=known["adcode"])[["code", *_KEYS]].fillna("")


def _superiors(codes: pd.Index) -> pd.DataFrame:
    parts = pd.Series(codes, dtype="str").str.partition(_OF_COUNTY)
    adcodes, names = parts[0], parts[2]
    areas = pd.DataFrame("", index=names.index, columns=_KEYS, dtype="str")
    return areas.assign(
        adcode=adcodes, name=names, level=pd.Series("superior", index=names.index).where(names != "", "unlocated")
    )


def _total(sums: pd.DataFrame) -> pd.DataFrame:
    total = sums.sum().to_frame().T
    total.insert(0, "level", "nation")
    total.insert(0, "name", "")
    total.insert(0, "adcode", NATION)
    return total


def _grouped(areas: pd.DataFrame, sums: pd.DataFrame, *, level: str, of: pd.Series) -> pd.DataFrame:
    """Return the sums of each city or province."""
    grouped = sums[of].groupby(areas.loc[of, level], sort=True).sum()
    names = areas[of].groupby(level, sort=True)[f"{level}_name"].first()
    grouped.insert(0, "level", level)
    grouped.insert(0, "name", names)
    return grouped.rename_axis("adcode").reset_index()


def _own_rows(areas: pd.DataFrame, sums: pd.DataFrame, *, level: str) -> pd.DataFrame:
    """Return the rows that stand for themselves at one level."""
    rows = areas.loc[areas["level"] == level, ["adcode", "name", "level"]]
    return rows.join(sums).sort_values(["adcode", "name"])
