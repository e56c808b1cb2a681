"""Hatches, symbols and lines of pictures: the same looks as map_modules/marks.js and map.js, sizes in points."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.path import Path

# A CSS pixel, in which the browser's map is drawn.
PX = 0.75
NO_COLOR = "#e5e7eb"
HATCH_GROUND = "#f4f4f2"
LEAD_COLOR = "#374151"
MARK_EDGE = "#ffffff"


class Hatch(NamedTuple):
    """A pattern of matplotlib and the colour of its strokes."""

    pattern: str
    color: str


class Stroke(NamedTuple):
    """How a line is drawn; `dashes` are points on and off."""

    color: str
    width: float
    alpha: float = 1.0
    dashes: tuple[float, ...] = ()

    def look(self) -> dict[str, Any]:
        """Return it as matplotlib's words for a collection of lines."""
        style: Any = (0, self.dashes) if self.dashes else "solid"
        return {"colors": self.color, "linewidths": self.width, "alpha": self.alpha, "linestyles": [style]}


HATCHES = {"no_data": Hatch("////", "#a3a6aa"), "suppressed": Hatch("...", "#6f747a")}
BORDERS = {
    "inner": Stroke("#ffffff", 0.7 * PX, 0.95),
    "city": Stroke("#6b7280", 0.7 * PX, 0.75),
    "province": Stroke("#4b5563", 1 * PX, 0.85),
    "outer": Stroke("#7b8491", 0.9 * PX, 0.9),
}
# Between areas that are hatched.
FAINT = Stroke("#b9bdc3", 0.7 * PX)
# Where the areas are provinces, their borders are the inner ones.
PROVINCE_BORDERS = {**BORDERS, "province": Stroke("#ffffff", 1 * PX, 0.95)}
# Of the line layer only what a map of the nation must show: the dashes, and the border not yet drawn by treaty.
LINES = {
    "south_china_sea": Stroke("#8f1d18", 1.8 * PX, 0.9),
    "undetermined": Stroke("#4b5563", 1 * PX, 0.8, (3, 3)),
}
OUTLINE = Stroke("#1f2937", 1.6 * PX)
HIGHLIGHT = Stroke("#b3261e", 2.6 * PX)

_STAR_POINTS = 5
_CORNERS: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
    "diamond": [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)],
    "triangle": [(0, 1.1), (1.1, -0.85), (-1.1, -0.85)],
    "triangle_down": [(0, -1.1), (1.1, 0.85), (-1.1, 0.85)],
    "cross": [
        (-0.4, 1.1), (0.4, 1.1), (0.4, 0.4), (1.1, 0.4), (1.1, -0.4), (0.4, -0.4),
        (0.4, -1.1), (-0.4, -1.1), (-0.4, -0.4), (-1.1, -0.4), (-1.1, 0.4), (-0.4, 0.4),
    ],
    "star": [
        (radius * np.sin(turn * np.pi / _STAR_POINTS), radius * np.cos(turn * np.pi / _STAR_POINTS))
        for turn, radius in enumerate((1.35, 0.6) * _STAR_POINTS)
    ],
}  # fmt: skip


@cache
def mark_path(shape: str) -> Path:
    """Return a symbol around 0, 0 with a radius of 1."""
    return Path.unit_circle() if shape == "circle" else Path([*_CORNERS[shape], (0, 0)], closed=True)
