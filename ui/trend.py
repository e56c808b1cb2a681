"""How the figures of an area came to be what they are: one point for each day that figures were kept for."""

from __future__ import annotations

import logging
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import streamlit as st

from coverage.settings import COUNTING
from coverage.suppression import suppress
from store import StoreError
from store.plans import read_snapshot, snapshots
from ui import figures
from ui.loading import areas
from ui.replaced import plans_before
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store import Scope
    from ui.areas import Area
    from ui.current import Current

_LOG = logging.getLogger(__name__)
_HEIGHT = 190
_LINE, _AFTER, _TARGET = "#b3261e", "#0072b2", "#5c6470"
_DAYS_KEPT = 64


class Day(NamedTuple):
    """The figures of a day: a date and its coverage table."""

    as_of: str
    coverage: pd.DataFrame


class Past(NamedTuple):
    """The days before, the oldest first, and how many more were counted in another way: those do not compare."""

    days: list[Day]
    otherwise: int


def days_before(current: Current, *, hide_below: int) -> Past:
    """Return the figures kept for days before the plan's own, of this plan and of the lists that it replaced.

    Parameters
    ----------
    hide_below
        Hide counts below this, as in the table they are compared with; 0 hides none.
    """
    scope, order = the_scope(), {plan_id: place for place, plan_id in enumerate(plans_before(current))}
    kept = {}
    for each in sorted(
        snapshots(the_store(), scope, plans=tuple(order)), key=lambda each: (each.as_of, -order[each.plan_id])
    ):
        kept[each.as_of] = each.id  # of two lists of one day the newer one counts
    own = current.settings.as_of.isoformat()
    counting = {name: str(getattr(current.settings, name)) for name in COUNTING}
    found = [
        (Day(as_of, kept_day.coverage), kept_day.counting)
        for as_of, snapshot_id in kept.items()
        if as_of < own and (kept_day := _figures_of_day(snapshot_id, scope, k=hide_below)) is not None
    ]
    alike = [day for day, how in found if how in ({}, counting)]
    return Past(alike, len(found) - len(alike))


class _Kept(NamedTuple):
    coverage: pd.DataFrame
    counting: dict[str, str]  # {} where an earlier version did not note it


@st.cache_resource(show_spinner=False, max_entries=_DAYS_KEPT)
def _figures_of_day(snapshot_id: str, scope: Scope, *, k: int) -> _Kept | None:
    """Return the figures of a day, None where they are damaged: that is logged, and the others are shown."""
    try:
        coverage = read_snapshot(the_store(), scope, snapshot_id)
    except StoreError as error:
        _LOG.warning("%s", error)
        return None
    return _Kept(suppress(coverage, k=k) if k else coverage, dict(coverage.attrs.get("counting", {})))


def show_trend(  # noqa: PLR0913 # what is shown of what, and what of it is told
    days: Sequence[Day], area: Area, kpi: str, *, target: float, hide_below: int = 0, otherwise: int = 0
) -> None:
    """Show a figure of an area over the days, the last one the plan's own, with what the proposals would make of it.

    Parameters
    ----------
    hide_below
        Days whose figure differs from a later one by fewer organisations are left out.
    otherwise
        Days that were counted in another way, and are not among `days`.
    """
    st.html(f"<h2>{escape(t('app.trend.title', kpi=t(f'app.kpi_short.{kpi}'), area=area.name))}</h2>")
    if otherwise:
        st.caption(t("app.trend.otherwise", count=otherwise))
    shown = _told_days(days, area, kpi, hide_below=hide_below)
    points = [_point(day, area, kpi, is_last=day is days[-1]) for day in shown]
    if sum(point["value"] is not None for point in points[:-1]) == 0:
        if not otherwise:
            st.caption(t("app.trend.first"))
        return
    st.vega_lite_chart(pd.DataFrame(points), _chart(kpi, points[-1], target=target), key=f"trend-{kpi}")


