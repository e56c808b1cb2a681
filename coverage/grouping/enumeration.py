"""All columns whose reduced cost is small: no better plan can use another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.grouping.arrays import NONE, Floats, Ints
from coverage.grouping.model import (
    COST_ATTACHED,
    OWN_MIN,
    Columns,
    Kind,
    attached_columns,
    distinct,
    fixed_columns,
    join,
    joints,
)
from coverage.grouping.pricing import (
    TOLERANCE,
    Priced,
    dropped_guest_gains,
    instructor_columns,
    price,
    reduced_costs,
    star_costs,
)

if TYPE_CHECKING:
    from coverage.grouping.model import Part
    from coverage.grouping.pricing import Prices

_ROUNDING: Final = 1e-7
# A set of organisations is found once for each lead it could have; about so often.
_LEADS_PER_SET: Final = 3
# Unfinished stars allowed for each finished one, to bound memory.
_OPEN_PER_COLUMN: Final = 4
# Columns that are too many to list while there are still so many that pay.
_MOST_PRICED: Final = 20_000


class _Open(NamedTuple):
    """Unfinished stars: lead, their travellers' places in its sorted row, and what they sum to."""

    lead: Ints
    places: Ints  # (m, units so far - 1)
    reduced: Floats
    n: Ints
    size: Ints


def columns_within(part: Part, prices: Prices, gap: float, *, most: int) -> Columns | None:
    """Return every column with a reduced cost up to `gap`, or None where there are more than `most` of them."""
    stars = _stars_within(part, prices, gap=gap + _ROUNDING, most=_LEADS_PER_SET * most)
    if stars is None:
        return None
    pool = join([stars, _others_within(part, prices, gap + _ROUNDING)])
    pool = distinct(pool.take(part.allows(pool)), len(part.n))
    if len(prices.triples.worth):  # so far they were free
        pool = pool.take(reduced_costs(pool, part, prices) <= gap + _ROUNDING)
    return pool if len(pool.kind) <= most else None


def price_all(part: Part, prices: Prices) -> Priced:
    """Return every column with negative reduced cost, also where cuts have a price; where they are too many, some."""
    pool = columns_within(part, prices, 0.0, most=_MOST_PRICED)
    if pool is None:  # what these could gain if cuts were free is still a bound
        priced = price(part, prices)
        return priced._replace(columns=priced.columns.take(reduced_costs(priced.columns, part, prices) < -TOLERANCE))
    reduced = reduced_costs(pool, part, prices)
    best = np.zeros(len(part.n))
    np.minimum.at(best, pool.members[:, 0], reduced)
    most = np.minimum(best, dropped_guest_gains(part, prices))
    return Priced(pool.take(reduced < -TOLERANCE), float(best.sum()), float(most.sum()))


def _others_within(part: Part, prices: Prices, gap: float) -> Columns:
    reduced = COST_ATTACHED + part.guest_cost - prices.org[part.guest] - prices.kind[Kind.ATTACHED]
    reduced -= prices.host_place[part.host] + prices.host_room[part.host] * part.size[part.guest]
    fixed = fixed_columns(part)
    fixed = fixed.take((fixed.kind == Kind.LEFT) & (reduced_costs(fixed, part, prices) <= gap))
    taught = instructor_columns(part)
    taught = taught.take(reduced_costs(taught, part, prices) <= gap)
    special = part.special.take(reduced_costs(part.special, part, prices) <= gap)
    return join([fixed, taught, attached_columns(part, reduced <= gap), special])


def _stars_within(part: Part, prices: Prices, *, gap: float, most: int) -> Columns | None:
    """Return joint columns level by level: a star grows by travellers that follow in its lead's sorted row."""
    menu = _menu(part, prices)
    orgs = np.arange(len(part.n))
    own = -prices.org - prices.kind[Kind.JOINT]
    stars = _Open(orgs, np.zeros((len(orgs), 0), dtype=np.int64), own, part.n, part.size)
    found = [_finished(part, stars, menu, done=orgs[:0], prices=prices)]
    for units in range(2, part.most_units + 1):
        grown = _grow(part, stars, menu, allowed=gap - menu.savings[part.most_units - units], most=most)
        if grown is None:
            return None
        stars = grown
        done = np.flatnonzero((stars.n >= OWN_MIN) & (stars.reduced <= gap))
        found.append(_finished(part, stars, menu, done=done, prices=prices))
        if sum(len(columns.kind) for columns in found) > most:
            return None
    return join(found)


