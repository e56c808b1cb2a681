"""The change list: every organisation whose unit is another one than in the earlier plan, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.stability.broken import find_broken
from coverage.stability.gains import find_gains, unit_costs
from coverage.stability.tables import UnitChanges, Why
from coverage.stability.units import compare_seats, seat_units
from coverage.tables import KeptUnits
from coverage.vocabulary import GIVEN_UP_STATES, Form, Measure, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.pipeline import Plan
    from coverage.stability.gains import Gains
    from coverage.stability.reading import Earlier

_STARS: Final = (Form.JOINT.value, Form.ATTACHED.value)
#: Measures that grouping decides on; all others follow from the row of the list alone.
_GROUPED: Final = (
    Measure.INSTRUCTOR_OWN,
    Measure.JOINT,
    Measure.ATTACHED,
    Measure.REGIONAL,
    Measure.INDUSTRY,
    Measure.PENDING,
)
#: Least difference of costs that is one, not the rounding of a sum.
_LEAST_GAIN: Final = 1e-6
#: A host instead of a joint unit, or the like, is worth that much; any trip costs less.
_FORM_GAIN: Final = 5.0
_REASON: Final = ["reason", "about", "value", "limit"]


class Found(NamedTuple):
    """The change list (UnitChanges), the seats of everybody, and the first fault of each earlier unit."""

    changes: pd.DataFrame
    seats: pd.DataFrame
    broken: pd.DataFrame


def find_changes(earlier: Earlier, plan: Plan, candidates: pd.DataFrame) -> Found:
    """Return what the new plan made of the units of an earlier one.

    Parameters
    ----------
    candidates
        The table `Candidates` of the new list.
    """
    broken = find_broken(earlier.units, plan)
    seats = compare_seats(seat_units(earlier.units), seat_units(plan.groups))
    changed = seats[seats["change"] != ""]
    reasons = _reasons(changed, earlier, plan, broken=broken)
    gains = _gains(changed, earlier, plan, broken=broken, candidates=candidates)
    reasons = reasons.fillna(_gained(changed, gains))
    told = _described(changed, earlier, plan).join(reasons)
    names = all_names(earlier, plan)
    told = told.assign(about_name=told["about"].map(names).astype("str").fillna(""))
    told = told.reset_index(names="org_id").sort_values(["adcode", "org_id"], ignore_index=True)
    changes = UnitChanges.validate(told[list(UnitChanges.to_schema().columns)])
    return Found(changes, seats, broken.drop_duplicates("group_id"))


def all_names(earlier: Earlier, plan: Plan) -> pd.Series:
    """Return the name of every organisation of either, as the new list has it where it does."""
    now = plan.orgs.set_index("org_id")["name"]
    then = earlier.units.drop_duplicates("org_id").set_index("org_id")["name"]
    names: pd.Series = pd.concat([now, then[~then.index.isin(now.index)]])
    return names


def _described(changed: pd.DataFrame, earlier: Earlier, plan: Plan) -> pd.DataFrame:
    """Return who changed from what to what."""
    names = all_names(earlier, plan)
    ids = changed.index.to_series()
    states = earlier.units.drop_duplicates("group_id").set_index("group_id")["state"]
    then = earlier.units.drop_duplicates("org_id").set_index("org_id")["county_name"]
    where = plan.places.set_index("org_id")[["adcode", "county_name"]].reindex(changed.index)
    county = where["county_name"].fillna(ids.map(then))
    return pd.DataFrame(
        {
            "name": ids.map(names),
            "adcode": where["adcode"],
            "county_name": county,
            "before_id": changed["group_id_before"],
            "before_form": changed["form_before"],
            "before_lead": changed["head_before"].map(names),
            "before_state": changed["group_id_before"].map(states),
            "after_id": changed["group_id_after"],
            "after_form": changed["form_after"],
            "after_lead": changed["head_after"].map(names),
            "change": changed["change"],
        },
        index=changed.index,
        dtype="str",
    ).fillna("")


def _reasons(changed: pd.DataFrame, earlier: Earlier, plan: Plan, *, broken: pd.DataFrame) -> pd.DataFrame:
    """Return reason, about, value and limit where a rule, a person or a run without an end decided, else NaN."""
    faults = _faults(changed, broken)
    states = earlier.units.drop_duplicates("group_id").set_index("group_id")["state"]
    is_given_up = changed["group_id_before"].map(states).isin(GIVEN_UP_STATES)
    outcome = plan.measures.set_index("org_id")["reason"].reindex(changed.index).fillna("")
    plain = pd.Series(
        np.select([outcome == "not_solved", is_given_up], [Why.NOT_SOLVED.value, Why.GIVEN_UP.value], ""),
        index=changed.index,
    )
    new = _newcomers(changed, earlier, plan)
    decided = pd.DataFrame({"reason": plain[plain != ""], "about": "", "value": np.nan, "limit": np.nan})
    parts = [faults, new, decided[~decided.index.isin(faults.index) & ~decided.index.isin(new.index)]]
    return pd.concat([part[_REASON] for part in parts if len(part)] or [faults[_REASON]]).reindex(changed.index)


def _faults(changed: pd.DataFrame, broken: pd.DataFrame) -> pd.DataFrame:
    """Return the fault of each organisation's old unit, by org_id: its own before those of others and of the whole."""
    rows = changed.reset_index(names="org_id").merge(
        broken.assign(place=np.arange(len(broken))), left_on="group_id_before", right_on="group_id", how="inner"
    )
    rows = rows.assign(is_other=rows["about"] != rows["org_id"]).sort_values(["org_id", "is_other", "place"])
    return rows.drop_duplicates("org_id").set_index("org_id")[_REASON].astype({"reason": "object", "about": "object"})


