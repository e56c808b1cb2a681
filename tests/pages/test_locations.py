"""Places checked in the order of what they decide: on the map, by search, by county, for a whole building at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.corrections import POINT
from store.corrections import corrections_in_force
from tests.pages.conftest import texts
from ui.map_spec import MapEvent, Pin
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import DrawnMaps, OpenPage, UseList

HEADER = "社会组织名称,登记证号,住所,所在区县,行业代码,正式党员数,是否建立党组织,经度,纬度,坐标系"
ROWS = (
    "甲协会,甲,吴兴区龙王山路8号3楼,,8391,1,否,,,",  # its county is in the address alone
    "乙协会,乙,吴兴区龙王山路8号501室,吴兴区,8391,1,否,,,",
    "丙协会,丙,吴兴区龙王山路20号,吴兴区,8391,2,否,120.100,30.870,WGS84",
    "己协会,己,吴兴区龙王山路10号,吴兴区,8391,0,否,,,",
    "丁协会,丁,鼓楼区中山路3号,,8391,1,否,,,",
)
LIST = "\n".join((HEADER, *ROWS)).encode()
TOWN = "辛协会,辛,吴兴区织里镇,吴兴区,8391,0,否,,,"
OF_ONE_ROAD = (ROWS[1], ROWS[3], "庚协会,庚,吴兴区龙王山路12号,吴兴区,8391,1,否,,,", ROWS[4], TOWN)
IN_COUNTY, IN_NEXT_COUNTY = (120.101, 30.871), (120.42, 30.87)


def in_force() -> dict[tuple[str, str], object]:
    return {(each.name, each.field): each.value for each in corrections_in_force(the_store(), the_scope())}


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def move_pin(app: AppTest, maps: DrawnMaps, to: tuple[float, float]) -> AppTest:
    maps.click = MapEvent("moved", lonlat=to)
    app.run()
    assert not app.exception
    return app


def pin_of(maps: DrawnMaps) -> Pin:
    pin = maps.specs[-1].pin
    assert pin is not None
    return pin


def test_one_point_settles_a_building_and_can_be_taken_back(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list(LIST)
    app = open_page("location")
    assert "这 2 个地址决定 3 家未编入单位能否编组。" in texts(app)
    assert "1 / 5 · 20.0%" in texts(app)
    assert pin_of(maps).is_set is False  # about there: the seat of the county

    app.text_input(key="location-reg:乙-search").set_value("龙王山路").run()
    press(app, "location-reg:乙-go")
    assert pin_of(maps)[:2] == (120.1, 30.87)
    assert maps.specs[-1].view.bounds is not None
    assert app.number_input(key="location-reg:乙-point-lon").value == 120.1

    move_pin(app, maps, IN_COUNTY)
    assert pin_of(maps)[:2] == IN_COUNTY
    assert app.checkbox(key="location-reg:乙-with-reg:甲").value
    press(app, "location-reg:乙-save")
    assert in_force() == {(f"{name}协会", POINT): list(IN_COUNTY) for name in "甲乙"}
    assert "有 2 家单位的更正尚未计入方案" in texts(app)
    assert "已更正 2 家：甲协会等；按其位置还可找到 1 个地址" in texts(app)  # the next house of the road
    assert "鼓楼区中山路3号" in texts(app)  # on to the next place

    press(app, "review-undo")
    assert in_force() == {}

    app.query_params["org"] = "reg:甲"
    move_pin(app, maps, IN_NEXT_COUNTY)
    assert app.button(key="location-reg:甲-save").disabled  # the list gives 乙 another county
    app.radio(key="location-reg:甲-decide-330503").set_value("keep").run()
    press(app, "location-reg:甲-save")
    points = {(f"{name}协会", POINT): list(IN_NEXT_COUNTY) for name in "甲乙"}
    assert in_force() == points | {("甲协会", "county"): "330502"}
    press(app, "review-undo")

    app.query_params["org"] = "reg:丙"
    move_pin(app, maps, IN_NEXT_COUNTY)
    assert "标记在南浔区（湖州市），名单所在县区为吴兴区（湖州市）。请确认：" in texts(app)
    assert app.button(key="location-reg:丙-save").disabled
    app.radio(key="location-reg:丙-decide-330503").set_value("move").run()
    press(app, "location-reg:丙-save")
    assert in_force() == {("丙协会", POINT): list(IN_NEXT_COUNTY), ("丙协会", "county"): "330503"}


def test_one_thing_at_a_time_is_asked_of_a_typed_point(open_page: OpenPage, use_list: UseList) -> None:
    use_list(LIST)
    app, key = open_page("location"), "location-reg:乙-point"
    first, second = "请先在地图上标出位置，或填写经纬度。", "请选择经纬度的坐标系。"

    def asked() -> list[str]:
        return [caption.value for caption in app.caption if caption.value in {first, second}]

    assert asked() == [first]
    app.number_input(key=f"{key}-lon").set_value(120.101).run()
    assert asked() == [first]
    app.number_input(key=f"{key}-lat").set_value(30.871).run()
    assert asked() == [second]
    app.selectbox(key=f"{key}-crs").set_value("wgs84").run()
    assert asked() == []
    assert not app.button(key="location-reg:乙-save").disabled


def test_each_saving_tells_what_it_finds_itself_and_the_way_back_leads_back(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list("\n".join((HEADER, *OF_ONE_ROAD)).encode())
    app = open_page("location", org="reg:乙")
    press(move_pin(app, maps, IN_COUNTY), "location-reg:乙-save")
    assert "已更正：乙协会；按其位置还可找到 2 个地址" in texts(app)

    app.query_params["org"] = "reg:己"
    press(move_pin(app, maps, (120.102, 30.872)), "location-reg:己-save")
    assert "已更正：己协会" in texts(app)
    assert "按其位置还可找到" not in texts(app)  # the next house of the road was found before

    app.query_params["org"] = "reg:庚"
    press(app.run(), "choose-reg:丁-320106")  # saved, and 庚 still waits
    press(app, "review-previous")
    assert app.query_params["org"] == "reg:己"

    app.query_params["org"] = "reg:辛"
    app.run()
    assert not app.exception
    assert pin_of(maps)[:2] == (120.2567, 30.8736)  # where its township is about


def test_a_county_is_chosen_with_one_click_and_stays_after_a_new_import(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list(LIST)
    app = press(open_page("location"), "choose-reg:丁-320106")
    assert in_force() == {("丁协会", "county"): "320106"}
    app.query_params["org"] = "reg:丁"
    move_pin(app, maps, IN_COUNTY)
    assert "目前：鼓楼区" in texts(app)  # though the tables do not know it yet
    assert "名单所在县区为鼓楼区（南京市）。请确认：" in texts(app)
    press(app, "discard-draft-location-reg:丁")
    press(app, "review-replan")
    assert "这 1 个地址决定" in texts(app)

    use_list(LIST + b"\n" + "戊协会,戊,,吴兴区,8391,0,否,,,".encode(), name="newer.csv")
    app = open_page("location", org="reg:丁")

    assert "目前：鼓楼区" in texts(app)
    assert not [button for button in app.button if str(button.key).startswith("choose-")]
