"""What if: other travel limits, unit sizes and instructors for one county, and how sure its proposed units are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage.export import label_texts
from coverage.export.whatif import write_what_if
from coverage.whatif import Parameter
from coverage.whatif.tables import SHAKEN
from store.trials import trial_key
from ui.audience import is_closed_to_leaders
from ui.choices import worded
from ui.downloads import File, offer
from ui.labels import area_labels
from ui.loading import areas
from ui.markdown import plain
from ui.nobody import area_without_orgs, say_nobody
from ui.reason_cards import group_card
from ui.session import change_view, current_view, page_named
from ui.stores import the_scope, the_store
from ui.trial_charts import show_figures
from ui.trials import offer_trial, stored_trial
from ui.widgets import empty_state, page_head, pick_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.pipeline import Plan
    from coverage.whatif import Trial
    from ui.current import Current

_TABLE_HEIGHT, _SHORT_TABLE_HEIGHT = 430, 215
_SHARES = ("total", "legal", *SHAKEN)
# Columns and their widths, px: all fit beside the figures in the smaller window.
_WIDTHS = {"lead": 164, "form": 66, "orgs": 44}
_SHARE_WIDTH = 60


def show_trials(current: Current, plan: Plan, *, switch: Callable[[], None]) -> None:
    """Show one county tried out; `switch` shows the way to the other part of the page."""
    counties = _counties(plan)
    if counties.empty:
        switch()
        empty_state(t("trial.none_title"), t("trial.none_text"))
        return
    if (nobody := area_without_orgs(plan, map(str, counties.index))) is not None:
        switch()
        say_nobody(nobody)
        return
    county = _county_in_view(counties)
    with page_head(areas().by_code[county], plan, current, key="trials"):
        switch()
    if is_closed_to_leaders():
        return
    with st.columns([1, 2])[0]:
        _choose_county(counties, county)
    key = trial_key(the_store(), the_scope(), current.plan_id, area=county)
    trial = stored_trial(key)
    if trial is None:
        offer_trial(plan, key, small=int(counties["small"][county]))
    else:
        _show(plan, trial, county)


def _counties(plan: Plan) -> pd.DataFrame:
    """Return the counties with organisations to group: name, how many of these, and how many are not covered."""
    counties = plan.blocks.groupby("adcode", sort=True)[["small", "covered"]].sum()
    names = plan.places.drop_duplicates("adcode").set_index("adcode")["county_name"]
    return counties.assign(name=names.reindex(counties.index), uncovered=counties["small"] - counties["covered"])


def _county_in_view(counties: pd.DataFrame) -> str:
    """Return the county of the view; of those within it the first where somebody is not covered."""
    codes = pd.Series(counties.index, index=counties.index, dtype="str")
    wanted = current_view().area
    inside = codes[(codes == wanted) | (codes.str[:4] + "00" == wanted) | (codes.str[:2] + "0000" == wanted)]
    within = inside if len(inside) else codes
    is_open = within.index.isin(counties.index[counties["uncovered"] > 0])
    return str((within[is_open] if is_open.any() else within).iloc[0])


def _choose_county(counties: pd.DataFrame, county: str) -> None:
    key, names = "trial-county", area_labels(str(code) for code in counties.index)
    if st.session_state.get(key) != county:  # else it would override a choice under way in the browser
        st.session_state[key] = county
    st.selectbox(
        t("app.groups.county"),
        **worded(
            key,
            list(names),
            lambda code: t("trial.county_option", name=names[code], **counties.loc[code, ["small", "uncovered"]]),
        ),
        on_change=lambda: change_view(area=st.session_state[key], group="", org=""),
        label_visibility="collapsed",
    )


def _show(plan: Plan, trial: Trial, county: str) -> None:
    left, right = st.columns(2)
    with left, st.container(key="card-trial-figures"):
        st.html(f"<h2>{escape(t('trial.figures_title'))}</h2>")
        show_figures(trial.figures[trial.figures["adcode"] == county], _present(plan, county))
        _files(plan, trial, county)
    with right:
        with st.container(key="card-trial-units"):
            st.html(f"<h2>{escape(t('trial.units_title', count=len(trial.units)))}</h2>")
            _units(plan, trial, county)
        _card(plan, trial)


def _present(plan: Plan, county: str) -> dict[str, float]:
    """Return the value that each parameter has in a county; instructors only where all its blocks have as many."""
    slots = plan.blocks.loc[plan.blocks["adcode"] == county, "slots"].unique()
    present = {Parameter.LIMIT.value: 1.0, Parameter.MOST_UNITS.value: float(plan.settings.joint_max_units)}
    return present | ({Parameter.SLOTS.value: float(slots[0])} if len(slots) == 1 else {})


def _units(plan: Plan, trial: Trial, county: str) -> None:
    """Show the units of the county, the least sure first."""
    if trial.units.empty:
        st.info(t("app.groups.no_groups"))
        return
    st.caption(t("trial.units_text"))
    percent = {
        name: st.column_config.NumberColumn(
            t(f"trial.share.{name}"), help=t(f"trial.share_help.{name}"), format="%d%%", width=_SHARE_WIDTH
        )
        for name in _SHARES
    }
    pick_table(
        _unit_lines(plan, trial),
        key=f"trial-units-{county}",
        columns={
            "lead": st.column_config.TextColumn(t("app.groups.lead"), width=_WIDTHS["lead"]),
            "form": st.column_config.TextColumn(t("app.groups.form"), width=_WIDTHS["form"]),
            "orgs": st.column_config.NumberColumn(t("app.groups.orgs"), width=_WIDTHS["orgs"]),
            **percent,
        },
        pick=lambda group_id: change_view(group=group_id, org=""),
        height=_SHORT_TABLE_HEIGHT if current_view().group else _TABLE_HEIGHT,
    )


def _unit_lines(plan: Plan, trial: Trial) -> pd.DataFrame:
    """Return one row a unit: its lead or host (in 统建 its first organisation), size and shares."""
    names = plan.measures.set_index("org_id")["name"]
    by_group = plan.groups[plan.groups["group_id"].isin(trial.units["group_id"])].groupby("group_id", sort=False)
    about = by_group.agg(org_id=("org_id", "first"), orgs=("org_id", "size"))
    units = trial.units.sort_values(["total", "group_id"]).set_index("group_id")
    lines = units.join(about)
    percent = {name: (100 * lines[name]).round() for name in _SHARES}
    lines = lines.assign(lead=lines["org_id"].map(names), form=label_texts(lines["form"], prefix="form"), **percent)
    return lines[["lead", "form", "orgs", *_SHARES]]


def _card(plan: Plan, trial: Trial) -> None:
    """Show the chosen unit, how sure each organisation is to stay with its lead, and the way to the other units."""
    group_id = current_view().group
    if not (plan.groups["group_id"] == group_id).any():
        return
    group_card(plan, group_id)
    _stayers(plan, trial.seats[trial.seats["group_id"] == group_id])
    if st.button(t("trial.open_unit"), icon=":material/hub:", key="trial-open-unit"):
        st.switch_page(page_named("groups"))


def _files(plan: Plan, trial: Trial, county: str) -> None:
    seats = int(plan.groups["group_id"].isin(trial.units["group_id"]).sum())
    with st.container(horizontal=True):
        for name, content in write_what_if(trial, plan.groups, plan.measures).items():
            rows = seats if name == "survival.csv" else 0
            offer(t("trial.download", name=name), File(name, content, "text/csv", rows, county), key=f"trial-{name}")


def _stayers(plan: Plan, seats: pd.DataFrame) -> None:
    """Say how often each organisation of a unit was with its lead or host again, whatever became of the others."""
    if seats.empty:
        return
    names = plan.measures.set_index("org_id")["name"]
    told = [
        t("trial.stayer", name=names[org_id], share=f"{share:.0%}")
        for org_id, share in seats[["org_id", "total"]].itertuples(index=False)
    ]
    st.caption(plain(t("trial.stayers", orgs=t("app.separator").join(told))))
