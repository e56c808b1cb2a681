"""The filters of the workbench, kept in the view: they outlive a look at another page, and a link shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage.vocabulary import Form
from ui.choices import worded
from ui.session import change_view, current_view
from ui.widgets import label_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator


def filter_county(
    measures: pd.DataFrame, groups: pd.DataFrame, columns: Sequence[DeltaGenerator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the organisations and units that the visitor's filters keep."""
    first, second, third = columns
    kinds = _several(first, "kinds", sorted(measures["measure"].unique()), words="measure")
    forms = _several(second, "forms", [form.value for form in Form if form in set(groups["form"])], words="form")
    text = _text(third)
    kept = measures[measures["measure"].isin(kinds)] if kinds else measures
    if text:
        found = kept["name"].str.contains(text, case=False, regex=False) | kept["org_id"].str.contains(
            text, regex=False
        )
        kept = kept[found]
    shown = groups[groups["form"].isin(forms)] if forms else groups
    if kinds or text:
        shown = shown[shown["group_id"].isin(shown.loc[shown["org_id"].isin(kept["org_id"]), "group_id"])]
    if forms:
        kept = kept[kept["org_id"].isin(shown["org_id"])]
    return kept, shown


def _several(column: DeltaGenerator, name: str, options: Sequence[str], *, words: str) -> list[str]:
    """Show a filter of the view; codes that the county has none of are passed over, and kept for the next one."""
    asked = [code for code in getattr(current_view(), name).split(";") if code]
    others = [code for code in asked if code not in options]
    key = _in_step(name, [code for code in options if code in asked])
    return column.multiselect(
        t(f"app.groups.{words}"),
        **worded(key, options, lambda code: label_of(words, code)),
        placeholder=t("app.groups.all"),
        on_change=lambda: change_view(**{name: ";".join([*others, *st.session_state[key]])}),
        select_all=False,
    )


def _text(column: DeltaGenerator) -> str:
    key = _in_step("find", current_view().find)
    column.text_input(
        t("app.groups.search"),
        key=key,
        placeholder=t("app.groups.search_hint"),
        on_change=lambda: change_view(find=st.session_state[key].strip()),
    )
    return current_view().find.strip()


def _in_step(name: str, value: object) -> str:
    """Return the widget's key after the view's value went in, where it differs: it would override a click under way."""
    key = f"workbench-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key
