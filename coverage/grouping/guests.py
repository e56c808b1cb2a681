"""Trips to hosts: among very many hosts only each traveller's cheapest, and what the others could be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import Bools, Floats, Ints, Trips
from coverage.grouping.keeping import FORM_ATTACHED
from coverage.grouping.parts import host_capacity
from coverage.grouping.rulings import among, permitted_guests
from coverage.grouping.trips import LEAST_EACH, cheapest, near_pairs, no_trips, price_trips

if TYPE_CHECKING:
    from coverage.grouping.widening import Sources

# Few organisations go to a host, and hardly ever past a hundred nearer ones.
_MOST_TRIPS: Final = 300_000
# Where that proves too few they are looked at again with all their trips, unless these are so many together.
_MOST_AGAIN: Final = 300_000


class Guests(NamedTuple):
    """Trips to hosts with a place and room beside the units that stay, as planners allow; by position in the block."""

    trips: Trips  # in order of host, then traveller
    nearest: Ints  # how many of each traveller are cheaper than any that is not kept
    dropped: Floats  # cost of its cheapest that is not kept, infinite without one
    has_host: Bools  # a host within its limit, full or not

    def beyond(self, orgs: Ints) -> Floats:
        """Return for each organisation of a part the cost of the cheapest trip that is not kept and may be of use.

        A host is closed to somebody only by another guest: of as many nearer hosts as organisations one is open.
        """
        return np.where(self.nearest[orgs] >= len(orgs), np.inf, self.dropped[orgs])

    def again(self, *short: Ints, hosts: int) -> Ints:
        """Return whose trips to hosts are to be looked at once more, all of them: the first who are not too many."""
        found = (each[np.isfinite(self.dropped[each])] for each in short)
        return next((each for each in found if each.size and len(each) * hosts <= _MOST_AGAIN), short[0][:0])


def find_guests(sources: Sources, *, whole: Ints) -> Guests:
    """Return the trips to hosts.

    Parameters
    ----------
    whole
        Whose trips are all kept, as are those of forced bundles, and those to the hosts of an earlier plan.
    """
    block, settings = sources.block, sources.settings
    count = len(block.small.row)
    is_whole, has_host = np.zeros((2, count), dtype=bool)
    nearest = np.zeros(count, dtype=np.int64)
    is_whole[whole] = is_whole[block.ruled.together.ravel()] = True
    each, dropped, parts = max(LEAST_EACH, _MOST_TRIPS // max(count, 1)), np.full(count, np.inf), [no_trips()]
    places, room = host_capacity(block, settings)
    earlier = block.earlier.take(block.earlier.form == FORM_ATTACHED)
    seats = np.stack([earlier.member, earlier.lead], axis=1)
    for pairs in near_pairs(block.small, block.hosts):
        trips = price_trips(pairs, block.small, block.hosts, texts=sources.texts, settings=settings)
        trips = trips.take(trips.distance_m <= block.small.limit_m[trips.traveller])
        trips = trips.take(permitted_guests(block, trips))
        has_host[trips.traveller] = True
        trips = trips.take((places[trips.lead] >= 1) & (block.small.size[trips.traveller] <= room[trips.lead]))
        is_near = cheapest(trips, each, len(block.hosts.row))
        nearest += np.bincount(trips.traveller[is_near], minlength=count)
        stays = is_near | is_whole[trips.traveller] | among(seats, trips)
        parts.append(trips.take(stays))
        np.minimum.at(dropped, trips.traveller[~stays], trips.cost[~stays])
    found = Trips(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    found = found.take(np.lexsort((found.traveller, found.lead)))
    return Guests(found, nearest, dropped, has_host)
