"""What a plan gains by units that are not those of an earlier plan, exchange by exchange (cost of GROUPING §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.model import COST_ATTACHED, COST_INSTRUCTOR, COST_LEFT
from coverage.grouping.similarity import needs_texts, text_matrix
from coverage.grouping.trips import price_trips
from coverage.grouping.wishes import Wishes
from coverage.tables import KeptUnits
from coverage.vocabulary import Form, Measure, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.arrays import Block
    from coverage.settings import PlanSettings


class Gains(NamedTuple):
    """For each organisation of an exchange (the index): how many more are covered, the cost saved, and its price.

    An exchange are all organisations whose old and new units hang together. The old units that are still legal, and
    nobody else in a unit, could stand in its place; `price` is `stability` for each organisation in those.
    """

    covered: pd.Series
    saved: pd.Series
    price: pd.Series


def find_gains(
    changed: pd.DataFrame, legal: pd.DataFrame, costs: pd.Series, *, after: pd.DataFrame, settings: PlanSettings
) -> Gains:
    """Return what each exchange of a plan gains.

    Parameters
    ----------
    changed
        Seats of organisations whose unit changed, as from `compare_seats`.
    legal
        Rows of `EarlierUnits`: units that could have stayed, and changed.
    costs
        What each of these costs now, by group_id.
    after
        measure, n and cost (of the trip) of every organisation of S in the new plan, by org_id.
    """
    number = _exchanges(changed)
    guests = legal[legal["role"] != Role.HOST]
    old = pd.DataFrame(
        {"number": guests["org_id"].map(number), "group_id": guests["group_id"]}, index=guests.index
    ).dropna()
    here = after.join(number, how="inner")
    spent, is_covered = _spent(here), here["measure"].isin([Measure.JOINT, Measure.ATTACHED, Measure.INSTRUCTOR_OWN])
    by_number = here["number"]
    stay = old.groupby("number").size().reindex(by_number.unique(), fill_value=0)
    trips = old.drop_duplicates("group_id").assign(cost=lambda rows: rows["group_id"].map(costs))
    travel = trips.groupby("number")["cost"].sum().reindex(stay.index, fill_value=0.0)
    everybody = by_number.groupby(by_number).size()
    before = travel + COST_LEFT * (everybody - stay)
    covered = is_covered.groupby(by_number).sum() - stay
    return Gains(
        number.map(covered).fillna(0).astype("int64"),
        number.map(before - spent.groupby(by_number).sum()).fillna(0.0),
        number.map(settings.stability * stay).fillna(0.0),
    )


def _exchanges(changed: pd.DataFrame) -> pd.Series:
    """Return the number of the exchange of each organisation: units, old and new, and hosts tie them together."""
    ties = []
    for side in ("before", "after"):
        head = changed[f"head_{side}"].where(changed[f"form_{side}"] == Form.ATTACHED, "")
        unit = changed[f"group_id_{side}"]
        ties += [pd.Series(f"{side}\n", index=unit.index).where(unit != "", "") + unit, head]
    org = np.tile(np.arange(len(changed)), len(ties))
    code, names = pd.factorize(pd.concat(ties))
    is_tie = np.append(np.asarray(names != ""), False)[code]
    size = len(changed) + len(names)
    graph = sparse.coo_array(
        (np.ones(int(is_tie.sum())), (org[is_tie], len(changed) + code[is_tie])), shape=(size, size)
    )
    labels = connected_components(graph, directed=False)[1][: len(changed)]
    return pd.Series(labels, index=changed.index, name="number")


def _spent(after: pd.DataFrame) -> pd.Series:
    """Return what each organisation costs in the plan."""
    taught = after["n"].map(COST_INSTRUCTOR).astype("float64")
    trip = after["cost"].fillna(0.0)
    spent = np.select(
        [
            after["measure"] == Measure.JOINT,
            after["measure"] == Measure.ATTACHED,
            after["measure"] == Measure.INSTRUCTOR_OWN,
        ],
        [trip, COST_ATTACHED + trip, taught],
        COST_LEFT,
    )
    return pd.Series(spent, index=after.index)


def unit_costs(units: pd.DataFrame, candidates: pd.DataFrame, settings: PlanSettings) -> pd.Series:
    """Return what joint and attached units cost by the list as it is now, with the cheapest lead, by group_id.

    Parameters
    ----------
    units
        The table `KeptUnits`: units that break no rule.
    candidates
        The table `Candidates`, sorted by org_id.
    """
    wanted = units[units["form"].isin([Form.JOINT, Form.ATTACHED])].reset_index(drop=True)
    if wanted.empty:
        return pd.Series(dtype="float64")
    near = candidates[_in_their_blocks(candidates, wanted, settings)].reset_index(drop=True)
    sites = read_sites(near)
    costs: dict[str, float] = {}
    for block in split_blocks(near, sites, settings, wishes=Wishes(kept=KeptUnits.validate(wanted))):
        names = near["org_id"].to_numpy(dtype=object)[block.small.row]
        first = pd.Series(wanted["group_id"].to_numpy(), index=wanted["org_id"])
        first = first[wanted["role"].ne(Role.HOST).to_numpy()]
        for member, cost in _block_costs(block, settings):
            costs[str(first[names[member]])] = cost
    return pd.Series(costs, dtype="float64")


def _in_their_blocks(candidates: pd.DataFrame, units: pd.DataFrame, settings: PlanSettings) -> pd.Series:
    keys = ["adcode"] if settings.same_superior == "prefer" else ["adcode", "superior"]
    block = pd.MultiIndex.from_frame(candidates[keys])
    return pd.Series(block.isin(block[candidates["org_id"].isin(units["org_id"])]), index=candidates.index)


def _block_costs(block: Block, settings: PlanSettings) -> Iterator[tuple[int, float]]:
    """Yield one member's position and the cost of each unit that is kept in a block."""
    if not len(block.kept.unit):
        return
    has_gaps = needs_texts(block.small) or needs_texts(block.hosts)
    texts = text_matrix(block.texts) if has_gaps else None
    forms = list(Form)
    for unit in np.unique(block.kept.unit):
        seats = block.kept.take(block.kept.unit == unit)
        if forms[int(seats.form[0])] is Form.ATTACHED:
            trips = price_trips((seats.member, seats.lead), block.small, block.hosts, texts=texts, settings=settings)
            yield int(seats.member[0]), float(trips.cost.sum()) + COST_ATTACHED * len(seats.member)
            continue
        count = len(seats.member)
        pairs = np.repeat(seats.member, count), np.tile(seats.member, count)
        trips = price_trips(pairs, block.small, block.small, texts=texts, settings=settings)
        reaches = (trips.distance_m <= block.small.limit_m[pairs[0]]) | (pairs[0] == pairs[1])
        cost = np.where(pairs[0] == pairs[1], 0.0, np.where(reaches, trips.cost, np.inf))
        yield int(seats.member[0]), float(cost.reshape(count, count).sum(axis=0).min())
