from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pages.conftest import HEADER, texts
from tests.pages.test_handwork import LIST as UNITS
from ui.map_spec import MapEvent

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import DrawnMaps, OpenPage, UseList


FIRST, SECOND = "330502", "330503"
#: 东城区: no list here is about it.
NOBODYS = "110101"


def groups_table(app: AppTest) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if "lead" in table.value)


def orgs_table(app: AppTest) -> pd.DataFrame:
    return [table.value for table in app.dataframe if "name" in table.value][-1]


def drawn_group(maps: DrawnMaps) -> str:
    groups = maps.specs[-1].groups
    assert groups is not None
    return str(groups["group_id"].iloc[0])


def test_a_county_shows_its_organisations_and_stars(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()

    app = open_page("groups", area=FIRST)

    spec = maps.specs[-1]
    assert spec.points is not None
    assert spec.groups is not None
    assert (len(spec.points), spec.groups["is_lead"].tolist().count(True)) == (6, 1)
    assert {category.label for category in spec.categories} >= {"单位联建", "单独建", "待摸排"}
    assert groups_table(app)[["orgs", "members"]].to_numpy().tolist() == [[2, 3]]


def test_a_click_on_a_star_shows_why_who_and_how_far(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    open_page("groups", area=FIRST)
    maps.click = MapEvent("group", drawn_group(maps))

    app = open_page("groups", area=FIRST)

    shown = texts(app)
    assert "单位联建：" in shown
    assert "2 个单位，正式党员 3 人次" in shown
    assert "乙学校" in shown
    assert "丙学校" in shown
    assert "/ 3,000</td>" in shown
    assert "是否组建由有审批权限的党组织决定" in shown
    assert app.query_params["group"] == maps.specs[-1].view.key.removeprefix("group-")


def test_a_click_on_an_organisation_shows_its_measure_and_reason(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list()
    open_page("groups", area=FIRST)
    points = maps.specs[-1].points
    assert points is not None
    maps.click = MapEvent("point", str(points.loc[points["text"] == "戊中心", "id"].iloc[0]))

    shown = texts(open_page("groups", area=FIRST))

    assert "戊中心</div>" in shown
    assert "M00 待摸排" in shown
    assert "list.csv 第 6 行" in shown


def test_filters_keep_what_fits(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    app = open_page("groups", area=FIRST)

    app.multiselect[0].set_value(["M10"]).run()
    assert orgs_table(app)["name"].tolist() == ["甲协会"]
    assert maps.specs[-1].points is not None
    assert len(maps.specs[-1].points) == 1

    app.multiselect[0].set_value([]).run()
    app.text_input[0].set_value("丙学").run()
    assert orgs_table(app)["name"].tolist() == ["丙学校"]
    assert len(groups_table(app)) == 1


def test_a_search_text_is_no_pattern(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("groups", area=FIRST)

    app.text_input[0].set_value("(.*").run()

    assert "没有符合条件的社会组织" in texts(app)
    assert not app.exception


def test_the_uncovered_stand_with_reason_and_way_out(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    app = open_page("groups", area=SECOND)

    table = orgs_table(app)
    left_out = table[table["name"] == "庚学校"]
    assert left_out["measure"].tolist() == ["指导员联系·待组建"]
    assert (left_out["reason"] != "").all()


def test_choosing_another_county_forgets_the_unit(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    open_page("groups", area=FIRST)
    app = open_page("groups", area=FIRST, group=drawn_group(maps))

    app.selectbox(key="choose-county").set_value(SECOND).run()

    assert app.query_params.get("area") == SECOND
    assert "group" not in app.query_params
    assert "<h1>南浔区</h1>" in texts(app)


def test_a_group_that_is_no_more_shows_the_county(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    app = open_page("groups", area=FIRST, group="G0000000000", org="nobody")

    assert "<h1>吴兴区</h1>" in texts(app)
    assert not app.error


def test_organisations_without_a_county_are_explained(open_page: OpenPage, use_list: UseList) -> None:
    use_list(f"{HEADER}\n某协会,,,,,9521,2,否,\n".encode())

    assert "还没有可显示的县区" in texts(open_page("groups"))


def test_markup_in_names_stays_text(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    payload = "<img src=x onerror=alert(1)>"
    rows = f"{payload},吴兴区,120.110,30.870,WGS84,8391,2,否,\n丙学校,吴兴区,120.111,30.871,WGS84,8391,1,否,"
    use_list(f"{HEADER}\n{rows}\n".encode())
    open_page("groups", area=FIRST)

    shown = texts(open_page("groups", area=FIRST, group=drawn_group(maps)))

    assert payload not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown


def test_an_area_of_nobody_is_said_and_no_other_one_is_shown(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    for path, query in (("groups", {}), ("trial", {"tab": "trial"}), ("", {})):
        app = open_page(path, area=NOBODYS, **query)
        assert "没有位于" in texts(app)
        assert not {"choose-county", "trial-county"} & {str(box.key) for box in app.selectbox}

    assert "没有位于" in texts(open_page("groups", area=NOBODYS, group="G0000000000"))  # a unit that is gone
    app = open_page("groups", area=NOBODYS)
    app.button(key="nobody-back").click().run()
    assert app.selectbox(key="choose-county").value == "330502"


def test_filters_are_in_the_address_and_hold_for_every_table(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("groups", area="330502")
    app.text_input(key="workbench-find").set_value("协会").run()
    app.multiselect(key="workbench-kinds").set_value(["M10"]).run()
    assert (app.query_params["find"], app.query_params["kinds"]) == ("协会", "M10")

    again = open_page("groups", area="330502", find="协会", kinds="M10")

    assert again.text_input(key="workbench-find").value == "协会"
    assert again.multiselect(key="workbench-kinds").value == ["M10"]
    again.multiselect(key="workbench-kinds").set_value(["M21", "M10"]).run()
    assert set(again.query_params["kinds"].split(";")) == {"M21", "M10"}
    labels = [tab.label for tab in open_page("groups", area="330502", find="协会", kinds="M10").tabs]
    assert any("全部组织 1" in label for label in labels)


def test_the_next_unit_is_a_button_away(open_page: OpenPage, use_list: UseList) -> None:
    use_list(UNITS)
    app = open_page("groups", area="330502")
    first, second = app.dataframe[0].value.index
    app = open_page("groups", area="330502", group=first)
    assert app.button(key="step-previous").disabled

    app.button(key="step-next").click().run()

    assert app.query_params["group"] == second
    assert app.button(key="step-next").disabled
    assert "不在当前筛选范围内" in texts(open_page("groups", area="330502", group=first, find="没有的"))


def test_a_filter_that_a_county_knows_nothing_of_waits_for_the_next_one(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("groups", area=FIRST, kinds="M99")

    app.multiselect(key="workbench-kinds").set_value(["M10"]).run()

    assert app.query_params["kinds"] == "M99;M10"
