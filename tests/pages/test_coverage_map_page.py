from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pages.conftest import HEADER, LIST, texts
from ui.map_spec import MapEvent

if TYPE_CHECKING:
    import pandas as pd
    import pytest
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import DrawnMaps, OpenPage, UseList
    from ui.map_spec import MapSpec
    from ui.picture_offer import Draw

CITY, COUNTY = "330500", "330502"
# One that is known to be in the county, and no more.
NOWHERE = "壬协会,吴兴区,,,,9521,1,否,"
# Where 乙学校 and 丙学校 are, and nobody else.
AROUND_TWO = ((120.1095, 30.8695), (120.1115, 30.8695), (120.1115, 30.8715), (120.1095, 30.8715))


def listed(app: AppTest) -> pd.DataFrame:
    table: pd.DataFrame = app.dataframe[0].value
    return table


def names(app: AppTest) -> set[str]:
    return set(listed(app)["name"])


def point(spec: MapSpec, name: str) -> str:
    assert spec.points is not None
    return str(spec.points.loc[spec.points["text"] == name, "id"].iloc[0])


def test_the_area_of_the_list_opens_with_colours_and_dots(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list()

    app = open_page("map")

    spec = maps.specs[-1]
    assert spec.points is not None
    assert (len(spec.points), len(spec.colors), spec.can_lasso) == (8, 6, True)
    assert {layer.name: layer.is_on for layer in spec.layers} == {
        "areas": True, "points": True, "units": False, "groups": False, "limits": False,
    }  # fmt: skip
    assert {heat.label for heat in spec.heats} == {"应建未建", "无党员", "未联建", "待摸排"}
    assert "符合条件 8 家，共 8 家" in texts(app)
    assert len(listed(app)) == 8


def test_legend_counts_are_those_of_the_table(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()

    table = listed(open_page("map", area=COUNTY))

    entries = next(layer.entries for layer in maps.specs[-1].layers if layer.name == "points")
    assert sorted(entry.label for entry in entries) == sorted(
        f"{measure} {count}" for measure, count in table["measure"].value_counts().items()
    )
    assert set(table["unit"]) >= {"已有（未填名称）", "单位联建：丙学校"}


def test_an_organisation_known_to_its_county_is_a_number_and_no_dot(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list(LIST + f"\n{NOWHERE}".encode())

    app = open_page("map", area=CITY)

    counts, points = maps.specs[-1].counts, maps.specs[-1].points
    assert counts is not None
    assert points is not None
    assert (counts[["id", "count"]].to_numpy().tolist(), len(points)) == ([[COUNTY, 1]], 8)
    assert "壬协会" in names(app)
    maps.click = MapEvent("count", COUNTY)
    app = open_page("map", area=CITY, org="any")
    assert app.query_params["area"] == COUNTY
    assert names(app) == {"壬协会"}  # those with a dot are not in the number
    assert "org" not in app.query_params


def test_a_number_that_counts_all_of_a_county_sets_no_filter(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list(f"{HEADER}\n{NOWHERE}\n丙学校,南浔区,120.4,30.8,WGS84,8391,1,否,\n".encode())
    maps.click = MapEvent("count", COUNTY)

    app = open_page("map", area=CITY)

    assert (app.query_params["area"], names(app)) == (COUNTY, {"壬协会"})
    assert "levels" not in app.query_params


def test_more_points_than_a_map_can_show_are_counted_by_county(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.map_tables.MOST_POINTS", 7)
    use_list(LIST + f"\n{NOWHERE.replace('壬', '癸')}".encode())

    app = open_page("map", area=CITY)

    spec = maps.specs[-1]
    assert spec.points is None
    assert spec.counts is not None
    assert spec.counts[["id", "count"]].to_numpy().tolist() == [[COUNTY, 7], ["330503", 2]]
    assert (spec.can_lasso, spec.heats) == (False, ())
    assert "按县区计数" in texts(app)


def test_filters_of_a_link_keep_what_fits(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()

    app = open_page("map", area=COUNTY, measures="M22;nonsense", search="丙")

    assert names(app) == {"丙学校"}
    assert app.multiselect(key="map-filter-measures").value == ["M22"]
    assert "符合条件 1 家，共 6 家" in texts(app)
    groups = maps.specs[-1].groups
    assert groups is not None
    assert len(groups) == 2  # its unit stays whole
    assert maps.specs[-1].pack_key


def test_a_filter_goes_into_the_address_and_out_again(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("map", area=COUNTY)

    app.selectbox(key="map-filter-unit").set_value("yes").run()
    assert names(app) == {"己协会"}
    assert app.query_params["unit"] == "yes"

    app.button(key="map-filter-clear").click().run()
    assert len(listed(app)) == 6
    assert "unit" not in app.query_params


def test_a_click_on_a_dot_shows_why_and_its_travel_limit(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    use_list()
    open_page("map", area=COUNTY)
    org = point(maps.specs[-1], "乙学校")
    maps.click = MapEvent("point", org, ids=(org,))

    app = open_page("map", area=COUNTY)

    assert "乙学校</div>" in texts(app)
    assert maps.specs[-1].selected == (org,)
    assert maps.specs[-1].reach is not None
    assert maps.specs[-1].reach.radius_m > 0
    assert {button.key for button in app.button} >= {"map-open", "map-unit", "map-close"}

    ticked = app.dataframe[0].proto.id
    app.button(key="map-close").click().run()
    assert "org" not in app.query_params
    assert app.dataframe[0].proto.id != ticked  # a new list: its row is clicked once to come back


def test_organisations_at_one_place_are_chosen_from(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    open_page("map", area=COUNTY)
    one, other = (point(maps.specs[-1], name) for name in ("乙学校", "丙学校"))
    maps.click = MapEvent("point", one, ids=(one, other))
    app = open_page("map", area=COUNTY)

    app.selectbox(key="map-among").set_value(other).run()

    assert "丙学校</div>" in texts(app)
    assert app.query_params["org"] == other


def test_a_unit_opens_in_the_workbench(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    open_page("map", area=COUNTY)
    groups = maps.specs[-1].groups
    assert groups is not None
    maps.click = MapEvent("group", str(groups["group_id"].iloc[0]))
    app = open_page("map", area=COUNTY)
    assert len(maps.specs[-1].selected) == 2

    app.button(key="map-open").click().run()

    assert app.query_params["group"] == groups["group_id"].iloc[0]
    assert "在编组方案中打开" not in {button.label for button in app.button}


def test_the_map_in_view_is_offered_as_a_picture(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[tuple[Draw, int]] = []
    monkeypatch.setattr(
        "ui.views.coverage.offer_picture", lambda draw, _name, *, rows, **_: offered.append((draw, rows))
    )
    use_list()
    open_page("map", area=COUNTY, search="丙")

    draw, rows = offered[-1]

    points = maps.specs[-1].points
    assert points is not None
    assert (rows, len(points)) == (1, 1)
    assert draw(kind="png").startswith(b"\x89PNG")


def test_a_lasso_keeps_the_table_to_what_it_holds(open_page: OpenPage, use_list: UseList, maps: DrawnMaps) -> None:
    use_list()
    maps.click = MapEvent("lasso", polygon=AROUND_TWO)
    app = open_page("map", area=COUNTY)

    assert names(app) == {"乙学校", "丙学校"}
    assert len(maps.specs[-1].selected) == 2
    assert maps.specs[-1].lasso == AROUND_TWO

    app.button(key="map-lasso-clear").click().run()
    assert len(listed(app)) == 6
    assert not maps.specs[-1].lasso


def test_nothing_that_matches_is_said(open_page: OpenPage, use_list: UseList) -> None:
    use_list(f"{HEADER}\n丙学校,吴兴区,120.111,30.871,WGS84,8391,1,否,\n".encode())

    assert "没有符合条件的社会组织" in texts(open_page("map", search="(.*"))
