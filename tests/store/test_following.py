"""A plan made again, and the plan of a list that replaces another: units stay unless there is a reason to move."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from coverage.corrections import POINT
from coverage.settings import PlanSettings
from store.corrections import Correction, correct
from store.engine import writing
from store.following import earlier_units
from store.handwork import Hand, read_made, regroup
from store.history import history
from store.inputs import read_plan_input
from store.making import Watch, make_stored_plan
from store.plans import change_settings, plan_info
from store.unit_rows import carry_marks
from store.units import decide, decisions_on, lock_unit, units_of
from tests.store.stored import stored_plan
from tests.store.unit_names import names

if TYPE_CHECKING:
    from store import Scope, Store
    from store.plans import PlanInfo
    from store.units import Unit

# Written in Python above the store's own statements, which other files try on both databases: on the server one by day.
pytestmark = pytest.mark.server("night")

SETTINGS = PlanSettings(as_of=date(2026, 6, 30), joint_max_units=2)
HEADER = "社会组织名称,登记证号,所在区县,经度,纬度,坐标系,行业代码,正式党员数,是否建立党组织"
COUNTY = "330502"


def row(name: str, east: int, *, members: int = 2) -> str:
    """Return an organisation so many hundred metres east."""
    return f"{name}学校,{name},吴兴区,{120.1 + east / 960:.6f},30.8700,WGS84,8391,{members},否"


#: 甲乙 and 丙丁 are neighbours; one point each, so that only ties decide.
FOUR = [row("甲", 0), row("乙", 1), row("丙", 20), row("丁", 21)]


def make(store: Store, scope: Scope, rows: list[str], *, replaces: str = "", stability: float = 0) -> PlanInfo:
    """Store a list and make its plan."""
    content = "\n".join((HEADER, *rows)).encode()
    settings = SETTINGS.model_copy(update={"stability": stability})
    return stored_plan(store, scope, content, settings=settings, replaces=replaces)


def make_again(store: Store, scope: Scope, info: PlanInfo) -> PlanInfo:
    make_stored_plan(store, scope, info.id, watch=Watch())
    return plan_info(store, scope, info.id)


def approve(store: Store, scope: Scope, info: PlanInfo, name: str) -> Unit:
    """Take the unit of these organisations (`names`) from draft to approved."""
    org_ids = {f"reg:{letter}" for letter in name}
    unit = next(unit for unit in units_of(store, scope, info.id).values() if set(unit.members) == org_ids)
    for state in ("verified", "consulted", "submitted", "approved"):
        unit = decide(store, scope, unit, state=state)
    return unit


def releases(store: Store, scope: Scope) -> list[tuple[object, object]]:
    """Return who belonged to each unit that could not stay, and who does now."""
    return [(event.before, event.after) for event in history(store, scope) if event.action == "unit.release"]


def test_a_plan_follows_nothing_before_it_is_made_and_its_own_drafts_afterwards(store: Store, scope: Scope) -> None:
    info = make(store, scope, FOUR)

    assert names(store, scope, info) == {"乙甲", "丁丙"}
    wishes = earlier_units(store, scope, info).wishes
    assert set(wishes.earlier["group_id"]) == set(units_of(store, scope, info.id))
    assert wishes.kept.empty
    assert earlier_units(store, scope, info._replace(state="open")).wishes.earlier.empty


def test_units_stay_after_a_correction_unless_the_gain_is_larger(store: Store, scope: Scope) -> None:
    info = make(store, scope, FOUR)
    for name, east in (("乙", 20.5), ("丁", 0.5)):
        correct(store, scope, [Correction(f"reg:{name}", POINT, [120.1 + east / 960, 30.87], name, COUNTY)])

    careful = SETTINGS.model_copy(update={"stability": 0.5})
    stays = make_again(store, scope, change_settings(store, scope, info, settings=careful))
    assert names(store, scope, stays) == {"乙甲", "丁丙"}
    moves = make_again(store, scope, change_settings(store, scope, stays, settings=SETTINGS))
    assert names(store, scope, moves) == {"丁甲", "丙乙"}


def test_a_list_that_replaces_another_keeps_what_was_approved_or_locked_there(store: Store, scope: Scope) -> None:
    before = make(store, scope, FOUR)
    first, second = units_of(store, scope, before.id).values()
    lock_unit(store, scope, first, is_locked=True)
    for state in ("verified", "consulted", "submitted", "approved"):
        second = decide(store, scope, second, state=state)
    crossed = [row("甲", 0), row("丙", 1), row("乙", 20), row("丁", 21)]

    after = make(store, scope, crossed, replaces=before.dataset_id)
    by_itself = make(store, scope, [*crossed, row("戊", 70, members=0)])

    assert names(store, scope, after) == {"乙甲", "丁丙"}
    assert names(store, scope, by_itself) == {"丙甲", "丁乙"}


def test_what_was_approved_stays_so_in_the_plan_that_follows_however_often_it_is_made(
    store: Store, scope: Scope
) -> None:
    before = make(store, scope, FOUR)
    first, second = units_of(store, scope, before.id).values()
    first = lock_unit(store, scope, first, is_locked=True)
    for state in ("verified", "consulted", "submitted", "approved"):
        second = decide(store, scope, second, state=state)
    crossed = [row("甲", 0), row("丙", 1), row("乙", 20), row("丁", 21)]
    after = make(store, scope, crossed, replaces=before.dataset_id)

    again = make_again(store, scope, after)

    assert names(store, scope, again) == {"乙甲", "丁丙"}
    units = units_of(store, scope, again.id)
    assert (units[first.group_id].is_locked, units[first.group_id].locked_by) == (True, scope.actor)
    assert units[second.group_id].state == "approved"
    assert decisions_on(store, scope, units[second.group_id])[0].to_state == "approved"
    assert decide(store, scope, units[second.group_id], state="elected").state == "elected"  # its members belong here
    made = regroup(
        Hand(store, scope, again.id), first.members, made=read_made(Hand(store, scope, again.id), adcode=COUNTY)
    )
    assert {"乙甲", "丁丙"} == names(store, scope, again)
    assert made.plan.groups["group_id"].nunique() == 2


def test_a_locked_unit_that_breaks_a_hard_rule_now_is_let_go_and_told(store: Store, scope: Scope) -> None:
    info = make(store, scope, FOUR)
    for unit in units_of(store, scope, info.id).values():
        lock_unit(store, scope, unit, is_locked=True)
    correct(store, scope, [Correction("reg:乙", POINT, [120.1 + 20 * 0.0104, 30.87], "乙学校", COUNTY)])

    info = make_again(store, scope, info)

    assert names(store, scope, info) == {"丁丙"}
    assert [after for _, after in releases(store, scope)] == [{"members": []}]


@pytest.mark.server("day")
def test_an_approved_unit_that_breaks_in_the_next_list_is_let_go_and_told_once(store: Store, scope: Scope) -> None:
    before = make(store, scope, FOUR)
    broken = approve(store, scope, before, "乙甲")
    with writing(store) as connection:
        carry_marks(connection, scope, "of a county to come", before=before.id, unmade={COUNTY})
    assert releases(store, scope) == []

    apart = [row("甲", 200), row("丙", 1), row("乙", 0), row("丁", 201)]
    after = make(store, scope, apart, replaces=before.dataset_id)
    with writing(store) as connection:  # as when the rest of its counties is made
        carry_marks(connection, scope, after.id, before=before.id)

    assert names(store, scope, after) == {"丁甲", "丙乙"}
    assert releases(store, scope) == [({"members": list(broken.members)}, {"members": []})]
    assert approve(store, scope, after, "丙乙").state == "approved"  # 乙 is free
    assert names(store, scope, before) == {"乙甲", "丁丙"}  # what was approved there can still be read


def test_drafts_of_the_list_before_are_favoured(store: Store, scope: Scope) -> None:
    before = make(store, scope, FOUR)
    crossed = [row("甲", 0), row("丙", 1), row("乙", 20), row("丁", 21)]

    after = make(store, scope, crossed, replaces=before.dataset_id, stability=0.5)

    assert names(store, scope, after) == {"乙甲", "丁丙"}
    assert not read_plan_input(store, scope, after).wishes.earlier.empty