def _newcomers(changed: pd.DataFrame, earlier: Earlier, plan: Plan) -> pd.DataFrame:
    """Return why organisations that were in no unit are in one now: new in the list, or another case than before."""
    new = changed[changed["group_id_before"] == ""]
    reason = pd.Series(Why.WAS_ALONE.value, index=new.index)
    value = limit = pd.Series(np.nan, index=new.index)
    if earlier.before is not None:
        before = earlier.before.drop_duplicates("org_id").set_index("org_id").reindex(new.index)
        then = before["members"].astype("float64")
        now = plan.duties.set_index("org_id")["n"].reindex(new.index).astype("float64")
        is_new, was_other = before["measure"].isna(), ~before["measure"].isin(list(_GROUPED))
        is_count = was_other & ~is_new & then.notna() & (then != now)
        reason = reason.mask(was_other, Why.OPEN_NOW.value).mask(is_count, Why.NEW_COUNT.value)
        reason, value, limit = reason.mask(is_new, Why.NEW_ORG.value), now.where(is_count), then.where(is_count)
    table = pd.DataFrame({"reason": reason, "about": "", "value": value, "limit": limit}, index=new.index)
    return table.astype({"reason": "object", "about": "object"})


def _gains(
    changed: pd.DataFrame, earlier: Earlier, plan: Plan, *, broken: pd.DataFrame, candidates: pd.DataFrame
) -> Gains:
    units = earlier.units
    ids = set(changed["group_id_before"]) - set(broken["group_id"])
    legal = units[units["group_id"].isin(ids) & units["form"].isin(_STARS)]
    legal = legal[legal["group_id"].map(_is_whole(legal, changed)).astype(bool)]
    kept = KeptUnits.validate(legal[list(KeptUnits.to_schema().columns)])
    costs = unit_costs(kept, candidates, plan.settings)
    trips = plan.groups[plan.groups["role"] != Role.HOST].set_index("org_id")["cost"]
    after = plan.measures.set_index("org_id")[["measure", "n"]]
    after = after[after["measure"].isin(list(_GROUPED))].join(trips)
    return find_gains(changed, legal[legal["group_id"].isin(costs.index)], costs, after=after, settings=plan.settings)


def _is_whole(units: pd.DataFrame, changed: pd.DataFrame) -> pd.Series:
    """Say of each unit whether all its guests have another one now: else some are still at their old host."""
    guests = units[units["role"] != Role.HOST]
    return guests["org_id"].isin(changed.index).groupby(guests["group_id"]).all()


def _gained(changed: pd.DataFrame, gains: Gains) -> pd.DataFrame:
    """Return what the exchange that moved each organisation gained, where nothing else was the reason."""
    covered, saved, price = (of.reindex(changed.index) for of in gains)
    is_community = changed["form_before"].isin([Form.REGIONAL, Form.INDUSTRY]).to_numpy()
    is_gain = (saved > _LEAST_GAIN).to_numpy()
    masks: list[NDArray[np.bool_]] = [
        (covered > 0).to_numpy(),
        is_gain & (saved > _FORM_GAIN).to_numpy(),
        is_gain & ~is_community & (saved >= price - _LEAST_GAIN).to_numpy(),
        is_community,
    ]
    whys = [Why.COVERS_MORE.value, Why.BETTER_FORM.value, Why.LESS_TRAVEL.value, Why.REDRAWN.value]
    reason = np.select(masks, whys, Why.NO_GAIN.value)
    value = np.select([masks[0], masks[2] & ~masks[1]], [covered.astype(float), saved], np.nan)
    limit = np.where(reason == Why.LESS_TRAVEL, price, np.nan)
    table = pd.DataFrame({"reason": reason, "about": "", "value": value, "limit": limit}, index=changed.index)
    return table.astype({"reason": "object", "about": "object"})
