"""The page while a plan is made: at once with its stage, or as a job that everybody with the link can watch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from store.plans import plan_info
from store.work import cancel_job
from ui.chrome import guarded
from ui.jobs import queue_text, see_to_workers
from ui.loading import areas, finished_plan, plan_key
from ui.markdown import plain
from ui.planning import make_here, plan_job, start_plan
from ui.session import page_named
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.pipeline import Plan
    from store.work import Job
    from ui.current import Current

_STAGES = ("locate", "measure", "group", "count")
_LOOK_SECONDS = 1.0


def make_now(current: Current) -> Plan:
    """Make the plan of a short list, the stage shown on the way."""
    place = st.empty()
    plan = make_here(current.plan_id, lambda stage: _show_stage(place.progress, stage))
    place.empty()
    return finished_plan(current) or plan  # as it was stored: somebody may have edited it since


@st.fragment(run_every=_LOOK_SECONDS)
def wait_for(current: Current) -> None:
    """Show how far a large list is; the page comes by itself when the plan is there."""
    with guarded(), st.container(key="card-progress"):
        if finished_plan(current) is not None:
            st.rerun()
        key = plan_key(current)
        job = plan_job(key) or start_plan(key, area=plan_info(the_store(), the_scope(), current.plan_id).area)
        if job.is_over:
            _show_end(current, job)
            return
        see_to_workers()
        _show_progress(job)
        if st.button(t("app.stage.cancel")):
            cancel_job(the_store(), the_scope(), job.id)
            st.switch_page(page_named("settings"))


def offer_rest(current: Current, plan: Plan) -> None:
    """Say which counties of a plan are not made, and offer to make them."""
    if plan.missing.empty:
        return
    known = areas().by_code
    names = [known[code].name if code in known else code for code in sorted(set(plan.missing["adcode"]))]
    st.warning(plain(t("job.partial", counties=t("app.separator").join(names))), icon=":material/incomplete_circle:")
    if st.button(t("jobs.again"), icon=":material/refresh:"):
        start_plan(plan_key(current), area=plan_info(the_store(), the_scope(), current.plan_id).area)
        st.toast(t("jobs.started"))


def _show_progress(job: Job) -> None:
    if job.state == "queued":
        st.progress(0.0, queue_text(job))
    elif job.total:
        text = t("jobs.counties", done=f"{job.done:,}", total=f"{job.total:,}")
        st.progress(job.done / job.total, text)
    else:
        _show_stage(st.progress, job.stage or _STAGES[0])
    begun = datetime.fromisoformat(job.created_at)
    st.caption(t("app.stage.seconds", seconds=f"{(datetime.now(UTC) - begun).total_seconds():.0f}"))


def _show_end(current: Current, job: Job) -> None:
    """Say why there is no plan, and offer to go on from what is finished."""
    if job.state == "cancelled":
        st.info(t("jobs.cancelled"), icon=":material/pause_circle:")
    else:
        st.error(plain(message_of(job)), icon=":material/error:")
    if st.button(t("jobs.again"), type="primary", icon=":material/refresh:"):
        start_plan(plan_key(current), area=job.area)
        st.rerun(scope="fragment")


def message_of(job: Job) -> str:
    """Return what a job says of its end, in words."""
    try:
        said = json.loads(job.message)
        return t(said["key"], **said["values"])
    except (ValueError, KeyError, TypeError):
        return t(job.message or "job.bug")


def _show_stage(show: Callable[[float, str], object], stage: str) -> None:
    done = (_STAGES.index(stage) if stage in _STAGES else 0) / len(_STAGES)
    show(done, t("app.stage.working", stage=t(f"app.stage.{stage}")))
