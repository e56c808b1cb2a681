"""What of a large block is grouped again: those who were touched, and the nearest few."""

from __future__ import annotations

import pandas as pd

from coverage.handmade.bench import Bench
from coverage.handmade.resolving import MOST_WHOLE, around
from coverage.handmade.units import Standing
from coverage.tables import Rulings
from geo.divisions import load_divisions
from tests.handmade import plans

#: The window, and the one who was touched.
MOST = 60


def many_in_one_building() -> tuple[Bench, list[str]]:
    one = plans.make(plans.row("甲校", n=1))
    count = MOST_WHOLE + 1
    many = [f"reg:{number:04}" for number in range(count)]
    orgs, places, duties = (
        table.loc[[0] * count].reset_index(drop=True).assign(org_id=many)
        for table in (one.orgs, one.places, one.duties)
    )
    bench = Bench(one._replace(orgs=orgs, places=places, duties=duties), plans.COUNTY, divisions=load_divisions())

    return bench, many


def asked_around(bench: Bench, touched: list[str], *forced: tuple[str, str]) -> set[str]:
    rows = [("force", one, other, "") for one, other in forced]
    rulings = Rulings.validate(pd.DataFrame(rows, columns=["kind", "org_id", "other_id", "value"], dtype="str"))
    rerun = around(bench, Standing({}, frozenset()), touched, locked=(), rulings=rulings)
    assert not rerun.is_whole
    return set(bench.small) - set(rerun.quiet)


def test_of_many_in_one_building_only_the_nearest_few_are_a_question() -> None:
    bench, many = many_in_one_building()

    asked = asked_around(bench, many[-1:])

    assert len(asked) == MOST
    assert many[-1] in asked


def test_a_bundle_that_the_window_has_no_room_for_leaves_it_to_others() -> None:
    bench, many = many_in_one_building()

    asked = asked_around(bench, many[-1:], *((many[0], each) for each in many[1 : MOST + 10]))

    assert len(asked) == MOST
    assert many[0] not in asked


def test_those_who_are_bound_to_one_host_or_kept_from_it_are_not_all_in_question() -> None:
    bench, many = many_in_one_building()

    asked = asked_around(bench, [many[-1], "reg:host"], *((each, "reg:host") for each in many[-1:] + many[:200]))

    assert len(asked) == MOST


def test_whoever_is_bound_to_one_in_question_is_in_question_too() -> None:
    bench, many = many_in_one_building()
    chain = [(many[-1], many[-2]), (many[-2], many[-3])]
    beside = [(many[0], many[200]), (many[300], many[200])]

    asked = asked_around(bench, many[-1:], *chain, *beside, (many[210], many[211]))

    assert asked >= {*many[-3:], many[0], many[200], many[300]}
    assert many[210] not in asked
