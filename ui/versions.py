"""Which versions made the figures: printed on the page and useful in a report of a fault."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
# What a result depends on.
_LIBRARIES = ("geopandas", "networkx", "numpy", "pandas", "pyproj", "scipy", "shapely", "streamlit")


@cache
def product_version() -> str:
    """Return the version of this product."""
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])


@cache
def library_versions() -> tuple[tuple[str, str], ...]:
    """Return name and version of the libraries that a result depends on."""
    return tuple((name, version(name)) for name in _LIBRARIES)
