"""Colours, class limits, shapes and hatches of every map; nothing is told by colour alone."""

from __future__ import annotations

from typing import NamedTuple

# Yellow to green to blue to violet: luminance falls steadily, so the order survives grey print and colour blindness.
SEQUENTIAL = ("#f4eb9b", "#aed98a", "#5aba98", "#2f8da2", "#2f5d93", "#3b2163")
HATCHES = ("no_data", "suppressed")
SHAPES = ("circle", "square", "diamond", "triangle", "triangle_down", "cross")

# Okabe and Ito (2008): eight colours that stay apart for every kind of colour vision.
_GREEN, _VERMILION, _BLUE, _ORANGE = "#009e73", "#d55e00", "#0072b2", "#e69f00"
_PURPLE, _SKY, _GREY = "#cc79a7", "#56b4e9", "#7f7f7f"


class Scale(NamedTuple):
    """Class limits of a KPI and colours; class i holds limits[i] <= value < limits[i + 1], the last one its end too."""

    limits: tuple[float, ...]
    colors: tuple[str, ...]
    unit: str


class Mark(NamedTuple):
    """How one kind of organisation is drawn: colour tells the family, shape the member of it."""

    color: str
    shape: str


# Fixed, so that maps of two dates compare. Rates in per cent; 90 is where a leader stops asking.
RATE_SCALE = Scale((0, 20, 40, 60, 80, 90, 100), SEQUENTIAL, "%")
# Rates where less is better (K10, share of joint branches above the limit).
EXCESS_SCALE = Scale((0, 5, 10, 20, 30, 50, 100), SEQUENTIAL, "%")
# Counts of organisations, from one county to the nation; the last class has no upper end.
COUNT_SCALE = Scale((0, 10, 100, 1_000, 5_000, 20_000, float("inf")), SEQUENTIAL, "")
# Differences of two plans in percentage points, zero in the middle; Brewer's PuOr, told apart by every colour vision.
STEP_SCALE = Scale(
    (-100, -10, -3, -0.05, 0.05, 3, 10, 100),
    ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788"),
    "",
)
_COUNT_KPIS = ("K6",)
_EXCESS_KPIS = ("K10",)

MEASURE_MARKS = {
    "M00": Mark(_GREY, "cross"),
    "M01": Mark(_GREEN, "circle"),
    "M02": Mark(_GREEN, "diamond"),
    "M03": Mark(_ORANGE, "triangle_down"),
    "M10": Mark(_VERMILION, "square"),
    "M21": Mark(_VERMILION, "triangle"),
    "M22": Mark(_BLUE, "circle"),
    "M23": Mark(_BLUE, "diamond"),
    "M24": Mark(_BLUE, "square"),
    "M25": Mark(_BLUE, "triangle"),
    "M26": Mark(_PURPLE, "triangle"),
    "M30": Mark(_SKY, "circle"),
    "M40": Mark(_PURPLE, "cross"),
    "M90": Mark(_GREY, "square"),
    "M91": Mark(_GREY, "triangle_down"),
}

# What became of a unit from one plan to another.
STATE_MARKS = {
    "kept": Mark(_GREY, "circle"),
    "changed": Mark(_BLUE, "diamond"),
    "only": Mark(_VERMILION, "square"),
    "none": Mark("#b8bec6", "cross"),
}
VENUE_MARK = Mark("#111827", "diamond")
# The ring of an organisation that has a unit; travel limits of leads, and of what is chosen.
UNIT_COLOR, LIMIT_COLOR, REACH_COLOR = "#7a1f1f", "#4b5563", "#b3261e"


def scale_of(kpi: str) -> Scale:
    """Return the fixed classes of a KPI of RULEBOOK §6."""
    if kpi in _COUNT_KPIS:
        return COUNT_SCALE
    return EXCESS_SCALE if kpi in _EXCESS_KPIS else RATE_SCALE
