"""Two plans side by side: what each comes to, which units and organisations differ and why; or parameters tried out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import streamlit as st

from coverage.comparison.plans import PlanComparison
from coverage.pipeline import Plan
from ui.areas import common_area, parts_of
from ui.audience import is_closed_to_leaders
from ui.choices import worded
from ui.chrome import guarded, notice_line
from ui.current import list_of
from ui.labels import area_labels
from ui.loading import areas, finished_plan, plan_key, plan_number, tables_number
from ui.making import make_now, wait_for
from ui.map_component import show_map
from ui.markdown import plain
from ui.plan_comparison import compared, explained, pair_of, price_of
from ui.plan_comparison_choice import choose_other, other_plans
from ui.plan_comparison_figures import compared_kpis, show_cards, show_figures
from ui.plan_comparison_map import MOVED, Metric, difference_map, metrics, part_differences, unit_bounds, unit_map
from ui.plan_comparison_units import say_price, show_differences, show_elsewhere, units_head
from ui.planning import LARGE_LIST_ROWS, plan_job, start_plan
from ui.plans import require_plan
from ui.reason_cards import group_card
from ui.session import change_view, current_view, show_in_address
from ui.trial_view import show_trials
from ui.widgets import page_head, pick_table, redraw, view_switch
from words import language, t

if TYPE_CHECKING:
    from typing import Any

    from coverage.stability import Stability
    from ui.areas import Area
    from ui.current import Current
    from ui.map_spec import MapEvent, MapSpec
    from ui.plan_comparison import Pair
    from ui.session import Detail, Tab

_HEIGHT = 430
_ROW_HEIGHT = 35
_SHORT = 250
_TABS: tuple[Tab, ...] = ("plans", "trial")
_METRIC = "plans-metric"
# Some ten kilobytes each.
_AREAS_KEPT = 64
# Each holds the points of a county, and the unit chosen in another colour.
_MAPS_KEPT = 12


def show() -> None:
    """Show the page."""
    current, plan = require_plan()
    with guarded():
        tab = _tab(current)
        if tab == "trial":
            show_in_address()
            show_trials(current, plan, switch=lambda: _tab_switch("trial"))
        else:
            _plans(current, plan)


def _tab(current: Current) -> Tab:
    """Return the part of the page: two plans where there are two, else parameters tried out."""
    return current_view().tab or ("plans" if other_plans(current) else "trial")


def _tab_switch(shown: Tab) -> None:
    view_switch("tab", _TABS, label=t("plans.tab.label"), words="plans.tab", as_it_comes=shown)


@st.fragment
def _plans(current: Current, plan: Plan) -> None:
    with guarded():
        if current_view().tab == "trial":
            st.rerun()  # chosen in this fragment: the whole page is about something else now
        show_in_address()
        plan = finished_plan(current) or plan  # units may have been edited since the whole page ran
        area = _area(plan)
        with page_head(area, plan, current, key="compare"):
            _tab_switch("plans")
        if is_closed_to_leaders():
            return
        other = choose_other(current, other_plans(current))
        if other is None:
            return
        pair = pair_of(other, current, plan)
        if pair is None:
            _offer_making(other)
            return
        if pair.is_stale:
            st.warning(t("plans.stale"), icon=":material/history:")
        comparison = compared(pair)
        if comparison is not None:
            _compare(comparison, pair, area)


def _area(plan: Plan) -> Area:
    """Return the area looked at: the smallest that holds the list unless the visitor went elsewhere."""
    known, wanted = areas().by_code, current_view().area
    return known[wanted if wanted in known else common_area(areas(), plan.places["adcode"])]


def _offer_making(other: Current) -> None:
    """Plan A has no tables yet: make them at once, or have a worker make those of a large list."""
    job = plan_job(plan_key(other))
    if job is not None and not job.is_over:
        wait_for(other)
        return
    st.info(t("plans.not_made"), icon=":material/info:")
    if not st.button(t("plans.make"), type="primary", icon=":material/calculate:", key="plans-make"):
        return
    info = list_of(other)
    if info.rows_ok <= LARGE_LIST_ROWS:
        make_now(other)
    else:
        start_plan(plan_key(other), area=info.area)
    redraw()


def _compare(comparison: PlanComparison, pair: Pair, area: Area) -> None:
    show_cards(comparison)
    if area.level == "county":
        _county(comparison, pair, area)
        return
    left, right = st.columns(2)
    with left, st.container(key="card-plans-figures"):
        show_figures(comparison, pair, area)
    with right:
        _map_and_ranking(comparison, pair, area)
    _differences(comparison, pair, area)


def _county(comparison: PlanComparison, pair: Pair, area: Area) -> None:
    """A county is divided no further: its units in either plan, and where those of the picked one went."""
    chosen = _chosen(comparison.units)
    _two_maps(comparison.units, pair, chosen, area=area)
    below = st.container()
    found = _differences(comparison, pair, area)
    if any(chosen):
        with below:
            _cards(comparison, pair, chosen, found=found)
    with st.container(key="card-plans-figures"):
        show_figures(comparison, pair, area)


def _differences(comparison: PlanComparison, pair: Pair, area: Area) -> Stability | None:
    """Show what changed of units and organisations; return why, None where that is not looked into yet."""
    with st.container(key="card-plans-units"):
        units_head(area)
        found = explained(pair, area)
        say_price(price_of(pair, found))
        show_differences(comparison, found, area=area)
    return found


def _map_and_ranking(comparison: PlanComparison, pair: Pair, area: Area) -> None:
    metric = _metric(pair)
    shown = _parts(comparison, area, metric, detail=current_view().detail, language=language())
    show_map(shown.spec, key="plans", height=_HEIGHT, follow=partial(_go_below, shown.ranking.index))
    _ranking(shown.ranking, metric)


class _Parts(NamedTuple):
    """The parts of an area by what differs: their map, and their table, what differs most first."""

    spec: MapSpec
    ranking: pd.DataFrame


@st.cache_resource(
    show_spinner=False,
    max_entries=_AREAS_KEPT,
    hash_funcs={PlanComparison: lambda both: tables_number(both.figures, both.lists.figures)},
)
def _parts(comparison: PlanComparison, area: Area, metric: Metric, *, detail: Detail, language: str) -> _Parts:
    del language  # a key
    parts = parts_of(areas(), area.adcode, detail)
    rows = part_differences(comparison, parts, metric)
    names = area_labels(part.adcode for part in parts)
    table = rows.assign(area=[names[str(code)] for code in rows.index], size=rows["value"].abs())
    table = table.rename_axis("adcode").reset_index()
    table = table.sort_values(["size", "adcode"], ascending=[False, True], na_position="last").set_index("adcode")
    return _Parts(
        difference_map(rows, parts, area=area, metric=metric, notice=notice_line()),
        table[["area", "value", "old", "new"]],
    )


def _go_below(shown: pd.Index, event: MapEvent) -> None:
    """Look at the area that was clicked."""
    if event.kind == "area" and event.id in shown:
        change_view(area=event.id, group="")


def _metric(pair: Pair) -> Metric:
    known = metrics(compared_kpis(pair))
    with st.container(horizontal=True, vertical_alignment="center"):
        code = st.selectbox(
            t("plans.map"),
            **worded(_METRIC, list(known), lambda code: known[code].title),
            help=t("plans.moved_help"),
            label_visibility="collapsed",
        )
    return known[code]


def _ranking(table: pd.DataFrame, metric: Metric) -> None:
    """Show the map's figures as a table; a click goes there."""
    pick_table(
        table,
        key=f"plans-ranking-{metric.kpi}-{metric.scenario}-{current_view().area}",
        columns=_ranking_columns(metric),
        pick=_go_to,
        height=min(_SHORT, _ROW_HEIGHT * (len(table) + 1) + 3),
    )


