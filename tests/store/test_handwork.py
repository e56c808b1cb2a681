"""Units made by hand: what is refused, what is stored, what nobody touched, and how it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.grouping import propose_groups
from coverage.handmade import Edit
from coverage.indicators import count_coverage
from coverage.verification import has_hard, verify_groups
from store import ConflictError, Role, StoreError, make_scope
from store.corrections import Correction, correct
from store.handwork import Hand, edit_units, fix, let_go, read_made, regroup
from store.history import history, last_undoable, undo
from store.making import Watch, make_stored_plan
from store.places import the_divisions
from store.plans import plan_info, read_coverage, read_result, read_snapshot, snapshots
from store.units import Constraint, constraints_of, decide, lock_unit, units_of
from tests.store.test_units import COUNTY, make
from tests.store.unit_names import names

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from store import Scope, Store
    from store.plans import PlanInfo

# Written in Python above the store's own statements, which other files try on both databases: on the server one by day.
pytestmark = pytest.mark.server("night")

TABLES = ("orgs", "places", "duties", "measures", "groups", "blocks", "coverage", "problems", "missing")


def hand_of(store: Store, scope: Scope, info: PlanInfo) -> Hand:
    return Hand(store, scope, info.id)


def org(store: Store, scope: Scope, info: PlanInfo, letter: str) -> str:
    plan = the_plan(store, scope, info)
    return str(plan.orgs.loc[plan.orgs["name"].str.startswith(letter), "org_id"].iloc[0])


def orgs(store: Store, scope: Scope, info: PlanInfo, letters: str) -> tuple[str, ...]:
    return tuple(org(store, scope, info, letter) for letter in letters)


def the_plan(store: Store, scope: Scope, info: PlanInfo) -> Plan:
    plan = read_result(store, scope, info.id)
    assert plan is not None
    return plan


def group(store: Store, scope: Scope, info: PlanInfo, letter: str) -> str:
    wanted = org(store, scope, info, letter)
    return next(name for name, unit in units_of(store, scope, info.id).items() if wanted in unit.members)


def unexplained(plan: Plan) -> Plan:
    """Return a plan without what is said of second best: only a run of the whole block can say it."""
    return plan._replace(groups=plan.groups.drop(columns=["second_kind", "second_org", "second_cost"]))


def same_tables(one: Plan, other: Plan, *, without: tuple[str, ...] = ()) -> None:
    for name in TABLES:
        if name not in without:
            pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def ruling(info: PlanInfo, kind: str, org_id: str, *, other_id: str = "", value: str = "") -> Constraint:
    return Constraint("", info.id, kind, org_id, other_id, value, COUNTY, "", "", 1)  # type: ignore[arg-type] # as typed


def test_merged_units_are_stored_with_tables_figures_and_rows_that_agree(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    both = (group(store, scope, info, "甲"), group(store, scope, info, "丙"))
    before = the_plan(store, scope, info)

    made = edit_units(hand, Edit("merge", both), made=read_made(hand, adcode=COUNTY), note="四校同意")

    assert names(store, scope, info) == {"丁丙乙甲", "己戊"}
    stored = the_plan(store, scope, info)
    same_tables(stored, made.plan)
    same_tables(stored, before, without=("measures", "groups", "blocks", "coverage"))
    unit = units_of(store, scope, info.id, adcode=COUNTY)[group(store, scope, info, "甲")]
    assert (unit.is_locked, unit.locked_by, unit.note, len(unit.members)) == (True, scope.actor, "四校同意", 4)
    assert set(stored.measures.loc[stored.measures["adcode"] == COUNTY, "group_id"]) == {unit.group_id}
    counted = count_coverage(
        stored.orgs, stored.places, stored.duties, stored.measures, divisions=the_divisions(), settings=info.settings
    )
    pd.testing.assert_frame_equal(stored.coverage, counted)
    pd.testing.assert_frame_equal(read_coverage(store, scope, info.id), counted)
    pd.testing.assert_frame_equal(read_snapshot(store, scope, snapshots(store, scope)[-1].id), counted)


def test_a_unit_by_hand_stays_when_the_plan_is_made_again(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    both = (group(store, scope, info, "甲"), group(store, scope, info, "丙"))
    made = edit_units(hand, Edit("merge", both), made=read_made(hand, adcode=COUNTY))

    make_stored_plan(store, scope, info.id, watch=Watch())

    again = the_plan(store, scope, info)
    same_tables(
        unexplained(again), unexplained(made.plan), without=("blocks",)
    )  # the bound is that of a plan with a locked unit now


def test_another_county_is_left_to_the_byte(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    before, units = the_plan(store, scope, info), units_of(store, scope, info.id)

    edit_units(hand, Edit("dissolve", (group(store, scope, info, "甲"),)), made=read_made(hand, adcode=COUNTY))

    after = the_plan(store, scope, info)
    for table in ("measures", "groups", "blocks"):
        left, right = (getattr(plan, table) for plan in (before, after))
        pd.testing.assert_frame_equal(
            *(rows[rows["adcode"] != COUNTY].reset_index(drop=True) for rows in (left, right))
        )
    kept = {name: unit for name, unit in units.items() if name in units_of(store, scope, info.id)}
    assert kept == units_of(store, scope, info.id)
    assert names(store, scope, info) == {"丁丙", "己戊"}
    assert set(after.measures.loc[after.measures["name"].str[0].isin(["甲", "乙"]), "measure"]) == {"M26"}


@pytest.mark.server("day")
def test_an_edit_is_taken_back_and_that_too(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    before, units = the_plan(store, scope, info), units_of(store, scope, info.id)
    both = (group(store, scope, info, "甲"), group(store, scope, info, "丙"))
    made = edit_units(hand, Edit("merge", both), made=read_made(hand, adcode=COUNTY), note="同意")
    event = last_undoable(store, scope)
    assert event is not None
    assert event.action == "unit.edit"

    undo(store, scope, event.number)

    same_tables(unexplained(the_plan(store, scope, info)), unexplained(before))
    after = units_of(store, scope, info.id)
    assert after == units
    undone = history(store, scope)[0]
    assert (undone.action, undone.undoes) == ("undo", event.number)
    undo(store, scope, undone.number)
    same_tables(unexplained(the_plan(store, scope, info)), unexplained(made.plan))
    unit = units_of(store, scope, info.id)[group(store, scope, info, "甲")]
    assert (unit.is_locked, unit.locked_by, unit.note) == (True, scope.actor, "同意")


def test_an_edit_that_somebody_went_on_from_is_not_taken_back(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    both = (group(store, scope, info, "甲"), group(store, scope, info, "丙"))
    made = edit_units(hand, Edit("merge", both), made=read_made(hand, adcode=COUNTY))
    event = last_undoable(store, scope)
    assert event is not None
    edit_units(hand, Edit("dissolve", (group(store, scope, info, "甲"),)), made=made)

    with pytest.raises(ConflictError):
        undo(store, scope, event.number)

    assert names(store, scope, info) == {"己戊"}


def test_a_decided_unit_is_not_edited(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    name = group(store, scope, info, "甲")
    decide(store, scope, units_of(store, scope, info.id)[name], state="verified")

    with pytest.raises(StoreError) as refused:
        edit_units(hand, Edit("dissolve", (name,)), made=read_made(hand, adcode=COUNTY))

    assert refused.value.key == "store.unit_fixed"
    assert names(store, scope, info) == {"丁丙", "乙甲", "己戊"}


def test_a_unit_that_somebody_else_locked_is_not_edited_but_ones_own_is(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second = group(store, scope, info, "甲"), group(store, scope, info, "丙")
    other = make_scope("li", Role.PLANNER, "")
    lock_unit(store, other, units_of(store, scope, info.id)[first], is_locked=True)
    lock_unit(store, scope, units_of(store, scope, info.id)[second], is_locked=True)

    with pytest.raises(StoreError) as refused:
        edit_units(hand, Edit("merge", (first, second)), made=read_made(hand, adcode=COUNTY))
    edit_units(hand, Edit("dissolve", (second,)), made=read_made(hand, adcode=COUNTY))

    assert refused.value.key == "store.unit_fixed"
    assert names(store, scope, info) == {"乙甲", "己戊"}


def test_an_illegal_unit_is_refused_with_the_rule(store: Store, scope: Scope) -> None:
    rows = ("甲学校,,吴兴区,120.1000,30.8700,WGS84,8391,2,否", "乙学校,,吴兴区,120.5000,30.8700,WGS84,8391,2,否")
    info = make(store, scope, *rows)
    hand = hand_of(store, scope, info)
    before = the_plan(store, scope, info)

    with pytest.raises(StoreError) as refused:
        edit_units(
            hand, Edit("new", orgs=orgs(store, scope, info, "甲乙")), made=read_made(hand, adcode=COUNTY), note="同意"
        )

    assert refused.value.key == "store.unit_illegal"
    assert "米" in str(refused.value.args)
    same_tables(the_plan(store, scope, info), before)


def test_a_soft_rule_asks_for_a_reason(store: Store, scope: Scope) -> None:
    rows = ("甲学校,,吴兴区,120.1000,30.8700,WGS84,8391,2,否", "乙商会,,吴兴区,120.1010,30.8700,WGS84,9521,2,否")
    info = make(store, scope, *rows)
    hand = hand_of(store, scope, info)
    name = group(store, scope, info, "甲")
    edit_units(hand, Edit("dissolve", (name,)), made=read_made(hand, adcode=COUNTY))
    wanted = Edit("new", orgs=orgs(store, scope, info, "甲乙"))

    with pytest.raises(StoreError) as refused:
        edit_units(hand, wanted, made=read_made(hand, adcode=COUNTY), note="  ")
    edit_units(hand, wanted, made=read_made(hand, adcode=COUNTY), note="同一栋楼")

    assert refused.value.key == "store.note_wanted"
    assert units_of(store, scope, info.id)[name].note == "同一栋楼"


def test_units_that_somebody_else_changed_are_a_conflict(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second = group(store, scope, info, "甲"), group(store, scope, info, "丙")
    seen = read_made(hand, adcode=COUNTY)
    other = hand._replace(scope=make_scope("li", Role.PLANNER, ""))
    edit_units(other, Edit("dissolve", (first,)), made=seen)

    with pytest.raises(ConflictError):
        edit_units(hand, Edit("merge", (first, second)), made=seen)
    edit_units(hand, Edit("dissolve", (second,)), made=seen)  # another unit: no matter that the tables are old

    assert names(store, scope, info) == {"己戊"}


def test_tables_that_stand_for_other_data_are_not_edited(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    seen, name = read_made(hand, adcode=COUNTY), group(store, scope, info, "甲")
    correct(store, scope, [Correction(org(store, scope, info, "甲"), "n_full", 1, "甲学校", COUNTY)])

    with pytest.raises(StoreError) as refused:
        edit_units(hand, Edit("dissolve", (name,)), made=seen)

    assert refused.value.key == "store.not_current"


def test_a_forbidden_pair_is_grouped_again_at_once_and_the_tables_stand_for_it(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second = orgs(store, scope, info, "甲乙")

    made = fix(hand, ruling(info, "forbid", first, other_id=second), made=read_made(hand, adcode=COUNTY))

    assert not any({"甲", "乙"} <= set(unit) for unit in names(store, scope, info))
    units = names(store, scope, info)
    make_stored_plan(store, scope, info.id, watch=Watch())
    assert names(store, scope, info) == units
    same_tables(the_plan(store, scope, info), made.plan)


def test_a_ruling_that_is_let_go_brings_the_units_back(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second = orgs(store, scope, info, "甲乙")
    before = names(store, scope, info)
    made = fix(hand, ruling(info, "forbid", first, other_id=second), made=read_made(hand, adcode=COUNTY))
    (fixed,) = constraints_of(store, scope, info.id)

    let_go(hand, fixed, made=made)

    assert names(store, scope, info) == before
    assert constraints_of(store, scope, info.id) == []


def test_a_unit_by_hand_does_not_go_against_a_ruling(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second = orgs(store, scope, info, "甲丙")
    made = fix(hand, ruling(info, "forbid", first, other_id=second), made=read_made(hand, adcode=COUNTY))
    both = (group(store, scope, info, "甲"), group(store, scope, info, "丙"))

    with pytest.raises(StoreError) as refused:
        edit_units(hand, Edit("merge", both), made=made, note="同意")

    assert refused.value.key == "store.against_ruling"
    assert "甲学校与丙学校不同组" in str(refused.value.args)


def test_grouping_again_leaves_locked_units_as_they_are(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    both = (group(store, scope, info, "甲"), group(store, scope, info, "丙"))
    made = edit_units(hand, Edit("merge", both), made=read_made(hand, adcode=COUNTY))
    locked = units_of(store, scope, info.id)

    regroup(hand, orgs(store, scope, info, "甲"), made=made)

    assert units_of(store, scope, info.id) == locked


def test_dissolved_units_come_again_when_the_block_is_grouped_again(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    before = the_plan(store, scope, info)
    made = edit_units(hand, Edit("dissolve", (group(store, scope, info, "甲"),)), made=read_made(hand, adcode=COUNTY))

    regroup(hand, orgs(store, scope, info, "甲"), made=made)

    same_tables(the_plan(store, scope, info), before)


def test_a_planner_of_another_county_edits_nothing_here(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    stranger = Hand(store, make_scope("wang", Role.PLANNER, "330503"), info.id)
    name, made = group(store, scope, info, "甲"), read_made(hand_of(store, scope, info), adcode=COUNTY)

    with pytest.raises(StoreError):
        edit_units(stranger, Edit("dissolve", (name,)), made=made)

    assert names(store, scope, info) == {"丁丙", "乙甲", "己戊"}


def test_stored_groups_keep_the_hard_rules(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    both = (group(store, scope, info, "甲"), group(store, scope, info, "丙"))
    made = edit_units(hand, Edit("merge", both), made=read_made(hand, adcode=COUNTY))

    county = made.bench.county
    groups = made.plan.groups[made.plan.groups["adcode"] == COUNTY]
    assert not has_hard(verify_groups(groups, county.listed, info.settings))
    assert propose_groups(county.candidates, county.settings).groups["group_id"].nunique() == 2
    assert plan_info(store, scope, info.id).run == made.run


def test_a_ruling_that_contradicts_others_is_refused_with_their_words(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second, third = orgs(store, scope, info, "甲乙丙")
    made = fix(hand, ruling(info, "force", first, other_id=second), made=read_made(hand, adcode=COUNTY))
    made = fix(hand, ruling(info, "force", third, other_id=second), made=made)
    units = names(store, scope, info)

    with pytest.raises(StoreError) as refused:
        fix(hand, ruling(info, "forbid", first, other_id=third), made=made)

    assert refused.value.key == "store.contradicted"
    assert "甲学校与乙学校必须同组" in str(refused.value.args)
    assert "丙学校与乙学校必须同组" in str(refused.value.args)
    assert names(store, scope, info) == units
    assert len(constraints_of(store, scope, info.id)) == 2
