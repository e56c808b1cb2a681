"""Rulings that nobody could keep to are refused when they are fixed, and when an undo would bring them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store import StoreError
from store.handwork import fix, let_go, read_made
from store.history import history, undo
from store.units import constraints_of
from tests.store.stored import stored_plan
from tests.store.test_handwork import hand_of, orgs, ruling
from tests.store.test_units import COUNTY, HEADER, ROWS, SETTINGS, make

if TYPE_CHECKING:
    from store import Scope, Store

# As in test_handwork
pytestmark = pytest.mark.server("night")

OTHER_COUNTY = "330503"


def test_what_is_fixed_in_another_county_hides_no_contradiction(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second, fifth, sixth = orgs(store, scope, info, "甲乙戊己")
    there = ruling(info, "force", fifth, other_id=sixth)._replace(adcode=OTHER_COUNTY)
    fix(hand, there, made=read_made(hand, adcode=OTHER_COUNTY))
    made = fix(hand, ruling(info, "force", first, other_id=second), made=read_made(hand, adcode=COUNTY))

    with pytest.raises(StoreError) as refused:
        fix(hand, ruling(info, "forbid", first, other_id=second), made=made)

    assert refused.value.key == "store.contradicted"
    assert "戊" not in str(refused.value.args)


def test_an_undo_that_brings_a_contradiction_back_is_refused(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    hand = hand_of(store, scope, info)
    first, second = orgs(store, scope, info, "甲乙")
    made = fix(hand, ruling(info, "force", first, other_id=second), made=read_made(hand, adcode=COUNTY))
    (forced,) = constraints_of(store, scope, info.id)
    made = let_go(hand, forced, made=made)
    dropped = next(event for event in history(store, scope) if event.action == "constraint.drop")
    fix(hand, ruling(info, "forbid", first, other_id=second), made=made)
    (forbidden,) = constraints_of(store, scope, info.id)

    with pytest.raises(StoreError) as refused:
        undo(store, scope, dropped.number)

    assert refused.value.key == "store.contradicted"
    assert constraints_of(store, scope, info.id) == [forbidden]
    undo(store, scope, next(event.number for event in history(store, scope) if event.action == "constraint.add"))
    undo(store, scope, dropped.number)
    assert [each.kind for each in constraints_of(store, scope, info.id)] == ["force"]


def test_a_pair_under_two_superiors_is_not_bound_where_one_is_required(store: Store, scope: Scope) -> None:
    content = "\n".join(
        (f"{HEADER},上级党组织", *(f"{row},{name}委" for row, name in zip(ROWS[:2], "甲乙", strict=True)))
    )
    info = stored_plan(store, scope, content.encode(), settings=SETTINGS)
    hand = hand_of(store, scope, info)
    first, second = orgs(store, scope, info, "甲乙")
    made = read_made(hand, adcode=COUNTY)

    with pytest.raises(StoreError) as refused:
        fix(hand, ruling(info, "force", first, other_id=second), made=made)

    assert refused.value.key == "store.two_superiors"
    assert constraints_of(store, scope, info.id) == []
    fix(hand, ruling(info, "forbid", first, other_id=second), made=made)
    assert [each.kind for each in constraints_of(store, scope, info.id)] == ["forbid"]
