"""Units as people handle them: locks, states, one active unit an organisation, and what a new run leaves alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from coverage.settings import PlanSettings
from store import ConflictError, NotAllowedError, Role, StoreError, make_scope
from store.corrections import Correction, correct, corrections_in_force
from store.engine import writing
from store.history import history, last_undoable, undo
from store.making import Watch, make_stored_plan
from store.plans import (
    change_settings,
    create_plan,
    plan_info,
    read_coverage,
    read_result,
    read_snapshot,
    snapshots,
)
from store.schema import snapshot
from store.units import (
    Constraint,
    add_constraint,
    constraints_of,
    decide,
    decisions_on,
    drop_constraint,
    lock_unit,
    units_of,
)
from tests.store.stored import stored_plan
from tests.store.unit_names import names

if TYPE_CHECKING:
    from store import Scope, Store
    from store.plans import PlanInfo

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER = "社会组织名称,统一社会信用代码,所在区县,经度,纬度,坐标系,行业代码,正式党员数,是否建立党组织"
# Two pairs in one county and one in another
ROWS = (
    "甲学校,,吴兴区,120.1000,30.8700,WGS84,8391,2,否",
    "乙学校,,吴兴区,120.1010,30.8700,WGS84,8391,2,否",
    "丙学校,,吴兴区,120.1150,30.8700,WGS84,8391,2,否",
    "丁学校,,吴兴区,120.1160,30.8700,WGS84,8391,2,否",
    "戊学校,,南浔区,120.4200,30.8700,WGS84,8391,2,否",
    "己学校,,南浔区,120.4210,30.8700,WGS84,8391,1,否",
)
COUNTY = "330502"


def make(store: Store, scope: Scope, *rows: str) -> PlanInfo:
    """Store a list and make its plan."""
    content = "\n".join((HEADER, *(rows or ROWS))).encode()
    return stored_plan(store, scope, content, settings=SETTINGS)


def test_a_locked_unit_stays_when_the_plan_is_made_again(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    assert names(store, scope, info) == {"丁丙", "乙甲", "己戊"}
    first, *_ = units_of(store, scope, info.id, adcode=COUNTY).values()
    locked = lock_unit(store, scope, first, is_locked=True)

    # The pairs are 96 m apart: the locked one may stay, and so may the others
    near = SETTINGS.model_copy(update={"travel_street_m": 100.0, "travel_town_m": 100.0})
    make_stored_plan(store, scope, change_settings(store, scope, info, settings=near).id, watch=Watch())
    assert units_of(store, scope, info.id)[first.group_id] == locked

    too_near = SETTINGS.model_copy(update={"travel_street_m": 50.0, "travel_town_m": 50.0})
    again = change_settings(store, scope, plan_info(store, scope, info.id), settings=too_near)
    make_stored_plan(store, scope, again.id, watch=Watch())
    after = units_of(store, scope, info.id)
    assert set(after) == {first.group_id}
    assert not after[first.group_id].members


def test_a_unit_whose_member_is_another_case_now_loses_its_members_and_keeps_its_history(
    store: Store, scope: Scope
) -> None:
    info = make(store, scope)
    unit = next(iter(units_of(store, scope, info.id, adcode=COUNTY).values()))
    lock_unit(store, scope, unit, is_locked=True)
    correct(store, scope, [Correction(unit.lead, "n_full", 3, "甲学校", COUNTY)])

    make_stored_plan(store, scope, info.id, watch=Watch())

    after = units_of(store, scope, info.id)[unit.group_id]
    assert (after.members, after.is_locked) == ((), False)
    released = next(event for event in history(store, scope) if event.action == "unit.release")
    assert released.before == {"members": list(unit.members)}


def test_states_follow_one_another_and_are_written_down(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    unit = next(iter(units_of(store, scope, info.id).values()))

    with pytest.raises(StoreError, match=r"store\.no_step"):
        decide(store, scope, unit, state="approved")
    for state in ("verified", "consulted", "submitted", "approved"):
        unit = decide(store, scope, unit, state=state, note="会议纪要")

    steps = decisions_on(store, scope, unit)
    assert (steps[0].from_state, steps[0].to_state) == ("submitted", "approved")
    assert {row.note for row in steps} == {"会议纪要"}


def test_an_organisation_belongs_to_one_active_unit(store: Store, scope: Scope) -> None:
    """Two plans of one list propose the same pair: only one of the two can be approved."""
    first = make(store, scope)
    second = create_plan(store, scope, first.dataset_id, settings=SETTINGS, name="another")
    make_stored_plan(store, scope, second.id, watch=Watch())
    unit = next(iter(units_of(store, scope, first.id, adcode=COUNTY).values()))
    for state in ("verified", "consulted", "submitted", "approved"):
        unit = decide(store, scope, unit, state=state)

    same = units_of(store, scope, second.id)[unit.group_id]
    for state in ("verified", "consulted", "submitted"):
        same = decide(store, scope, same, state=state)
    with pytest.raises(StoreError, match=r"store\.two_units"):
        decide(store, scope, same, state="approved")
    assert units_of(store, scope, second.id)[unit.group_id].state == "submitted"

    undo(store, scope, next(event.number for event in history(store, scope) if event.after == {"state": "approved"}))
    decide(store, scope, same, state="approved")


def test_a_stale_edit_shows_both_versions(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    unit = next(iter(units_of(store, scope, info.id).values()))
    lock_unit(store, scope, unit, is_locked=True)

    with pytest.raises(ConflictError) as caught:
        decide(store, scope, unit, state="verified")

    assert (caught.value.current["is_locked"], caught.value.wanted["state"]) == (1, "verified")


def test_changes_are_taken_back_one_after_the_other(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    unit = next(iter(units_of(store, scope, info.id).values()))
    decide(store, scope, lock_unit(store, scope, unit, is_locked=True), state="verified")

    numbers: list[int] = []
    while len(numbers) < 2 and (event := last_undoable(store, scope)):
        undo(store, scope, event.number)
        numbers.append(event.number)

    after = units_of(store, scope, info.id)[unit.group_id]
    assert (after.is_locked, after.state) == (False, "draft")
    with pytest.raises(StoreError, match=r"store\.no_undo"):
        undo(store, scope, numbers[0])


def test_what_somebody_built_upon_is_not_taken_back(store: Store, scope: Scope) -> None:
    org = Correction("reg:1", "n_full", 2, "甲", COUNTY)
    (first,) = correct(store, scope, [org])
    number = history(store, scope)[0].number
    correct(store, make_scope("li", Role.PLANNER, COUNTY), [first._replace(value=3)])

    with pytest.raises(ConflictError):
        undo(store, scope, number)

    assert [each.value for each in corrections_in_force(store, scope)] == [3]


def test_a_constraint_comes_and_goes_and_comes_back(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    wanted = Constraint("", info.id, "forbid", "B", "A", "", COUNTY, "", "", 0)

    with writing(store) as connection:
        added = add_constraint(connection, scope, wanted)
        drop_constraint(connection, scope, added)
    assert constraints_of(store, scope, info.id) == []
    with writing(store) as connection:
        again = add_constraint(connection, scope, wanted._replace(org_id="A", other_id="B"))

    assert (again.id, again.org_id, again.other_id) == (added.id, "A", "B")
    assert constraints_of(store, scope, info.id) == [again]


def test_nobody_reaches_beyond_his_areas_or_his_role(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    county, leader = make_scope("li", Role.PLANNER, COUNTY), make_scope("zhao", Role.LEADER, "3305")
    elsewhere = next(unit for unit in units_of(store, scope, info.id).values() if unit.adcode != COUNTY)

    assert {unit.adcode for unit in units_of(store, county, info.id).values()} == {COUNTY}
    plan = read_result(store, county, info.id)
    assert plan is not None
    assert set(plan.measures["adcode"]) == {COUNTY}
    with pytest.raises(NotAllowedError):
        lock_unit(store, county, elsewhere, is_locked=True)
    with pytest.raises(NotAllowedError):
        read_result(store, leader, info.id)
    assert set(read_coverage(store, leader, info.id)["level"]) == {"city", "county"}


def test_the_figures_of_each_day_are_kept_for_trends(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    make_stored_plan(store, scope, info.id, watch=Watch())
    later = change_settings(store, scope, info, settings=SETTINGS.model_copy(update={"as_of": date(2026, 9, 30)}))
    make_stored_plan(store, scope, later.id, watch=Watch())

    kept = snapshots(store, scope)

    assert [each.as_of for each in kept] == ["2026-06-30", "2026-09-30"]
    leader = make_scope("zhao", Role.LEADER, COUNTY)
    assert set(read_snapshot(store, leader, kept[0].id)["adcode"]) == {COUNTY}
    assert snapshots(store, scope, plans=["other"]) == []


def test_damaged_figures_of_a_day_are_refused(store: Store, scope: Scope) -> None:
    make_stored_plan(store, scope, make(store, scope).id, watch=Watch())
    (day,) = snapshots(store, scope)
    with writing(store) as connection:
        connection.execute(update(snapshot).values(content=b"torn"))
    with pytest.raises(StoreError, match="snapshot_damaged"):
        read_snapshot(store, scope, day.id)
    with pytest.raises(StoreError, match="no_snapshot"):
        read_snapshot(store, scope, "other")
