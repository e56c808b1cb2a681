"""The language of the app: one for everybody who uses this store, chosen on the settings page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from store import StoreError
from store.desk import choose, chosen
from ui.breakdown_view import broken_down
from ui.choices import worded
from ui.export_files import export_files
from ui.loading import areas
from ui.map_tables import listed_orgs, map_tables
from ui.stores import the_scope, the_store
from words import LANGUAGES, language, t, use_language

if TYPE_CHECKING:
    from store import Scope

_EVERYBODY: Final = "everybody"
_CHOICE: Final = "language"
_KEY: Final = "language"
#: What is kept for all visitors and holds words; all other such things hold codes.
_WORDED: Final = (areas, broken_down, export_files, listed_orgs, map_tables)


def speak() -> None:
    """Speak the language that was chosen; what is kept in the words of another one is made again."""
    wanted = _chosen()
    if wanted != language():
        use_language(wanted, everywhere=True)
        st.cache_data.clear()
        for cached in _WORDED:
            cached.clear()


def language_switch() -> None:
    """Show the switch: a selection that everybody sees from the next run on."""
    if st.session_state.get(_KEY) not in LANGUAGES:
        st.session_state[_KEY] = language()
    st.segmented_control(
        t("app.language.label"),
        **worded(_KEY, LANGUAGES, lambda code: t(f"app.language.{code}")),
        on_change=_choose,
        required=True,
        help=t("app.language.help"),
    )


def _choose() -> None:
    choose(the_store(), _everybody(), _CHOICE, value=st.session_state[_KEY])


def _chosen() -> str:
    try:
        kept = chosen(the_store(), _everybody(), _CHOICE)
    except StoreError:  # the page says what is wrong with the store, in the language spoken last
        return language()
    return kept if kept in LANGUAGES else LANGUAGES[0]


def _everybody() -> Scope:
    return the_scope()._replace(actor=_EVERYBODY)
