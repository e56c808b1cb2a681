"""Polygons and lines as TopoJSON: borders stored once, quantised, each point as the step from the one before."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Point = tuple[int, int]
    Path = tuple[Point, ...]
    # A ring is the numbers of its arcs, ~n for arc n walked backwards (TopoJSON 2.1.4)
    Ring = list[int]

# 1e-4 degrees are 11 m at most: far below what a simplified border means, fine enough for the smallest islet
STEP: Final = 1e-4
_CLOSED: Final = 4


def area_topology(shapes: NDArray[np.object_], ids: Sequence[str], properties: Sequence[dict[str, Any]]) -> str:
    """Return the TopoJSON text of a coverage (WGS-84 degrees), its object called "areas".

    No ring is lost: one that falls together on the grid is drawn as the smallest triangle there.
    """
    polygons = [[_rings(part) for part in shapely.get_parts(shape)] for shape in shapes]
    arcs = _Arcs(ring for parts in polygons for rings in parts for ring in rings)
    geometries = [
        _geometry("Polygon", [[arcs.ring(ring) for ring in rings] for rings in parts]) | {"id": id_, "properties": row}
        for parts, id_, row in zip(polygons, ids, properties, strict=True)
    ]
    return _document("areas", geometries, arcs.paths)


def line_topology(shapes: NDArray[np.object_], properties: Sequence[dict[str, Any]]) -> str:
    """Return the TopoJSON text of lines (WGS-84 degrees), its object called "lines"; one arc for each line string."""
    paths: list[Path] = []
    geometries = []
    for shape, row in zip(shapes, properties, strict=True):
        parts = [_without_repeats(_grid(part)) for part in shapely.get_parts(shape)]
        numbers = [[len(paths) + i] for i in range(len(parts))]
        paths += parts
        geometries.append(_geometry("LineString", numbers) | {"properties": row})
    return _document("lines", geometries, paths)


class _Arcs:
    """The pieces of rings between junctions; a border walked both ways is one piece."""

    def __init__(self, rings: Iterable[Path]) -> None:
        self.paths: list[Path] = []
        self._number: dict[Path, int] = {}
        self._junctions = _junctions(rings)

    def ring(self, ring: Path) -> Ring:
        """Return the arcs of a ring, new ones added."""
        return [self._arc(path) for path in self._split(ring)]

    def _split(self, ring: Path) -> list[Path]:
        points = ring[:-1]
        cuts = [i for i, point in enumerate(points) if point in self._junctions]
        # A ring that touches nobody starts at its smallest point, so that its text depends on the shape alone
        first = cuts[0] if cuts else points.index(min(points))
        turned = points[first:] + points[: first + 1]
        inner = [i - first for i in cuts[1:]]
        return [turned[a : b + 1] for a, b in zip([0, *inner], [*inner, len(points)], strict=True)]

    def _arc(self, path: Path) -> int:
        if path in self._number:
            return self._number[path]
        back = path[::-1]
        if back in self._number:
            return ~self._number[back]
        self._number[path] = len(self.paths)
        self.paths.append(path)
        return self._number[path]


def _junctions(rings: Iterable[Path]) -> set[Point]:
    """Return the points where borders meet: those with other than two neighbours, over all rings."""
    neighbours: defaultdict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for here, there in pairwise(ring):
            neighbours[here].add(there)
            neighbours[there].add(here)
    return {point for point, around in neighbours.items() if len(around) != 2}


def _rings(polygon: shapely.Polygon) -> list[Path]:
    return [_closed(_grid(ring)) for ring in (polygon.exterior, *polygon.interiors)]


def _grid(line: shapely.Geometry) -> Path:
    steps = np.rint(shapely.get_coordinates(line) / STEP).astype(np.int64)
    return tuple((int(x), int(y)) for x, y in steps)


def _without_repeats(path: Path) -> Path:
    return (path[0], *(there for here, there in pairwise(path) if here != there))


def _closed(ring: Path) -> Path:
    """Return the ring without repeated points; one of fewer than three corners as a triangle of one grid step."""
    kept = _without_repeats(ring)
    if len(kept) >= _CLOSED:
        return kept
    x, y = kept[0]
    return ((x, y), (x + 1, y), (x, y + 1), (x, y))


def _geometry(kind: str, parts: list[Any]) -> dict[str, Any]:
    if len(parts) == 1:
        return {"type": kind, "arcs": parts[0]}
    return {"type": f"Multi{kind}", "arcs": parts}


def _document(name: str, geometries: list[dict[str, Any]], paths: list[Path]) -> str:
    corner = np.min([np.min(path, axis=0) for path in paths], axis=0)
    document = {
        "type": "Topology",
        "transform": {"scale": [STEP, STEP], "translate": [round(float(low) * STEP, 4) for low in corner]},
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [np.diff(path, axis=0, prepend=[corner]).tolist() for path in paths],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
