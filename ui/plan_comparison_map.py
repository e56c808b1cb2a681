"""Where two plans differ: the parts of an area by share or points, a county as two maps of its units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from ui import figures
from ui.coverage_map import HAINAN, class_labels, geometry_of
from ui.map_spec import Category, Legend, LegendEntry, MapSpec
from ui.map_spec import View as MapView
from ui.palette import RATE_SCALE, STATE_MARKS, STEP_SCALE, Scale
from ui.plan_comparison_figures import rate_step
from ui.plan_map import has_point
from words import t

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from coverage.comparison.plans import PlanComparison
    from coverage.pipeline import Plan
    from ui.areas import Area

#: The metric that is no KPI: how many organisations of units are in another unit.
MOVED: Final = "moved"
_AFTER: Final = "after_"
_CHOSEN: Final = Category("", "#b3261e", "circle")
_MARKS: Final = tuple(STATE_MARKS)
#: A chosen unit is looked at with this much around it, degrees.
_MARGIN: Final = 0.01


class Metric(NamedTuple):
    """What a map of differences shows: `MOVED`, or a KPI with its scenario."""

    kpi: str
    scenario: str = ""

    @property
    def title(self) -> str:
        """Return its words."""
        if self.kpi == MOVED:
            return t("plans.moved")
        return t("plans.metric", kpi=t(f"app.kpi_short.{self.kpi}"), scenario=t(f"app.scenario.{self.scenario}"))

    @property
    def scale(self) -> Scale:
        """Return its fixed classes."""
        return RATE_SCALE if self.kpi == MOVED else STEP_SCALE


def metrics(kpis: Sequence[str]) -> dict[str, Metric]:
    """Return what a map can show by its code: the share that moved, then each rate after and today."""
    rates = [kpi for kpi in kpis if kpi not in figures.COUNT_KPIS]
    after = {f"{_AFTER}{kpi}": Metric(kpi, "after") for kpi in rates}
    return {MOVED: Metric(MOVED)} | after | {kpi: Metric(kpi, "today") for kpi in rates}


def part_differences(comparison: PlanComparison, parts: Sequence[Area], metric: Metric) -> pd.DataFrame:
    """Return `old`, `new` and `value` of each part that has any, by its code.

    Of `MOVED` these are organisations that moved, those in a unit, and the share in per cent; of a rate both rates
    and the difference in points. NaN: nobody to count.
    """
    wanted = pd.DataFrame([(part.adcode, part.level) for part in parts], columns=["adcode", "level"], dtype="str")
    if metric.kpi == MOVED:
        rows = wanted.merge(comparison.figures, on=["adcode", "level"]).set_index("adcode")
        share = (100 * rows["moved"] / rows["seats"].where(rows["seats"] > 0)).round(1)
        return pd.DataFrame({"old": rows["moved"], "new": rows["seats"], "value": share})
    table = comparison.lists.figures
    rows = table[(table["kpi"] == metric.kpi) & (table["scenario"] == metric.scenario)]
    rows = wanted.merge(rows, on=["adcode", "level"]).set_index("adcode")
    step = (rows["new_rate"] - rows["old_rate"]).round(1) + 0.0
    return pd.DataFrame({"old": rows["old_rate"], "new": rows["new_rate"], "value": step})


def difference_map(rows: pd.DataFrame, parts: Sequence[Area], *, area: Area, metric: Metric, notice: str) -> MapSpec:
    """Return the map of an area's parts, coloured by what differs; `rows` as from `part_differences`."""
    scale = metric.scale
    known = rows["value"].notna()
    return MapSpec(
        level=geometry_of(area, parts),
        view=MapView(key=f"{area.adcode}-{parts[0].level}", adcodes=tuple(part.adcode for part in parts)),
        aria_label=t("plans.map_aria", area=area.name, what=metric.title),
        national=area.level == "nation",
        inset=area.level == "nation" or area.adcode == HAINAN,
        only=None if area.level == "nation" else tuple(part.adcode for part in parts),
        values={str(code): float(value) for code, value in rows.loc[known, "value"].items()},
        classes=scale.limits,
        colors=scale.colors,
        tooltips={str(code): _lines(row, metric) for code, row in rows[known].to_dict("index").items()},
        hatched={part.adcode: "no_data" for part in parts if part.adcode not in rows.index[known]},
        label_texts={part.adcode: part.short_name for part in parts},
        legend=Legend(metric.title, _legend(scale)),
        notice=notice,
    )


