"""Taking organisations for a unit on the map of the workbench: by click, by unit, or drawn around."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from coverage.selection import orgs_within
from ui.hand_view import choose_orgs, chosen_orgs, toggle_org
from ui.handwork import made_for
from ui.session import current_view
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from ui.current import Current
    from ui.map_spec import MapEvent, MapSpec

#: Organisations that can be chosen at once: no branch has more members (支部工作条例 art. 4).
MOST_CHOSEN: Final = 50
# How many of what was drawn around take no part in grouping, and how many would be chosen together.
_LEFT_OUT: Final = "workbench-left-out"


def is_forming() -> bool:
    """Say whether a click takes organisations for a unit; else it looks at them."""
    return current_view().work == "form"


def with_marks(spec: MapSpec, current: Current, groups: pd.DataFrame, *, county: str) -> MapSpec:
    """Return the map with rings around who is chosen, or looked at; the lasso lies ready where units are formed."""
    if is_forming():
        return replace(spec, selected=chosen_orgs(current, county), can_lasso=True)
    view = current_view()
    unit = tuple(groups.loc[groups["group_id"] == view.group, "org_id"]) if view.group else ()
    return replace(spec, selected=unit or ((view.org,) if view.org else ()))


def take(current: Current, plan: Plan, event: MapEvent, *, county: str) -> None:
    """Take what was clicked or drawn around for a unit."""
    inside = _inside(plan, event, county)
    if inside is None:
        return
    seats = made_for(current, plan, county).bench.seats
    # A host is chosen by a click of its own: around many small organisations there is always one.
    able = {org_id for org_id, seat in seats.items() if event.kind != "lasso" or seat.kind != "host"}
    found = tuple(str(org_id) for org_id in inside if org_id in able)
    together = len({*found, *chosen_orgs(current, county)})
    st.session_state[_LEFT_OUT] = len(inside) - len(found), together
    if event.kind == "point" and len(found) == 1:
        toggle_org(current, county, found[0])
    elif found and together <= MOST_CHOSEN:
        choose_orgs(current, county, found)


def say_left_out() -> None:
    """Say once who was drawn around and not chosen."""
    left_out, together = st.session_state.pop(_LEFT_OUT, (0, 0))
    if together > MOST_CHOSEN:
        st.warning(t("workbench.too_many", count=f"{together:,}", most=MOST_CHOSEN), icon=":material/gesture_select:")
    elif left_out:
        st.info(t("workbench.not_open", count=f"{left_out:,}"), icon=":material/info:")


def _inside(plan: Plan, event: MapEvent, county: str) -> pd.Series | None:
    """Return the organisations that an event on the map is about."""
    match event.kind:
        case "point":
            return pd.Series(event.ids or (event.id,))
        case "group":
            return plan.groups.loc[plan.groups["group_id"] == event.id, "org_id"]
        case "lasso":
            return orgs_within(plan.measures[plan.measures["adcode"] == county], event.polygon)["org_id"]
        case _:
            return None
