"""How far the locations of a list are known: organisations by level and by status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.review.doubts import find_doubts
from coverage.review.tables import Doubt
from coverage.vocabulary import PRECISE, Location
from geo.gazetteer import locate_by_landmarks

if TYPE_CHECKING:
    from coverage.pipeline import Plan

STATUSES: Final = ("ok", "ambiguous", "conflict", "none")


def count_levels(places: pd.DataFrame) -> pd.DataFrame:
    """Return level, orgs, radius_m (the median of the level, NaN without one), best level first, every level."""
    by_level = places.groupby("location_level")["location_radius_m"].agg(["size", "median"])
    found = by_level.reindex([level.value for level in Location])
    return pd.DataFrame(
        {
            "level": found.index.astype("str"),
            "orgs": found["size"].fillna(0).astype("int64").to_numpy(),
            "radius_m": found["median"].to_numpy(),
        }
    )


def count_statuses(plan: Plan, choices: pd.DataFrame) -> pd.Series:
    """Return the organisations of each status of `geocode`; `choices` is what `county_choices` returns."""
    places = plan.places.set_index("org_id")
    is_conflict = find_doubts(plan)[Doubt.CONFLICT].reindex(places.index)
    is_ambiguous = places.index.isin(choices.loc[choices["status"] == "ambiguous", "org_id"])
    status = np.select([is_conflict, places["adcode"] != "", is_ambiguous], ["conflict", "ok", "ambiguous"], "none")
    return pd.Series(status).value_counts().reindex(STATUSES, fill_value=0)


def count_placed(plan: Plan, landmarks: pd.DataFrame, *, beside: set[str]) -> int:
    """Return how many organisations without a point `Landmarks` place to a road or better; those of `beside` aside."""
    places = plan.places.set_index("org_id")
    is_open = ~places["is_precise"] & places["adcode"].isin(landmarks["adcode"]) & ~places.index.isin(beside)
    wanted = places.loc[is_open, ["adcode", "township_name"]].set_axis(["adcode", "township"], axis=1)
    wanted = wanted.assign(address=plan.orgs.set_index("org_id")["address"].loc[wanted.index])
    return int(locate_by_landmarks(wanted, landmarks)["level"].isin(PRECISE).sum())
