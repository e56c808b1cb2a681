"""Files to take along: the plan's tables, maps as web pages and pictures, print sheets of counties, survey forms."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Literal

import streamlit as st

from coverage.export.choosing import TABLES
from ui import figures
from ui.audience import is_closed_to_leaders
from ui.breakdown_view import plan_on_map
from ui.choices import worded
from ui.chrome import guarded
from ui.county_files import SHEET_KINDS, counties_with_orgs, sheet_file, states_in
from ui.downloads import File, offer
from ui.export_choice import Wanted, areas_of, ask, codes_of, wanted_archive, wanted_file
from ui.export_files import archive, export_files, map_page, picture, size_text
from ui.labels import area_labels
from ui.loading import areas
from ui.pictures import KINDS
from ui.plan_switch import plan_switch
from ui.plans import require_plan
from ui.session import change_view, current_view, show_in_address
from ui.survey_view import show_forms
from ui.unit_view import handled_units, unit_states
from ui.widgets import date_line, view_switch
from ui.write_back_view import show_write_back
from words import t

if TYPE_CHECKING:
    from coverage.export.choosing import TableName
    from coverage.pipeline import Plan
    from ui.areas import Area
    from ui.county_files import SheetKind
    from ui.current import Current

_MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "png": "image/png",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "zip": "application/zip",
}
_MapKind = Literal["html", "png", "pdf", "svg"]
_MAP_KINDS: tuple[_MapKind, ...] = ("html", *KINDS)


def show() -> None:
    """Show the page."""
    current, plan = require_plan()
    left, middle, right = st.columns([3, 6, 3], vertical_alignment="center")
    left.html(f"<h1>{escape(t('app.export.title'))}</h1>")
    with middle:
        date_line(plan, current)
    with right:
        plan_switch(current)
    show_in_address()
    if is_closed_to_leaders():
        return
    with guarded():
        left, right = st.columns([3, 2])
        with left:
            with st.container(key="card-tables"), guarded():
                _tables(current, plan)
            with st.container(key="card-survey"), guarded():
                show_forms(plan)
        with right:
            with st.container(key="card-map"), guarded():
                _map(current, plan)
            with st.container(key="card-sheets"), guarded():
                _sheets(current, plan)
            with st.container(key="card-write-back"), guarded():
                show_write_back(current, plan)


def _tables(current: Current, plan: Plan) -> None:
    """Offer the four tables and all of them together; the whole plan as CSV is what the command line writes."""
    st.html(f"<h2>{escape(t('app.export.tables'))}</h2>")
    wanted = ask(plan)
    states = unit_states(handled_units(current.plan_id))
    files = export_files(current, plan, header=wanted.header, states=tuple(sorted(states.items())))
    for name in TABLES:
        _table(plan, name, wanted, content=files[f"{name}.csv"], states=states)
    offer(
        t("pictures.tables.all"),
        File(
            "plan.zip",
            lambda: (
                archive(files)
                if wanted.is_whole
                else wanted_archive(plan, wanted, states=states, plan_json=files["plan.json"])
            ),
            _MIME["zip"],
            rows=_rows(plan, "measures", wanted),
            area=wanted.area,
        ),
        type="primary",
        icon=":material/folder_zip:",
    )
    if wanted.area and plan.settings.area_mode == "superior":
        st.caption(t("app.export.coverage_superior"))
    st.caption(t("app.export.plan_json_text"))


def _table(plan: Plan, name: TableName, wanted: Wanted, *, content: bytes, states: dict[str, str]) -> None:
    """Offer one table: written already where it is the whole of it, else when it is asked for."""
    text, button = st.columns([3, 2], vertical_alignment="center")
    title, about = escape(t(f"app.export.{name}_csv")), escape(t(f"app.export.{name}_csv_text"))
    text.html(f'<div><b>{title}</b><div class="dateline">{about}</div></div>')
    file_name = f"{name}.{wanted.kind}"
    label = t("app.export.file", name=file_name, size=size_text(content)) if wanted.is_whole else file_name
    made = content if wanted.is_whole else lambda: wanted_file(plan, name, wanted, states=states)
    with button:
        offer(
            label,
            File(file_name, made, _MIME[wanted.kind], _rows(plan, name, wanted), wanted.area),
            key=f"file-{name}",
            width="stretch",
        )


def _rows(plan: Plan, name: TableName, wanted: Wanted) -> int:
    """Return how many rows of organisations, findings or areas a table has; findings are counted for the whole plan."""
    table = getattr(plan, name)
    if wanted.area and name != "problems":
        return int(table["adcode"].isin(codes_of(wanted.area)).sum())
    return len(table)


def _map(current: Current, plan: Plan) -> None:
    """Offer the map of any area on the way to where the visitor is, and of every county of the list."""
    st.html(f"<h2>{escape(t('app.export.map'))}</h2>")
    st.caption(t("pictures.map.text"))
    kpis = figures.map_kpis(plan.settings)
    if current_view().kpi not in kpis:
        change_view(kpi=kpis[0])
    area = _ask_area(plan, t("app.export.map_area"), key="map-area")
    if area.level != "county":
        st.caption(t("app.kpi_label"))
        view_switch("kpi", kpis, label=t("app.kpi_label"), words="app.kpi_short")
        view_switch("scenario", ("today", "after"), label=t("app.scenario.label"), words="app.scenario")
    kind: _MapKind = st.radio(
        t("pictures.map.format"), _MAP_KINDS, format_func=lambda kind: t(f"pictures.map.{kind}"), horizontal=True
    )
    st.caption(t("app.export.internal"))
    if st.button(t("app.export.map_make"), icon=":material/map:"):
        with st.spinner(t("app.export.map_making")):
            drawn = plan_on_map(current, plan, level=area.level)
            if kind == "html":
                content = map_page(current, drawn, area=area, view=current_view()).encode()
            else:
                content = picture(current, drawn, area=area, view=current_view()._replace(audience="exact"), kind=kind)
        offer(
            t("app.export.map_file", size=size_text(content)),
            File(f"map-{area.adcode}.{kind}", content, _MIME[kind], _orgs_on(plan, area), area.adcode),
            type="primary",
        )


def _sheets(current: Current, plan: Plan) -> None:
    """Offer the print sheets of a county, or of all counties of an area as one archive."""
    st.html(f"<h2>{escape(t('pictures.sheets.title'))}</h2>")
    st.caption(t("pictures.sheets.text"))
    area = _ask_area(plan, t("app.export.map_area"), key="sheet-area")
    counties = counties_with_orgs(plan, area)
    kind = st.radio(
        t("pictures.map.format"), SHEET_KINDS, format_func=lambda kind: t(f"pictures.sheets.{kind}"), horizontal=True
    )
    if not counties:
        st.caption(t("app.no_orgs_here"))
    elif st.button(t("pictures.sheets.make", count=len(counties)), icon=":material/print:"):
        files = _sheet_files(current, plan, counties, kind=kind)
        rows = sum(_orgs_on(plan, county) for county in counties)
        name, content = next(iter(files.items())) if len(files) == 1 else ("sheets.zip", archive(files))
        offer(
            t("pictures.sheets.file", count=len(files), size=size_text(content)),
            File(name, content, _MIME[name.rpartition(".")[2]], rows, area.adcode),
            type="primary",
        )


def _orgs_on(plan: Plan, area: Area) -> int:
    """Return how many organisations a map names: those of a county; the map of a larger area has figures only."""
    return int((plan.places["adcode"] == area.adcode).sum()) if area.level == "county" else 0


def _sheet_files(current: Current, plan: Plan, counties: tuple[Area, ...], *, kind: SheetKind) -> dict[str, bytes]:
    """Return the sheet of each county by name; a click on anything else stops it, and what is made is kept."""
    states = unit_states(handled_units(current.plan_id))
    plan = plan_on_map(current, plan, level="county")
    bar = st.progress(0.0, text=t("pictures.sheets.making", name=counties[0].name))
    files = {}
    for place, county in enumerate(counties):
        bar.progress(place / len(counties), text=t("pictures.sheets.making", name=county.name))
        here = states_in(plan, county.adcode, states)
        content = sheet_file(current, plan, adcode=county.adcode, kind=kind, states=here)
        files[f"{county.adcode}-{county.name}.{kind}"] = content
    bar.empty()
    return files


def _ask_area(plan: Plan, label: str, *, key: str) -> Area:
    known = areas().by_code
    present, looked_at = areas_of(plan)
    names = area_labels(present)
    return known[st.selectbox(label, **worded(key, present, names.__getitem__), index=looked_at)]
