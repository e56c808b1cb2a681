"""Joint branches there are near by: who could join which, and what that would gain. Nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage.export import branches_sheet
from coverage.pipeline import Plan
from ui.loading import plan_number
from ui.session import change_view, current_view
from ui.widgets import pick_table
from words import language, t

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = ("branch", "room_units", "name", "measure_label", "distance_m", "gain", "note")
# Their tables in words, for everybody who looks at them.
_COUNTIES_KEPT = 12
_NUMBERS = ("room_units", "distance_m", "gain")


def show_branches(plan: Plan, orgs: frozenset[str], *, height: int) -> None:
    """Show which of some organisations of a county could join which branch; a click on a row shows one of them."""
    table, group_of = _lines(plan, language())
    table = table[table.index.isin(orgs)]
    pick_table(
        table,
        key=f"branch-table-{current_view().area}",
        columns=_columns(),
        pick=lambda org_id: change_view(org=org_id, group=group_of.get(org_id, "")),
        height=height,
    )
    st.caption(t("app.groups.branches_note"))


@st.cache_resource(show_spinner=False, max_entries=_COUNTIES_KEPT, hash_funcs={Plan: plan_number})
def _lines(plan: Plan, language: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return who could join which branch in words, by org_id, and the unit that each of them is in."""
    del language  # a key
    sheet = branches_sheet(plan)
    measures = plan.measures[plan.measures["org_id"].isin(sheet["org_id"])]
    numbers = {name: sheet[name].astype("float64") for name in _NUMBERS}
    group_of = dict(zip(measures["org_id"], measures["group_id"], strict=True))
    return sheet.assign(**numbers).set_index("org_id")[list(_SHOWN)], group_of


def _columns() -> dict[str, Any]:
    titles = {name: t(f"column.branches.{name}") for name in _SHOWN if name != "note"} | {"note": t("column.note")}
    numbers = {
        name: st.column_config.NumberColumn(titles[name], format="localized", width="small") for name in _NUMBERS
    }
    texts = {name: st.column_config.TextColumn(titles[name], width="medium") for name in titles.keys() - set(_NUMBERS)}
    return numbers | texts
