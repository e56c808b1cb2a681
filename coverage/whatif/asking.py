"""The candidates of a finished plan again, of all its counties or of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.business import describe_business
from coverage.grouping import find_candidates

if TYPE_CHECKING:
    import pandas as pd

    from coverage.pipeline import Plan
    from geo.divisions import Divisions


def candidates_of(plan: Plan, *, divisions: Divisions, adcode: str = "") -> pd.DataFrame:
    """Return the table `Candidates` that a plan was made from, "" for all counties.

    Where the list states instructors of any county, those of the others are 0, and not the setting.
    """
    orgs, places, duties = plan.orgs, plan.places, plan.duties
    states_slots = orgs["slots"].notna().any()
    if adcode:
        inside = (places["adcode"] == adcode).to_numpy()
        orgs, places, duties = (table[inside].reset_index(drop=True) for table in (orgs, places, duties))
    candidates = find_candidates(orgs, places, duties, describe_business(orgs, divisions=divisions))
    return candidates.assign(slots=candidates["slots"].fillna(0)) if states_slots else candidates
