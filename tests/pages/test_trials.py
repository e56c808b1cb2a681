"""What-if for one county: at once where it is small, by a worker where it is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.trials import find_trial, trial_key
from store.work import take_job
from store.worker import work_off
from tests.pages.conftest import texts
from ui.loading import finished_plan
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    import pytest
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_the_first_county_with_somebody_left_out_is_tried_at_once(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    app = open_page("trial")
    assert app.selectbox(key="trial-county").value == "330503"

    app = press(app, "trial-start")

    assert not app.error
    assert "每个范围有 1 名指导员，可多覆盖 1 个" in texts(app)
    assert "出行上限放宽到 2 倍，也不能多覆盖" in texts(app)
    assert find_trial(the_store(), the_scope(), trial_key(the_store(), the_scope(), current.plan_id, area="330503"))


def test_a_unit_leads_to_its_reasons(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    app = press(open_page("trial", area="330502"), "trial-start")
    assert "需要编组的组织已经全部编入" in texts(app)
    plan = finished_plan(current)
    assert plan is not None
    group = str(plan.groups["group_id"].iloc[0])

    app = open_page("trial", area="330502", group=group)

    assert "单位联建：" in texts(app)
    assert app.button(key="trial-open-unit").label == "在“编组方案”页查看这个组"
    assert "仍与牵头（挂靠）单位同组的比例" in texts(app)
    assert "100%" in texts(app)
    assert app.dataframe[0].value["total"].tolist() == [100]


def test_a_large_county_is_tried_by_a_worker_and_can_be_stopped(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.trials.MOST_AT_ONCE", 0)
    monkeypatch.setattr("ui.jobs.most_workers", lambda: 0)
    use_list()
    app = press(open_page("trial", area="330502"), "trial-start")
    assert "可以离开这个页面" in texts(app)

    app = press(app, "trial-cancel")
    app = open_page("trial", area="330502")
    assert "试算已停止" in texts(app)
    press(app, "trial-start")

    job = take_job(the_store(), the_scope(), worker="1")
    assert job is not None
    assert work_off(the_store(), the_scope(), job).state == "done"

    assert "参数换一换会怎样" in texts(open_page("trial", area="330502"))
