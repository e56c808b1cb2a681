"""The layers of 覆盖地图 on paper: travel limits, rings of those with a unit, venues, numbers without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.transforms import IdentityTransform
from pyproj import Geod

from ui.palette import LIMIT_COLOR, REACH_COLOR, UNIT_COLOR
from ui.pictures.fonts import font
from ui.pictures.marks import MARK_EDGE, PX, mark_path
from ui.pictures.painting import is_on, mark_radius, paint_groups, paint_points
from ui.pictures.paper import INK, MUTED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ui.map_spec import MapSpec
    from ui.pictures.painting import Ground

_EARTH = Geod(ellps="WGS84")
_CORNERS = 48
_RING = 3 * PX
_SELECTED = "#111827"
# Numbers nearer to each other than this become one; they stand above the name of their area (map_modules/counts.js).
_APART_X, _APART_Y, _ABOVE = 34 * PX, 18 * PX, 17 * PX
_NUMBER = 11 * PX


class Bubble(NamedTuple):
    """Organisations without a place: how many, and where that stands (metres)."""

    x: float
    y: float
    orgs: int


def paint_layers(ground: Ground, spec: MapSpec) -> None:
    """Draw all that lies between the areas and their names, as far as it is switched on."""
    _paint_limits(ground, spec)
    if is_on(spec, "points"):
        paint_points(ground, spec, spec.points)
        _ring_units(ground, spec)
    if is_on(spec, "groups"):
        paint_groups(ground, spec)
    if is_on(spec, "venues"):
        paint_points(ground, spec, spec.venues)
    if spec.counts is not None and is_on(spec, "counts"):
        _write_numbers(ground, spec.counts)
    _ring_selected(ground, spec)


def circles_around(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners (n, 48, 2) in degrees of circles in true metres: longitude, latitude, radius of each."""
    turns = np.tile(np.linspace(0, 360, _CORNERS, endpoint=False), len(places))
    lon, lat, radius = (np.repeat(column, _CORNERS) for column in places.T)
    east, north, _ = _EARTH.fwd(lon, lat, turns, radius)
    return np.column_stack([east, north]).reshape(len(places), _CORNERS, 2)


def gathered(ground: Ground, counts: pd.DataFrame) -> list[Bubble]:
    """Return the numbers of a map, the largest first; one that would lie on a larger one is added to it."""
    a_point = ground.point_metres
    places = ground.projection.project(counts[["lon", "lat"]].to_numpy(float))
    numbers = counts["count"].to_numpy(int)
    found: list[Bubble] = []
    for index in np.argsort(-numbers, kind="stable"):
        x, y = places[index]
        for place, other in enumerate(found):
            if abs(other.x - x) < _APART_X * a_point and abs(other.y - y) < _APART_Y * a_point:
                found[place] = other._replace(orgs=other.orgs + int(numbers[index]))
                break
        else:
            found.append(Bubble(float(x), float(y), int(numbers[index])))
    return found


def _paint_limits(ground: Ground, spec: MapSpec) -> None:
    if spec.limits is not None and is_on(spec, "limits"):
        known = spec.limits[spec.limits[["lon", "lat", "radius_m"]].notna().all(axis="columns")]
        _circles(ground, known[["lon", "lat", "radius_m"]].to_numpy(float), LIMIT_COLOR, width=PX)
    if spec.reach is not None and is_on(spec, "reach"):
        _circles(ground, np.array([spec.reach], dtype=float), REACH_COLOR, width=1.6 * PX)


def _circles(ground: Ground, places: NDArray[np.float64], color: str, *, width: float) -> None:
    if not len(places):
        return
    corners = circles_around(places)
    metres = ground.projection.project(corners.reshape(-1, 2)).reshape(corners.shape)
    drawn = PolyCollection(
        list(metres), facecolors="none", edgecolors=color, linewidths=width, linestyles=[(0, (4 * PX, 3 * PX))]
    )
    drawn.set_gid("limits")
    ground.axes.add_collection(drawn, autolim=False)


def _ring_units(ground: Ground, spec: MapSpec) -> None:
    """Draw a ring around each organisation that has a unit."""
    if spec.points is not None and spec.unit_categories and is_on(spec, "units"):
        ringed = spec.points[spec.points["category"].isin(spec.unit_categories)]
        _rings(ground, ringed, UNIT_COLOR, radius=mark_radius(spec.points) + _RING)


def _ring_selected(ground: Ground, spec: MapSpec) -> None:
    if spec.points is not None and spec.selected:
        chosen = spec.points[spec.points["id"].isin(spec.selected)]
        _rings(ground, chosen, _SELECTED, radius=mark_radius(spec.points) + 2 * _RING)


def _rings(ground: Ground, points: pd.DataFrame, color: str, *, radius: float) -> None:
    placed = points[points["lon"].notna() & points["lat"].notna()]
    if placed.empty:
        return
    at = ground.projection.project(placed[["lon", "lat"]].to_numpy(float))
    for edge, width in ((MARK_EDGE, 2.6 * PX), (color, 1.4 * PX)):
        drawn = PathCollection(
            [mark_path("circle")], sizes=[radius**2], offsets=at, offset_transform=ground.axes.transData,
            transform=IdentityTransform(), facecolors="none", edgecolors=edge, linewidths=width, gid="rings",
        )  # fmt: skip
        ground.axes.add_collection(drawn, autolim=False)


def _write_numbers(ground: Ground, counts: pd.DataFrame) -> None:
    box = {"boxstyle": "round,pad=0.25,rounding_size=0.7", "facecolor": "white", "edgecolor": MUTED, "linewidth": 0.9}
    for bubble in gathered(ground, counts):
        ground.axes.text(
            bubble.x, bubble.y + _ABOVE * ground.point_metres, f"{bubble.orgs:,}",
            fontproperties=font(_NUMBER), color=INK, ha="center", va="center", bbox=box, clip_on=True, gid="count",
        )  # fmt: skip
