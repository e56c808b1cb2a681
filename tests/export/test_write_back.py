from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from python_calamine import CalamineWorkbook

from coverage.errors import UploadError
from coverage.export.results import RESULT_COLUMNS, result_headers
from coverage.export.sheet_xml import Added, add_columns
from coverage.export.workbook import write_back
from coverage.fields import match_header
from coverage.intake import Intake, Source, read_lists
from coverage.pipeline import Plan, make_plan
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER = ["社会组织名称", "所在区县", "经度", "纬度", "坐标系", "行业代码", "正式党员数", "是否建立党组织"]
ROWS = (
    ["甲协会", "吴兴区", "120.100", "30.870", "WGS84", "9521", "3", "否"],
    ["乙学校", "吴兴区", "120.110", "30.870", "WGS84", "8391", "2", "否"],
    ["丙学校", "吴兴区", "120.111", "30.871", "WGS84", "8391", "1", "否"],
    ["", "吴兴区", "120.112", "30.872", "WGS84", "9521", "0", "否"],
    ["戊中心", "吴兴区", "120.113", "30.873", "WGS84", "9521", "约3", "否"],
)
YELLOW = "00FFFF00"


@cache
def places() -> dict[str, Any]:
    return {"divisions": load_divisions(), "boundaries": load_boundaries()}


def planned(*sources: Source) -> tuple[Plan, Intake]:
    intake = read_lists(sources, settings=SETTINGS, crs=None)
    return make_plan(intake, SETTINGS, **places()), intake


def written(source: Source) -> Source:
    plan, intake = planned(source)
    back = write_back(plan, source, mappings=intake.mappings)
    return Source(back.name, back.content)


