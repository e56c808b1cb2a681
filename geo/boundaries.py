"""Polygons of provinces, cities and counties, and the county a point lies in. Everything is WGS-84 (EPSG:4326)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.boundary_files import check_areas, check_coverage, read_areas, read_lines, read_source
from geo.errors import BoundaryError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DEFAULT_DIRECTORY: Final = Path(__file__).resolve().parents[1] / "data" / "boundaries"
# Equal-area, standard for maps of the nation: parallels 25 and 47 degrees north
ALBERS: Final = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84"

_COUNTY_COLUMNS: Final = ("adcode", "name", "city", "city_name", "province", "province_name")
_CITY_COLUMNS: Final = ("adcode", "name", "province", "province_name")
_PROVINCE_COLUMNS: Final = ("adcode", "name")
_NATION: Final = "100000"
# Points are looked up in blocks, so that 880,000 of them need no more memory than these
_BLOCK: Final = 200_000


class Boundaries(NamedTuple):
    """Three levels that nest, the lines drawn over them, and where they come from.

    Each level: adcode (unique, ascending), name, short_name, parent, lon and lat of the label, area_km2, geometry;
    counties also kind, city and city_name; counties and cities also province and province_name.
    """

    provinces: gpd.GeoDataFrame
    cities: gpd.GeoDataFrame
    counties: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    source: dict[str, str]


def load_boundaries(directory: Path = DEFAULT_DIRECTORY) -> Boundaries:
    """Return the checked boundaries of a directory; a user's own needs only counties.parquet or counties.geojson.

    Levels that are absent are dissolved from the counties; absent lines are the product's own, because the lines of
    the South China Sea belong on every national map. Raises BoundaryError with the file and the reason.
    """
    counties = _level(directory, "counties", _COUNTY_COLUMNS)
    if counties is None:
        raise BoundaryError("boundaries.missing_file", directory=str(directory), file="counties.parquet")
    cities = _level(directory, "cities", _CITY_COLUMNS)
    provinces = _level(directory, "provinces", _PROVINCE_COLUMNS)
    cities = dissolve_cities(counties) if cities is None else cities
    provinces = dissolve_provinces(counties) if provinces is None else provinces
    _check_parents(counties, cities, "city")
    _check_parents(counties, provinces, "province")
    lines = read_lines(directory)
    lines = read_lines(DEFAULT_DIRECTORY) if lines is None else lines
    if lines is None:
        raise BoundaryError("boundaries.missing_file", directory=str(directory), file="lines.parquet")
    return Boundaries(provinces, cities, counties, lines, read_source(directory))


def locate_points(lon: ArrayLike, lat: ArrayLike, counties: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the adcode of the county around each WGS-84 point, "" where there is none or no point.

    A point on a border belongs to the smallest adcode.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    descending = counties.sort_values("adcode", ascending=False)
    found = np.full(x.shape, "", dtype=object)
    for start in range(0, len(x), _BLOCK):
        block = slice(start, start + _BLOCK)
        found[block] = _locate_block(x[block], y[block], descending)
    return found


def dissolve_cities(counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per city, the exact union of its counties."""
    kept = ["city", "city_name", "province", "province_name"]
    renamed = {"city": "adcode", "city_name": "name"}
    return complete_areas(_dissolve(counties, "city", kept).rename(columns=renamed))


def dissolve_provinces(counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per province, the exact union of its counties."""
    renamed = {"province": "adcode", "province_name": "name"}
    return complete_areas(_dissolve(counties, "province", ["province", "province_name"]).rename(columns=renamed))


def complete_areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas in order of adcode, with the columns filled in that can be worked out from the others."""
    ordered = areas.sort_values("adcode", ignore_index=True)
    for column, values in _derived(ordered).items():
        ordered = ordered if column in ordered else ordered.assign(**{column: values})
    return ordered


def _locate_block(
    lon: NDArray[np.float64], lat: NDArray[np.float64], descending: gpd.GeoDataFrame
) -> NDArray[np.object_]:
    """Return the codes for one block; the counties descend, so that the smallest code is written last."""
    given = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    points: NDArray[np.object_] = np.asarray(shapely.points(lon[given], lat[given]), dtype=object)
    # Polygons ask the tree of points: only the asking side is prepared, and there are few polygons
    polygon, point = shapely.STRtree(points).query(descending.geometry.to_numpy(), predicate="intersects")
    order = np.argsort(polygon, kind="stable")
    found = np.full(lon.shape, "", dtype=object)
    found[given[point[order]]] = descending["adcode"].to_numpy(dtype=object)[polygon[order]]
    return found


def _level(directory: Path, level: str, columns: tuple[str, ...]) -> gpd.GeoDataFrame | None:
    areas = read_areas(directory, level, columns)
    if areas is None:
        return None
    check_areas(areas, level)
    # A third of a second that the product's own files need not spend: the tests prove them
    if directory != DEFAULT_DIRECTORY:
        check_coverage(areas, level)
    return complete_areas(areas)


def _derived(areas: gpd.GeoDataFrame) -> dict[str, object]:
    """Return what each column would be that a level must have and a source may lack."""
    missing = {"lon", "lat", "area_km2"} - set(areas.columns)
    derived: dict[str, object] = {"short_name": areas["name"], "parent": _parent(areas)}
    if "city" in areas:
        derived["kind"] = ""
    if missing & {"lon", "lat"}:
        label = shapely.point_on_surface(areas.geometry.to_numpy())
        derived |= {"lon": shapely.get_x(label).round(3), "lat": shapely.get_y(label).round(3)}
    if "area_km2" in missing:
        derived["area_km2"] = (areas.to_crs(ALBERS).area / 1e6).round(2)
    return derived


def _parent(areas: gpd.GeoDataFrame) -> object:
    """Return the area above each: the nation, the province, the city; the province of a county that is its own city."""
    if "province" not in areas:
        return _NATION
    if "city" not in areas:
        return areas["province"]
    return areas["city"].mask(areas["city"] == areas["adcode"], areas["province"])


def _dissolve(counties: gpd.GeoDataFrame, level: str, kept: list[str]) -> gpd.GeoDataFrame:
    """Return `kept` and the union of the counties for each value of the column `level`."""
    groups = counties.groupby(level, sort=True)
    unions = groups["geometry"].agg(lambda parts: shapely.coverage_union_all(parts.to_numpy()))
    names = groups[kept].first().reset_index(drop=True)
    return gpd.GeoDataFrame(names, geometry=unions.to_list(), crs=counties.crs)


def _check_parents(counties: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, level: str) -> None:
    orphans = sorted(set(counties[level]) - set(areas["adcode"]))
    if orphans:
        raise BoundaryError("boundaries.missing_parents", file=level, adcodes=", ".join(orphans), count=len(orphans))
