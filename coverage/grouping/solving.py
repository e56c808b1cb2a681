"""The plan of one block: from its organisations to its units, a pure function that any process can run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Trips
from coverage.grouping.care import Care
from coverage.grouping.chances import Chances, find_chances
from coverage.grouping.drafting import draft_part
from coverage.grouping.exact import CLOSED, MOST_EXACT, Plan, solve_exactly
from coverage.grouping.explaining import Explained, explain
from coverage.grouping.greedy import greedy_plan
from coverage.grouping.guests import find_guests
from coverage.grouping.keeping import KeptSeats, kept_alone, kept_cost, kept_seats
from coverage.grouping.leads import best_leads, trip_numbers
from coverage.grouping.model import (
    COST_ATTACHED,
    COST_INSTRUCTOR,
    COST_LEFT,
    Columns,
    Kind,
    join,
    no_columns,
    one_by_one,
)
from coverage.grouping.parts import Located, is_open, split
from coverage.grouping.pieces import solve_in_pieces
from coverage.grouping.polishing import polish
from coverage.grouping.rulings import permitted
from coverage.grouping.settling import settle
from coverage.grouping.similarity import needs_texts, text_matrix
from coverage.grouping.special import find_earlier_columns, kept_discount
from coverage.grouping.standing import standing_of
from coverage.grouping.trips import find_trips
from coverage.grouping.widening import Sources, beyond, merged, with_earlier, with_wider

if TYPE_CHECKING:
    from scipy import sparse

    from coverage.grouping.arrays import Block, Sites
    from coverage.grouping.guests import Guests
    from coverage.grouping.settling import Settled, Solver
    from coverage.grouping.special import Earlier
    from coverage.grouping.trips import Reach
    from coverage.settings import PlanSettings

_NOBODY: Final = np.zeros(0, dtype=np.int64)
# So often trips to hosts are looked at again that proved to matter: what is short of some then has no proof.
_MOST_LOOKS: Final = 5


class Seats(NamedTuple):
    """Organisations in joint units and at hosts, one a row; row numbers are those of the candidates."""

    unit: Ints  # number of the unit in its block, from 0
    row: Ints
    lead: Ints  # row of the lead or host; the own row for leads and hosts themselves
    is_attached: Bools  # in a host's unit
    distance_m: Floats
    similarity: Floats
    evidence: Ints
    cost: Floats  # of the trip alone


class BlockPlan(NamedTuple):
    """The units of a block, and what no unit took."""

    seats: Seats
    taught: Ints  # rows that build their own unit with an instructor
    left: Ints  # rows without a unit, that a 统建 may take; not those who stay alone
    chances: Chances
    explained: Explained
    cost: float  # GROUPING §1, with each unit's cheapest lead
    bound: float  # no plan of the block costs less; where it costs something to move, none that keeps as much
    is_proved: bool


class _Work(NamedTuple):
    """A block with the trips that plans may use, and the best plans of its independent parts."""

    sources: Sources
    reach: Reach
    inner: Reach  # among whoever is in no unit that stays
    allowed: Guests
    guests: Trips
    earlier: Earlier
    parts: list[Located]
    settled: list[Settled]

    @property
    def plans(self) -> list[Plan]:
        """Return the plan of each part."""
        return [plan for plan, _ in self.settled]

    @property
    def trips(self) -> Trips:
        """Return all trips between organisations to group, also those that were looked up for parts."""
        orgs = len(self.sources.block.small.row)
        return with_wider(self.sources, merged(self.reach.trips, self.inner.trips, orgs=orgs), self.parts)


def solve_block(block: Block, settings: PlanSettings, *, care: Care = Care.USUAL) -> BlockPlan:
    """Return the plan of one block (GROUPING §1): most covered, preferred remedy, least travel.

    Parameters
    ----------
    care
        A draft is legal at once: what a run that is stopped says of the blocks it did not come to.
    """
    solve = _SOLVERS[care]
    work = _solve_all(Sources(block, _texts(block), settings), solve)
    trips, guests = work.trips, work.guests
    nothing = no_columns(settings.joint_max_units)  # everybody's unit may be kept
    pairs = list(zip(work.parts, work.plans, strict=True))
    columns = join([nothing, *(_in_block(plan.columns, located) for located, plan in pairs)])
    left, left_alone = _alone(block, columns, Kind.LEFT), kept_alone(block, is_taught=False)
    kept = kept_seats(block, work.sources.texts, settings)
    staying = kept_cost(block, kept)
    seats = _seats(block, columns, trips, guests=guests)
    cost = float(seats.cost.sum()) + _penalties(columns, block)
    seats = _beside(seats, [_kept_rows(block, each) for each in kept])
    proof = _proof(work, columns, cost)
    alone = np.concatenate([left, block.small.row[left_alone]])
    standing = standing_of(block, seats, alone, settings=settings)
    return BlockPlan(
        seats=seats,
        taught=np.union1d(_alone(block, columns, Kind.INSTRUCTOR), block.small.row[kept_alone(block, is_taught=True)]),
        left=left,
        chances=find_chances(block, work.reach, work.allowed, settings=settings),
        explained=explain(standing, trips, work.allowed.trips, solved=pairs, solve=solve),
        cost=cost + staying,
        bound=proof.bound + staying,
        is_proved=proof.is_proved,
    )


def _solve_all(sources: Sources, solve: Solver) -> _Work:
    """Return the best plans of a block's parts, made again with the trips to hosts that proved to matter."""
    block, whole = sources.block, _NOBODY
    reach = _reach(sources, block.small)
    inner = _free_reach(sources, reach)
    work = _solve_parts(sources, (reach, inner), find_guests(sources, whole=whole), solve=solve)
    for _ in range(_MOST_LOOKS):
        again = work.allowed.again(*_short(work), hosts=len(block.hosts.row))
        if not again.size:
            break
        whole = np.union1d(whole, again)
        work = _solve_parts(sources, (reach, inner), find_guests(sources, whole=whole), solve=solve)
    return work


