"""Lists and plans by name, and links that show a colleague the same page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store import Role, make_scope
from store.lists import list_infos
from store.plans import archive_plan, plan_info, plan_infos, rename_plan
from tests.pages.conftest import HEADER, ROWS, texts
from ui.current import use_plan
from ui.lists_view import _copy as copy_plan
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

SHORT = "\n".join((HEADER, *ROWS[:4])).encode()


def address_of(app: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def name_of(current: Current) -> str:
    return plan_info(the_store(), the_scope(), current.plan_id).name


def test_a_link_shows_a_colleague_the_same_page(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT, name="mine.csv")
    mine = open_page(kpi="K5", scenario="after", area="330502")
    use_list(name="other.csv")  # somebody takes another list meanwhile

    colleague = open_page(**address_of(mine))

    assert address_of(mine)["plan"]
    assert address_of(colleague) == address_of(mine)
    assert texts(colleague) == texts(mine)
    assert "mine.csv" in texts(colleague)


def test_the_choice_of_another_one_changes_nothing_here(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT, name="mine.csv")
    mine = open_page()
    before = texts(mine)
    use_list(name="other.csv")

    mine.run()

    assert texts(mine) == before
    assert "other.csv" in texts(open_page())


def test_a_link_to_a_plan_that_is_gone_says_so(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()

    app = open_page(plan="P0000000000")

    assert "链接中的方案不存在" in texts(app)
    assert address_of(app)["plan"] == current.plan_id
    assert "链接中的方案不存在" not in texts(app.run())


def test_the_switch_at_the_head_goes_to_another_plan(open_page: OpenPage, use_list: UseList) -> None:
    first, second = use_list(SHORT, name="first.csv"), use_list(name="second.csv")
    app = open_page(area="330503")

    app.selectbox(key="plan-switch").set_value(first.plan_id).run()

    assert address_of(app)["plan"] == first.plan_id != second.plan_id
    assert "first.csv" in texts(app)
    assert "area" not in address_of(app)


def test_a_plan_is_renamed_put_away_and_brought_back(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    app = open_page("import")

    app.text_input(key=f"name-{current.plan_id}-list.csv").set_value("方案甲").run()
    press(app, f"rename-{current.plan_id}")
    assert name_of(current) == "方案甲"
    press(app, f"archive-{current.plan_id}")
    assert plan_infos(the_store(), the_scope()) == []
    press(app, f"archive-{current.plan_id}")

    assert [plan.name for plan in plan_infos(the_store(), the_scope())] == ["方案甲"]


@pytest.mark.parametrize("path", ["", "map", "groups", "location", "trial", "export", "settings"])
def test_a_plan_that_was_put_away_says_so_on_every_page_and_comes_back(
    open_page: OpenPage, use_list: UseList, path: str
) -> None:
    current = use_list()
    archive_plan(the_store(), the_scope(), plan_info(the_store(), the_scope(), current.plan_id))
    app = open_page(path, plan=current.plan_id)

    assert "此方案已归档" in texts(app)
    assert app.selectbox(key="plan-switch").options == ["方案：list.csv（已归档）"]
    press(app, "restore-plan")

    assert "此方案已归档" not in texts(app)
    assert [plan.id for plan in plan_infos(the_store(), the_scope())] == [current.plan_id]


def test_a_list_that_is_put_away_is_shown_on_demand_only(open_page: OpenPage, use_list: UseList) -> None:
    old = use_list(SHORT, name="old.csv")
    use_list(name="new.csv")
    app = open_page("import", plan=old.plan_id)

    press(app, f"archive-{old.list_id}")

    assert [info.name for info in list_infos(the_store(), the_scope())] == ["new.csv"]
    assert list(app.dataframe[0].value["files"]) == ["new.csv"]
    app.toggle(key="lists-archived").set_value(True).run()
    assert list(app.dataframe[0].value["files"]) == ["new.csv", "old.csv"]


def test_a_plan_is_saved_under_another_name_with_its_settings(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(joint_max_units=3)
    app = open_page("import")

    app.text_input(key=f"copy-name-{current.plan_id}").set_value("方案乙").run()
    press(app, f"copy-{current.plan_id}")

    plans = {plan.name: plan for plan in plan_infos(the_store(), the_scope())}
    assert set(plans) == {"list.csv", "方案乙"}
    assert plans["方案乙"].settings == plans["list.csv"].settings == current.settings
    assert address_of(app)["plan"] == plans["方案乙"].id


def test_a_name_that_somebody_changed_meanwhile_is_asked_about(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    app = open_page("import")
    app.text_input(key=f"name-{current.plan_id}-list.csv").set_value("我的名称").run()
    other = make_scope("li", Role.PLANNER, "")
    info = plan_info(the_store(), other, current.plan_id)
    rename_plan(the_store(), other, info, name="他人的名称")

    press(app, f"rename-{current.plan_id}")

    assert name_of(current) == "他人的名称"
    assert "他人的名称" in texts(app)
    assert "我的名称" in texts(app)
    press(app, "mine-lists")
    assert name_of(current) == "我的名称"


def test_a_copy_keeps_the_venues(use_list: UseList) -> None:
    current = use_list()
    info = plan_info(the_store(), the_scope(), current.plan_id)

    copy = copy_plan(info, "方案丙")

    assert copy.venues_id == info.venues_id
    assert use_plan(copy).settings == current.settings
