"""Boundaries and gazetteer, read once a process."""

from __future__ import annotations

from functools import cache

from geo.boundaries import Boundaries, load_boundaries
from geo.divisions import Divisions, load_divisions


@cache
def the_boundaries() -> Boundaries:
    """Return the polygons of the nation; read-only for everybody."""
    return load_boundaries()


@cache
def the_divisions() -> Divisions:
    """Return the gazetteer; read-only for everybody."""
    return load_divisions()
