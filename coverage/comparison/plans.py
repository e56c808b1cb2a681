"""Plan against plan: units kept, changed, given up and new, who moved and why, and what either comes to by area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.areas import describe_areas, roll_up
from coverage.codes import where_true
from coverage.comparison import Comparison, compare_lists
from coverage.comparison.matching import match_orgs
from coverage.comparison.sides import side_of_plan
from coverage.comparison.tables import GroupState, Moves, PairedUnits, PlanFigures, UnitState
from coverage.stability import Earlier, EarlierUnits, UnitChange, judge_changes
from coverage.stability.units import compare_seats, seat_units
from coverage.tables import KeptUnits, Problems
from coverage.vocabulary import Form, Role, State

if TYPE_CHECKING:
    from collections.abc import Collection

    from coverage.comparison.sides import Side
    from coverage.grouping import Wishes
    from coverage.pipeline import Plan
    from coverage.stability import Stability
    from geo.divisions import Divisions

#: What an organisation of the old list is called that the new one has not: no id starts so.
_GONE: Final = "gone:"
#: Seats that tell in which new unit an old one goes on.
_GOES_ON: Final = ("", UnitChange.LEAD, UnitChange.MEMBERS)
_BLOCK_SUMS: Final = ("small", "covered", "instructor", "cost", "travel", "bound", "proved", "blocks")
_FLOATS: Final = ("cost", "travel", "bound")
_OF_ORGS: Final = ("orgs", "places", "duties", "measures")


class PlanComparison(NamedTuple):
    """Two plans compared: their lists and KPIs, and the tables PairedUnits, Moves and PlanFigures."""

    lists: Comparison
    units: pd.DataFrame
    moves: pd.DataFrame
    figures: pd.DataFrame


class _Named(NamedTuple):
    """The seats of everybody in a unit of either plan, by id of the new list, and who is who in either plan."""

    seats: pd.DataFrame
    old: pd.DataFrame
    new: pd.DataFrame


def compare_plans(
    old: Plan, new: Plan, *, fields: tuple[frozenset[str], frozenset[str]], divisions: Divisions
) -> PlanComparison:
    """Return how two plans differ, of one list or of two.

    Parameters
    ----------
    fields
        As in `Intake`, of the list of either plan.
    """
    sides = side_of_plan(old, fields[0]), side_of_plan(new, fields[1])
    lists = compare_lists(*sides, divisions=divisions)
    ids = _ids_now(*sides)
    seats = compare_seats(seat_units(_renamed(old.groups, ids)), seat_units(new.groups))
    named = _Named(seats, _people(old, ids), _people(new, new.orgs["org_id"]))
    units = _units(named, old, new, broken=lists.groups)
    figures = _figures(old, new, named=named, units=units, divisions=divisions)
    return PlanComparison(lists, units, _moves(named), figures)


def explain_moves(
    old: Plan,
    new: Plan,
    *,
    wishes: Wishes,
    divisions: Divisions,
    counties: Collection[str] | None = None,
) -> Stability:
    """Return why each unit is another one in the new plan, and what that costs where it follows the old one.

    Grouping is done again where units could have stayed: seconds for a county, minutes for a province.

    Parameters
    ----------
    wishes
        What planners fixed in the new plan; `earlier` where it follows the drafts of the old one.
    counties
        Where to look; None everywhere.
    """
    ids = _ids_now(side_of_plan(old, frozenset()), side_of_plan(new, frozenset()))
    earlier = _as_earlier(old, ids)
    if counties is not None:
        new = _within(new, counties)
        here = old.groups.loc[old.groups["adcode"].isin(counties), "group_id"]
        earlier = earlier._replace(units=earlier.units[earlier.units["group_id"].isin(here)].reset_index(drop=True))
    return judge_changes(new, earlier, wishes=wishes, divisions=divisions)


def _ids_now(old: Side, new: Side) -> pd.Series:
    """Return what each organisation of the old list is called in the new one, in the order of the old one."""
    matches = match_orgs(old, new)
    pairs = matches[(matches["old"] >= 0) & (matches["new"] >= 0)]
    ids = (_GONE + old.orgs["org_id"]).to_numpy(dtype=object)
    ids[pairs["old"]] = new.orgs["org_id"].to_numpy(dtype=object)[pairs["new"]]
    return pd.Series(ids, index=pd.Index(old.orgs["org_id"]), dtype="str")


def _renamed(groups: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    return groups.assign(org_id=groups["org_id"].map(ids).astype("str"))


def _people(plan: Plan, ids: pd.Series) -> pd.DataFrame:
    """Return own_id, name, county and measure of everybody in a list, by id of the new list."""
    own = plan.measures[["org_id", "name", "adcode", "county_name", "measure"]].rename(columns={"org_id": "own_id"})
    return own.set_axis(pd.Index(ids.to_numpy(), name="org_id"), axis=0)


def _units(named: _Named, old: Plan, new: Plan, *, broken: pd.DataFrame) -> pd.DataFrame:
    """Return `PairedUnits`."""
    pairs = _pairs(named.seats)
    facts = _heads(old), _heads(new)
    alone = [
        pd.DataFrame({name: each.index[~each.index.isin(pairs[name])]})
        for name, each in zip(("old_group", "new_group"), facts, strict=True)
    ]
    rows = pd.concat([pairs, *alone], ignore_index=True).fillna({"old_group": "", "new_group": "", "stayed": 0})
    before, after = (each.reindex(rows[name]).reset_index(drop=True) for name, each in zip(pairs, facts, strict=False))
    is_gone = (rows["new_group"] == "").to_numpy()
    shown = after.where(~pd.Series(is_gone), before)
    rules = broken[broken["state"] == GroupState.BROKEN].set_index("group_id")["rules"]
    rows = rows.assign(
        form=shown["form"],
        adcode=shown["adcode"],
        county_name=shown["county_name"],
        lead=shown["lead"],
        old_lead=before["lead"],
        old_orgs=before["orgs"].fillna(0).astype("int64"),
        new_orgs=after["orgs"].fillna(0).astype("int64"),
        stayed=rows["stayed"].astype("int64"),
        rules=rows["old_group"].map(rules),
    )
    rows = rows.assign(state=_states(rows, unmoved=_unmoved(named.seats, rows)))
    texts = {name: rows[name].astype("str").fillna("") for name in ("old_lead", "rules")}
    rows = rows.assign(**texts).sort_values(["adcode", "new_group", "old_group"], ignore_index=True)
    return PairedUnits.validate(rows[list(PairedUnits.to_schema().columns)])


def _pairs(seats: pd.DataFrame) -> pd.DataFrame:
    """Return old_group, new_group and `stayed` of each unit that goes on."""
    names = {"group_id_before": "old_group", "group_id_after": "new_group"}
    on = seats[seats["change"].isin(_GOES_ON)].rename(columns=names)
    shared = on.groupby(list(names.values())).size().rename("stayed").reset_index()
    shared = shared.sort_values(["stayed", *names.values()], ascending=[False, True, True])
    is_first = ~shared.duplicated("old_group") & ~shared.duplicated("new_group")  # a host of several units
    return shared[is_first].reset_index(drop=True)


def _unmoved(seats: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return how many organisations of each old unit are in the same one, with the same lead or host."""
    same = seats[seats["change"] == ""].groupby("group_id_before").size()
    return rows["old_group"].map(same).fillna(0).astype("int64")


