"""Exact pricing: the stars, hosts and instructors that would still pay at the prices of a linear programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.allowed import best_allowed
from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.model import (
    COST_ATTACHED,
    OWN_MIN,
    Columns,
    Kind,
    attached_columns,
    join,
    joints,
    singles,
)
from coverage.grouping.tight import best_within
from coverage.grouping.triples import NO_TRIPLES, Triples, held

if TYPE_CHECKING:
    from coverage.grouping.model import Part

TOLERANCE: Final = 1e-9


class Prices(NamedTuple):
    """What the rows of the master programme are worth: its duals."""

    org: Floats
    host_place: Floats
    host_room: Floats
    slot: float
    kind: Floats  # of the counts that branching bounds, one a Kind
    triples: Triples = NO_TRIPLES  # of the cuts

    def among(self, orgs: Ints, inside: Ints) -> Prices:
        """Return the prices for some organisations alone; `inside` is the new position of each, NONE outside."""
        triples = inside[self.triples.orgs]
        counts = (triples != NONE).sum(axis=1) >= 2
        return self._replace(org=self.org[orgs], triples=Triples(triples[counts], self.triples.worth[counts]))


class Priced(NamedTuple):
    """Columns that would lower the cost, and by how much at most all columns together could."""

    columns: Columns
    gain: float  # <= 0
    most_gain: float  # <= gain: trips that were not kept counted as well


def price(part: Part, prices: Prices) -> Priced:
    """Return columns with negative reduced cost: up to five stars a lead, all hosts that pay; no cuts have a price."""
    stars, best, floor = _price_stars(part, prices)
    guests, guest_gains = _price_guests(part, prices)
    gain = float(best.sum() + guest_gains.sum())
    most = np.minimum(best, floor).sum() + np.minimum(guest_gains, dropped_guest_gains(part, prices)).sum()
    return Priced(join([stars, guests]), gain, float(most))


def reduced_costs(columns: Columns, part: Part, prices: Prices) -> Floats:
    """Return the reduced cost of each column."""
    worth: Floats = np.append(prices.org, 0.0)[columns.members].sum(axis=1)
    worth += prices.kind[columns.kind] + prices.slot * (columns.kind == Kind.INSTRUCTOR)
    if len(prices.triples.worth):
        worth += held(columns.members, prices.triples.orgs) @ prices.triples.worth
    column, place = np.nonzero((columns.members != NONE) & (columns.kind == Kind.ATTACHED)[:, None])
    host, org = columns.host[column], columns.members[column, place]
    np.add.at(worth, column, prices.host_place[host] + prices.host_room[host] * part.size[org])
    return np.subtract(columns.cost, worth)


def _price_guests(part: Part, prices: Prices) -> tuple[Columns, Floats]:
    """Return the trips to hosts that pay, and the least reduced cost of each organisation's."""
    reduced = COST_ATTACHED + part.guest_cost - prices.org[part.guest] - prices.kind[Kind.ATTACHED]
    reduced -= prices.host_place[part.host] + prices.host_room[part.host] * part.size[part.guest]
    best = np.zeros(len(part.n))
    np.minimum.at(best, part.guest, reduced)
    return attached_columns(part, reduced < -TOLERANCE), best


def dropped_guest_gains(part: Part, prices: Prices) -> Floats:
    """Return what a dropped trip to a host could bring each organisation: no less than if all hosts had room."""
    return np.minimum(dropped_guest_costs(part, prices), 0.0)


def dropped_guest_costs(part: Part, prices: Prices) -> Floats:
    """Return what a dropped trip of each organisation to a host has for a reduced cost at least; infinite without."""
    least: Floats = COST_ATTACHED + part.guest_dropped - prices.org - prices.kind[Kind.ATTACHED]
    return least


class Menu(NamedTuple):
    """For every lead its cheapest travellers at given prices, best first."""

    who: Ints  # (leads, most_units - 1)
    reduced: Floats


def _price_stars(part: Part, prices: Prices) -> tuple[Columns, Floats, Floats]:
    """Return the stars that pay, each lead's least reduced cost, and the least that a dropped trip could bring it."""
    reduced = part.near_cost - prices.org[part.near]
    own = -prices.org - prices.kind[Kind.JOINT]
    menu = best_travellers(part, reduced)
    stars = [_prefixes(part, menu, own), _twos(part, reduced, own), best_within(part, reduced, own)]
    members = np.concatenate([members for members, _ in stars])
    gains = np.concatenate([gain for _, gain in stars])
    members, gains = _allowed(part, members, gains, reduced=reduced, own=own)
    best = np.zeros(len(part.n))
    np.minimum.at(best, members[:, 0], gains)
    pays = gains < -TOLERANCE
    stars_that_pay = joints(members[pays], star_costs(members[pays], gains[pays], prices))
    return stars_that_pay, best, _dropped_gains(part, prices, menu)


