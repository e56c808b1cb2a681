"""A geocoding service that the office named, asked for the places of the queue; and what it said of one place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from coverage.online import Judgement, find_questions, review_questions
from coverage.pipeline import Plan
from coverage.review import Review
from geo.errors import InputError
from store.answers import AnswersState, answers_state, count_open
from store.office import office_service, office_services
from store.online import judged_so_far, queries_of
from store.plans import plan_info
from store.work import cancel_job
from ui.chrome import guarded
from ui.jobs import job_for, queue_text, see_to_workers, start_job
from ui.loading import areas, plan_number
from ui.making import message_of
from ui.markdown import plain
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    import pandas as pd

    from geo.providers import Query
    from store.work import Job
    from ui.location_view import Desk
    from ui.planning import PlanKey

_KIND = "ask"
_LOOK_SECONDS = 2.0
#: What of an answer a person may want to look at, and how it is told.
_NOTES = {
    Judgement.TAKEN: "taken",
    Judgement.ELSEWHERE: "elsewhere",
    Judgement.UNDECIDED: "open",
    Judgement.CROWDED: "crowded",
}


def show_services(desk: Desk, key: PlanKey) -> None:
    """Offer to ask a service for the queue, show how far that is, or say how to name one."""
    names = _names()
    if names is None:
        return
    if not names:
        st.caption(t("review.service.none"))
        return
    name = names[0]
    if len(names) > 1:
        name = st.selectbox(t("review.service.choose"), names, key="review-service")
    arguments = {"plan": desk.current.plan_id, "provider": name}
    job = job_for(_KIND, arguments)
    if job is not None and not job.is_over:
        _watch(arguments)
        return
    if job is not None:
        _say_end(job)
    _offer(arguments, desk, key)


def _offer(arguments: dict[str, str], desk: Desk, key: PlanKey) -> None:
    """Offer to ask for what is not answered yet."""
    store, name = the_store(), arguments["provider"]
    identity, state = office_service(store, name).settings.identity, answers_state(store.folder)
    count = _count_open(identity, state, key=key, plan=desk.plan, review=desk.review)
    queries = _queries(key, desk.plan, desk.review)
    offer = "asked" if queries and not count else "offer"
    st.caption(plain(t(f"review.service.{offer}", count=f"{count or len(queries):,}", name=name)))
    ask = t("review.service.ask")
    if st.button(ask, key="review-ask", icon=":material/travel_explore:", disabled=not count):
        start_job(_KIND, arguments, area=plan_info(store, the_scope(), arguments["plan"]).area)
        st.rerun()


def answers_about(desk: Desk, org_id: str) -> list[tuple[str, float, float]]:
    """Return what each service said of where an organisation is, in words, and the point; nothing is asked."""
    plan, store = desk.plan, the_store()
    try:
        services = [office_service(store, name) for name in office_services(store)]
    except InputError:  # `show_services` says so
        return []
    if not services:
        return []
    questions = find_questions(plan.orgs[plan.orgs["org_id"] == org_id], plan.places[plan.places["org_id"] == org_id])
    if questions.empty:
        return []
    found = [(each.name, judged_so_far(store, questions, service=each).iloc[0]) for each in services]
    return [
        (_told(name, row), float(row["lon"]), float(row["lat"])) for name, row in found if row["judgement"] in _NOTES
    ]


def _names() -> tuple[str, ...] | None:
    """Return the services, or say what is wrong with the file and return None."""
    try:
        return office_services(the_store())
    except InputError as error:
        st.warning(plain(t(error.key, **error.values)), icon=":material/cloud_off:")
        return None


def _told(name: str, row: pd.Series) -> str:
    known = areas().by_code.get(str(row["point_adcode"]))
    where = t("providers.note.nowhere") if known is None else known.name
    key = f"providers.note.{_NOTES[Judgement(row['judgement'])]}"
    return t(key, provider=name, label=row["label"], where=where, addresses=row["addresses"])


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Plan: plan_number, Review: lambda _: None})
def _queries(key: PlanKey, plan: Plan, review: Review) -> list[Query]:
    """Return the addresses of the queue that a service may know; key and plan say what the review is of."""
    del key
    return queries_of(review_questions(plan, review))


@st.cache_data(show_spinner=False, max_entries=10, hash_funcs={Plan: plan_number, Review: lambda _: None})
def _count_open(identity: str, state: AnswersState, *, key: PlanKey, plan: Plan, review: Review) -> int:
    """Return how many addresses of the queue are not answered, as long as the answers stand as they do."""
    return count_open(state.folder, identity, _queries(key, plan, review))


@st.fragment(run_every=_LOOK_SECONDS)
def _watch(arguments: dict[str, str]) -> None:
    """Show how far asking is; when it is over, the page comes again with what was found."""
    with guarded():
        job = job_for(_KIND, arguments)
        if job is None or job.is_over:
            st.rerun()
        see_to_workers()
        _show_progress(job)
        cancel = t("review.service.cancel")
        if st.button(cancel, key="review-ask-cancel", icon=":material/stop_circle:", disabled=job.is_cancelled):
            cancel_job(the_store(), the_scope(), job.id)
            st.rerun()


def _show_progress(job: Job) -> None:
    if job.state == "queued":
        st.progress(0.0, queue_text(job))
        return
    share = job.done / job.total if job.total else 0.0
    st.progress(share, t("review.service.running", done=f"{job.done:,}", total=f"{job.total:,}"))


def _say_end(job: Job) -> None:
    """Say what came of asking last, and why it stopped."""
    if job.result:
        counts = {name: f"{count:,}" for name, count in json.loads(job.result).items()}
        st.caption(plain(t("review.service.result", **counts)))
    if job.state in {"partial", "failed"}:
        st.warning(plain(message_of(job)), icon=":material/cloud_off:")
