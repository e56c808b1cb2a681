"""A county of a plan: its rows and its map, made once for everybody who looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage.pipeline import Plan, county_of
from ui.chrome import notice_line
from ui.loading import areas, plan_number
from ui.plan_map import plan_map
from words import language

if TYPE_CHECKING:
    from ui.map_spec import MapSpec

_NO_ROWS = pd.DataFrame()
# Some hundred kilobytes each.
_KEPT = 12


def county_plan(plan: Plan, county: str) -> Plan:
    """Return the plan of a county: what a run looks at takes as long in a province as in a county."""
    return _rows(plan, county)._replace(coverage=plan.coverage, problems=plan.problems)


@st.cache_resource(show_spinner=False, max_entries=_KEPT, hash_funcs={Plan: plan_number})
def _rows(plan: Plan, county: str) -> Plan:
    """Return the rows of a county alone: what is kept must not keep the tables of a plan that is gone."""
    return county_of(plan, county)._replace(coverage=_NO_ROWS, problems=_NO_ROWS)


def county_map(here: Plan, county: str, *, chosen: str = "") -> MapSpec:
    """Return the map of a county, which `here` is the plan of; one of its units may be chosen."""
    return _map(here, county, chosen=chosen, language=language())


@st.cache_resource(show_spinner=False, max_entries=_KEPT, hash_funcs={Plan: plan_number})
def _map(here: Plan, county: str, *, chosen: str, language: str) -> MapSpec:
    del language  # a key
    return plan_map(here.measures, here.groups, area=areas().by_code[county], notice=notice_line(), chosen=chosen)
