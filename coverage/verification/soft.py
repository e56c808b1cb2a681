"""S1 to S7: what a planner should look at before a group is proposed further (RULEBOOK §5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.verification.facts import STARS, Seats, all_of, of_groups, of_rows
from coverage.verification.likeness import likeness
from coverage.vocabulary import Affiliation, Form, Location
from geo.distance import surface_m, to_cartesian_m

if TYPE_CHECKING:
    from coverage.settings import PlanSettings


def find_soft(seats: Seats, settings: PlanSettings) -> pd.DataFrame:
    """Return the findings S1 to S7; S5 only where the list knows of venues at all."""
    rows = seats.rows[seats.rows["is_listed"]].reset_index(drop=True)
    is_star = rows["form"].isin(STARS)
    unclear = [Affiliation.UNCLEAR.value, Affiliation.CONFLICT.value]
    return all_of(
        _about_groups(rows, settings),
        of_rows(rows, is_star & (rows["location_level"] == Location.ROAD), "S2"),
        _about_business(seats, settings),
        _about_venues(seats),
        of_rows(rows, rows["affiliation"].isin(unclear), "S7"),
    )


def _about_groups(rows: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """S1 too many organisations, S3 too few if part-timers are one person, S6 several levels of registration."""
    n = rows["n"].fillna(0).astype("int64")
    part_time = np.minimum(rows["pt"].fillna(0).astype("int64"), n)
    level = rows["level"].where(rows["level"] != "")
    by_group = rows.assign(full_time=n - part_time, part_time=part_time, level=level, total=n).groupby("group_id")
    facts = pd.DataFrame({"form": by_group["form"].first(), "count": by_group.size(), "total": by_group["total"].sum()})
    persons = by_group["full_time"].sum() + by_group["part_time"].max()
    is_short = (persons < settings.own_min) & (facts["total"] >= settings.own_min) & (facts["form"] != Form.ATTACHED)
    levels = by_group["level"].nunique()
    is_long = (facts["form"] == Form.JOINT) & (facts["count"] > settings.joint_max_units)
    return all_of(
        of_groups(facts, is_long, "S1", value=facts["count"], limit=settings.joint_max_units),
        of_groups(facts, is_short, "S3", value=persons, limit=settings.own_min),
        of_groups(facts, levels > 1, "S6", value=levels),
    )


def _about_business(seats: Seats, settings: PlanSettings) -> pd.DataFrame:
    """S4: a member whose business is less like the lead's than `sim_min`."""
    leads = seats.leads
    is_traveller = seats.rows["form"].isin(STARS) & seats.rows["group_id"].isin(leads.index) & seats.rows["is_listed"]
    travellers = seats.rows[is_traveller & (seats.rows["org_id"] != seats.rows["group_id"].map(leads["org_id"]))]
    lead_ids = travellers["group_id"].map(leads["org_id"])
    is_known = seats.listed.has(lead_ids)
    travellers, lead_ids = travellers[is_known], lead_ids[is_known]
    similarity = likeness(
        travellers["org_id"],
        lead_ids,
        listed=seats.listed,
        is_by_superior=settings.same_superior == "require",
    )
    return of_rows(
        travellers,
        similarity < settings.sim_min,
        "S4",
        value=similarity,
        limit=pd.Series(settings.sim_min, index=travellers.index),
    )


def _about_venues(seats: Seats) -> pd.DataFrame:
    """S5: no venue within the travel limit of the lead or host."""
    leads = seats.leads[seats.leads["is_precise"]]
    venues = seats.listed.venues
    if leads.empty or venues is None:
        return of_groups(leads.iloc[:0], leads.iloc[:0]["is_precise"], "S5")
    chords_m, _ = venues.query(to_cartesian_m(leads["lon"], leads["lat"]))
    nearest_m = pd.Series(surface_m(np.asarray(chords_m)), index=leads.index)
    return of_groups(leads, nearest_m > leads["limit_m"], "S5", value=nearest_m, limit=leads["limit_m"])
