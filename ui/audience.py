"""Who the figures are for: planners see them all, leaders and the public no small counts (RULEBOOK §12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage.pipeline import Plan
from coverage.suppression import suppress
from ui.current import Current
from ui.loading import plan_key, plan_number
from ui.session import change_view, current_view
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_KEYS: dict[str | type[Any], Callable[[Any], Any]] = {Current: plan_key, Plan: plan_number}


def is_for_leaders() -> bool:
    """Say whether the view is the one for leaders."""
    return current_view().audience == "leaders"


def is_closed_to_leaders(why: str = "app.audience.closed") -> bool:
    """Say whether a page that names organisations is shown to leaders: then it says so, and the way to all figures."""
    if not is_for_leaders():
        return False
    st.info(t(why), icon=":material/visibility_off:")
    st.button(
        t("app.audience.open"),
        key="audience-open",
        icon=":material/visibility:",
        on_click=change_view,
        kwargs={"audience": "exact"},
    )
    return True


def plan_for_audience(current: Current, plan: Plan) -> Plan:
    """Return the plan with the figures that those may see whom the view is for."""
    if not is_for_leaders():
        return plan
    return plan._replace(coverage=_without_small(current, plan, k=current.settings.suppress_k))


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=_KEYS)
def _without_small(current: Current, plan: Plan, *, k: int) -> pd.DataFrame:
    del current  # a key
    return suppress(plan.coverage, k=k)
