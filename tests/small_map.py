"""Four square counties of two provinces as static files: a map small enough to know every pixel of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
HOSTILE = '<img src=x onerror="window.hacked=1">`${window.hacked=2}`</script><script>window.hacked=3</script>'
NORTH_EAST, SOUTH_EAST, SOUTH_WEST, NORTH_WEST = "110101", "110102", "120101", "120102"
MIDDLES = {NORTH_EAST: (103.0, 33.0), SOUTH_EAST: (103.0, 31.0), SOUTH_WEST: (101.0, 31.0), NORTH_WEST: (101.0, 33.0)}

# Steps of 0.01 degrees from (100, 30): four spokes from the middle of a square, four corners around it.
_SPOKES = [[[200, 200], [0, 200]], [[200, 200], [200, 0]], [[200, 200], [0, -200]], [[200, 200], [-200, 0]]]
_CORNERS = [
    [[200, 400], [200, 0], [0, -200]],
    [[400, 200], [0, -200], [-200, 0]],
    [[200, 0], [-200, 0], [0, 200]],
    [[0, 200], [0, 200], [200, 0]],
]
_RINGS = {NORTH_EAST: [0, 4, ~1], SOUTH_EAST: [1, 5, ~2], SOUTH_WEST: [2, 6, ~3], NORTH_WEST: [3, 7, ~0]}
_NAMES = {NORTH_EAST: "甲区", SOUTH_EAST: HOSTILE, SOUTH_WEST: "丙县", NORTH_WEST: "丁市"}


def counties() -> dict[str, Any]:
    """Return the four counties; the name of one is hostile."""
    return _topology("areas", [_county(adcode) for adcode in _RINGS], _SPOKES + _CORNERS)


def dashes() -> dict[str, Any]:
    """Return one dash east of the counties."""
    line = {"type": "LineString", "arcs": [0], "properties": {"kind": "south_china_sea"}}
    return _topology("lines", [line], [[[440, 300], [0, -200]]])


def write_static(directory: Path) -> Path:
    """Write what Streamlit serves: the vendored files, the four counties, and a level whose file is missing."""
    geometry = directory / "geo"
    geometry.mkdir(parents=True)
    files = {"counties": counties(), "lines": dashes()}
    for name, topology in files.items():
        (geometry / f"{name}.json").write_text(json.dumps(topology), encoding="utf-8")
    manifest = {name: f"{name}.json" for name in (*files, "missing")}
    (geometry / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copytree(REPOSITORY / "static" / "vendor", directory / "vendor")
    return directory


def _county(adcode: str) -> dict[str, Any]:
    properties = {"name": _NAMES[adcode], "parent": f"{adcode[:4]}00", "c": list(MIDDLES[adcode])}
    return {"type": "Polygon", "arcs": [_RINGS[adcode]], "id": adcode, "properties": properties}


def _topology(name: str, geometries: list[dict[str, Any]], arcs: list[list[list[int]]]) -> dict[str, Any]:
    return {
        "type": "Topology",
        "transform": {"scale": [0.01, 0.01], "translate": [100, 30]},
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": arcs,
    }