def _states(rows: pd.DataFrame, *, unmoved: pd.Series) -> pd.Series:
    is_kept = (rows["old_orgs"] == rows["new_orgs"]) & (rows["old_orgs"] == unmoved)
    states = np.select(
        [rows["new_group"] == "", rows["old_group"] == "", is_kept],
        [UnitState.ONLY_OLD.value, UnitState.ONLY_NEW.value, UnitState.KEPT.value],
        UnitState.CHANGED.value,
    )
    return pd.Series(states, index=rows.index, dtype="str")


def _heads(plan: Plan) -> pd.DataFrame:
    """Return form, county, name of the lead (host, else first member) and number of guests of each unit, by its id."""
    rows = plan.groups.assign(is_member=plan.groups["role"] == Role.MEMBER)
    rows = rows.sort_values(["group_id", "is_member", "org_id"])
    first = rows.drop_duplicates("group_id").set_index("group_id")
    people = plan.measures.set_index("org_id")["name"]
    counties = plan.places.drop_duplicates("adcode").set_index("adcode")["county_name"]
    guests = rows[rows["role"] != Role.HOST].groupby("group_id").size()
    return pd.DataFrame(
        {
            "form": first["form"],
            "adcode": first["adcode"],
            "county_name": first["adcode"].map(counties).astype("str").fillna(""),
            "lead": first["org_id"].map(people).astype("str").fillna(""),
            "orgs": guests.reindex(first.index).fillna(0).astype("int64"),
        }
    )


