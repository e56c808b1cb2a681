"""Undo and redo of one's own work on the units of a plan, beside the work itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from store import ConflictError, StoreError
from store.history import next_steps, undo
from ui.events import action_text, difference_text
from ui.markdown import plain
from ui.saving import Edit, nothing, save, show_outcome
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from store.history import Event

_PLACE = "undoing"


def undo_bar(plan_id: str) -> None:
    """Show the buttons; hovering says what each would take back."""
    steps = next_steps(the_store(), the_scope(), plan_id=plan_id)
    with st.container(horizontal=True, gap="small", width="content"):
        _button("undo", steps.undo)
        _button("redo", steps.redo)


def undo_outcome() -> None:
    """Say what came of the last undo."""
    show_outcome(_PLACE)


def _button(name: str, event: Event | None) -> None:
    told = t(f"workbench.no_{name}") if event is None else _told(name, event)
    st.button(
        t(f"workbench.{name}"),
        key=f"workbench-{name}",
        icon=f":material/{name}:",
        help=plain(told),
        disabled=event is None,
        on_click=_take_back,
        args=(event,),
    )


def _told(name: str, event: Event) -> str:
    what = difference_text(event) or action_text(event)
    return t(f"workbench.{name}_of", action=action_text(event), what=what)


def _take_back(event: Event) -> None:
    def write(_is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        try:
            undo(the_store(), the_scope(), event.number)
        except ConflictError as error:
            raise StoreError("store.units_changed") from error

    save(_PLACE, Edit(write, lambda _: (), nothing))
