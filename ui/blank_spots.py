"""What is open in an area: how many organisations wait for which step, the most first."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from coverage.areas import area_codes
from coverage.pipeline import Plan
from coverage.vocabulary import Measure
from ui.loading import plan_number
from ui.session import change_view, page_named
from ui.widgets import Column, plain_table
from words import t

if TYPE_CHECKING:
    import pandas as pd

    from ui.areas import Area

#: 应建未建, 未联建, 无党员, 待摸排 and what stands before them, with the measures that each is made of.
SPOTS: Final[dict[str, tuple[Measure, ...]]] = {
    "due": (Measure.BUILD_OWN,),
    "apart": (Measure.INSTRUCTOR_OWN, Measure.JOINT, Measure.ATTACHED, Measure.REGIONAL, Measure.INDUSTRY),
    "unreached": (Measure.PENDING,),
    "nobody": (Measure.LIAISON,),
    "unknown": (Measure.UNKNOWN,),
    "superior": (Measure.AFFILIATION,),
}
_DIGITS: Final = {"nation": 0, "province": 2, "city": 4, "county": 6}


def show_blank_spots(plan: Plan, area: Area) -> None:
    """Show how many organisations of an area wait for which step."""
    st.html(f"<h2>{escape(t('app.spots.title', area=area.name))}</h2>")
    columns = (Column(t("app.spots.kind")), Column(t("app.spots.count"), "number"), Column(t("app.spots.next")))
    counts = blank_spots(plan, area)
    if not any(counts.values()):
        st.caption(t("app.spots.none"))
        return
    lines = (
        (t(f"app.spots.{kind}.name"), f"{count:,}", t(f"app.spots.{kind}.next"))
        for kind, count in counts.items()
        if count
    )
    plain_table(columns, lines)
    if st.button(t("app.spots.map"), key="spots-map", icon=":material/map:", type="tertiary"):
        change_view(area=area.adcode, group="", org="")
        st.switch_page(page_named("map"))


def blank_spots(plan: Plan, area: Area) -> dict[str, int]:
    """Return how many organisations of an area are of each kind, in the order of `SPOTS`."""
    return _counted(plan, area, mode=plan.settings.area_mode)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs={Plan: plan_number})
def _counted(plan: Plan, area: Area, *, mode: str) -> dict[str, int]:
    del mode  # of two plans with the same tables, which one it is
    here = area_codes(plan.places, plan.duties, settings=plan.settings).str[: _DIGITS[area.level]]
    measure: pd.Series = plan.measures["measure"][(here == area.adcode[: _DIGITS[area.level]]).to_numpy()]
    counts = measure.value_counts()
    return {kind: int(counts.reindex(list(measures)).fillna(0).sum()) for kind, measures in SPOTS.items()}
