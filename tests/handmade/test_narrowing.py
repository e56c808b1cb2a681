"""Only whom it depends on is grouped again: the answer is that of the whole block with everybody else in its unit."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage.grouping import Wishes, propose_groups
from coverage.handmade import Rerun, remake
from coverage.handmade.narrowing import narrow, question_of
from coverage.handmade.units import MadeUnit, alone, kept_table, standing_units
from coverage.tables import KeptUnits, Rulings
from geo.divisions import load_divisions
from tests.handmade import plans

#: Far beyond the limit of a street or a town, so that whoever stands there is nobody's partner.
FAR_M = 40_000.0
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"


def county() -> list[str]:
    """Return two neighbourhoods far apart, hosts in both, business told by code for some and by name for others."""
    rows = [
        plans.row(
            f"{letter}围棋协会" if place % 3 else f"{letter}学校",
            east_m=FAR_M * (place % 2) + 300.0 * place,
            industry="" if place % 3 else "8391",
            n=1 + place % 2,
        )
        for place, letter in enumerate(LETTERS)
    ]
    hosts = [
        plans.row(f"{letter}中心", east_m=FAR_M * place + 900.0, **plans.HOST) for place, letter in enumerate("午未")
    ]
    return rows + hosts


@pytest.mark.parametrize("settings", [{}, {"joint_max_units": 2}, {"host_max_orgs": 1}])
def test_what_is_asked_gets_the_answer_of_the_whole_block(settings: dict[str, int]) -> None:
    plan = plans.make(*county(), **settings)
    bench, stood = plans.bench(plan), plans.standing(plan)
    freed = sorted(stood.units)[: max(len(stood.units) // 3, 1)]
    members = {org_id for name in freed for org_id in stood.units[name].members}
    staying = {name: unit for name, unit in stood.units.items() if name not in freed}
    quiet = {org_id: form for org_id, form in alone(bench.small, stood).items() if org_id not in members}
    rerun = Rerun(staying, quiet, KeptUnits.empty(), Rulings.empty())

    made = remake(plan, bench, rerun, divisions=load_divisions())

    whole = Wishes(kept=kept_table(staying.items(), quiet))
    wanted = propose_groups(bench.county.candidates, plan.settings, wishes=whole)
    assert plans.standing(made).units == standing_units(wanted.groups, wanted.outcomes.assign(provisional="")).units
    of_unit = ["distance_m", "similarity", "evidence", "cost", "warnings", "reason"]
    told = wanted.groups.set_index(["group_id", "org_id"]).loc[:, of_unit]
    pd.testing.assert_frame_equal(made.groups.set_index(["group_id", "org_id"])[of_unit].loc[told.index], told)
    assert made.blocks["cost"].item() == pytest.approx(wanted.blocks["cost"].item())
    assert made.blocks["covered"].item() == wanted.blocks["covered"].item()
    mine, theirs = (table.set_index("org_id").loc[sorted(members)] for table in (made.measures, wanted.outcomes))
    assert mine["provisional"].tolist() == theirs["measure"].tolist()  # nobody knows their superiors
    for name in ("alternatives", "nearest_m", "reachable"):
        pd.testing.assert_series_equal(mine[name], theirs[name])


def test_who_is_far_away_has_no_point_and_no_seat_but_keeps_its_text() -> None:
    plan = plans.make(*county())
    bench, stood = plans.bench(plan), plans.standing(plan)
    gone = stood.unit_of(plans.ids(plan, "甲")[0])
    staying = {name: unit for name, unit in stood.units.items() if name != gone}
    rerun = Rerun(staying, alone(bench.small, stood), KeptUnits.empty(), Rulings.empty())

    candidates, wishes = narrow(bench, question_of(bench, stood, rerun), rerun)

    here = bench.county.candidates.set_index("org_id").loc[candidates["org_id"]]
    assert candidates["business_text"].tolist() == here["business_text"].tolist()
    assert set(candidates["org_id"]) >= bench.small
    kept = wishes.kept.set_index("org_id")["form"]
    assert kept.drop(plans.ids(plan, "甲"), errors="ignore").isin(["none", "attached"]).all()


def test_a_unit_that_nobody_can_travel_in_is_priced_nevertheless() -> None:
    plan = plans.make(*county())
    bench, stood = plans.bench(plan), plans.standing(plan)
    host, guest = plans.ids(plan, "未")[0], plans.ids(plan, "甲")[0]
    units = {name: unit for name, unit in stood.units.items() if guest not in unit.members and unit.head != host}
    units["by hand"] = MadeUnit("attached", host, (guest,))
    quiet = alone(bench.small, stood._replace(units=units))

    made = remake(plan, bench, Rerun(units, quiet, KeptUnits.empty(), Rulings.empty()), divisions=load_divisions())

    seat = made.groups[(made.groups["org_id"] == guest) & (made.groups["role"] == "member")]
    assert seat["distance_m"].item() > seat["cost"].item() > 1


def test_whoever_is_bound_to_another_block_has_no_unit_where_only_its_own_is_asked() -> None:
    plan = plans.make(
        *(plans.row(f"{letter}校", superior=f"{letter in '丙丁'}党委", east_m=10.0) for letter in "甲乙丙丁")
    )
    bench, stood = plans.bench(plan), plans.standing(plan)
    one, other = plans.ids(plan, "甲丙")
    staying = {name: unit for name, unit in stood.units.items() if one not in unit.members}
    fixed = Rulings.validate(
        pd.DataFrame([("force", one, other, "")], columns=["kind", "org_id", "other_id", "value"], dtype="str")
    )

    made = remake(plan, bench, Rerun(staying, {}, KeptUnits.empty(), fixed), divisions=load_divisions())

    assert plans.units(plan) == {plans.letters(plan, plans.ids(plan, pair)) for pair in ("甲乙", "丙丁")}
    assert plans.units(made) == {plans.letters(plan, plans.ids(plan, "丙丁"))}
    assert made.measures.set_index("org_id").loc[one, "reason"] == "ruled"
