"""What is made of a plan once is kept by a number of its tables: the same for the same ones, never used again."""

from __future__ import annotations

import gc

from coverage.pipeline import Plan
from tests.handmade import plans
from ui.loading import plan_number


def a_plan() -> Plan:
    return plans.make(plans.row("甲校"), plans.row("乙校", east_m=100.0))


def test_the_same_tables_have_the_same_number_and_others_another() -> None:
    plan = a_plan()
    other = plan._replace(groups=plan.groups.iloc[:0])
    assert plan_number(plan) == plan_number(plan._replace(rows_in=plan.rows_in + 1))
    assert plan_number(other) != plan_number(plan)


def test_a_number_is_never_used_again() -> None:
    plan, numbers = a_plan(), set()
    gc.freeze()  # what other tests left is not searched each time
    for _ in range(50):  # each copy may lie where the one before it lay
        numbers.add(plan_number(plan._replace(measures=plan.measures.copy())))
        gc.collect()
    assert len(numbers) == 50