def _ranking_columns(metric: Metric) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    is_moved = metric.kpi == MOVED
    rate = "localized" if is_moved else "%.1f%%"
    names = ("column_moved", "column_seats") if is_moved else ("column_old", "column_new")
    value = (
        st.column_config.ProgressColumn(metric.title, min_value=0, max_value=100, format="%.1f%%")
        if is_moved
        else number(metric.title, format="%+.1f")
    )
    sides = {side: number(t(f"plans.{name}"), format=rate) for side, name in zip(("old", "new"), names, strict=True)}
    return {"area": st.column_config.TextColumn(t("plans.area")), "value": value} | sides


def _go_to(adcode: str) -> None:
    if adcode in areas().by_code:
        change_view(area=adcode, group="")


def _two_maps(units: pd.DataFrame, pair: Pair, chosen: tuple[str, str], *, area: Area) -> None:
    """Show a county's units in either plan, both maps at the same place."""
    names = (pair.old.name, pair.new.name)
    specs = _unit_maps(units, pair, chosen, area=area)
    for column, side, spec, name in zip(st.columns(2), ("A", "B"), specs, names, strict=True):
        with column:
            st.caption(plain(t("plans.side", side=side, name=name)))
            show_map(spec, key=f"plans-{side}", height=_HEIGHT, follow=_look_at)


