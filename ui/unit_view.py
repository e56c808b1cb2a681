"""A proposed unit as people handle it: locked, annotated, moved to its next state; who did that and when."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from coverage.vocabulary import LOCKED
from store import ConflictError
from store.schema import STATES
from store.units import NEXT_STATES, Unit, annotate_unit, decide, decisions_on, lock_unit, units_of
from ui.choices import worded
from ui.drafts import Form, draft_of, forget_draft, keep_draft, say_draft
from ui.records import actor_text, moment_text
from ui.saving import Edit, row_lines, save, show_outcome
from ui.stores import the_scope, the_store
from ui.widgets import Column, label_of, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ui.saving import Line

_NOTE_CHARS = 500
_DRAFT = "draft"


class _Panel(NamedTuple):
    """A unit, the place where its saves are told of, and what is typed about it."""

    unit: Unit
    place: str
    form: Form


def handled_units(plan_id: str, *, adcode: str = "") -> dict[str, Unit]:
    """Return the units that people handled, or that had to let go, by group_id; of one county where one is given."""
    return units_of(the_store(), the_scope(), plan_id, adcode=adcode, is_handled=True)


def unit_states(handled: Mapping[str, Unit]) -> dict[str, str]:
    """Return the state of each unit that a person moved past 草案, or locked there, by group_id."""
    return {
        group_id: LOCKED if unit.state == _DRAFT else unit.state
        for group_id, unit in handled.items()
        if unit.state != _DRAFT or unit.is_locked
    }


def say_released(handled: Mapping[str, Unit]) -> None:
    """Say which units that people had locked or decided could not stay when the plan was made again."""
    if released := [unit for unit in handled.values() if not unit.members]:
        st.warning(t("desk.unit.released", count=len(released)), icon=":material/group_off:")


def show_unit(plan_id: str, group_id: str) -> None:
    """Show what people decided on a unit, and let them go on."""
    unit = units_of(the_store(), the_scope(), plan_id, group_id=group_id).get(group_id)
    if unit is None:
        return
    panel = _Panel(unit, f"unit-{group_id}", Form("unit", f"{plan_id}/{group_id}"))
    with st.container(key="card-unit"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.html(_standing(unit))
            st.button(
                t("desk.unit.unlock" if unit.is_locked else "desk.unit.lock"),
                key=f"lock-{group_id}",
                icon=":material/lock_open:" if unit.is_locked else ":material/lock:",
                help=t("desk.unit.lock_help"),
                on_click=_lock,
                args=(panel,),
            )
        show_outcome(panel.place)
        _next_state(panel)
        _note(panel)
        _decisions(unit)


def _standing(unit: Unit) -> str:
    locked = t("desk.unit.locked", by=actor_text(unit.locked_by)) if unit.is_locked else t("desk.unit.not_locked")
    state = f'<span class="tag">{escape(t(f"state.{unit.state}"))}</span>'
    return f'<div><b>{escape(t("desk.unit.state"))}</b> {state} <span class="dateline">{escape(locked)}</span></div>'


def _next_state(panel: _Panel) -> None:
    unit = panel.unit
    options = [state for state in STATES if state in NEXT_STATES[unit.state]]
    if not options:
        st.caption(t("desk.unit.last_state"))
        return
    choice, reason, button = st.columns([3, 5, 2], vertical_alignment="bottom")
    choice.selectbox(t("desk.unit.next"), **worded(_state_key(unit), options, lambda code: t(f"state.{code}")))
    key = f"reason-{unit.group_id}"
    if key not in st.session_state:
        st.session_state[key] = draft_of(panel.form).get("reason", "")
    reason.text_input(
        t("desk.unit.reason"), key=key, max_chars=_NOTE_CHARS, on_change=_typed, args=(panel,), placeholder=""
    )
    button.button(
        t("desk.unit.move"), key=f"move-{unit.group_id}", type="primary", on_click=_move, args=(panel,), width="stretch"
    )


def _note(panel: _Panel) -> None:
    unit, key = panel.unit, f"note-{panel.unit.group_id}"
    wanted = draft_of(panel.form).get("note", unit.note)
    if st.session_state.get(key) != wanted:
        st.session_state[key] = wanted
    text, button = st.columns([8, 2], vertical_alignment="bottom")
    text.text_input(t("desk.unit.note"), key=key, max_chars=_NOTE_CHARS, on_change=_typed, args=(panel,))
    button.button(
        t("desk.save"),
        key=f"save-note-{unit.group_id}",
        disabled="note" not in draft_of(panel.form),
        on_click=_annotate,
        args=(panel,),
        width="stretch",
    )
    say_draft(panel.form, discard=lambda: _forget(panel))


def _decisions(unit: Unit) -> None:
    found = decisions_on(the_store(), the_scope(), unit)
    if not found:
        return
    with st.expander(t("desk.unit.decisions", count=len(found))):
        columns = tuple(Column(t(f"desk.unit.{name}"), "short") for name in ("at", "by", "from", "to"))
        lines = (
            (
                moment_text(row.at),
                actor_text(row.actor),
                label_of("state", row.from_state),
                label_of("state", row.to_state),
                row.note,
            )
            for row in found
        )
        plain_table((*columns, Column(t("desk.unit.reason"))), lines)


def _typed(panel: _Panel) -> None:
    """Keep what is typed: the note, with the stored one that it was typed over, and the reason."""
    note, reason = (st.session_state.get(f"{name}-{panel.unit.group_id}", "") for name in ("note", "reason"))
    over = draft_of(panel.form).get("over", panel.unit.note)
    content = {"note": note, "over": over} if note != over else {}
    keep_draft(panel.form, content | ({"reason": reason} if reason else {}))


def _forget(panel: _Panel) -> None:
    """Forget what was typed; the fields show the stored unit again."""
    for name in ("note", "reason"):
        st.session_state.pop(f"{name}-{panel.unit.group_id}", None)
    forget_draft(panel.form)


def _lock(panel: _Panel) -> None:
    wanted = not panel.unit.is_locked
    _save(panel, lambda unit: lock_unit(the_store(), the_scope(), unit, is_locked=wanted), drop=lambda: None)


def _annotate(panel: _Panel) -> None:
    """Write the note over the one it was typed over; other changes of the unit are not in its way."""
    draft = draft_of(panel.form)

    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        unit = _stored(panel.unit)
        if unit.note != draft["over"] and not is_over:
            raise ConflictError({"note": unit.note}, {"note": draft["note"]})
        annotate_unit(the_store(), the_scope(), unit, note=draft["note"])

    save(panel.place, Edit(write, _lines, lambda: _forget(panel)))


def _state_key(unit: Unit) -> str:
    return f"state-{unit.group_id}-{unit.state}"


def _move(panel: _Panel) -> None:
    """Move the unit as the fields say now: what was chosen with the same click is not on the page before."""
    state = str(st.session_state[_state_key(panel.unit)])
    note = str(st.session_state.get(f"reason-{panel.unit.group_id}", ""))
    reason = [(t("desk.unit.reason"), "", note)] if note.strip() else []  # it is nowhere yet, whoever moved it
    _save(
        panel,
        lambda unit: decide(the_store(), the_scope(), unit, state=state, note=note),
        drop=lambda: _forget(panel),
        also=reason,
    )


def _save(
    panel: _Panel, change: Callable[[Unit], object], *, drop: Callable[[], object], also: Sequence[Line] = ()
) -> None:
    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        change(_stored(panel.unit) if is_over else panel.unit)

    save(panel.place, Edit(write, lambda error: [*_lines(error), *also], drop))


def _stored(unit: Unit) -> Unit:
    """Return a unit as it is in the store now."""
    return units_of(the_store(), the_scope(), unit.plan_id, group_id=unit.group_id).get(unit.group_id, unit)


def _lines(error: ConflictError) -> list[Line]:
    labels = {name: t(f"desk.unit.{name}") for name in ("state", "is_locked", "note")}
    return row_lines(error, labels, word=_word)


def _word(name: str, value: Any) -> str:
    if name == "state":
        return label_of("state", value)
    if name == "is_locked":
        return t("desk.unit.locked_word" if value else "desk.unit.not_locked")
    return str(value)
