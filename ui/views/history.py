"""Who did what and when, before and after; and taking it back."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from geo.errors import InputError
from store import ConflictError
from store.history import Event, history, last_undoable, undo
from ui.audience import is_closed_to_leaders
from ui.choices import worded
from ui.chrome import guarded
from ui.events import action_text, difference_text, differences, object_text
from ui.in_use import plan_in_use
from ui.markdown import plain
from ui.records import actor_text, moment_text
from ui.stores import the_scope, the_store
from ui.widgets import Column, empty_state, pick_table, plain_table, table_height
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHOSE: Final = ("mine", "all")
_CHOSEN: Final = "history-chosen"
_SAID: Final = "history-said"
_MOST: Final = 300
_HEIGHT: Final = 460
# Columns and their widths, px
_WIDTHS: Final = {"number": 70, "at": 130, "by": 90, "action": 130, "object": 220, "change": 420, "undone": 80}


def show() -> None:
    """Show the page."""
    st.html(f"<h1>{escape(t('desk.history.title'))}</h1>")
    with guarded():
        plan_in_use()  # keeps the plan in the address
        if is_closed_to_leaders():
            return
        events = history(the_store(), the_scope(), most=_MOST)
        if not events:
            empty_state(t("desk.history.none_title"), t("desk.history.none_text"))
            return
        shown = _filter(events)
        if said := st.session_state.pop(_SAID, None):
            (st.error if said[0] else st.success)(plain(said[1]))
        left, right = st.columns([5, 2])
        with left:
            _table(shown)
        with right:
            _detail(shown)


def _filter(events: Sequence[Event]) -> list[Event]:
    """Show the filter, and the way to take the last own change back; return the events that the filter keeps."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        whose = st.segmented_control(
            t("desk.history.whose"),
            **worded("history-whose", _WHOSE, lambda value: t(f"desk.history.{value}")),
            default="all",
            required=True,
            label_visibility="collapsed",
        )
        last = last_undoable(the_store(), the_scope())
        if last is not None:
            text = t("desk.history.undo_last_of", action=action_text(last), object=object_text(last))
            st.button(
                t("desk.history.undo_last"),
                key="undo-last",
                icon=":material/undo:",
                help=plain(text),
                on_click=_undo,
                args=(last,),
            )
    actor = the_scope().actor
    return [event for event in events if whose == "all" or event.actor == actor]


def _table(shown: list[Event]) -> None:
    st.caption(t("desk.history.text", count=len(shown)))
    rows = [
        (
            event.number,
            moment_text(event.at),
            actor_text(event.actor),
            action_text(event),
            object_text(event),
            difference_text(event),
            t("desk.history.is_undone") if event.is_undone else "",
        )
        for event in shown
    ]
    pick_table(
        pd.DataFrame(rows, columns=list(_WIDTHS), index=[str(event.number) for event in shown]),
        key=f"history-{len(shown)}-{shown[0].number if shown else 0}",
        columns={
            name: st.column_config.Column(t(f"desk.history.{name}"), width=width) for name, width in _WIDTHS.items()
        },
        pick=lambda number: st.session_state.update({_CHOSEN: number}),
        height=table_height(len(shown), most=_HEIGHT),
    )


def _detail(shown: list[Event]) -> None:
    """Show the chosen change, before and after side by side, and the way to take it back."""
    chosen = st.session_state.get(_CHOSEN, "")
    event = next((event for event in shown if str(event.number) == chosen), None)
    with st.container(key="card-event"):
        if event is None:
            st.caption(t("desk.history.hint"))
            return
        st.html(f'<div class="reason-title">{escape(action_text(event))}</div>')
        st.caption(plain(t("desk.history.done", by=actor_text(event.actor), at=moment_text(event.at))))
        st.markdown(plain(object_text(event)))
        lines = list(differences(event))
        if lines:
            columns = tuple(Column(t(f"desk.history.{name}")) for name in ("field_name", "before", "after"))
            plain_table(columns, lines)
        if event.can_be_undone:
            st.button(
                t("desk.history.undo"), key=f"undo-{event.number}", type="primary", icon=":material/undo:",
                on_click=_undo, args=(event,),
            )  # fmt: skip
        else:
            st.caption(t("desk.history.was_undone" if event.is_undone else "desk.history.no_undo"))


def _undo(event: Event) -> None:
    """Take a change back and remember what is to be said of it."""
    try:
        undo(the_store(), the_scope(), event.number)
    except ConflictError:
        st.session_state[_SAID] = (True, t("desk.history.conflict", object=object_text(event)))
    except InputError as error:
        st.session_state[_SAID] = (True, t(error.key, **error.values))
    else:
        text = t("desk.history.taken_back", action=action_text(event), object=object_text(event))
        st.session_state[_SAID] = (False, text)
