from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.pages.conftest import texts, unfold
from ui.map_spec import MapEvent
from ui.plans import require_plan

if TYPE_CHECKING:
    from tests.pages.conftest import DrawnMaps, OpenPage, UseList


CITY, FIRST, SECOND = "330500", "330502", "330503"


def test_an_empty_store_offers_the_demonstration_list_and_the_upload(open_page: OpenPage) -> None:
    app = open_page()

    assert [button.label for button in app.button] == ["用示例名单试一试", "上传名单"]
    assert not app.exception


def test_a_list_of_one_city_opens_at_the_city_with_its_counties(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list()

    app = open_page()

    assert "<h1>湖州市</h1>" in texts(app)
    spec = maps.specs[-1]
    assert (spec.level, spec.values) == ("counties-33", {FIRST: pytest.approx(16.7), SECOND: 50.0})
    assert {code for code, hatch in spec.hatched.items() if hatch == "no_data"} == {"330521", "330522", "330523"}


def test_cards_show_rate_numerator_and_denominator_today_and_after(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    shown = texts(open_page())

    assert "25.0%<small>2 / 8</small>" in shown
    assert "实施后 <b>62.5%</b>" in shown


def test_the_scenario_switch_changes_cards_and_map_and_stays_in_the_address(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list()
    app = open_page()

    app.button_group(key="switch-scenario").set_value("after").run()

    assert "62.5%<small>5 / 8</small>" in texts(app)
    assert maps.specs[-1].values[FIRST] == pytest.approx(66.7)
    assert app.query_params["scenario"] == "after"


def test_a_link_shows_the_same_view(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()

    app = open_page(area="330000", kpi="K6", detail="county", scenario="after")

    assert "<h1>浙江省</h1>" in texts(app)
    assert maps.specs[-1].legend is not None
    assert maps.specs[-1].legend.title == "覆盖缺口"
    assert maps.specs[-1].level == "counties-33"


@pytest.mark.parametrize(
    "query", [{"area": "nowhere"}, {"kpi": "K99"}, {"scenario": "never"}, {"detail": "<b>"}, {"area": "330502<img>"}]
)
def test_an_address_that_means_nothing_shows_the_list_as_it_comes(
    open_page: OpenPage, use_list: UseList, query: dict[str, str]
) -> None:
    use_list()

    app = open_page(**query)

    assert "<h1>湖州市</h1>" in texts(app)
    assert not app.error


def test_a_click_on_the_map_goes_down_to_the_county(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    maps.click = MapEvent("area", FIRST)

    app = open_page()

    assert "<h1>吴兴区</h1>" in texts(app)
    assert app.query_params["area"] == FIRST
    assert maps.specs[-1].points is not None
    assert len(maps.specs[-1].points) == 6


def test_a_click_on_an_empty_area_stays(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    maps.click = MapEvent("area", "330521")

    assert "<h1>湖州市</h1>" in texts(open_page())


def test_the_path_leads_back_up(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    app = open_page(area=FIRST)

    app.button(key="crumb-overview-100000").click().run()

    assert maps.specs[-1].level == "provinces"
    assert maps.specs[-1].national
    assert maps.specs[-1].inset


def test_the_ranking_is_the_maps_twin_with_the_worst_first(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    table = open_page().dataframe[0].value

    assert table["area"].tolist() == ["吴兴区", "南浔区"]
    assert table[["numerator", "denominator"]].to_numpy().tolist() == [[1, 6], [1, 2]]


def test_by_superior_there_is_a_table_and_no_map(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list(area_mode="superior")

    app = open_page()

    assert maps.specs == []
    assert [info.value[:4] for info in app.info] == ["当前按上"]
    assert not app.error


def test_the_mode_switch_counts_by_superior_and_stays_in_the_address(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list()
    app = open_page()
    drawn = len(maps.specs)

    app.button_group(key="switch-mode").set_value("superior").run()

    assert len(maps.specs) == drawn
    assert app.query_params["mode"] == "superior"
    assert "按上级党组织" in texts(app)
    app.button_group(key="switch-mode").set_value("located").run()
    assert "mode" not in app.query_params
    assert len(maps.specs) > drawn
    assert not app.exception


def test_the_breakdown_adds_up_to_the_list(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = unfold(open_page(), "breakdown")

    app.button_group(key="breakdown-by").set_value("county").run()

    table = app.dataframe[-1].value
    assert table[["name", "orgs"]].to_numpy().tolist() == [["吴兴区", 6], ["南浔区", 2]]
    assert table["K1"].tolist() == ["16.7%（1 / 6）", "50.0%（1 / 2）"]


def test_a_date_before_the_profile_is_warned_of(open_page: OpenPage, use_list: UseList) -> None:
    use_list(as_of=date(2015, 1, 1))

    assert [warning.value[:15] for warning in open_page().warning] == ["截止日期 2015-01-01"]


def test_the_demonstration_list_is_marked_as_such(open_page: OpenPage, use_list: UseList) -> None:
    use_list(is_demo=True)

    assert "示例数据" in texts(open_page())


def test_every_page_says_what_may_be_done_with_it(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    for path in ("", "import", "groups", "export", "settings"):
        shown = texts(open_page(path))
        assert "审图号：未配置 · 内部资料 不得公开" in shown, path
        assert "由有审批权限的党组织决定" in shown, path


def test_a_click_that_comes_with_the_address_of_before_undoes_nothing(open_page: OpenPage, use_list: UseList) -> None:
    """The browser sends a click with the address it has, and the answer to the click before may still be on its way."""
    use_list()
    app = open_page(kpi="K1")
    app.button_group(key="switch-scenario").set_value("after").run()

    app.query_params.clear()
    app.query_params["kpi"] = "K1"
    app.button_group(key="switch-kpi").set_value("K4").run()

    assert (app.query_params["scenario"], app.query_params["kpi"]) == ("after", "K4")


def test_a_link_opened_in_between_wins(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page(kpi="K1")
    app.button_group(key="switch-scenario").set_value("after").run()

    app.query_params.clear()
    app.query_params["kpi"] = "K4"
    app.run()

    assert app.button_group(key="switch-kpi").value == "K4"
    assert app.button_group(key="switch-scenario").value == "today"


def test_a_ranking_has_a_row_for_what_none_of_its_areas_counts(open_page: OpenPage, use_list: UseList) -> None:
    header = "社会组织名称,登记管理机关行政区划,所在区县,行业代码,正式党员数,是否建立党组织,组织建制"
    rows = (
        "甲协会,330500,吴兴区,9521,3,是,党支部",
        "乙协会,330502,吴兴区,9521,4,否,",
        "丙协会,330000,吴兴区,9521,2,否,",
        "丁协会,,,9521,3,否,",
    )
    use_list("\n".join((header, *rows)).encode(), area_mode="registered")

    for area, names in (
        (CITY, {"吴兴区", "湖州市本级"}),
        ("330000", {"湖州市", "浙江省本级"}),
        ("100000", {"浙江省", "未定位"}),
    ):
        table = open_page("", area=area).dataframe[0].value
        assert set(table["area"]) == names
        coverage = require_plan()[1].coverage
        (whole,) = coverage.loc[(coverage["adcode"] == area) & (coverage["level"] != "own"), "K1_den"]
        assert table["denominator"].sum() == whole
