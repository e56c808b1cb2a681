"""Which plan a page is about, at its head, with the way to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from store.plans import plan_info, plan_infos
from ui.choices import worded
from ui.in_use import look_at
from ui.records import plan_labels
from ui.session import current_view
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from store.plans import PlanInfo
    from ui.current import Current

_KEY = "plan-switch"


def plan_switch(current: Current) -> None:
    """Show the plan of a page among all that are not put away."""
    if current_view().plan not in {"", current.plan_id}:
        st.rerun()  # chosen in a fragment: the whole page is about another plan now
    store, scope = the_store(), the_scope()
    by_id = {plan.id: plan for plan in plan_infos(store, scope)}
    if current.plan_id not in by_id:  # one that was put away, found by its link
        by_id = {current.plan_id: plan_info(store, scope, current.plan_id)} | by_id
    labels = plan_labels(by_id.values())
    if st.session_state.get(_KEY) != current.plan_id:
        st.session_state[_KEY] = current.plan_id
    st.selectbox(
        t("desk.plan_label"),
        **worded(_KEY, list(by_id), lambda plan_id: _option(by_id[plan_id], labels[plan_id])),
        on_change=lambda: look_at(by_id[st.session_state[_KEY]]),
        label_visibility="collapsed",
    )


def _option(plan: PlanInfo, label: str) -> str:
    return t("desk.plan_option", name=t("desk.plan_archived", name=label) if plan.state == "archived" else label)
