"""Where invented organisations are: real counties and townships, invented buildings, roads and points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely

from coverage.synthesis.draws import bell, pick, share_out, whole
from coverage.synthesis.figures import IN_BUILDING, OF_PROVINCE, OF_REGION

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from coverage.synthesis.draws import Floats, Places
    from geo.divisions import Divisions

#: Degrees by which organisations scatter around the middle of their 街道, 镇 and other townships.
_SCATTER: Final = {"街道": 0.008, "镇": 0.012}
_WIDE_SCATTER: Final = 0.02
#: Townships scatter by this share of their county's extent around its seat.
_TOWNSHIP_SHARE: Final = 0.2
_TRIES: Final = 6
_ORGS_TO_BUILDING: Final = 10
_MOST_BUILDINGS: Final = 30
#: The seat's township has this many organisations to one of the last one.
_TOWN_AND_COUNTRY: Final = 4
#: A street has this many to one of a rural township.
_STREET_WEIGHT: Final = 3
_FLOORS, _ROOMS, _HOUSES = 20, 12, 400
_ROAD_NAMES: Final = (
    "人民", "解放", "建设", "和平", "新华", "文化", "中山", "青年", "胜利", "团结", "光明", "幸福", "东风", "迎宾",
    "园林", "学府", "体育", "工业",
)  # fmt: skip
_ROADS: Final = [f"{name}{kind}" for name in _ROAD_NAMES for kind in ("路", "街", "大道")]
_BUILDINGS: Final = ["广场", "大厦", "商务中心", "创业园", "社会组织孵化基地", "综合楼"]


class Spots(NamedTuple):
    """Township of each organisation and what lists say of its place; `towns` has a row for each township."""

    town: Places
    towns: pd.DataFrame
    lon: Floats
    lat: Floats
    address: NDArray[np.object_]
    site: NDArray[np.object_]


def draw_places(
    orgs: int, *, divisions: Divisions, counties: gpd.GeoDataFrame, province: str, rng: np.random.Generator
) -> Spots:
    """Return the places of `orgs` organisations, ordered by township.

    Parameters
    ----------
    counties
        Boundaries, EPSG:4326; points lie inside their county.
    province
        Its six digits, or "" for the nation.
    """
    towns = _townships(divisions, province)
    towns = towns.assign(orgs=_counts(orgs, towns))
    towns = towns[towns["orgs"] > 0].reset_index(drop=True)
    shapes = counties.set_index("adcode").geometry.reindex(towns["adcode"]).to_numpy()
    shapely.prepare(shapes)
    towns = towns.assign(**_middles(towns, shapes, rng))
    town = np.repeat(np.arange(len(towns)), towns["orgs"])
    return _scatter(town, towns, shapes=shapes, rng=rng)


def _townships(divisions: Divisions, province: str) -> pd.DataFrame:
    """Return every township of a county in force, with the county's names and seat."""
    counties = divisions.counties
    chosen = counties[counties["province"] == province] if province else counties
    columns = ["adcode", "name", "city_name", "province", "province_name", "lon", "lat", "seat_lon", "seat_lat"]
    towns = divisions.townships[["code", "name", "adcode"]].merge(
        chosen[columns].rename(columns={"name": "county"}), on="adcode", validate="many_to_one"
    )
    return towns.sort_values("code", ignore_index=True)


def _counts(orgs: int, towns: pd.DataFrame) -> Places:
    """Return the organisations of each township: by the published figures, then more in towns and streets."""
    head = towns["province"].str[:2]
    of_province = share_out(orgs, [_province_weight(code, head) for code in sorted(head.unique())])
    rank = towns.groupby("adcode").cumcount().to_numpy()
    size = towns.groupby("adcode")["code"].transform("size").to_numpy()
    is_street = towns["name"].str.endswith("街道").to_numpy()
    weight = np.where(is_street, _STREET_WEIGHT, 1) * (1 + (_TOWN_AND_COUNTRY - 1) * (1 - rank / size))
    counts = np.zeros(len(towns), dtype=np.intp)
    for code, total in zip(sorted(head.unique()), of_province, strict=True):
        at = np.flatnonzero(head == code)
        counts[at] = share_out(int(total), weight[at])
    return counts


