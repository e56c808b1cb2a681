"""The workbench: organisations taken on the map, undo and redo, several units at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.units import decisions_on, units_of
from tests.pages.conftest import texts
from tests.pages.test_desk_lists import press
from tests.pages.test_desk_units import make_plan_in_use
from tests.pages.test_handwork import COUNTY, LIST, PLACE, ids, units
from ui.map_spec import MapEvent
from ui.stores import the_scope, the_store
from ui.widgets import rows_number

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import DrawnMaps, OpenPage, UseList
    from ui.current import Current

NEXT = "330503"
#: 甲, 乙 and the organisation with a unit lie within.
AROUND = ((120.09, 30.86), (120.11, 30.86), (120.11, 30.88), (120.09, 30.88))
WITH_A_UNIT = "己学校,吴兴区,120.1020,30.8700,WGS84,8391,4,是\n".encode()


@pytest.fixture
def current(use_list: UseList) -> Current:
    use_list(LIST + WITH_A_UNIT)
    return make_plan_in_use()


def chosen(app: AppTest, current: Current) -> list[str]:
    return list(app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}").value)


def test_a_lasso_takes_whoever_can_be_grouped_and_says_who_cannot(
    open_page: OpenPage, current: Current, maps: DrawnMaps
) -> None:
    app = open_page("groups", area=COUNTY, work="form")
    maps.click = MapEvent("lasso", polygon=AROUND)

    app.run()

    assert sorted(chosen(app, current)) == sorted(ids(current, "甲乙"))
    assert "1 个不参与编组" in texts(app)
    assert maps.specs[-1].can_lasso
    assert sorted(maps.specs[-1].selected) == sorted(ids(current, "甲乙"))


def test_a_click_takes_an_organisation_and_another_one_lets_it_go(
    open_page: OpenPage, current: Current, maps: DrawnMaps
) -> None:
    (first,) = ids(current, "戊")
    app = open_page("groups", area=COUNTY, work="form")
    maps.click = MapEvent("point", first)
    app.run()
    assert chosen(app, current) == [first]

    maps.click = MapEvent("point", first)
    app.run()

    assert chosen(app, current) == []


def test_a_click_looks_where_nothing_is_formed(open_page: OpenPage, current: Current, maps: DrawnMaps) -> None:
    (first,) = ids(current, "戊")
    app = open_page("groups", area=COUNTY)
    maps.click = MapEvent("point", first)

    app.run()

    assert app.query_params["org"] == first
    assert maps.specs[-1].selected == (first,)
    assert not maps.specs[-1].can_lasso


def test_work_is_undone_and_done_again(open_page: OpenPage, current: Current) -> None:
    app = open_page("groups", area=COUNTY, work="form")
    assert app.button(key="workbench-undo").disabled
    app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}").set_value(ids(current, "甲丙")).run()
    app.selectbox(key=f"{PLACE}-kind").set_value("merge").run()
    press(app, f"{PLACE}-do")
    assert units(current) == {"丁丙乙甲"}

    press(app, "workbench-undo")
    assert units(current) == {"乙甲", "丁丙"}
    assert app.button(key="workbench-undo").disabled

    press(app, "workbench-redo")
    assert units(current) == {"丁丙乙甲"}
    assert app.button(key="workbench-redo").disabled

    press(app, "workbench-undo")
    assert units(current) == {"乙甲", "丁丙"}
    assert not app.button(key="workbench-redo").disabled


def test_several_units_are_locked_and_moved_at_once(open_page: OpenPage, current: Current) -> None:
    app = open_page("groups", area=COUNTY)
    table = rows_number(app.dataframe[0].value)
    app.session_state["workbench-batch"] = (table, tuple(app.dataframe[0].value.index))
    app.run()

    press(app, "batch-lock")
    assert "已保存 2 组" in texts(app)
    app.text_input(key="batch-reason").set_value("经核实")
    app.selectbox(key="batch-state").set_value("void")
    press(app, "batch-move")

    after = units_of(the_store(), the_scope(), current.plan_id).values()
    assert {(unit.is_locked, unit.state) for unit in after} == {(True, "void")}
    assert {row.note for unit in after for row in decisions_on(the_store(), the_scope(), unit)} == {"经核实"}


def test_units_chosen_are_dropped_when_the_table_shows_others(open_page: OpenPage, current: Current) -> None:
    app = open_page("groups", area=COUNTY)
    app.session_state["workbench-batch"] = (1, tuple(app.dataframe[0].value.index))

    app.run()

    assert not any(button.key == "batch-lock" for button in app.button)
    assert current.plan_id


def test_of_two_organisations_of_one_name_the_one_meant_is_chosen(open_page: OpenPage, use_list: UseList) -> None:
    use_list(LIST + "甲学校,吴兴区,120.1020,30.8710,WGS84,8391,1,否\n".encode())
    current = make_plan_in_use()
    app = open_page("groups", area=COUNTY, work="form")
    orgs = app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}")
    twins = [option for option in orgs.options if "甲学校" in option]

    for option in twins:
        orgs.set_value([option]).run()
        (org_id,) = chosen(app, current)
        assert org_id in option
    assert len(set(twins)) == 2


def test_a_click_on_bare_ground_leaves_the_units_chosen(open_page: OpenPage, current: Current, maps: DrawnMaps) -> None:
    app = open_page("groups", area=COUNTY)
    app.session_state["workbench-batch"] = (
        rows_number(app.dataframe[0].value),
        tuple(app.dataframe[0].value.index),
    )
    app.run()
    maps.click = MapEvent("area", COUNTY)

    app.run()

    assert any(button.key == "batch-lock" for button in app.button)
    assert current.plan_id


def test_a_unit_of_another_county_brings_its_county(open_page: OpenPage, use_list: UseList) -> None:
    two = "庚学校,南浔区,120.4200,30.8700,WGS84,8391,2,否\n辛学校,南浔区,120.4210,30.8700,WGS84,8391,2,否\n"
    use_list(LIST + two.encode())
    current = make_plan_in_use()
    pair = sorted(ids(current, "庚辛"))
    found = units_of(the_store(), the_scope(), current.plan_id)
    (unit,) = (unit_id for unit_id, unit in found.items() if sorted(unit.members) == pair)

    app = open_page("groups", area=COUNTY, group=unit)
    assert app.selectbox(key="choose-county").value == NEXT
    next(button for button in app.button if str(button.key).startswith("choose-")).click().run()

    assert sorted(app.multiselect(key=f"hand-orgs-{current.plan_id}-{NEXT}").value) == pair


def test_the_county_stays_when_its_number_of_units_changes(open_page: OpenPage, current: Current) -> None:
    app = open_page("groups", area=COUNTY, work="form")
    app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}").set_value(ids(current, "甲丙")).run()
    app.selectbox(key=f"{PLACE}-kind").set_value("merge").run()

    press(app, f"{PLACE}-do")

    county = app.selectbox(key="choose-county")
    assert "建议组 1 个" in county.proto.raw_value
    assert county.proto.set_value
