"""The map of one county: its organisations by measure, its proposed units as lines to their lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ui.map_spec import Category, Legend, LegendEntry, MapSpec
from ui.map_spec import View as MapView
from ui.palette import MEASURE_MARKS
from words import t

if TYPE_CHECKING:
    from ui.areas import Area

# The measure that the members of a unit of each form have.
FORM_MEASURES = {"joint": "M22", "attached": "M23", "regional": "M24", "industry": "M25"}
_CHOSEN = "chosen"
_CHOSEN_COLOR = "#b3261e"
# A selected unit is looked at with this much around it, degrees.
_MARGIN = 0.01


def plan_map(measures: pd.DataFrame, groups: pd.DataFrame, *, area: Area, notice: str, chosen: str = "") -> MapSpec:
    """Return the map of a county's organisations (rows of Measures) and units (rows of Groups), one of them chosen."""
    points, stars = _points(measures), _stars(groups, measures, chosen)
    kinds = sorted({*points["kind"], *stars["kind"]})
    place = {kind: position for position, kind in enumerate(kinds)}
    categories = tuple(_category(kind) for kind in kinds)
    return MapSpec(
        level=f"counties-{area.adcode[:2]}",
        view=_view(area, stars),
        aria_label=t("app.groups.aria", area=area.name),
        only=(area.adcode,),
        outline=(area.adcode,),
        labels=False,
        points=points.assign(category=points["kind"].map(place)).drop(columns="kind"),
        groups=stars.assign(category=stars["kind"].map(place)).drop(columns="kind"),
        categories=categories,
        legend=_legend(categories, has_stars=not stars.empty),
        notice=notice,
    )


def has_point(measures: pd.DataFrame) -> pd.Series:
    """Say which organisations have a point of their own; one known by its county alone is never drawn as a point."""
    return measures["lon"].notna() & measures["lat"].notna()


def _points(measures: pd.DataFrame) -> pd.DataFrame:
    located = measures[has_point(measures)]
    columns = {"org_id": "id", "lon": "lon", "lat": "lat", "name": "text", "measure": "kind"}
    return located[list(columns)].rename(columns=columns).reset_index(drop=True)


def _stars(groups: pd.DataFrame, measures: pd.DataFrame, chosen: str) -> pd.DataFrame:
    placed = groups.merge(measures[["org_id", "lon", "lat"]], on="org_id", how="left", validate="many_to_one")
    placed = placed[has_point(placed)]
    kinds = placed["form"].map(FORM_MEASURES).mask(placed["group_id"] == chosen, _CHOSEN)
    stars = placed.assign(is_lead=placed["role"] != "member", kind=kinds)
    return stars[["group_id", "is_lead", "lon", "lat", "kind"]].reset_index(drop=True)


def _category(kind: str) -> Category:
    if kind == _CHOSEN:
        return Category(t("app.groups.chosen"), _CHOSEN_COLOR, "circle")
    mark = MEASURE_MARKS[kind]
    return Category(t(f"measure.{kind}"), mark.color, mark.shape)


def _view(area: Area, stars: pd.DataFrame) -> MapView:
    close = stars[stars["kind"] == _CHOSEN]
    if close.empty:
        return MapView(key=f"county-{area.adcode}", adcodes=(area.adcode,))
    (west, east), (south, north) = close["lon"].agg(["min", "max"]), close["lat"].agg(["min", "max"])
    bounds = (west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN)
    return MapView(key=f"group-{close['group_id'].iloc[0]}", bounds=bounds)


def _legend(categories: tuple[Category, ...], *, has_stars: bool) -> Legend:
    marks = tuple(
        LegendEntry(category.label, "mark", color=category.color, shape=category.shape) for category in categories
    )
    lead = (LegendEntry(t("map.legend.lead"), "lead"),) if has_stars else ()
    return Legend(t("app.groups.legend"), (*marks, *lead))
