"""All lists and plans by name: chosen, renamed, put away, brought back, and saved under another name."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from store import lists as store_lists
from store import plans as store_plans
from ui.choices import worded
from ui.chrome import guarded
from ui.in_use import look_at
from ui.markdown import plain
from ui.records import actor_text, files_text, moment_text, plan_labels, settings_text
from ui.saving import Edit, nothing, row_lines, save, show_outcome
from ui.session import page_named
from ui.stores import the_scope, the_store
from ui.widgets import pick_table, table_height
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from store import ConflictError
    from store.lists import ListInfo
    from store.plans import PlanInfo
    from ui.current import Current
    from ui.saving import Line

_PLACE = "lists"
_CHOSEN = "lists-chosen"
_HEIGHT = 213
_NAME_CHARS = 80
# Columns and their widths, px
_WIDTHS = {"name": 170, "files": 150, "rows": 80, "plans": 50, "at": 125, "by": 75, "state": 70}


def show_lists(current: Current | None) -> None:
    """Show every list with its plans; nothing where there is none yet."""
    store, scope = the_store(), the_scope()
    away = store_lists.list_infos(store, scope, state="archived")
    shown = store_lists.list_infos(store, scope)
    if not shown and not away:
        return
    with st.container(key="card-lists"), guarded():
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.html(f"<h2>{escape(t('desk.lists.title'))}</h2>")
            if st.toggle(t("desk.lists.archived", count=len(away)), key="lists-archived"):
                shown = [*shown, *away]
        show_outcome(_PLACE)
        left, right = st.columns([3, 2])
        with left:
            _table(shown, current)
        chosen = _chosen(shown, current)
        with right:
            if chosen is not None:
                _about(chosen, current)


def _table(shown: list[ListInfo], current: Current | None) -> None:
    counts = pd.Series([plan.dataset_id for plan in store_plans.plan_infos(the_store(), the_scope())]).value_counts()
    in_use = current.list_id if current else ""
    table = pd.DataFrame(
        {
            "name": [t("desk.lists.in_use", name=info.name) if info.id == in_use else info.name for info in shown],
            "files": [files_text(info) for info in shown],
            "rows": [info.rows_ok for info in shown],
            "plans": [int(counts.get(info.id, 0)) for info in shown],
            "at": [moment_text(info.created_at) for info in shown],
            "by": [actor_text(info.created_by) for info in shown],
            "state": [t(f"desk.list_state.{info.state}") for info in shown],
        },
        index=[info.id for info in shown],
    )
    pick_table(
        table,
        key="lists-table",
        columns={name: st.column_config.Column(t(f"desk.lists.{name}"), width=_WIDTHS[name]) for name in _WIDTHS},
        pick=lambda list_id: st.session_state.update({_CHOSEN: list_id}),
        height=table_height(len(shown), most=_HEIGHT),
    )


def _chosen(shown: list[ListInfo], current: Current | None) -> ListInfo | None:
    """Return the list clicked, else the one in use, else the newest."""
    by_id = {info.id: info for info in shown}
    wanted = (st.session_state.get(_CHOSEN, ""), current.list_id if current else "")
    return next((by_id[list_id] for list_id in wanted if list_id in by_id), shown[0] if shown else None)


def _about(info: ListInfo, current: Current | None) -> None:
    """Show a list: what can be done with it, and its plans."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(info.name))
        _rename(info.id, info.name, lambda name, is_over: _rename_list(info, name, is_over=is_over))
        is_away = info.state == "archived"
        st.button(
            t("desk.restore" if is_away else "desk.archive"),
            key=f"archive-{info.id}",
            icon=":material/unarchive:" if is_away else ":material/archive:",
            help=t("desk.archive_help"),
            on_click=_archive_list,
            args=(info,),
        )
    store, scope = the_store(), the_scope()
    plans = store_plans.plan_infos(store, scope, list_id=info.id)
    plans += store_plans.plan_infos(store, scope, list_id=info.id, is_archived=True)
    if not plans:
        st.caption(t("desk.no_plans"))
        return
    in_use = current.plan_id if current else ""
    ids = [plan.id for plan in plans]
    by_id = dict(zip(ids, plans, strict=True))
    labels = plan_labels(plans)
    chosen = st.selectbox(
        t("desk.plans_of_list"),
        **worded(
            f"plans-of-{info.id}",
            ids,
            lambda plan_id: _plan_option(by_id[plan_id], labels[plan_id], is_in_use=plan_id == in_use),
        ),
        index=ids.index(in_use) if in_use in ids else 0,
    )
    _plan(by_id.get(chosen, plans[0]), in_use=in_use)


