"""Two plans side by side: the numbers of the page are those of its files, and every change says why."""

from __future__ import annotations

import csv
import io
import zipfile
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from coverage.intake import Source, read_lists
from store.plans import create_plan
from tests.pages.conftest import HEADER, ROWS, texts
from tests.ui.test_map_palette import relative_luminance
from ui.current import describe_files, keep_list
from ui.map_spec import MapEvent
from ui.palette import STEP_SCALE
from ui.plan_comparison_map import step_labels
from ui.planning import make_here
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Hashable

    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import DrawnMaps, OpenPage, UseList
    from ui.current import Current
    from ui.downloads import File

COUNTY, CITY = "330502", "330500"
LIMITS = ("travel_street_m", "travel_town_m", "travel_rural_m")


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[File]:
    """What the page offers to take along."""
    offered: list[File] = []
    monkeypatch.setattr("ui.plan_comparison_units.offer", lambda _label, file, **_look: offered.append(file))
    return offered


@pytest.fixture
def near(use_list: UseList) -> Current:
    """The plan in use: nobody may travel a hundred metres. The pair of the usual limits is 147 m apart."""
    return use_list(travel_street_m=100.0, travel_town_m=100.0, travel_rural_m=100.0)


def far_plan(current: Current, *, is_made: bool = True) -> str:
    """Return the id of a second plan of the list, with the usual limits."""
    usual = {name: type(current.settings).model_fields[name].default for name in LIMITS}
    settings = current.settings.model_copy(update=usual)
    plan = create_plan(the_store(), the_scope(), current.list_id, settings=settings, name="usual limits")
    if is_made:
        make_here(plan.id, lambda _: None)
    return plan.id


def rows_of(files: list[File], name: str) -> list[dict[str, str]]:
    content = files[-1].content
    assert not isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content())) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def table(app: AppTest, column: str) -> list[dict[Hashable, Any]]:
    """Return the rows of the table that has this column."""
    return next(frame.value.to_dict("records") for frame in app.dataframe if column in frame.value.columns)


