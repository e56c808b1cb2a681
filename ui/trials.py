"""Trying out one county of the plan in use: found, made at once, or waited for while a worker makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from store.making import Watch
from store.trials import TrialKey, find_trial, make_trial
from store.work import cancel_job
from ui.chrome import guarded
from ui.jobs import job_for, queue_text, see_to_workers, start_job
from ui.making import message_of
from ui.markdown import plain
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from coverage.execution import Progress
    from coverage.pipeline import Plan
    from coverage.whatif import Trial
    from store.work import Job

# Above so many organisations to group a county is tried for longer than a visitor watches a page stand still.
MOST_AT_ONCE = 60
_KIND = "trial"
_LOOK_SECONDS = 1.0


def stored_trial(key: TrialKey) -> Trial | None:
    """Return what trying out came to, None where nobody has tried, or something changed since."""
    return find_trial(the_store(), the_scope(), key)


def offer_trial(plan: Plan, key: TrialKey, *, small: int) -> None:
    """Offer to try out a county, or show how far that is."""
    job = job_for(_KIND, key._asdict())
    if job is not None and not job.is_over:
        _wait_for(key)
        return
    with st.container(key="card-trial-start"):
        st.markdown(t("trial.text"))
        if job is not None:
            _say_end(job)
        if st.button(t("trial.start"), type="primary", icon=":material/experiment:", key="trial-start"):
            _start(plan, key, small=small)


def _start(plan: Plan, key: TrialKey, *, small: int) -> None:
    """Try out a small county at once; have a worker do it with a large one."""
    if small > MOST_AT_ONCE:
        start_job(_KIND, key._asdict(), area=key.area)
        st.rerun()
    place = st.empty()

    def show(progress: Progress) -> None:
        place.progress(progress.done / progress.total, _how_far(progress.done, progress.total))

    make_trial(the_store(), the_scope(), key, plan=plan, watch=Watch(on_done=show))
    st.rerun()


@st.fragment(run_every=_LOOK_SECONDS)
def _wait_for(key: TrialKey) -> None:
    """Show how far a worker is; the result comes by itself."""
    with guarded(), st.container(key="card-trial-progress"):
        job = job_for(_KIND, key._asdict())
        if job is None or job.is_over:
            st.rerun()
        see_to_workers()
        if job.state == "queued":
            st.progress(0.0, queue_text(job))
        else:
            st.progress(job.done / max(job.total, 1), _how_far(job.done, job.total))
        st.caption(t("trial.may_leave"))
        if st.button(t("app.stage.cancel"), key="trial-cancel"):
            cancel_job(the_store(), the_scope(), job.id)


def _how_far(done: int, total: int) -> str:
    return t("trial.progress", done=done, total=total) if total else t("trial.begun")


def _say_end(job: Job) -> None:
    """Say why a worker has no result."""
    if job.state == "cancelled":
        st.info(t("trial.cancelled"), icon=":material/pause_circle:")
    elif job.state == "failed":
        st.error(plain(message_of(job)), icon=":material/error:")
