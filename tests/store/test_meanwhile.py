"""What people do to a plan while somebody else works on it: nothing of it is lost, and nothing stale seems current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from coverage.corrections import POINT
from coverage.handmade import Edit, remake
from store import ConflictError
from store.corrections import Correction, correct
from store.engine import writing
from store.handwork import Hand, edit_units, fix, read_made
from store.history import last_undoable, undo
from store.inputs import input_sha256
from store.making import Watch, make_stored_plan
from store.plans import plan_info, read_result
from store.schema import grp
from store.units import annotate_unit, constraints_of, lock_unit, units_of
from tests.made_once import make_once
from tests.store.test_handwork import group, org, orgs, ruling
from tests.store.test_units import COUNTY, make
from tests.store.unit_names import names

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from coverage.pipeline import Plan
    from store import Scope, Store
    from store.plans import PlanInfo

# Written in Python above the store's own statements, which other files try on both databases: on the server one by day.
pytestmark = pytest.mark.server("night")


def block(store: Store, scope: Scope, info: PlanInfo) -> pd.Series:
    """Return the block of the county."""
    plan = read_result(store, scope, info.id)
    assert plan is not None
    return plan.blocks[plan.blocks["adcode"] == COUNTY].iloc[0]


def before_storing(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Let something happen once while the next edit by hand is worked out."""
    waiting = [meanwhile]

    def interrupted(*given: Any, **more: Any) -> Plan:
        if waiting:
            waiting.pop()()
        return remake(*given, **more)

    monkeypatch.setattr("store.handwork.remake", interrupted)


def test_who_corrects_something_during_an_edit_makes_the_plan_stale(
    store: Store, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = make(store, scope)
    hand = Hand(store, scope, info.id)
    change = Correction(org(store, scope, info, "丁"), "n_full", 1, "丁学校", COUNTY)
    before_storing(monkeypatch, lambda: correct(store, scope, [change]))

    edit_units(hand, Edit("dissolve", (group(store, scope, info, "甲"),)), made=read_made(hand, adcode=COUNTY))

    info = plan_info(store, scope, info.id)
    assert info.input_sha256 != input_sha256(store, scope, info)


@pytest.mark.server("day")
def test_a_ruling_that_cannot_be_kept_to_is_not_kept(
    store: Store, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = make(store, scope)
    hand = Hand(store, scope, info.id)
    first, second = orgs(store, scope, info, "甲乙")
    unit = units_of(store, scope, info.id)[group(store, scope, info, "甲")]
    before_storing(monkeypatch, lambda: annotate_unit(store, scope, unit, note="待定"))
    made = read_made(hand, adcode=COUNTY)

    with pytest.raises(ConflictError):
        fix(hand, ruling(info, "forbid", first, other_id=second), made=made)

    assert constraints_of(store, scope, info.id) == []
    edit_units(hand, Edit("dissolve", (unit.group_id,)), made=made)
    assert names(store, scope, info) == {"丁丙", "己戊"}


@pytest.mark.parametrize("kind", ["edit", "lock"])
def test_what_is_fixed_during_a_run_stays(
    store: Store, scope: Scope, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    info = make(store, scope)
    hand = Hand(store, scope, info.id)
    if kind == "edit":
        merged = Edit("merge", (group(store, scope, info, "甲"), group(store, scope, info, "丙")))
        waiting: list[Callable[[], object]] = [
            lambda: edit_units(hand, merged, made=read_made(hand, adcode=COUNTY), note="同意")
        ]
    else:
        unit = units_of(store, scope, info.id)[group(store, scope, info, "甲")]
        for letter, lon in (("乙", 120.1161), ("丁", 120.1001)):  # changes places: 甲丁 and 乙丙 would be nearer
            moved = Correction(org(store, scope, info, letter), POINT, [lon, 30.87], letter, COUNTY)
            correct(store, scope, [moved])
        waiting = [lambda: lock_unit(store, scope, unit, is_locked=True)]

    def interrupted(*given: Any, **more: Any) -> Plan:
        made = make_once(*given, **more)
        if waiting:
            waiting.pop()()
        return made

    monkeypatch.setattr("store.making.make_plan", interrupted)
    make_stored_plan(store, scope, info.id, watch=Watch())

    assert ("丁丙乙甲" if kind == "edit" else "乙甲") in names(store, scope, info)
    held = units_of(store, scope, info.id)[group(store, scope, info, "甲")]
    assert held.is_locked


def test_a_bound_holds_no_longer_than_the_lock_it_was_found_with(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = Hand(store, scope, info.id)
    one, other = (group(store, scope, info, letter) for letter in "甲丙")
    made = edit_units(hand, Edit("merge", (one, other)), made=read_made(hand, adcode=COUNTY), note="同意")
    make_stored_plan(store, scope, info.id, watch=Watch())
    locked = next(unit for unit in units_of(store, scope, info.id).values() if unit.is_locked)
    assert block(store, scope, info)["is_proved"]

    lock_unit(store, scope, locked, is_locked=False)
    after = block(store, scope, info)
    assert after["bound"] < after["cost"]
    assert not after["is_proved"]
    part = Edit("split", (locked.group_id,), orgs(store, scope, info, "甲乙"))
    made = edit_units(hand, part, made=made)

    assert names(store, scope, info) == {"丁丙", "乙甲", "己戊"}
    after = block(store, scope, info)
    assert after["bound"] < after["cost"]
    assert not after["is_proved"]


def test_a_unit_can_be_made_whose_members_a_run_let_go(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = Hand(store, scope, info.id)
    both = Edit("merge", (group(store, scope, info, "甲"), group(store, scope, info, "丙")))
    made = edit_units(hand, both, made=read_made(hand, adcode=COUNTY), note="同意")
    merged = group(store, scope, info, "甲")
    event = last_undoable(store, scope)
    assert event is not None
    undo(store, scope, event.number)
    with writing(store) as connection:  # what is left of a unit that could not stay
        row = {"plan_id": info.id, "group_id": merged, "adcode": COUNTY, "form": "joint", "state": "approved"}
        connection.execute(insert(grp).values(row))

    edit_units(hand, both, made=made, note="同意")

    unit = units_of(store, scope, info.id)[merged]
    assert (unit.state, unit.is_locked, len(unit.members)) == ("draft", True, 4)
