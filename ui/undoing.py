"""Undo and redo of one's own work on the units of a plan, beside the work itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from store.history import next_steps, undo
from ui.events import action_text, difference_text
from ui.handwork import made_for, perform
from ui.markdown import plain
from ui.saving import show_outcome
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.pipeline import Plan
    from store.handwork import Made
    from store.history import Event
    from ui.current import Current

_PLACE = "undoing"


def undo_bar(current: Current, plan: Plan) -> None:
    """Show the buttons; hovering says what each would take back."""
    steps = next_steps(the_store(), the_scope(), plan_id=current.plan_id)
    with st.container(horizontal=True, gap="small", width="content"):
        for name, event in steps._asdict().items():
            _button(name, event, partial(_take_back, current, plan, event))


def undo_outcome() -> None:
    """Say what came of the last undo."""
    show_outcome(_PLACE)


def _button(name: str, event: Event | None, take_back: Callable[[], None]) -> None:
    told = t(f"workbench.no_{name}") if event is None else _told(name, event)
    st.button(
        t(f"workbench.{name}"),
        key=f"workbench-{name}",
        icon=f":material/{name}:",
        help=plain(told),
        disabled=event is None,
        on_click=take_back,
    )


def _told(name: str, event: Event) -> str:
    what = difference_text(event) or action_text(event)
    return t(f"workbench.{name}_of", action=action_text(event), what=what)


def _take_back(current: Current, plan: Plan, event: Event) -> None:
    def work() -> Made | None:
        needs_county = not {"units", "is_active"}.isdisjoint(event.before or {})  # units, or what planners fixed
        made = made_for(current, plan, event.area) if needs_county else None
        return undo(the_store(), the_scope(), event.number, made=made)

    perform(current, _PLACE, work)
