"""The plan this visitor looks at: that of the link, else his last one; nobody else's choice changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.current import read_current, use_plan
from ui.session import change_view, current_view, forget_view, show_in_address
from words import t

if TYPE_CHECKING:
    from store.plans import PlanInfo
    from ui.current import Current

_MISSING = "plan-of-link-missing"


def plan_in_use() -> Current | None:
    """Return the plan that the address names, else this user's last one, which the address then names."""
    wanted = current_view().plan
    current = read_current(wanted)
    found = "" if current is None else current.plan_id
    if wanted and found != wanted:
        st.session_state[_MISSING] = True
    if found != wanted:
        change_view(plan=found)
    show_in_address()
    return current


def say_missing() -> None:
    """Say once that a link led to a plan that is gone or out of reach, and that another one is shown."""
    if st.session_state.pop(_MISSING, False):
        st.warning(t("desk.link_missing"), icon=":material/link_off:")


def look_at(plan: PlanInfo) -> None:
    """Go to another plan, from its own start, and find it again after a restart."""
    use_plan(plan)
    forget_view(plan=plan.id)
