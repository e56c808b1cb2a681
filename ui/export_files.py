"""A plan as files to take along: the same bytes as the command line writes, and maps that open without a network."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage.export import Provenance, write_plan
from coverage.pipeline import Plan
from ui import figures
from ui.areas import parts_of
from ui.chrome import notice_line
from ui.coverage_map import coverage_map
from ui.current import Current
from ui.html_map import MapText, html_map
from ui.loading import areas, boundaries, divisions, plan_key, plan_number
from ui.plan_map import plan_map
from ui.session import View
from ui.stores import the_scope
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from coverage.export import Header
    from store import Scope
    from ui.areas import Area
    from ui.map_spec import MapSpec
    from ui.pictures import Kind
    from ui.planning import PlanKey

_KB = 1_000
# One moment for every file in an archive: the same plan gives the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def _seen(current: Current) -> tuple[PlanKey, Scope, str]:
    """Return what a drawing hangs on besides its own arguments: the plan as it is now, who asks, in which language."""
    return plan_key(current), the_scope(), t("map.export.language")


KEYS: dict[str | type[Any], Callable[[Any], Any]] = {Current: _seen, Plan: plan_number}


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs=KEYS)
def export_files(
    current: Current, plan: Plan, *, header: Header, states: tuple[tuple[str, str], ...] = ()
) -> dict[str, bytes]:
    """Return each file of the plan by name; written once for all visitors, whatever page they come from.

    Parameters
    ----------
    states
        Group_id and state of each unit that people moved past 草案.
    """
    data = {"boundaries": boundaries().source, "divisions": divisions().source}
    return write_plan(plan, Provenance(current.files, data, states=dict(states)), header=header)


def archive(files: dict[str, bytes]) -> bytes:
    """Return the files as one zip; equal files give equal bytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as folder:
        for name in sorted(files):
            folder.writestr(zipfile.ZipInfo(name, _ZIP_TIME), files[name], zipfile.ZIP_DEFLATED)
    return body.getvalue()


def size_text(content: bytes) -> str:
    """Return how large a file is, in words."""
    kilobytes = len(content) / _KB
    if kilobytes < _KB:
        return t("app.export.kb", size=f"{kilobytes:,.0f}")
    return t("app.export.mb", size=f"{kilobytes / _KB:,.1f}")


def map_page(current: Current, plan: Plan, *, area: Area, view: View) -> str:
    """Return the map of an area as one HTML document: a county with its proposed units, else coloured by the figure."""
    return html_map(map_spec(plan, area=area, view=view), map_text(current, plan, area=area, view=view))


def picture(current: Current, plan: Plan, *, area: Area, view: View, kind: Kind = "png") -> bytes:
    """Return the map of an area as a picture (PNG, PDF or SVG, A4 across), with all that makes it readable.

    Drawn once for what it shows: parts of the view that no map shows are no part of the key.
    """
    seen = View(kpi=view.kpi, scenario=view.scenario, detail=view.detail)
    return _picture(current, plan, area=area, view=seen, kind=kind)


def picture_of(spec: MapSpec, text: MapText, *, kind: Kind = "png") -> bytes:
    """Return a map as it stands, with the words around it, as a picture."""
    from ui.pictures.drawing import map_picture  # noqa: PLC0415 - matplotlib: only for who wants a picture

    return map_picture(spec, text, kind=kind)


def map_spec(plan: Plan, *, area: Area, view: View) -> MapSpec:
    """Return what the map of an area shows, as the browser's map does."""
    return _county(plan, area) if area.level == "county" else _coverage(plan, area, view)


def map_text(current: Current, plan: Plan, *, area: Area, view: View) -> MapText:
    """Return the words around the map of an area."""
    is_county = area.level == "county"
    title = (
        t("app.export.plan_title", area=area.name)
        if is_county
        else t(
            "app.export.map_title",
            area=area.name,
            kpi=t(f"app.kpi_short.{view.kpi}"),
            scenario=t(f"app.scenario.{view.scenario}"),
        )
    )
    return MapText(title, facts_of(current, plan, area, kpi="" if is_county else view.kpi), mark_of(current))


def facts_of(current: Current, plan: Plan, area: Area, *, kpi: str = "") -> tuple[str, ...]:
    """Return 口径, area mode, date, scope, version and source (RULEBOOK §6): what makes a file readable next year."""
    row = figures.area_row(plan.coverage, area)
    orgs = 0 if row is None else row["orgs"]
    count = t("app.hidden_count") if pd.isna(orgs) else f"{int(orgs):,}"
    source = boundaries().source
    basis = t(f"app.count_basis.{plan.settings.count_basis}")
    return (
        t("map.export.basis", text=t(f"kpi.{kpi}.definition") if kpi else basis),
        t("map.export.counted", text=t(f"app.area_mode.{plan.settings.area_mode}")),
        t("map.export.as_of", text=plan.settings.as_of.isoformat()),
        t("map.export.scope", text=t("app.export.scope", area=area.name, orgs=count)),
        t("map.export.version", text=current.list_id[:12]),
        t("map.export.source", text=t("app.data.origin_text", origin=source["origin"], date=source["date"])),
        t("map.export.notice", text=source.get("map_approval_number") or t("app.notice_none")),
    )


def mark_of(current: Current) -> str:
    """Return the mark of every file: internal use, and 示例 where the organisations are invented."""
    mark = t("map.export.internal")
    return t("app.export.demo_mark", mark=mark) if current.is_demo else mark


@st.cache_data(show_spinner=False, max_entries=8, hash_funcs=KEYS)
def _picture(current: Current, plan: Plan, *, area: Area, view: View, kind: Kind) -> bytes:
    return picture_of(map_spec(plan, area=area, view=view), map_text(current, plan, area=area, view=view), kind=kind)


def _coverage(plan: Plan, area: Area, view: View) -> MapSpec:
    parts = parts_of(areas(), area.adcode, view.detail)
    rows = figures.part_rows(plan.coverage, parts)
    return coverage_map(rows, parts, area=area, view=view, notice=notice_line())


def _county(plan: Plan, area: Area) -> MapSpec:
    measures = plan.measures[plan.measures["adcode"] == area.adcode]
    groups = plan.groups[plan.groups["adcode"] == area.adcode]
    return plan_map(measures, groups, area=area, notice=notice_line())
