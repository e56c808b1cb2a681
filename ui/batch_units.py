"""Several proposed units at once: locked, moved to the next state, or taken together into one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

import streamlit as st

from geo.errors import InputError
from store import ConflictError
from store.schema import STATES
from store.units import NEXT_STATES, decide, lock_unit, units_of
from ui.choices import worded
from ui.markdown import plain
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from store.units import Unit

_NOTE_CHARS: Final = 500
_SAID: Final = "batch-said"
_STATE: Final = "batch-state"
_REASON: Final = "batch-reason"


class Said(NamedTuple):
    """What came of the last change of several units: how many changed, and what was in the way of the others."""

    done: int
    faults: tuple[str, ...]


def show_batch(plan_id: str, leads: Mapping[str, str], *, adcode: str) -> None:
    """Show what can be done with several units; each is saved by itself, and what fails is named.

    Parameters
    ----------
    leads
        Group_id of each unit, and what it is called by.
    """
    units = _units(plan_id, list(leads), adcode)
    with st.container(key="card-batch"):
        st.html(f"<h3>{escape(t('workbench.batch.title', count=len(units)))}</h3>")
        st.caption(plain(t("app.separator").join(leads[unit.group_id] for unit in units)))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _lock_button(units, is_locked=True)
            _lock_button(units, is_locked=False)
        _state_row(units)


def _units(plan_id: str, group_ids: Sequence[str], adcode: str) -> list[Unit]:
    known = units_of(the_store(), the_scope(), plan_id, adcode=adcode)
    return [known[group_id] for group_id in group_ids if group_id in known]


def _lock_button(units: list[Unit], *, is_locked: bool) -> None:
    name = "lock" if is_locked else "unlock"
    wanted = [unit for unit in units if unit.is_locked != is_locked]
    st.button(
        t(f"workbench.batch.{name}", count=len(wanted)),
        key=f"batch-{name}",
        icon=":material/lock:" if is_locked else ":material/lock_open:",
        disabled=not wanted,
        on_click=_each,
        args=(wanted, lambda unit: lock_unit(the_store(), the_scope(), unit, is_locked=is_locked)),
    )


def _state_row(units: list[Unit]) -> None:
    """Offer the states that at least one of the units can move to; the others stay where they are."""
    options = [state for state in STATES if any(state in NEXT_STATES[unit.state] for unit in units)]
    if not options:
        st.caption(t("desk.unit.last_state"))
        return
    choice, reason, button = st.columns([4, 5, 3], vertical_alignment="bottom")
    if st.session_state.get(_STATE) not in options:
        st.session_state[_STATE] = options[0]
    state = choice.selectbox(t("desk.unit.next"), **worded(_STATE, options, lambda code: _state_option(code, units)))
    reason.text_input(t("desk.unit.reason"), key=_REASON, max_chars=_NOTE_CHARS, placeholder="")
    ready = _ready(units, state)
    button.button(
        t("workbench.batch.move", count=len(ready)),
        key="batch-move",
        type="primary",
        on_click=_move,
        args=(units,),
        width="stretch",
    )
    if len(ready) < len(units):
        st.caption(t("workbench.batch.stay", count=len(units) - len(ready)))


def _move(units: list[Unit]) -> None:
    """Move the units as the fields say now: what was typed with the same click is not on the page before."""
    state, note = str(st.session_state[_STATE]), str(st.session_state.get(_REASON, ""))
    _each(_ready(units, state), lambda unit: decide(the_store(), the_scope(), unit, state=state, note=note))
    st.session_state[_REASON] = ""


def _ready(units: list[Unit], state: str) -> list[Unit]:
    return [unit for unit in units if state in NEXT_STATES[unit.state]]


def _state_option(state: str, units: list[Unit]) -> str:
    return t("workbench.batch.option", state=t(f"state.{state}"), count=len(_ready(units, state)))


def _each(units: list[Unit], change: Callable[[Unit], object]) -> None:
    """Change each unit, whatever happens to the others."""
    done, faults = 0, []
    for unit in units:
        try:
            change(unit)
            done += 1
        except ConflictError:
            faults.append(t("workbench.batch.conflict", group=unit.group_id))
        except InputError as error:
            faults.append(t("workbench.batch.fault", group=unit.group_id, fault=t(error.key, **error.values)))
    st.session_state[_SAID] = Said(done, tuple(faults))


def batch_outcome() -> None:
    """Say once what came of the last change of several units."""
    said: Said | None = st.session_state.pop(_SAID, None)
    if said is None:
        return
    if said.done:
        st.success(t("workbench.batch.done", count=said.done), icon=":material/check:")
    for fault in said.faults:
        st.error(plain(fault), icon=":material/error:")
