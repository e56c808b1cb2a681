"""Where, which and why: the organisations of an area on a map with layers, and as a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage.export import label_texts
from coverage.pipeline import Plan
from coverage.selection import orgs_within
from ui import figures
from ui.areas import Area, common_area, parts_of
from ui.audience import is_closed_to_leaders
from ui.breakdown_view import plan_in_mode
from ui.choices import worded
from ui.chrome import guarded, notice_line
from ui.coverage_map import coverage_map
from ui.export_files import facts_of, mark_of, picture_of
from ui.html_map import MapText
from ui.labels import area_labels, distinct_labels
from ui.layered_map import Chosen, layered_map, plain_county
from ui.loading import areas, finished_plan, plan_key, plan_number, tables_number
from ui.map_component import show_map
from ui.map_filters import POINTLESS, filter_row, selection_in_view
from ui.map_spec import MapEvent, MapSpec, Reach
from ui.map_tables import MOST_POINTS, listed_orgs, map_tables, supervisors_of
from ui.markdown import plain
from ui.picture_offer import offer_picture
from ui.plan_map import has_point
from ui.plans import require_plan
from ui.reason_cards import group_card, org_card
from ui.session import Detail, Scenario, View, change_view, current_view, page_named, show_in_address
from ui.stores import the_scope
from ui.widgets import empty_state, label_of, page_head, pick_table, table_height, view_switch
from words import t

if TYPE_CHECKING:
    from coverage.selection import Selection
    from ui.current import Current
    from ui.map_spec import Polygon
    from ui.map_tables import MapTables
    from ui.planning import PlanKey
    from ui.widgets import Height

_HEIGHT = 540
_BESIDE = 320
_SHORT_TABLE_HEIGHT = 240
# So many leave room below them.
_FEW_ROWS = 12
_MOST_ROWS = 1_000
_MOST_RINGED = 2_000
_SCENARIOS: tuple[Scenario, ...] = ("today", "after")
_DETAILS: tuple[Detail, ...] = ("city", "county")
# The lasso drawn last with the area it was drawn in, and the organisations at the place clicked last.
_LASSO, _TOGETHER = "map-lasso", "map-together"
# How often something was chosen other than by its row, or a card closed: the list's ticks begin anew.
_UNTICKED = "map-unticked"


def show() -> None:
    """Show the page."""
    current, plan = require_plan()
    _map_page(current, plan)


@st.fragment
def _map_page(current: Current, plan: Plan) -> None:
    with guarded():
        show_in_address()
        plan = finished_plan(current) or plan  # units may have been edited since the whole page ran
        if plan.measures.empty:
            empty_state(t("app.groups.none_title"), t("app.groups.none_text"))
            return
        area = _area(plan)
        _head(current, plan, area)
        if is_closed_to_leaders():
            return
        key = plan_key(current)
        listed = listed_orgs(key, the_scope(), plan)
        supervisors = supervisors_of(key, the_scope(), plan)
        selection = selection_in_view(supervisors)
        filter_row(selection, supervisors)
        tables = map_tables(
            key, the_scope(), plan, adcode=area.adcode, selection=selection, venues_id=current.venues_id
        )
        lasso = _lasso_in(area)
        orgs = _inside(tables.orgs, lasso) if lasso else tables.orgs
        left, right = st.columns([3, 2])
        with left:
            chosen = _chosen(plan, listed, lasso=lasso, inside=orgs)
            base, name = _base(current, plan, area, key=key), _pack_name(plan, area, selection, key=key)
            spec = layered_map(base, tables, area=area, chosen=chosen, pack_key=name)
            show_map(spec, key="layers", height=_HEIGHT, beside=_BESIDE, follow=partial(_follow, area, tables))
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                _say_what_is_missing(tables)
                _offer_picture(current, plan, area, spec=spec, tables=tables)
        with right:
            _cards(plan, listed)
            _list(tables, orgs, area=area, has_lasso=bool(lasso))


def _area(plan: Plan) -> Area:
    """Return the area looked at: the smallest that holds the list unless the visitor went elsewhere."""
    known, wanted = areas().by_code, current_view().area
    return known[wanted if wanted in known else common_area(areas(), plan.measures["adcode"])]


def _head(current: Current, plan: Plan, area: Area) -> None:
    right = page_head(area, plan, current, key="map")
    if area.level == "county":
        return
    with right, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        _choose_figure(plan)
        view_switch("scenario", _SCENARIOS, label=t("app.scenario.label"), words="app.scenario")
        if area.level == "province" and areas().cities.get(area.adcode):
            view_switch("detail", _DETAILS, label=t("app.detail.label"), words="app.detail")


def _go_below(area: Area) -> None:
    """Let the keyboard go where a click on the map goes."""
    names = area_labels(part.adcode for part in parts_of(areas(), area.adcode, current_view().detail))
    key = f"map-go-{area.adcode}-{current_view().detail}"
    st.selectbox(
        t("layers.filter.go"),
        **worded(key, list(names), names.__getitem__),
        index=None,
        placeholder=t("layers.filter.go_hint"),
        label_visibility="collapsed",
        on_change=lambda: change_view(area=st.session_state[key] or area.adcode, group="", org=""),
        width=160,
    )


def _choose_figure(plan: Plan) -> None:
    kpis = figures.map_kpis(plan.settings)
    if current_view().kpi not in kpis:
        change_view(kpi=kpis[0])
    key = "map-kpi"
    if st.session_state.get(key) != current_view().kpi:
        st.session_state[key] = current_view().kpi
    st.selectbox(
        t("layers.filter.kpi"),
        **worded(key, kpis, lambda kpi: t(f"app.kpi_short.{kpi}")),
        label_visibility="collapsed",
        width=150,
        on_change=lambda: change_view(kpi=st.session_state[key]),
    )


def _say_what_is_missing(tables: MapTables) -> None:
    missing = int((~has_point(tables.orgs)).sum())
    if tables.points is None:
        st.caption(plain(t("layers.list.too_many", most=f"{MOST_POINTS:,}")))
    elif missing:
        st.caption(plain(t("layers.list.without_point", count=f"{missing:,}")))


def _offer_picture(current: Current, plan: Plan, area: Area, *, spec: MapSpec, tables: MapTables) -> None:
    """Offer the map as it is drawn at first; layers are switched in the browser alone."""
    kpi = "" if area.level == "county" else current_view().kpi
    title = t("layers.picture.title", area=area.name)
    if kpi:
        scenario = t(f"app.scenario.{current_view().scenario}")
        title = t("layers.picture.coloured", title=title, kpi=t(f"app.kpi_short.{kpi}"), scenario=scenario)
    facts = _count_text(tables, area), *facts_of(current, _counted(current, plan, area), area, kpi=kpi)
    text = MapText(title, facts, mark_of(current))
    draw, about = partial(picture_of, spec, text), t("layers.picture.help")
    offer_picture(draw, f"orgs-{area.adcode}", area=area, rows=len(tables.orgs), about=about)


def _counted(current: Current, plan: Plan, area: Area) -> Plan:
    """Return the plan counted as the map shows it: superiors are no areas, and a county shows who is located there."""
    mode = current_view().mode or plan.settings.area_mode
    return plan_in_mode(current, plan, "located" if mode == "superior" or area.level == "county" else mode)


def _base(current: Current, plan: Plan, area: Area, *, key: PlanKey) -> MapSpec:
    """Return the areas below all layers: the parts of an area coloured by the figure in view, or a county's outline."""
    if area.level == "county":
        return plain_county(area, notice=notice_line())
    counted, view = _counted(current, plan, area), current_view()
    looks = View(kpi=view.kpi, scenario=view.scenario, detail=view.detail)
    return _coloured((key, the_scope()), counted, area, looks=looks, notice=notice_line())


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={Plan: plan_number})
def _coloured(key: tuple[object, ...], plan: Plan, area: Area, *, looks: View, notice: str) -> MapSpec:
    del key  # says whose plan it is; the notice, in which language
    parts = parts_of(areas(), area.adcode, looks.detail)
    return coverage_map(figures.part_rows(plan.coverage, parts), parts, area=area, view=looks, notice=notice)