def _told_days(days: Sequence[Day], area: Area, kpi: str, *, hide_below: int) -> list[Day]:
    """Return the days that can be shown together, the newest first choice: no two tell of a few organisations.

    Where one part of a whole alone would leave a day out, another one does so with it: else the whole less the other
    parts would tell it.
    """
    if not hide_below:
        return list(days)
    beside = [part for part in areas().by_code.values() if (part.parent, part.level) == (area.parent, area.level)]
    seen: dict[str, list[figures.Figure]] = {part.adcode: [] for part in beside}
    told: list[Day] = []
    for day in reversed(days):
        rows = {part.adcode: _row(day, part) for part in beside}
        now = {code: figures.figure(row, kpi, "today") for code, row in rows.items() if row is not None}
        few = _telling_few(now, seen, hide_below=hide_below)
        for code in now.keys() - few:
            seen[code].append(now[code])
        if area.adcode not in few:
            told.append(day)
    return told[::-1]


def _telling_few(now: dict[str, figures.Figure], seen: dict[str, list[figures.Figure]], *, hide_below: int) -> set[str]:
    """Return the parts whose figure beside those seen tells of a few organisations; never one alone."""
    few = {
        code
        for code, shown in now.items()
        if any(figures.tells_few(shown, other, hide_below=hide_below) for other in seen[code])
    }
    if len(few) == 1:
        few.update(sorted(now.keys() - few, key=lambda code: (now[code].denominator or 0, code))[:1])
    return few


def _row(day: Day, area: Area) -> pd.Series | None:
    return figures.area_row(day.coverage, area)


def _point(day: Day, area: Area, kpi: str, *, is_last: bool) -> dict[str, Any]:
    """Return a day as the chart takes it; only the last one shows, and tells, what the proposals would make of it."""
    row = _row(day, area)
    if row is None:
        return {"day": day.as_of, "value": None, "told": t("app.no_rate"), "after": None}
    today, after = (figures.figure(row, kpi, scenario) for scenario in ("today", "after"))
    told = t("app.trend.told", value=figures.value_text(today), fraction=figures.fraction_text(today))
    return {"day": day.as_of, "value": today.value, "told": told, "after": after.value if is_last else None}


def _chart(kpi: str, last: dict[str, Any], *, target: float) -> dict[str, Any]:
    """Return a line over the days as Vega-Lite; a ring where the proposals lead, a dashed line at the target."""
    is_count = kpi in figures.COUNT_KPIS
    across = {"field": "day", "type": "ordinal", "title": None, "axis": {"labelAngle": 0, "labelOverlap": True}}
    up = {
        "field": "value",
        "type": "quantitative",
        "title": None if is_count else "%",
        "scale": {"zero": is_count, "nice": True},
        "axis": {"tickCount": 4},
    }
    told = [
        {"field": "day", "type": "nominal", "title": t("app.trend.day")},
        {"field": "told", "type": "nominal", "title": t(f"app.kpi_short.{kpi}")},
    ]
    line = {"mark": {"type": "line", "color": _LINE, "point": {"color": _LINE, "size": 50}}, "encoding": {"y": up}}
    layers: list[dict[str, Any]] = [line | {"encoding": {"y": up, "tooltip": told}}]
    if last["after"] is not None:
        layers.append(_after_layer(last))
    if target:
        layers.append(_target_layer(target))
    return {
        "height": _HEIGHT,
        "encoding": {"x": across},
        "layer": layers,
        "usermeta": {"embedOptions": {"actions": False, "renderer": "svg"}},
    }


def _after_layer(last: dict[str, Any]) -> dict[str, Any]:
    told = [{"field": "after", "type": "quantitative", "title": t("app.scenario.after"), "format": ",.1~f"}]
    return {
        "transform": [{"filter": f"datum.day == '{last['day']}'"}],
        "mark": {"type": "point", "color": _AFTER, "size": 110, "strokeWidth": 2},
        "encoding": {"y": {"field": "after", "type": "quantitative"}, "tooltip": told},
    }


def _target_layer(target: float) -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "strokeDash": [5, 4], "color": _TARGET},
        "encoding": {
            "x": None,
            "y": {"datum": target},
            "tooltip": {"value": t("app.target.name", target=f"{target:g}")},
        },
    }
