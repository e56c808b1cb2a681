"""From degrees to metres of paper: the national projection, or one of the area's own; and how long a kilometre is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pyproj import Geod, Transformer

from ui.pictures.paper import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

# Albers equal-area conic on the sphere of the same area as WGS-84 (map_modules/projection.js draws the same).
_NATIONAL = "+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +lat_0=35 +R=6371007.2 +units=m"
# True in area, and within 0.4 % in length, over the widest province.
_LOCAL = "+proj=laea +lat_0={lat:.2f} +lon_0={lon:.2f} +ellps=WGS84 +units=m"
_WGS84 = "+proj=longlat +ellps=WGS84"
_EARTH = Geod(ellps="WGS84")
_KEPT = 64
_EDGE_POINTS = 21
_ROUND_LENGTHS = (1, 2, 5)


class Window(NamedTuple):
    """What part of the plane a map shows, in metres."""

    west: float
    south: float
    east: float
    north: float


class Bar(NamedTuple):
    """A scale bar: metres on the ground, and its length on paper in points."""

    metres: float
    points: float


class Projection:
    """Degrees to metres and back."""

    def __init__(self, definition: str) -> None:
        self._there = Transformer.from_crs(_WGS84, definition, always_xy=True)

    def project(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, 2) in metres."""
        return np.column_stack(self._there.transform(degrees[:, 0], degrees[:, 1]))

    def unproject(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, 2) in degrees."""
        return np.column_stack(self._there.transform(metres[:, 0], metres[:, 1], direction="INVERSE"))


def projection_of(rings: Iterable[NDArray[np.float64]], *, national: bool) -> Projection:
    """Return the projection of the nation, or one around the middle of these rings."""
    if national:
        return _projection(_NATIONAL)
    west, south, east, north = box_of(rings)
    return _projection(_LOCAL.format(lon=(west + east) / 2, lat=(south + north) / 2))


def box_of(rings: Iterable[NDArray[np.float64]]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of lines, in their own unit."""
    corners = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in rings])
    west, south = corners[:, :2].min(axis=0)
    east, north = corners[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def edge_of(box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Return points along the parallels that bound a box in degrees; projected, they bulge."""
    west, south, east, north = box
    along = np.linspace(west, east, _EDGE_POINTS)
    return np.concatenate([np.column_stack([along, np.full(_EDGE_POINTS, lat)]) for lat in (south, north)])


def window_of(box: tuple[float, float, float, float], place: Box, *, left: float, right: float, rim: float) -> Window:
    """Return the window that shows a box (metres) inside a place, with room (points) kept free at its sides."""
    west, south, east, north = box
    inner = (max(place.width - left - right - 2 * rim, 1.0), max(place.height - 2 * rim, 1.0))
    a_point = max((east - west) / inner[0], (north - south) / inner[1], 1e-9)
    x = (west + east) / 2 + (right - left) / 2 * a_point
    y = (south + north) / 2
    half = (place.width / 2 * a_point, place.height / 2 * a_point)
    return Window(x - half[0], y - half[1], x + half[0], y + half[1])


def scale_bar(projection: Projection, window: Window, place: Box, *, longest: float) -> Bar:
    """Return a bar of a round length, at most `longest` points; it holds in the middle of the map."""
    y = (window.south + window.north) / 2
    x = (window.west + window.east) / 2
    a_point = (window.east - window.west) / place.width
    ends = projection.unproject(np.array([[x - longest / 2 * a_point, y], [x + longest / 2 * a_point, y]]))
    _, _, metres = _EARTH.inv(*ends[0], *ends[1])
    power = 10.0 ** np.floor(np.log10(metres))
    length = max(power * step for step in _ROUND_LENGTHS if power * step <= metres)
    return Bar(float(length), float(longest * length / metres))


@lru_cache(maxsize=_KEPT)
def _projection(definition: str) -> Projection:
    return Projection(definition)
