"""Which plan the one in use is compared with, and in what the two differ before anything is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from store import StoreError
from store.lists import list_info
from store.plans import plan_info, plan_infos
from ui.choices import worded
from ui.current import list_of, read_current
from ui.events import settings_differences
from ui.in_use import look_at
from ui.lists_view import save_as
from ui.records import moment_text, plan_labels
from ui.replaced import read_earlier
from ui.session import change_view, current_view
from ui.stores import the_scope, the_store
from ui.widgets import Column, empty_state, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store.lists import ListInfo
    from store.plans import PlanInfo
    from ui.current import Current

_KEY = "compare-other"


def other_plans(current: Current) -> dict[str, PlanInfo]:
    """Return the plans that the one in use can be compared with, by id; one that was put away by its link alone."""
    store, scope = the_store(), the_scope()
    found = {plan.id: plan for plan in plan_infos(store, scope) if plan.id != current.plan_id}
    wanted = current_view().other
    if wanted and wanted not in found and wanted != current.plan_id:
        try:
            found = {wanted: plan_info(store, scope, wanted)} | found
        except StoreError:  # a link to a plan that is gone, or out of reach
            change_view(other="")
    return found


def choose_other(current: Current, others: dict[str, PlanInfo]) -> Current | None:
    """Show the choice of plan A and what differs from B; return A, None where there is no other plan."""
    with st.container(key="card-plans-choice"):
        if not others:
            _offer_second(current)
            return None
        wanted = current_view().other
        shown = wanted if wanted in others else _nearest(current, others.values())
        if st.session_state.get(_KEY) != shown:  # else it would override a choice under way in the browser
            st.session_state[_KEY] = shown
        left, right = st.columns([2, 3])
        with left:
            _choice(current, others, shown)
        other = read_current(shown)
        if other is None or other.plan_id != shown:  # put out of reach a moment ago
            return None
        with right:
            _differences(other, current)
        return other


def _offer_second(current: Current) -> None:
    empty_state(t("plans.none_title"), t("plans.none_text"))
    _, middle, _ = st.columns([3, 1, 3])
    with middle:
        save_as(plan_info(the_store(), the_scope(), current.plan_id))


def _choice(current: Current, others: dict[str, PlanInfo], shown: str) -> None:
    labels = plan_labels(others.values())
    st.selectbox(
        t("plans.other"),
        **worded(
            _KEY,
            list(others),
            lambda plan_id: t("plans.option", name=labels[plan_id], as_of=others[plan_id].settings.as_of.isoformat()),
        ),
        on_change=lambda: change_view(other=st.session_state[_KEY]),
    )
    with st.container(horizontal=True):
        st.button(
            t("plans.swap"),
            icon=":material/swap_horiz:",
            key="plans-swap",
            on_click=_swap,
            args=(current, others[shown]),
        )
        save_as(plan_info(the_store(), the_scope(), current.plan_id))


def _nearest(current: Current, others: Iterable[PlanInfo]) -> str:
    """Return the id of the plan of the list before, else the newest of the same list, else the newest."""
    earlier = read_earlier(current.list_id)
    before = earlier.plan.plan_id if earlier is not None and earlier.plan is not None else ""
    order = sorted(others, key=lambda plan: (plan.id != before, plan.dataset_id != current.list_id))
    return order[0].id


def _swap(current: Current, other: PlanInfo) -> None:
    area = current_view().area
    look_at(other)
    change_view(other=current.plan_id, tab="plans", area=area)


def _differences(other: Current, current: Current) -> None:
    """Show both plans by name, their lists where these differ, and the parameters in which they do."""
    different = list(settings_differences(other.settings, current.settings))
    lines = []
    if other.list_id != current.list_id:
        info = list_info(the_store(), the_scope(), other.list_id)
        lines.append((t("plans.list"), _list_text(info), _list_text(list_of(current))))
    columns = (
        Column(t("plans.parameter", count=len(different))),
        Column(t("plans.side", side="A", name=other.name)),
        Column(t("plans.side", side="B", name=current.name)),
    )
    plain_table(columns, [*lines, *different])
    if not different:
        st.caption(t("plans.same_settings"))


def _list_text(info: ListInfo) -> str:
    return t("plans.list_text", name=info.name, rows=f"{info.rows_ok:,}", at=moment_text(info.created_at))
