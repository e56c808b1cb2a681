"""A finished plan tried again with other parameters, of all its counties or of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.business import describe_business
from coverage.grouping import NO_WISHES, find_candidates, settle_slots
from coverage.whatif.figures import what_if
from coverage.whatif.survival import RUNS, survival

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.grouping import Wishes
    from coverage.pipeline import Plan
    from geo.divisions import Divisions


class Trial(NamedTuple):
    """What other parameters come to, and how sure each unit is: tables as in `coverage.whatif.tables`."""

    figures: pd.DataFrame
    units: pd.DataFrame
    seats: pd.DataFrame
    missing: pd.DataFrame


def try_out(  # noqa: PLR0913 # a plan, the part of it that is meant, and how it is tried
    plan: Plan,
    *,
    divisions: Divisions,
    adcode: str = "",
    runs: int = RUNS,
    wishes: Wishes = NO_WISHES,
    execution: Execution | None = None,
) -> Trial:
    """Return what `what_if` and `survival` say of a plan, "" for all its counties.

    Parameters
    ----------
    wishes
        Those that the plan was made with.
    """
    candidates = candidates_of(plan, divisions=divisions, adcode=adcode)
    groups = plan.groups[plan.groups["adcode"] == adcode] if adcode else plan.groups
    radius_m = plan.places.set_index("org_id")["location_radius_m"]
    tried = what_if(candidates, plan.settings, radius_m=radius_m, wishes=wishes, execution=execution)
    found = survival(candidates, groups, plan.settings, runs=runs, wishes=wishes, execution=execution)
    missing = pd.concat([tried.missing, found.missing], ignore_index=True)
    return Trial(tried.figures, found.units, found.seats, missing)


def candidates_of(plan: Plan, *, divisions: Divisions, adcode: str = "") -> pd.DataFrame:
    """Return the table `Candidates` that a plan was made from, "" for all counties."""
    orgs, places, duties = plan.orgs, plan.places, plan.duties
    orgs = orgs.assign(slots=settle_slots(orgs, places, duties))
    if adcode:
        inside = (places["adcode"] == adcode).to_numpy()
        orgs, places, duties = (table[inside].reset_index(drop=True) for table in (orgs, places, duties))
    return find_candidates(orgs, places, duties, describe_business(orgs, divisions=divisions))
