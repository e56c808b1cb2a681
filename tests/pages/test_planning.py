"""Plans of large lists, made in a process of their own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.errors import PlanError
from coverage.pipeline import Plan, make_plan
from tests.pages.conftest import LIST, tear, texts
from ui.loading import boundaries, divisions, plan_key, shelf, stored_list
from ui.planning import PlanShelf, Progress

if TYPE_CHECKING:
    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

PATIENCE_SECONDS = 120


def wait(plans: PlanShelf, current: Current) -> Plan:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = plans.look(plan_key(current))
        if isinstance(answer, Plan):
            return answer
        time.sleep(0.1)
    pytest.fail("no plan")


def test_the_process_makes_the_plan_that_the_page_would_make(use_list: UseList) -> None:
    current, plans = use_list(), PlanShelf()

    made = wait(plans, current)

    here = make_plan(stored_list(current.list_id), current.settings, divisions=divisions(), boundaries=boundaries())
    pd.testing.assert_frame_equal(made.measures, here.measures)
    pd.testing.assert_frame_equal(made.coverage, here.coverage)
    assert plans.find(plan_key(current)) is made


def test_a_list_that_is_gone_is_refused_and_can_be_tried_again(use_list: UseList) -> None:
    current, plans = use_list(), PlanShelf()
    tear(current.list_id, "orgs")

    with pytest.raises(PlanError, match=r"store\.part_damaged"):
        wait(plans, current)

    current = use_list(LIST + b"\n")
    assert isinstance(wait(plans, current), Plan)


def test_a_cancelled_plan_leaves_nothing_behind(use_list: UseList) -> None:
    current, plans = use_list(), PlanShelf()

    first = plans.look(plan_key(current))
    plans.cancel(plan_key(current))

    assert isinstance(first, Progress)
    assert plans.find(plan_key(current)) is None
    plans.cancel(plan_key(current))


def test_only_the_last_plans_are_kept(use_list: UseList) -> None:
    current, plans = use_list(), PlanShelf()
    plan = make_plan(stored_list(current.list_id), current.settings, divisions=divisions(), boundaries=boundaries())

    for number in range(4):
        plans.keep((current.plan_id, str(number)), plan)

    assert [plans.find((current.plan_id, str(number))) is None for number in range(4)] == [
        True,
        False,
        False,
        False,
    ]


def test_the_page_of_a_large_list_shows_how_far_it_is(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.plans.LARGE_LIST_ROWS", 1)
    current = use_list(joint_max_units=4)
    try:
        app = open_page()

        assert "已用" in texts(app)
        assert [button.label for button in app.button] == ["停止计算"]
        assert "内部资料 不得公开" in texts(app)

        wait(shelf(), current)
        assert "<h1>湖州市</h1>" in texts(open_page())
    finally:
        shelf().cancel(plan_key(current))
