"""TopoJSON as arrays: areas with rings in degrees, and each border once (the twin of map_modules/topology.js)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ui.map_assets import STATIC_DIR, read_topology

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray


# A border is as strong as the highest division it parts; the outer one (a coast, the rim of the file) has one owner.
RANKS = ("inner", "city", "province", "outer")
_ALONE = 1
_PROVINCE_DIGITS = 2
_KEPT_LEVELS = 12


class Shape(NamedTuple):
    """One area or line; `rings` of an area turn left around land and right around a hole."""

    id: str
    name: str
    parent: str
    kind: str
    center: tuple[float, float]
    rings: tuple[NDArray[np.float64], ...]


class Border(NamedTuple):
    """One line between areas, with the ids of those it parts."""

    line: NDArray[np.float64]
    owners: tuple[str, ...]
    rank: str


class Geometry(NamedTuple):
    """The areas of a level and their borders."""

    shapes: tuple[Shape, ...]
    borders: tuple[Border, ...]


@lru_cache(maxsize=_KEPT_LEVELS)
def geometry_of(level: str, static_dir: Path = STATIC_DIR) -> Geometry:
    """Return the areas of a level of static/geo/manifest.json, or its "lines"; read once."""
    return decode(read_topology(level, static_dir), "lines" if level == "lines" else "areas")


def decode(topology: dict[str, Any], name: str) -> Geometry:
    """Return one object of a quantised topology (TopoJSON 1.0, §2.1.4)."""
    scale, translate = (np.array(topology["transform"][key], dtype=float) for key in ("scale", "translate"))
    lines = [np.cumsum(np.array(arc, dtype=float), axis=0) * scale + translate for arc in topology["arcs"]]
    geometries = topology["objects"][name]["geometries"]
    shapes = tuple(_shape(geometry, lines) for geometry in geometries)
    return Geometry(shapes, tuple(_borders(geometries, shapes, lines)))


def _shape(geometry: dict[str, Any], lines: list[NDArray[np.float64]]) -> Shape:
    about = geometry["properties"]
    longitude, latitude = about.get("c", (0.0, 0.0))
    return Shape(
        id=str(geometry.get("id", "")),
        name=about.get("name", ""),
        parent=about.get("parent", ""),
        kind=about.get("kind", ""),
        center=(float(longitude), float(latitude)),
        rings=tuple(_rings(geometry, lines)),
    )


def _rings(geometry: dict[str, Any], lines: list[NDArray[np.float64]]) -> Iterator[NDArray[np.float64]]:
    kind = geometry["type"]
    if kind.endswith("LineString"):
        yield from (_joined(chain, lines) for chain in _chains(geometry))
        return
    for polygon in [geometry["arcs"]] if kind == "Polygon" else geometry["arcs"]:
        for place, chain in enumerate(polygon):
            ring = _joined(chain, lines)
            yield ring if (_turn(ring) > 0) == (place == 0) else ring[::-1]


def _chains(geometry: dict[str, Any]) -> list[list[int]]:
    """Return the arcs of each line or ring, whatever they are part of."""
    arcs: list[Any] = geometry["arcs"]
    if geometry["type"] == "LineString":
        return [arcs]
    return [ring for polygon in arcs for ring in polygon] if geometry["type"] == "MultiPolygon" else arcs


def _joined(chain: Iterable[int], lines: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return arcs end to end; each begins where the one before ended."""
    parts = [lines[~index][::-1] if index < 0 else lines[index] for index in chain]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _turn(ring: NDArray[np.float64]) -> float:
    """Return twice the area of a closed ring, below 0 where it turns right."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def _borders(
    geometries: list[dict[str, Any]], shapes: tuple[Shape, ...], lines: list[NDArray[np.float64]]
) -> Iterator[Border]:
    owners: list[list[Shape]] = [[] for _ in lines]
    for geometry, shape in zip(geometries, shapes, strict=True):
        for index in (index for chain in _chains(geometry) for index in chain):
            owners[~index if index < 0 else index].append(shape)
    for line, parted in zip(lines, owners, strict=True):
        yield Border(line, tuple(shape.id for shape in parted), _rank(parted))


def _rank(parted: list[Shape]) -> str:
    if len(parted) <= _ALONE:
        return "outer"
    one, other = parted[:2]
    if one.id[:_PROVINCE_DIGITS] != other.id[:_PROVINCE_DIGITS]:
        return "province"
    return "inner" if one.parent == other.parent else "city"
