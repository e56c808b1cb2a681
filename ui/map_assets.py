"""What a browser needs to draw a map: our own modules joined to one text, and the geometry files by level."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

STATIC_DIR = Path(__file__).parents[1] / "static"
_HERE = Path(__file__).parent
# In the order of their imports: each module uses only those before it.
MODULES = (
    "topology", "projection", "marks", "painted", "dots", "labels", "furniture", "pin", "heat", "limits", "counts",
    "panel", "layers", "lasso", "pointing", "twins", "map",
)  # fmt: skip
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(?:map_modules/)?(\w+)\.js";\n', re.MULTILINE)
# It travels with every change of a map's data: leave out what only people read.
_FOR_PEOPLE = re.compile(r"^\s*//.*\n|^\s+", re.MULTILINE)


@cache
def map_script() -> str:
    """Return our modules as one script without imports and exports; it defines `showMap` and `decodeTopology`."""
    sources = [(_HERE / "map_modules" / f"{name}.js").read_text(encoding="utf-8") for name in MODULES]
    return "".join(_joined(source, MODULES[:place]) for place, source in enumerate(sources)).replace("export ", "")


@cache
def component_script() -> str:
    """Return the module Streamlit runs: all of ours before the entry, which keeps its default export."""
    entry = (_HERE / "map_component.js").read_text(encoding="utf-8")
    return map_script() + _joined(entry, MODULES)


@cache
def map_style() -> str:
    """Return our style sheet."""
    return (_HERE / "map_component.css").read_text(encoding="utf-8")


def geometry_files(static_dir: Path = STATIC_DIR) -> dict[str, str]:
    """Return the TopoJSON file name of each level; a name changes with its content."""
    manifest: dict[str, str] = json.loads((static_dir / "geo" / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def read_topology(level: str, static_dir: Path = STATIC_DIR) -> dict[str, Any]:
    """Return the TopoJSON of a level, in WGS-84 degrees."""
    path = static_dir / "geo" / geometry_files(static_dir)[level]
    topology: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return topology


def _joined(source: str, before: tuple[str, ...]) -> str:
    if unknown := set(_IMPORT.findall(source)) - set(before):
        raise ValueError(f"imports {sorted(unknown)}, which do not come before it")
    return _FOR_PEOPLE.sub("", _IMPORT.sub("", source))
