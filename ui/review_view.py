"""The queue of places to review, the counties to choose, and how far the places of a list are known."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage.export import code_texts, review_sheet, write_sheet
from coverage.locating import RADIUS_M
from coverage.vocabulary import PRECISE
from ui.downloads import File, offer
from ui.labels import county_name
from ui.location_saving import Wish, save_places
from ui.location_view import radius_text
from ui.markdown import plain
from ui.session import change_view
from ui.widgets import Column, label_of, pick_table, plain_table
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from coverage.review import Review
    from ui.location_view import Desk

_HEIGHT = 215
#: Rows of the table in the browser; the file has all.
MOST_ROWS = 1_000
_MOST_CHOICES = 30
_ROW_COLUMNS = [4, 5]
# Columns and their widths, px
_WIDTHS = {"place": 50, "effect": 50, "orgs": 50, "name": 180, "address": 200, "county": 75, "doubts": 180}


def show_queue(desk: Desk, done: set[str]) -> None:
    """Show the queue; the organisations of `done` are put right already."""
    count, is_done = len(desk.review.queue), desk.table.index.isin(done)
    names = desk.table["name"]
    pick_table(
        desk.table.assign(name=names.mask(is_done, t("review.done") + names)),
        key=f"review-{desk.current.plan_id}-{len(done)}",
        columns={
            name: st.column_config.Column(t(f"review.{name}"), width=width, alignment="left")
            for name, width in _WIDTHS.items()
        },
        pick=lambda org_id: change_view(org=org_id),
        height=_HEIGHT,
    )
    if count > MOST_ROWS:
        st.caption(t("review.first_rows", shown=f"{MOST_ROWS:,}", count=f"{count:,}"))


def queue_table(plan: Plan, review: Review) -> pd.DataFrame:
    """Return the first places of the queue as the page shows them; the index is the organisation that stands for it."""
    queue = review.queue.head(MOST_ROWS).set_index("org_id")
    org_ids = queue.index.to_series()
    orgs, doubts = rows_of(plan.orgs, org_ids), rows_of(review.doubts, org_ids)
    about = {"name": orgs["name"], "address": orgs["address"]}
    about |= {"county": rows_of(plan.places, org_ids)["county_name"]}
    about |= {"doubts": code_texts(doubts["doubts"], prefix="doubt")}
    return queue[["place", "effect", "orgs"]].assign(**about)


def rows_of(table: pd.DataFrame, org_ids: pd.Series) -> pd.DataFrame:
    """Return the rows of some organisations in their order; a large table is not laid out anew for a few rows."""
    return table[table["org_id"].isin(org_ids)].set_index("org_id").loc[org_ids]


def sentence(review: Review) -> str:
    """Return what the places to review decide, in one sentence."""
    if review.queue.empty:
        return t("review.all_sure")
    if not review.places:
        return t("review.sentence_none")
    kind = "both" if review.units and review.orgs_open else "units" if review.units else "orgs"
    counts = {"places": review.places, "units": review.units, "orgs": review.orgs_open}
    return t(f"review.sentence_{kind}", **{name: f"{count:,}" for name, count in counts.items()})


def choices_to_make(desk: Desk, done: set[str]) -> pd.DataFrame:
    """Return the counties to choose from, of those whose county is open and not put right yet, in queue order."""
    found = desk.choices[(desk.choices["status"] != "ok") & ~desk.choices["org_id"].isin(done)]
    place = desk.review.doubts.set_index("org_id")["place"]
    return found.assign(place=found["org_id"].map(place)).sort_values(["place", "org_id"], kind="stable")


def show_choices(desk: Desk, choices: pd.DataFrame) -> None:
    """Show each organisation whose county is open, with a button for each county that may be meant."""
    if choices.empty:
        st.caption(t("review.nobody_ambiguous"))
        return
    waiting = list(dict.fromkeys(choices["org_id"]))
    shown = waiting[:_MOST_CHOICES]
    orgs = rows_of(desk.plan.orgs[["org_id", "name", "address"]], pd.Series(shown, dtype="str"))
    with st.container(height=_HEIGHT, border=False):
        for org_id in shown:
            left, right = st.columns(_ROW_COLUMNS, vertical_alignment="center")
            name, address = escape(str(orgs["name"][org_id])), escape(str(orgs["address"][org_id]))
            left.html(f'<div><b>{name}</b><div class="dateline">{address}</div></div>')
            with right.container(horizontal=True):
                _choice_buttons(desk, choices[choices["org_id"] == org_id])
    if len(waiting) > _MOST_CHOICES:
        st.caption(t("review.more_hint", count=f"{len(waiting):,}"))


def _choice_buttons(desk: Desk, choices: pd.DataFrame) -> None:
    """Show a button a county; where the listed one contradicts the point, it is the point that wants another place."""
    for number, (org_id, adcode, status) in enumerate(
        zip(choices["org_id"], choices["adcode"], choices["status"], strict=True)
    ):
        if status == "conflict" and not number:
            key = f"choose-{org_id}-point"
            st.button(t("review.fix.wrong_point"), key=key, on_click=change_view, kwargs={"org": org_id})
            continue
        st.button(
            plain(county_name(adcode)),
            key=f"choose-{org_id}-{adcode}",
            on_click=save_places,
            args=(desk.current, Wish((org_id,), {"county": adcode}), desk.seen),
        )


def show_progress(desk: Desk) -> None:
    """Show the organisations by level, with what a level means in the plan, and by status."""
    levels, total = desk.levels, len(desk.plan.places)
    precise = int(levels.loc[levels["level"].isin(PRECISE), "orgs"].sum())
    st.html(f"<h2>{escape(t('review.progress.title'))}</h2>")
    share = f"{precise / total:.1%}" if total else t("app.no_rate")
    st.html(
        f'<div class="dateline">{escape(t("review.progress.precise"))} <b>{precise:,} / {total:,} · {share}</b></div>'
    )
    plain_table(
        (
            Column(t("review.progress.level"), "short"),
            Column(t("review.progress.orgs"), "number"),
            Column(t("review.progress.share"), "number"),
            Column(t("review.progress.radius"), "short"),
            Column(t("review.progress.use_title")),
        ),
        (_level_cells(line, total) for line in levels.to_dict("records") if line["orgs"]),
    )
    parts = (f"{label_of('location_status', status)} {count:,}" for status, count in desk.statuses.items() if count)
    st.caption(plain(t("review.progress.statuses", parts=t("list.separator").join(parts))))
    rows = len(desk.review.doubts)
    if rows:
        offer(
            t("review.download", count=f"{rows:,}"),
            File("review-queue.csv", lambda: write_sheet(review_sheet(desk.plan), of="review"), "text/csv", rows=rows),
            key="review-file",
        )


def _level_cells(line: dict[Any, Any], total: int) -> tuple[str, ...]:
    level = str(line["level"])
    radius_m = line["radius_m"] if pd.notna(line["radius_m"]) else RADIUS_M.get(line["level"], float("nan"))
    return (
        t(f"level.{level}"),
        f"{line['orgs']:,}",
        f"{line['orgs'] / total:.1%}",
        radius_text(radius_m),
        t(f"review.progress.use.{level}"),
    )
