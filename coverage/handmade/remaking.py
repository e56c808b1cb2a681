"""The tables of a plan once units of one county stand otherwise: what nobody touched stays to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.branches import Listed, find_branches, with_branches
from coverage.grouping import Grouping, Wishes, propose_groups
from coverage.handmade.bounds import judge_bounds, loosen
from coverage.handmade.units import ALONE, TAUGHT, Standing, standing_units
from coverage.indicators import OfOrgs, recount_coverage
from coverage.measures import repeat_flags, settle_measures
from coverage.tables import KeptUnits, Measures
from coverage.venues import warn_far_groups
from coverage.vocabulary import Form, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coverage.handmade.bench import Bench, County
    from coverage.handmade.units import MadeUnit
    from coverage.pipeline import Plan
    from geo.divisions import Divisions

_KEY: Final = ["adcode", "superior"]
#: What of a block changes when people move its organisations; the rest is said of how it was solved.
_COUNTS: Final = ["covered", "joint", "attached", "instructor", "cost", "travel"]


class Rerun(NamedTuple):
    """What a county is grouped with again: who is no question, which drafts should stay, what planners fixed.

    `is_whole` says that of the touched blocks everything but locked units is a question, so that their bound is that
    of a new plan; `let_go` are organisations that were bound when it was found, by a lock or by what planners fixed.
    """

    wishes: Wishes
    blocks: frozenset[int]
    is_whole: bool = False
    let_go: frozenset[str] = frozenset()


def as_it_stands(bench: Bench, standing: Standing, *, rulings: pd.DataFrame, let_go: Iterable[str] = ()) -> Rerun:
    """Return what leaves everything as it is to stand: units made by hand are priced and explained, nothing moves."""
    kept = kept_table(standing.units.items(), alone(bench, standing))
    return Rerun(Wishes(kept=kept, rulings=rulings), frozenset(range(len(bench.blocks))), let_go=frozenset(let_go))


def alone(bench: Bench, standing: Standing) -> dict[str, str]:
    """Return who is in no unit though it could be in one, with what it has: an instructor, or nothing."""
    members = {org_id for unit in standing.units.values() for org_id in unit.members}
    return {
        org_id: TAUGHT if org_id in standing.taught else ALONE
        for org_id, seat in bench.seats.items()
        if seat.kind == "small" and org_id not in members
    }


def kept_table(units: Iterable[tuple[str, MadeUnit]], alone: dict[str, str]) -> pd.DataFrame:
    """Return the table `KeptUnits` of units, and of organisations that stay alone."""
    rows = [(group_id, unit.form, _role(unit, org_id), org_id) for group_id, unit in units for org_id in unit.orgs] + [
        (org_id, form, Role.MEMBER.value, org_id) for org_id, form in alone.items()
    ]
    return KeptUnits.validate(pd.DataFrame(rows, columns=["group_id", "form", "role", "org_id"], dtype="str"))


def remake(plan: Plan, bench: Bench, rerun: Rerun, *, divisions: Divisions) -> Plan:
    """Return the plan with one county grouped again: tables change where units or organisations do, and only there."""
    county = bench.county
    grouping = propose_groups(county.candidates, county.settings, wishes=rerun.wishes)
    grouping = grouping if rerun.is_whole else _without_others(grouping)
    listed = Listed(county.orgs, county.places, county.duties, county.business)
    branches = find_branches(listed, county.candidates, grouping, settings=county.settings)
    grouping = grouping._replace(outcomes=with_branches(grouping.outcomes, branches))
    in_county = (plan.measures["adcode"] == county.adcode).to_numpy(dtype=bool)
    before = plan.measures[in_county].reset_index(drop=True)
    groups = plan.groups[plan.groups["adcode"] == county.adcode]
    changed = _changed(bench, standing_units(groups, before), grouping, blocks=rerun.blocks)
    measures = _measures(county, before, grouping, orgs=changed.orgs)
    counted = OfOrgs(county.orgs, county.places, county.duties, before)
    return plan._replace(
        measures=_spliced(plan.measures, in_county, measures),
        groups=_groups(plan.groups, grouping.groups, county, changed=changed),
        blocks=_blocks(plan, grouping, bench, rerun=rerun),
        branches=_branches(plan.branches, branches, county.adcode),
        coverage=recount_coverage(
            plan.coverage, counted, measures=measures, divisions=divisions, settings=plan.settings
        ),
    )


def _branches(before: pd.DataFrame, new: pd.DataFrame, adcode: str) -> pd.DataFrame:
    """Return the table of the plan with the rows of a county as they are now, in order of counties."""
    others = before[before["adcode"] != adcode]
    if others.empty:
        return new
    table = pd.concat([others, new], ignore_index=True).astype(new.dtypes.to_dict())
    return table.sort_values("adcode", kind="stable", ignore_index=True)[list(before.columns)]


def _without_others(grouping: Grouping) -> Grouping:
    """Return the grouping without what is said of other units: to a rerun that holds them they seemed locked."""
    groups, outcomes = grouping.groups, grouping.outcomes
    return grouping._replace(
        groups=groups.assign(second_kind="", second_org="", second_cost=np.nan).astype(groups.dtypes.to_dict()),
        outcomes=outcomes.assign(
            way_out="", way_out_goal="", way_out_org="", way_out_value=np.nan, way_out_orgs=np.nan
        ).astype(outcomes.dtypes.to_dict()),
    )


class _Changed(NamedTuple):
    """Units that are no more, units that are new, and everybody who was or is in one of them or changed alone."""

    gone: frozenset[str]
    new: frozenset[str]
    orgs: frozenset[str]


def _changed(bench: Bench, before: Standing, grouping: Grouping, *, blocks: frozenset[int]) -> _Changed:
    now = standing_units(grouping.groups, grouping.outcomes.assign(provisional=""))
    is_here = {org_id for org_id, seat in bench.seats.items() if seat.block in blocks}
    gone = {group_id for group_id, unit in before.units.items() if now.units.get(group_id) != unit}
    new = {group_id for group_id, unit in now.units.items() if before.units.get(group_id) != unit}
    moved = {org_id for group_id in gone for org_id in before.units[group_id].members}
    moved |= {org_id for group_id in new for org_id in now.units[group_id].members}
    moved |= before.taught ^ now.taught
    return _Changed(frozenset(gone), frozenset(new), frozenset(moved & is_here))


def _measures(county: County, before: pd.DataFrame, grouping: Grouping, *, orgs: frozenset[str]) -> pd.DataFrame:
    """Return the county's `Measures`: who changed is settled anew, part-timers are counted again for all."""
    rows = before["org_id"].isin(orgs).to_numpy(dtype=bool)
    some = (
        table[rows].reset_index(drop=True) for table in (county.orgs, county.places, county.duties, county.business)
    )
    orgs_here, places, duties, business = some
    outcomes = grouping.outcomes[grouping.outcomes["org_id"].isin(orgs)]
    liaisons = grouping.liaison_sets.iloc[:0]
    grouping = grouping._replace(outcomes=outcomes, liaison_sets=liaisons)
    settled = settle_measures(orgs_here, places, duties, business, grouping)
    measures = _spliced(before, rows, settled)
    flags = repeat_flags(measures.assign(pt=county.orgs["pt"], flags=county.duties["flags"]))
    return Measures.validate(measures.assign(flags=flags))


