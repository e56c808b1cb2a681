"""Work by hand on the plan in use: what it takes is gathered once a county, what comes of it is shown at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage.handmade import Bench, standing_units
from coverage.pipeline import Plan
from store import ConflictError, StoreError
from store.handwork import Hand, Made
from store.plans import plan_info
from ui.labels import distinct_labels
from ui.loading import divisions, plan_key, plan_number, shelf, tables_number
from ui.saving import Edit as Saving
from ui.saving import nothing, save
from ui.session import change_view
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.handmade import Standing
    from ui.current import Current

# A county takes a few megabytes; visitors rarely work on more than some at a time.
_COUNTIES_KEPT = 6


def the_hand(current: Current) -> Hand:
    """Return whose hand works on the plan in use."""
    return Hand(the_store(), the_scope(), current.plan_id)


def made_for(current: Current, plan: Plan, adcode: str) -> Made:
    """Return the plan in use, ready to be worked on in one county; tables of an earlier run count as of none."""
    key = plan_key(current)
    run = key[1].partition("/")[2] if shelf().find(key) is plan else ""
    return Made(run, plan, _bench(plan, adcode))


def standing_of(made: Made) -> Standing:
    """Return the units of the county as they stand."""
    return _standing(made.plan, made.bench.county.adcode)


def names_of(made: Made) -> dict[str, str]:
    """Return what each organisation of the county is called, no two the same."""
    orgs = made.bench.county.orgs
    return distinct_labels(dict(zip(orgs["org_id"], orgs["name"], strict=True)))


def perform(
    current: Current,
    place: str,
    work: Callable[[], Made | None],
    *,
    look_at: str = "",
    drop: Callable[[], object] = nothing,
) -> None:
    """Do something by hand, for a callback: the page shows the new tables next, and the unit of `look_at`.

    Parameters
    ----------
    work
        Returns the plan as it is then, None where no table changed.
    """

    def write(_is_over: bool) -> None:  # noqa: FBT001 # the signature of Saving.write
        try:
            made = work()
        except ConflictError as error:
            raise StoreError("store.units_changed") from error
        if made is None:
            return
        info = plan_info(the_store(), the_scope(), current.plan_id)
        shelf().keep((info.id, f"{info.input_sha256}/{made.run}"), made.plan)
        if look_at:
            measures = made.plan.measures
            group = str(measures.loc[measures["org_id"] == look_at, "group_id"].iloc[0])
            change_view(group=group, org="" if group else look_at)

    save(place, Saving(write, lambda _: (), drop))


@st.cache_resource(show_spinner=False, max_entries=_COUNTIES_KEPT, hash_funcs={Plan: plan_number})
def _standing(plan: Plan, adcode: str) -> Standing:
    measures = plan.measures[plan.measures["adcode"] == adcode]
    return standing_units(plan.groups[plan.groups["adcode"] == adcode], measures)


def _untouched(plan: Plan) -> int:
    """Return a number of the tables that work by hand leaves as they are."""
    return tables_number(plan.orgs, plan.places, plan.duties)


@st.cache_resource(show_spinner=False, max_entries=_COUNTIES_KEPT, hash_funcs={Plan: _untouched})
def _bench(plan: Plan, adcode: str) -> Bench:
    """Return what judging units of a county takes."""
    return Bench(plan, adcode, divisions=divisions())
