"""What would cover an organisation if one plan served all superiors of its county (`same_superior = "prefer"`)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Block, Kept, Sites, Trips
from coverage.grouping.blocks import block_numbers
from coverage.grouping.keeping import FORM_ATTACHED, NOTHING_KEPT, kept_alone
from coverage.grouping.relaxing import Asking, Way, Ways, find_places, offer_of, take_cheaper
from coverage.grouping.rulings import find_rulings, permitted
from coverage.grouping.solving import Seats
from coverage.grouping.standing import Standing, standing_of
from coverage.grouping.trips import find_trips

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from coverage.grouping.arrays import Ints, Ruled
    from coverage.grouping.rulings import PlacedRulings
    from coverage.grouping.runs import SolvedBlock
    from coverage.settings import PlanSettings


class _Counties(NamedTuple):
    """What one plan for all superiors of a county would have beside their blocks."""

    number: Ints  # of each candidate's county
    rulings: PlacedRulings  # by county: those between two superiors count as well
    hosts: dict[str, Ints]  # rows of hosts whose superior has nobody to group, by adcode
    sites: Sites  # of all candidates

    def others(self, adcode: str) -> Sites:
        """Return the hosts of a county whose superior has nobody to group."""
        return self.sites.take(self.hosts.get(adcode, self.hosts[""]))

    def ruled(self, small: Sites, hosts: Sites, kept: Kept) -> Ruled:
        """Return the rulings among all organisations of a county."""
        place = np.zeros(len(self.number), dtype=np.int64)
        place[small.row], place[hosts.row] = np.arange(len(small.row)), np.arange(len(hosts.row))
        return self.rulings.in_block(int(self.number[small.row[0]]), place, len(small.row), kept=kept)


def cheapest_ways(
    solved: Sequence[SolvedBlock],
    settings: PlanSettings,
    *,
    candidates: pd.DataFrame,
    sites: Sites,
    rulings: pd.DataFrame,
) -> Ways:
    """Return the cheapest way out of everybody left, in order of the candidates, other superiors looked at as well."""
    number = block_numbers(candidates, settings.model_copy(update={"same_superior": "prefer"}))
    placed = find_rulings(rulings, candidates, number)
    counties = _Counties(number, placed, _other_hosts(solved, candidates), sites)
    found = []
    for adcode, blocks in groupby(solved, key=lambda each: each.block.adcode):
        county = list(blocks)
        ways = _joined([each.plan.explained.ways for each in county])
        if settings.same_superior == "require" and _can_be_one(county, counties.others(adcode)):
            _look_at_others(ways, county, counties, settings=settings)
        found.append(ways)
    ways = _joined(found)
    order = np.argsort(ways.row)
    return Ways._make(column[order] for column in ways)


def _other_hosts(solved: Sequence[SolvedBlock], candidates: pd.DataFrame) -> dict[str, Ints]:
    """Return the rows of each county's hosts whose superior has nobody to group; those of no county under ""."""
    is_known = np.zeros(len(candidates), dtype=bool)
    for each in solved:
        is_known[each.block.hosts.row] = True
    others = candidates[~is_known & (candidates["kind"] == "host").to_numpy() & (candidates["adcode"] != "").to_numpy()]
    found = {str(adcode): others.index.to_numpy()[rows] for adcode, rows in others.groupby("adcode").indices.items()}
    return found | {"": np.zeros(0, dtype=np.int64)}


def _can_be_one(county: Sequence[SolvedBlock], others: Sites) -> bool:
    """Say whether there are several superiors, and one plan of all would have the slots that the plans use now."""
    taught = sum(len(each.plan.taught) for each in county)
    has_several = len(county) > 1 or len(others.row) > 0
    return has_several and taught <= max(each.block.slots for each in county)


def _look_at_others(ways: Ways, county: Sequence[SolvedBlock], counties: _Counties, *, settings: PlanSettings) -> None:
    """Put what other superiors of the county could offer within the limit in the place of what is dearer."""
    asks = ways.way > Way.SAME_SUPERIOR
    if not asks.any():
        return
    seats = [each.plan.seats for each in county]
    left = np.concatenate([_left(each) for each in county])
    block = _merged([each.block for each in county], counties)
    standing = standing_of(block, _all_seats(seats), left, settings=settings)
    if not _keeps_forced(standing):
        return
    small = standing.block.small
    who = standing.left[np.isin(small.row[standing.left], ways.row[asks])]
    asking = Asking(standing, who, small.take(who))
    for reached in find_places(asking, _trips_among_left(standing), float(asking.sites.limit_m.max())):
        is_near = reached.metres <= asking.sites.limit_m
        way = np.where(is_near, int(Way.SAME_SUPERIOR), int(Way.NONE))
        offer = offer_of(asking, reached, way=way, value=reached.metres)
        _offer(ways, offer)


