"""Everything put right in the list in use: found by name, looked at, taken along as a file, taken back."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from coverage.export import write_sheet
from store.corrections import Correction, corrections_in_force
from ui.choices import worded
from ui.chrome import guarded
from ui.correction_fields import field_label, listed_value, value_text
from ui.correction_view import show_correction
from ui.downloads import File, offer
from ui.loading import stored_list
from ui.records import actor_text, moment_text
from ui.stores import the_scope, the_store
from ui.widgets import pick_table
from words import t

if TYPE_CHECKING:
    from ui.current import Current

_CHOSEN: Final = "correction-chosen"
_MOST: Final = 50
_HEIGHT: Final = 250
# Columns and their widths, px
_WIDTHS: Final = {"name": 220, "field": 110, "listed": 180, "value": 180, "by": 90, "at": 130, "why": 200}


def show_corrections(current: Current) -> None:
    """Show the corrections of a list, and the form of the organisation that is chosen there or searched for."""
    with st.container(key="card-corrections"), guarded():
        st.html(f"<h2>{escape(t('desk.corrections.title'))}</h2>")
        st.caption(t("desk.correct.text"))
        found = corrections_in_force(the_store(), the_scope(), list_id=current.list_id)
        if found:
            _table(current, found)
        org_id = _search(current)
        if org_id:
            show_correction(current, org_id, is_open=True)


def _search(current: Current) -> str:
    """Return the organisation that is searched for, else the one that was clicked; "" for none."""
    left, right = st.columns(2)
    text = left.text_input(
        t("desk.corrections.search"), key="corrections-search", placeholder=t("app.groups.search_hint")
    ).strip()
    if not text:
        return str(st.session_state.get(_CHOSEN, ""))
    orgs = stored_list(current.list_id).orgs
    is_found = orgs["name"].str.contains(text, case=False, regex=False) | orgs["org_id"].str.contains(text, regex=False)
    hits = orgs.loc[is_found, ["org_id", "name"]].head(_MOST)
    if hits.empty:
        left.caption(t("desk.corrections.nobody"))
        return ""
    names = dict(zip(hits["org_id"], hits["name"], strict=True))
    chosen = right.selectbox(
        t("desk.corrections.hits", count=int(is_found.sum())),
        **worded(
            "corrections-hit", list(names), lambda org_id: t("desk.corrections.hit", name=names[org_id], id=org_id)
        ),
    )
    return str(chosen)


def _table(current: Current, found: list[Correction]) -> None:
    sheet = corrections_sheet(current, found)
    pick_table(
        sheet.drop(columns="org_id").set_axis(sheet["org_id"]),
        key=f"corrections-{len(found)}-{current.list_id}",
        columns={
            name: st.column_config.Column(t(f"column.corrections.{name}"), width=width)
            for name, width in _WIDTHS.items()
        },
        pick=lambda org_id: st.session_state.update({_CHOSEN: org_id}),
        height=_HEIGHT,
    )
    offer(
        t("desk.corrections.download", count=len(found)),
        File("corrections.csv", lambda: write_sheet(sheet, of="corrections"), "text/csv", rows=len(found)),
        key="corrections-file",
    )


def corrections_sheet(current: Current, found: list[Correction]) -> pd.DataFrame:
    """Return a row for each correction in force: what the list says, what it is corrected to, by whom and when."""
    orgs = stored_list(current.list_id).orgs
    wanted = orgs[orgs["org_id"].isin([each.org_id for each in found])]
    listed = {str(org["org_id"]): org for org in wanted.to_dict("records")}
    rows = [
        (
            each.org_id,
            str(listed[each.org_id]["name"]),
            field_label(each.field),
            value_text(each.field, listed_value(listed[each.org_id], each.field)),
            value_text(each.field, each.value),
            actor_text(each.actor),
            moment_text(each.at),
            each.note,
        )
        for each in found
        if each.org_id in listed
    ]
    return pd.DataFrame(rows, columns=["org_id", *_WIDTHS], dtype="str")
