"""What the changes do: to scope and coverage of each organisation, to its measure, and to the proposed units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.codes import SEPARATOR, join_codes, where_true
from coverage.comparison.tables import Effect, GroupState
from coverage.indicators import Facts, carry_out, gather_facts
from coverage.verification.facts import gather_seats
from coverage.verification.hard import find_hard
from coverage.verification.listed import list_facts
from coverage.vocabulary import Measure, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.comparison.sides import Side

    Mask = NDArray[np.bool_]

#: Nobody is called so: an organisation of an old unit that the new list has not.
_GONE = "gone:"
#: What an organisation that did not change itself is told for.
TOLD = (
    Effect.MEASURE,
    Effect.GROUP_BROKEN,
    Effect.GROUP_CHANGED,
    Effect.JOINS_GROUP,
    Effect.LEAVES_GROUP,
    Effect.PLANNED,
    Effect.UNPLANNED,
)


class State(NamedTuple):
    """What one list makes of every organisation of either: blank and False where it is not in it."""

    measure: pd.Series
    """final, or the duty where it is not grouped yet"""
    duty: pd.Series
    """measure and provisional measure before grouping"""
    group: pd.Series
    scope: Mask
    covered: Mask
    planned: Mask
    """covered with the proposals carried out; all False without a plan"""


def find_effects(matches: pd.DataFrame, old: Side, new: Side, *, groups: pd.DataFrame) -> pd.DataFrame:
    """Return old_measure, new_measure, old_group, new_group, effects and rules of each match, in its order.

    Parameters
    ----------
    groups
        As from `check_groups`.
    """
    before, after = (_state(side, matches[name]) for name, side in (("old", old), ("new", new)))
    of_group = groups.set_index("group_id")
    states = before.group.map(of_group["state"]).astype("str").fillna("")
    masks = _list_effects(before, after, is_both=_is_pair(matches))
    masks |= {Effect(f"group_{state}"): where_true(states == state) for state in GroupState}
    if new.measures is not None and old.measures is not None:
        masks |= _plan_effects(before, after, is_both=_is_pair(matches))
    ordered = {effect.value: masks[effect] for effect in Effect if effect in masks}
    return pd.DataFrame(
        {
            "old_measure": before.measure,
            "new_measure": after.measure,
            "old_group": before.group,
            "new_group": after.group,
            "effects": join_codes(ordered, index=matches.index),
            "rules": before.group.map(of_group["rules"]).astype("str").fillna(""),
        }
    )


def facts_of(side: Side) -> Facts:
    """Return what the indicators count today; all of one area, which only matters to units and blocks."""
    everywhere = side.orgs.assign(area=0)
    return gather_facts(everywhere, side.places, duties=side.duties, measures=side.measured, settings=side.settings)


def check_groups(matches: pd.DataFrame, old: Side, new: Side) -> pd.DataFrame:
    """Return `OldGroups` without `changed`: each proposed unit of the old plan, checked against the new list."""
    if old.groups is None or old.groups.empty:
        return _no_groups()
    place = _places_now(old.groups["org_id"], matches, old=old)
    called = np.append(new.orgs["org_id"].to_numpy(dtype=object), "").take(place)
    gone = _GONE + old.groups["org_id"]
    rows = old.groups.assign(org_id=gone.where(place < 0, pd.Series(called, index=gone.index, dtype="str")))
    rules = _broken_rules(rows, new, seated=np.unique(place[place >= 0]))
    names = old.orgs.set_index("org_id")["name"]
    counties = old.places.drop_duplicates("adcode").set_index("adcode")["county_name"]
    first = old.groups.assign(is_member=old.groups["role"] == Role.MEMBER)
    first = first.sort_values(["group_id", "is_member", "org_id"])
    by_group = first.groupby("group_id")
    told = pd.DataFrame({"form": by_group["form"].first(), "adcode": by_group["adcode"].first()})
    told = told.assign(
        county_name=told["adcode"].map(counties).astype("str").fillna(""),
        lead=by_group["org_id"].first().map(names).astype("str").fillna(""),
        orgs=by_group.size(),
        rules=rules.reindex(told.index).fillna(""),
    )
    return told.assign(state=_group_states(rows, told, new)).reset_index()


def _no_groups() -> pd.DataFrame:
    texts = dict.fromkeys(("group_id", "form", "adcode", "county_name", "lead", "rules", "state"), "")
    return pd.DataFrame(texts | {"orgs": 0}, index=[0]).iloc[:0].astype(dict.fromkeys(texts, "str"))


def _places_now(ids: pd.Series, matches: pd.DataFrame, *, old: Side) -> NDArray[np.intp]:
    """Return the position in the new list of these organisations of the old one, -1 for who is gone."""
    pairs = matches[_is_pair(matches)]
    now = np.full(len(old.orgs) + 1, -1, dtype=np.intp)
    now[pairs["old"]] = pairs["new"]
    place: NDArray[np.intp] = pd.Index(old.orgs["org_id"]).get_indexer(pd.Index(ids))
    return now.take(place)


def _broken_rules(rows: pd.DataFrame, new: Side, *, seated: NDArray[np.intp]) -> pd.Series:
    """Return the H codes that each group breaks against the new list, joined by `;` in the order of the rulebook."""
    orgs, places, duties = (table.iloc[seated] for table in (new.orgs, new.places, new.duties))
    business = orgs[["org_id", "industry_code", "class14"]].assign(business_text="")  # no hard rule looks at it
    findings = find_hard(gather_seats(rows, list_facts(orgs, places, duties=duties, business=business)), new.settings)
    found = findings[["group_id", "code"]].drop_duplicates()
    found = found.assign(number=found["code"].str[1:].astype("int64")).sort_values(["group_id", "number"])
    return found.groupby("group_id")["code"].agg(SEPARATOR.join).astype("str")


def _group_states(rows: pd.DataFrame, told: pd.DataFrame, new: Side) -> pd.Series:
    """Return whether each old group is broken, legal, or (with a new plan) proposed again as it was."""
    states = pd.Series(GroupState.LEGAL.value, index=told.index, dtype="str")
    if new.groups is not None:
        again = _memberships(rows).isin(set(_memberships(new.groups))).reindex(told.index)
        states = states.mask(again, GroupState.KEPT.value).mask(~again, GroupState.CHANGED.value)
    return states.mask(told["rules"] != "", GroupState.BROKEN.value).astype("str")


def _memberships(groups: pd.DataFrame) -> pd.Series:
    """Return form and organisations of each group as one text."""
    rows = groups.sort_values(["group_id", "org_id"])
    members = rows.groupby("group_id")["org_id"].agg("\n".join)
    return rows.groupby("group_id")["form"].first() + "\n" + members


def _is_pair(matches: pd.DataFrame) -> Mask:
    return ((matches["old"] >= 0) & (matches["new"] >= 0)).to_numpy()


def _state(side: Side, position: pd.Series) -> State:
    today = facts_of(side)
    planned = np.zeros(len(side.orgs), dtype=np.bool_)
    if side.measures is not None:
        planned = carry_out(today, side.measures, np.zeros(len(side.orgs), dtype=np.intp)).covered
    owed = side.measured["measure"] if side.measures is not None else side.duties["measure"].replace(Measure.SMALL, "")
    duty = side.duties["measure"] + SEPARATOR + side.duties["provisional"]
    return State(
        measure=_taken(owed, position),
        duty=_taken(duty, position),
        group=_taken(_groups_of(side), position),
        scope=_taken_mask(today.scope, position),
        covered=_taken_mask(today.covered, position),
        planned=_taken_mask(planned, position),
    )


def _groups_of(side: Side) -> pd.Series:
    """Return the proposed unit of each organisation; a host may stand in several, the first one counts."""
    if side.groups is None:
        return pd.Series("", index=side.orgs.index, dtype="str")
    groups = side.groups.drop_duplicates("org_id").set_index("org_id")["group_id"]
    return side.orgs["org_id"].map(groups).astype("str").fillna("")


def _taken(values: pd.Series, position: pd.Series) -> pd.Series:
    """Return the value at each position, "" at -1, in the index of `position`."""
    padded = np.append(values.to_numpy(dtype=object), "")
    return pd.Series(padded[position.to_numpy()], index=position.index, dtype="str")


def _taken_mask(mask: Mask, position: pd.Series) -> Mask:
    return np.append(mask, np.False_).take(position.to_numpy())


def _list_effects(before: State, after: State, *, is_both: Mask) -> dict[Effect, Mask]:
    """Return what the lists alone decide."""
    return {
        Effect.ENTERS_SCOPE: ~before.scope & after.scope,
        Effect.LEAVES_SCOPE: before.scope & ~after.scope,
        Effect.COVERED: is_both & ~before.covered & after.covered,
        Effect.UNCOVERED: is_both & before.covered & ~after.covered,
        Effect.MEASURE: is_both & where_true(before.duty != after.duty),
    }


def _plan_effects(before: State, after: State, *, is_both: Mask) -> dict[Effect, Mask]:
    """Return what only two plans can tell."""
    had, has = (before.group != "").to_numpy(), (after.group != "").to_numpy()
    return {
        Effect.MEASURE: is_both & where_true(before.measure != after.measure),
        Effect.JOINS_GROUP: ~had & has,
        Effect.LEAVES_GROUP: had & ~has,
        Effect.PLANNED: is_both & ~before.planned & after.planned,
        Effect.UNPLANNED: is_both & before.planned & ~after.planned,
    }