def _solve_parts(sources: Sources, reaches: tuple[Reach, Reach], allowed: Guests, *, solve: Solver) -> _Work:
    block, settings = sources.block, sources.settings
    reach, inner = reaches
    guests = allowed.trips.take(is_open(block)[allowed.trips.traveller])
    earlier = find_earlier_columns(block, inner.trips, guests, settings=settings)
    split_up = split(block, inner, guests, earlier=earlier, settings=settings)
    parts = [_with_dropped(located, sources, allowed) for located in split_up]
    settled = [settle(located, solve) for located in parts]
    parts = [each._replace(part=plan.wider or each.part) for each, (plan, _) in zip(parts, settled, strict=True)]
    return _Work(sources, reach, inner, allowed, guests, earlier, parts, settled)


def _short(work: _Work) -> tuple[Ints, Ints]:
    """Return to whom trips to hosts may matter that no part holds, and who has no unit among these: positions."""
    found, left = [_NOBODY], [_NOBODY]
    for located, settled in zip(work.parts, work.settled, strict=True):
        for plan in settled:
            if not plan.is_proved:
                alone = plan.columns.members[plan.columns.kind == Kind.LEFT, 0]
                found.append(located.orgs[plan.short])
                left.append(located.orgs[np.intersect1d(plan.short, alone)])
    return np.unique(np.concatenate(found)), np.unique(np.concatenate(left))


class _Proof(NamedTuple):
    """What is known of all plans of a block, without the units that stay."""

    bound: float
    is_proved: bool


def _proof(work: _Work, columns: Columns, cost: float) -> _Proof:
    """Return what is proved of a plan at a cost, beside the units that stay."""
    proofs = [proof for _, proof in work.settled]
    bound, is_proved = sum(proof.bound for proof in proofs), all(proof.is_proved for proof in proofs)
    if work.sources.settings.stability:
        return _Proof(bound + kept_discount(columns, work.guests, work.earlier), is_proved)
    # An earlier plan may be dearer by a hair, which decided between equals.
    return _Proof(bound, is_proved and cost - sum(proof.cost for proof in proofs) <= CLOSED)


def _texts(block: Block) -> sparse.csr_array | None:
    """Return the block's text matrix, None where everybody has better evidence of its business."""
    return text_matrix(block.texts) if needs_texts(block.small) or needs_texts(block.hosts) else None


def _reach(sources: Sources, sites: Sites) -> Reach:
    """Return the trips that rules and planners leave open, those within units of an earlier plan among them."""
    block, settings = sources.block, sources.settings
    reach = find_trips(sites, sites, sources.texts, settings=settings)
    trips, size = with_earlier(sources, reach.trips), block.small.size
    fits = size[trips.traveller] + size[trips.lead] <= settings.branch_max_members
    return reach._replace(trips=trips.take(fits & permitted(block, trips)))


def _free_reach(sources: Sources, reach: Reach) -> Reach:
    """Return the trips among whoever is in no unit that stays; where few are kept, the cheapest among these alone."""
    small, is_free = sources.block.small, is_open(sources.block)
    if np.isfinite(reach.dropped).any() and not is_free.all():
        return _reach(sources, small._replace(is_precise=small.is_precise & is_free))
    trips = reach.trips
    return reach._replace(trips=trips.take(is_free[trips.traveller] & is_free[trips.lead]))


def _with_dropped(located: Located, sources: Sources, guests: Guests) -> Located:
    """Return the part with what is known of trips that it does not hold."""
    dropped, former = guests.beyond(located.orgs), located.former
    return located._replace(
        part=located.part._replace(guest_dropped=dropped),
        former=former and former._replace(part=former.part._replace(guest_dropped=dropped)),
        beyond=beyond(sources, located),
    )


