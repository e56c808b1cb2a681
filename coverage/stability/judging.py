"""What became of an earlier plan: the units that stayed, the change list, and what keeping costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.branches import Listed
from coverage.business import describe_business
from coverage.grouping import find_candidates
from coverage.stability.changes import Found, Ground, all_names, find_changes
from coverage.stability.price import Price, price_of_stability
from coverage.stability.releasing import release_broken
from coverage.stability.tables import UnitChange, Why
from coverage.vocabulary import FIXED_STATES, GIVEN_UP_STATES, Role, State

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.grouping import Wishes
    from coverage.pipeline import Plan
    from coverage.settings import PlanSettings
    from coverage.stability.reading import Earlier
    from geo.divisions import Divisions

#: What an organisation's move has to gain where nobody says: as much as a joint unit is worth above a host, a tenth of
#: an organisation more covered. Measured: docs/rule.md, "An earlier plan".
DEFAULT_STABILITY = 10.0


class Stability(NamedTuple):
    """What became of the units of an earlier plan.

    `changes` is the table UnitChanges. `released` has group_id, lead, county_name, state and the first fault (reason,
    about_name, value, limit) of each approved or locked unit that is no more. `price` is None where the plan was not
    finished. Units that are still legal break no rule by the new list and were not given up.
    """

    changes: pd.DataFrame
    released: pd.DataFrame
    units: int
    legal: int
    legal_kept: int
    fixed: int
    fixed_kept: int
    moved: int
    """organisations of earlier units that are still listed, and in another unit or none"""
    price: Price | None


def with_default(settings: PlanSettings) -> PlanSettings:
    """Return the settings for a plan that follows an earlier one: `DEFAULT_STABILITY` where they name no other."""
    if "stability" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"stability": DEFAULT_STABILITY})


def judge_changes(
    plan: Plan, earlier: Earlier, *, wishes: Wishes, divisions: Divisions, execution: Execution | None = None
) -> Stability:
    """Return what a plan, made with these wishes, made of an earlier one, and what that cost."""
    business = describe_business(plan.orgs, divisions=divisions)
    candidates = find_candidates(plan.orgs, plan.places, plan.duties, business)
    listed = Listed(plan.orgs, plan.places, plan.duties, business)
    wishes = release_broken(wishes, listed, settings=plan.settings)
    found = find_changes(earlier, Ground(plan, candidates, wishes, execution))
    seats = found.seats.assign(is_same=found.seats["change"] == "")
    had = seats[seats["group_id_before"] != ""]
    is_kept = had.groupby("group_id_before")["is_same"].all()
    heads = earlier.units.drop_duplicates("group_id").set_index("group_id")
    kept = is_kept.reindex(heads.index, fill_value=False)
    legal = ~heads.index.isin(found.broken["group_id"]) & ~heads["state"].isin(GIVEN_UP_STATES)
    fixed = heads["state"].isin(FIXED_STATES)
    moved = had[~had["is_same"] & (had["change"] != UnitChange.LEAD) & had.index.isin(plan.orgs["org_id"])]
    return Stability(
        changes=found.changes,
        released=_released(heads.index[fixed & ~kept], earlier, found, names=all_names(earlier, plan)),
        units=len(heads),
        legal=int(legal.sum()),
        legal_kept=int((legal & kept).sum()),
        fixed=int(fixed.sum()),
        fixed_kept=int((fixed & kept).sum()),
        moved=len(moved),
        price=price_of_stability(candidates, plan.blocks, plan.settings, wishes=wishes, execution=execution),
    )


def _released(ids: pd.Index, earlier: Earlier, found: Found, *, names: pd.Series) -> pd.DataFrame:
    """Return approved or locked units that are no more, with what is wrong with them."""
    rows = earlier.units[earlier.units["group_id"].isin(ids)]
    order = rows.assign(is_member=rows["role"] == Role.MEMBER).sort_values(["group_id", "is_member", "org_id"])
    first = order.drop_duplicates("group_id").rename(columns={"name": "lead"})
    told = first[["group_id", "lead", "county_name", "state"]].merge(found.broken, on="group_id", how="left")
    told = told.assign(reason=told["reason"].fillna(Why.NOT_SOLVED.value), about=told["about"].fillna(""))
    told = told.assign(about_name=told["about"].map(names).astype("str").fillna(""))
    return told.sort_values(["county_name", "group_id"], ignore_index=True)


def carried_states(earlier: Earlier, groups: pd.DataFrame) -> dict[str, str]:
    """Return the state of each unit of a plan that an earlier one had with the same organisations, by group_id.

    Drafts are left out: their state follows from the list.
    """
    moved_on = earlier.units[earlier.units["state"] != State.DRAFT]
    states = moved_on.drop_duplicates("group_id").set_index("group_id")["state"]
    before, after = _contents(moved_on), _contents(groups)
    by_content = pd.Series(states.reindex(before.index).to_numpy(), index=before.to_numpy())
    found = after.map(by_content[~by_content.index.duplicated()]).dropna()
    return {str(group_id): str(state) for group_id, state in found.items()}


def _contents(units: pd.DataFrame) -> pd.Series:
    """Return form and organisations of each unit as one text, by group_id."""
    rows = units.sort_values(["group_id", "org_id"])
    by_group = rows.groupby("group_id")
    return by_group["form"].first().astype("str") + "\n" + by_group["org_id"].agg("\n".join).astype("str")
