"""The page in place of all others while the store cannot be opened: what is wrong, what to do, that nothing is lost."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from store import StoreError
from ui.attending import attend
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_store_open() -> bool:
    """Open the store, or show why that cannot be done; say whether the pages may go on."""
    try:
        attend()
    except StoreError as error:
        _show(error)
        return False
    return True


def _show(error: StoreError) -> None:
    name = error.key.removeprefix("store.")
    steps = "".join(f"<li>{escape(step)}</li>" for step in _steps(name))
    st.html(
        f'<div class="trouble" role="alert"><h1>{escape(t("desk.trouble.title"))}</h1>'
        f'<p class="trouble-what">{escape(t(error.key, **error.values))}</p>'
        f"<h2>{escape(t('desk.trouble.steps'))}</h2><ol>{steps}</ol>"
        f'<p class="dateline">{escape(t("desk.trouble.safe"))}</p></div>'
    )
    _, middle, _ = st.columns([3, 1, 3])
    if middle.button(t("desk.trouble.again"), type="primary", icon=":material/refresh:", width="stretch"):
        st.rerun()


def _steps(name: str) -> Iterator[str]:
    """Yield what to do, in order."""
    known = name if has_text(f"desk.trouble.{name}.1") else "other"
    number = 1
    while has_text(f"desk.trouble.{known}.{number}"):
        yield t(f"desk.trouble.{known}.{number}")
        number += 1