def _province_weight(code: str, head: pd.Series) -> float:
    """Return the published number of a province, else its part of what its region leaves, by townships."""
    if code in OF_PROVINCE:
        return OF_PROVINCE[code]
    region, total = next((members, total) for members, total in OF_REGION if code in members)
    rest = total - sum(OF_PROVINCE.get(member, 0) for member in region)
    towns = head.value_counts()
    open_ = sum(int(towns.get(member, 0)) for member in region if member not in OF_PROVINCE)
    return rest * int(towns[code]) / open_


def _middles(towns: pd.DataFrame, shapes: NDArray[np.object_], rng: np.random.Generator) -> dict[str, Floats]:
    """Return the invented middle of each township, inside its county; the first one of a county is its seat."""
    x = towns["seat_lon"].fillna(towns["lon"]).to_numpy(dtype=float)
    y = towns["seat_lat"].fillna(towns["lat"]).to_numpy(dtype=float)
    bounds = shapely.bounds(shapes)
    spread = (bounds[:, 2:] - bounds[:, :2]) * _TOWNSHIP_SHARE
    is_first = ~towns["adcode"].duplicated().to_numpy()
    spread[is_first] = 0
    middle_x, middle_y = _inside(x, y, shapes=shapes, spread=spread, rng=rng)
    return {"middle_lon": middle_x, "middle_lat": middle_y}


def _inside(
    x: Floats, y: Floats, *, shapes: NDArray[np.object_], spread: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return points around (x, y), each inside its shape; after some tries (x, y), or a point that surely is."""
    found_x, found_y = x.copy(), y.copy()
    open_ = np.arange(len(x))
    for _ in range(_TRIES):
        new_x = x[open_] + bell(rng, len(open_)) * spread[open_, 0]
        new_y = y[open_] + bell(rng, len(open_)) * spread[open_, 1]
        is_in = shapely.contains_xy(shapes[open_], new_x, new_y)
        found_x[open_[is_in]], found_y[open_[is_in]] = new_x[is_in], new_y[is_in]
        open_ = open_[~is_in]
    lost = open_[~shapely.contains_xy(shapes[open_], x[open_], y[open_])]
    points = shapely.point_on_surface(shapes[lost])
    found_x[lost], found_y[lost] = shapely.get_x(points), shapely.get_y(points)
    return found_x, found_y


def _scatter(town: Places, towns: pd.DataFrame, *, shapes: NDArray[np.object_], rng: np.random.Generator) -> Spots:
    """Return a point and an address for each organisation; a quarter of them share the buildings of their township."""
    count = len(town)
    ending = pd.Series(towns["name"].str[-1:]).map({"道": _SCATTER["街道"], "镇": _SCATTER["镇"]}).fillna(_WIDE_SCATTER)
    spread: Floats = np.column_stack([ending, ending]).astype(np.float64)[town]
    lon, lat = _inside(
        towns["middle_lon"].to_numpy()[town], towns["middle_lat"].to_numpy()[town],
        shapes=shapes[town], spread=spread, rng=rng,
    )  # fmt: skip
    lon, lat = lon.round(6), lat.round(6)
    first = np.r_[0, np.cumsum(towns["orgs"])[:-1]]
    buildings = (1 + towns["orgs"].to_numpy() // _ORGS_TO_BUILDING).clip(max=_MOST_BUILDINGS)
    is_shared = rng.random(count) < IN_BUILDING
    building = whole(rng, np.minimum(buildings, towns["orgs"].to_numpy())[town], count)
    # A building stands where one organisation of the township is, and has its road and number
    host = np.where(is_shared, first[town] + building, np.arange(count))
    road, number = pick(rng, _ROADS, count)[host], (1 + whole(rng, _HOUSES, count))[host]
    title = np.where(is_shared, road + pick(rng, _BUILDINGS, len(towns))[town], "")
    room = np.char.add(
        np.char.mod("%d层", 1 + whole(rng, _FLOORS, count)), np.char.mod("%02d室", 1 + whole(rng, _ROOMS, count))
    )
    before = (towns["province_name"] + _cities(towns) + towns["county"] + towns["name"]).to_numpy(dtype=object)[town]
    address = before + road + np.char.mod("%d号", number).astype(object)
    address = np.where(is_shared, address + title + room.astype(object), address)
    return Spots(town, towns, lon[host], lat[host], address, title)


def _cities(towns: pd.DataFrame) -> pd.Series:
    """Return the city's name, "" where it is the province's or the county's own."""
    is_own = (towns["city_name"] == towns["province_name"]) | (towns["city_name"] == towns["county"])
    return towns["city_name"].mask(is_own, "")
