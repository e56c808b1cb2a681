"""Greedy growth with absorption, aware of every rule: a first plan, and the least a better one must cover."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Ints
from coverage.grouping.model import (
    COST_ATTACHED,
    COST_LEFT,
    OWN_MIN,
    Columns,
    Kind,
    join,
    joints,
    singles,
)

if TYPE_CHECKING:
    from coverage.grouping.model import Part

# Leads that an organisation considers: its cheapest.
_LEADS_TRIED = 12


class _Star(NamedTuple):
    """A joint unit in the making: cost first, so that the least star is the best."""

    cost: float
    lead: int
    members: tuple[int, ...]  # without the lead


class _State:
    """Who is free, and the stars and hosts found so far."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.is_free = [True] * len(part.n)
        # Lists, because they are read one value at a time, which takes arrays twenty times as long
        self.near, self.near_cost = part.near.tolist(), part.near_cost.tolist()
        self.n, self.sizes = part.n.tolist(), part.size.tolist()
        self.stars: dict[int, _Star] = {}
        self.hosts: dict[int, int] = {}
        self.places, self.room = part.host_places.copy(), part.host_room.copy()
        self.goals = _goals(part)

    def settle(self, star: _Star) -> None:
        """Found a star, or let an existing one grow."""
        self.stars[star.lead] = star
        for org in (star.lead, *star.members):
            self.is_free[org] = False

    def size(self, star: _Star) -> int:
        """Return the full and probationary members of a star."""
        return sum(self.sizes[org] for org in (star.lead, *star.members))


def greedy_plan(part: Part) -> Columns:
    """Return a legal plan: whoever has the fewest partners chooses first; the rest joins stars, then hosts."""
    state = _State(part)
    for known in part.special.take(part.special.kind == Kind.JOINT).members.tolist():
        _settle_known(state, [org for org in known if org != NONE])
    partners = np.bincount(_trip_leads(part), minlength=len(part.n)) + [len(goals) for goals, _ in state.goals]
    order = np.argsort(partners, kind="stable").tolist()
    for org in order:
        if state.is_free[org] and (star := _best_star(state, org)) is not None:
            state.settle(star)
    for org in order:
        if state.is_free[org]:
            _join_star(state, org)
    for org in order:
        if state.is_free[org]:
            _join_host(state, org)
    columns = _columns(state)
    return columns if not part.pairs.is_any else _parted(part, columns)


def _settle_known(state: _State, unit: list[int]) -> None:
    """Found a unit of an earlier plan at what its trips cost."""
    lead, *members = unit
    row = dict(zip(state.part.near[lead].tolist(), state.part.near_cost[lead].tolist(), strict=True))
    if all(state.is_free[org] for org in unit) and all(org in row for org in members):
        state.settle(_Star(sum(row[org] for org in members), lead, tuple(members)))


def _parted(part: Part, columns: Columns) -> Columns:
    """Return a plan in which whoever is in a unit that breaks a pair is left without one."""
    breaks = ~part.allows(columns)
    for one, other in part.pairs.apart:
        at = [np.flatnonzero((columns.kind == Kind.ATTACHED) & (columns.members[:, 0] == org)) for org in (one, other)]
        if at[0].size and at[1].size and columns.host[at[0][0]] == columns.host[at[1][0]]:
            breaks[at[1]] = True
    members = columns.members[breaks]
    left = np.sort(members[members != NONE])
    cost = np.full(len(left), COST_LEFT)
    return join([columns.take(~breaks), singles(Kind.LEFT, left, cost, width=part.most_units)])


def _trip_leads(part: Part) -> Ints:
    return np.nonzero(np.isfinite(part.near_cost))[0]


def _goals(part: Part) -> list[tuple[list[int], list[float]]]:
    """Return for every organisation the leads it can travel to and the costs, cheapest first."""
    lead, place = np.nonzero(np.isfinite(part.near_cost))
    who, cost = part.near[lead, place], part.near_cost[lead, place]
    order = np.lexsort((lead, cost, who))
    cuts = np.searchsorted(who[order], np.arange(1, len(part.n)))
    pairs = zip(np.split(lead[order], cuts), np.split(cost[order], cuts), strict=True)
    return [(leads.tolist(), costs.tolist()) for leads, costs in pairs]


def _best_star(state: _State, org: int) -> _Star | None:
    """Return the smallest cheap star with `org` as its lead or a member, by cost for each organisation."""
    leads, costs = state.goals[org]
    stars = [_star_of(state, org, ())]
    near = ((lead, cost) for lead, cost in zip(leads, costs, strict=True) if state.is_free[lead])
    stars += [_star_of(state, lead, ((org, cost),)) for lead, cost in islice(near, _LEADS_TRIED)]
    found = [star for star in stars if star is not None]
    return min(found, key=lambda star: (star.cost / (1 + len(star.members)), star), default=None)


def _star_of(state: _State, lead: int, first: tuple[tuple[int, float], ...]) -> _Star | None:
    """Return the star of a lead, grown by its cheapest free travellers to three members; None if it can't be."""
    part = state.part
    members = [who for who, _ in first]
    cost = sum(trip for _, trip in first)
    n, size = sum(state.n[org] for org in (lead, *members)), sum(state.sizes[org] for org in (lead, *members))
    tries = part.most_units + len(members)
    for who, trip in zip(state.near[lead], state.near_cost[lead], strict=True):
        if n >= OWN_MIN or 1 + len(members) == part.most_units or not tries or trip == np.inf:
            break
        if not state.is_free[who]:
            continue
        tries -= 1
        if who not in members and size + state.sizes[who] <= part.most_members:
            members.append(who)
            cost += trip
            n, size = n + state.n[who], size + state.sizes[who]
    legal = n >= OWN_MIN and members and size <= part.most_members
    return _Star(cost, lead, tuple(members)) if legal else None


def _join_star(state: _State, org: int) -> None:
    """Let an organisation join the cheapest star that may still grow."""
    for lead, cost in zip(*state.goals[org], strict=True):
        star = state.stars.get(lead)
        if star is None or 1 + len(star.members) >= state.part.most_units:
            continue
        if state.size(star) + state.sizes[org] <= state.part.most_members:
            state.settle(_Star(star.cost + cost, star.lead, (*star.members, org)))
            return


def _join_host(state: _State, org: int) -> None:
    """Let an organisation join its cheapest host with a place and room."""
    first, last = np.searchsorted(state.part.guest, [org, org + 1])
    for trip in range(int(first), int(last)):
        host = state.part.host[trip]
        if state.places[host] >= 1 and state.room[host] >= state.sizes[org]:
            state.places[host] -= 1
            state.room[host] -= state.sizes[org]
            state.hosts[org] = trip
            state.is_free[org] = False
            return


def _columns(state: _State) -> Columns:
    part, width = state.part, state.part.most_units
    stars = [state.stars[lead] for lead in sorted(state.stars)]
    members = np.full((len(stars), width), NONE, dtype=np.int64)
    for row, star in enumerate(stars):
        members[row, : 1 + len(star.members)] = (star.lead, *star.members)
    guests = np.array(sorted(state.hosts), dtype=np.int64)
    trips = np.array([state.hosts[int(org)] for org in guests], dtype=np.int64)
    left = np.flatnonzero(state.is_free)
    return join(
        [
            joints(members, np.array([star.cost for star in stars], dtype=float)),
            singles(Kind.ATTACHED, guests, COST_ATTACHED + part.guest_cost[trips], width=width, host=part.host[trips]),
            singles(Kind.LEFT, left, np.full(len(left), COST_LEFT), width=width),
        ]
    )