def _pack_name(plan: Plan, area: Area, selection: Selection, *, key: PlanKey) -> str:
    return repr((key, plan_number(plan), the_scope(), area.adcode, selection, t("layers.page")))


def _chosen(plan: Plan, listed: pd.DataFrame, *, lasso: Polygon, inside: pd.DataFrame) -> Chosen:
    """Return what is marked: the unit or organisation chosen with its travel limit, else what the lasso holds."""
    view = current_view()
    group = plan.groups[plan.groups["group_id"] == view.group]
    ids = [str(org_id) for org_id in group["org_id"]] if len(group) else [view.org] if view.org else []
    if not ids:
        return Chosen(tuple(inside["org_id"]) if lasso and len(inside) <= _MOST_RINGED else (), lasso=lasso)
    return Chosen(tuple(ids), _reach(listed, view.org or ids[0]), lasso)  # the lead stands first


def _reach(listed: pd.DataFrame, org_id: str) -> Reach | None:
    rows = listed.loc[listed["org_id"] == org_id, ["lon", "lat", "limit_m"]].dropna()
    return None if rows.empty else Reach(*(float(value) for value in rows.iloc[0]))


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={pd.DataFrame: tables_number})
def _inside(orgs: pd.DataFrame, lasso: Polygon) -> pd.DataFrame:
    """Return the organisations that a lasso holds; it stands while its reader clicks on."""
    return orgs_within(orgs, lasso)