def _spliced(
    table: pd.DataFrame, rows: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], new: pd.DataFrame
) -> pd.DataFrame:
    """Return a table with the marked rows in the place of those it had."""
    place = np.arange(len(table))
    place[rows] = len(table) + np.arange(int(rows.sum()))
    return pd.concat([table, new], ignore_index=True).take(place.tolist()).reset_index(drop=True)


def _groups(before: pd.DataFrame, made: pd.DataFrame, county: County, *, changed: _Changed) -> pd.DataFrame:
    new = warn_far_groups(made[made["group_id"].isin(changed.new)].reset_index(drop=True), county.places)
    rows = pd.concat([before[~before["group_id"].isin(changed.gone)], new], ignore_index=True)
    is_member = rows["role"] == Role.MEMBER
    ordered = rows.assign(is_member=is_member).sort_values(["adcode", "group_id", "is_member", "org_id"])
    return ordered.drop(columns="is_member").reset_index(drop=True)


def _blocks(plan: Plan, grouping: Grouping, bench: Bench, *, rerun: Rerun) -> pd.DataFrame:
    """Return the blocks with the counts and costs of those that were grouped again.

    Only where a block was solved whole does it have a new bound. Else its bound stays, as long as nobody was let go.
    """
    freed = [bench.seats[org_id].block for org_id in sorted(rerun.let_go) if org_id in bench.seats]
    before = loosen(plan.blocks, _keys(bench, freed).to_frame(index=False), settings=plan.settings)
    new = grouping.blocks.set_index(_KEY)
    new = new[new.index.isin(_keys(bench, sorted(rerun.blocks)))]
    old = before.set_index(_KEY)
    table = pd.concat([old[~old.index.isin(new.index)], new if rerun.is_whole else _recounted(old, new)])
    return table.reset_index().sort_values(_KEY, ignore_index=True)[list(plan.blocks.columns)]


def _keys(bench: Bench, blocks: Iterable[int]) -> pd.MultiIndex:
    pairs = [(bench.blocks[block].adcode, bench.blocks[block].superior) for block in blocks]
    return pd.MultiIndex.from_frame(pd.DataFrame(pairs, columns=_KEY, dtype="str"))


def _recounted(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return blocks with other units; what one more instructor is worth is at most all that are left over now."""
    known = old.reindex(new.index)
    left = new["small"] - new["covered"]
    worth = {name: known[name].clip(upper=left) for name in ("instructor_gain", "instructor_most")}
    counted = known.assign(**{name: new[name] for name in _COUNTS}, **worth)
    return judge_bounds(counted).astype(old.dtypes.to_dict())


def _role(unit: MadeUnit, org_id: str) -> str:
    if org_id != unit.head or unit.form in {Form.REGIONAL, Form.INDUSTRY}:
        return Role.MEMBER.value
    return Role.HOST.value if unit.form == Form.ATTACHED else Role.LEAD.value
