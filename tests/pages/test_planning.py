"""Plans of large lists, made by a worker while the page shows how far it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.pipeline import Plan, make_plan
from store.plans import read_result
from store.work import find_job
from tests.pages.conftest import tear, texts
from ui.current import read_current
from ui.jobs import see_to_workers
from ui.loading import boundaries, divisions, plan_key, stored_list
from ui.making import message_of
from ui.planning import PlanShelf, plan_job, start_plan
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from store.work import Job
    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

PATIENCE_SECONDS = 120


def wait(current: Current) -> Job:
    """Let the worker of a plan end, with an eye on workers as the page has: that of another test may be ending."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    job = plan_job(plan_key(current)) or start_plan(plan_key(current), area="")
    while time.monotonic() < deadline:
        if find_job(the_store(), the_scope(), job.id).is_over:
            return find_job(the_store(), the_scope(), job.id)
        see_to_workers()
        time.sleep(0.1)
    pytest.fail("no end")


def made_by_worker(current: Current) -> Plan:
    assert wait(current).state == "done"
    plan = read_result(the_store(), the_scope(), current.plan_id)
    assert plan is not None
    return plan


@pytest.mark.nightly  # by day tests/jobs says so
def test_the_worker_makes_the_plan_that_the_page_would_make(use_list: UseList) -> None:
    current = use_list(is_made=False)

    made = made_by_worker(current)

    here = make_plan(stored_list(current.list_id), current.settings, divisions=divisions(), boundaries=boundaries())
    pd.testing.assert_frame_equal(made.measures, here.measures)
    pd.testing.assert_frame_equal(made.coverage, here.coverage)


def test_a_list_that_is_damaged_is_said_and_can_be_tried_again(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.plans.LARGE_LIST_ROWS", 1)
    current = use_list(is_made=False)
    tear(current.list_id, "orgs")

    job = wait(current)

    assert job.state == "failed"
    assert "已损坏" in message_of(job)
    app = open_page()
    assert "已损坏" in app.error[0].value
    assert [button.label for button in app.button] == ["继续计算"]


def test_only_the_last_plans_are_kept_in_memory(use_list: UseList) -> None:
    current, plans = use_list(is_made=False), PlanShelf()
    plan = make_plan(stored_list(current.list_id), current.settings, divisions=divisions(), boundaries=boundaries())

    for number in range(4):
        plans.keep((current.plan_id, str(number)), plan)
        plans.find((current.plan_id, "0"))  # somebody looks at it all the time

    assert [plans.find((current.plan_id, str(number))) is None for number in range(4)] == [False, True, False, False]


def test_the_page_of_a_large_list_shows_how_far_it_is(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.plans.LARGE_LIST_ROWS", 1)
    current = use_list(is_made=False, joint_max_units=4)

    app = open_page()

    assert "已用" in texts(app)
    assert [button.label for button in app.button] == ["停止计算"]
    assert "内部资料 不得公开" in texts(app)
    job = plan_job(plan_key(current))
    open_page()  # a second visitor joins
    assert job is not None
    assert plan_job(plan_key(current)) is not None
    assert wait(current).id == job.id
    assert "<h1>湖州市</h1>" in texts(open_page())
    assert read_current() == current
