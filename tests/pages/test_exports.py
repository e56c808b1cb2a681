from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, cast

import pandas as pd
import pytest
from openpyxl import load_workbook

from coverage.grouping.wishes import NO_WISHES
from tests.made_once import make_once
from tests.pages.conftest import HEADER, LIST, texts
from ui.areas import NATION
from ui.county_files import SHEET_KINDS, sheet_file, states_in
from ui.county_sheet import county_sheet
from ui.export_choice import Wanted, areas_of, wanted_file
from ui.export_files import archive, export_files, map_page, picture
from ui.figures import COUNT_KPIS, card_kpis
from ui.html_map import MapText
from ui.loading import areas, boundaries, divisions, stored_list
from ui.session import View

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current
    from ui.downloads import File


def plan_of(current: Current) -> Plan:
    intake = stored_list(current.list_id)
    beside = {"divisions": divisions(), "boundaries": boundaries(), "venues": None, "execution": None}
    return make_once(intake, current.settings, wishes=NO_WISHES, **beside)


def test_every_table_is_offered_with_its_size_and_the_archive_made_when_asked_for(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_list()
    made: list[dict[str, bytes]] = []
    monkeypatch.setattr("ui.views.exports.archive", made.append)

    labels = [button.proto.label for button in open_page("export").get("download_button")]

    assert [label.split("（")[0] for label in labels] == [
        "groups.csv",
        "measures.csv",
        "coverage.csv",
        "problems.csv",
        "全部打包下载",
    ]
    assert made == []


def test_the_files_are_those_of_the_plan(use_list: UseList) -> None:
    current = use_list()
    plan = plan_of(current)

    files = export_files(current, plan, header="code")

    measures = pd.read_csv(io.BytesIO(files["measures.csv"]), dtype="str", keep_default_na=False, encoding="utf-8-sig")
    assert dict(zip(measures["name"], measures["measure"], strict=True)) == dict(
        zip(plan.measures["name"], plan.measures["measure"], strict=True)
    )
    summary = json.loads(files["plan.json"])
    assert summary["inputs"] == [{"name": "list.csv", "sha256": current.files[0].sha256, "bytes": len(LIST)}]


def test_the_header_switch_changes_the_columns(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    plan = plan_of(current)

    heads = [export_files(current, plan, header=header)["groups.csv"].splitlines()[0] for header in ("zh", "code")]

    assert heads[0].decode("utf-8-sig").startswith("组号,组建形式")
    assert heads[1].decode("utf-8-sig").startswith("group_id,form")


def test_the_archive_holds_every_file_and_is_the_same_each_time() -> None:
    files = {"b.csv": b"2", "a.csv": b"1"}

    first, second = archive(files), archive(dict(reversed(files.items())))

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as folder:
        assert {name: folder.read(name) for name in folder.namelist()} == files


@pytest.mark.parametrize(
    ("adcode", "said"),
    [
        ("330500", "湖州市社会组织：组织覆盖率（今天）"),
        ("330502", "吴兴区社会组织党组织组建建议"),
        (NATION, "全国社会组织"),
    ],
)
def test_the_map_page_says_area_definition_date_and_scope(use_list: UseList, adcode: str, said: str) -> None:
    current = use_list()

    page = map_page(current, plan_of(current), area=areas().by_code[adcode], view=View(kpi="K1"))

    assert said in page
    assert "截止日期：2026-06-30" in page
    assert "内部资料 不得公开" in page
    assert "https://" not in page.split("</header>")[0].split("<body")[-1]


def test_the_map_is_made_on_demand(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("export")

    next(button for button in app.button if button.label == "生成地图文件").click().run()

    assert "下载地图" in [button.proto.label for button in app.get("download_button")][-1]
    assert not app.error


def test_tables_of_an_area_and_pictures_are_offered_when_asked_for(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("export")

    next(radio for radio in app.radio if radio.value == "csv").set_value("xlsx")
    next(box for box in app.selectbox if box.label == "范围").set_value("330502")
    next(radio for radio in app.radio if radio.value == "html").set_value("png").run()
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["groups.xlsx", "measures.xlsx", "coverage.xlsx", "problems.xlsx", "全部打包下载"]

    next(button for button in app.button if button.label == "生成地图文件").click().run()
    assert "下载地图" in [button.proto.label for button in app.get("download_button")][-1]
    next(button for button in app.button if button.label == "生成打印页（2 份）").click().run()
    assert "下载 2 份打印页" in [button.proto.label for button in app.get("download_button")][-1]
    assert not app.error


def test_counties_of_one_name_are_told_apart(open_page: OpenPage, use_list: UseList) -> None:
    rows = "甲协会,鼓楼区,118.770,32.066,WGS84,9521,3,否,\n乙协会,鼓楼区,117.186,34.288,WGS84,9521,3,否,\n"
    use_list(f"{HEADER}\n{rows}".encode())

    scope = next(box for box in open_page("export").selectbox if box.label == "范围")

    assert [option for option in scope.options if "鼓楼" in option] == ["鼓楼区（南京市）", "鼓楼区（徐州市）"]


def test_a_county_has_its_own_rows_in_a_workbook(use_list: UseList) -> None:
    plan = plan_of(use_list())
    wanted = Wanted(kind="xlsx", header="code", area="330502", columns=(("measures", ("measure",)),))

    book = load_workbook(io.BytesIO(wanted_file(plan, "measures", wanted, states={})))

    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    there = plan.measures[plan.measures["adcode"] == "330502"].set_index("org_id")["measure"]
    assert head == ("org_id", "measure")
    assert rows == list(there.sort_index().items())


def test_a_picture_is_drawn_for_what_it_shows_and_nothing_else(use_list: UseList) -> None:
    current = use_list()
    plan, area = plan_of(current), areas().by_code["330500"]

    one, same = (picture(current, plan, area=area, view=View(kpi="K1", org=org)) for org in ("", "other"))
    other = picture(current, plan, area=area, view=View(kpi="K5"))

    assert one.startswith(b"\x89PNG")
    assert (one == same, one == other) == (True, False)


def test_the_numbers_of_a_county_sheet_are_those_of_the_files(use_list: UseList) -> None:
    current = use_list()
    plan, county = plan_of(current), areas().by_code["330502"]
    files = export_files(current, plan, header="code")
    coverage, groups = (
        pd.read_csv(io.BytesIO(files[name]), dtype="str", keep_default_na=False, encoding="utf-8-sig")
        for name in ("coverage.csv", "groups.csv")
    )
    row = coverage[coverage["adcode"] == county.adcode].iloc[0]

    sheet = county_sheet(plan, area=county, text=MapText("", (), ""), states={})

    for kpi, shown in zip(card_kpis(plan.settings), sheet.figures, strict=True):
        value = row[f"{kpi}_num"] if kpi in COUNT_KPIS else f"{row[f'{kpi}_rate']}%"
        assert (shown.today, shown.fraction) == (value, f"{row[f'{kpi}_num']} / {row[f'{kpi}_den']}")
    told = [(org[1], org[2]) for unit in sheet.units for org in unit.orgs]
    of_county = groups[groups["county"] == county.adcode]
    assert told == list(zip(of_county["name"], of_county["members"], strict=True))
    for kind in SHEET_KINDS:
        assert sheet_file(current, plan, adcode=county.adcode, kind=kind, states=())


def test_map_and_sheet_of_a_county_are_counted_by_location_whatever_the_tables_are(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, File] = {}
    monkeypatch.setattr("ui.views.exports.offer", lambda _label, file, **_: offered.update({file.name: file}))
    use_list(area_mode="superior")
    app = open_page("export", area="330502")

    for label in ("生成地图文件", "生成打印页（1 份）"):
        next(button for button in app.button if button.label == label).click().run()
    next(box for box in app.selectbox if box.label == "范围").set_value("330502").run()

    for name in ("map-330502.html", "330502-吴兴区.html"):
        file = offered[name]
        assert (file.rows, file.area) == (6, "330502")
        page = cast("bytes", file.content).decode()
        assert "范围：吴兴区，社会组织 6 个" in page
        assert "统计方式：按所在地" in page
    assert "组织覆盖率" in cast("bytes", offered["330502-吴兴区.html"].content).decode()
    assert (offered["measures.csv"].rows, offered["measures.csv"].area) == (6, "330502")
    assert "按上级党组织统计" in texts(app)


def test_a_second_walk_through_the_province_of_most_counties_draws_no_sheet_again(
    use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = use_list()
    plan, drawn = plan_of(current), []
    monkeypatch.setattr("ui.county_files.county_sheet", lambda *_, area, **__: drawn.append(area.adcode))
    monkeypatch.setattr("ui.county_files.sheet_html", lambda *_, **__: "")
    monkeypatch.setattr("ui.pictures.drawing.map_image", lambda *_, **__: b"")
    monkeypatch.setattr("ui.county_files.map_spec", lambda *_, **__: None)
    below = areas().counties
    counties = below[max(below, key=lambda code: len(below[code]))]

    for county in [*counties, *counties]:
        sheet_file(current, plan, adcode=county, kind="html", states=())

    assert drawn == list(counties)


def test_a_state_elsewhere_leaves_a_sheet_as_it_is(use_list: UseList) -> None:
    plan = plan_of(use_list())
    here = str(plan.groups.loc[plan.groups["adcode"] == "330502", "group_id"].iloc[0])
    assert states_in(plan, "330502", {"elsewhere": "done", here: "approved"}) == ((here, "approved"),)


def test_counties_are_offered_also_where_superiors_are_counted(use_list: UseList) -> None:
    plan = plan_of(use_list(area_mode="superior"))
    assert areas_of(plan)[0] == [NATION, "330502", "330503"]


def test_without_a_list_the_page_says_so(open_page: OpenPage) -> None:
    assert "还没有名单" in texts(open_page("export"))