def _plan_option(plan: PlanInfo, label: str, *, is_in_use: bool) -> str:
    if plan.state == "archived":
        return t("desk.plan_archived", name=label)
    return t("desk.lists.in_use", name=label) if is_in_use else label


def _plan(plan: PlanInfo, *, in_use: str) -> None:
    made = {"at": moment_text(plan.created_at), "by": actor_text(plan.created_by)}
    st.caption(plain(t("desk.plan_text", settings=settings_text(plan.settings), **made)))
    with st.container(horizontal=True):
        if st.button(
            t("desk.use_plan"),
            key=f"use-{plan.id}",
            type="primary",
            icon=":material/check:",
            disabled=plan.id == in_use or plan.state == "archived",
        ):
            look_at(plan)
            st.switch_page(page_named("overview"))
        _rename(plan.id, plan.name, lambda name, is_over: _rename_plan(plan, name, is_over=is_over))
        save_as(plan)
        is_away = plan.state == "archived"
        st.button(
            t("desk.restore" if is_away else "desk.archive"),
            key=f"archive-{plan.id}",
            icon=":material/unarchive:" if is_away else ":material/archive:",
            on_click=_archive_plan,
            args=(plan,),
        )


def _rename(of: str, name: str, write: Callable[[str, bool], None]) -> None:
    with st.popover(t("desk.rename"), icon=":material/edit:"):
        new = st.text_input(t("desk.new_name"), name, key=f"name-{of}-{name}", max_chars=_NAME_CHARS).strip()
        st.button(
            t("desk.save"),
            key=f"rename-{of}",
            type="primary",
            disabled=not new or new == name,
            on_click=_save_name,
            args=(write, new),
        )


def _save_name(write: Callable[[str, bool], None], name: str) -> None:
    labels = {"name": t("desk.new_name")}
    save(_PLACE, Edit(lambda is_over: write(name, is_over), lambda error: row_lines(error, labels), nothing))


def save_as(plan: PlanInfo) -> None:
    """Offer a new plan of the same list, and go on to its parameters."""
    with st.popover(t("desk.save_as"), icon=":material/content_copy:"):
        st.caption(t("desk.save_as_help"))
        name = st.text_input(t("desk.new_name"), key=f"copy-name-{plan.id}", max_chars=_NAME_CHARS).strip()
        if st.button(t("desk.save"), key=f"copy-{plan.id}", type="primary", disabled=not name):
            look_at(_copy(plan, name))
            st.switch_page(page_named("settings"))


def _copy(plan: PlanInfo, name: str) -> PlanInfo:
    """Return a new plan of the same list with the same settings and venues."""
    store, scope = the_store(), the_scope()
    made = store_plans.create_plan(store, scope, plan.dataset_id, settings=plan.settings, name=name)
    if not plan.venues_id:
        return made
    return store_plans.change_venues(store, scope, made, venues_id=plan.venues_id)


def _rename_list(info: ListInfo, name: str, *, is_over: bool) -> None:
    store, scope = the_store(), the_scope()
    seen = store_lists.list_info(store, scope, info.id) if is_over else info
    store_lists.rename_list(store, scope, seen, name=name)


def _rename_plan(plan: PlanInfo, name: str, *, is_over: bool) -> None:
    store, scope = the_store(), the_scope()
    seen = store_plans.plan_info(store, scope, plan.id) if is_over else plan
    store_plans.rename_plan(store, scope, seen, name=name)


def _archive_list(info: ListInfo) -> None:
    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        store, scope = the_store(), the_scope()
        seen = store_lists.list_info(store, scope, info.id) if is_over else info
        change = store_lists.activate_list if info.state == "archived" else store_lists.archive_list
        change(store, scope, seen)

    save(_PLACE, Edit(write, _state_lines, nothing))


def _archive_plan(plan: PlanInfo) -> None:
    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        store, scope = the_store(), the_scope()
        seen = store_plans.plan_info(store, scope, plan.id) if is_over else plan
        change = store_plans.activate_plan if plan.state == "archived" else store_plans.archive_plan
        change(store, scope, seen)

    save(_PLACE, Edit(write, _state_lines, nothing))


def _state_lines(error: ConflictError) -> list[Line]:
    labels = {"name": t("desk.new_name"), "state": t("desk.lists.state")}
    return row_lines(
        error, labels, word=lambda name, value: t(f"desk.list_state.{value}") if name == "state" else str(value)
    )
