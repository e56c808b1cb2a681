"""Files that people take along: offered with a button, and noted in the history when it is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from store.history import Export, note_export
from ui.areas import NATION
from ui.chrome import guarded
from ui.session import current_view
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Callable


class File(NamedTuple):
    """A file to take along: how many rows of organisations it has, and of which area it is; "" for all of the plan."""

    name: str
    content: bytes | Callable[[], bytes]
    mime: str
    rows: int = 0
    area: str = ""


@st.fragment
def offer(label: str, file: File, **look: Any) -> None:
    """Show the button of a file of the plan in use. A fragment: the click is noted, and the page stays as it is."""
    with guarded():
        _button(label, file, **{"icon": ":material/download:"} | look)


@st.fragment
def offer_each(files: dict[str, File], **look: Any) -> None:
    """Show the buttons of several files, by their labels; one fragment for all of them."""
    with guarded():
        for label, file in files.items():
            _button(label, file, key=f"offer-{file.name}", **look)


def _button(label: str, file: File, **look: Any) -> None:
    st.download_button(label, file.content, file_name=file.name, mime=file.mime, on_click=_note, args=(file,), **look)


def _note(file: File) -> None:
    area = "" if file.area == NATION else file.area
    with guarded():
        note_export(the_store(), the_scope(), Export(file.name, file.rows, f"plan/{current_view().plan}", area))
