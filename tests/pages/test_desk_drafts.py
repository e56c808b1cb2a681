"""What is typed and not saved is back after a reload or a restart; two planners' parameters are both kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import Role, make_scope
from store.plans import change_settings, plan_info
from tests.pages.conftest import texts
from tests.pages.test_desk_lists import SHORT
from tests.pages.test_imports import ODD, choose, upload
from tests.pages.test_settings_page import replan
from ui.current import read_current
from ui.stores import the_store

if TYPE_CHECKING:
    from coverage.settings import PlanSettings
    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

UNITS = "setting-joint_max_units"


def settings_now() -> PlanSettings:
    current = read_current()
    assert current is not None
    return current.settings


def change_elsewhere(current: Current, **values: object) -> None:
    other = make_scope("li", Role.PLANNER, "")
    info = plan_info(the_store(), other, current.plan_id)
    change_settings(the_store(), other, info, settings=info.settings.model_copy(update=values))


def test_typed_parameters_are_back_in_a_new_session(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app = open_page("settings")
    app.number_input(key=UNITS).set_value(3).run()

    again = open_page("settings")

    assert again.number_input(key=UNITS).value == 3
    assert "已恢复未保存的内容" in texts(again)
    assert settings_now().joint_max_units == 5


def test_a_draft_that_is_thrown_away_is_gone(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    app = open_page("settings")
    app.number_input(key=UNITS).set_value(3).run()

    app.button(key=f"discard-draft-settings-{current.plan_id}").click().run()

    assert app.number_input(key=UNITS).value == 5
    assert open_page("settings").number_input(key=UNITS).value == 5


def test_different_parameters_of_two_planners_are_both_kept(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    app = open_page("settings")
    app.number_input(key=UNITS).set_value(3).run()
    is_excluded = not current.settings.exclude_zombie
    change_elsewhere(current, exclude_zombie=is_excluded)

    replan(app)

    assert (settings_now().joint_max_units, settings_now().exclude_zombie) == (3, is_excluded)


def test_the_same_parameter_of_two_planners_is_asked_about(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    app = open_page("settings")
    app.number_input(key=UNITS).set_value(3).run()
    change_elsewhere(current, joint_max_units=4)

    replan(app)

    assert settings_now().joint_max_units == 4
    assert "他人已改为" in texts(app)
    app.button(key="mine-settings").click().run()
    assert settings_now().joint_max_units == 3


def test_theirs_may_be_taken(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    app = open_page("settings")
    app.number_input(key=UNITS).set_value(3).run()
    change_elsewhere(current, joint_max_units=4)
    replan(app)

    app.button(key="theirs-settings").click().run()

    assert settings_now().joint_max_units == 4
    assert app.number_input(key=UNITS).value == 4


def test_a_refused_value_stays_typed(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app = open_page("settings")
    app.text_input(key="setting-period_start").set_value("去年").run()

    replan(app)

    assert len(app.error) == 1
    assert app.text_input(key="setting-period_start").value == "去年"


def test_columns_chosen_and_not_used_are_back_for_the_next_upload(open_page: OpenPage) -> None:
    choose(upload(open_page("import"), ODD), "党员台账数", "n_full")

    again = upload(open_page("import"), ODD)

    assert {box.label: box.value for box in again.selectbox}["党员台账数"] == "n_full"
    assert "已恢复未保存的内容" in texts(again)
