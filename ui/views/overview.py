"""How far are we, where is it worst, and what would the proposals change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage.export import profile_warning
from ui import figures
from ui.areas import NATION, Area
from ui.audience import is_for_leaders, plan_for_audience
from ui.blank_spots import show_blank_spots
from ui.breakdown_view import breakdown_table, mode_switch, plan_in_mode
from ui.causes_view import show_causes
from ui.chrome import guarded
from ui.counties import county_map, county_plan
from ui.export_files import picture
from ui.kpi_cards import Standing, kpi_cards
from ui.loading import areas, finished_plan
from ui.map_component import show_map
from ui.markdown import plain
from ui.parts_shown import parts_shown, ranking_table, whole_area
from ui.picture_offer import offer_picture
from ui.plans import require_plan
from ui.session import Audience, Detail, Scenario, change_view, current_view, page_named, show_in_address
from ui.trend import Day, Past, days_before, show_trend
from ui.widgets import Column, opened, page_head, pick_table, plain_table, table_height, view_switch
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from ui.current import Current
    from ui.map_spec import MapEvent

_HEIGHT = 460
_BESIDE = 620
# A ranking of so many areas leaves half of the map's height free.
_FEW_PARTS = 6
_SCENARIOS: tuple[Scenario, ...] = ("today", "after")
_DETAILS: tuple[Detail, ...] = ("city", "county")
_AUDIENCES: tuple[Audience, ...] = ("exact", "leaders")


def show() -> None:
    """Show the page."""
    current, plan = require_plan()
    if warning := profile_warning(plan.settings):
        st.warning(warning, icon=":material/event_busy:")
    _overview(current, plan)


@st.fragment
def _overview(current: Current, made: Plan) -> None:
    with guarded():
        show_in_address()
        made = finished_plan(current) or made  # units may have been edited since the whole page ran
        own = made.settings.area_mode  # leaders see that one alone: two modes together tell small counts
        plan = plan_in_mode(current, made, own if is_for_leaders() else current_view().mode or own)
        plan = plan_for_audience(current, plan)
        area = _area(plan)
        kpi = _kpi(plan)
        _head(current, plan, area)
        past = _past(current, plan)
        days = past.days
        row = figures.area_row(plan.coverage, area)
        before = figures.area_row(days[-1].coverage, area) if days else None
        hide_below = current.settings.suppress_k if is_for_leaders() else 0
        standing = Standing(row, before, days[-1].as_of if days else "", hide_below)
        kpi_cards(standing, current.settings, scenario=current_view().scenario, chosen=kpi)
        if plan.settings.area_mode == "superior":
            _superiors(current, plan, kpi)
        elif row is None:
            st.info(t("app.no_orgs_here"), icon=":material/info:")
            return
        elif area.level == "county":
            _county(plan, area)
        else:
            _map_and_ranking(current, plan, area, kpi=kpi)
        _past_and_future(current, plan, area, past=past)
        _all_figures(row)
        if not is_for_leaders():
            breakdown_table(current, made)


def _area(plan: Plan) -> Area:
    """Return the area looked at: the smallest that holds the list unless the visitor went elsewhere."""
    known = areas().by_code
    if plan.settings.area_mode == "superior":
        return known[NATION]
    wanted = current_view().area
    return known[wanted if wanted in known else whole_area(plan)]


def _past(current: Current, plan: Plan) -> Past:
    """Return the figures kept before; they were counted in the settings' area mode, and say nothing of another one."""
    past = days_before(current, hide_below=current.settings.suppress_k if is_for_leaders() else 0)
    if plan.settings.area_mode != current.settings.area_mode:
        return Past([], past.otherwise + len(past.days))
    return past


def _past_and_future(current: Current, plan: Plan, area: Area, *, past: Past) -> None:
    """Show how the figure came about, what is open, and why the figures moved."""
    is_beside = not is_for_leaders() and not _has_room(plan, area)
    left, *right = st.columns([5, 3] if is_beside else 1)
    with left, st.container(key="card-trend"):
        own = Day(current.settings.as_of.isoformat(), plan.coverage)
        kpi = current_view().kpi
        target = figures.target_of(kpi, current.settings)
        hide_below = current.settings.suppress_k if is_for_leaders() else 0
        shown = [*past.days, own]
        show_trend(shown, area, kpi, target=target, hide_below=hide_below, otherwise=past.otherwise)
    for place in right:
        with place:
            _spots(plan, area)
    if not is_for_leaders():
        show_causes(current, area)


def _has_room(plan: Plan, area: Area) -> bool:
    """Say whether the ranking beside the map leaves room for what is open."""
    if plan.settings.area_mode == "superior" or area.level == "county":
        return False
    return len(parts_shown(plan, area, current_view().kpi).codes) <= _FEW_PARTS


def _spots(plan: Plan, area: Area) -> None:
    if not is_for_leaders():
        with st.container(key="card-spots"):
            show_blank_spots(plan, area)


def _kpi(plan: Plan) -> str:
    kpis = figures.map_kpis(plan.settings)
    if current_view().kpi not in kpis:
        change_view(kpi=kpis[0])
    return current_view().kpi


def _head(current: Current, plan: Plan, area: Area) -> None:
    with page_head(area, plan, current, key="overview"), st.container(horizontal=True, horizontal_alignment="right"):
        if not is_for_leaders():
            mode_switch(current.settings.area_mode)
        view_switch("scenario", _SCENARIOS, label=t("app.scenario.label"), words="app.scenario")


