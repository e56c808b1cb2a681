"""The filters of the coverage map: kept in the view, so that a link shows the same organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import streamlit as st

from coverage.selection import NO_SUPERVISOR, Selection
from coverage.vocabulary import Location, Measure
from ui.choices import worded
from ui.session import change_view, current_view
from ui.widgets import label_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.delta_generator import DeltaGenerator

_MEASURES = tuple(measure.value for measure in Measure if measure != Measure.SMALL)
_CLASSES = tuple(str(number) for number in range(1, 15))
_LEVELS = tuple(level.value for level in Location)
_UNITS = ("", "yes", "no")
# Exactness of those that have no point of their own.
POINTLESS = (Location.TOWN, Location.ZONE, Location.COUNTY, Location.NONE)
_NOTHING = {"measures": "", "classes": "", "supervisor": "", "levels": "", "unit": "", "search": ""}


def selection_in_view(supervisors: Sequence[str]) -> Selection:
    """Return what the view asks for; codes and supervisors that there are not are passed over."""
    view = current_view()
    return Selection(
        measures=_codes(view.measures, _MEASURES),
        classes=_codes(view.classes, _CLASSES),
        supervisor=view.supervisor if view.supervisor in {NO_SUPERVISOR, *supervisors} else "",
        levels=_codes(view.levels, _LEVELS),
        unit=cast("Literal['', 'yes', 'no']", view.unit if view.unit in _UNITS else ""),
        text=view.search.strip(),
    )


def filter_row(selection: Selection, supervisors: Sequence[str]) -> None:
    """Show the filters in one row, with what the view asks for."""
    columns = st.columns([4, 4, 4, 3, 3, 3.4, 1.6])
    _several(columns[0], "measures", _MEASURES, chosen=selection.measures, words="measure")
    _several(columns[1], "classes", _CLASSES, chosen=selection.classes, words="class14")
    _one(columns[2], "supervisor", ("", NO_SUPERVISOR, *supervisors), chosen=selection.supervisor)
    _several(columns[3], "levels", _LEVELS, chosen=selection.levels, words="level")
    _one(columns[4], "unit", _UNITS, chosen=selection.unit)
    key = _synchronised("search", selection.text)
    columns[5].text_input(
        t("layers.filter.search"),
        key=key,
        placeholder=t("layers.filter.search_hint"),
        label_visibility="collapsed",
        on_change=lambda: change_view(search=st.session_state[key].strip()),
    )
    columns[6].button(
        t("layers.filter.clear"),
        key="map-filter-clear",
        help=t("layers.filter.clear_about"),
        disabled=selection == Selection(),
        on_click=change_view,
        kwargs=_NOTHING,
        width="stretch",
    )


def _several(column: DeltaGenerator, name: str, options: Sequence[str], *, chosen: tuple[str, ...], words: str) -> None:
    key = _synchronised(name, list(chosen))
    column.multiselect(
        t(f"layers.filter.{name}"),
        **worded(key, options, lambda code: label_of(words, code)),
        placeholder=t(f"layers.filter.{name}"),
        label_visibility="collapsed",
        on_change=lambda: change_view(**{name: ";".join(st.session_state[key])}),
        select_all=False,
    )


def _one(column: DeltaGenerator, name: str, options: Sequence[str], *, chosen: str) -> None:
    key = _synchronised(name, chosen)
    column.selectbox(
        t(f"layers.filter.{name}"),
        **worded(key, options, _OPTION_TEXTS[name]),
        label_visibility="collapsed",
        on_change=lambda: change_view(**{name: st.session_state[key]}),
    )


def _supervisor_text(name: str) -> str:
    return {"": t("layers.filter.supervisor_all"), NO_SUPERVISOR: t("layers.filter.no_supervisor")}.get(name, name)


def _unit_text(value: str) -> str:
    return t(f"layers.filter.unit_{value or 'all'}")


_OPTION_TEXTS = {"supervisor": _supervisor_text, "unit": _unit_text}


def _synchronised(name: str, value: object) -> str:
    """Return the widget's key after the view's value went in, where it differs: it would override a click under way."""
    key = f"map-filter-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def _codes(text: str, known: Sequence[str]) -> tuple[str, ...]:
    asked = set(text.split(";"))
    return tuple(code for code in known if code in asked)
