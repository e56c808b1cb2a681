"""What somebody typed and has not saved: kept in the store as he works, back after a reload or a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from store.desk import drop_draft, read_draft, save_draft
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable


class Form(NamedTuple):
    """A form, and what it is about: the id of a plan, of an organisation, of a form of list."""

    name: str
    of: str

    @property
    def key(self) -> str:
        """Return where this visit keeps the draft."""
        return f"draft-{self.name}-{self.of}"


def draft_of(form: Form) -> dict[str, Any]:
    """Return what was typed into a form and not saved, {} where there is nothing."""
    if form.key not in st.session_state:
        found = read_draft(the_store(), the_scope(), form.name, of=form.of) or {}
        st.session_state[form.key] = found
        st.session_state[_restored(form)] = bool(found)
    return dict(st.session_state[form.key])


def keep_draft(form: Form, content: dict[str, Any]) -> None:
    """Keep what is typed so far; nothing forgets the draft."""
    if not content:
        forget_draft(form)
        return
    st.session_state[form.key] = content
    save_draft(the_store(), the_scope(), form.name, of=form.of, content=content)


def forget_draft(form: Form) -> None:
    """Forget a draft: it was saved, or thrown away."""
    st.session_state[form.key] = {}
    st.session_state[_restored(form)] = False
    drop_draft(the_store(), the_scope(), form.name, of=form.of)


def say_draft(form: Form, *, discard: Callable[[], None]) -> None:
    """Say that there is something unsaved, or that it is back from before, with the way to throw it away."""
    if not draft_of(form):
        return
    key = "desk.draft.restored" if st.session_state.get(_restored(form)) else "desk.draft.kept"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t(key), width="content")
        st.button(
            t("desk.draft.discard"),
            key=f"discard-{form.key}",
            type="tertiary",
            on_click=discard,
            icon=":material/undo:",
        )


def _restored(form: Form) -> str:
    return f"{form.key}-restored"