def _map_and_ranking(current: Current, plan: Plan, area: Area, *, kpi: str) -> None:
    _switches(current, plan, area)
    shown = parts_shown(plan, area, kpi)
    left, right = st.columns([5, 3])
    with left:
        follow = partial(_go_below, shown.codes)
        show_map(shown.spec, key="coverage", height=_HEIGHT, beside=_BESIDE, follow=follow)
    with right:
        _ranking(shown.ranking, kpi, title=t("app.ranking.area"))
        if _has_room(plan, area):
            _spots(plan, area)


def _go_below(shown: frozenset[str], event: MapEvent) -> None:
    """Look at the area that was clicked."""
    if event.kind == "area" and event.id in shown:
        change_view(area=event.id)


def _superiors(current: Current, plan: Plan, kpi: str) -> None:
    """Counted by Party superior: bodies are no areas, so there is a table and no map."""
    st.info(t("app.ranking.by_superior"), icon=":material/info:")
    _switches(current, plan)
    rows = plan.coverage[plan.coverage["level"] == "superior"]
    rows = rows.set_index(rows["name"] + "\n" + rows["adcode"])
    known = areas().by_code
    counties = [known[code].name if code in known else t("area.unlocated") for code in rows["adcode"]]
    labels = [
        t("breakdown.of_county", name=name, county=county) for name, county in zip(rows["name"], counties, strict=True)
    ]
    names = dict(zip(rows.index, labels, strict=True))
    table = ranking_table(rows, names, kpi, scenario=current_view().scenario)
    columns = _ranking_columns(table, kpi, title=t("app.ranking.superior"))
    height = table_height(len(table), most=_HEIGHT)  # no map goes with it: a click would lead nowhere
    st.dataframe(table, key=f"superiors-{kpi}", hide_index=True, column_config=columns, height=height)


def _switches(current: Current, plan: Plan, area: Area | None = None) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        kpis = figures.map_kpis(plan.settings)
        view_switch("kpi", kpis, label=t("app.kpi_label"), words="app.kpi_short")
        if area is not None and area.level == "province" and areas().cities.get(area.adcode):
            view_switch("detail", _DETAILS, label=t("app.detail.label"), words="app.detail")
        with st.container(horizontal=True, width="content"):
            if area is not None:
                _offer_picture(current, plan, area)
            view_switch("audience", _AUDIENCES, label=t("app.audience.label"), words="app.audience")


def _offer_picture(current: Current, plan: Plan, area: Area) -> None:
    """Offer the map in view as a picture; it is drawn when somebody wants it."""
    view = current_view()
    name = f"map-{area.adcode}-{view.kpi}-{view.scenario}"
    offer_picture(partial(picture, current, plan, area=area, view=view), name, area=area, about=t("app.picture.help"))


def _ranking(table: pd.DataFrame, kpi: str, *, title: str) -> None:
    """Show the map's figures as a table, the area with most to do first; a click goes there."""
    pick_table(
        table,
        key=f"ranking-{kpi}-{current_view().area}-{current_view().detail}-{current_view().scenario}",
        columns=_ranking_columns(table, kpi, title=title),
        pick=_go_to,
        height=table_height(len(table), most=_HEIGHT),
    )


def _ranking_columns(table: pd.DataFrame, kpi: str, *, title: str) -> dict[str, Any]:
    is_count = kpi in figures.COUNT_KPIS
    top = float(table["value"].max()) if is_count and table["value"].notna().any() else 100.0
    return {
        "area": st.column_config.TextColumn(title, width="small"),
        "value": st.column_config.ProgressColumn(
            t(f"app.kpi_short.{kpi}"), min_value=0, max_value=max(top, 1.0), format="%d" if is_count else "%.1f%%"
        ),
        **{name: _count_column(table, name) for name in ("numerator", "denominator")},
    }


def _count_column(table: pd.DataFrame, name: str) -> Any:
    """Return the column of a count, or of its texts where some are hidden."""
    title = t(f"app.ranking.{name}")
    if table[name].dtype == "Int64":
        return st.column_config.NumberColumn(title, format="localized", width="small")
    return st.column_config.TextColumn(title, width="small", alignment="right", help=t("app.hidden_help"))


def _go_to(adcode: str) -> None:
    if adcode in areas().by_code:
        change_view(area=adcode)


def _county(plan: Plan, area: Area) -> None:
    """A county is divided no further: its organisations, and the way to the page of proposed units."""
    if is_for_leaders():
        st.info(t("app.audience.no_orgs"), icon=":material/visibility_off:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(t("app.county.text", area=area.name)))
        if st.button(t("app.county.open"), type="primary", icon=":material/hub:"):
            st.switch_page(page_named("groups"))
    spec = county_map(county_plan(plan, area.adcode), area.adcode)
    event = show_map(spec, key="county", height=_HEIGHT, beside=_BESIDE)
    if event is not None and event.kind != "area":
        change_view(**{"group": event.id} if event.kind == "group" else {"org": event.id})
        st.switch_page(page_named("groups"))


def _all_figures(row: pd.Series | None) -> None:
    if row is None:
        return
    form = opened(t("app.all_figures.title"), key="open-all-figures", icon="table_rows")
    if form is None:
        return
    with form:
        columns = (
            Column(t("app.all_figures.name")),
            Column(t("app.all_figures.today"), "number"),
            Column(t("app.all_figures.after"), "number"),
            Column(t("app.all_figures.definition")),
        )
        plain_table(columns, (_figure_line(row, kpi) for kpi in figures.KPIS))


def _figure_line(row: pd.Series, kpi: str) -> tuple[str, str, str, str]:
    today, after = (figures.figure(row, kpi, scenario) for scenario in _SCENARIOS)
    return (
        t(f"kpi.{kpi}.name"),
        f"{figures.value_text(today)} ({figures.fraction_text(today)})",
        f"{figures.value_text(after)} ({figures.fraction_text(after)})",
        t(f"kpi.{kpi}.definition"),
    )
