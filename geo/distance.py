"""Metres on the WGS-84 ellipsoid, fast enough for every pair of a county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

# WGS-84 (NIMA TR8350.2): semi-major axis, first eccentricity squared, mean radius.
_SEMI_MAJOR_M: Final = 6_378_137.0
_ECCENTRICITY_SQUARED: Final = 0.006_694_379_990_141_317
_MEAN_RADIUS_M: Final = 6_371_008.8


def to_cartesian_m(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Return geocentric x, y, z in metres of points given in WGS-84 degrees, one row a point; NaN stays NaN."""
    east, north = np.radians(np.asarray(lon, dtype=float)), np.radians(np.asarray(lat, dtype=float))
    normal_m = _SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY_SQUARED * np.sin(north) ** 2)
    x = normal_m * np.cos(north) * np.cos(east)
    y = normal_m * np.cos(north) * np.sin(east)
    z = normal_m * (1 - _ECCENTRICITY_SQUARED) * np.sin(north)
    return np.stack([x, y, z], axis=-1)


def surface_m(chord_m: Floats) -> Floats:
    """Return the way along the ellipsoid for a straight way between two of its points.

    Within 0.1 mm of the geodesic up to 15 km, 2 cm up to 100 km, 1 m up to 300 km (tested against pyproj): the
    curvature only enters as a correction, so the mean radius serves everywhere.
    """
    return 2 * _MEAN_RADIUS_M * np.arcsin(np.minimum(chord_m / (2 * _MEAN_RADIUS_M), 1.0))


def chord_m(surface: Floats) -> Floats:
    """Return the straight way that belongs to a way along the ellipsoid: the inverse of `surface_m`."""
    return 2 * _MEAN_RADIUS_M * np.sin(np.minimum(surface / (2 * _MEAN_RADIUS_M), np.pi / 2))


def distance_m(start: Floats, end: Floats) -> Floats:
    """Return metres along the ellipsoid between points given as geocentric rows, pair by pair."""
    return surface_m(np.linalg.norm(start - end, axis=-1))
