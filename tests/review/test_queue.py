"""Which places a planner should look at first: small plans whose answer can be counted by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.export import review_sheet, write_sheet
from coverage.intake import Source, read_lists
from coverage.pipeline import make_plan
from coverage.review import (
    count_levels,
    count_placed,
    count_statuses,
    county_choices,
    find_spots,
    list_spots,
    review_places,
)
from coverage.settings import PlanSettings
from coverage.tables import Landmarks
from store.places import the_boundaries, the_divisions
from tests import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.pipeline import Plan
    from coverage.review import Review

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER = (
    "社会组织名称,登记证号,住所,所在区县,所在乡镇街道,"
    "经度,纬度,坐标系,定位精度,行业代码,正式党员数,是否建立党组织,上级党组织"
)
# One county a case: blocks of grouping never meet. 0.01° of longitude are about 0.9 km here, the limit is 3 km.
SURE, BUILDING, VILLAGE, SUPERIORS, LACKING, DOOR, ROAD = (
    "上城区", "拱墅区", "西湖区", "滨江区", "吴兴区", "萧山区", "余杭区",
)  # fmt: skip


def row(name: str, county: str, members: int, *, at: tuple[float, float] | None = None, **cells: str) -> str:
    """Return a row of a list, with a point in degrees or none; its registration number is its name."""
    lon, lat = (f"{degrees:.3f}" for degrees in at) if at else ("", "")
    values = [name, name, cells.get("address", ""), county, cells.get("township", "龙泉街道"), lon, lat]
    values += ["WGS84" if at else "", cells.get("precision", ""), "8391", str(members), "否", cells.get("superior", "")]
    return ",".join(values)


CODE = "51330102MJ8765432X"

ROWS = (
    row("甲", SURE, 2, at=(120.170, 30.245)),
    row("乙一", BUILDING, 1, address="拱墅区湖州街8号3楼301室"),
    row("乙二", BUILDING, 1, address="拱墅区湖州街8号5楼"),
    row("乙三", BUILDING, 1, address="拱墅区湖州街9号"),
    row("乙四", BUILDING, 0, address="拱墅区湖州街10号"),
    row("丙一", VILLAGE, 2, address="西湖区转塘街道某某村"),
    row("丙二", VILLAGE, 2, address="西湖区转塘街道某某村"),
    row("丁一", SUPERIORS, 2, superior="甲局党委"),
    row("丁二", SUPERIORS, 2, superior="乙局党委"),
    row("丁三", SUPERIORS, 2, superior="乙局党委"),
    row("戊一", LACKING, 2, at=(120.100, 30.870)),
    row("戊二", LACKING, 1, at=(120.000, 30.800)),
    row("戊三", LACKING, 1),
    row("戊四", LACKING, 2),
    row("戊五", LACKING, 2, township="月河街道"),
    row("己一", DOOR, 2, at=(120.270, 30.170)),
    row("己二", DOOR, 2, at=(120.280, 30.170), precision="door"),
    row("庚一", ROAD, 2, at=(120.000, 30.400)),
    row("庚二", ROAD, 2, at=(120.010, 30.400), precision="road"),
    row("辛一", "南浔区", 2, at=(120.170, 30.246)),  # the point lies in 上城区
    row("辛二", "", 1, township="", address="鼓楼区中山路3号"),
    row("辛三", "", 1, township=""),
)


def plan_of(rows: Sequence[str]) -> Plan:
    intake = read_lists([Source("list.csv", "\n".join((HEADER, *rows)).encode())], settings=SETTINGS, crs=None)
    assert len(intake.orgs) == len(rows)
    return make_plan(intake, SETTINGS, divisions=the_divisions(), boundaries=the_boundaries())


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(ROWS)


@pytest.fixture(scope="module")
def review(plan: Plan) -> Review:
    return review_places(plan)


@pytest.fixture(scope="module")
def entries(plan: Plan, review: Review) -> dict[str, Any]:
    """Return each entry of the queue by the names of its organisations."""
    names = review.doubts["org_id"].map(plan.orgs.set_index("org_id")["name"]).groupby(review.doubts["place"])
    lines = review.queue.set_index("place").to_dict("index")
    return {" ".join(sorted(of)): lines[place] | {"place": place} for place, of in names}


def column(entries: dict[str, Any], name: str, *, of: str) -> dict[str, Any]:
    """Return one figure of the entries of a case, the character that their names begin with."""
    return {names: entry[name] for names, entry in entries.items() if names.startswith(of)}


def test_only_what_is_not_sure_is_to_review(entries: dict[str, Any]) -> None:
    assert column(entries, "effect", of="甲") == {}


def test_one_building_is_one_place_and_comes_before_a_single_organisation(entries: dict[str, Any]) -> None:
    """乙四 has nobody to group: it decides nothing, and is listed all the same."""
    assert column(entries, "effect", of="乙") == {"乙一 乙二": 2, "乙三": 1, "乙四": 0}
    assert column(entries, "is_building", of="乙") == {"乙一 乙二": True, "乙三": True, "乙四": True}
    places = column(entries, "place", of="乙")
    assert places["乙一 乙二"] < places["乙三"] < places["乙四"]


def test_two_in_one_village_are_two_places(entries: dict[str, Any]) -> None:
    assert column(entries, "is_building", of="丙") == {"丙一": False, "丙二": False}


def test_somebody_alone_in_its_block_waits_for_no_point(entries: dict[str, Any]) -> None:
    """The superior of 丁一 has nobody else: wherever it is, nobody could join it."""
    assert column(entries, "effect", of="丁") == {"丁一": 0, "丁二": 1, "丁三": 1}
    assert column(entries, "block_orgs", of="丁") == {"丁一": 1, "丁二": 2, "丁三": 2}


def test_a_place_decides_for_those_that_lack_its_members(entries: dict[str, Any]) -> None:
    """戊一 lacks one member, 戊二 two: who has one helps the first alone, in another township neither."""
    assert column(entries, "orgs_open", of="戊") == {"戊三": 2, "戊四": 3, "戊五": 1}


def test_a_unit_hangs_on_a_trip_that_may_be_too_long(plan: Plan, entries: dict[str, Any]) -> None:
    """Both pairs are 0.96 km apart: a point to the door is sure, one with a radius of 3,000 m is not."""
    assert sorted(plan.groups["adcode"].unique()) == ["330109", "330110"]
    assert column(entries, "units", of="己") == {}
    assert column(entries, "units", of="庚") == {"庚二": 1}


def test_a_decision_that_hangs_on_several_places_counts_once(review: Review, entries: dict[str, Any]) -> None:
    assert review.places == sum(entry["effect"] > 0 for entry in entries.values())
    assert review.units == 1
    # 乙一 to 三, 丙, 丁二 and 三, 戊 all five, and the two without a county
    assert review.orgs_open == 3 + 2 + 2 + 5 + 2


def test_the_planner_chooses_among_the_counties_that_may_be_meant(plan: Plan, review: Review) -> None:
    choices = county_choices(plan, divisions=the_divisions(), boundaries=the_boundaries())

    name_of = plan.orgs.set_index("org_id")["name"]
    choices = choices.assign(name=choices["org_id"].map(name_of))
    assert choices.groupby("name")["adcode"].agg(list).to_dict() == {
        "辛一": ["330503", "330102"],
        "辛二": ["320106", "320302", "350102", "410204"],
    }
    counts = count_statuses(plan, choices)
    assert counts.to_dict() == {"ok": len(ROWS) - 3, "ambiguous": 1, "conflict": 1, "none": 1}
    levels = count_levels(plan.places).set_index("level")["orgs"]
    assert levels[["given", "road", "none"]].tolist() == [7, 1, 2]
    assert levels["town"] + levels["county"] == 12
    doubts = review.doubts["doubts"].set_axis(review.doubts["org_id"].map(name_of))
    assert doubts[["辛一", "辛二", "庚二", "丁一"]].tolist() == ["conflict", "no_county", "risky_trip", "coarse"]


def test_the_file_has_a_row_an_organisation_those_of_one_building_together(plan: Plan, review: Review) -> None:
    sheet = review_sheet(plan)

    assert sheet[["place", "org_id"]].astype("str").to_numpy().tolist() == (
        review.doubts[["place", "org_id"]].astype("str").to_numpy().tolist()
    )
    first = sheet[sheet["place"] == "1"].to_dict("records")
    assert [(row["name"], row["effect"], row["orgs"]) for row in first] == [("戊四", "3", "1")]
    assert first[0]["doubts_label"] == "没有具体位置"
    assert write_sheet(sheet, of="review").decode("utf-8-sig").startswith("核对次序,影响事项数,待定的组,")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("330502", ["county 吴兴区"]),
        ("南浔", ["township 南浔镇", "county 南浔区"]),
        ("庚一", ["org 庚一"]),
        ("乙一", []),  # it has no point to go to
        ("龙王山路", ["landmark 龙王山路8"]),
        ("吴兴区龙王山路 ８号3楼", ["landmark 龙王山路8"]),
        ("龙王山路9号", []),
        ("庚 一", ["org 庚一"]),
        ("南", []),
    ],
)
def test_a_place_is_found_by_name_or_code(plan: Plan, text: str, found: list[str]) -> None:
    known = {"adcode": "330502", "kind": "road", "name": "龙王山路", "number": "8", "lon": 120.1, "lat": 30.87}
    landmarks = tables.table(Landmarks, known)

    spots = find_spots(text, list_spots(plan), the_divisions(), landmarks=landmarks, adcode="330502")

    assert [f"{kind} {name}" for kind, name in spots[["kind", "name"]].to_numpy()] == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"５１３３０１０２　{CODE[8:].lower()}", "壬"),
        (f"{CODE[:2]}-{CODE[2:8]}-{CODE[8:17]}-{CODE[17:]}", "壬"),
        ("ｒｅｇ：甲", "甲"),
        ("浙湖 民证字 第 010 号", "癸"),  # as the list writes it
        ("浙湖民证字第０１０号", "癸"),
        ("浙湖民证字第01号", ""),
    ],
)
def test_an_organisation_is_found_by_its_code_however_it_is_written(text: str, name: str) -> None:
    named = row("壬", SURE, 2, at=(120.171, 30.245)).replace("壬,壬", f"壬,{CODE}")
    numbered = row("癸", SURE, 2, at=(120.172, 30.245)).replace("癸,癸", "癸,浙湖 民证字 第 010 号")
    listed = list_spots(plan_of([ROWS[0], named, numbered]))

    spots = find_spots(text, listed, the_divisions(), landmarks=Landmarks.empty())

    assert spots["name"].tolist() == [name] * bool(name)


def test_roads_of_one_name_in_two_counties_are_two_hits(plan: Plan) -> None:
    road = {"kind": "road", "name": "龙王山路", "number": "8", "lon": 120.1, "lat": 30.87}
    landmarks = tables.table(Landmarks, {"adcode": "330503"} | road, {"adcode": "330502"} | road)

    spots = find_spots("龙王山路", list_spots(plan), the_divisions(), landmarks=landmarks, adcode="330502")

    assert list(spots["adcode"]) == ["330502", "330503"]


def test_a_confirmed_place_finds_the_other_houses_of_its_road(plan: Plan) -> None:
    known = {"adcode": "330105", "kind": "road", "name": "湖州街", "number": "8", "lon": 120.14, "lat": 30.33}
    confirmed = {"level": "given", "radius_m": 50.0, "source": "confirmed", "at": "2026-01-01"}
    landmarks = tables.table(Landmarks, known | confirmed)

    assert count_placed(plan, landmarks, beside=set()) == 4  # all of 乙
    assert count_placed(plan, landmarks, beside=set(plan.orgs.loc[plan.orgs["name"] == "乙三", "org_id"])) == 3


def test_the_order_of_the_list_changes_nothing(review: Review) -> None:
    other = review_places(plan_of(ROWS[::-1]))

    pd.testing.assert_frame_equal(review.queue, other.queue)
    pd.testing.assert_frame_equal(review.doubts, other.doubts)
    assert review[2:] == other[2:]
