"""The plan a page shows: found, made at once, or waited for with the stage it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from ui.chrome import guarded, show_foot
from ui.current import read_current
from ui.demo import use_demo
from ui.loading import finished_plan, plan_key, shelf, stored_list
from ui.planning import LARGE_LIST_ROWS, Progress, make_stored_plan
from ui.session import page_named
from ui.widgets import empty_state
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.pipeline import Plan
    from ui.current import Current

_STAGES = ("locate", "measure", "group", "count")
_LOOK_SECONDS = 1.0


def require_plan() -> tuple[Current, Plan]:
    """Return the list in use and its plan; without a list, or while the plan is made, show that and stop the page."""
    current = read_current()
    if current is None:
        _offer_start()
        _end_page()
    plan = finished_plan(current)
    if plan is None and len(stored_list(current.list_id).orgs) <= LARGE_LIST_ROWS:
        plan = _make_now(current)
    if plan is None:
        _wait_for(current)
        _end_page()
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


def _make_now(current: Current) -> Plan:
    place, key = st.empty(), plan_key(current)
    plan = make_stored_plan(current.plan_id, lambda stage: _show_stage(place.progress, stage))
    place.empty()
    shelf().keep(key, plan)
    return plan


def _show_stage(show: Callable[[float, str], object], stage: str) -> None:
    done = (_STAGES.index(stage) if stage in _STAGES else 0) / len(_STAGES)
    show(done, t("app.stage.working", stage=t(f"app.stage.{stage}")))


@st.fragment(run_every=_LOOK_SECONDS)
def _wait_for(current: Current) -> None:
    """Show how far a large list is; the page comes by itself when the plan is there."""
    with guarded(), st.container(key="card-progress"):
        answer = shelf().look(plan_key(current))
        if not isinstance(answer, Progress):
            st.rerun()
        _show_stage(st.progress, answer.stage)
        st.caption(t("app.stage.seconds", seconds=f"{answer.seconds:.0f}"))
        if st.button(t("app.stage.cancel")):
            shelf().cancel(plan_key(current))
            st.switch_page(page_named("settings"))
