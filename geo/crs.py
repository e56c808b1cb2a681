"""Coordinate systems met in Chinese lists, turned into WGS-84 at the door (notes: GCJ-02 shifts by 300-700 m)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.boundaries import locate_points
from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]

CRS_NAMES: Final = ("wgs84", "cgcs2000", "gcj02", "bd09")

# Krasovsky 1940, the ellipsoid of the published GCJ-02 transformation
_SEMI_MAJOR_M: Final = 6_378_245.0
_ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943
# The usual rectangle: GCJ-02 and BD-09 are taken as WGS-84 outside of it
_CHINA_LON: Final = (72.004, 137.8347)
_CHINA_LAT: Final = (0.8293, 55.8271)
# The wavelength of BD-09's ripple, and its offsets
_BD09_RIPPLE: Final = np.pi * 3_000 / 180
_BD09_LON: Final = 0.0065
_BD09_LAT: Final = 0.006
# The shift changes by at most 1 % of a step, so that six rounds end below 1e-12 degrees
_INVERSE_ROUNDS: Final = 6


def to_wgs84(lon: ArrayLike, lat: ArrayLike, crs: str | ArrayLike) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes in WGS-84 degrees; NaN stays NaN.

    Parameters
    ----------
    crs
        One of `CRS_NAMES` for all points, or one name per point. CGCS2000 equals WGS-84 within a metre.
    """
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    systems = np.broadcast_to(np.asarray(crs, dtype=object), x.shape)
    _refuse_unknown(systems)
    for name, forward in (("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)):
        rows = systems == name
        x[rows], y[rows] = _invert(forward, x[rows], y[rows])
    return x, y


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees in GCJ-02; unchanged outside China."""
    east, north = _gcj02_shift(lon, lat)
    inside = _in_china(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def wgs84_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees in BD-09; unchanged outside China."""
    x, y = wgs84_to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * _BD09_RIPPLE)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * _BD09_RIPPLE)
    inside = _in_china(lon, lat)
    return (
        np.where(inside, radius * np.cos(angle) + _BD09_LON, lon),
        np.where(inside, radius * np.sin(angle) + _BD09_LAT, lat),
    )


def crs_votes(lon: ArrayLike, lat: ArrayLike, *, adcode: ArrayLike, counties: gpd.GeoDataFrame) -> dict[str, float]:
    """Return for each coordinate system the share of points that fall into the county they name.

    Only points with a county and two coordinates vote; without any the answer is empty. A suggestion to ask about,
    never an answer: near the middle of a county all four systems fit.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    named = np.asarray(adcode, dtype=object)
    voters = (named != "") & np.isfinite(x) & np.isfinite(y)
    if not voters.any():
        return {}
    x, y, named = x[voters], y[voters], named[voters]
    shares = {
        name: float(np.mean(locate_points(*to_wgs84(x, y, name), counties) == named))
        for name in ("wgs84", "gcj02", "bd09")
    }
    return {name: shares["wgs84" if name == "cgcs2000" else name] for name in CRS_NAMES}


def _refuse_unknown(systems: NDArray[np.object_]) -> None:
    unknown = sorted({str(name) for name in np.unique(systems.astype(str))} - set(CRS_NAMES))
    if unknown:
        raise InputError("crs.unknown", names=", ".join(unknown))


def _invert(forward: Shift, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the points that `forward` takes to lon, lat, by fixed-point iteration."""
    x, y = lon.copy(), lat.copy()
    for _ in range(_INVERSE_ROUNDS):
        moved_x, moved_y = forward(x, y)
        x, y = x + (lon - moved_x), y + (lat - moved_y)
    inside = _in_china(lon, lat)
    return np.where(inside, x, lon), np.where(inside, y, lat)


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    return (lon >= _CHINA_LON[0]) & (lon <= _CHINA_LON[1]) & (lat >= _CHINA_LAT[0]) & (lat <= _CHINA_LAT[1])


def _gcj02_shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the GCJ-02 offsets in degrees east and north at WGS-84 points (published by reverse engineering)."""
    x, y = lon - 105.0, lat - 35.0
    common = _ripple(6 * x, 20) + _ripple(2 * x, 20)
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east_m += (common + _ripple(x, 20) + _ripple(x / 3, 40) + _ripple(x / 12, 150) + _ripple(x / 30, 300)) * 2 / 3
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north_m += (common + _ripple(y, 20) + _ripple(y / 3, 40) + _ripple(y / 12, 160) + _ripple(y / 30, 320)) * 2 / 3
    latitude = np.radians(lat)
    curvature = 1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    prime_vertical_m = _SEMI_MAJOR_M / np.sqrt(curvature)
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / curvature**1.5
    return np.degrees(east_m / (prime_vertical_m * np.cos(latitude))), np.degrees(north_m / meridian_m)


def _ripple(half_turns: Floats, amplitude_m: float) -> Floats:
    return amplitude_m * np.sin(half_turns * np.pi)
