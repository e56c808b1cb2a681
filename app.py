"""The page list of the app; everything else is in ui/."""

from __future__ import annotations

import logging

import streamlit as st

from ui.chrome import dress_page, guarded, show_foot
from ui.language import speak
from ui.session import remember_pages
from ui.trouble import is_store_open
from ui.views import comparison, coverage, exports, groups, history, imports, locations, overview, settings
from words import t


def main() -> None:
    """Show the page that the address asks for."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    speak()
    dress_page()
    pages = {
        "overview": st.Page(overview.show, title=t("app.page.overview"), icon=":material/dashboard:", default=True),
        "map": st.Page(coverage.show, title=t("layers.page"), icon=":material/map:", url_path="map"),
        "imports": st.Page(imports.show, title=t("app.page.imports"), icon=":material/upload_file:", url_path="import"),
        "locations": st.Page(
            locations.show, title=t("app.page.locations"), icon=":material/pin_drop:", url_path="location"
        ),
        "groups": st.Page(groups.show, title=t("app.page.groups"), icon=":material/hub:", url_path="groups"),
        "compare": st.Page(
            comparison.show, title=t("app.page.compare"), icon=":material/compare_arrows:", url_path="trial"
        ),
        "exports": st.Page(exports.show, title=t("app.page.exports"), icon=":material/download:", url_path="export"),
        "history": st.Page(history.show, title=t("app.page.history"), icon=":material/history:", url_path="history"),
        "settings": st.Page(settings.show, title=t("app.page.settings"), icon=":material/tune:", url_path="settings"),
    }
    remember_pages(pages)
    page = st.navigation(list(pages.values()), position="top")
    with guarded():
        if is_store_open():
            page.run()
    with guarded():
        show_foot()


if __name__ == "__main__":
    main()
