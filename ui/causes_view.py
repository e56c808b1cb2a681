"""Why the headline figures of an area moved since the list before: new, gone, new units, corrected counts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui.comparison_tables import figure_table, figures_of_area
from ui.comparison_view import comparison_before
from ui.markdown import plain
from ui.planning import LARGE_LIST_ROWS
from ui.replaced import read_earlier
from words import t

if TYPE_CHECKING:
    from ui.areas import Area
    from ui.current import Current

_ASKED = "causes-asked"


def show_causes(current: Current, area: Area) -> None:
    """Show the causes where the list in use replaced another; a large one is compared when somebody asks for it."""
    earlier = read_earlier(current.list_id)
    if earlier is None or earlier.plan is None:
        return
    with st.container(key="card-causes"):
        st.html(f"<h2>{escape(t('app.causes.title', area=area.name))}</h2>")
        st.caption(plain(t("app.comparison.between", old=t("app.separator").join(earlier.files))))
        is_large = earlier.info.rows_ok > LARGE_LIST_ROWS and st.session_state.get(_ASKED) != current.plan_id
        if is_large and not st.button(
            t("app.causes.ask"), icon=":material/query_stats:", help=t("app.comparison.large")
        ):
            return
        st.session_state[_ASKED] = current.plan_id
        with st.spinner(t("app.comparison.working")):
            comparison = comparison_before(current, earlier)
        rows = figures_of_area(comparison.figures, adcode=area.adcode, level=area.level)
        if not rows:
            st.caption(t("app.no_orgs_here"))
            return
        figure_table(rows)
