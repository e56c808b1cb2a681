"""The map of one area, coloured by a figure; the ranking table beside it shows the same numbers."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from ui import figures
from ui.map_spec import Legend, LegendEntry, MapSpec
from ui.map_spec import View as MapView
from ui.palette import Scale, scale_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ui.areas import Area
    from ui.session import View

# The islands of the South China Sea belong to this province.
_HAINAN = "460000"


def coverage_map(rows: pd.DataFrame, parts: Sequence[Area], *, area: Area, view: View, notice: str) -> MapSpec:
    """Return the map of an area's parts, coloured by the figure in view; `rows` is `figures.part_rows` of them."""
    kpi, scenario = view.kpi, view.scenario
    shown = figures.figures_of(rows, kpi, scenario)
    scale = scale_of(kpi)
    return MapSpec(
        level=_geometry(area, parts),
        view=MapView(key=f"{area.adcode}-{parts[0].level}", adcodes=tuple(part.adcode for part in parts)),
        aria_label=t("app.map.aria", area=area.name, kpi=t(f"kpi.{kpi}.name")),
        national=area.level == "nation",
        inset=area.level == "nation" or area.adcode == _HAINAN,
        only=None if area.level == "nation" else tuple(part.adcode for part in parts),
        values={code: entry.value for code, entry in shown.items()},
        classes=scale.limits,
        colors=scale.colors,
        tooltips={
            code: _lines(entry, int(orgs)) for (code, entry), orgs in zip(shown.items(), rows["orgs"], strict=True)
        },
        hatched={
            part.adcode: "no_data" for part in parts if part.adcode not in shown or shown[part.adcode].value is None
        },
        label_texts={part.adcode: part.short_name for part in parts},
        legend=Legend(t(f"app.kpi_short.{kpi}"), _legend(scale)),
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


def _geometry(area: Area, parts: Sequence[Area]) -> str:
    """Return the geometry file: the nation's provinces, or one province's cities or counties."""
    if area.level == "nation":
        return "provinces"
    kind = "cities" if any(part.level == "city" for part in parts) else "counties"
    return f"{kind}-{area.adcode[:2]}"


def _lines(shown: figures.Figure, orgs: int) -> tuple[str, ...]:
    return (
        t("app.map.tip_value", kpi=t(f"app.kpi_short.{shown.kpi}"), value=figures.value_text(shown)),
        figures.fraction_text(shown),
        t("app.map.tip_orgs", count=f"{orgs:,}"),
    )


def _legend(scale: Scale) -> tuple[LegendEntry, ...]:
    classes = zip(class_labels(scale), scale.colors, strict=True)
    return (
        *(LegendEntry(label, "area", color=color) for label, color in classes),
        LegendEntry(t("map.legend.no_data"), "hatch", hatch="no_data"),
    )
