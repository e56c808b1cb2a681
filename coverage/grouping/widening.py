"""Trips that a crowded block did not keep, looked up again where the prices say that they could matter.

A block around one square has millions of trips, of which each traveller keeps its cheapest. A star of a lead at
given prices is made of the lead's travellers of least reduced cost (see `pricing`), so that a trip that was not kept
matters only where it beats those of the same lead that were. Where cuts have a price, a best star may be made of others
as well, and each trip is looked up that alone could make one pay. There are few of these; with them, the bound of the
relaxation holds for all trips.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Trips
from coverage.grouping.keeping import FORM_JOINT
from coverage.grouping.model import Kind
from coverage.grouping.parts import padded
from coverage.grouping.rulings import permitted
from coverage.grouping.trips import near_pairs, no_trips, price_trips

if TYPE_CHECKING:
    from scipy import sparse

    from coverage.grouping.arrays import Block
    from coverage.grouping.model import Part
    from coverage.grouping.parts import Located
    from coverage.grouping.pricing import Prices
    from coverage.settings import PlanSettings

# A star of three members has at most so many travellers that cost more than they are worth.
_COMPLETING: Final = {1: 2, 2: 1}


class Sources(NamedTuple):
    """What trips of a block are made of."""

    block: Block
    texts: sparse.csr_array | None
    settings: PlanSettings

    def price(self, traveller: Ints, lead: Ints) -> Trips:
        """Return the trips among some pairs of small organisations that are within the traveller's limit."""
        small = self.block.small
        trips = price_trips((traveller, lead), small, small, texts=self.texts, settings=self.settings)
        return trips.take(trips.distance_m <= small.limit_m[trips.traveller])


class Beyond(NamedTuple):
    """Where a part's dropped trips can be found."""

    sources: Sources
    orgs: Ints  # positions of the part's organisations in the block
    dropped: Floats  # the cheapest trip of each that was not kept, infinite without one

    def widen(self, part: Part, prices: Prices) -> Part:
        """Return the part with every trip that a star of negative reduced cost could need at these prices."""
        found = self._missed(part, prices)
        if not len(found.traveller):
            return part
        near, near_cost = padded(joined([trips_of(part), found]), len(part.n))
        return part._replace(near=near, near_cost=near_cost)

    def _missed(self, part: Part, prices: Prices) -> Trips:
        """Return the trips that are not in the part and could matter, by positions in the part."""
        sites = self.sources.block.small.take(self.orgs)
        least = self.dropped - prices.org
        worth = _worth(part, prices, others=min(float(least.min()), 0.0))
        goals = sites._replace(is_precise=sites.is_precise & (worth.max(axis=1) > least.min()))
        starts = sites._replace(is_precise=sites.is_precise & (least < worth.max()))
        sort = _sort(part)
        found = [no_trips()]
        for traveller, lead in near_pairs(starts, goals):
            may = least[traveller] < worth[lead, sort[traveller]]
            trips = self._among(traveller[may], lead[may])
            pays = trips.cost - prices.org[trips.traveller] < worth[trips.lead, sort[trips.traveller]]
            found.append(trips.take(pays & self._is_allowed(part, trips)))
        missed = joined(found)
        return missed.take(~np.isin(_keys(missed, len(part.n)), _keys(trips_of(part), len(part.n))))

    def _among(self, traveller: Ints, lead: Ints) -> Trips:
        inside = np.zeros(len(self.sources.block.small.row), dtype=np.int64)
        inside[self.orgs] = np.arange(len(self.orgs))
        trips = self.sources.price(self.orgs[traveller], self.orgs[lead])
        return trips._replace(traveller=inside[trips.traveller], lead=inside[trips.lead])

    def _is_allowed(self, part: Part, trips: Trips) -> Bools:
        fits = part.size[trips.traveller] + part.size[trips.lead] <= part.most_members
        there = trips._replace(traveller=self.orgs[trips.traveller], lead=self.orgs[trips.lead])
        allowed: Bools = fits & permitted(self.sources.block, there)
        return allowed


def beyond(sources: Sources, located: Located) -> Beyond | None:
    """Return where to look for the trips that a part did not keep, None where it kept all."""
    dropped = located.part.dropped
    return Beyond(sources, located.orgs, dropped) if np.isfinite(dropped).any() else None


