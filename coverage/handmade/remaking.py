"""The tables of a plan once units of one county stand otherwise: what nobody touched stays to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.branches import Listed, find_branches, in_order, with_branches
from coverage.grouping import Grouping, propose_groups
from coverage.grouping.model import COST_ATTACHED, COST_INSTRUCTOR, COST_LEFT
from coverage.handmade.bounds import judge_bounds, loosen
from coverage.handmade.narrowing import narrow, question_of
from coverage.handmade.units import Rerun, Standing, alone, standing_units
from coverage.indicators import OfOrgs, recount_coverage
from coverage.measures import repeat_flags, settle_measures
from coverage.tables import KeptUnits, Measures
from coverage.venues import warn_far_groups
from coverage.vocabulary import Form, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coverage.handmade.bench import Bench, County
    from coverage.handmade.narrowing import Question
    from coverage.pipeline import Plan
    from geo.divisions import Divisions

_KEY: Final = ["adcode", "superior"]
#: What of a block changes when people move its organisations; the rest is said of how it was solved.
_COUNTS: Final = ["covered", "joint", "attached", "instructor", "cost", "travel"]


def as_it_stands(bench: Bench, standing: Standing, *, rulings: pd.DataFrame, let_go: Iterable[str] = ()) -> Rerun:
    """Return what leaves everything as it is to stand: units made by hand are priced and explained, nothing moves."""
    quiet = alone(bench.small, standing)
    return Rerun(standing.units, quiet, KeptUnits.empty(), rulings, let_go=frozenset(let_go))


def remake(plan: Plan, bench: Bench, rerun: Rerun, *, divisions: Divisions) -> Plan:
    """Return the plan with one county grouped again: tables change where units or organisations do, and only there."""
    county = bench.county
    in_county = (plan.measures["adcode"] == county.adcode).to_numpy(dtype=bool)
    before = plan.measures[in_county].reset_index(drop=True)
    stood = standing_units(plan.groups[plan.groups["adcode"] == county.adcode], before)
    question = question_of(bench, stood, rerun)
    grouping = _answer(bench, question, rerun, before=before)
    listed = Listed(county.orgs, county.places, county.duties, county.business)
    branches = find_branches(listed, county.candidates, grouping, settings=county.settings)
    branches = branches[branches["org_id"].isin(question.asked)]
    grouping = grouping._replace(outcomes=with_branches(grouping.outcomes, branches))
    now = _now(grouping, question)
    changed = _changed(stood, now)
    measures = _measures(county, before, grouping, orgs=changed.orgs)
    groups = _groups(plan.groups, grouping.groups, county, changed=changed)
    counted = OfOrgs(county.orgs, county.places, county.duties, before)
    return plan._replace(
        measures=_spliced(plan.measures, in_county, measures),
        groups=groups,
        blocks=_blocks(plan, grouping, _Stood(bench, now, groups), question=question, rerun=rerun),
        branches=_branches(plan.branches, branches, question.asked),
        coverage=recount_coverage(
            plan.coverage, counted, measures=measures, divisions=divisions, settings=plan.settings
        ),
    )


def _answer(bench: Bench, question: Question, rerun: Rerun, *, before: pd.DataFrame) -> Grouping:
    """Return what becomes of those in question; how far others are hangs on nobody's unit, and is known."""
    candidates, wishes = narrow(bench, question, rerun)
    grouping = propose_groups(candidates, bench.county.settings, wishes=wishes)
    outcomes = grouping.outcomes[grouping.outcomes["org_id"].isin(question.asked)].reset_index(drop=True)
    grouping = grouping._replace(outcomes=outcomes)
    if rerun.is_whole:
        return grouping
    known = before.set_index("org_id").loc[outcomes["org_id"], ["nearest_m", "reachable"]].reset_index(drop=True)
    return _without_others(grouping._replace(outcomes=outcomes.assign(**known)))


def _now(grouping: Grouping, question: Question) -> Standing:
    """Return the units of the county from here on."""
    answered = standing_units(grouping.groups, grouping.outcomes.assign(provisional=""))
    return Standing({**question.resting, **answered.units}, question.taught | answered.taught)