def ledger(change: Callable[[Workbook, Worksheet], None] | None = None) -> Source:
    """Return a workbook with a title over the header, and what a test changes in it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["社会组织台账"])
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append(row)
    if change:
        change(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return Source("台账.xlsx", file.getvalue())


def grid(content: bytes, sheet: str = "Sheet") -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def column(content: bytes, name: str) -> list[object]:
    """Return what openpyxl and calamine read below one of the added headers, if they agree."""
    header = result_headers()[RESULT_COLUMNS.index(name)]
    rows = grid(content)
    at = rows[1].index(header)
    sheet = load_workbook(io.BytesIO(content))["Sheet"]
    seen: list[object] = ["" if (cell := sheet.cell(row, at + 1).value) is None else cell for row in range(3, 8)]
    assert seen == [row[at] for row in rows[2:7]]
    return seen


def test_each_row_gets_its_result_and_the_rejected_one_its_reason() -> None:
    back = written(ledger())

    assert back.name == "台账-结果.xlsx"
    assert column(back.content, "measure") == ["M10", "M22", "M22", "", "M00"]
    assert column(back.content, "lead") == ["", "丙学校", "丙学校", "", ""]
    assert column(back.content, "role") == ["", "成员单位", "牵头单位", "", ""]
    assert column(back.content, "distance_m")[1] == pytest.approx(146, abs=2)
    assert str(column(back.content, "problems")[3]).startswith("V0 ")
    assert str(column(back.content, "problems")[4]).startswith("V5 ")


def test_what_the_user_wrote_stays() -> None:
    def dress(book: Workbook, sheet: Worksheet) -> None:
        sheet.merge_cells("A1:H1")
        sheet["J3"] = "=G3+1"
        sheet["J2"] = "备查"
        sheet["A2"].font = Font(bold=True)
        sheet["J2"].fill = PatternFill("solid", fgColor=YELLOW)
        sheet["Z5"].fill = PatternFill("solid", fgColor=YELLOW)
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["B"].width = 33
        sheet.auto_filter.ref = "A2:H7"
        rule = CellIsRule(operator="lessThan", formula=["3"])  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add("G3:G7", rule)
        other = book.create_sheet("统计")
        other["A1"] = "=COUNTA(Sheet!A3:A7)"
        chart = BarChart()
        chart.add_data(Reference(other, min_col=1, min_row=1))
        other.add_chart(chart)

    source = ledger(dress)
    back = written(source)
    before, after = (load_workbook(io.BytesIO(file.content)) for file in (source, back))

    sheet = after["Sheet"]
    cells = [[cell.value for cell in row] for row in before["Sheet"]["A1:J7"]]
    assert [[cell.value for cell in row] for row in sheet["A1:J7"]] == cells
    assert sheet["J3"].value == "=G3+1"
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:H1"}
    assert sheet["A2"].font.bold
    assert sheet["K2"].fill.fgColor.rgb == sheet["W2"].fill.fgColor.rgb == YELLOW
    assert sheet["K2"].value == result_headers()[0]
    assert sheet.row_dimensions[5].hidden
    assert sheet.column_dimensions["B"].width == 33
    assert sheet.auto_filter.ref == "A2:H7"
    assert len(sheet.conditional_formatting) == 1
    assert sheet.dimensions.endswith("7")
    with zipfile.ZipFile(io.BytesIO(source.content)) as old, zipfile.ZipFile(io.BytesIO(back.content)) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert changed == ["xl/worksheets/sheet1.xml"]


def test_an_import_of_the_result_gives_the_same_list() -> None:
    source = ledger()
    back = written(source)

    _, before = planned(source)
    again = read_lists([source._replace(content=back.content)], settings=SETTINGS, crs=None)

    assert again.orgs.equals(before.orgs)
    assert again.rows_in == before.rows_in
    assert [name for name in result_headers() if match_header(name)] == []


def test_two_header_rows_keep_their_groups() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["社会组织名称", "所在区县", "党员情况", ""])
    sheet.append(["", "", "正式党员数", "预备党员"])
    sheet.append(["甲协会", "吴兴区", 5, 1])
    for area in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(area)
    file = io.BytesIO()
    book.save(file)
    source = Source("两层.xlsx", file.getvalue())

    rows = grid(written(source).content)

    assert rows[0][4].__class__ is str
    assert rows[0][4]
    assert rows[1][4:] == result_headers()
    assert rows[2][4] == "M10"
    again = read_lists([source._replace(content=written(source).content)], settings=SETTINGS, crs=None)
    assert again.orgs["prob"].tolist() == [1]


def test_results_of_several_sheets_go_to_their_own() -> None:
    def more(book: Workbook, sheet: Worksheet) -> None:
        other = book.create_sheet("二")
        other.append(["备注列", *HEADER])
        other.append(["", "己学会", "南浔区", "", "", "", "", "7", "否"])

    rows = grid(written(ledger(more)).content, "二")

    assert rows[1][9] == "M10"
    assert rows[0][9] == result_headers()[0]


def test_text_cells_hold_no_formula() -> None:
    def rename(_: Workbook, sheet: Worksheet) -> None:
        sheet["A4"] = "=cmd()"
        sheet["A4"].data_type = "s"
        sheet["G5"] = "0"
        sheet["A5"].value = "丙学校"
        sheet["G4"] = "x"

    sheet = load_workbook(io.BytesIO(written(ledger(rename)).content))["Sheet"]

    assert {cell.data_type for row in sheet["I2:U7"] for cell in row} <= {"s", "n", "inlineStr"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_keeps_quotes_and_line_ends(encoding: str) -> None:
    lines = [
        ",".join(HEADER),
        '"甲""A""协会",吴兴区,120.1,30.87,WGS84,0110,3,否',
        "",
        "乙学校,吴兴区,,",
        ",".join(ROWS[2]),
    ]
    source = Source("名单.csv", "\r\n".join(lines).encode(encoding))

    back = written(source)

    assert back.name == "名单-结果.csv"
    text = back.content.decode("utf-8")
    assert text.startswith("\ufeff" + lines[0] + ",")
    got = text.split("\r\n")
    assert got[1].startswith(lines[1] + ",M10,")
    assert got[2] == ""
    assert re.fullmatch(r"乙学校,吴兴区,,,{17}F1 .*", got[3])
    assert got[4].startswith(lines[4] + ",M2")


def test_a_file_that_is_not_the_list_is_refused() -> None:
    plan, intake = planned(ledger())

    with pytest.raises(UploadError, match=r"write_back\.not_this_list"):
        write_back(plan, ledger()._replace(name="别的.xlsx"), mappings=intake.mappings)


ADDED = Added({1: ["表头"]}, {2: ["值&<"], 3: ["三"]}, frozenset(), [12])


def sheet_xml(rows: str, *, after: str = "", prefix: str = "") -> str:
    return f"<{prefix}worksheet><{prefix}sheetData>{rows}</{prefix}sheetData>{after}</{prefix}worksheet>"


WITHOUT_PLACES = '<row><c t="str"><v>a</v></c></row><row><c/><c><v>1</v></c></row>'
PREFIXED = (
    '<x:row r="2" spans="1:1"><x:c r="A2"><x:v>1</x:v></x:c><x:c r="F2" s="1"/></x:row><x:row r="3"/>'  # F2 is blank
)
COMMENTED = '<row r="2"><c r="A2"><f>1+1</f></c><!-- </row> --></row>'
MERGE = '<mergeCells count="1"><mergeCell ref="A2:D2"/></mergeCells>'
LITERAL = '<row r="2"><c r="A2" t="inlineStr"><is><t><![CDATA[</row>]]></t></is></c></row>'


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (sheet_xml(WITHOUT_PLACES), ["C1", "C2"]),
        (sheet_xml(PREFIXED, prefix="x:"), ["B2", "B3"]),
        (sheet_xml(COMMENTED, after=MERGE), ["E2"]),
        (sheet_xml(LITERAL), ["B2"]),
    ],
    ids=["no places", "prefix, blank behind", "merge, comment", "cdata"],
)
def test_unusual_sheets_get_their_cells_behind_the_last_one(xml: str, expected: list[str]) -> None:
    made = b"".join(add_columns(xml.encode(), ADDED, file="f")).decode()

    assert re.findall(r'<(?:x:)?c r="([A-Z]+\d)" t="inlineStr"><(?:x:)?is><(?:x:)?t xml', made) == expected
    assert "&#20540;&amp;&lt;" in made
    assert "spans" not in made


def test_a_sheet_in_utf16_is_written_too() -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + sheet_xml('<row r="2"><c r="A2"><v>1</v></c></row>')

    made = b"".join(add_columns(xml.encode("utf-16"), ADDED, file="f"))

    assert b'<?xml version="1.0"?><worksheet><cols>' in made
    assert b'<c r="B2"' in made


@pytest.mark.parametrize(
    ("xml", "key"),
    [
        ("<worksheet><sheetData/></worksheet>", "write_back.no_rows"),
        (
            '<worksheet><sheetData><row r="2"><c r="XFD2"><v>1</v></c></row></sheetData></worksheet>',
            "write_back.no_room",
        ),
    ],
)
def test_a_sheet_without_rows_or_room_is_refused(xml: str, key: str) -> None:
    with pytest.raises(UploadError, match=key):
        list(add_columns(xml.encode(), ADDED, file="f"))
