"""Boundary files read and checked: GeoParquet, or GeoJSON by a plain JSON parser (no driver guesses what a file is)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyarrow import ArrowException
from pyproj.exceptions import CRSError

from geo.errors import BoundaryError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SOURCE_FIELDS: Final = ("origin", "date", "licence", "map_approval_number", "redistribution")

# CGCS2000 (4490) equals WGS-84 within a metre
_WGS84_EPSG: Final = (4326, 4490)
_WGS84_NAMES: Final = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")
# What a boundary in degrees, longitude first, can reach: the nation with its seas
_BOUNDS: Final = (70.0, 0.0, 140.0, 56.0)
_POLYGON_TYPES: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
# Real boundary sources overlap by slivers; more than this share of an area is another area's land
_OVERLAP_SHARE: Final = 0.001
_SHOWN_CODES: Final = 10
SOUTH_CHINA_SEA: Final = "south_china_sea"
_DASHES: Final = 10
# Whatever is wrong in a file or in the metadata it carries comes out of the reader as one of these
_PARQUET_ERRORS: Final = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArrowException,
    CRSError,
    shapely.errors.GEOSException,
)


def read_areas(directory: Path, level: str, columns: tuple[str, ...]) -> gpd.GeoDataFrame | None:
    """Return one level of a directory in WGS-84, or None where it has no file of that name."""
    areas = _read(directory, level)
    if areas is None:
        return None
    _refuse_missing(areas, level, columns)
    return areas.assign(**{column: areas[column].fillna("").astype(str) for column in columns})


def read_lines(directory: Path) -> gpd.GeoDataFrame | None:
    """Return the lines of a directory (kind, geometry), or None where it has none.

    Lines without the ten dashes of the South China Sea are refused: they belong on every national map.
    """
    lines = _read(directory, "lines")
    if lines is None:
        return None
    _refuse_missing(lines, "lines", ("kind",))
    dashes = int(shapely.get_num_geometries(lines.geometry[lines["kind"] == SOUTH_CHINA_SEA].to_numpy()).sum())
    if dashes < _DASHES:
        raise BoundaryError("boundaries.missing_dashes", file="lines", count=dashes)
    return lines


def read_source(directory: Path) -> dict[str, str]:
    """Return what source.json says of origin and rights; fields it does not have are empty."""
    path = directory / "source.json"
    said = _parse_json(path) if path.is_file() else {}
    return {field: str(said.get(field, "")) for field in SOURCE_FIELDS}


def check_areas(areas: gpd.GeoDataFrame, level: str) -> None:
    """Raise BoundaryError where codes, places or shapes of a level cannot be relied on."""
    codes = areas["adcode"].to_numpy()
    for column in ("adcode", "city", "province"):
        if column in areas:
            _refuse("bad_codes", level, codes[~areas[column].str.fullmatch(r"[1-9]\d{5}")])
    _refuse("duplicate_codes", level, codes[areas["adcode"].duplicated()])
    shapes = areas.geometry.to_numpy()
    is_area = np.isin(shapely.get_type_id(shapes), _POLYGON_TYPES) & ~shapely.is_empty(shapes)
    _refuse("no_area", level, codes[~is_area])
    _refuse("out_of_range", level, codes[~_in_range(shapes)])
    _refuse("invalid_geometry", level, codes[~shapely.is_valid(shapes)])


def check_coverage(areas: gpd.GeoDataFrame, level: str) -> None:
    """Raise BoundaryError where areas of a level share more than a sliver."""
    _refuse("overlap", level, areas["adcode"].to_numpy()[_overlaps(areas.geometry.to_numpy())])


def _read(directory: Path, level: str) -> gpd.GeoDataFrame | None:
    parquet, geojson = directory / f"{level}.parquet", directory / f"{level}.geojson"
    if parquet.is_file():
        return _read_parquet(parquet)
    return _read_geojson(geojson) if geojson.is_file() else None


def _read_parquet(path: Path) -> gpd.GeoDataFrame:
    try:
        areas = gpd.read_parquet(path)
    except _PARQUET_ERRORS as error:
        raise BoundaryError("boundaries.unreadable", file=path.name, reason=str(error)) from error
    if areas.crs is None or (areas.crs.to_epsg() not in _WGS84_EPSG and "CRS84" not in areas.crs.to_string()):
        raise BoundaryError("boundaries.not_wgs84", file=path.name, crs=str(areas.crs))
    shapes = areas.geometry.to_numpy()
    return gpd.GeoDataFrame(areas.drop(columns=areas.geometry.name), geometry=shapes, crs=4326)


def _read_geojson(path: Path) -> gpd.GeoDataFrame:
    document = _parse_json(path)
    crs = str(document.get("crs") or "CRS84")
    if not any(name in crs for name in _WGS84_NAMES):
        raise BoundaryError("boundaries.not_wgs84", file=path.name, crs=crs)
    features = document.get("features")
    if not isinstance(features, list) or not features or not all(isinstance(row, dict) for row in features):
        raise BoundaryError("boundaries.no_features", file=path.name)
    properties = [row.get("properties") for row in features]
    table = pd.DataFrame([row if isinstance(row, dict) else {} for row in properties])
    geometries = [json.dumps(row.get("geometry")) for row in features]
    return gpd.GeoDataFrame(table, geometry=shapely.from_geojson(geometries, on_invalid="ignore"), crs=4326)


def _parse_json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise BoundaryError("boundaries.unreadable", file=path.name, reason=str(error)) from error
    if not isinstance(document, dict):
        raise BoundaryError("boundaries.no_features", file=path.name)
    return document


def _refuse_missing(areas: gpd.GeoDataFrame, level: str, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in areas]
    if missing:
        raise BoundaryError("boundaries.missing_columns", file=level, columns=", ".join(missing))


def _refuse(reason: str, level: str, codes: NDArray[np.object_]) -> None:
    if len(codes):
        shown = ", ".join(sorted(map(str, codes))[:_SHOWN_CODES])
        raise BoundaryError(f"boundaries.{reason}", file=level, adcodes=shown, count=len(codes))


def _in_range(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    bounds = shapely.bounds(shapes)
    return np.asarray((bounds[:, :2] >= _BOUNDS[:2]).all(axis=1) & (bounds[:, 2:] <= _BOUNDS[2:]).all(axis=1))


def _overlaps(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which areas share more than a sliver with another one."""
    overlapping = np.zeros(len(shapes), dtype=bool)
    if shapely.coverage_is_valid(shapes):
        return overlapping
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    areas = shapely.area(shapes)
    too_much = shared > _OVERLAP_SHARE * np.minimum(areas[first], areas[second])
    overlapping[first[too_much]] = overlapping[second[too_much]] = True
    return overlapping
