"""Activity venues on the import page: chosen, looked at, used by the plans from then on, and removed again."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage.intake import Source
from coverage.venues import VenueList, read_venues
from geo.crs import CRS_NAMES
from ui.choices import worded
from ui.chrome import guarded
from ui.markdown import plain
from ui.problem_table import show_problems
from ui.session import current_view
from ui.venues import forget_venues, keep_venues, read_kept_venues, venues_in_use
from words import t

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from ui.session import current_view
from ui.venues import VenuesInUse

_KINDS = ["csv", "xlsx"]
_ROUND = "venues-round"
# No point of the file says its coordinate system.
_UNSTATED = "V13"


def show_venues() -> None:
    """Show the venues in use, and take others."""
    with st.container(key="card-venues"), guarded():
        st.html(f"<h2>{escape(t('app.venues.title'))}</h2>")
        st.caption(t("app.venues.text"))
        file = st.file_uploader(t("app.venues.upload"), type=_KINDS, key=f"venues-{st.session_state.get(_ROUND, 0)}")
        if file is not None:
            _preview(file)
        elif (in_use := venues_in_use(current_view().plan)) is not None:
            _kept(in_use)


def _preview(file: UploadedFile) -> None:
    """Show what was read before it is used; nothing in the numbers says which system they are in, so ask."""
    source = Source(file.name, file.getvalue())
    found, crs = read_venues(source, crs=None), None
    needs_crs = bool(found.problems["code"].eq(_UNSTATED).any())
    if needs_crs:
        crs = st.radio(
            t("app.venues.crs"),
            **worded(f"crs-{file.file_id}", CRS_NAMES, lambda name: t(f"app.crs.{name}")),
            index=None,
            horizontal=True,
        )
        found = read_venues(source, crs=crs)
    is_ready = not found.venues.empty and (crs is not None or not needs_crs)
    if st.button(t("app.venues.use"), type="primary", icon=":material/check:", disabled=not is_ready):
        keep_venues(found, file=source.name, content=source.content, crs=crs, plan_id=current_view().plan)
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.rerun()
    _account(source.name, found)


def _kept(in_use: VenuesInUse) -> None:
    if st.button(t("app.venues.remove"), icon=":material/delete:"):
        forget_venues(current_view().plan)
        st.rerun()
    if found := read_kept_venues(in_use.venues_id):
        _account(in_use.file, found)


def _account(file: str, found: VenueList) -> None:
    counts = {"venues": f"{len(found.venues):,}", "problems": f"{len(found.problems):,}"}
    st.markdown(plain(t("app.venues.counts", file=file, **counts)))
    if len(found.problems):
        show_problems(found.problems, key="venues")
