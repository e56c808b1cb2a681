"""What an app does for its store when it starts: backups, jobs that a crash left, uploads that nobody took up."""

from __future__ import annotations

import streamlit as st

from store.engine import now
from store.keeping import keep_backups
from store.lists import forget_previews
from store.reading import sweep
from store.work import jobs
from ui.jobs import see_to_workers
from ui.stores import the_scope, the_store


def attend() -> None:
    """Open the store and look after it, once a process.

    Raises
    ------
    StoreError
        It cannot be opened.
    """
    _attend(the_store().place)


@st.cache_resource(show_spinner=False)
def _attend(place: str) -> None:
    del place  # the key: tests and tools change the directory
    store, scope = the_store(), the_scope()
    keep_backups(store)
    if not jobs(store, scope):
        sweep(store)
        forget_previews(store, scope, before=now())
    see_to_workers()
