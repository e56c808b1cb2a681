"""The counties that an organisation may lie in where the list does not settle it: for the planner to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.counties import build_gazetteer, find_county
from coverage.review.doubts import WEAK_SOURCES, find_doubts
from coverage.review.tables import Doubt
from geo.boundaries import locate_points

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions


def county_choices(plan: Plan, *, divisions: Divisions, boundaries: Boundaries, defaults: str = "") -> pd.DataFrame:
    """Return org_id, adcode, status, a row a county that may be meant, the likelier first.

    `status` is as `geocode` writes it: ambiguous (several counties fit the words), conflict (the recorded county, then
    the one around the point), ok (a county known by the way alone: to be confirmed).
    """
    places = plan.places
    is_conflict = find_doubts(plan)[Doubt.CONFLICT].reindex(places["org_id"]).to_numpy(dtype=bool)
    has_point = places["lon"].notna()
    points = places[is_conflict & has_point]
    around = pd.DataFrame(
        {
            "org_id": points["org_id"],
            "adcode": locate_points(points["lon"], points["lat"], boundaries.counties),
            "status": "conflict",
        }
    )
    recorded = places.loc[is_conflict, ["org_id", "adcode"]].assign(status="conflict")
    by_the_way = places.loc[places["county_source"].isin(WEAK_SOURCES), ["org_id", "adcode"]].assign(status="ok")
    silent = plan.orgs[(places["adcode"] == "").to_numpy()]
    several = _written(silent, divisions=divisions, boundaries=boundaries, defaults=defaults)
    found = pd.concat([recorded, around, by_the_way, several])
    found = found[found["adcode"] != ""].drop_duplicates(["org_id", "adcode"])
    return found.astype("str").sort_values("org_id", kind="stable", ignore_index=True)


def _written(orgs: pd.DataFrame, *, divisions: Divisions, boundaries: Boundaries, defaults: str) -> pd.DataFrame:
    """Return the counties that fit the words of organisations whose county nothing settles."""
    if orgs.empty:
        return pd.DataFrame(columns=["org_id", "adcode", "status"])
    written = find_county(orgs, build_gazetteer(divisions), boundaries=boundaries, defaults=defaults).written
    told = written.loc[written["candidates"] != "", "candidates"].str.split("|").explode()
    return pd.DataFrame(
        {"org_id": orgs["org_id"].reindex(told.index).to_numpy(), "adcode": told.to_numpy(), "status": "ambiguous"}
    )
