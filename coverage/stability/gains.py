"""What a plan gains by not keeping all units of an earlier one, exchange by exchange (cost of GROUPING §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from coverage.grouping import propose_groups
from coverage.grouping.blocks import block_numbers
from coverage.grouping.model import COST_ATTACHED, COST_INSTRUCTOR, COST_LEFT
from coverage.stability.units import seat_units
from coverage.vocabulary import Form, Measure

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.grouping import Wishes
    from coverage.settings import PlanSettings

_STARS: Final = (Form.JOINT.value, Form.ATTACHED.value)
#: Costs that differ by less are the same, summed otherwise.
LEAST_GAIN: Final = 1e-6
_COLUMNS: Final = ["covered", "saved", "price"]


class Sides(NamedTuple):
    """The seats and measures of the same organisations of S in two plans: groups, and measure and n by org_id."""

    groups: pd.DataFrame
    measures: pd.DataFrame


def find_gains(
    plan: Sides, candidates: pd.DataFrame, settings: PlanSettings, *, wishes: Wishes, execution: Execution | None
) -> pd.DataFrame:
    """Return what a plan gains over one that keeps everything: covered, saved and price by org_id, where they differ.

    Organisations whose units in the two plans hang together make an exchange, which the plan could have left undone:
    `covered` is how many of them are covered more, `saved` their cost less, `price` is `stability` for each of them
    that is not in its old unit. In a plan proved to be the best one nothing is saved for less than its price.

    Parameters
    ----------
    plan
        The plan that may have changed units.
    candidates
        The table `Candidates`, sorted by org_id.
    wishes
        Units that the other plan keeps, whatever it costs: `kept`.
    """
    numbers = pd.Series(block_numbers(candidates, settings), index=candidates["org_id"])
    wanted = numbers[numbers.index.isin(wishes.kept["org_id"]) & (numbers >= 0)]
    here = candidates[numbers.isin(wanted).to_numpy()].reset_index(drop=True)
    if here.empty:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in _COLUMNS})
    other = propose_groups(here, settings, wishes=wishes, execution=execution)
    counted = here.set_index("org_id")[["n"]].join(other.outcomes.set_index("org_id")["measure"], how="inner")
    keeping = _seats(Sides(other.groups, counted), numbers)
    moving = _seats(Sides(plan.groups, plan.measures.reindex(counted.index)), numbers)
    both = keeping.merge(moving, left_index=True, right_index=True, suffixes=("_before", "_after"))
    is_other = (both["key_before"] != both["key_after"]) | (
        (both["cost_before"] - both["cost_after"]).abs() > LEAST_GAIN
    )
    kept = set(wishes.kept["org_id"])
    changed = both[is_other]
    each = pd.DataFrame(
        {
            "number": _exchanges(changed),
            "covered": changed["is_covered_after"].astype("int64") - changed["is_covered_before"].astype("int64"),
            "saved": changed["cost_before"] - changed["cost_after"],
            "price": settings.stability * changed.index.isin(kept) * (changed["key_before"] != changed["key_after"]),
        }
    )
    return each.groupby("number")[_COLUMNS].transform("sum").astype("float64")


def _seats(plan: Sides, numbers: pd.Series) -> pd.DataFrame:
    """Return key and unit ("" without), head of an attached one, cost and whether it is covered, by org_id.

    All who have an instructor in a block are as one unit: they share its slots.
    """
    seats = seat_units(plan.groups[plan.groups["form"].isin(_STARS)]).reindex(plan.measures.index).fillna("")
    is_taught = plan.measures["measure"] == Measure.INSTRUCTOR_OWN
    block = numbers.reindex(seats.index).astype("str")
    trips = plan.groups[plan.groups["role"] == "member"].set_index("org_id")["cost"].reindex(seats.index).fillna(0.0)
    cost = np.select(
        [is_taught, seats["form"] == Form.JOINT, seats["form"] == Form.ATTACHED],
        [plan.measures["n"].map(COST_INSTRUCTOR).astype("float64"), trips, trips + COST_ATTACHED],
        COST_LEFT,
    )
    return pd.DataFrame(
        {
            "key": seats["key"].mask(is_taught, block),
            "unit": seats["group_id"].mask(is_taught, block),
            "host": seats["head"].where(seats["form"] == Form.ATTACHED, ""),
            "cost": cost,
            "is_covered": is_taught | (seats["key"] != ""),
        },
        index=seats.index,
    )


def _exchanges(changed: pd.DataFrame) -> pd.Series:
    """Return the number of the exchange of each organisation: units of either plan, and hosts, tie them together."""
    before, after = ("before\n" + changed["unit_before"]), ("after\n" + changed["unit_after"])
    ties = [
        before.where(changed["unit_before"] != "", ""),
        after.where(changed["unit_after"] != "", ""),
        changed["host_before"],
        changed["host_after"],
    ]
    org = np.tile(np.arange(len(changed)), len(ties))
    code, names = pd.factorize(pd.concat(ties))
    is_tie = np.append(np.asarray(names != ""), False)[code]
    size = len(changed) + len(names)
    ends = (org[is_tie], len(changed) + code[is_tie])
    graph = sparse.coo_array((np.ones(len(ends[0])), ends), shape=(size, size))
    return pd.Series(connected_components(graph, directed=False)[1][: len(changed)], index=changed.index)
