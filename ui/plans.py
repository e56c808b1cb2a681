"""The plan a page shows: found, made at once, or waited for with the stage it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from store.plans import activate_plan, plan_info
from ui.chrome import show_foot
from ui.current import list_of
from ui.demo import use_demo
from ui.in_use import plan_in_use, say_missing
from ui.loading import finished_plan
from ui.making import make_now, offer_rest, wait_for
from ui.markdown import plain
from ui.planning import LARGE_LIST_ROWS
from ui.saving import Edit, nothing, row_lines, save, show_outcome
from ui.session import page_named
from ui.stores import the_scope, the_store
from ui.widgets import empty_state
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from ui.current import Current

_PLACE = "plan-put-away"


def plan_shown() -> Current | None:
    """Return the plan in use; say where it is another one than the link's, and where it was put away."""
    current = plan_in_use()
    say_missing()
    if current is not None:
        _say_away(current)
    return current


def require_plan() -> tuple[Current, Plan]:
    """Return the list in use and its plan; without a list, or while the plan is made, show that and stop the page."""
    current = plan_shown()
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


def _say_away(current: Current) -> None:
    """Say that a plan was put away, and offer to bring it back."""
    if current.is_away:
        left, right = st.columns([8, 1], vertical_alignment="center")
        left.warning(plain(t("desk.away", name=current.name)), icon=":material/archive:")
        label, icon = t("desk.restore"), ":material/unarchive:"
        right.button(label, key="restore-plan", icon=icon, width="stretch", on_click=_restore, args=(current.plan_id,))
    show_outcome(_PLACE)


def _restore(plan_id: str) -> None:
    def write(_: bool) -> None:  # noqa: FBT001 # the signature of Edit.write; there is nothing to write over
        store, scope = the_store(), the_scope()
        activate_plan(store, scope, plan_info(store, scope, plan_id))

    save(_PLACE, Edit(write, lambda error: row_lines(error, {"name": t("desk.new_name")}), nothing))


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
