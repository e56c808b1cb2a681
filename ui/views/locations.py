"""Which places to check first, and where they are put right."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage.corrections import POINT
from coverage.pipeline import Plan
from coverage.review import Doubt, Review, count_levels, count_placed, count_statuses, county_choices, review_places
from store.gazetteer import read_landmarks
from store.plans import plan_info
from ui.audience import is_closed_to_leaders
from ui.chrome import guarded
from ui.in_use import plan_in_use
from ui.jobs import see_to_workers
from ui.loading import boundaries, divisions, finished_plan, last_plan, plan_key, plan_number
from ui.location_saving import PLACE, corrected_since, last_saved, seen_corrections, take_back_last, was_saved
from ui.location_view import Desk, show_place
from ui.making import make_now
from ui.markdown import plain
from ui.plan_switch import plan_switch
from ui.planning import LARGE_LIST_ROWS, plan_job, start_plan
from ui.plans import plan_shown, require_plan
from ui.review_view import choices_to_make, queue_table, sentence, show_choices, show_progress, show_queue
from ui.saving import show_outcome
from ui.service_view import show_services
from ui.session import change_view, current_view, show_in_address
from ui.stores import the_scope, the_store
from ui.widgets import date_line
from words import language, t

if TYPE_CHECKING:
    import pandas as pd

    from ui.current import Current
    from ui.location_saving import Saved
    from ui.planning import PlanKey

_AGAIN = "locations-make-again"
_LOOK_SECONDS = 2.0
#: Doubts that a county alone takes away.
_OF_COUNTY = frozenset({Doubt.NO_COUNTY, Doubt.UNKNOWN_COUNTY, Doubt.CONFLICT, Doubt.WEAK_COUNTY})


def show() -> None:
    """Show the page: of the tables made last, so that one correction after the other needs no new plan."""
    current = plan_in_use()
    if current is None or last_plan(current) is None:
        require_plan()
    else:
        plan_shown()
    current = plan_in_use()
    if current is not None:
        _workbench(current)


@st.fragment
def _workbench(current: Current) -> None:
    with guarded():
        show_in_address()
        made = last_plan(current)
        if made is None:
            st.rerun()
        desk = _desk(current, *made)
        points = corrected_since(desk.plan.orgs, desk.seen, field=POINT)
        counties = corrected_since(desk.plan.orgs, desk.seen, field="county")
        done = points | _settled_by_county(desk.review, counties)
        _head(desk)
        if is_closed_to_leaders():
            return
        show_outcome(PLACE)
        _stale(desk, points | counties)
        left, right = st.columns([3, 2])
        with left, st.container(key="card-review"):
            _queue(desk, done, choices_to_make(desk, points | counties))
        with right, st.container(key="card-progress-places"):
            show_progress(desk)
            show_services(desk, made[0])
        if org_id := _chosen(desk, done):
            _steps(desk, org_id, done)
            show_place(desk, org_id)


def _desk(current: Current, key: PlanKey, plan: Plan) -> Desk:
    return Desk(current, plan, *_findings(key, plan, language()), seen_corrections(current))


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Plan: plan_number})
def _findings(
    key: PlanKey, plan: Plan, language: str
) -> tuple[Review, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.Series]:
    """Return what a `Desk` says of a plan, review to statuses."""
    del key, language
    review = review_places(plan)
    choices = county_choices(plan, divisions=divisions(), boundaries=boundaries())
    return review, queue_table(plan, review), choices, count_levels(plan.places), count_statuses(plan, choices)


def _settled_by_county(review: Review, counties: set[str]) -> set[str]:
    """Return those of the corrected counties whose only doubt was the county."""
    rows = review.doubts[review.doubts["org_id"].isin(counties)]
    return {
        org_id
        for org_id, codes in zip(rows["org_id"], rows["doubts"], strict=True)
        if set(codes.split(";")) <= _OF_COUNTY
    }


def _head(desk: Desk) -> None:
    left, middle, right = st.columns([3, 6, 3], vertical_alignment="center")
    left.html(f"<h1>{escape(t('review.title'))}</h1>")
    with middle:
        date_line(desk.plan, desk.current)
    with right:
        plan_switch(desk.current)


def _stale(desk: Desk, corrected: set[str]) -> None:
    """Say what the tables do not hold yet, and offer to make them again; what was saved last can be taken back."""
    saved, is_stale = last_saved(), finished_plan(desk.current) is None
    if is_stale or saved is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="card-stale"):
            if is_stale:
                _offer_plan(desk, len(corrected))
            if saved is not None:
                _offer_undo(desk, saved, corrected)
    if st.session_state.pop(_AGAIN, False):
        make_now(desk.current)
        st.rerun()
    if is_stale and len(desk.plan.orgs) > LARGE_LIST_ROWS:
        _say_job(desk.current)


def _offer_plan(desk: Desk, corrected: int) -> None:
    text = t("review.stale", count=corrected) if corrected else t("review.stale_settings")
    st.markdown(plain(text), width="stretch")
    st.button(
        t("review.replan"),
        key="review-replan",
        icon=":material/refresh:",
        on_click=_ask_again,
        args=(desk.current, len(desk.plan.orgs)),
    )


def _offer_undo(desk: Desk, saved: Saved, corrected: set[str]) -> None:
    st.caption(plain(_saved_text(desk, saved, corrected)), width="content")
    st.button(
        t("review.fix.undo", count=len(saved.names)),
        key="review-undo",
        icon=":material/undo:",
        on_click=take_back_last,
        args=(saved,),
    )


@st.fragment(run_every=_LOOK_SECONDS)
def _say_job(current: Current) -> None:
    """Say that a large list is made again in the background, and show the new tables once they are there."""
    with guarded():
        job = plan_job(plan_key(current))
        if job is None or (job.is_over and finished_plan(current) is None):
            st.caption(t("review.large", rows=f"{LARGE_LIST_ROWS:,}"))
        elif job.is_over:
            st.rerun()
        else:
            see_to_workers()
            st.caption(t("review.running"))


def _saved_text(desk: Desk, saved: Saved, corrected: set[str]) -> str:
    """Return what was saved, and how many further addresses the places confirmed with it will find.

    `corrected` are known already: what the tables do not hold yet of this saving and of those before.
    """
    first, *others = saved.names
    several = t("review.fix.saved_to", count=len(saved.names), name=first)
    told = several if others else t("review.fix.saved_one", name=first)
    further = _placed_by(desk, {each.org_id for each in saved.kept}, corrected)
    return told + t("review.fix.further", count=f"{further:,}") if further > 0 else told


def _placed_by(desk: Desk, org_ids: set[str], corrected: set[str]) -> int:
    """Return how many other addresses are found with the confirmed points of organisations, and not without."""
    places = desk.plan.places
    counties = sorted(set(places.loc[places["org_id"].isin(org_ids), "adcode"]) - {""})
    read = partial(read_landmarks, the_store(), the_scope())
    count = partial(count_placed, desk.plan, beside=corrected | org_ids)
    return sum(count(read(area=code)) - count(read(area=code, without=org_ids)) for code in counties)


def _ask_again(current: Current, orgs: int) -> None:
    """Make the plan with the corrections: a short list at once, a large one as a job."""
    if orgs > LARGE_LIST_ROWS:
        start_plan(plan_key(current), area=plan_info(the_store(), the_scope(), current.plan_id).area)
    else:
        st.session_state[_AGAIN] = True


def _queue(desk: Desk, done: set[str], choices: pd.DataFrame) -> None:
    st.markdown(f"**{plain(sentence(desk.review))}**")
    if desk.review.queue.empty:
        return
    queue, ambiguous = st.tabs(
        [
            t("review.queue", count=f"{len(desk.review.queue):,}"),
            t("review.ambiguous", count=f"{choices['org_id'].nunique():,}"),
        ]
    )
    with queue:
        show_queue(desk, done)
    with ambiguous:
        show_choices(desk, choices)


def _chosen(desk: Desk, done: set[str]) -> str:
    """Return the organisation that the address names, else the first of the queue that waits; "" for none."""
    wanted, saved = current_view().org, was_saved()
    if saved and wanted in done:  # on to the next one behind it
        wanted = _beside(desk, wanted, done)[1] or wanted
        change_view(org=wanted)
    if wanted and desk.plan.orgs["org_id"].eq(wanted).any():
        return wanted
    waiting = desk.review.queue.loc[~desk.review.queue["org_id"].isin(done), "org_id"]
    return "" if waiting.empty else str(waiting.iloc[0])


def _steps(desk: Desk, org_id: str, done: set[str]) -> None:
    """Show which place of the queue this is, with the way to the one before and to the next one that waits."""
    before, behind = _beside(desk, org_id, done)
    number = _number(desk, org_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        _step(before, name="previous", icon=":material/arrow_back:")
        _step(behind, name="next", icon=":material/arrow_forward:")
        if number:
            count = f"{len(desk.review.queue):,}"
            st.caption(t("review.position", place=f"{number:,}", count=count), width="content")
        st.caption(t("review.text"), width="stretch")


def _beside(desk: Desk, org_id: str, done: set[str]) -> tuple[str, str]:
    """Return who stands for the place before in the queue, and for the next one that waits; "" for none."""
    queue, number = desk.review.queue, _number(desk, org_id)
    before = queue.loc[queue["place"] < number, "org_id"]
    behind = queue.loc[(queue["place"] > number) & ~queue["org_id"].isin(done), "org_id"]
    return str(before.iloc[-1]) if len(before) else "", str(behind.iloc[0]) if len(behind) else ""


def _number(desk: Desk, org_id: str) -> int:
    """Return the position of an organisation's place in the queue, 0 for one that is sure."""
    doubts = desk.review.doubts
    here = doubts.loc[doubts["org_id"] == org_id, "place"]
    return int(here.iloc[0]) if len(here) else 0


def _step(org_id: str, *, name: str, icon: str) -> None:
    st.button(
        t(f"review.{name}"),
        key=f"review-{name}",
        icon=icon,
        type="primary" if name == "next" else "secondary",
        disabled=not org_id,
        on_click=change_view,
        kwargs={"org": str(org_id)},
    )
