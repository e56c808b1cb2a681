"""The figures in another area mode, and by superior, supervisor, type, class or county."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, get_args

import streamlit as st

from coverage.breakdowns import break_down
from coverage.dimensions import DIMENSIONS, Dimension
from coverage.export import name_rows
from coverage.indicators import AFTER, count_coverage
from coverage.pipeline import Plan
from ui import figures
from ui.choices import worded
from ui.current import Current
from ui.loading import divisions, plan_key, plan_number
from ui.session import change_view, current_view
from ui.widgets import opened
from words import language, t

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from ui.session import Scenario

AreaMode = Literal["located", "registered", "superior"]
_KEY = "switch-mode"
_KEYS: dict[str | type[Any], Callable[[Any], Any]] = {Current: plan_key, Plan: plan_number}
_HEIGHT = 360
_ROW_HEIGHT = 35


def plan_in_mode(current: Current, plan: Plan, mode: AreaMode) -> Plan:
    """Return the plan with its coverage counted in an area mode; the proposals are the same in each."""
    if mode == plan.settings.area_mode:
        return plan
    settings = plan.settings.model_copy(update={"area_mode": mode})
    return plan._replace(settings=settings, coverage=_counted(current, plan, mode))


def plan_on_map(current: Current, plan: Plan, *, level: str) -> Plan:
    """Return the plan counted as a map of an area of a level can show it.

    Party bodies are no areas, and a county's map and sheet show the organisations that are located there.
    """
    is_located = level == "county" or plan.settings.area_mode == "superior"
    return plan_in_mode(current, plan, "located") if is_located else plan


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=_KEYS)
def _counted(current: Current, plan: Plan, mode: AreaMode) -> pd.DataFrame:  # noqa: ARG001 # which plan it is
    settings = plan.settings.model_copy(update={"area_mode": mode})
    return count_coverage(plan.orgs, plan.places, plan.duties, plan.measures, divisions=divisions(), settings=settings)


def mode_switch(own: AreaMode) -> None:
    """Show the switch of the area mode; the one of the settings needs no place in the address."""
    shown = current_view().mode or own
    if st.session_state.get(_KEY) != shown:  # else it would override a click under way in the browser
        st.session_state[_KEY] = shown
    st.segmented_control(
        t("setting.area_mode.name"),
        **worded(_KEY, get_args(AreaMode), lambda mode: t(f"setting.area_mode.option.{mode}")),
        on_change=lambda: change_view(mode="" if st.session_state[_KEY] == own else st.session_state[_KEY]),
        required=True,
        label_visibility="collapsed",
    )


def breakdown_table(current: Current, plan: Plan) -> None:
    """Show the headline figures of the whole list by a dimension that the visitor picks."""
    form = opened(t("breakdown.title"), key="open-breakdown", icon="splitscreen")
    if form is None:
        return
    with form:
        by = st.segmented_control(
            t("breakdown.label"),
            **worded("breakdown-by", DIMENSIONS, lambda dimension: t(f"dimension.{dimension}")),
            default=Dimension.SUPERIOR,
            required=True,
        )
        st.caption(t("breakdown.text"))
        kpis = figures.card_kpis(plan.settings)
        table = _shown(current, plan, Dimension(by), kpis=kpis, scenario=current_view().scenario, language=language())
        config = {
            "name": st.column_config.TextColumn(t("breakdown.name")),
            "orgs": st.column_config.NumberColumn(t("breakdown.orgs"), format="localized"),
        } | {kpi: st.column_config.TextColumn(t(f"app.kpi_short.{kpi}")) for kpi in kpis}
        height = min(_HEIGHT, _ROW_HEIGHT * (len(table) + 1) + 3)
        st.dataframe(table, key="breakdown", hide_index=True, column_config=config, height=height)


@st.cache_resource(show_spinner=False, max_entries=5, hash_funcs=_KEYS)
def broken_down(current: Current, plan: Plan, by: Dimension) -> pd.DataFrame:  # noqa: ARG001 # which plan it is
    """Return the figures of the whole list by a dimension, rows named, counted once for everybody."""
    table = break_down(
        plan.orgs, plan.places, duties=plan.duties, measures=plan.measures, settings=plan.settings, by=(by,)
    )
    return name_rows(table)


@st.cache_resource(show_spinner=False, max_entries=20, hash_funcs=_KEYS)
def _shown(  # noqa: PLR0913 # which table, and how it is shown
    current: Current, plan: Plan, by: Dimension, *, kpis: tuple[str, ...], scenario: Scenario, language: str
) -> pd.DataFrame:
    """Return name, organisations and each figure with its numerator and denominator, the largest row first."""
    del language  # a key
    table, prefix = broken_down(current, plan, by), AFTER if scenario == "after" else ""
    columns = {kpi: [f"{prefix}{kpi}_{part}" for part in ("num", "den", "rate")] for kpi in kpis}
    texts = {
        kpi: [_figure_text(kpi, counts) for counts in table[names].itertuples(index=False, name=None)]
        for kpi, names in columns.items()
    }
    return table[["name", "orgs"]].assign(**texts).sort_values("orgs", ascending=False, kind="stable")


def _figure_text(kpi: str, counts: tuple[int, int, float]) -> str:
    numerator, denominator, rate = counts
    value = float(numerator if kpi in figures.COUNT_KPIS else rate)
    shown = figures.Figure(kpi, numerator, denominator, None if math.isnan(value) else value)
    return t("breakdown.figure", value=figures.value_text(shown), fraction=figures.fraction_text(shown))
