"""Files to take along: the plan's tables, all of them together, and a map that opens without a network."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import figures
from ui.areas import common_area
from ui.chrome import guarded
from ui.downloads import File, offer
from ui.export_files import archive, export_files, map_page, size_text
from ui.loading import areas
from ui.plan_switch import plan_switch
from ui.plans import require_plan
from ui.session import change_view, current_view, show_in_address
from ui.survey_view import show_forms
from ui.unit_view import unit_states
from ui.widgets import date_line, view_switch
from ui.write_back_view import show_write_back
from words import t

if TYPE_CHECKING:
    from coverage.export import Header
    from coverage.pipeline import Plan
    from ui.current import Current

_HEADERS: tuple[Header, ...] = ("zh", "code")
_TABLES = ("groups.csv", "measures.csv", "coverage.csv", "problems.csv")


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
    with guarded():
        left, right = st.columns([3, 2])
        with left, st.container(key="card-tables"):
            _tables(current, plan)
        with right, st.container(key="card-map"):
            _map(current, plan)
        left, right = st.columns([3, 2])
        with left, st.container(key="card-survey"):
            show_forms(plan)
        with right, st.container(key="card-write-back"), guarded():
            show_write_back(current, plan)


def _tables(current: Current, plan: Plan) -> None:
    st.html(f"<h2>{escape(t('app.export.tables'))}</h2>")
    header = st.radio(
        t("app.export.header"), _HEADERS, format_func=lambda value: t(f"app.export.header_{value}"), horizontal=True
    )
    states = tuple(sorted(unit_states(current.plan_id).items()))
    files = export_files(current, plan, header=header, states=states)
    for name in _TABLES:
        _file(name, files[name], rows=_rows(plan, name))
    content = archive(files)
    offer(
        t("app.export.all", size=size_text(content)),
        File("plan.zip", content, "application/zip", rows=len(plan.orgs)),
        type="primary",
        icon=":material/folder_zip:",
    )
    st.caption(t("app.export.plan_json_text"))


def _rows(plan: Plan, name: str) -> int:
    """Return how many rows of organisations, findings or areas a table has."""
    return len(getattr(plan, name.partition(".")[0]))


def _file(name: str, content: bytes, *, rows: int) -> None:
    text, button = st.columns([3, 2], vertical_alignment="center")
    key = name.replace(".", "_")
    title, about = escape(t(f"app.export.{key}")), escape(t(f"app.export.{key}_text"))
    text.html(f'<div><b>{title}</b><div class="dateline">{about}</div></div>')
    with button:
        offer(
            t("app.export.file", name=name, size=size_text(content)),
            File(name, content, "text/csv", rows=rows),
            key=f"file-{name}",
            width="stretch",
        )


def _map(current: Current, plan: Plan) -> None:
    """Offer the map of any area on the way to where the visitor is, and of every county of the list."""
    st.html(f"<h2>{escape(t('app.export.map'))}</h2>")
    st.caption(t("app.export.map_text"))
    kpis = figures.map_kpis(plan.settings)
    if current_view().kpi not in kpis:
        change_view(kpi=kpis[0])
    known = areas().by_code
    divided = plan.coverage[plan.coverage["level"] != "superior"]  # bodies stand in an area, they are none
    present = [code for code in dict.fromkeys(divided["adcode"]) if code in known]
    wanted = current_view().area or common_area(areas(), plan.places["adcode"])
    adcode = st.selectbox(
        t("app.export.map_area"),
        present,
        present.index(wanted) if wanted in present else 0,
        format_func=lambda code: known[code].name,
    )
    if known[adcode].level != "county":
        st.caption(t("app.kpi_label"))
        view_switch("kpi", kpis, label=t("app.kpi_label"), words="app.kpi_short")
        view_switch("scenario", ("today", "after"), label=t("app.scenario.label"), words="app.scenario")
    st.caption(t("app.export.internal"))
    if st.button(t("app.export.map_make"), icon=":material/map:"):
        with st.spinner(t("app.export.map_making")):
            page = map_page(current, plan, area=known[adcode], view=current_view()).encode()
        offer(
            t("app.export.map_file", size=size_text(page)),
            File(f"map-{adcode}.html", page, "text/html"),
            type="primary",
        )