def _lasso_in(area: Area) -> Polygon:
    kept = st.session_state.get(_LASSO)
    return kept[1] if kept and kept[0] == area.adcode else ()


def _follow(area: Area, tables: MapTables, event: MapEvent) -> None:
    """Change the view as a click asks."""
    match event.kind:
        case "area" if event.id in areas().by_code and event.id != area.adcode:
            change_view(area=event.id, group="", org="")
        case "group":
            _choose(group=event.id)
        case "point":
            st.session_state[_TOGETHER] = event.ids
            _choose(org=event.id)
        case "count":
            only_pointless = ";".join(POINTLESS) if _are_mixed(tables, event.id) else ""
            change_view(area=event.id, group="", org="", levels=current_view().levels or only_pointless)
        case "lasso":
            st.session_state[_LASSO] = area.adcode, event.polygon
            _choose()


def _are_mixed(tables: MapTables, adcode: str) -> bool:
    """Say whether a county's number leaves some of its organisations out: those with a point of their own."""
    if tables.points is None:  # every one of them is in the number
        return False
    return bool(has_point(tables.orgs[tables.orgs["adcode"] == adcode]).any())


def _choose(*, group: str = "", org: str = "") -> None:
    """Choose a unit or an organisation other than by its row; the row ticked before is ticked no longer."""
    st.session_state[_UNTICKED] = st.session_state.get(_UNTICKED, 0) + 1
    change_view(group=group, org=org)


def _cards(plan: Plan, listed: pd.DataFrame) -> None:
    """Show why: the unit chosen, or the organisation; and the way to the page where they are worked on."""
    view = current_view()
    _choose_among(listed)
    org = listed[listed["org_id"] == view.org]
    group = plan.groups[plan.groups["group_id"] == view.group]
    if org.empty and group.empty:
        st.caption(t("layers.card.hint"))
        return
    if len(group):
        group_card(plan, view.group)
        adcode, group_id, org_id = str(group["adcode"].iloc[0]), view.group, ""
    else:
        org_card(plan, view.org)
        adcode, group_id, org_id = str(org["adcode"].iloc[0]), str(org["group_id"].iloc[0]), view.org
    with st.container(horizontal=True):
        if adcode and st.button(t("layers.card.open"), key="map-open", type="primary", icon=":material/hub:"):
            change_view(area=adcode, group=group_id, org=org_id)
            st.switch_page(page_named("groups"))
        if org_id and group_id:
            st.button(t("layers.card.group"), key="map-unit", on_click=_choose, kwargs={"group": group_id})
        st.button(t("layers.card.close"), key="map-close", on_click=_choose)


