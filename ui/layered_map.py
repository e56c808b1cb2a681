"""The map of 覆盖地图: one area with every layer that its reader may switch on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ui.map_spec import Category, Heat, Layer, Legend, LegendEntry, MapSpec, Reach
from ui.map_spec import View as MapView
from ui.map_tables import VENUE
from ui.palette import LIMIT_COLOR, MEASURE_MARKS, REACH_COLOR, UNIT_COLOR, VENUE_MARK
from words import t

if TYPE_CHECKING:
    import pandas as pd

    from ui.areas import Area
    from ui.map_spec import Polygon
    from ui.map_tables import MapTables

# Blank spots that can be seen as heat, and the measures that each counts.
HEATS = {"build": ("M10",), "nobody": ("M30",), "apart": ("M26", "M21"), "unknown": ("M00",)}
_HAS_UNIT = ("M01", "M02", "M03")


class Chosen(NamedTuple):
    """What of the map is marked: organisations with a ring, the travel limit of one, the lasso drawn last."""

    orgs: tuple[str, ...] = ()
    reach: Reach | None = None
    lasso: Polygon = ()


def layered_map(base: MapSpec, tables: MapTables, *, area: Area, chosen: Chosen, pack_key: str) -> MapSpec:
    """Return the map of an area with its layers on `base`, its plain or its coloured areas.

    Parameters
    ----------
    pack_key
        Says which plan, area and selection the tables are of.
    """
    place = {kind: position for position, kind in enumerate(tables.kinds)}
    layers = _layers(base, tables, place, is_near=area.level == "county", has_reach=chosen.reach is not None)
    return replace(
        base,
        aria_label=t("layers.aria", area=area.name),
        pack_key=pack_key,
        categories=tuple(_category(kind) for kind in tables.kinds),
        points=tables.points,
        groups=tables.groups,
        venues=tables.venues,
        counts=_with_texts(tables.counts),
        limits=tables.limits,
        unit_categories=tuple(place[kind] for kind in _HAS_UNIT if kind in place),
        layers=layers,
        legend=Legend(t("layers.page"), tuple(entry for layer in layers if layer.is_on for entry in layer.entries)),
        heats=_heats(tables, place),
        selected=chosen.orgs,
        reach=chosen.reach,
        can_lasso=tables.points is not None,
        lasso=chosen.lasso,
    )


def plain_county(area: Area, *, notice: str) -> MapSpec:
    """Return the outline of a county, which has no parts."""
    return MapSpec(
        level=f"counties-{area.adcode[:2]}",
        view=MapView(key=f"{area.adcode}-county", adcodes=(area.adcode,)),
        aria_label=area.name,
        only=(area.adcode,),
        outline=(area.adcode,),
        labels=False,
        notice=notice,
    )


def _category(kind: str) -> Category:
    if kind == VENUE:
        return Category(t("layers.venue"), VENUE_MARK.color, VENUE_MARK.shape)
    mark = MEASURE_MARKS[kind]
    return Category(t(f"measure.{kind}"), mark.color, mark.shape)


def _with_texts(counts: pd.DataFrame) -> pd.DataFrame:
    texts = [
        t("layers.count_text", name=name, count=f"{count:,}")
        for name, count in zip(counts["name"], counts["count"], strict=True)
    ]
    return counts.assign(text=texts)


# Larger areas are looked at for their colours and dots; lines and rings would hide them.
def _layers(
    base: MapSpec, tables: MapTables, place: dict[str, int], *, is_near: bool, has_reach: bool
) -> tuple[Layer, ...]:
    """Return the panel: only what there is to switch."""
    is_counted = tables.points is None
    counted = t("layers.counts_all") if is_counted else t("layers.counts")
    has_units = not is_counted and any(kind in place for kind in _HAS_UNIT)
    candidates = (
        (base.legend is not None, _area_layer(base)),
        (not is_counted, Layer("points", t("layers.points"), _measure_entries(tables, place))),
        (has_units, _one("units", LegendEntry(t("layers.units"), "ring", UNIT_COLOR), is_on=is_near)),
        (not tables.groups.empty, _one("groups", LegendEntry(t("layers.groups"), "lead"), is_on=is_near)),
        (not tables.counts.empty, Layer("counts", counted, (LegendEntry(counted, "count"),))),
        (tables.venues is not None, _one("venues", _mark_entry(t("layers.venues"), VENUE))),
        (not tables.limits.empty, _one("limits", LegendEntry(t("layers.limits"), "limit", LIMIT_COLOR), is_on=False)),
        (has_reach, _one("reach", LegendEntry(t("layers.reach"), "limit", REACH_COLOR))),
    )
    return tuple(layer for is_there, layer in candidates if is_there)


def _area_layer(base: MapSpec) -> Layer:
    title, entries = base.legend or ("", ())
    return Layer("areas", t("layers.areas", kpi=title), entries)


def _one(name: str, entry: LegendEntry, *, is_on: bool = True) -> Layer:
    return Layer(name, t(f"layers.{name}"), (entry,), is_on)  # type: ignore[arg-type] # names of LayerName


def _measure_entries(tables: MapTables, place: dict[str, int]) -> tuple[LegendEntry, ...]:
    return tuple(
        _mark_entry(
            t("layers.measure_entry", name=t(f"measure.{kind}"), count=f"{count:,}"), kind, category=place[kind]
        )
        for kind, count in tables.by_measure.items()
    )


def _mark_entry(label: str, kind: str, *, category: int = -1) -> LegendEntry:
    mark = _category(kind)
    return LegendEntry(label, "mark", mark.color, shape=mark.shape, category=category)


def _heats(tables: MapTables, place: dict[str, int]) -> tuple[Heat, ...]:
    """Return the blank spots that the selection has; points counted by county have none."""
    if tables.points is None:
        return ()
    there = {name: tuple(place[kind] for kind in kinds if kind in tables.by_measure) for name, kinds in HEATS.items()}
    return tuple(Heat(t(f"layers.heat.{name}"), categories) for name, categories in there.items() if categories)
