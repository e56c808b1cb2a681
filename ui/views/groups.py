"""Who goes with whom, is it allowed, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage.export import code_texts, label_texts, reason_texts, way_out_texts
from coverage.export.quality import quality_text
from coverage.vocabulary import Form, Measure, Role
from ui.branches_view import branches_in, show_branches
from ui.chrome import guarded, notice_line
from ui.correction_view import show_correction
from ui.hand_view import choose_orgs, show_hand
from ui.loading import areas, finished_plan
from ui.map_component import show_map
from ui.markdown import plain
from ui.plan_map import has_point, plan_map
from ui.plans import require_plan
from ui.reason_cards import group_card, org_card
from ui.ruling_view import count_rulings, show_ruling_form, show_rulings
from ui.session import change_view, current_view, show_in_address
from ui.unit_view import say_released, show_unit, unit_states
from ui.widgets import empty_state, label_of, page_head, pick_table, redraw
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.delta_generator import DeltaGenerator

    from coverage.pipeline import Plan
    from ui.current import Current

_MAP_HEIGHT = 530
_TABLE_HEIGHT = 470
_SHORT_TABLE_HEIGHT = 260
_DRAFT = "draft"
# What no compliant unit reaches: the planner's list of open work (RULEBOOK §5.4).
_UNCOVERED = (Measure.PENDING, Measure.REGIONAL, Measure.INDUSTRY)


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
        county = _county_in_view(counties)
        page_head(areas().by_code[county], plan, current, key="groups")
        measures = plan.measures[plan.measures["adcode"] == county]
        groups = plan.groups[plan.groups["adcode"] == county]
        say_released(current.plan_id, adcode=county)
        first, *others = st.columns([5, 4, 3, 3])
        with first:
            _choose_county(counties, county)
        st.caption(plain(quality_text(plan.blocks[plan.blocks["adcode"] == county])))
        kept, shown = _filter(measures, groups, others)
        left, right = st.columns(2)
        with left:
            _map(kept, shown, county)
        with right:
            _card(current, plan, county)
            _tables(current, plan, kept, shown, county=county)


def _counties(plan: Plan) -> pd.DataFrame:
    """Return the counties with organisations: code, name, organisations and proposed units."""
    located = plan.measures[plan.measures["adcode"] != ""]
    counties = located.groupby("adcode", sort=True).agg(name=("county_name", "first"), orgs=("org_id", "size"))
    units = plan.groups.groupby("adcode")["group_id"].nunique()
    return counties.assign(groups=units.reindex(counties.index).fillna(0).astype(int))


def _county_in_view(counties: pd.DataFrame) -> str:
    """Return the county looked at: the view's, else the first one in what the view shows."""
    codes = [str(code) for code in counties.index]
    wanted = current_view().area
    inside = [code for code in codes if wanted in {code, f"{code[:4]}00", f"{code[:2]}0000"}]
    return (inside or codes)[0]


def _choose_county(counties: pd.DataFrame, county: str) -> None:
    codes = [str(code) for code in counties.index]
    key = "choose-county"
    if st.session_state.get(key) != county:  # else it would override a choice under way in the browser
        st.session_state[key] = county
    st.selectbox(
        t("app.groups.county"),
        codes,
        key=key,
        format_func=lambda code: t(
            "app.groups.county_option",
            name=counties.loc[code, "name"],
            orgs=f"{counties.loc[code, 'orgs']:,}",
            groups=f"{counties.loc[code, 'groups']:,}",
        ),
        on_change=lambda: change_view(area=st.session_state[key], group="", org=""),
    )


