"""Who goes with whom, is it allowed, and what is left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import streamlit as st

from coverage.export import code_texts, label_texts, reason_texts, way_out_texts
from coverage.export.quality import count_unplaced, quality_text
from coverage.pipeline import Plan
from coverage.vocabulary import Measure, Role
from ui.audience import is_closed_to_leaders, is_for_leaders
from ui.batch_units import batch_outcome, show_batch
from ui.branches_view import show_branches
from ui.choices import worded
from ui.chrome import guarded, notice_line
from ui.correction_view import show_correction
from ui.counties import county_map, county_plan
from ui.hand_view import choose_orgs, show_hand
from ui.labels import area_labels
from ui.loading import areas, finished_plan, plan_number
from ui.map_component import show_map
from ui.markdown import plain
from ui.nobody import area_without_orgs, codes_within, say_nobody
from ui.picking import is_forming, say_left_out, take, with_marks
from ui.plan_map import has_point, plan_map
from ui.plans import require_plan
from ui.reason_cards import group_card, org_card
from ui.ruling_view import count_rulings, show_ruling_form, show_rulings
from ui.session import change_view, current_view, show_in_address
from ui.undoing import undo_bar, undo_outcome
from ui.unit_view import handled_units, say_released, show_unit, unit_states
from ui.widgets import empty_state, page_head, pick_rows, pick_table, rows_number, view_switch
from ui.workbench_filters import filter_county
from words import language, t

if TYPE_CHECKING:
    from store.units import Unit
    from ui.current import Current
    from ui.map_spec import MapEvent, MapSpec
    from ui.session import Work
    from ui.widgets import Height

_MAP_HEIGHT = 530
_BESIDE = 400
_SHORT_TABLE_HEIGHT = 260
_DRAFT = "draft"
_WORKS: tuple[Work, ...] = ("look", "form")
# The units chosen together.
_BATCH = "workbench-batch"
_GROUP_COLUMNS = ("lead", "orgs", "members", "farthest", "similarity", "form", "state", "warnings")
# Their tables in words, for everybody who looks at them: some hundred kilobytes each.
_COUNTIES_KEPT = 12
# What no compliant unit reaches: the planner's list of open work (RULEBOOK §5.4).
_UNCOVERED = (Measure.PENDING, Measure.REGIONAL, Measure.INDUSTRY)


class _Desk(NamedTuple):
    """What is worked on: the plan in use, whole and of the county in view, and its units that people handled."""

    current: Current
    plan: Plan
    county: str
    here: Plan
    handled: dict[str, Unit]


def show() -> None:
    """Show the page."""
    current, plan = require_plan()
    _workbench(current, plan)


@st.fragment
def _workbench(current: Current, plan: Plan) -> None:
    with guarded():
        show_in_address()
        plan = finished_plan(current) or plan  # units may have been edited since the whole page ran
        counties = _counties(plan)
        if counties.empty:
            empty_state(t("app.groups.none_title"), t("app.groups.none_text"))
            return
        if (nobody := area_without_orgs(plan, map(str, counties.index))) is not None:
            say_nobody(nobody)
            return
        county = _county_looked_at(plan, _county_in_view(counties))
        with page_head(areas().by_code[county], plan, current, key="groups"):
            if not is_for_leaders():  # its help tells what was done to which unit
                _tools(current, plan)
        if is_closed_to_leaders():
            return
        desk = _desk(current, plan, county)
        here = desk.here
        with st.container():
            say_released(desk.handled)
        first, *others = st.columns([5, 4, 3, 3])
        with first:
            _choose_county(counties, county)
        st.caption(plain(quality_text(here.blocks, unplaced=count_unplaced(here.measures, here.places))))
        kept, shown = filter_county(here.measures, here.groups, others)
        with st.container():
            undo_outcome()
            batch_outcome()
        left, right = st.columns(2)
        with left:
            is_whole = kept is here.measures and shown is here.groups
            spec = county_map(here, county, chosen=current_view().group) if is_whole else None
            spec = with_marks(spec or _some_map(kept, shown, county), current, here.groups, county=county)
            follow = partial(_follow, desk)
            show_map(spec, key="groups", height=_MAP_HEIGHT, beside=_BESIDE, follow=follow)
            _say_missing(kept)
        with right:
            if is_forming():
                with st.container(key="card-hand"):
                    say_left_out()
                    show_hand(current, plan, county)
            else:
                with st.container():  # however much it shows, the tables below keep their open tab
                    _card(desk, shown)
            _tables(desk, kept, shown)


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Plan: plan_number})
def _counties(plan: Plan) -> pd.DataFrame:
    """Return the counties with organisations: code, name, organisations and proposed units."""
    located = plan.measures[plan.measures["adcode"] != ""]
    counties = located.groupby("adcode", sort=True).agg(name=("county_name", "first"), orgs=("org_id", "size"))
    units = plan.groups.groupby("adcode")["group_id"].nunique()
    return counties.assign(groups=units.reindex(counties.index).fillna(0).astype(int))


def _desk(current: Current, plan: Plan, county: str) -> _Desk:
    return _Desk(current, plan, county, county_plan(plan, county), handled_units(current.plan_id, adcode=county))


def _county_in_view(counties: pd.DataFrame) -> str:
    """Return the county looked at: the view's, else the first one in what the view shows."""
    codes = [str(code) for code in counties.index]
    return (codes_within(codes, current_view().area) or codes)[0]