def _choose_among(listed: pd.DataFrame) -> None:
    """Offer all that stand where the visitor clicked."""
    ids: tuple[str, ...] = st.session_state.get(_TOGETHER, ())
    if len(ids) < 2 or current_view().org not in ids:
        return
    among = listed[listed["org_id"].isin(ids)]
    names = distinct_labels(dict(zip(among["org_id"], among["name"], strict=True)))
    key = "map-among"
    if st.session_state.get(key) != current_view().org:
        st.session_state[key] = current_view().org
    st.selectbox(
        t("layers.card.together", count=f"{len(ids):,}"),
        **worded(key, list(names), names.__getitem__),
        on_change=lambda: _choose(org=st.session_state[key]),
    )


def _list(tables: MapTables, orgs: pd.DataFrame, *, area: Area, has_lasso: bool) -> None:
    """Show the organisations of the map as a table, the first of them where they are many."""
    inside = f" · {t('layers.list.lassoed', count=f'{len(orgs):,}')}" if has_lasso else ""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(_count_text(tables, area) + inside))
        if has_lasso:
            st.button(
                t("layers.list.clear_lasso"), key="map-lasso-clear", on_click=st.session_state.pop, args=(_LASSO,)
            )
        if area.level != "county":
            _go_below(area)
    if orgs.empty:
        st.info(t("layers.list.none"))
        return
    pick_table(
        _rows(orgs.head(_MOST_ROWS)),
        key=f"map-list-{area.adcode}-{has_lasso}-{st.session_state.get(_UNTICKED, 0)}",
        columns=_columns(with_county=area.level != "county"),
        pick=lambda org_id: change_view(org=org_id, group=""),
        height=_list_height(len(orgs)),
    )
    if len(orgs) > _MOST_ROWS:
        st.caption(plain(t("layers.list.first_rows", shown=f"{_MOST_ROWS:,}", count=f"{len(orgs):,}")))


def _list_height(rows: int) -> Height:
    """Return how high the list is: short beside a card, no higher than its rows, else as long as the map."""
    if current_view().org or current_view().group:
        return table_height(rows, most=_SHORT_TABLE_HEIGHT)
    return table_height(rows, most=_HEIGHT) if rows <= _FEW_ROWS else "stretch"


def _count_text(tables: MapTables, area: Area) -> str:
    return t("layers.list.counted", area=area.name, count=f"{len(tables.orgs):,}", total=f"{tables.total:,}")


def _rows(orgs: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": orgs["name"],
            "measure": label_texts(orgs["measure"], prefix="measure"),
            "unit": _units(orgs),
            "level": label_texts(orgs["location_level"], prefix="level"),
            "county": orgs["county_name"],
        }
    ).set_axis(orgs["org_id"])


def _units(orgs: pd.DataFrame) -> list[str]:
    """Return the unit of each organisation: the one it has, else the one proposed, named by its lead."""
    columns = (orgs[name] for name in ("has_unit", "unit_name", "form", "lead"))
    return [_unit_text(*cells) for cells in zip(*columns, strict=True)]


def _unit_text(has_unit: bool, name: str, form: str, lead: str) -> str:  # noqa: FBT001, PLR0917 # cells of a row
    if has_unit:
        return t("layers.list.unit_named", name=name) if name else t("layers.list.unit_unnamed")
    return t("layers.list.group", form=label_of("form", form), lead=lead) if form else ""


def _columns(*, with_county: bool) -> dict[str, Any]:
    county = st.column_config.TextColumn(t("layers.list.county"), width=90) if with_county else None
    return {
        "name": st.column_config.TextColumn(t("layers.list.name"), width=158),
        "measure": st.column_config.TextColumn(t("layers.list.measure"), width=92),
        "unit": st.column_config.TextColumn(t("layers.list.unit"), width=128),
        "level": st.column_config.TextColumn(t("layers.list.level"), width=90),
        "county": county,
    }
