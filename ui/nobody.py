"""An area that somebody asks for and that has nobody of the list: said, instead of another one shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.areas import NATION
from ui.loading import areas
from ui.session import change_view, current_view
from ui.widgets import empty_state
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coverage.pipeline import Plan
    from ui.areas import Area


def area_without_orgs(plan: Plan, counties: Iterable[str]) -> Area | None:
    """Return the area that the view asks for where none of these counties is in it.

    A unit or an organisation of the plan that the view names says by itself where it is.
    """
    view = current_view()
    area = areas().by_code.get(view.area)
    if area is None or codes_within(counties, area.adcode):
        return None
    is_named = (plan.groups["group_id"] == view.group).any() or (plan.measures["org_id"] == view.org).any()
    return None if is_named else area


def codes_within(counties: Iterable[str], adcode: str) -> list[str]:
    """Return those of some counties that are in an area, or are it."""
    return [code for code in counties if adcode in {code, f"{code[:4]}00", f"{code[:2]}0000", NATION}]


def say_nobody(area: Area) -> None:
    """Say that nobody of the list is in an area, with the way back to where somebody is."""
    empty_state(t("workbench.nobody.title", area=area.name), t("workbench.nobody.text"))
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(t("workbench.nobody.back"), key="nobody-back", on_click=change_view, kwargs={"area": ""})
