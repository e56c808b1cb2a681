"""Saving what people share: a conflict is shown with both versions, and the planner says which one stays.

Saves run in callbacks, with what the page showed when the planner pressed the button: so the version that he saw is
the one that is named, and a change of somebody else in between is noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from geo.errors import InputError
from store import ConflictError
from ui.markdown import plain
from ui.widgets import Column, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SAVED = "saved"
#: A field, what somebody else made of it, what this planner wants.
Line = tuple[str, str, str]


class Edit(NamedTuple):
    """One thing to save. `write` takes whether to write over what somebody else did meanwhile."""

    write: Callable[[bool], object]
    lines: Callable[[ConflictError], Iterable[Line]]
    drop: Callable[[], object]  # forgets what was typed: it is saved, or the other's version stays


class _Clash(NamedTuple):
    edit: Edit
    lines: tuple[Line, ...]


def save(place: str, edit: Edit, *, is_over: bool = False) -> None:
    """Save, or remember for `show_outcome` what is in the way; nothing is where the other one did the very same."""
    for key in (_clash_key(place), _error_key(place)):
        st.session_state.pop(key, None)
    try:
        edit.write(is_over)
    except ConflictError as error:
        lines = tuple(edit.lines(error))
        if lines or not _is_done(error):
            st.session_state[_clash_key(place)] = _Clash(edit, lines)
            return
    except InputError as error:
        st.session_state[_error_key(place)] = t(error.key, **error.values)
        return
    edit.drop()
    st.session_state[_SAVED] = True  # said by the page: a callback of a fragment may show nothing


def show_outcome(place: str) -> None:
    """Show what is in the way of the last save at a place: both versions side by side, or what is wrong."""
    if st.session_state.pop(_SAVED, False):
        st.toast(t("desk.saved"), icon=":material/check:")
    if error := st.session_state.get(_error_key(place)):
        st.error(plain(error), icon=":material/error:")
    clash: _Clash | None = st.session_state.get(_clash_key(place))
    if clash is None:
        return
    with st.container(key=f"card-clash-{place}"):
        st.warning(t("desk.conflict.text"), icon=":material/group:")
        plain_table(tuple(Column(t(f"desk.conflict.{name}")) for name in ("field", "theirs", "mine")), clash.lines)
        with st.container(horizontal=True):
            st.button(t("desk.conflict.take_theirs"), key=f"theirs-{place}", on_click=_give_way, args=(place,))
            st.button(
                t("desk.conflict.keep_mine"),
                key=f"mine-{place}",
                type="primary",
                on_click=save,
                args=(place, clash.edit),
                kwargs={"is_over": True},
            )


def row_lines(
    error: ConflictError, labels: Mapping[str, str], *, word: Callable[[str, Any], str] = lambda _, value: str(value)
) -> list[Line]:
    """Return the fields of a row that two people changed; `word` turns field and value into what is shown."""
    return [
        (label, word(name, error.current.get(name)), word(name, error.wanted.get(name)))
        for name, label in labels.items()
        if error.current.get(name) != error.wanted.get(name)
    ]


def _is_done(error: ConflictError) -> bool:
    """Say whether what is wanted is there already: the other one did the very same."""
    wanted = {name: value for name, value in error.wanted.items() if name != "version"}
    return bool(wanted) and all(error.current.get(name) == value for name, value in wanted.items())


def nothing() -> None:
    """Do nothing: there is no draft to forget."""


def _give_way(place: str) -> None:
    clash: _Clash | None = st.session_state.pop(_clash_key(place), None)
    if clash is not None:
        clash.edit.drop()


def _clash_key(place: str) -> str:
    return f"clash-{place}"


def _error_key(place: str) -> str:
    return f"save-error-{place}"
