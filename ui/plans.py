"""The plan a page shows: found, made at once, or waited for with the stage it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from ui.chrome import show_foot
from ui.current import list_of
from ui.demo import use_demo
from ui.in_use import plan_in_use, say_missing
from ui.loading import finished_plan
from ui.making import make_now, offer_rest, wait_for
from ui.planning import LARGE_LIST_ROWS
from ui.session import page_named
from ui.widgets import empty_state
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from ui.current import Current


def require_plan() -> tuple[Current, Plan]:
    """Return the list in use and its plan; without a list, or while the plan is made, show that and stop the page."""
    current = plan_in_use()
    say_missing()
    if current is None:
        _offer_start()
        _end_page()
    plan = finished_plan(current)
    if plan is None and list_of(current).rows_ok <= LARGE_LIST_ROWS:
        plan = make_now(current)
    if plan is None:
        wait_for(current)
        _end_page()
    offer_rest(current, plan)
    return current, plan


def _end_page() -> NoReturn:
    """Stop here: there is nothing more to show, but the foot."""
    show_foot()
    st.stop()


def _offer_start() -> None:
    empty_state(t("app.empty.title"), t("app.empty.text"))
    _, left, right, _ = st.columns([2, 1.2, 1.2, 2])
    if left.button(t("app.empty.demo"), type="primary", icon=":material/play_circle:", width="stretch"):
        use_demo()
        st.rerun()
    if right.button(t("app.empty.upload"), icon=":material/upload_file:", width="stretch"):
        st.switch_page(page_named("imports"))
