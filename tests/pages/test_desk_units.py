"""Units and corrections on the page of groups: decided, locked, annotated, put right; nobody's work is lost."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from coverage.export import write_sheet
from store import Role, Scope, make_scope
from store.corrections import Correction, correct, correction_history, corrections_in_force
from store.plans import read_result
from store.units import Unit, annotate_unit, lock_unit, units_of
from tests.pages.conftest import texts
from tests.pages.test_desk_lists import SHORT, press
from ui.corrections_list import corrections_sheet
from ui.current import read_current
from ui.export_files import export_files
from ui.loading import finished_plan
from ui.planning import make_here
from ui.stores import the_scope, the_store
from ui.unit_view import handled_units, unit_states

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

COUNTY = "330502"


def other() -> Scope:
    return make_scope("li", Role.PLANNER, "")


def the_unit() -> Unit:
    current = read_current()
    assert current is not None
    (unit,) = units_of(the_store(), the_scope(), current.plan_id).values()
    return unit


def make_plan_in_use() -> Current:
    current = read_current()
    assert current is not None
    if finished_plan(current) is None:
        make_here(current.plan_id, lambda _: None)
    return current


def open_unit(open_page: OpenPage) -> tuple[AppTest, Unit]:
    make_plan_in_use()
    unit = the_unit()
    return open_page("groups", area=COUNTY, group=unit.group_id), unit


def open_org(open_page: OpenPage, name: str) -> tuple[AppTest, str]:
    current = make_plan_in_use()
    plan = read_result(the_store(), the_scope(), current.plan_id)
    assert plan is not None
    org_id = str(plan.measures.loc[plan.measures["name"] == name, "org_id"].iloc[0])
    return open_form(open_page("groups", area=COUNTY, org=org_id), f"correction-{org_id}"), org_id


def open_form(app: AppTest, place: str) -> AppTest:
    """Open a part of the page that is closed at first."""
    app.session_state[f"open-{place}"] = True
    return app.run()


def test_a_unit_is_locked_annotated_and_moved_to_its_next_state(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, unit = open_unit(open_page)

    press(app, f"lock-{unit.group_id}")
    assert unit_states(handled_units(unit.plan_id)) == {unit.group_id: "locked"}
    app.text_input(key=f"note-{unit.group_id}").set_value("已电话联系").run()
    press(app, f"save-note-{unit.group_id}")
    app.text_input(key=f"reason-{unit.group_id}").set_value("双方同意").run()
    press(app, f"move-{unit.group_id}")

    found = the_unit()
    assert (found.is_locked, found.note, found.state) == (True, "已电话联系", "verified")
    shown = texts(app)
    assert "双方同意" in shown
    assert "已核实" in shown
    assert "本机用户" in shown


def test_the_state_stands_in_the_table_and_in_the_file(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, unit = open_unit(open_page)
    assert list(app.dataframe[0].value["state"]) == ["草案"]

    press(app, f"move-{unit.group_id}")

    assert list(app.dataframe[0].value["state"]) == ["已核实"]
    current = read_current()
    assert current is not None
    plan = read_result(the_store(), the_scope(), current.plan_id)
    assert plan is not None
    states = tuple(unit_states(handled_units(current.plan_id)).items())
    content = export_files(current, plan, header="zh", states=states)["groups.csv"]
    assert set(pd.read_csv(io.BytesIO(content), dtype="str")["状态"]) == {"已核实"}


def test_a_note_that_two_wrote_is_shown_twice_and_one_is_chosen(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, unit = open_unit(open_page)
    app.text_input(key=f"note-{unit.group_id}").set_value("我写的").run()
    annotate_unit(the_store(), other(), unit, note="他人写的")

    press(app, f"save-note-{unit.group_id}")

    assert the_unit().note == "他人写的"
    assert "他人写的" in texts(app)
    assert "我写的" in texts(app)
    press(app, f"mine-unit-{unit.group_id}")
    assert the_unit().note == "我写的"


def test_taking_the_others_note_drops_mine(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, unit = open_unit(open_page)
    app.text_input(key=f"note-{unit.group_id}").set_value("我写的").run()
    annotate_unit(the_store(), other(), unit, note="他人写的")
    press(app, f"save-note-{unit.group_id}")

    press(app, f"theirs-unit-{unit.group_id}")

    assert the_unit().note == "他人写的"
    assert app.text_input(key=f"note-{unit.group_id}").value == "他人写的"


def test_a_correction_counts_at_once_and_after_the_list_is_imported_again(
    open_page: OpenPage, use_list: UseList
) -> None:
    use_list(SHORT)
    app, org_id = open_org(open_page, "丁商会")

    app.number_input(key=f"correct-{org_id}-n_full").set_value(4).run()
    app.text_input(key=f"correct-{org_id}-note").set_value("电话核实").run()
    press(app, f"save-correction-{org_id}")

    assert [(each.field, each.value, each.note) for each in correction_history(the_store(), the_scope(), org_id)] == [
        ("n_full", 4, "电话核实")
    ]
    assert "M10" in texts(app)
    use_list(SHORT + b"\n")  # another file of the same organisations
    current = make_plan_in_use()
    plan = read_result(the_store(), the_scope(), current.plan_id)
    assert plan is not None
    assert list(plan.measures.loc[plan.measures["org_id"] == org_id, "n"]) == [4]


def test_a_point_is_put_right_in_the_system_it_was_measured_in(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, org_id = open_org(open_page, "丁商会")
    for part, value in (("lon", 120.12), ("lat", 30.88)):
        app.number_input(key=f"correct-{org_id}-point-{part}").set_value(value).run()
    app.selectbox(key=f"correct-{org_id}-point-crs").set_value("gcj02").run()

    press(app, f"save-correction-{org_id}")

    (found,) = correction_history(the_store(), the_scope(), org_id)
    lon, lat = found.value
    assert 0.002 < 120.12 - lon < 0.008  # GCJ-02 lies 300 to 700 m off
    assert abs(lat - 30.88) < 0.006


def test_corrections_of_two_planners_are_both_shown(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, org_id = open_org(open_page, "丁商会")
    app.number_input(key=f"correct-{org_id}-n_full").set_value(4).run()
    correct(the_store(), other(), [Correction(org_id, "n_full", 6, "丁商会")])

    press(app, f"save-correction-{org_id}")

    assert [each.value for each in corrections_in_force(the_store(), the_scope())] == [6]
    assert "他人已改为" in texts(app)
    press(app, f"mine-correction-{org_id}")
    assert [each.value for each in corrections_in_force(the_store(), the_scope())] == [4]


def test_a_correction_is_taken_back(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, org_id = open_org(open_page, "丁商会")
    app.number_input(key=f"correct-{org_id}-n_full").set_value(4).run()
    press(app, f"save-correction-{org_id}")

    press(app, f"back-{org_id}-n_full")

    assert corrections_in_force(the_store(), the_scope()) == []
    assert app.number_input(key=f"correct-{org_id}-n_full").value == 0


def test_what_is_typed_is_back_in_another_session(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    app, org_id = open_org(open_page, "丁商会")
    app.number_input(key=f"correct-{org_id}-n_full").set_value(4).run()

    again = open_page("groups", area=COUNTY, org=org_id)

    assert again.number_input(key=f"correct-{org_id}-n_full").value == 4
    assert "已恢复未保存的内容" in texts(again)
    again.button(key=f"discard-draft-correction-{org_id}").click().run()
    assert again.number_input(key=f"correct-{org_id}-n_full").value == 0
    assert "未保存" not in texts(open_page("groups", area=COUNTY, org=org_id))


def test_corrections_are_listed_found_by_name_and_taken_along(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list(SHORT)
    app = open_page("import")
    app.text_input(key="corrections-search").set_value("丁商").run()
    org_id = str(app.selectbox(key="corrections-hit").options[0]).rpartition("（")[2].rstrip("）")
    app.text_input(key=f"correct-{org_id}-address").set_value("=1+1").run()
    press(app, f"save-correction-{org_id}")

    found = corrections_in_force(the_store(), the_scope(), list_id=current.list_id)
    sheet = corrections_sheet(current, found)

    (line,) = sheet[["name", "field", "listed", "value", "by"]].itertuples(index=False, name=None)
    assert line == ("丁商会", "住所", "—", "=1+1", "本机用户")
    content = write_sheet(sheet, of="corrections").decode("utf-8-sig")
    assert "更正为" in content.splitlines()[0]
    assert ",=1+1" not in content  # no formula for a spreadsheet
    assert app.download_button(key="corrections-file").label == "下载更正清单（1 条）"


def test_a_locked_unit_that_cannot_stay_is_said(open_page: OpenPage, use_list: UseList) -> None:
    use_list(SHORT)
    _, unit = open_unit(open_page)
    lock_unit(the_store(), the_scope(), unit, is_locked=True)
    correct(the_store(), the_scope(), [Correction(unit.lead, "n_full", 3, "甲学校", COUNTY)])

    app = open_page("groups", area=COUNTY)

    assert [warning.value for warning in app.warning if "不再成立" in warning.value]
    assert units_of(the_store(), the_scope(), unit.plan_id)[unit.group_id].members == ()
