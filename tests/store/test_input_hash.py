"""The hash of what a plan is made from: kept between pages, and never that of yesterday."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.corrections import Correction, correct
from store.desk import choose
from store.engine import make_engine, writing
from store.inputs import input_facts, input_sha256
from store.plans import change_settings
from store.units import Constraint, add_constraint, constraints_of, drop_constraint
from tests.store.test_handwork import org
from tests.store.test_units import COUNTY, SETTINGS, make

if TYPE_CHECKING:
    from store import Scope, Store


def test_the_hash_follows_whatever_a_plan_is_made_from(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    first, second = (org(store, scope, info, letter) for letter in "甲丙")
    found = [input_sha256(store, scope, info)]

    with writing(store) as connection:
        add_constraint(connection, scope, Constraint("", info.id, "forbid", first, second, "", COUNTY, "", "", 1))
    found.append(input_sha256(store, scope, info))
    correct(store, scope, [Correction(first, "n_full", 1, "甲学校", COUNTY)])
    found.append(input_sha256(store, scope, info))
    near = SETTINGS.model_copy(update={"travel_town_m": 100.0})
    found.append(input_sha256(store, scope, change_settings(store, scope, info, settings=near)))

    assert len(set(found)) == len(found)
    assert input_sha256(store, scope, info) == found[2] == input_facts(store, scope, info).sha256


def test_what_a_colleague_lets_go_in_another_process_counts_at_once(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    before = input_sha256(store, scope, info)
    first, second = (org(store, scope, info, letter) for letter in "甲丙")
    address = store.engine.url.render_as_string(hide_password=False)
    colleague = store._replace(engine=make_engine(address))  # connections of its own, as another process has
    with writing(colleague) as connection:
        add_constraint(connection, scope, Constraint("", info.id, "forbid", first, second, "", COUNTY, "", "", 1))
    fixed = input_sha256(store, scope, info)
    with writing(colleague) as connection:
        drop_constraint(connection, scope, constraints_of(colleague, scope, info.id)[0])

    colleague.engine.dispose()

    assert fixed != before
    assert input_sha256(store, scope, info) == before


def test_what_no_plan_is_made_from_changes_nothing(store: Store, scope: Scope) -> None:
    info = make(store, scope)
    before = input_sha256(store, scope, info)
    choose(store, scope, "plan", value=info.id)
    assert input_sha256(store, scope, info) == before
