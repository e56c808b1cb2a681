"""The map of one area, coloured by a figure; the ranking table beside it shows the same numbers."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

import pandas as pd

from ui import figures
from ui.map_spec import Legend, LegendEntry, MapSpec
from ui.map_spec import View as MapView
from ui.palette import Scale, scale_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.areas import Area
    from ui.session import View

# The islands of the South China Sea belong to this province.
HAINAN = "460000"


def coverage_map(rows: pd.DataFrame, parts: Sequence[Area], *, area: Area, view: View, notice: str) -> MapSpec:
    """Return the map of an area's parts, coloured by the figure in view; `rows` is `figures.part_rows` of them."""
    kpi, scenario = view.kpi, view.scenario
    shown = figures.figures_of(rows, kpi, scenario)
    scale = scale_of(kpi)
    return MapSpec(
        level=geometry_of(area, parts),
        view=MapView(key=f"{area.adcode}-{parts[0].level}", adcodes=tuple(part.adcode for part in parts)),
        aria_label=t("app.map.aria", area=area.name, kpi=t(f"kpi.{kpi}.name")),
        national=area.level == "nation",
        inset=area.level == "nation" or area.adcode == HAINAN,
        only=None if area.level == "nation" else tuple(part.adcode for part in parts),
        values={code: entry.value for code, entry in shown.items()},
        classes=scale.limits,
        colors=scale.colors,
        tooltips={code: _lines(entry, orgs) for (code, entry), orgs in zip(shown.items(), rows["orgs"], strict=True)},
        hatched={part.adcode: hatch for part in parts if (hatch := _hatch(shown.get(part.adcode)))},
        label_texts={part.adcode: part.short_name for part in parts},
        legend=Legend(
            t(f"app.kpi_short.{kpi}"), _legend(scale, has_hidden=any(entry.is_hidden for entry in shown.values()))
        ),
        notice=notice,
    )


def class_labels(scale: Scale) -> tuple[str, ...]:
    """Return the limits of each class in words: 0–20%, 5,000 and more."""
    pairs = zip(scale.limits, scale.limits[1:], strict=False)
    return tuple(
        t("map.legend.class_open", low=f"{low:,.0f}", unit=scale.unit)
        if isinf(high)
        else t("map.legend.class_range", low=f"{low:,.0f}", high=f"{high:,.0f}", unit=scale.unit)
        for low, high in pairs
    )


def geometry_of(area: Area, parts: Sequence[Area]) -> str:
    """Return the geometry file: the nation's provinces, or one province's cities or counties."""
    if area.level == "nation":
        return "provinces"
    kind = "cities" if any(part.level == "city" for part in parts) else "counties"
    return f"{kind}-{area.adcode[:2]}"


def _hatch(shown: figures.Figure | None) -> str:
    """Return how an area without a figure to show is hatched: nobody to count, or too few to be shown."""
    if shown is not None and shown.is_hidden:
        return "suppressed"
    return "no_data" if shown is None or shown.value is None else ""


def _lines(shown: figures.Figure, orgs: int | None) -> tuple[str, ...]:
    return (
        t("app.map.tip_value", kpi=t(f"app.kpi_short.{shown.kpi}"), value=figures.value_text(shown)),
        figures.fraction_text(shown),
        t("app.map.tip_orgs", count=t("app.hidden_count") if pd.isna(orgs) else f"{orgs:,}"),
    )


def _legend(scale: Scale, *, has_hidden: bool) -> tuple[LegendEntry, ...]:
    classes = zip(class_labels(scale), scale.colors, strict=True)
    hatches = ("no_data", "suppressed") if has_hidden else ("no_data",)
    return (
        *(LegendEntry(label, "area", color=color) for label, color in classes),
        *(LegendEntry(t(f"map.legend.{hatch}"), "hatch", hatch=hatch) for hatch in hatches),
    )
