"""The page of the history: who did what, before and after, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import Role, make_scope
from store.corrections import Correction, correct, corrections_in_force
from store.history import history
from store.plans import plan_info, rename_plan
from tests.pages.conftest import texts
from tests.pages.test_desk_lists import SHORT, name_of, press
from ui.current import keep_settings
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from store import Scope
    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current


def rename(current: Current, name: str, scope: Scope) -> None:
    rename_plan(the_store(), scope, plan_info(the_store(), scope, current.plan_id), name=name)


def actions(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["action"])


def test_each_change_stands_there_with_before_and_after(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT, is_made=False)
    current = keep_settings(current, current.settings.model_copy(update={"joint_max_units": 3}))
    rename(current, "方案甲", the_scope())
    open_page()  # which makes the plan

    app = open_page("history")

    table = app.dataframe[0].value
    assert list(table["action"]) == ["计算方案", "方案改名", "修改参数", "新建方案", "导入名单"]
    assert table["change"].iloc[1] == "名称：list.csv → 方案甲"
    assert "5 → 3" in table["change"].iloc[2]
    assert set(table["by"]) == {"本机用户"}


def test_the_last_own_step_is_undone(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    rename(current, "方案甲", the_scope())
    app = open_page("history")

    press(app, "undo-last")

    assert name_of(current) == "list.csv"
    assert "已撤销：方案改名" in texts(app)
    assert actions(app)[0] == "撤销"


def test_what_somebody_changed_again_is_not_undone(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    rename(current, "我的", the_scope())
    app = open_page("history")
    rename(current, "他人的", make_scope("li", Role.PLANNER, ""))

    press(app, "undo-last")

    assert name_of(current) == "他人的"
    assert "后来又被修改过" in texts(app)


def test_a_correction_that_was_corrected_again_is_not_undone(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    correct(the_store(), the_scope(), [Correction("X1", "n_full", 4, "甲协会")])
    app = open_page("history")
    correct(the_store(), make_scope("li", Role.PLANNER, ""), [Correction("X1", "n_full", 6, "甲协会", number=1)])

    press(app, "undo-last")

    assert [each.value for each in corrections_in_force(the_store(), the_scope())] == [6]
    assert "后来又被修改过" in texts(app)


def test_the_filter_keeps_ones_own_changes(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    rename(current, "他人的", make_scope("li", Role.PLANNER, ""))
    app = open_page("history")
    assert set(app.dataframe[0].value["by"]) == {"本机用户", "li"}

    app.button_group(key="history-whose").set_value("mine").run()

    assert set(app.dataframe[0].value["by"]) == {"本机用户"}


def test_an_empty_store_says_what_will_stand_here(open_page: OpenPage) -> None:
    assert "还没有操作记录" in texts(open_page("history"))


def test_a_file_that_is_taken_along_is_noted(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    app = open_page("export")
    assert not app.exception

    app.download_button(key="file-groups").click().run()

    last = history(the_store(), the_scope())[0]
    assert (last.action, last.object) == ("export", f"plan/{current.plan_id}")
    assert last.after == {"file": "groups.csv", "rows": 2, "areas": [""]}