def _allowed(part: Part, members: Ints, gains: Floats, *, reduced: Floats, own: Floats) -> tuple[Ints, Floats]:
    """Return the stars that keep to the pairs, with the best of each lead whose best one does not."""
    if not part.pairs.is_any:
        return members, gains
    keeps = part.pairs.allow(members)
    best = np.zeros(len(part.n))
    np.minimum.at(best, members[:, 0], gains)
    broken = ~keeps & (gains <= best[members[:, 0]]) & (gains < -TOLERANCE)
    found, found_gains = best_allowed(part, np.unique(members[broken, 0]), reduced, own=own)
    return np.concatenate([members[keeps], found]), np.concatenate([gains[keeps], found_gains])


def _dropped_gains(part: Part, prices: Prices, menu: Menu) -> Floats:
    """Return the least reduced cost that a star with a dropped trip could have at each lead, so that bounds hold."""
    cheapest = float((part.dropped - prices.org).min(initial=np.inf))
    others = (part.most_units - 2) * min(cheapest, 0.0) + np.minimum(menu.reduced, 0.0).sum(axis=1)
    least: Floats = cheapest + others - prices.org - prices.kind[Kind.JOINT]
    return least


def star_costs(members: Ints, gains: Floats, prices: Prices) -> Floats:
    """Return what stars cost, from their reduced costs."""
    worth: Floats = np.append(prices.org, 0.0)[members].sum(axis=1)
    worth += prices.kind[Kind.JOINT]
    return np.add(gains, worth)


def best_travellers(part: Part, reduced: Floats) -> Menu:
    """Return each lead's `most_units` - 1 travellers of least reduced cost; equal ones in order of position."""
    few = min(part.most_units - 1, reduced.shape[1])
    some = np.argpartition(reduced, few - 1, axis=1)[:, :few] if few < reduced.shape[1] else _all(reduced)
    values = np.take_along_axis(reduced, some, axis=1)
    some = np.take_along_axis(some, np.argsort(values, axis=1, kind="stable"), axis=1)
    return Menu(np.take_along_axis(part.near, some, axis=1), np.take_along_axis(reduced, some, axis=1))


def _all(reduced: Floats) -> Ints:
    return np.broadcast_to(np.arange(reduced.shape[1]), reduced.shape)


def _prefixes(part: Part, menu: Menu, own: Floats) -> tuple[Ints, Floats]:
    """Return the stars of each lead's 1, 2, ... best travellers that hold three to `most_members` members."""
    leads = np.arange(len(part.n))
    total = own[:, None] + np.cumsum(menu.reduced, axis=1)
    n = part.n[:, None] + np.cumsum(part.n[menu.who], axis=1)
    size = part.size[:, None] + np.cumsum(part.size[menu.who], axis=1)
    legal = (n >= OWN_MIN) & (size <= part.most_members) & np.isfinite(total)
    lead, last = np.nonzero(legal & (total < -TOLERANCE))
    members = np.full((len(lead), part.most_units), NONE, dtype=np.int64)
    members[:, 0] = leads[lead]
    width = menu.who.shape[1]
    inside = np.arange(width) <= last[:, None]
    members[:, 1 : width + 1] = np.where(inside, menu.who[lead], NONE)
    return members, total[lead, last]


def _twos(part: Part, reduced: Floats, own: Floats) -> tuple[Ints, Floats]:
    """Return each lead with its best traveller of two members alone: the other way to three for a lead of one."""
    only = np.where(part.n[part.near] == 2, reduced, np.inf)
    place = np.argmin(only, axis=1)
    lead = np.arange(len(part.n))
    who, total = part.near[lead, place], own + only[lead, place]
    fits = (part.size + part.size[who] <= part.most_members) & (total < -TOLERANCE)
    members = np.full((int(fits.sum()), part.most_units), NONE, dtype=np.int64)
    members[:, 0], members[:, 1] = lead[fits], who[fits]
    return members, total[fits]


def instructor_columns(part: Part) -> Columns:
    """Return the instructor columns of a part."""
    can = np.flatnonzero(np.isfinite(part.instructor_cost))
    return singles(Kind.INSTRUCTOR, can, part.instructor_cost[can], width=part.most_units)
