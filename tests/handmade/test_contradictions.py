"""What planners fix must not contradict what is fixed already: no unit could keep to both."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage.grouping import Wishes, propose_groups
from coverage.handmade import contradicted_rulings, seated_rulings
from coverage.handmade.bench import Seat
from coverage.tables import Rulings
from tests.grouping.cases import candidates, settings

Ruling = tuple[str, str, str, str]
SMALL = frozenset({"A00", "A01", "A02", "A03"})
HOSTS = ("A04", "A05")


def force(one: str, other: str) -> Ruling:
    return "force", one, other, ""


def forbid(one: str, other: str) -> Ruling:
    return "forbid", one, other, ""


def remedy(org_id: str, value: str) -> Ruling:
    return "remedy", org_id, "", value


def lead(org_id: str) -> Ruling:
    return "lead", org_id, "", ""


CHAIN = [force("A00", "A01"), force("A01", "A02")]
CONTRADICTIONS = [
    ([force("A00", "A01")], forbid("A00", "A01"), [force("A00", "A01")]),
    ([forbid("A00", "A01")], force("A00", "A01"), [forbid("A00", "A01")]),
    ([*CHAIN, force("A03", "A02"), remedy("A00", "joint")], forbid("A00", "A02"), CHAIN),
    ([force("A00", "A04")], force("A00", "A05"), [force("A00", "A04")]),
    ([force("A00", "A04"), force("A01", "A05")], force("A00", "A01"), [force("A00", "A04"), force("A01", "A05")]),
    ([force("A00", "A04"), force("A01", "A04")], forbid("A00", "A01"), [force("A00", "A04"), force("A01", "A04")]),
    ([force("A00", "A04")], remedy("A00", "joint"), [force("A00", "A04")]),
    ([force("A00", "A04")], lead("A00"), [force("A00", "A04")]),
    ([remedy("A00", "attached")], lead("A00"), [remedy("A00", "attached")]),
    ([force("A00", "A01")], remedy("A01", "instructor"), [force("A00", "A01")]),
    ([force("A00", "A01"), lead("A00")], lead("A01"), [force("A00", "A01"), lead("A00")]),
    ([remedy("A00", "joint"), remedy("A01", "attached")], force("A00", "A01"), None),
]


@pytest.mark.parametrize(("fixed", "wanted", "named"), CONTRADICTIONS)
def test_the_rulings_that_another_one_contradicts_are_named(
    fixed: list[Ruling], wanted: Ruling, named: list[Ruling] | None
) -> None:
    assert contradicted_rulings(table(fixed), wanted, small=SMALL) == (fixed if named is None else named)


@pytest.mark.parametrize(("fixed", "wanted", "named"), CONTRADICTIONS)
def test_what_is_fixed_elsewhere_hides_nothing_and_is_not_named(
    fixed: list[Ruling], wanted: Ruling, named: list[Ruling] | None
) -> None:
    elsewhere = [force("X0", "X1"), force("X1", "X2"), remedy("X1", "joint"), lead("X2"), forbid("X0", "X2")]
    assert contradicted_rulings(table([*elsewhere, *fixed]), wanted, small=SMALL) == (named or fixed)


def test_a_ruling_about_somebody_without_a_seat_or_in_another_block_counts_for_nothing() -> None:
    seats = {
        "A00": Seat(0, "small", 0),
        "A01": Seat(0, "small", 1),
        "A04": Seat(0, "host", 0),
        "B0": Seat(1, "small", 0),
    }
    kept = [force("A00", "A01"), forbid("A00", "A04"), remedy("A00", "joint"), lead("A01")]
    others = [force("A00", "X0"), force("X0", "A00"), force("A00", "B0"), lead("X0")]

    seated = seated_rulings(table([*kept, *others]), seats)

    assert list(seated.itertuples(index=False, name=None)) == kept


@pytest.mark.parametrize(("fixed", "wanted", "named"), CONTRADICTIONS)
def test_who_is_in_contradictory_rulings_is_not_all_in_units(
    fixed: list[Ruling], wanted: Ruling, named: list[Ruling] | None
) -> None:
    places = [{"n": 2, "east_m": 10.0 * place, "slots": 4} for place in range(4)]
    pool = candidates(*places, *({"kind": "host", "n": 5, "east_m": 100.0, "slots": 4} for _ in HOSTS))

    made = propose_groups(pool, settings(), wishes=Wishes(rulings=table([*(named or fixed), wanted])))

    assert "ruled" in set(made.outcomes["reason"])


@pytest.mark.parametrize(
    ("fixed", "wanted"),
    [
        (CHAIN, forbid("A00", "A03")),
        ([*CHAIN, remedy("A00", "joint")], remedy("A02", "joint")),
        ([force("A00", "A04"), remedy("A00", "attached")], force("A01", "A04")),
        ([forbid("A00", "A04")], force("A00", "A05")),
        ([lead("A00"), remedy("A00", "joint")], force("A00", "A01")),
        ([remedy("A00", "none")], force("A00", "A01")),
        ([force("A00", "A01"), forbid("A00", "A01")], lead("A00")),
        ([force("A00", "A01"), forbid("A00", "A01")], lead("A03")),
    ],
)
def test_what_can_be_kept_to_is_not_refused(fixed: list[Ruling], wanted: Ruling) -> None:
    assert contradicted_rulings(table(fixed), wanted, small=SMALL) == []


def table(rows: list[Ruling]) -> pd.DataFrame:
    return Rulings.validate(pd.DataFrame(rows, columns=["kind", "org_id", "other_id", "value"], dtype="str"))
