"""A unit that a person thinks of: what it breaks, who would lead it, how far everybody goes and what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coverage.handmade import MadeUnit, judge, judge_all, standing_cost
from coverage.verification import verify_groups
from tests.handmade import plans

PAIR = (plans.row("甲校"), plans.row("乙校", east_m=100))


def joint(plan: Any, letters: str, head: str = "") -> MadeUnit:
    return MadeUnit("joint", plans.ids(plan, head)[0] if head else "", tuple(sorted(plans.ids(plan, letters))))


@pytest.mark.parametrize(
    ("rows", "letters", "finding"),
    [
        ((plans.row("甲校", n=1), plans.row("乙校", n=1)), "甲乙", "H4"),
        ((plans.row("甲校"), plans.row("乙校", east_m=9_000)), "甲乙", "H10_far"),
        ((plans.row("甲校"), plans.row("乙校", n=3)), "甲乙", "H2"),
        ((plans.row("甲校"), plans.row("乙校", n=0)), "甲乙", "H3"),
        ((plans.row("甲校", superior="甲党委"), plans.row("乙校", superior="乙党委")), "甲乙", "H6"),
        ((plans.row("甲校", prob=48), plans.row("乙校", prob=1)), "甲乙", "H5"),
        ((plans.row("甲校"), plans.row("乙校", **plans.HOST)), "甲乙", "H9"),
        ((plans.row("甲校"), plans.row("乙校", n="")), "甲乙", "H0"),
    ],
)
def test_a_broken_hard_rule_is_named(rows: tuple[str, ...], letters: str, finding: str) -> None:
    plan = plans.make(*rows)
    judged = judge(plans.bench(plan), joint(plan, letters))
    assert finding in set(judged.findings["finding"])
    assert not judged.is_legal


def test_more_than_five_are_a_hint_and_no_fault() -> None:
    plan = plans.make(*(plans.row(f"{name}校", east_m=10 * place) for place, name in enumerate("甲乙丙丁戊己")))
    judged = judge(plans.bench(plan), joint(plan, "甲乙丙丁戊己"))
    assert judged.is_legal
    assert "S1" in set(judged.findings["code"])


def test_the_cheapest_lead_is_chosen_and_a_wished_one_is_kept() -> None:
    plan = plans.make(plans.row("甲校"), plans.row("乙校", east_m=400), plans.row("丙校", east_m=1_000))
    bench = plans.bench(plan)
    best, wished = judge(bench, joint(plan, "甲乙丙")), judge(bench, joint(plan, "甲乙丙", "丙"))
    assert best.unit.head == plans.ids(plan, "乙")[0]
    assert best.trips["distance_m"].round(-1).tolist() == [400, 600] or best.trips["distance_m"].round(-1).tolist() == [
        600,
        400,
    ]
    assert wished.unit.head == plans.ids(plan, "丙")[0]
    assert wished.cost > best.cost
    assert wished.farthest_m == pytest.approx(1_000, rel=0.01)


def test_a_lead_that_all_can_reach_is_better_than_a_cheaper_one() -> None:
    rows = (
        plans.row("甲校"),
        plans.row("乙校", east_m=2_900),
        plans.row("丙校", east_m=5_800),
        plans.row("丁校", east_m=5_800),
    )
    plan = plans.make(*rows)
    judged = judge(plans.bench(plan), joint(plan, "甲乙丙丁"))
    assert judged.unit.head == plans.ids(plan, "乙")[0]
    assert judged.is_legal


def test_costs_are_those_of_the_objective() -> None:
    plan = plans.make(*PAIR, plans.row("丙校", east_m=50, **plans.HOST))
    bench = plans.bench(plan)
    a, host = plans.ids(plan, "甲丙")
    pair = judge(bench, joint(plan, "甲乙"))
    assert pair.cost == pytest.approx(0.5 * 100 / 3_000, rel=0.01)  # alpha times the share of the limit
    attached = judge(bench, MadeUnit("attached", host, (a,)))
    assert attached.cost == pytest.approx(10 + 0.5 * 50 / 3_000, rel=0.01)
    assert attached.is_legal
    assert judge(bench, MadeUnit("regional", "", plans.ids(plan, "甲乙"))).cost == 200


def test_members_and_size_leave_the_host_out() -> None:
    plan = plans.make(plans.row("甲校", prob=3), plans.row("丙校", **plans.HOST))
    a, host = plans.ids(plan, "甲丙")
    judged = judge(plans.bench(plan), MadeUnit("attached", host, (a,)))
    assert (judged.members, judged.size) == (2, 5)


def test_a_trip_to_another_superior_has_a_length_and_no_cost() -> None:
    plan = plans.make(plans.row("甲校", superior="甲党委"), plans.row("乙校", east_m=100, superior="乙党委"))
    judged = judge(plans.bench(plan), joint(plan, "甲乙"))
    assert judged.trips["distance_m"].iloc[0] == pytest.approx(100, rel=0.01)
    assert np.isnan(judged.cost)


def test_units_side_by_side_are_judged_as_alone() -> None:
    plan = plans.make(*PAIR, plans.row("丙校", n=1), plans.row("丁校", n=1))
    bench = plans.bench(plan)
    units = [joint(plan, "甲乙"), joint(plan, "丙丁")]
    together, alone = judge_all(bench, units), [judge(bench, unit) for unit in units]
    assert [each.cost for each in together] == [each.cost for each in alone]
    assert [list(each.findings["finding"]) for each in together] == [list(each.findings["finding"]) for each in alone]


def test_an_organisation_in_two_of_them_is_a_fault() -> None:
    plan = plans.make(*PAIR, plans.row("丙校"))
    judged = judge_all(plans.bench(plan), [joint(plan, "甲乙"), joint(plan, "甲丙")])
    assert all("H11" in set(each.findings["finding"]) for each in judged)


@pytest.mark.parametrize("slots", ["", 1])
def test_what_stands_costs_what_the_plan_costs(slots: Any) -> None:
    rows = [
        plans.row(
            f"{name}校",
            east_m=700.0 * place,
            n=1 + place % 2,
            slots=slots,
            industry=("8391", "8520", "9521")[place % 3],
        )
        for place, name in enumerate("甲乙丙丁戊己庚辛壬癸")
    ]
    plan = plans.make(*rows, plans.row("子校", east_m=300, **plans.HOST), plans.row("丑校", east_m=40_000))
    assert standing_cost(plans.bench(plan), plans.standing(plan)) == pytest.approx(float(plan.blocks["cost"].sum()))


def test_the_check_says_the_same_of_the_plan_s_own_units() -> None:
    rows = [plans.row(f"{name}校", east_m=900.0 * place, n=1 + place % 2) for place, name in enumerate("甲乙丙丁戊己")]
    plan = plans.make(*rows)
    bench = plans.bench(plan)
    found = verify_groups(plan.groups, bench.county.listed, plan.settings)
    judged = judge_all(bench, list(plans.standing(plan).units.values()))
    assert sorted(found["finding"]) == sorted(finding for each in judged for finding in each.findings["finding"])
    assert all(each.is_legal for each in judged)


def test_stated_slots_elsewhere_leave_a_block_without() -> None:
    plan = plans.make(
        plans.row("甲校", superior="甲党委", slots=1), plans.row("乙校", superior="乙党委"), instructor_slots=2
    )
    bench = plans.bench(plan)
    assert [block.slots for block in bench.blocks] == plan.blocks["slots"].tolist()
    assert set(plan.blocks["slots"]) == {0, 1}
