"""The tree of areas a visitor walks: nation, provinces, cities, counties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from words import t

if TYPE_CHECKING:
    import pandas as pd

    from geo.boundaries import Boundaries
    from ui.session import Detail

Level = Literal["nation", "province", "city", "county"]

NATION = "100000"


class Area(NamedTuple):
    """One division; `parent` is the area that one step up shows, "" for the nation."""

    adcode: str
    name: str
    short_name: str
    level: Level
    parent: str


class Areas(NamedTuple):
    """All areas by code, and the places of each city and county in the tree.

    A municipality (110000) is its own city and a city without counties (441900) its own county: both stand once, as
    province and as county.
    """

    by_code: dict[str, Area]
    cities: dict[str, tuple[str, ...]]
    counties: dict[str, tuple[str, ...]]


def read_areas(boundaries: Boundaries) -> Areas:
    """Return the tree that the boundary file describes."""
    provinces = {
        code: Area(code, name, short, "province", NATION) for code, name, short, _ in _rows(boundaries.provinces)
    }
    counties = {
        code: Area(code, name, short, "county", parent) for code, name, short, parent in _rows(boundaries.counties)
    }
    cities = {
        code: Area(code, name, short, "city", parent)
        for code, name, short, parent in _rows(boundaries.cities)
        if code not in provinces and code not in counties
    }
    nation = Area(NATION, t("app.nation"), t("app.nation"), "nation", "")
    counties = {code: area._replace(parent=_step_up(area, cities)) for code, area in counties.items()}
    by_code = {NATION: nation} | provinces | cities | counties
    return Areas(by_code, _children(cities), _counties_below(counties, cities))


def path_to(areas: Areas, adcode: str) -> tuple[Area, ...]:
    """Return the areas from the nation down to this one."""
    path = [areas.by_code[adcode]]
    while path[0].parent:
        path.insert(0, areas.by_code[path[0].parent])
    return tuple(path)


def parts_of(areas: Areas, adcode: str, detail: Detail) -> tuple[Area, ...]:
    """Return what an area is divided into on its map, by code; a county is divided no further."""
    area = areas.by_code[adcode]
    if area.level == "nation":
        return tuple(part for part in areas.by_code.values() if part.level == "province")
    if area.level == "province" and detail == "city" and areas.cities.get(adcode):
        own = tuple(code for code in areas.counties[adcode] if areas.by_code[code].parent == adcode)
        return tuple(areas.by_code[code] for code in sorted((*areas.cities[adcode], *own)))
    return tuple(areas.by_code[code] for code in areas.counties.get(adcode, ()))


def common_area(areas: Areas, counties: pd.Series) -> str:
    """Return the smallest area that holds all these counties; the nation when there are none."""
    codes = sorted({str(code) for code in counties.unique()} & areas.by_code.keys())
    if not codes:
        return NATION
    shared = set.intersection(*({area.adcode for area in path_to(areas, code)} for code in codes))
    return [area.adcode for area in path_to(areas, codes[0]) if area.adcode in shared][-1]


def _rows(table: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    return list(zip(table["adcode"], table["name"], table["short_name"], table["parent"], strict=True))


def _step_up(county: Area, cities: dict[str, Area]) -> str:
    """Return the area above a county: its city where that is an area of its own, else its province."""
    return county.parent if county.parent in cities else f"{county.adcode[:2]}0000"


def _children(cities: dict[str, Area]) -> dict[str, tuple[str, ...]]:
    below: dict[str, tuple[str, ...]] = {}
    for code in sorted(cities):
        below[cities[code].parent] = (*below.get(cities[code].parent, ()), code)
    return below


def _counties_below(counties: dict[str, Area], cities: dict[str, Area]) -> dict[str, tuple[str, ...]]:
    """Return the counties of every city and of every province."""
    below: dict[str, list[str]] = {}
    for code in sorted(counties):
        parent = counties[code].parent
        below.setdefault(parent, []).append(code)
        if parent in cities:
            below.setdefault(cities[parent].parent, []).append(code)
    return {adcode: tuple(codes) for adcode, codes in below.items()}
