"""The figures of the coverage table as a page shows them: one place that says how a rate is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import streamlit as st

from coverage.indicators import AFTER, ALL
from ui.loading import tables_number
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.settings import PlanSettings
    from ui.areas import Area
    from ui.session import Scenario

# All figures of coverage.csv, in its order; and which of them are counts (K6, the gap itself).
KPIS = tuple(indicator.code for indicator in ALL)
COUNT_KPIS = tuple(indicator.code for indicator in ALL if not indicator.has_rate)
# The switch of the map: what leaders ask first, the rest stands in the table of all figures.
_SWITCH = ("K1", "{headline}", "K5", "K6", "K7", "K3a", "K4", "K9", "K14")
_CARDS = ("K1", "{headline}", "K5", "K6", "K7")
# Coverage tables whose areas are known by place: of each plan and day looked at; half a megabyte for the nation.
_TABLES_KEPT = 64
_PREFIX: dict[str, str] = {"today": "", "after": AFTER}


class Figure(NamedTuple):
    """One KPI of one area: value is the rate in per cent, or the count.

    None: a value where there is nothing to divide by; a count that is hidden because it is small (`is_hidden`); all
    three where the table was kept before the KPI was.
    """

    kpi: str
    numerator: int | None
    denominator: int | None
    value: float | None
    is_hidden: bool = False


def headline(settings: PlanSettings) -> str:
    """Return which 应建已建率 counts (RULEBOOK §0.2)."""
    return "K2b" if settings.should_build_def == "n>=1" else "K2"


def card_kpis(settings: PlanSettings) -> tuple[str, ...]:
    """Return the figures on the cards, five at most."""
    return tuple(kpi.format(headline=headline(settings)) for kpi in _CARDS)


def map_kpis(settings: PlanSettings) -> tuple[str, ...]:
    """Return the figures a map can show, what leaders ask first in front."""
    return tuple(kpi.format(headline=headline(settings)) for kpi in _SWITCH)


def area_row(coverage: pd.DataFrame, area: Area) -> pd.Series | None:
    """Return the row of an area, or None where no organisation of the list is."""
    place = _places(coverage).get((area.adcode, area.level))
    return None if place is None else coverage.iloc[place]


@st.cache_resource(show_spinner=False, max_entries=_TABLES_KEPT, hash_funcs={pd.DataFrame: tables_number})
def _places(coverage: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Return where the row of each area is in a table, by code and level: of two rows the first."""
    rows = zip(coverage["adcode"], coverage["level"], strict=True)
    places: dict[tuple[str, str], int] = {}
    for place, row in enumerate(rows):
        places.setdefault(row, place)
    return places


def part_rows(coverage: pd.DataFrame, parts: Sequence[Area]) -> pd.DataFrame:
    """Return the rows of these areas, indexed by code; areas without organisations have none."""
    found = coverage[_is_part(coverage, parts)].set_index("adcode")
    return found.loc[[part.adcode for part in parts if part.adcode in found.index]]


def rest_rows(coverage: pd.DataFrame, area: Area, parts: Sequence[Area]) -> pd.DataFrame:
    """Return what an area counts and none of its parts does, indexed by code: with both, a column adds up to its row.

    What offices above the county registered themselves counts for their own area (`own`), and whoever has no county
    for the nation alone ("").
    """
    is_own = coverage["level"] == "own"
    if any(part.level == "city" for part in parts) or area.level != "province":
        is_rest = is_own & (coverage["adcode"] == area.adcode)
    else:  # its counties: what cities registered is in none of them
        is_rest = is_own & coverage["adcode"].str.startswith(area.adcode[:2])
    if area.level == "nation":
        is_rest |= coverage["level"] == "unlocated"
    return coverage[is_rest].set_index("adcode")


def _is_part(coverage: pd.DataFrame, parts: Sequence[Area]) -> pd.Series:
    """Say which rows are of these areas: a municipality and its province share a code, not a level."""
    levels = {part.adcode: part.level for part in parts}
    return coverage["adcode"].map(levels) == coverage["level"]


def figure(row: pd.Series, kpi: str, scenario: Scenario) -> Figure:
    """Return one KPI of a row, today or with the proposals carried out."""
    stem = f"{_PREFIX[scenario]}{kpi}"
    if f"{stem}_num" not in row.index:
        return Figure(kpi, None, None, None)
    numerator, denominator = (_count(row[f"{stem}_{part}"]) for part in ("num", "den"))
    if kpi in COUNT_KPIS:
        return Figure(kpi, numerator, denominator, None if numerator is None else float(numerator), numerator is None)
    rate = row[f"{stem}_rate"]
    is_hidden = numerator is None or denominator is None or bool(denominator and pd.isna(rate))
    return Figure(kpi, numerator, denominator, None if pd.isna(rate) else float(rate), is_hidden)


def _count(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def target_of(kpi: str, settings: PlanSettings) -> float:
    """Return what a rate is held against, per cent; 0 for none."""
    built = settings.target_built_pct
    return {"K1": settings.target_unit_pct, "K2": built, "K2b": built, "K5": settings.target_work_pct}.get(kpi, 0.0)


def tells_few(one: Figure, other: Figure, *, hide_below: int) -> bool:
    """Say whether two figures shown side by side tell of a few organisations: the step between them is small."""
    pairs = ((one.numerator, other.numerator), (one.denominator, other.denominator))
    return any(left is not None and right is not None and 0 < abs(left - right) < hide_below for left, right in pairs)


def step(before: Figure, now: Figure) -> float | None:
    """Return by how much a figure moved, points or organisations; None where either is not known."""
    return None if before.value is None or now.value is None else round(now.value - before.value, 1) + 0.0


def figures_of(rows: pd.DataFrame, kpi: str, scenario: Scenario) -> dict[str, Figure]:
    """Return one KPI of every area of `part_rows`, by code."""
    return {str(adcode): figure(rows.iloc[place], kpi, scenario) for place, adcode in enumerate(rows.index)}


def value_text(shown: Figure) -> str:
    """Return the figure in a few characters: 62.4%, 1,204, the dash of an empty denominator, or that it is hidden."""
    if shown.is_hidden:
        return t("app.hidden")
    if shown.value is None:
        return t("app.no_rate")
    return f"{shown.value:,.0f}" if shown.kpi in COUNT_KPIS else f"{shown.value:.1f}%"


def count_text(count: int | None) -> str:
    """Return a number of organisations, or the mark of one that is hidden."""
    return t("app.hidden_count") if count is None else f"{count:,}"


def fraction_text(shown: Figure) -> str:
    """Return numerator and denominator: never a rate without them (RULEBOOK §6)."""
    numerator, denominator = count_text(shown.numerator), count_text(shown.denominator)
    return t("app.fraction", numerator=numerator, denominator=denominator)


def step_text(kpi: str, moved: float) -> str:
    """Return a step in words: +2.3 points, -14."""
    if moved == 0:
        return t("app.step.none")
    return t("app.step.count", value=int(moved)) if kpi in COUNT_KPIS else t("app.step.points", value=moved)