def _county_looked_at(plan: Plan, county: str) -> str:
    """Return the county of the unit or organisation looked at: a link may name another one beside it."""
    view = current_view()
    table, column, wanted = (plan.groups, "group_id", view.group) if view.group else (plan.measures, "org_id", view.org)
    codes = set(table.loc[table[column] == wanted, "adcode"]) - {""} if wanted else set()
    return min(codes) if codes and county not in codes else county


def _choose_county(counties: pd.DataFrame, county: str) -> None:
    codes = [str(code) for code in counties.index]
    names, key = area_labels(codes), "choose-county"

    def words(code: str) -> str:
        orgs, groups = counties.loc[code, ["orgs", "groups"]]
        return t("app.groups.county_option", name=names[code], orgs=f"{orgs:,}", groups=f"{groups:,}")

    if st.session_state.get(key) != county:  # else it would override a choice under way in the browser
        st.session_state[key] = county
    st.selectbox(
        t("app.groups.county"),
        **worded(key, codes, words),
        on_change=lambda: change_view(area=st.session_state[key], group="", org=""),
    )


def _some_map(measures: pd.DataFrame, groups: pd.DataFrame, county: str) -> MapSpec:
    """Return the map of what the filters keep of a county."""
    area = areas().by_code[county]
    return plan_map(measures, groups, area=area, notice=notice_line(), chosen=current_view().group)


def _tools(current: Current, plan: Plan) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        undo_bar(current, plan)
        view_switch("work", _WORKS, label=t("workbench.work.label"), words="workbench.work")


def _say_missing(measures: pd.DataFrame) -> None:
    missing = int((~has_point(measures)).sum())
    if missing:
        st.caption(plain(t("app.groups.without_point", count=f"{missing:,}")))


def _follow(desk: _Desk, event: MapEvent) -> None:
    """Do what a click on the map asks for."""
    if is_forming():
        take(desk.current, desk.plan, event, county=desk.county)
        return
    if event.kind == "group":
        _look_at(group=event.id)
    elif event.kind == "point":
        groups = desk.here.groups
        own = groups.loc[groups["org_id"] == event.id, "group_id"]
        _look_at(org=event.id, group=str(own.iloc[0]) if len(own) else "")


def _look_at(*, group: str = "", org: str = "") -> None:
    """Look at one unit or organisation instead of at several units together."""
    change_view(group=group, org=org)
    st.session_state.pop(_BATCH, None)


def _tables(desk: _Desk, measures: pd.DataFrame, groups: pd.DataFrame) -> None:
    """Show what the filters keep of the county."""
    current, here, county = desk.current, desk.here, desk.county
    uncovered = measures[measures["measure"].isin(_UNCOVERED)]
    joining = here.branches["org_id"].isin(measures["org_id"])
    units = groups["group_id"].nunique()
    tabs = st.tabs(
        [
            t("app.groups.tab_groups", count=f"{units:,}"),
            _left_title(uncovered),
            t("app.groups.tab_all", count=f"{len(measures):,}"),
            t("hand.ruling.listed", count=count_rulings(current, county=county)),
            *([t("app.groups.tab_branches", count=f"{joining.sum():,}")] if len(joining) else []),
        ],
        height="stretch",
    )
    with tabs[0]:
        _group_table(here, groups, states=unit_states(desk.handled))
    with tabs[1]:
        _org_table(here, uncovered, key="open")
    with tabs[2]:
        _org_table(here, measures, key="all")
    with tabs[3]:
        show_rulings(current, desk.plan, county=county)
    if len(joining):
        with tabs[4]:
            show_branches(here, frozenset(here.branches.loc[joining, "org_id"]), height=_SHORT_TABLE_HEIGHT)


