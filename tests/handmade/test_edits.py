"""Edits by hand: which units they touch, what comes of them, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.handmade import Edit, after_edit, edit_kinds, hosts_of, price, standing_cost
from coverage.handmade.ruled import broken_rulings
from coverage.handmade.units import MadeUnit, Standing, draft
from tests.handmade import plans

if TYPE_CHECKING:
    from coverage.pipeline import Plan

STANDING = Standing(
    {
        "G1": MadeUnit("joint", "a", ("a", "b", "c")),
        "G2": MadeUnit("joint", "d", ("d", "e")),
        "G3": MadeUnit("attached", "h", ("x", "y")),
        "G4": MadeUnit("regional", "", ("p", "q", "r")),
        "G5": MadeUnit("attached", "i", ("m", "n")),
    },
    frozenset({"t"}),
)


def made(edit: Edit) -> tuple[set[str], set[str]]:
    """Return the units that go, and those that come: head, then members (a head to choose is '?')."""
    change = draft(STANDING, edit)
    come = {f"{unit.head or '?'}:{''.join(unit.members)}" for unit in change.units}
    return set(change.gone), come


@pytest.mark.parametrize(
    ("edit", "gone", "come"),
    [
        (Edit("new", orgs=("t", "u")), set(), {"?:tu"}),
        (Edit("new", orgs=("b", "t")), {"G1"}, {"?:bt", "a:ac"}),
        (Edit("new", orgs=("a", "t")), {"G1"}, {"?:at", "?:bc"}),
        (Edit("new", orgs=("d", "t")), {"G2"}, {"?:dt"}),
        (Edit("new", orgs=("b", "h"), form="attached", head="h"), {"G1", "G3"}, {"h:bxy", "a:ac"}),
        (Edit("new", orgs=("b",), form="attached", head="k"), {"G1"}, {"k:b", "a:ac"}),
        (Edit("split", ("G1",), ("a", "b")), {"G1"}, {"?:ab"}),
        (Edit("split", ("G4",), ("p",)), {"G4"}, {"?:qr"}),
        (Edit("split", ("G3",), ("x",), head="k"), {"G3"}, {"k:x", "h:y"}),
        (Edit("split", ("G5",), ("m",), head="h"), {"G3", "G5"}, {"h:mxy", "i:n"}),
        (Edit("merge", ("G3", "G5"), head="i"), {"G3", "G5"}, {"i:mnxy"}),
        (Edit("merge", ("G1", "G2")), {"G1", "G2"}, {"?:abcde"}),
        (Edit("merge", ("G1", "G2"), head="e"), {"G1", "G2"}, {"e:abcde"}),
        (Edit("move", ("G2",), ("c",)), {"G1", "G2"}, {"?:cde", "a:ab"}),
        (Edit("move", ("G3",), ("c",)), {"G1", "G3"}, {"h:cxy", "a:ab"}),
        (Edit("move", (), ("e",)), {"G2"}, set()),
        (Edit("move", (), ("c",)), {"G1"}, {"a:ab"}),
        (Edit("move", (), ("x",)), {"G3"}, {"h:y"}),
        (Edit("dissolve", ("G1",)), {"G1"}, set()),
        (Edit("lead", ("G1",), ("b",), head="b"), {"G1"}, {"b:abc"}),
    ],
)
def test_an_edit_touches_what_it_must(edit: Edit, gone: set[str], come: set[str]) -> None:
    assert made(edit) == (gone, come)


@pytest.mark.parametrize(
    ("orgs", "kinds"),
    [
        ("b", {"move", "out", "split", "dissolve", "lead"}),
        ("a", {"move", "out", "split", "dissolve"}),
        ("x", {"move", "out", "split", "dissolve"}),
        ("ad", {"new", "move", "out", "merge"}),
        ("xm", {"new", "move", "out", "merge"}),
        ("ax", {"new", "move", "out"}),
        ("tu", {"new", "move"}),
    ],
)
def test_only_what_can_work_is_offered(orgs: str, kinds: set[str]) -> None:
    assert set(edit_kinds(STANDING, tuple(orgs), "hik")) == kinds


def test_guests_split_off_to_another_host_and_merge_at_one_of_theirs() -> None:
    assert hosts_of(STANDING, "split", "x", hosts="hik") == ["i", "k"]
    assert hosts_of(STANDING, "merge", "xm", hosts="hik") == ["h", "i"]
    assert hosts_of(STANDING, "new", "bk", hosts="hik") == ["k"]
    assert set(edit_kinds(STANDING, "x", "h")) == {"move", "out", "dissolve"}  # no other host to go to


def test_who_is_freed_and_who_is_taken() -> None:
    change = draft(STANDING, Edit("new", orgs=("d", "t")))
    assert (change.freed, change.taken) == (("e",), ("t",))


@pytest.mark.parametrize("kind", ["split", "merge", "move", "out", "new", "dissolve", "lead"])
def test_the_price_is_the_difference_of_all_that_stands(kind: str) -> None:
    plan = six()
    bench, standing = plans.bench(plan), plans.standing(plan)
    edit = edits(plan)[kind]

    priced = price(bench, standing, edit)

    before, after = standing_cost(bench, standing), standing_cost(bench, after_edit(standing, priced))
    assert priced.difference == pytest.approx(after - before, abs=1e-9)


def test_an_edit_and_its_opposite_cost_nothing_together() -> None:
    plan = six()
    bench, standing = plans.bench(plan), plans.standing(plan)
    there = price(bench, standing, edits(plan)["merge"])
    merged = after_edit(standing, there)
    name = merged.unit_of(plans.ids(plan, "甲")[0])
    back = price(bench, merged, Edit("split", (name,), plans.standing(plan).units[plans.unit(plan, "甲")].members))
    assert there.difference + back.difference == pytest.approx(0, abs=1e-9)
    assert set(after_edit(merged, back).units.values()) == set(standing.units.values())


def test_who_had_an_instructor_has_none_in_a_unit() -> None:
    plan = plans.make(
        plans.row("甲校", slots=1), plans.row("乙校", east_m=100, slots=1), plans.row("丙校", east_m=200, slots=1)
    )
    standing = plans.standing(plan)
    (taught,) = standing.taught
    others = next(iter(standing.units.values())).members
    priced = price(plans.bench(plan), standing, Edit("move", (standing.unit_of(others[0]),), (taught,)))
    assert priced.cost_before == pytest.approx(priced.before[0].cost)  # an instructor costs nothing for two members
    assert after_edit(standing, priced).taught == frozenset()


def test_no_unit_of_the_plan_is_cheaper_with_another_lead() -> None:
    plan = six()
    bench, standing = plans.bench(plan), plans.standing(plan)
    for name, unit in standing.units.items():
        for org_id in unit.members:
            assert price(bench, standing, Edit("lead", (name,), (org_id,), head=org_id)).difference >= -1e-9


@pytest.mark.parametrize(
    ("kind", "org", "other", "value", "is_broken"),
    [
        ("forbid", "a", "b", "", True),
        ("forbid", "a", "d", "", False),
        ("forbid", "x", "h", "", True),
        ("forbid", "h", "x", "", True),
        ("force", "a", "b", "", False),
        ("force", "a", "d", "", True),
        ("force", "a", "u", "", True),
        ("force", "u", "v", "", False),
        ("force", "x", "h", "", False),
        ("force", "x", "k", "", True),
        ("lead", "a", "", "", False),
        ("lead", "b", "", "", True),
        ("lead", "u", "", "", False),
        ("lead", "x", "", "", True),
        ("remedy", "a", "", "joint", False),
        ("remedy", "a", "", "attached", True),
        ("remedy", "t", "", "instructor", False),
        ("remedy", "t", "", "joint", True),
        ("remedy", "u", "", "joint", False),
        ("remedy", "p", "", "none", False),
        ("remedy", "a", "", "none", True),
    ],
)
def test_a_ruling_is_kept_or_broken(  # a table of cases
    kind: str,
    org: str,
    other: str,
    value: str,
    is_broken: bool,  # noqa: FBT001 # expected
) -> None:
    ruling = pd.DataFrame([(kind, org, other, value)], columns=["kind", "org_id", "other_id", "value"], dtype="str")
    assert len(broken_rulings(STANDING, ruling)) == is_broken


def six() -> Plan:
    ways_m, codes = (0, 300, 900, 1_400, 2_000, 2_100), ("8391", "8391", "8392", "8392", "8520", "8520")
    rows = (
        plans.row(f"{name}校", east_m=east_m, industry=code)
        for name, east_m, code in zip("甲乙丙丁戊己", ways_m, codes, strict=True)
    )
    return plans.make(*rows)


def edits(plan: Plan) -> dict[str, Edit]:
    """Return an edit of each kind on the plan of six."""
    first, second = plans.unit(plan, "甲"), plans.unit(plan, "己")
    members = plans.standing(plan).units[first].members
    return {
        "split": Edit("split", (first,), members[:1]),
        "merge": Edit("merge", (first, second)),
        "move": Edit("move", (second,), members[:1]),
        "out": Edit("move", (), members[:1]),
        "new": Edit("new", orgs=plans.ids(plan, "甲丁")),
        "dissolve": Edit("dissolve", (first,)),
        "lead": Edit("lead", (first,), members[-1:], head=members[-1]),
    }