def _filter(
    measures: pd.DataFrame, groups: pd.DataFrame, columns: Sequence[DeltaGenerator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the organisations and units that the visitor's filters keep."""
    first, second, third = columns
    kinds = first.multiselect(
        t("app.groups.measure"),
        sorted(measures["measure"].unique()),
        format_func=lambda code: label_of("measure", code),
        placeholder=t("app.groups.all"),
    )
    forms = second.multiselect(
        t("app.groups.form"),
        [form.value for form in Form if form in set(groups["form"])],
        format_func=lambda code: label_of("form", code),
        placeholder=t("app.groups.all"),
    )
    text = third.text_input(t("app.groups.search"), placeholder=t("app.groups.search_hint")).strip()
    kept = measures[measures["measure"].isin(kinds)] if kinds else measures
    if text:
        found = kept["name"].str.contains(text, case=False, regex=False) | kept["org_id"].str.contains(
            text, regex=False
        )
        kept = kept[found]
    shown = groups[groups["form"].isin(forms)] if forms else groups
    if kinds or text:
        shown = shown[shown["group_id"].isin(shown.loc[shown["org_id"].isin(kept["org_id"]), "group_id"])]
    if forms:
        kept = kept[kept["org_id"].isin(shown["org_id"])]
    return kept, shown


def _map(measures: pd.DataFrame, groups: pd.DataFrame, county: str) -> None:
    spec = plan_map(measures, groups, area=areas().by_code[county], notice=notice_line(), chosen=current_view().group)
    event = show_map(spec, key="groups", height=_MAP_HEIGHT)
    missing = int((~has_point(measures)).sum())
    if missing:
        st.caption(plain(t("app.groups.without_point", count=f"{missing:,}")))
    if event is None:
        return
    if event.kind == "group":
        change_view(group=event.id, org="")
        redraw()
    if event.kind == "point":
        own = groups.loc[groups["org_id"] == event.id, "group_id"]
        change_view(org=event.id, group=str(own.iloc[0]) if len(own) else "")
        redraw()


def _tables(  # noqa: PLR0917 # the plan in use, its tables, and what the filters keep of them
    current: Current, plan: Plan, measures: pd.DataFrame, groups: pd.DataFrame, *, county: str
) -> None:
    names = plan.measures.set_index("org_id")["name"]
    uncovered = measures[measures["measure"].isin(_UNCOVERED)]
    units, joining = groups["group_id"].nunique(), len(branches_in(plan, county))
    tabs = st.tabs(
        [
            t("app.groups.tab_groups", count=f"{units:,}"),
            t("app.groups.tab_open", count=f"{len(uncovered):,}"),
            t("app.groups.tab_all", count=f"{len(measures):,}"),
            t("hand.tab"),
            t("hand.ruling.listed", count=count_rulings(current, county=county)),
            *([t("app.groups.tab_branches", count=f"{joining:,}")] if joining else []),
        ]
    )
    with tabs[0]:
        _group_table(groups, names, states=unit_states(current.plan_id, adcode=county))
    with tabs[1]:
        _org_table(plan, uncovered, key="open")
    with tabs[2]:
        _org_table(plan, measures, key="all")
    with tabs[3]:
        show_hand(current, plan, county)
    with tabs[4]:
        show_rulings(current, plan, county=county)
    if joining:
        with tabs[5]:
            show_branches(plan, county, height=_SHORT_TABLE_HEIGHT)


def _group_table(groups: pd.DataFrame, names: pd.Series, *, states: dict[str, str]) -> None:
    if groups.empty:
        st.info(t("app.groups.no_groups"))
        return
    table = _one_line_a_group(groups, names, states=states)
    pick_table(
        table,
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
        pick=lambda group_id: change_view(group=group_id, org=""),
        height=_SHORT_TABLE_HEIGHT if current_view().group or current_view().org else _TABLE_HEIGHT,
    )


def _one_line_a_group(groups: pd.DataFrame, names: pd.Series, *, states: dict[str, str]) -> pd.DataFrame:
    """Return one row a unit, the order of groups.csv: its lead or host, size, farthest member, warnings."""
    members = groups[groups["role"] == "member"]
    by_group = groups.groupby("group_id", sort=False)
    lines = by_group.agg(
        org_id=("org_id", "first"),
        form=("form", "first"),
        orgs=("org_id", "size"),
        members=("group_members", "first"),
        farthest=("distance_m", "max"),
        warnings=("warnings", "first"),
    )
    state = pd.Series([states.get(group_id, _DRAFT) for group_id in lines.index], index=lines.index, dtype="str")
    similarity = members.groupby("group_id")["similarity"].mean().reindex(lines.index)
    return lines.assign(
        lead=lines["org_id"].map(names),
        form=label_texts(lines["form"], prefix="form"),
        farthest=lines["farthest"].round(),
        similarity=similarity,
        state=label_texts(state, prefix="state"),
        warnings=code_texts(lines["warnings"], prefix="warning"),
    )[["lead", "orgs", "members", "farthest", "similarity", "form", "state", "warnings"]]


def _org_table(plan: Plan, measures: pd.DataFrame, *, key: str) -> None:
    if measures.empty:
        st.info(t("app.groups.no_orgs"))
        return
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
    group_of = dict(zip(measures["org_id"], measures["group_id"], strict=True))
    pick_table(
        table.set_axis(measures["org_id"]),
        key=f"org-table-{key}-{current_view().area}",
        columns=_org_columns(),
        pick=lambda org_id: change_view(org=org_id, group=group_of.get(org_id, "")),
        height=_SHORT_TABLE_HEIGHT if current_view().group or current_view().org else _TABLE_HEIGHT,
    )


def _org_columns() -> dict[str, Any]:
    return {
        "name": st.column_config.TextColumn(t("app.groups.name"), width="medium"),
        "members": st.column_config.NumberColumn(t("app.groups.n"), width="small"),
        "measure": st.column_config.TextColumn(t("app.groups.measure"), width="small"),
        "township": st.column_config.TextColumn(t("app.groups.township"), width="small"),
        "reason": st.column_config.TextColumn(t("app.groups.reason"), width="large"),
        "way_out": st.column_config.TextColumn(t("app.groups.way_out"), width="large"),
    }


def _card(current: Current, plan: Plan, county: str) -> None:
    """Show why: the unit chosen, or the organisation; and what people can do about it."""
    view = current_view()
    if view.group and (plan.groups["group_id"] == view.group).any():
        group_card(plan, view.group)
        group = plan.groups[plan.groups["group_id"] == view.group]
        adcode = str(group["adcode"].iloc[0])
        show_unit(current.plan_id, view.group, adcode=adcode)
        _choose_button(
            current, adcode, tuple(group.loc[group["role"] != Role.HOST, "org_id"]), label=t("hand.add_unit")
        )
    if view.org and (plan.measures["org_id"] == view.org).any():
        org_card(plan, view.org)
        _choose_button(current, county, (view.org,), label=t("hand.add"))
        show_ruling_form(current, plan, view.org, county=county)
        show_correction(current, view.org)
    if not view.group and not view.org:
        st.caption(t("app.groups.hint"))


def _choose_button(current: Current, county: str, orgs: tuple[str, ...], *, label: str) -> None:
    st.button(
        label,
        key=f"choose-{orgs[0]}-{len(orgs)}",
        icon=":material/group_add:",
        on_click=choose_orgs,
        args=(current, county, orgs),
    )