def _left_title(left: pd.DataFrame) -> str:
    """Return how many are in no unit: out of everybody's reach, or for a regional or industry-wide unit."""
    unreached = int((left["measure"] == Measure.PENDING).sum())
    counts = {"count": len(left), "unreached": unreached, "pooled": len(left) - unreached}
    return t("app.groups.tab_left", **{name: f"{count:,}" for name, count in counts.items()})


def _group_table(here: Plan, groups: pd.DataFrame, *, states: dict[str, str]) -> None:
    if groups.empty:
        st.info(t("app.groups.no_groups"))
        return
    table = _group_lines(here, language()).loc[groups["group_id"].unique()]
    state = pd.Series([states.get(group_id, _DRAFT) for group_id in table.index], index=table.index, dtype="str")
    pick_rows(
        table.assign(state=label_texts(state, prefix="state"))[list(_GROUP_COLUMNS)],
        key=f"group-table-{current_view().area}",
        columns={
            "lead": st.column_config.TextColumn(t("app.groups.lead"), width="medium"),
            "orgs": st.column_config.NumberColumn(t("app.groups.orgs"), width="small"),
            "members": st.column_config.NumberColumn(t("app.groups.members"), width="small"),
            "farthest": st.column_config.NumberColumn(t("app.groups.farthest"), format="localized", width="small"),
            "similarity": st.column_config.NumberColumn(t("app.groups.similarity"), format="%.2f", width="small"),
            "form": st.column_config.TextColumn(t("app.groups.form"), width="small"),
            "state": st.column_config.TextColumn(t("desk.unit.state"), width="small"),
            "warnings": st.column_config.TextColumn(t("app.groups.warnings"), width="medium"),
        },
        pick=partial(_pick_groups, rows_number(table)),
        height=_table_height(),
    )


@st.cache_resource(show_spinner=False, max_entries=_COUNTIES_KEPT, hash_funcs={Plan: plan_number})
def _group_lines(plan: Plan, language: str) -> pd.DataFrame:
    """Return one row a unit of a county, the order of groups.csv: lead or host, size, farthest member, warnings."""
    del language  # a key
    groups = plan.groups
    members = groups[groups["role"] == "member"]
    lines = groups.groupby("group_id", sort=False).agg(
        org_id=("org_id", "first"),
        form=("form", "first"),
        orgs=("org_id", "size"),
        members=("group_members", "first"),
        farthest=("distance_m", "max"),
        warnings=("warnings", "first"),
    )
    leads = plan.measures[plan.measures["org_id"].isin(lines["org_id"])].set_index("org_id")["name"]
    return lines.assign(
        lead=lines["org_id"].map(leads),
        form=label_texts(lines["form"], prefix="form"),
        farthest=lines["farthest"].round(),
        similarity=members.groupby("group_id")["similarity"].mean().reindex(lines.index),
        warnings=code_texts(lines["warnings"], prefix="warning"),
    )


def _table_height() -> Height:
    """Return how high a table is: below a card it is short, else it ends where the map does."""
    return _SHORT_TABLE_HEIGHT if current_view().group or current_view().org else "stretch"


def _pick_groups(rows: int, group_ids: tuple[str, ...]) -> None:
    """Look at the unit chosen; several are worked on together, as long as the table shows the same rows."""
    st.session_state[_BATCH] = (rows, group_ids) if len(group_ids) > 1 else None
    change_view(group=group_ids[0] if len(group_ids) == 1 else "", org="")