def _keeps_forced(standing: Standing) -> bool:
    """Say whether the plans as they stand keep to what is forced between two superiors, or leave it without a unit."""
    ruled, is_left = standing.block.ruled, np.zeros(len(standing.lead), dtype=bool)
    is_left[standing.left] = True
    one, other = ruled.together.T
    met = [(where[one] != NONE) & (where[one] == where[other]) for where in (standing.lead, standing.host)]
    guest, host = ruled.only.T
    together = met[0] | met[1] | (is_left[one] & is_left[other])
    return bool(together.all()) and bool((is_left[guest] | (standing.host[guest] == host)).all())


def _left(solved: SolvedBlock) -> Ints:
    """Return the rows without a unit, also of those who are to stay alone."""
    alone = kept_alone(solved.block, is_taught=False)
    return np.concatenate([solved.plan.left, solved.block.small.row[alone]])


def _offer(ways: Ways, offer: Ways) -> None:
    """Put some organisations' offers in the place of what is dearer."""
    order = np.argsort(ways.row)
    place = order[np.searchsorted(ways.row, offer.row, sorter=order)]
    some = Ways._make(column[place] for column in ways)
    take_cheaper(some, offer)
    for column, values in zip(ways, some, strict=True):
        column[place] = values


def _trips_among_left(standing: Standing) -> Trips:
    """Return the trips between those left of all superiors that rules and planners allow, at no price."""
    block, settings = standing.block, standing.settings
    sites = block.small.take(standing.left)
    trips = find_trips(sites, sites, None, settings=settings).trips
    trips = trips._replace(traveller=standing.left[trips.traveller], lead=standing.left[trips.lead])
    fits = block.small.size[trips.traveller] + block.small.size[trips.lead] <= settings.branch_max_members
    return trips.take(fits & permitted(block, trips))


def _merged(blocks: Sequence[Block], counties: _Counties) -> Block:
    """Return the blocks of a county and its other hosts as one; positions go on from block to block."""
    counts = np.array([(len(each.small.row), len(each.hosts.row)) for each in blocks], dtype=np.int64)
    starts = np.cumsum(counts, axis=0) - counts
    small = _all_sites([each.small for each in blocks])
    hosts = _all_sites([*(each.hosts for each in blocks), counties.others(blocks[0].adcode)])
    kept = _all_kept(blocks, starts)
    return blocks[0]._replace(
        superior="",
        small=small,
        hosts=hosts,
        slots=max(each.slots for each in blocks),
        texts=(),
        kept=kept,
        earlier=NOTHING_KEPT,
        ruled=counties.ruled(small, hosts, kept),
    )


def _all_sites(sites: Sequence[Sites]) -> Sites:
    return Sites._make(np.concatenate(columns) for columns in zip(*sites, strict=True))


def _all_kept(blocks: Sequence[Block], starts: Ints) -> Kept:
    shifted, unit = [], 0
    for each, (small, hosts) in zip(blocks, starts, strict=True):
        kept = each.kept
        lead = kept.lead + np.where(kept.form == FORM_ATTACHED, hosts, small)
        lead = np.where(kept.lead == NONE, NONE, lead)
        shifted.append(Kept(kept.unit + unit, kept.form, kept.member + small, lead))
        unit += int(kept.unit.max(initial=NONE)) + 1
    return Kept._make(np.concatenate(columns) for columns in zip(*shifted, strict=True))


def _all_seats(seats: Sequence[Seats]) -> Seats:
    return Seats._make(np.concatenate(columns) for columns in zip(*seats, strict=True))


def _joined(ways: Sequence[Ways]) -> Ways:
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    nothing = Ways(whole, whole, real, whole, whole, whole)
    return Ways._make(np.concatenate(columns) for columns in zip(nothing, *ways, strict=True))