def _branches(before: pd.DataFrame, new: pd.DataFrame, asked: frozenset[str]) -> pd.DataFrame:
    """Return the table of the plan with the rows of those in question as they are now, in its order."""
    others = before[~before["org_id"].isin(asked)]
    if others.empty or new.empty:
        return (new if others.empty else others).reset_index(drop=True)
    table = pd.concat([others, new], ignore_index=True).astype(new.dtypes.to_dict())
    return in_order(table)[list(before.columns)]


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


def _changed(before: Standing, now: Standing) -> _Changed:
    gone = {group_id for group_id, unit in before.units.items() if now.units.get(group_id) != unit}
    new = {group_id for group_id, unit in now.units.items() if before.units.get(group_id) != unit}
    moved = {org_id for group_id in gone for org_id in before.units[group_id].members}
    moved |= {org_id for group_id in new for org_id in now.units[group_id].members}
    return _Changed(frozenset(gone), frozenset(new), frozenset(moved | (before.taught ^ now.taught)))


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


class _Stood(NamedTuple):
    """How the county stands now: units, and the rows of `Groups` of the whole plan."""

    bench: Bench
    standing: Standing
    groups: pd.DataFrame


def _blocks(plan: Plan, grouping: Grouping, now: _Stood, *, question: Question, rerun: Rerun) -> pd.DataFrame:
    """Return the blocks with the counts and costs of those that were grouped again.

    Only where a block was solved whole does it have a new bound. Else its bound stays, as long as nobody was let go.
    """
    bench = now.bench
    freed = [bench.seats[org_id].block for org_id in sorted(rerun.let_go) if org_id in bench.seats]
    before = loosen(plan.blocks, _keys(bench, freed).to_frame(index=False), settings=plan.settings)
    touched = sorted(question.blocks)
    if rerun.is_whole:
        solved = grouping.blocks.set_index(_KEY)
        new = solved[solved.index.isin(_keys(bench, touched))]
    else:
        new = pd.DataFrame([_counted(now, block) for block in touched], index=_keys(bench, touched), columns=_COUNTS)
    old = before.set_index(_KEY)
    table = pd.concat([old[~old.index.isin(new.index)], new if rerun.is_whole else _recounted(old, new)])
    return table.reset_index().sort_values(_KEY, ignore_index=True)[list(plan.blocks.columns)]


def _counted(now: _Stood, block: int) -> tuple[int, int, int, int, float, float]:
    """Return what of a block is covered and how, its cost by GROUPING §1, and that of the trips alone."""
    county = now.bench.county
    small = county.candidates["org_id"].iloc[now.bench.blocks[block].small.row]
    seats = now.groups[now.groups["org_id"].isin(small)]
    count = {form: int((seats["form"] == form).sum()) for form in (Form.JOINT, Form.ATTACHED)}
    taught = [county.row_of[org_id] for org_id in small if org_id in now.standing.taught]
    travel = float(seats.loc[seats["form"].isin(list(count)), "cost"].sum())
    covered = sum(count.values()) + len(taught)
    teaching = sum(COST_INSTRUCTOR[int(n)] for n in county.sites.n[taught])
    cost = travel + COST_ATTACHED * count[Form.ATTACHED] + teaching + COST_LEFT * (len(small) - covered)
    return covered, count[Form.JOINT], count[Form.ATTACHED], len(taught), cost, travel


def _keys(bench: Bench, blocks: Iterable[int]) -> pd.MultiIndex:
    pairs = [(bench.blocks[block].adcode, bench.blocks[block].superior) for block in blocks]
    return pd.MultiIndex.from_frame(pd.DataFrame(pairs, columns=_KEY, dtype="str"))


def _recounted(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return blocks with other units; what one more instructor is worth is at most all that are left over now."""
    known = old.reindex(new.index)
    left = known["small"] - new["covered"]
    worth = {name: known[name].clip(upper=left) for name in ("instructor_gain", "instructor_most")}
    counted = known.assign(**{name: new[name] for name in _COUNTS}, **worth)
    return judge_bounds(counted).astype(old.dtypes.to_dict())