def _org_table(here: Plan, measures: pd.DataFrame, *, key: str) -> None:
    if measures.empty:
        st.info(t("app.groups.no_orgs"))
        return
    group_of = dict(zip(measures["org_id"], measures["group_id"], strict=True))
    pick_table(
        _org_lines(here, language()).loc[measures["org_id"]],
        key=f"org-table-{key}-{current_view().area}",
        columns=_org_columns(),
        pick=lambda org_id: change_view(org=org_id, group=group_of.get(org_id, "")),
        height=_table_height(),
    )


@st.cache_resource(show_spinner=False, max_entries=_COUNTIES_KEPT, hash_funcs={Plan: plan_number})
def _org_lines(plan: Plan, language: str) -> pd.DataFrame:
    """Return one row an organisation of a county, with its measure, why, and the way out in words."""
    del language  # a key
    measures = plan.measures
    table = pd.DataFrame(
        {
            "name": measures["name"],
            "members": measures["n"],
            "measure": label_texts(measures["measure"], prefix="measure"),
            "township": measures["township_name"],
            "reason": reason_texts(measures),
            "way_out": way_out_texts(measures, plan),
        }
    )
    return table.set_axis(measures["org_id"])


def _org_columns() -> dict[str, Any]:
    return {
        "name": st.column_config.TextColumn(t("app.groups.name"), width="medium"),
        "members": st.column_config.NumberColumn(t("app.groups.n"), width="small"),
        "measure": st.column_config.TextColumn(t("app.groups.measure"), width="small"),
        "township": st.column_config.TextColumn(t("app.groups.township"), width="small"),
        "reason": st.column_config.TextColumn(t("app.groups.reason"), width="large"),
        "way_out": st.column_config.TextColumn(t("app.groups.way_out"), width="large"),
    }


def _card(desk: _Desk, shown: pd.DataFrame) -> None:
    """Show why: the unit chosen, or the organisation; and what people can do about it."""
    view = current_view()
    if batch := _batch(desk.here, shown):
        show_batch(desk.current.plan_id, batch, adcode=desk.county)
        return
    here = desk.here
    group = here.groups[here.groups["group_id"] == view.group]
    if not group.empty:
        _steps(list(shown["group_id"].unique()), view.group)
        group_card(here, view.group)
        show_unit(desk.current.plan_id, view.group)
        members = tuple(group.loc[group["role"] != Role.HOST, "org_id"])
        _choose_button(desk.current, desk.county, members, label=t("hand.add_unit"))
    if view.org and (here.measures["org_id"] == view.org).any():
        org_card(here, view.org)
        _choose_button(desk.current, desk.county, (view.org,), label=t("hand.add"))
        show_ruling_form(desk.current, desk.plan, view.org, county=desk.county)
        show_correction(desk.current, view.org)
    if not view.group and not view.org:
        st.caption(t("app.groups.hint"))


def _steps(shown: list[str], group_id: str) -> None:
    """Show the way to the unit before and behind in the table, which may be out of sight below the card."""
    if group_id not in shown:
        st.caption(t("workbench.filtered_out"))
        return
    place = shown.index(group_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        _step("previous", shown[place - 1] if place else "", icon=":material/arrow_back:")
        _step("next", shown[place + 1] if place + 1 < len(shown) else "", icon=":material/arrow_forward:")
        st.caption(t("workbench.step.position", place=f"{place + 1:,}", count=f"{len(shown):,}"), width="content")


def _step(name: str, group_id: str, *, icon: str) -> None:
    st.button(
        t(f"workbench.step.{name}"),
        key=f"step-{name}",
        icon=icon,
        disabled=not group_id,
        on_click=_look_at,
        kwargs={"group": group_id},
    )


def _batch(plan: Plan, shown: pd.DataFrame) -> dict[str, str]:
    """Return the units chosen together, by name; none once the table shows others."""
    rows, group_ids = st.session_state.get(_BATCH) or (0, ())
    lines = _group_lines(plan, language()).loc[shown["group_id"].unique()]
    if not group_ids or rows != rows_number(lines):
        return {}
    return {group_id: str(lines.loc[group_id, "lead"]) for group_id in group_ids}


def _choose_button(current: Current, county: str, orgs: tuple[str, ...], *, label: str) -> None:
    st.button(
        label,
        key=f"choose-{orgs[0]}-{len(orgs)}",
        icon=":material/group_add:",
        on_click=choose_orgs,
        args=(current, county, orgs),
    )
