"""What of a large block is grouped again: those who were touched, and the nearest few."""

from __future__ import annotations

from coverage.handmade.bench import Bench
from coverage.handmade.resolving import MOST_WHOLE, around
from coverage.handmade.units import Standing
from coverage.tables import Rulings
from geo.divisions import load_divisions
from tests.handmade import plans

#: The window, and the one who was touched.
MOST = 60


def test_of_many_in_one_building_only_the_nearest_few_are_a_question() -> None:
    one = plans.make(plans.row("甲校", n=1))
    count = MOST_WHOLE + 1
    many = [f"reg:{number:04}" for number in range(count)]
    orgs, places, duties = (
        table.loc[[0] * count].reset_index(drop=True).assign(org_id=many)
        for table in (one.orgs, one.places, one.duties)
    )
    bench = Bench(one._replace(orgs=orgs, places=places, duties=duties), plans.COUNTY, divisions=load_divisions())

    rerun = around(bench, Standing({}, frozenset()), many[-1:], locked=(), rulings=Rulings.empty())

    asked = set(many) - set(rerun.quiet)
    assert len(asked) == MOST
    assert many[-1] in asked
    assert not rerun.is_whole
