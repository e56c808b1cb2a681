"""Trips looked up by who travels where, and the lead that makes a joint unit cheapest."""

from __future__ import annotations

from typing import Final

import numpy as np

from coverage.grouping.arrays import NONE, Floats, Ints, Trips

#: Sums of costs that differ by less are ties.
EQUAL_COST: Final = 1e-9


def trip_numbers(trips: Trips, traveller: Ints, lead: Ints, *, orgs: int) -> Ints:
    """Return the position of each trip, NONE where nobody can travel so."""
    keys = trips.lead * (orgs + 1) + trips.traveller
    wanted = lead * (orgs + 1) + traveller
    at = np.searchsorted(keys, wanted)
    found = np.append(keys, NONE)[at] == wanted
    return np.where(found, at, NONE)


def lead_costs(members: Ints, trips: Trips, orgs: int) -> Floats:
    """Return what each organisation of each row would cost as the lead, infinite where somebody can't travel to it.

    Parameters
    ----------
    members
        A unit a row, padded with `orgs`.
    """
    width = members.shape[1]
    start, goal = np.repeat(members[:, :, None], width, axis=2), np.repeat(members[:, None, :], width, axis=1)
    trip = trip_numbers(trips, start.ravel(), goal.ravel(), orgs=orgs).reshape(start.shape)
    cost = np.append(trips.cost, np.inf)[trip]
    cost[(start == goal) | (start == orgs)] = 0.0
    return np.where(members == orgs, np.inf, cost.sum(axis=1))


def best_leads(members: Ints, trips: Trips, orgs: int) -> Ints:
    """Return the place of the cheapest feasible lead in each sorted row of members (padded with `orgs`)."""
    total = lead_costs(members, trips, orgs)
    cheapest = total.min(axis=1, initial=np.inf)
    return np.asarray(np.argmax(total <= cheapest[:, None] + EQUAL_COST, axis=1))


def best_stars(members: Ints, trips: Trips, orgs: int) -> tuple[Ints, Floats]:
    """Return rows (padded with NONE) with the cheapest lead in front, and their costs, infinite where nobody can."""
    ordered = np.sort(np.where(members == NONE, orgs, members), axis=1)
    place = best_leads(ordered, trips, orgs)[:, None]
    total = np.take_along_axis(lead_costs(ordered, trips, orgs), place, axis=1)[:, 0]
    is_lead = np.arange(ordered.shape[1]) == place
    front = np.take_along_axis(ordered, np.argsort(~is_lead, axis=1, kind="stable"), axis=1)
    return np.where(front == orgs, NONE, front), total