def value_text(value: float, metric: Metric) -> str:
    """Return a value of the map in words."""
    return f"{value:.1f}%" if metric.kpi == MOVED else rate_step(0.0, value)


def step_labels(scale: Scale) -> tuple[str, ...]:
    """Return the limits of each class of differences in words, the lowest first."""
    pairs = list(zip(scale.limits, scale.limits[1:], strict=False))
    middle = len(pairs) // 2
    labels = []
    for place, (low, high) in enumerate(pairs):
        side = "same" if place == middle else "down" if place < middle else "up"
        edge = {0: "below", len(pairs) - 1: "above"}.get(place)
        key = edge or (f"{side}_first" if abs(place - middle) == 1 else side)
        labels.append(t(f"plans.class_{key}", low=abs(low), high=abs(high)))
    return tuple(labels)


def unit_map(plan: Plan, states: pd.Series, *, area: Area, chosen: str, side: str) -> MapSpec:
    """Return the map of a county's units in one plan, coloured by what becomes of them in the other.

    Parameters
    ----------
    states
        A name of `STATE_MARKS` for each unit, by group_id.
    side
        What the plan is called.
    """
    groups = plan.groups[plan.groups["adcode"] == area.adcode]
    measures = plan.measures[(plan.measures["adcode"] == area.adcode) & has_point(plan.measures)]
    stars = groups.merge(measures[["org_id", "lon", "lat"]], on="org_id")
    kinds = pd.Series(range(len(_MARKS)), index=list(_MARKS))
    of_unit = states.map(kinds).where(states.index != chosen, len(_MARKS))
    none = kinds["none"]
    return MapSpec(
        level=f"counties-{area.adcode[:2]}",
        view=MapView(key=f"county-{area.adcode}", adcodes=(area.adcode,)),
        aria_label=t("plans.county_aria", area=area.name, side=side),
        only=(area.adcode,),
        outline=(area.adcode,),
        labels=False,
        points=pd.DataFrame(
            {
                "id": measures["org_id"],
                "lon": measures["lon"],
                "lat": measures["lat"],
                "text": measures["name"],
                "category": measures["group_id"].map(of_unit).fillna(none).astype("int64"),
            }
        ).reset_index(drop=True),
        groups=pd.DataFrame(
            {
                "group_id": stars["group_id"],
                "is_lead": stars["role"] != "member",
                "lon": stars["lon"],
                "lat": stars["lat"],
                "category": stars["group_id"].map(of_unit).fillna(none).astype("int64"),
            }
        ),
        categories=_categories(),
        legend=_unit_legend(),
    )


def unit_bounds(specs: Sequence[MapSpec], ids: Sequence[str], *, key: str) -> MapView | None:
    """Return the view that holds a unit in both plans, None where nothing of it has a point."""
    near = [
        spec.groups[spec.groups["group_id"] == group_id]
        for spec, group_id in zip(specs, ids, strict=True)
        if spec.groups is not None
    ]
    points = pd.concat(near)
    if points.empty:
        return None
    (west, east), (south, north) = points["lon"].agg(["min", "max"]), points["lat"].agg(["min", "max"])
    return MapView(key=key, bounds=(west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN))


def _lines(row: Mapping[Hashable, Any], metric: Metric) -> tuple[str, ...]:
    value = t("plans.tip", what=metric.title, value=value_text(row["value"], metric))
    if metric.kpi == MOVED:
        return value, t("plans.tip_moved", moved=f"{row['old']:,.0f}", seats=f"{row['new']:,.0f}")
    return value, t("plans.tip_rates", old=f"{row['old']:.1f}%", new=f"{row['new']:.1f}%")


def _legend(scale: Scale) -> tuple[LegendEntry, ...]:
    labels = step_labels(scale) if scale is STEP_SCALE else class_labels(scale)
    classes = tuple(LegendEntry(label, "area", color=color) for label, color in zip(labels, scale.colors, strict=True))
    return (*classes, LegendEntry(t("map.legend.no_data"), "hatch", hatch="no_data"))


def _categories() -> tuple[Category, ...]:
    marks = (Category(t(f"plans.mark.{name}"), mark.color, mark.shape) for name, mark in STATE_MARKS.items())
    return (*marks, _CHOSEN._replace(label=t("app.groups.chosen")))


def _unit_legend() -> Legend:
    entries = tuple(
        LegendEntry(category.label, "mark", color=category.color, shape=category.shape) for category in _categories()
    )
    return Legend(t("plans.states"), (*entries, LegendEntry(t("map.legend.lead"), "lead")))