def _solve_part(located: Located) -> Plan:
    part = located.part
    start = greedy_plan(part)
    if len(part.n) == 1 and not part.slots:
        cost = float(start.cost.sum())
        return Plan(start, cost, cost)
    if len(part.n) <= MOST_EXACT:
        return solve_exactly(part, start)
    return solve_in_pieces(part, start, beyond=located.beyond)


def _polished_part(located: Located) -> Plan:
    return polish(located.part, _solve_part(located), most_exact=MOST_EXACT, beyond=located.beyond)


_SOLVERS: Final = {Care.DRAFT: draft_part, Care.USUAL: _solve_part, Care.POLISHED: _polished_part}


def _in_block(columns: Columns, located: Located) -> Columns:
    """Return a part's columns with the numbers of the block."""
    orgs, hosts = np.append(located.orgs, NONE), np.append(located.hosts, NONE)
    return one_by_one(columns._replace(members=orgs[columns.members], host=hosts[columns.host]))


def _penalties(columns: Columns, block: Block) -> float:
    """Return what a plan costs beside its trips."""
    count = np.bincount(columns.kind, minlength=len(Kind))
    taught = block.small.n[columns.members[columns.kind == Kind.INSTRUCTOR, 0]]
    return float(
        COST_LEFT * count[Kind.LEFT]
        + COST_ATTACHED * count[Kind.ATTACHED]
        + sum(COST_INSTRUCTOR[int(n)] for n in taught)
    )


def _alone(block: Block, columns: Columns, kind: Kind) -> Ints:
    """Return the rows of organisations in columns of a kind, sorted."""
    return np.sort(block.small.row[columns.members[columns.kind == kind, 0]])


def _seats(block: Block, columns: Columns, trips: Trips, *, guests: Trips) -> Seats:
    stars = _star_seats(block, columns.take(columns.kind == Kind.JOINT), trips)
    hosted = _host_seats(block, columns.take(columns.kind == Kind.ATTACHED), guests)
    return _beside(stars, [hosted])


def _beside(seats: Seats, others: list[Seats]) -> Seats:
    """Return the seats of several sets of units as one, the units numbered on."""
    for other in others:
        shifted = other._replace(unit=other.unit + seats.unit.max(initial=NONE) + 1)
        seats = Seats(*(np.concatenate(pair) for pair in zip(seats, shifted, strict=True)))
    return seats


def _kept_rows(block: Block, kept: KeptSeats) -> Seats:
    """Return the rows of units that stay; of guests' units with a row for each host."""
    goals = block.hosts if kept.is_attached else block.small
    here, there = block.small.row[kept.member], goals.row[kept.lead]
    away = Seats(
        kept.unit,
        here,
        there,
        np.full(len(here), kept.is_attached),
        *_journeys(kept.trips, np.where(here == there, NONE, np.arange(len(here)))),
    )
    if not kept.is_attached:
        return away
    units, first = np.unique(kept.unit, return_index=True)
    home = there[first]
    nowhere = _journeys(kept.trips, np.full(len(home), NONE))
    hosts = Seats(units, home, home, np.ones(len(home), dtype=bool), *nowhere)
    return Seats(*(np.concatenate(pair) for pair in zip(hosts, away, strict=True)))


def _star_seats(block: Block, columns: Columns, trips: Trips) -> Seats:
    """Return the rows of joint units, each with the cheapest lead it can have; ties by org_id."""
    orgs = len(block.small.row)
    members = np.sort(np.where(columns.members == NONE, orgs, columns.members), axis=1)
    leads = members[np.arange(len(members)), best_leads(members, trips, orgs)]
    unit, place = np.nonzero(members < orgs)
    who, lead = members[unit, place], leads[unit]
    trip = trip_numbers(trips, who, lead, orgs=orgs)
    is_attached = np.zeros(len(unit), dtype=bool)
    return Seats(unit, block.small.row[who], block.small.row[lead], is_attached, *_journeys(trips, trip))


def _host_seats(block: Block, columns: Columns, guests: Trips) -> Seats:
    """Return the rows of hosts, then of those attached to them."""
    org = columns.members[:, 0]
    hosts, unit = np.unique(columns.host, return_inverse=True)
    trip = trip_numbers(guests, org, columns.host, orgs=len(block.small.row))
    home, away = block.hosts.row[hosts], block.small.row[org]
    return Seats(
        np.concatenate([np.arange(len(hosts)), unit]),
        np.concatenate([home, away]),
        np.concatenate([home, home[unit]]),
        np.ones(len(home) + len(away), dtype=bool),
        *_journeys(guests, np.concatenate([np.full(len(home), NONE), trip])),
    )


def _journeys(trips: Trips, trip: Ints) -> tuple[Floats, Floats, Ints, Floats]:
    """Return distance, similarity, evidence and cost of trips; those of NONE stay where they are."""
    return (
        np.append(trips.distance_m, 0.0)[trip],
        np.append(trips.similarity, 1.0)[trip],
        np.append(trips.evidence, NONE)[trip],
        np.append(trips.cost, 0.0)[trip],
    )
