"""Columns that no search makes: forced pairs at one host, and units of an earlier plan at their lower price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Floats, Ints, Trips
from coverage.grouping.keeping import FORM_ATTACHED, FORM_JOINT
from coverage.grouping.leads import best_stars
from coverage.grouping.model import COST_ATTACHED, OWN_MIN, Columns, Kind, joints, no_columns

if TYPE_CHECKING:
    from coverage.grouping.arrays import Block
    from coverage.grouping.model import Part
    from coverage.settings import PlanSettings

#: Of plans that cost the same the one that moves fewer organisations; far below what a metre of a trip costs.
_TIE: Final = 1e-5


class Earlier(NamedTuple):
    """What is left of an earlier plan in a block: joint units as columns at their lower price, and cheaper guests."""

    units: Columns
    guest_cost: Floats  # of each trip to a host
    worth: float  # how much cheaper each organisation that stays is


def find_earlier_columns(block: Block, trips: Trips, guests: Trips, *, settings: PlanSettings) -> Earlier:
    """Return the units of an earlier plan that are still legal, with whoever is left of them (GROUPING §7).

    Parameters
    ----------
    trips, guests
        Those that a plan may use.
    """
    worth = max(settings.stability, _TIE)
    if not len(block.earlier.member):
        return Earlier(no_columns(settings.joint_max_units), guests.cost, worth)
    joint = block.earlier.take(block.earlier.form == FORM_JOINT)
    members = _rows(joint.unit, joint.member, most=settings.joint_max_units)
    pairs = (members != NONE).sum(axis=1)
    n, size = (np.append(values, 0)[members].sum(axis=1) for values in (block.small.n, block.small.size))
    stars, cost = best_stars(members, trips, len(block.small.row))
    is_legal = (pairs >= 2) & (n >= OWN_MIN) & (size <= settings.branch_max_members) & np.isfinite(cost)
    attached = block.earlier.take(block.earlier.form == FORM_ATTACHED)
    width = len(block.hosts.row) + 1
    stays = np.isin(guests.traveller * width + guests.lead, attached.member * width + attached.lead)
    return Earlier(
        units=joints(stars[is_legal], (cost - worth * pairs)[is_legal]),
        guest_cost=guests.cost - worth * stays,
        worth=worth,
    )


def kept_discount(columns: Columns, guests: Trips, earlier: Earlier) -> float:
    """Return how much cheaper a plan was made than its trips are, since it keeps earlier units."""
    if not len(earlier.units.kind) and earlier.guest_cost is guests.cost:
        return 0.0
    known = _sets(earlier.units.members)
    stay = sum(len(unit) for unit in _sets(columns.members[columns.kind == Kind.JOINT]) if unit in known)
    at = columns.take(columns.kind == Kind.ATTACHED)
    column, place = np.nonzero(at.members != NONE)
    cheaper = guests.take(earlier.guest_cost < guests.cost)
    width = int(max(cheaper.lead.max(initial=0), at.host.max(initial=0))) + 1
    going = at.members[column, place] * width + at.host[column]
    return earlier.worth * (stay + int(np.isin(going, cheaper.traveller * width + cheaper.lead).sum()))


def _sets(members: Ints) -> set[frozenset[int]]:
    """Return the organisations of each row."""
    return {frozenset(row) - {NONE} for row in members.tolist()}


def _rows(unit: Ints, member: Ints, *, most: int) -> Ints:
    """Return the members of each unit as a row padded with NONE; larger units are left out."""
    number, place, count = np.unique(unit, return_index=True, return_counts=True)
    rows = np.full((len(number), most), NONE, dtype=np.int64)
    for row, (start, size) in enumerate(zip(place, count, strict=True)):
        if size <= most:
            rows[row, :size] = member[start : start + size]
    return rows


def bundles_at_hosts(part: Part, guests: Trips) -> Columns:
    """Return each forced bundle with each host that all of it may go to; positions are those of the part."""
    costs = {
        (int(org), int(host)): float(cost)
        for org, host, cost in zip(guests.traveller, guests.lead, guests.cost, strict=True)
    }
    found = [
        (whole, host, COST_ATTACHED * len(whole) + sum(trips))
        for whole in part.pairs.bundles
        for host in np.flatnonzero((part.host_places >= len(whole)) & (part.host_room >= part.size[whole].sum()))
        if np.isfinite(trips := [costs.get((org, int(host)), np.inf) for org in whole]).all()
    ]
    members = np.full((len(found), max([part.most_units, *(len(whole) for whole, _, _ in found)])), NONE)
    for row, (whole, _, _) in enumerate(found):
        members[row, : len(whole)] = whole
    host = np.array([host for _, host, _ in found], dtype=np.int64)
    kind = np.full(len(found), int(Kind.ATTACHED), dtype=np.int64)
    return Columns(kind, members, host, np.array([cost for _, _, cost in found], dtype=float))
