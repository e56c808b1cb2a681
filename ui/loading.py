"""What is read or computed once and shared by all visitors; read-only for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.boundaries import Boundaries, load_boundaries
from geo.divisions import Divisions, load_divisions
from ui.areas import Areas, read_areas
from ui.current import Current, read_list
from ui.planning import PlanShelf
from ui.venues import venues_id_in_use

if TYPE_CHECKING:
    from coverage.intake import Intake
    from coverage.pipeline import Plan
    from ui.planning import PlanKey


@st.cache_resource(show_spinner=False, max_entries=1)
def boundaries() -> Boundaries:
    """Return the polygons of the nation."""
    return load_boundaries()


@st.cache_resource(show_spinner=False, max_entries=1)
def divisions() -> Divisions:
    """Return the gazetteer."""
    return load_divisions()


@st.cache_resource(show_spinner=False, max_entries=1)
def areas() -> Areas:
    """Return the tree of areas."""
    return read_areas(boundaries())


@st.cache_resource(show_spinner=False, max_entries=2)
def stored_list(list_id: str) -> Intake:
    """Return the list in use as it was read."""
    return read_list(list_id)


@st.cache_resource(show_spinner=False, max_entries=1)
def shelf() -> PlanShelf:
    """Return the place of finished and running plans."""
    return PlanShelf()


def plan_key(current: Current) -> PlanKey:
    """Return what a plan depends on: the list, the settings and the venues in use."""
    return current.list_id, current.settings.model_dump_json(), venues_id_in_use()


def finished_plan(current: Current) -> Plan | None:
    """Return the plan of the list in use if it is there already."""
    return shelf().find(plan_key(current))