def _look_at(event: MapEvent) -> None:
    """Look at the unit that was clicked."""
    if event.kind == "group":
        change_view(group=event.id, org="")


def _chosen(units: pd.DataFrame) -> tuple[str, str]:
    """Return the unit in view as both plans know it, "" where one has none."""
    group = current_view().group
    found = units[(units["new_group"] == group) | (units["old_group"] == group)] if group else units.iloc[:0]
    return ("", "") if found.empty else (str(found["old_group"].iloc[0]), str(found["new_group"].iloc[0]))


def _unit_maps(units: pd.DataFrame, pair: Pair, chosen: tuple[str, str], *, area: Area) -> list[MapSpec]:
    specs = [
        _unit_map(plan, units, column, area=area, chosen=group, side=side, language=language())
        for plan, column, group, side in zip(
            (pair.old_plan, pair.new_plan), ("old_group", "new_group"), chosen, ("A", "B"), strict=True
        )
    ]
    view = unit_bounds(specs, chosen, key=f"unit-{'-'.join(chosen)}") if any(chosen) else None
    ringed = _orgs_of(pair, chosen)
    specs = [replace(spec, notice=notice_line(), selected=ringed, twins="plans") for spec in specs]
    return specs if view is None else [replace(spec, view=view) for spec in specs]


@st.cache_resource(
    show_spinner=False, max_entries=_MAPS_KEPT, hash_funcs={Plan: plan_number, pd.DataFrame: tables_number}
)
def _unit_map(  # noqa: PLR0913 # which units, and how they are shown
    plan: Plan, units: pd.DataFrame, column: str, *, area: Area, chosen: str, side: str, language: str
) -> MapSpec:
    """Return the map of a county's units in one plan; its layers are packed once, too."""
    spec = unit_map(plan, _marks(units, column), area=area, chosen=chosen, side=side)
    name = plan_number(plan), tables_number(units), column, area.adcode, chosen, side, language
    return replace(spec, pack_key=repr(("compared", name)))


def _orgs_of(pair: Pair, chosen: tuple[str, str]) -> tuple[str, ...]:
    """Return the ids of the organisations of a unit in either plan: ringed on both maps."""
    sides = zip((pair.old_plan, pair.new_plan), chosen, strict=True)
    found = [plan.groups.loc[plan.groups["group_id"] == group, "org_id"] for plan, group in sides]
    return tuple(pd.concat(found).drop_duplicates().sort_values())


def _marks(units: pd.DataFrame, column: str) -> pd.Series:
    """Return the mark of each unit of one plan, by its id."""
    own = units[units[column] != ""].set_index(column)["state"]
    return own.where(own.isin(["kept", "changed"]), "only")


def _cards(comparison: PlanComparison, pair: Pair, chosen: tuple[str, str], *, found: Stability | None) -> None:
    """Show the unit that was picked in either plan; where one has none, where its organisations are there."""
    plans = (pair.old_plan, pair.new_plan)
    for column, plan, group, side in zip(st.columns(2), plans, chosen, ("a", "b"), strict=True):
        with column:
            if group:
                group_card(plan, group, key=f"card-group-{side}")
            else:
                with st.container(key=f"card-group-{side}"):
                    st.markdown(t(f"plans.no_unit_{side}"))
                    show_elsewhere(comparison, found, chosen)