def _moves(named: _Named) -> pd.DataFrame:
    """Return `Moves`."""
    both = named.old.merge(named.new, how="outer", left_index=True, right_index=True, suffixes=("_old", "_new"))
    seats = named.seats.reindex(both.index).fillna("")
    is_known = both["own_id_old"].notna() & both["own_id_new"].notna()
    is_other = is_known & where_true(both["measure_old"] != both["measure_new"])
    rows = both[(seats["change"] != "") | is_other]
    seats = seats.loc[rows.index]
    names = named.new["name"].combine_first(named.old["name"])
    moves = pd.DataFrame(
        {
            "old_id": rows["own_id_old"],
            "new_id": rows["own_id_new"],
            **{name: rows[f"{name}_new"].fillna(rows[f"{name}_old"]) for name in ("name", "adcode", "county_name")},
            "old_measure": rows["measure_old"],
            "new_measure": rows["measure_new"],
            "change": seats["change"],
            "old_group": seats["group_id_before"],
            "old_lead": seats["head_before"].map(names),
            "new_group": seats["group_id_after"],
            "new_lead": seats["head_after"].map(names),
        }
    )
    moves = moves.astype("str").fillna("").rename_axis("key").reset_index()
    return Moves.validate(moves.sort_values(["adcode", "key"], ignore_index=True).drop(columns="key"))


def _figures(old: Plan, new: Plan, *, named: _Named, units: pd.DataFrame, divisions: Divisions) -> pd.DataFrame:
    """Return `PlanFigures`: sums by county, rolled up."""
    people = named.new["adcode"].combine_first(named.old["adcode"])
    seats = named.seats.assign(adcode=people.reindex(named.seats.index))
    parts = {
        **{f"old_{name}": values for name, values in _sums(old).items()},
        **{f"new_{name}": values for name, values in _sums(new).items()},
        **{state.value: units[units["state"] == state].groupby("adcode").size() for state in UnitState},
        "seats": seats.groupby("adcode").size(),
        "moved": seats[seats["change"] != ""].groupby("adcode").size(),
    }
    sums = pd.concat(parts, axis=1).fillna(0).sort_index()
    kinds = {name: "float64" if name.endswith(_FLOATS) else "int64" for name in sums.columns}
    places = pd.concat([new.places, old.places], ignore_index=True)
    located = new.settings.model_copy(update={"area_mode": "located"})  # units and blocks are of a county
    areas = describe_areas(sums.index, places, divisions=divisions, settings=located)
    rolled = roll_up(areas, sums.astype(kinds).reset_index(drop=True)).astype(kinds)
    return PlanFigures.validate(rolled[list(PlanFigures.to_schema().columns)])


def _sums(plan: Plan) -> dict[str, pd.Series]:
    """Return what a plan comes to, by county."""
    counted = plan.blocks.assign(proved=plan.blocks["is_proved"].astype("int64"), blocks=1)
    by_county = counted.groupby("adcode")[list(_BLOCK_SUMS)].sum()
    units = plan.groups.drop_duplicates("group_id")
    return {
        **{name: by_county[name] for name in _BLOCK_SUMS},
        "uncovered": by_county["small"] - by_county["covered"],
        "members": units.groupby("adcode")["group_members"].sum(),
        **{form.value: units[units["form"] == form].groupby("adcode").size() for form in Form},
    }


def _as_earlier(plan: Plan, ids: pd.Series) -> Earlier:
    """Return a plan as the earlier one of another, its units as drafts; organisations as the other one calls them."""
    rows = _renamed(plan.groups, ids)
    people = _people(plan, ids).assign(
        members=plan.measures["n"].array,
        superior=plan.duties["superior"].array,
        provisional=plan.measures["provisional"].array,
    )
    about = people.reindex(rows["org_id"])
    units = rows[["group_id", "form", "role", "org_id"]].assign(
        **{name: about[name].array for name in ("name", "members", "county_name", "superior")}, state=State.DRAFT.value
    )
    units = units.assign(members=units["members"].astype("Int64")).sort_values(
        ["group_id", "org_id"], ignore_index=True
    )
    before = people[["measure", "provisional", "members"]].reset_index(names="org_id")
    return Earlier(
        EarlierUnits.validate(units[list(EarlierUnits.to_schema().columns)]),
        KeptUnits.empty(),
        KeptUnits.empty(),
        Problems.empty(),
        before,
    )


def _within(plan: Plan, counties: Collection[str]) -> Plan:
    """Return the part of a plan in some counties, its figures left out."""
    is_here = plan.places["adcode"].isin(counties).to_numpy()
    tables = {name: getattr(plan, name)[is_here].reset_index(drop=True) for name in _OF_ORGS}
    for name in ("groups", "blocks", "missing"):
        table = getattr(plan, name)
        tables[name] = table[table["adcode"].isin(counties)].reset_index(drop=True)
    return plan._replace(**tables)