def with_earlier(sources: Sources, trips: Trips) -> Trips:
    """Return the trips with those among organisations that were in one joint unit, whatever they cost."""
    earlier = sources.block.earlier.take(sources.block.earlier.form == FORM_JOINT)
    order = np.argsort(earlier.unit, kind="stable")
    units = np.split(earlier.member[order], np.flatnonzero(np.diff(earlier.unit[order])) + 1)
    pairs = [np.stack(np.meshgrid(unit, unit), axis=-1).reshape(-1, 2) for unit in units]
    traveller, lead = np.concatenate(pairs).T
    others = traveller != lead
    return merged(trips, sources.price(traveller[others], lead[others]), orgs=len(sources.block.small.row))


def with_wider(sources: Sources, trips: Trips, parts: list[Located]) -> Trips:
    """Return the block's trips with those that were looked up for its parts."""
    found = [no_trips()]
    for located in parts:
        if located.beyond is not None:
            inner = trips_of(located.part)
            found.append(sources.price(located.orgs[inner.traveller], located.orgs[inner.lead]))
    return merged(trips, joined(found), orgs=len(sources.block.small.row))


def joined(tables: list[Trips]) -> Trips:
    """Return the trips of all tables, one after the other."""
    return Trips(*(np.concatenate(columns) for columns in zip(*tables, strict=True)))


def merged(trips: Trips, more: Trips, *, orgs: int) -> Trips:
    """Return trips with some more, each once, in order of lead, then traveller."""
    more = more.take(~np.isin(_keys(more, orgs), _keys(trips, orgs)))
    if not len(more.traveller):
        return trips
    both = joined([trips, more])
    return both.take(np.argsort(_keys(both, orgs), kind="stable"))


def trips_of(part: Part) -> Trips:
    """Return a part's trips, with nothing but their costs."""
    lead, place = np.nonzero(np.isfinite(part.near_cost))
    cost = part.near_cost[lead, place]
    nothing = np.zeros(len(lead))
    return Trips(part.near[lead, place], lead, nothing, nothing, np.zeros(len(lead), dtype=np.int64), cost)


def _keys(trips: Trips, orgs: int) -> Ints:
    return trips.lead * orgs + trips.traveller


def _sort(part: Part) -> Ints:
    """Return the column of `_worth` for each traveller: of one member, of two, in a forced pair."""
    return np.where(part.pairs.bundle == NONE, part.n - 1, 2)


def _worth(part: Part, prices: Prices, *, others: float) -> Floats:
    """Return the reduced cost from which a lead has no use for one more traveller: (leads, sorts of travellers).

    Parameters
    ----------
    others
        The least reduced cost of any dropped trip, 0 where none is below: what each further one might save.
    """
    reduced = part.near_cost - prices.org[part.near]
    gains = np.minimum(_smallest(reduced, part.most_units - 1), 0.0).sum(axis=1)
    most = prices.org + prices.kind[Kind.JOINT] - gains - (part.most_units - 2) * others
    best = np.full((len(part.n), 3), np.inf) if len(prices.triples.worth) else _no_better(part, reduced)
    least: Floats = np.minimum(best, most[:, None])
    return least


def _no_better(part: Part, reduced: Floats) -> Floats:
    """Return the reduced cost from which a traveller beats none of a lead's own, where no cuts have a price.

    A best star holds the lead's cheapest travellers of one, and of two members: all that pay, as far as there is room,
    and of the others no more than complete it to three members. Those that may not fit a unit, or are in a pair, are
    not relied on; one of a forced pair brings the other along, so that nobody can take its place.
    """
    is_sure = _is_sure(part)
    worth = np.full((len(part.n), 3), np.inf)
    for members, completing in _COMPLETING.items():
        usable = is_sure[part.near] & (part.n[part.near] == members)
        best = _smallest(np.where(usable, reduced, np.inf), part.most_units - 1)
        last = min(completing, part.most_units - 1) - 1
        worth[:, members - 1] = np.maximum(best[:, last], np.minimum(best[:, -1], 0.0))
    worth[~is_sure] = np.inf
    if not (part.pairs.bundle != NONE).any():
        worth[:, 2] = -np.inf
    return worth


def _is_sure(part: Part) -> Bools:
    """Say who fits a unit with any others, and is neither kept apart from nor bound to anybody."""
    largest = np.sort(part.size)[::-1][: part.most_units - 1].sum()
    sure: Bools = part.size + largest <= part.most_members
    paired = np.concatenate([part.pairs.apart.ravel(), *part.pairs.bundles]).astype(np.int64)
    sure[paired] = False
    return sure


def _smallest(values: Floats, count: int) -> Floats:
    """Return the `count` smallest of each row, sorted, infinite where there are fewer."""
    short = count - values.shape[1]
    if short > 0:
        values = np.concatenate([values, np.full((len(values), short), np.inf)], axis=1)
    return np.sort(np.partition(values, count - 1, axis=1)[:, :count], axis=1)