class _Menu(NamedTuple):
    """Each lead's travellers by reduced cost, the best first; and what t further ones may save (list over t)."""

    who: Ints  # (leads, k)
    reduced: Floats
    savings: list[Floats]  # (leads, k + 1): when they stand at place p or later


def _menu(part: Part, prices: Prices) -> _Menu:
    reduced = part.near_cost - prices.org[part.near]
    order = np.argsort(reduced, axis=1, kind="stable")
    reduced = np.take_along_axis(reduced, order, axis=1)
    gains = np.minimum(np.where(np.isfinite(reduced), reduced, 0.0), 0.0)
    sums = np.concatenate([np.zeros((len(gains), 1)), np.cumsum(gains, axis=1)], axis=1)
    last = sums.shape[1] - 1
    ends = [np.minimum(np.arange(last + 1) + more, last) for more in range(part.most_units)]
    return _Menu(np.take_along_axis(part.near, order, axis=1), reduced, [sums[:, end] - sums for end in ends])


def _grow(part: Part, stars: _Open, menu: _Menu, *, allowed: Floats, most: int) -> _Open | None:
    """Return the stars with one more traveller that can still end within the gap; None if there are far too many.

    Parameters
    ----------
    allowed
        (leads, k + 1): what a star may sum to when all further travellers stand at place p or later.
    """
    first = stars.places[:, -1] + 1 if stars.places.shape[1] else np.zeros(len(stars.lead), dtype=np.int64)
    # A star grows by place p if it sums to no more than this. Along a row it falls: the next traveller costs more,
    # and those after it save less.
    threshold = allowed[:, 1:] - menu.reduced
    counts = np.maximum(_count_not_below(threshold, stars.lead, stars.reduced) - first, 0)
    if counts.sum() > _OPEN_PER_COLUMN * most:
        return None
    star = np.repeat(np.arange(len(first)), counts)
    place = np.arange(len(star)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    traveller = menu.who[stars.lead[star], place]
    fits = stars.size[star] + part.size[traveller] <= part.most_members
    star, place, traveller = star[fits], place[fits], traveller[fits]
    lead = stars.lead[star]
    return _Open(
        lead=lead,
        places=np.concatenate([stars.places[star], place[:, None]], axis=1),
        reduced=stars.reduced[star] + menu.reduced[lead, place],
        n=stars.n[star] + part.n[traveller],
        size=stars.size[star] + part.size[traveller],
    )


def _count_not_below(threshold: Floats, lead: Ints, value: Floats) -> Ints:
    """Return for each value how many places of its lead's falling row are at least the value (bisection)."""
    low, high = np.zeros(len(lead), dtype=np.int64), np.full(len(lead), threshold.shape[1], dtype=np.int64)
    for _ in range(int(threshold.shape[1]).bit_length()):
        middle = (low + high) // 2
        inside = middle < high
        pays = inside & (threshold[lead, np.minimum(middle, threshold.shape[1] - 1)] >= value)
        low, high = np.where(pays, middle + 1, low), np.where(pays, high, middle)
    return low


def _finished(part: Part, stars: _Open, menu: _Menu, *, done: Ints, prices: Prices) -> Columns:
    members = np.full((len(done), part.most_units), NONE, dtype=np.int64)
    lead = stars.lead[done]
    members[:, 0] = lead
    for unit in range(stars.places.shape[1]):
        members[:, unit + 1] = menu.who[lead, stars.places[done, unit]]
    return joints(members, star_costs(members, stars.reduced[done], prices))
