"""Ledgers with merged header rows, columns to tick, several sheets, sums, notes and merged data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.errors import UploadError
from coverage.intake import Chosen, Source, list_columns, template_id
from tests.intake.ledgers import ledger, workbook
from tests.intake.lists import csv_bytes, read

if TYPE_CHECKING:
    from coverage.intake import Intake

TITLE = ["某县社会组织党建工作台账", "", "", "", "", ""]
TWO_ROWS = [
    ["序号", "社会组织名称", "党员情况", "", "", "党组织"],
    ["", "", "正式党员数", "专职党员", "兼职党员", "名称"],
]
TWO_ROWS_MERGES = ("A1:A2", "B1:B2", "C1:E1")


def fields(intake: Intake) -> dict[str, str]:
    """Return what each column was taken for."""
    return dict(zip(intake.mappings["column"], intake.mappings["field"], strict=True))


def test_levels_are_joined_and_merged_cells_repeated() -> None:
    intake = read(ledger([*TWO_ROWS, [1, "甲协会", 3, 2, 1, "甲支部"]], *TWO_ROWS_MERGES))
    assert fields(intake) == {
        "序号": "", "社会组织名称": "name", "党员情况/正式党员数": "n_full", "党员情况/专职党员": "ft",
        "党员情况/兼职党员": "pt", "党组织/名称": "unit_name",
    }  # fmt: skip
    assert intake.orgs[["name", "n_full", "ft", "pt", "unit_name", "row"]].to_numpy().tolist() == [
        ["甲协会", 3, 2, 1, "甲支部", 3]
    ]


def test_titles_remarks_and_column_numbers_are_no_header_and_no_data() -> None:
    remark = ["填报单位：某县民政局", "", "", "填报日期：2026年3月", "", ""]
    rows = [TITLE, remark, *TWO_ROWS, ["甲", "乙", 1, 2, 3, 4], [1, "甲协会", 3, 2, 1, ""], ["合计", "", 3]]
    intake = read(ledger(rows, "A1:F1", "A3:A4", "B3:B4", "C3:E3"))
    assert intake.orgs[["name", "n_full", "row"]].to_numpy().tolist() == [["甲协会", 3, 6]]
    assert set(intake.problems["code"]) == {"F18"}
    assert (intake.rows_in, intake.rejected) == (1, 0)


@pytest.mark.parametrize("numbers", [list("ABCDEF"), [1, 2, 3, 4, 5, 6], ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]])
def test_a_row_that_numbers_the_columns_ends_the_header(numbers: list[object]) -> None:
    intake = read(ledger([*TWO_ROWS, numbers, [1, "甲协会", 3, 2, 1, ""]], *TWO_ROWS_MERGES))
    assert intake.orgs["row"].tolist() == [4]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_that_lost_its_merged_cells_reads_the_same(encoding: str) -> None:
    rows: list[Any] = [*TWO_ROWS, [1, "甲协会", 3, 2, 1, "甲支部"]]
    of_book, of_text = read(ledger(rows, *TWO_ROWS_MERGES)), read(csv_bytes(*rows, encoding=encoding))
    assert fields(of_text) == fields(of_book)
    pd.testing.assert_frame_equal(of_text.orgs.drop(columns=["sheet"]), of_book.orgs.drop(columns=["sheet"]))


def test_a_row_without_a_name_is_rejected_and_not_taken_for_a_header() -> None:
    intake = read(csv_bytes(["社会组织名称", "组织类别", "是否建立党组织"], ["", "社会团体", "是"], ["乙", "", ""]))
    assert intake.problems.loc[intake.problems["severity"] == "rejected", ["row", "code"]].to_numpy().tolist() == [
        [2, "V0"]
    ]


@pytest.mark.parametrize(
    ("above", "last", "field"),
    [
        ("法定代表人", "姓名", "personal"),
        ("法定代表人", "政治面貌", "legal_rep_member"),
        ("党组织负责人", "政治面貌", "personal"),
        ("党组织负责人", "职务", "personal"),
        ("党组织负责人", "来源", "secretary_source"),
        ("党建指导员", "姓名", "instructor"),
        ("党建工作指导员", "联系电话", "personal"),
        ("党建指导员", "工作单位", "personal"),
        ("党建联络员", "姓名", "liaison"),
        ("党建指导员", "名额", "slots"),
        ("从业人员", "总数", "staff"),
        ("领导成员", "专职", "lead_ft"),
        ("工作人员", "兼职", "work_pt"),
        ("从业人员/领导成员", "兼职", "lead_pt"),
        ("党员人数", "合计", "n_full"),
        ("党员情况", "总数", "n_full"),
        ("党员情况/专职", "已转关系", "ft_in"),
        ("党员/专职党员", "未转组织关系", "ft_out"),
        ("党员人数", "其中：兼职", "pt"),
        ("发展党员情况", "预备党员", "prob"),
        ("党员组织关系所在", "业务主管单位", "rel_supervisor"),
        ("党员组织关系所在", "社会组织", "rel_org"),
        ("党员组织关系所在", "原工作单位", "rel_former"),
        ("已建党组织", "时间", "unit_start"),
        ("党组织情况", "成立时间", "unit_start"),
        ("登记情况", "成立时间", "reg_date"),
        ("党组织", "名称", "unit_name"),
        ("党组织", "类别", "unit_form"),
        ("党组织", "类型", ""),
        ("上级党组织", "名称", "superior"),
        ("业务主管单位", "名称", "supervisor"),
        ("未建党组织", "原因", "unit_reason"),
        ("未建党组织", "拟建时间", "plan_date"),
        ("群团组织", "组建情况", "mass"),
        ("群团组织", "说明", "mass"),
        ("登记证号", "（副本）", "reg_no"),
        ("党员数/其中", "预备", "prob"),
        ("会员情况", "党员数", ""),
        ("工会", "成立时间", ""),
        ("活动场所", "地址", ""),
        ("业务主管单位", "类型", ""),
        ("业务主管单位", "单位全称", "supervisor"),
        ("举办方", "学校名称", ""),
        ("联建单位", "名称", ""),
        ("上级党组织情况", "名称", "superior"),
        ("上级党组织", "成立时间", ""),
        ("拟建党组织", "时间", "plan_date"),
        ("拟建党组织", "名称", ""),
        ("拟建党组织", "形式", ""),
        ("未建党组织", "组建方式", ""),
    ],
)
def test_the_last_name_that_is_known_counts_and_those_above_decide(above: str, last: str, field: str) -> None:
    levels = [*above.split("/"), last]
    rows = [["社会组织名称", level, "住所"] if not place else ["", level, ""] for place, level in enumerate(levels)]
    merges = [f"{column}1:{column}{len(levels)}" for column in "AC"]
    intake = read(ledger([*rows, ["甲协会", "1", "某路1号"]], *merges))
    assert fields(intake)[f"{above}/{last}"] == field


def test_a_name_above_does_not_stand_for_several_unknown_columns() -> None:
    intake = read(ledger([["名称", "从业人员", ""], ["", "男", "女"], ["甲协会", 3, 2]], "A1:A2", "B1:C1"))
    assert fields(intake) == {"名称": "name", "从业人员/男": "", "从业人员/女": ""}


def test_members_counted_by_leaders_and_workers_are_added_up() -> None:
    rows = [
        ["名称", "党员情况", "", "", ""],
        ["", "领导成员", "", "工作人员", ""],
        ["", "专职已转", "兼职", "专职已转", "兼职"],
        ["甲协会", 1, 2, 3, ""],
        ["乙协会", "", "", "", ""],
    ]
    intake = read(ledger(rows, "A1:A3", "B1:E1", "B2:C2", "D2:E2"))
    assert intake.orgs[["ft_in", "pt"]].astype("object").fillna(-1).to_numpy().tolist() == [[4, 2], [-1, -1]]


TICKS = [
    ["名称", "类别", "", "", "组织建制", "", "群团", "", "隶属关系", ""],
    ["", "社会团体", "民非", "基金会", "党支部", "联合党支部", "工会", "其他", "业务主管单位", "属地"],
]
TICKS_MERGES = ("A1:A2", "B1:D1", "E1:F1", "G1:H1", "I1:J1")


def test_columns_to_tick_give_the_value_of_the_ticked_one() -> None:
    rows = [
        *TICKS,
        ["甲协会", "√", "", "", "1", "", "", "是", "", "√"],
        ["乙中心", "", "√", "", "", "√", "", "", "1", ""],
        ["丙基金会", "", "", "是", "", "0", "无", "", "", ""],
    ]
    orgs = read(ledger(rows, *TICKS_MERGES)).orgs
    assert orgs["org_type"].tolist() == ["association", "service", "foundation"]
    assert orgs["unit_form"].tolist() == ["branch", "joint", ""]
    assert orgs["superior_kind"].tolist() == ["属地", "业务主管单位", ""]
    assert orgs["mass"].tolist() == [True, False, False]
    assert (orgs["supervisor"] == "").all()


def test_columns_to_tick_are_known_by_their_values_and_what_their_group_is_about() -> None:
    rows = [
        ["名称", "党组织设置情况", "", "", "", "群众组织", ""],
        ["", "已建", "", "未建", "", "", ""],
        ["", "1.党支部", "党总支（含）", "应建未建", "无党员", "工会", "其他（请注明）"],
        ["甲协会", "√", "", "", "", "√", ""],
        ["乙协会", "", "", "", "√", "", ""],
    ]
    intake = read(ledger(rows, "A1:A3", "B1:E1", "B2:C2", "D2:E2", "F1:G2"))
    assert list(fields(intake).values()) == [
        "name", "unit_form", "unit_form", "unit_reason", "unit_reason", "mass", "mass"
    ]  # fmt: skip
    assert intake.orgs[["unit_form", "unit_reason", "mass"]].to_numpy().tolist() == [
        ["branch", "", True],
        ["", "无党员", False],
    ]


def test_columns_for_yes_and_no() -> None:
    rows = [
        ["名称", "党组织设置", "", "是否选派指导员", ""],
        ["", "已建", "未建", "是", "否"],
        ["甲协会", "√", "", "", "√"],
        ["乙协会", "", "√", "√", ""],
        ["丙协会", "", "", "", ""],
    ]
    orgs = read(ledger(rows, "A1:A2", "B1:C1", "D1:E1")).orgs
    assert orgs["has_unit"].astype("object").fillna("").tolist() == [True, False, ""]
    assert orgs["instructor"].astype("object").fillna("").tolist() == [False, True, ""]


def test_columns_to_tick_below_the_party_unit_tell_it_by_form_by_mode_or_by_being_there() -> None:
    rows = [
        ["名称", "党组织设置", "", "党组织", "", "已建党组织", "", "拟建方式", "", "工青妇组织", ""],
        ["", "党支部", "联合支部", "已建", "未建", "单建", "联建", "单建", "联建", "工会", "团组织"],
        ["甲协会", "√", "", "√", "", "", "", "", "", "", "√"],
        ["乙协会", "", "", "", "", "√", "", "", "", "", ""],
        ["丙协会", "", "", "", "√", "", "", "", "√", "", ""],
    ]
    orgs = read(ledger(rows, "A1:A2", "B1:C1", "D1:E1", "F1:G1", "H1:I1", "J1:K1")).orgs
    assert orgs["has_unit"].astype("object").fillna("").tolist() == [True, "", False]
    assert orgs[["unit_form", "unit_mode", "mass"]].to_numpy().tolist() == [
        ["branch", "", True],
        ["", "single", False],
        ["", "", False],
    ]


def test_sums_and_signatures_in_the_place_of_a_name_are_no_organisations() -> None:
    rows = [
        ["序号", "区县", "名称", "党员数"],
        [1, "", "甲协会", 3],
        ["", "", "合计", 3],
        ["审核人：张某", "", "填表人：李某", ""],
    ]
    intake = read(ledger([*rows, ["", "", "联系电话：某", ""]]))
    assert intake.orgs["name"].tolist() == ["甲协会"]
    assert intake.problems.loc[intake.problems["code"] == "F18", "row"].tolist() == [3, 4, 5]


def test_a_heading_between_the_rows_is_told_and_no_organisation() -> None:
    rows = [["序号", "名称", "其中：预备党员"], ["历城区（1家）", "", ""], [1, "甲协会", 2], [2, "", ""]]
    intake = read(ledger(rows, "A2:C2"))
    assert intake.problems[["row", "code"]].to_numpy().tolist() == [[2, "F18"]]
    assert intake.orgs[["name", "prob", "row"]].to_numpy().tolist() == [["甲协会", 2, 3]]


def test_two_ticks_for_one_value_are_reported_and_none_is_guessed() -> None:
    intake = read(ledger([*TICKS, ["甲", "√", "√", "", "√", "√", "", "", "", ""]], *TICKS_MERGES))
    found = intake.problems.loc[intake.problems["row"] == 3, ["column", "code"]].to_numpy().tolist()
    assert found == [["类别", "F10"], ["组织建制", "V15"]]
    assert intake.orgs[["org_type", "unit_form"]].to_numpy().tolist() == [["", "branch"]]


def test_a_blank_beside_ticks_says_no_and_beside_words_says_nothing() -> None:
    rows = [["名称", "工会", "是否设支委会"], ["甲", "√", "是"], ["乙", "", ""]]
    orgs = read(csv_bytes(*rows)).orgs
    assert orgs["mass"].tolist() == [True, False]
    assert orgs["has_committee"].isna().tolist() == [False, True]


def test_sheets_with_headers_of_their_own_are_one_list() -> None:
    other = [["名称", "党员数"], ["乙协会", 2]]
    note = [["填表说明"], ["一、每年报一次。"]]
    book = workbook(城区=([*TWO_ROWS, [1, "甲协会", 3, 2, 1, ""]], TWO_ROWS_MERGES), 乡镇=(other, ()), 说明=(note, ()))
    intake = read(book)
    assert intake.orgs[["sheet", "row", "name", "n_full"]].to_numpy().tolist() == [
        ["城区", 3, "甲协会", 3],
        ["乡镇", 2, "乙协会", 2],
    ]
    assert intake.problems.loc[intake.problems["code"] == "F19", "detail"].tolist() == ["说明"]


def test_a_cell_merged_over_rows_holds_for_each_and_no_further() -> None:
    rows = [["名称", "所在区县", "联合支部名称"], ["甲", "历城区", "一支部"], ["乙", "", ""], ["丙", "", ""]]
    orgs = read(ledger(rows, "B2:B3", "C2:C3")).orgs
    assert orgs[["county", "unit_name"]].to_numpy().tolist() == [["历城区", "一支部"], ["历城区", "一支部"], ["", ""]]


def test_a_number_that_lost_digits_is_rejected_in_every_row_that_it_is_merged_over() -> None:
    rows = [["名称", "统一社会信用代码"], ["甲", 511234567890123456], ["乙", None]]
    intake = read(ledger(rows, "B2:B3"))
    assert intake.problems.loc[intake.problems["code"] == "F3", "row"].tolist() == [2, 3]
    assert intake.orgs.empty


def test_the_choice_of_the_user_names_a_column_by_all_its_levels() -> None:
    rows = [*TWO_ROWS, [1, "甲协会", 3, 2, 1, "某大厦"]]
    intake = read(ledger(rows, *TWO_ROWS_MERGES), chosen=Chosen({"党组织/名称": "site", "党员情况/兼职党员": ""}))
    assert intake.orgs[["site", "unit_name"]].to_numpy().tolist() == [["某大厦", ""]]
    assert intake.orgs["pt"].isna().all()


def test_columns_are_listed_where_none_is_the_name_and_the_choice_among_them_counts() -> None:
    rows = [["某县台账", "", ""], ["单位全名", "党员情况", ""], ["", "正式党员", "预备党员"], ["甲协会", 3, 1]]
    content = ledger(rows, "A2:A3", "B2:C2")
    listed = list_columns([Source("list1", content)])
    assert listed[["column", "field"]].to_numpy().tolist() == [
        ["单位全名", ""],
        ["党员情况/正式党员", "n_full"],
        ["党员情况/预备党员", "prob"],
    ]
    intake = read(content, chosen=Chosen({"单位全名": "name"}))
    assert intake.mappings["column"].tolist() == listed["column"].tolist()
    assert intake.orgs[["name", "n_full", "prob"]].to_numpy().tolist() == [["甲协会", 3, 1]]


def test_the_header_rows_of_the_user_count() -> None:
    rows = [["某县台账", "", ""], ["单位全名", "党员", ""], ["", "正式党员数", "预备党员"], ["甲协会", 3, 1]]
    columns = {"单位全名": "name"}
    intake = read(ledger(rows), chosen=Chosen(columns, header_rows={("list1", "ledger"): (2, 3)}))
    assert intake.orgs[["name", "n_full", "prob", "row"]].to_numpy().tolist() == [["甲协会", 3, 1, 4]]
    assert intake.mappings[["first_row", "last_row"]].drop_duplicates().to_numpy().tolist() == [[2, 3]]


@pytest.mark.parametrize("rows", [(3, 2), (0, 1), (2, 9), (3, 3)])
def test_header_rows_that_are_none_are_refused(rows: tuple[int, int]) -> None:
    content = ledger([["名称", "党员数"], ["甲协会", 3], []])
    with pytest.raises(UploadError, match="no_header"):
        read(content, chosen=Chosen(header_rows={("list1", "ledger"): rows}))


def test_a_sheet_that_the_user_leaves_out_is_named_and_not_read() -> None:
    book = workbook(今年=([["名称"], ["甲协会"]], ()), 去年=([["名称"], ["乙协会"]], ()))
    intake = read(book, chosen=Chosen(left_out=frozenset({("list1", "去年")})))
    assert intake.orgs["name"].tolist() == ["甲协会"]
    assert intake.problems.loc[intake.problems["code"] == "F19", "detail"].tolist() == ["去年"]
    with pytest.raises(UploadError, match="no_header"):
        read(book, chosen=Chosen(left_out=frozenset({("list1", "去年"), ("list1", "今年")})))


@pytest.mark.parametrize(("field", "kept"), [("supervisor", "personal"), ("instructor", "instructor")])
def test_what_a_column_says_about_persons_is_not_kept_by_choice(field: str, kept: str) -> None:
    intake = read(csv_bytes(["名称", "指导员姓名"], ["甲协会", "张三丰"]), chosen=Chosen({"指导员姓名": field}))
    assert fields(intake)["指导员姓名"] == kept
    assert "张三丰" not in intake.orgs.to_csv() + intake.problems.to_csv()


def test_a_template_is_known_by_its_columns_and_not_by_what_is_in_them() -> None:
    books = [read(ledger([*TWO_ROWS, [1, name, 3, 2, 1, ""]], *TWO_ROWS_MERGES)) for name in ("甲", "乙")]
    other = read(csv_bytes(["名称"], ["甲"]))
    known = [template_id(intake.mappings["column"]) for intake in (*books, other)]
    assert known[0] == known[1] != known[2]
