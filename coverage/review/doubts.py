"""Whose location is not sure, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.locating import FIELD_OF_PROBLEM, NO_COUNTY, UNKNOWN_COUNTY
from coverage.review.tables import Doubt
from coverage.vocabulary import Location

if TYPE_CHECKING:
    from coverage.pipeline import Plan

#: What a list says of a county only by the way: its name, the registration authority, the defaults of the import.
WEAK_SOURCES: Final = ("name", "supervisor", "uscc", "default")
_COARSE: Final = (Location.TOWN, Location.ZONE, Location.COUNTY)
_OF_PROBLEM: Final = {
    NO_COUNTY: Doubt.NO_COUNTY,
    UNKNOWN_COUNTY: Doubt.UNKNOWN_COUNTY,
    "V9": Doubt.CONFLICT,
    "V10": Doubt.SHARED_POINT,
}
_ROW: Final = ["file", "sheet", "row"]


def find_doubts(plan: Plan) -> pd.DataFrame:
    """Return a row an organisation and a column a `Doubt`, true where it holds; index org_id, order of the list."""
    places = plan.places.set_index("org_id")
    found = _by_problem(plan).reindex(places.index)
    level, radius_m = places["location_level"], places["location_radius_m"]
    found[Doubt.NO_COUNTY] |= places["adcode"] == ""
    found[Doubt.WEAK_COUNTY] = places["county_source"].isin(WEAK_SOURCES)
    found[Doubt.COARSE] = level.isin(_COARSE)
    found[Doubt.WIDE] = level.eq(Location.ROAD) & (radius_m > places["limit_m"])
    trips = risky_trips(plan)
    is_vague = level != Location.GIVEN  # a point that was supplied is as exact as it gets
    risky = {*trips["org_id"], *trips["lead_id"]}
    found[Doubt.RISKY_TRIP] = is_vague & found.index.isin(risky)
    return found[[doubt.value for doubt in Doubt]]


def risky_trips(plan: Plan) -> pd.DataFrame:
    """Return org_id, lead_id, group_id of each trip that is within its limit, and may be beyond it in truth."""
    hubs = plan.groups[plan.groups["role"] != "member"].drop_duplicates("group_id")
    trips = plan.groups[plan.groups["role"] == "member"].merge(
        hubs[["group_id", "org_id"]].rename(columns={"org_id": "lead_id"}), on="group_id", validate="m:1"
    )
    radius_m = plan.places.set_index("org_id")["location_radius_m"]  # known of all who travel: they are precise
    radii_m = [trips[end].map(radius_m).astype("float64") for end in ("org_id", "lead_id")]
    reach_m = trips["distance_m"] + radii_m[0] + radii_m[1]
    return trips.loc[reach_m > trips["limit_m"], ["org_id", "lead_id", "group_id"]]


def _by_problem(plan: Plan) -> pd.DataFrame:
    """Say of each organisation which findings of `locate` its row has."""
    told = plan.problems[plan.problems["code"].isin(list(FIELD_OF_PROBLEM))]
    rows = plan.orgs[["org_id", *_ROW]].merge(told[[*_ROW, "code"]], on=_ROW)
    held = {doubt.value: set(rows.loc[rows["code"] == code, "org_id"]) for code, doubt in _OF_PROBLEM.items()}
    return pd.DataFrame(
        {doubt: plan.orgs["org_id"].isin(org_ids).to_numpy() for doubt, org_ids in held.items()},
        index=pd.Index(plan.orgs["org_id"], name="org_id"),
    )
