from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from coverage.tables import Measures
from tests import tables
from tests.export.plans import groups, small_plan
from tests.small_map import HOSTILE, NORTH_EAST, write_static
from ui.areas import Area
from ui.county_sheet import MOST_NAMED, SheetOpen, county_sheet
from ui.county_sheet_html import sheet_html
from ui.html_map import MapText
from ui.map_spec import MapSpec, View
from ui.pictures.drawing import sheet_document

if TYPE_CHECKING:
    from pathlib import Path

    from coverage.pipeline import Plan
    from ui.county_sheet import CountySheet

COUNTY = Area("370102", "历下区", "历下", "county", "370100")
TEXT = MapText(f"历下区{HOSTILE}", ("口径：K1", HOSTILE), "内部资料 不得公开")


def sheet_of(plan: Plan) -> CountySheet:
    return county_sheet(plan, area=COUNTY, text=TEXT, states={"G2": "approved"})


def crowded_plan(count: int) -> Plan:
    """A county with so many organisations that wait for an instructor."""
    rows = [
        {"org_id": f"W{number:04}", "name": f"某某市某某行业协会第{number}号", "adcode": COUNTY.adcode, "n": 1}
        | {"measure": "M26", "reason": "alone", "row": number + 2}
        for number in range(count)
    ]
    return small_plan(measures=tables.table(Measures, *rows), groups=groups().iloc[:0])


def test_units_are_told_with_their_lead_state_and_distances() -> None:
    attached, joint = sheet_of(small_plan()).units
    assert [org[:4] for org in joint.orgs] == [("牵头单位", "甲协会", "2", ""), ("成员单位", "乙商会", "1", "501")]
    assert [org[1] for org in attached.orgs] == ["丁学会", "丙中心"]
    assert "2 个单位 · 正式党员 3 名" in joint.about
    assert "已批复" in joint.about
    assert "草案" in attached.about


def test_what_is_open_is_told_in_the_order_of_the_work() -> None:
    own, waiting = sheet_of(small_plan()).opens
    assert (own.title, own.orgs[0][0]) == ("单独建（1 个）", "丁学会")
    assert (waiting.title, waiting.orgs[0][:2]) == ("指导员联系·待组建（1 个）", ("戊促进会", "1"))
    assert waiting.orgs[0][3]


def test_the_figures_are_those_of_the_county() -> None:
    first = sheet_of(small_plan()).figures[0]
    assert (first.name, first.today, first.fraction) == ("组织覆盖率", "20.0%", "1 / 5")


def test_a_long_list_says_how_many_are_left_out() -> None:
    (waiting,) = sheet_of(crowded_plan(MOST_NAMED + 7)).opens
    assert (len(waiting.orgs), waiting.rest) == (MOST_NAMED, "其余 7 个见导出的“建议措施”表。")
    (all_named,) = sheet_of(crowded_plan(MOST_NAMED)).opens
    assert all_named.rest == ""


def test_a_document_escapes_what_comes_from_a_list_and_asks_for_nothing() -> None:
    sheet = sheet_of(small_plan(names=(HOSTILE, *"乙丙丁戊")))
    document = sheet_html(sheet, map_png=b"\x89PNG")
    assert HOSTILE not in document
    assert "<script" not in document
    assert not re.search(r'(?:src|href)="(?!data:)', document)
    said = unescape(re.sub(r"<(?!img src=x)[^>]*>", "\n", document.replace("&#36;{", "${").replace("&#96;", "`")))
    for words in (*(cell for unit in sheet.units for org in unit.orgs for cell in org), *TEXT.facts, TEXT.mark):
        assert words in said


def pages_of(document: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", document))


def test_a_pdf_is_the_same_bytes_and_goes_on_where_a_page_is_full(tmp_path: Path) -> None:
    spec = MapSpec(level="counties", view=View("x"), aria_label="", only=(NORTH_EAST,), outline=(NORTH_EAST,))
    static_dir = write_static(tmp_path / "static")
    short, long = sheet_of(small_plan(names=(HOSTILE, *"乙丙丁戊"))), sheet_of(crowded_plan(MOST_NAMED))
    one, two, more = (sheet_document(sheet, spec, static_dir=static_dir) for sheet in (short, short, long))
    assert hash(one) == hash(two)
    assert (pages_of(one), pages_of(more)) == (2, 4)


def test_a_row_higher_than_a_page_goes_on_on_the_next(tmp_path: Path) -> None:
    spec = MapSpec(level="counties", view=View("x"), aria_label="", only=(NORTH_EAST,), outline=(NORTH_EAST,))
    static_dir = write_static(tmp_path / "static")
    sheet = sheet_of(small_plan())._replace(units=())
    longs = (sheet._replace(opens=(SheetOpen("x", (("某" * count, "1", "", ""),), ""),)) for count in (20, 4_000))
    short, long = (sheet_document(each, spec, static_dir=static_dir) for each in longs)
    assert (pages_of(short), pages_of(long)) == (1, 5)


def test_a_county_without_organisations_says_so() -> None:
    empty = sheet_of(small_plan(measures=small_plan().measures.iloc[:0], groups=groups().iloc[:0]))
    document = sheet_html(empty._replace(figures=()), map_png=b"")
    assert "没有拟联合组建的党组织" in document
    assert "没有其余待办" in document
