"""The change list: every organisation whose unit is another one than in the earlier plan, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.grouping import Wishes
from coverage.grouping.blocks import block_numbers
from coverage.stability.broken import Listed, find_broken
from coverage.stability.gains import LEAST_GAIN, Sides, find_gains
from coverage.stability.tables import UnitChanges, Why
from coverage.stability.units import compare_seats, seat_units
from coverage.tables import KeptUnits
from coverage.vocabulary import FIXED_STATES, GIVEN_UP_STATES, Form, Measure

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.pipeline import Plan
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
#: A host instead of a joint unit, or the like, is worth that much; any trip costs less.
_FORM_GAIN: Final = 5.0
_REASON: Final = ["reason", "about", "value", "limit"]


class Ground(NamedTuple):
    """A new plan, the `Candidates` (sorted by org_id) and wishes it was made of, and where another can be made."""

    plan: Plan
    candidates: pd.DataFrame
    wishes: Wishes
    execution: Execution | None = None


class Found(NamedTuple):
    """The change list (UnitChanges), the seats of everybody, and the first fault of each earlier unit."""

    changes: pd.DataFrame
    seats: pd.DataFrame
    broken: pd.DataFrame


def find_changes(earlier: Earlier, ground: Ground) -> Found:
    """Return what a new plan made of the units of an earlier one."""
    plan = ground.plan
    broken = find_broken(earlier.units, Listed(plan.orgs, plan.places, plan.duties, plan.settings))
    seats = compare_seats(seat_units(earlier.units), seat_units(plan.groups))
    changed = seats[seats["change"] != ""]
    reasons = _reasons(changed, earlier, plan, broken=broken)
    gains = _gains(changed, earlier, ground, broken=broken)
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
        is_new, was_other = before["measure"].isna(), ~_settled(before).isin(list(_GROUPED))
        is_count = was_other & ~is_new & then.notna() & (then != now)
        reason = reason.mask(was_other, Why.OPEN_NOW.value).mask(is_count, Why.NEW_COUNT.value)
        reason, value, limit = reason.mask(is_new, Why.NEW_ORG.value), now.where(is_count), then.where(is_count)
    table = pd.DataFrame({"reason": reason, "about": "", "value": value, "limit": limit}, index=new.index)
    return table.astype({"reason": "object", "about": "object"})


def _gains(
    changed: pd.DataFrame,
    earlier: Earlier,
    ground: Ground,
    *,
    broken: pd.DataFrame,
) -> pd.DataFrame:
    """Return what the exchanges gained that moved organisations out of units which could have stayed."""
    units, plan = earlier.units, ground.plan
    is_legal = ~units["group_id"].isin(broken["group_id"]) & ~units["state"].isin(GIVEN_UP_STATES)
    legal = units[(is_legal | units["state"].isin(FIXED_STATES)) & units["form"].isin(_STARS)]
    is_touched = legal["group_id"].isin(set(changed["group_id_before"]))
    near = legal[legal["org_id"].isin(_in_blocks_of(legal.loc[is_touched, "org_id"], ground))]
    kept = KeptUnits.validate(near[list(KeptUnits.to_schema().columns)].reset_index(drop=True))
    measures = plan.measures.set_index("org_id")
    sides = Sides(plan.groups, measures[["n"]].assign(measure=_settled(measures)))
    wishes = Wishes(kept=kept, rulings=ground.wishes.rulings)
    return find_gains(sides, ground.candidates, plan.settings, wishes=wishes, execution=ground.execution)


def _in_blocks_of(ids: pd.Series, ground: Ground) -> pd.Series:
    """Return the organisations of all blocks in which one of these is."""
    number = pd.Series(block_numbers(ground.candidates, ground.plan.settings))
    org_id = ground.candidates["org_id"]
    return org_id[(number.isin(number[org_id.isin(ids)]) & (number >= 0)).to_numpy()]


def _settled(measures: pd.DataFrame) -> pd.Series:
    """Return what each organisation is to do; while its affiliation is unclear that is the provisional measure."""
    is_provisional = (measures["measure"] == Measure.AFFILIATION) & (measures["provisional"] != "")
    return measures["measure"].mask(is_provisional, measures["provisional"])


def _gained(changed: pd.DataFrame, gains: pd.DataFrame) -> pd.DataFrame:
    """Return what the exchange that moved each organisation gained, where nothing else was the reason."""
    covered, saved, price = (gains[name].reindex(changed.index).fillna(0.0) for name in ("covered", "saved", "price"))
    is_community = changed["form_before"].isin([Form.REGIONAL, Form.INDUSTRY])
    whys = {
        Why.COVERS_MORE.value: covered > 0,
        Why.REDRAWN.value: is_community,
        Why.BETTER_FORM.value: saved > _FORM_GAIN,
        Why.SAME_COST.value: (saved.abs() <= LEAST_GAIN) & (price <= LEAST_GAIN),
        Why.LESS_TRAVEL.value: (saved > 0) & (saved >= price - LEAST_GAIN),
    }
    reason = pd.Series(np.select(list(whys.values()), list(whys), Why.NO_GAIN.value), index=changed.index)
    value = covered.where(reason == Why.COVERS_MORE, saved.where(reason == Why.LESS_TRAVEL))
    table = pd.DataFrame({"reason": reason, "about": "", "value": value}, index=changed.index)
    limit = price.where(reason == Why.LESS_TRAVEL)
    return table.assign(limit=limit).astype({"reason": "object", "about": "object"})
