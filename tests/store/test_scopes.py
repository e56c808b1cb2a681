"""Who asks is asked first: no query without a scope, and no change without a line in the audit."""

from __future__ import annotations

import importlib
import inspect
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import func, select

from store import NotAllowedError, Role, Scope, desk, make_scope
from store.corrections import Correction, correct, correction_history, corrections_in_force
from store.engine import reading
from store.history import Export, history, note_export
from store.schema import audit
from store.scope import common_area, short_area
from store.users import grant, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store import Store

QUERIES = (
    *("corrections", "desk", "following", "gazetteer", "handwork", "history", "inputs", "lists", "making"),
    *("plans", "reading", "trials", "unit_rows", "units", "users", "work"),
)
# What asks nothing of the store, or is how a scope is found in the first place.
WITHOUT_SCOPE = {
    "AS_LISTED", "add_constraint", "carry_marks", "choices_text", "corrections_sha256", "corrections_table",
    "constraint_of", "drop_constraint", "fixed_units", "follow_corrections", "follow_state", "freed_units",
    "insert_units", "keep_county", "lay_down", "local_scope", "new_run", "note_freed", "refuse_contradiction",
    "registered_codes", "replace_units", "ruling_of", "ruling_text", "rulings_of", "scope_of", "sweep",
    "with_new_columns",
}  # fmt: skip


def public_functions() -> Iterator[tuple[str, inspect.Signature]]:
    for name in QUERIES:
        module = importlib.import_module(f"store.{name}")
        for found, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not found.startswith("_"):
                yield found, inspect.signature(value)


@pytest.mark.parametrize(("name", "signature"), list(public_functions()))
def test_every_query_wants_to_know_who_asks(name: str, signature: inspect.Signature) -> None:
    parameters = list(signature.parameters.values())
    has_both = [str(each.annotation) for each in parameters[:1]] == [
        "Hand"
    ]  # a store and a scope that were asked for together
    assert (name in WITHOUT_SCOPE or has_both) or (
        [parameter.name for parameter in parameters[:2]] in (["store", "scope"], ["connection", "scope"])
        and parameters[1].default is inspect.Parameter.empty
    )


@pytest.mark.parametrize(
    ("areas", "code", "covers", "touches"),
    [
        (("",), "", True, True),
        (("100000",), "330502", True, True),
        (("33",), "330502", True, True),
        (("330000",), "330502", True, True),
        (("330500",), "330000", False, True),
        (("330502",), "330500", False, True),
        (("330502",), "330503", False, False),
        (("330502", "44"), "440100", True, True),
        (("33",), "", False, True),
        ((), "330502", False, False),
    ],
)
def test_reach_goes_by_the_leading_digits(areas: tuple[str, ...], code: str, *, covers: bool, touches: bool) -> None:
    scope = make_scope("li", Role.PLANNER, *areas)
    assert (scope.covers(code), scope.touches(code)) == (covers, touches)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("needed", list(Role))
@pytest.mark.parametrize("area", ["330502", "330503", "44", ""])
def test_a_role_holds_in_its_areas_only(role: Role, needed: Role, area: str) -> None:
    scope = make_scope("li", role, "330502")
    if role >= needed and area == "330502":
        scope.require(needed, area=area)
    else:
        with pytest.raises(NotAllowedError):
            scope.require(needed, area=area)


def test_codes_are_shortened_to_what_their_divisions_share() -> None:
    assert [short_area(code) for code in ("100000", "330000", "330500", "330502", "33", "")] == [
        "", "33", "3305", "330502", "33", "",
    ]  # fmt: skip
    assert common_area(pd.Series(["330502", "330503", ""], dtype="str")) == "3305"
    assert common_area(pd.Series(["330502", "440103"], dtype="str")) == ""
    assert common_area(pd.Series([""], dtype="str")) == ""


def test_corrections_of_other_areas_are_not_seen(store: Store, scope: Scope) -> None:
    correct(store, scope, [Correction("A", "n_full", 2, "甲", "330502"), Correction("B", "n_full", 1, "乙", "440103")])
    li = make_scope("li", Role.PLANNER, "33")

    assert [each.org_id for each in corrections_in_force(store, li)] == ["A"]
    assert correction_history(store, li, "B") == []
    with pytest.raises(NotAllowedError):
        correct(store, li, [Correction("B", "n_full", 2, "乙", "440103", number=1)])
    assert {event.area for event in history(store, li)} == {"330502"}


def test_users_have_the_reach_that_an_administrator_gave_them(store: Store, scope: Scope) -> None:
    grant(store, scope, "li", role=Role.PLANNER, areas=["330500", "44"])

    assert scope_of(store, "li") == Scope("li", Role.PLANNER, ("3305", "44"))
    with pytest.raises(NotAllowedError):
        scope_of(store, "nobody")
    with pytest.raises(NotAllowedError):
        grant(store, scope_of(store, "li"), "wu", role=Role.LEADER, areas=["3305"])
    grant(store, scope, "li", role=Role.LEADER, areas=[])
    with pytest.raises(NotAllowedError):
        scope_of(store, "li")


def test_exports_and_changes_leave_a_line(store: Store, scope: Scope) -> None:
    note_export(store, scope, Export("groups.csv", 12, "plan/P1", "3305"))
    correct(store, scope, [Correction("A", "n_full", 2, "甲", "330502")])
    grant(store, scope, "li", role=Role.LEADER, areas=["33"])

    lines = history(store, scope)

    assert [(event.action, event.actor) for event in lines] == [
        ("user.grant", "wang"),
        ("correction", "wang"),
        ("export", "wang"),
    ]
    assert lines[2].after == {"file": "groups.csv", "rows": 12, "areas": [""]}
    assert lines[0].at.startswith(str(date.today().year)[:2])  # noqa: DTZ011 - the century will do


def test_the_desk_is_everybodys_own(store: Store) -> None:
    li, wu = (make_scope(name, Role.PLANNER, "33") for name in ("li", "wu"))
    desk.save_draft(store, li, "settings", of="P1", content={"alpha": 0.4})
    desk.save_draft(store, li, "settings", of="P1", content={"alpha": 0.6})
    desk.choose(store, li, "plan", value="P1")
    desk.remember_columns(store, li, "T", columns={"人数": "n_full"})

    assert desk.read_draft(store, li, "settings", of="P1") == {"alpha": 0.6}
    assert (desk.read_draft(store, wu, "settings", of="P1"), desk.chosen(store, wu, "plan")) == (None, "")
    assert desk.remembered_columns(store, wu, "T") == {"人数": "n_full"}
    desk.drop_draft(store, li, "settings", of="P1")
    desk.remember_columns(store, li, "T", columns={})
    assert (desk.read_draft(store, li, "settings", of="P1"), desk.remembered_columns(store, li, "T")) == (None, {})
    with reading(store) as connection:
        assert connection.execute(select(func.count()).select_from(audit)).scalar_one() == 0