class Cells(HTMLParser):
    """Collects the rows of plain tables by their first cell."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "tr":
            self.rows.append([])
        self._is_cell = tag == "td"
        if self._is_cell:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._is_cell = self._is_cell and tag != "td"

    @property
    def by_name(self) -> dict[str, list[str]]:
        return {row[0]: row[1:] for row in self.rows if row}


def test_with_one_plan_the_page_tries_parameters_and_says_how_to_make_a_second(
    open_page: OpenPage, near: Current
) -> None:
    app = open_page("trial")
    assert app.button(key="trial-start").label == "开始试算"

    app.segmented_control(key="switch-tab").set_value("plans").run()

    assert not app.error
    assert "还没有可以对比的方案" in texts(app)
    assert not app.text_input(key=f"copy-name-{near.plan_id}").disabled


def test_the_page_says_what_its_files_say_and_why(open_page: OpenPage, near: Current, files: list[File]) -> None:
    other = far_plan(near)

    app = open_page("trial", area=COUNTY, other=other)

    assert not app.error
    shown = Cells(texts(app)).by_name
    assert [shown[f"出行上限：{name}"] for name in ("街道（米）",)] == [["3000", "100"]]
    here = next(row for row in rows_of(files, "plan-figures.csv") if row["区划代码"] == COUNTY)
    for row, column in {
        "需要编组的社会组织": "需编组",
        "其中编入": "覆盖",
        "其中未编入（够不着、统建）": "未覆盖",
        "单位联建（组）": "单位联建组",
        "编入建议组的正式党员": "编入党员",
    }.items():
        old, new = (int(here[f"方案{side}{column}"]) for side in "AB")
        assert shown[row] == [f"{old:,}", f"{new:,}", f"{new - old:+,}" if new - old else "0"]
    assert shown["其中编入"] == ["2", "0", "-2"]
    assert [float(cell) for cell in shown["综合代价"][:2]] == [
        pytest.approx(float(here[f"方案{side}综合代价"]), abs=0.005) for side in "AB"
    ]
    kpi = next(
        row
        for row in rows_of(files, "coverage-change.csv")
        if (row["县区代码"], row["指标代码"], row["时点"]) == (COUNTY, "K1", "after")
    )
    assert shown["组织覆盖率（建议实施后）"] == [
        f"{kpi['原比率(%)']}%（{kpi['原分子']} / {kpi['原分母']}）",
        f"{kpi['现比率(%)']}%（{kpi['现分子']} / {kpi['现分母']}）",
        f"{float(kpi['变化(百分点)']):+.1f} 百分点",
    ]

    units = table(app, "why")
    assert [(row["state_label"], row["old_orgs"], row["new_orgs"]) for row in units] == [("仅方案 A 有", 2, 0)]
    assert "H10 有成员位置不明或超出出行上限" in units[0]["why"]
    moves = {row["name"]: row for row in table(app, "reason")}
    assert set(moves) == {"乙学校", "丙学校"}
    assert {row["change_label"] for row in moves.values()} == {"原组不再设立"}
    assert all("超过出行上限 100 米" in row["reason"] for row in moves.values())
    told = {row["名称"]: row["原因"] for row in rows_of(files, "plan-moves.csv")}
    assert told == {name: row["reason"] for name, row in moves.items()}
    assert [row["变化与原因"] for row in rows_of(files, "plan-units.csv")] == [row["why"] for row in units]

    app.text_input(key="plans-text").set_value("南浔").run()
    assert (table(app, "why"), table(app, "reason")) == ([], [])


def test_the_map_shows_shares_or_points_and_drills_to_two_maps_of_a_county(
    open_page: OpenPage, near: Current, maps: DrawnMaps
) -> None:
    app = open_page("trial", area=CITY, other=far_plan(near))
    ranking = table(app, "value")
    assert maps.specs[-1].values == {COUNTY: 100.0}
    assert [(row["area"], row["value"], row["old"], row["new"]) for row in ranking[:1]] == [("吴兴区", 100.0, 2, 2)]

    app.selectbox(key="plans-metric").set_value("after_K1").run()
    assert maps.specs[-1].classes == STEP_SCALE.limits
    assert maps.specs[-1].values[COUNTY] == table(app, "value")[0]["value"] < 0

    maps.click = MapEvent("area", COUNTY)
    app.run()
    left, right = (spec.groups for spec in maps.specs[-2:])
    assert left is not None
    assert right is not None
    assert (len(left), len(right)) == (2, 0)

    maps.click = MapEvent("group", str(left["group_id"].iloc[0]))
    app.run()
    assert not app.error
    assert maps.specs[-2].view == maps.specs[-1].view
    assert maps.specs[-1].view.bounds is not None
    packed = {spec.pack_key for spec in maps.specs[-4:]}
    assert len(packed - {""}) == 3  # the click changes the map of the plan that has the unit
    assert len(maps.specs[-1].selected) == len(left)
    assert "单位联建：" in texts(app)
    assert "组里的社会组织在方案 B 里" in texts(app)


def test_a_large_list_is_compared_and_explained_when_somebody_asks(
    open_page: OpenPage, near: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = far_plan(near)
    monkeypatch.setattr("ui.plan_comparison.LARGE_LIST_ROWS", 1)

    app = open_page("trial", area=COUNTY, other=other)
    assert not app.dataframe

    app.button(key="plans-start").click().run()
    assert {row["reason"] for row in table(app, "reason")} == {"尚未查明"}

    app.button(key=f"ask-{COUNTY}").click().run()
    assert all("超过出行上限" in row["reason"] for row in table(app, "reason"))


def test_a_plan_without_tables_is_made_on_the_page_and_both_can_be_swapped(open_page: OpenPage, near: Current) -> None:
    other = far_plan(near, is_made=False)
    app = open_page("trial", area=COUNTY, other=other)
    app.button(key="plans-make").click().run()
    assert Cells(texts(app)).by_name["其中编入"] == ["2", "0", "-2"]

    app.button(key="plans-swap").click().run()

    assert Cells(texts(app)).by_name["其中编入"] == ["0", "2", "+2"]
    assert app.query_params["other"] in (near.plan_id, [near.plan_id])


def test_plans_of_two_lists_are_matched_and_the_price_of_following_is_told(
    open_page: OpenPage, use_list: UseList
) -> None:
    before = use_list()
    make_here(before.plan_id, lambda _: None)
    replace(before)

    app = open_page("trial", area=COUNTY)

    assert not app.error
    assert "newer.csv（7 行" in texts(app)
    moves = {row["name"]: row for row in table(app, "reason")}
    assert moves["乙学校"]["reason"] == "同组的丙学校不在新名单里"
    assert moves["丙学校"]["new_measure_label"] == ""
    assert "稳定的代价：综合代价多" in texts(app)


def replace(before: Current) -> None:
    """Put a list in use that replaces the first one: 丙学校 is gone."""
    source = Source("newer.csv", "\n".join((HEADER, *ROWS[:2], *ROWS[3:])).encode())
    intake = read_lists([source], settings=before.settings, crs=None)
    files = describe_files([source])
    keep_list(intake, before.settings, files=files, crs=None, is_demo=False, replaces=before.list_id)


def test_differences_are_told_apart_around_an_uncoloured_middle() -> None:
    light = [relative_luminance(color) for color in STEP_SCALE.colors]
    middle = len(light) // 2
    assert STEP_SCALE.limits[middle] < 0 < STEP_SCALE.limits[middle + 1]
    assert light[: middle + 1] == sorted(light[: middle + 1])
    assert light[middle:] == sorted(light[middle:], reverse=True)
    assert step_labels(STEP_SCALE)[middle] == "没有差别"
    assert len(set(step_labels(STEP_SCALE))) == len(light)
