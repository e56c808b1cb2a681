"""The findings of RULEBOOK §9.1 about a row: each code when it must appear, and when it must not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.credit_code import NO_KEY
from tests.intake.ledgers import workbook
from tests.intake.lists import codes_of, credit_code, csv_bytes, read, read_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.intake import Intake

STAFF = {"lead_ft": 1, "lead_pt": 1, "work_ft": 2, "work_pt": 0}

CASES: list[tuple[dict[str, object], set[str]]] = [
    ({"n_full": 3}, set()),
    # V1: staff against its parts
    ({"staff": 4, **STAFF}, set()),
    ({"staff": 5, **STAFF}, {"V1"}),
    ({"staff": 4, "lead_ft": 4}, set()),
    ({"staff": 4, "lead_ft": 3}, {"V1"}),
    ({**STAFF}, set()),
    ({"staff": 4}, set()),
    # V2: the total against its parts (§2a)
    ({"n_full": 3, "ft_in": 1, "ft_out": 1, "pt": 1}, set()),
    ({"n_full": 3, "ft_in": 1, "ft_out": 1, "pt": 0}, {"V2"}),
    ({"n_full": 3, "ft_in": 1, "ft_out": 1, "pt": 2}, {"V2"}),
    ({"n_full": 3, "ft_in": 1, "pt": 1}, set()),
    ({"n_full": 3, "ft_in": 2, "pt": 2}, {"V2"}),
    ({"ft_in": 1, "ft_out": 1, "pt": 1}, set()),
    ({"n_full": 3, "ft": 2, "pt": 1}, set()),
    ({"n_full": 3, "ft": 2, "pt": 2}, {"V2"}),
    ({"n_full": 3, "ft": 2}, set()),
    ({"n_full": 1, "ft": 2}, {"V2"}),
    # V2b: against the places of membership
    ({"n_full": 3, "rel_org": 2, "rel_former": 1}, set()),
    ({"n_full": 3, "rel_org": 2}, {"V2b"}),
    ({"ft_in": 1, "ft_out": 1, "pt": 1, "rel_org": 1, "rel_local": 1}, {"V2b"}),
    ({"rel_org": 2}, set()),
    # V2c: membership in the organisation against transferred full-timers
    ({"n_full": 2, "ft_in": 2, "rel_org": 2}, set()),
    ({"n_full": 2, "ft_in": 1, "rel_org": 2}, {"V2c"}),
    # V3, the staff against members and those on the way
    ({"staff": 6, "n_full": 3, "prob": 1, "applicants": 1, "activists": 1}, set()),
    ({"staff": 6, "n_full": 3, "prob": 1, "applicants": 1, "activists": 1, "prospects": 1}, {"V3"}),
    ({"staff": 2, "n_full": 3}, {"V3"}),
    ({"staff": 2}, set()),
    ({"staff": 2, "prospects": 3}, set()),
    # V3b: full-time and part-time members against full-time and part-time staff
    ({"n_full": 3, "ft_in": 2, "ft_out": 1, "pt": 0, "lead_ft": 1, "work_ft": 2}, set()),
    ({"n_full": 3, "ft_in": 2, "ft_out": 1, "pt": 0, "lead_ft": 1, "work_ft": 1}, {"V3b"}),
    ({"n_full": 3, "ft_in": 3, "lead_ft": 2}, {"V3b"}),
    ({"n_full": 3, "pt": 1, "work_pt": 0}, {"V3b"}),
    ({"n_full": 3, "pt": 1}, set()),
    ({"n_full": 3, "ft": 3, "lead_ft": 2}, {"V3b"}),
    # V4: a unit without a member
    ({"n_full": 0, "unit_form": "党支部"}, {"V4"}),
    ({"n_full": 0, "unit_form": "联合党支部"}, {"V4"}),
    ({"n_full": 0, "unit_name": "某党支部"}, {"V4"}),
    ({"n_full": "", "unit_form": "党支部"}, set()),
    ({"n_full": 1, "unit_form": "党支部"}, set()),
    ({"n_full": 0}, set()),
    # V5, counts that cannot be read
    ({"n_full": "2.5"}, {"V5"}),
    ({"n_full": "-1"}, {"V5"}),
    ({"n_full": "若干"}, {"V5"}),
    ({"n_full": 3, "prob": "若干"}, {"V5"}),
    ({"slots": "一些"}, {"V5"}),
    ({"n_full": "不详"}, set()),
    ({"n_full": "2名"}, set()),
    ({"staff": "9(含预备1)"}, {"V5"}),
    # V6: the legal representative is a member, the organisation has none
    ({"n_full": 0, "legal_rep_member": "中共党员"}, {"V6"}),
    ({"n_full": 0, "legal_rep_member": "群众"}, set()),
    ({"n_full": 0, "legal_rep_member": "中共预备党员"}, set()),
    ({"n_full": 1, "legal_rep_member": "中共党员"}, set()),
    ({"legal_rep_member": "中共党员"}, set()),
    # V7: 是 without form and mode, 否 beside a form or a name
    ({"n_full": 3, "has_unit": "是"}, {"V7"}),
    ({"n_full": 3, "has_unit": "是", "unit_name": "某党支部"}, {"V7"}),
    ({"n_full": 3, "has_unit": "是", "unit_form": "党支部"}, set()),
    ({"n_full": 3, "has_unit": "是", "unit_mode": "单建"}, set()),
    ({"n_full": 3, "has_unit": "否", "unit_name": "某党支部"}, {"V7"}),
    ({"n_full": 3, "has_unit": "否", "unit_form": "党支部"}, {"V7"}),
    ({"n_full": 3, "has_unit": "否"}, set()),
    ({"n_full": 3, "has_unit": "未建", "unit_form": "无"}, set()),
    # V8, dates
    ({"n_full": 3, "unit_form": "党支部", "unit_start": "2026-07-01"}, set()),
    ({"n_full": 3, "unit_form": "党支部", "unit_start": "2026-07-02"}, {"V8"}),
    ({"n_full": 3, "unit_form": "党支部", "unit_start": "1921-07-01"}, set()),
    ({"n_full": 3, "unit_form": "党支部", "unit_start": "1921-06-30"}, {"V8"}),
    ({"n_full": 3, "unit_form": "党支部", "unit_start": "前年"}, {"V8"}),
    ({"n_full": 3, "term_end": "2099-01-01"}, set()),
    ({"n_full": 3, "term_end": "长期"}, {"V8"}),
    # V12: joint with one organisation
    ({"n_full": 1, "unit_mode": "联建", "unit_units": 1}, {"V12"}),
    ({"n_full": 1, "unit_form": "联合党支部", "unit_units": 1}, {"V12"}),
    ({"n_full": 1, "unit_form": "联合党支部", "unit_units": 2}, set()),
    ({"n_full": 1, "unit_form": "挂靠", "unit_units": 1}, set()),
    # V14: a group is no unit
    ({"n_full": 2, "unit_form": "党小组"}, {"V14"}),
    ({"n_full": 0, "unit_form": "党小组"}, {"V14"}),
    ({"n_full": 2, "has_unit": "否", "unit_form": "党小组"}, {"V14"}),
    ({"n_full": 2, "has_unit": "是", "unit_form": "党小组"}, {"V14"}),
    # V15: two units
    ({"n_full": 3, "unit_form": "联合党支部；党支部"}, {"V15"}),
    ({"n_full": 3, "unit_form": "党支部"}, set()),
    # V16: probationary members split off
    ({"n_full": "5(含预备2)"}, {"V16"}),
]


@pytest.fixture(scope="module")
def all_cases() -> Intake:
    """One list of all cases: a blank cell says nothing, so that a row's findings are its own."""
    return read_cells(*(cells for cells, _ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: str(CASES[number]))
def test_findings_of_a_row(all_cases: Intake, number: int) -> None:
    assert codes_of(all_cases, row=number + 2) == CASES[number][1]
    assert number + 2 in set(all_cases.orgs["row"])


VALUES: list[tuple[dict[str, object], str, object]] = [
    ({"n_full": "2.5"}, "n_full", pd.NA),
    ({"n_full": ""}, "n_full", pd.NA),
    ({"n_full": "不详"}, "n_full", pd.NA),
    ({"n_full": "0"}, "n_full", 0),
    ({"n_full": "5(含预备2)"}, "n_full", 3),
    ({"n_full": "5(含预备2)"}, "prob", 2),
    ({"n_full": "5(含预备2)", "prob": 1}, "prob", 1),
    ({"ft_in": "3(含预备1)", "pt": "2(含预备1)"}, "prob", 2),
    ({"unit_start": "2099-01-01"}, "unit_start", pd.NA),
    ({"unit_start": "1919.5"}, "unit_start", pd.NA),
    ({"unit_start": "2012.5"}, "unit_start", pd.Timestamp(2012, 5, 1)),
    ({"term_end": "2099-01-01"}, "term_end", pd.Timestamp(2099, 1, 1)),
    ({"unit_form": "联合党支部；党支部"}, "unit_form", "branch"),
    ({"unit_form": "挂靠、联合党支部"}, "unit_form", "attached"),
    ({"unit_form": "党支部", "is_combined": "是"}, "unit_mode", "combined"),
    ({"unit_form": "党支部", "is_combined": "是", "unit_mode": "联建"}, "unit_mode", "joint"),
    ({"unit_form": "党支部", "is_combined": "否"}, "unit_mode", ""),
    ({"has_unit": "党支部"}, "has_unit", True),
    ({"has_unit": "党小组"}, "has_unit", pd.NA),
    ({"instructor": "张三"}, "instructor", True),
    ({"instructor": "无"}, "instructor", False),
    ({"liaison": ""}, "liaison", pd.NA),
    ({"legal_rep_member": "中共党员"}, "legal_rep_member", True),
    ({"legal_rep_member": "民盟盟员"}, "legal_rep_member", False),
    ({"legal_rep_member": ""}, "legal_rep_member", pd.NA),
    ({"star": "五星优秀"}, "star", 5),
    ({"star": "3"}, "star", 3),
    ({"star": "未定级"}, "star", pd.NA),
    ({"class14": "教育"}, "class14", "4"),
    ({"class14": "科技研究"}, "class14", "3"),
    ({"class14": "12"}, "class14", "12"),
    ({"status": ""}, "status", "normal"),
    ({"status": "注销"}, "status", "closed"),
    ({"status": "吊销"}, "status", "closed"),
    ({"status": "名称核准"}, "status", "pending"),
    ({"status": "严重失信"}, "status", "abnormal"),
    ({"status": "什么"}, "status", "normal"),
    ({"org_type": "民办非企业单位"}, "org_type", "service"),
    ({"org_type": "分支（代表）机构"}, "org_type", "branch"),
    ({"mode": "双重管理"}, "mode", "dual"),
    ({"secretary_source": "法人兼任"}, "secretary_source", "legal_rep"),
    ({"industry_code": "8310"}, "industry_code", "8310"),
    ({"industry_code": "P8310"}, "industry_code", "8310"),
    ({"industry_code": "8310 学前教育"}, "industry_code", "8310"),
    ({"industry_code": "83101"}, "industry_code", ""),
    ({"travel_limit_m": "3公里"}, "travel_limit_m", 3_000),
    ({"superior": "甲党委；乙党委"}, "superior", "甲党委；乙党委"),
    ({"superior": "待定"}, "superior", "待定"),
    ({"supervisor": "无"}, "supervisor", "无"),
    ({"county": "370102.0"}, "county", "370102"),
    ({"reg_no": "'0102"}, "reg_no", "0102"),
]


@pytest.fixture(scope="module")
def all_values() -> Intake:
    return read_cells(*(cells for cells, _, _ in VALUES))


@pytest.mark.parametrize("number", range(len(VALUES)), ids=lambda number: str(VALUES[number]))
def test_what_a_cell_becomes(all_values: Intake, number: int) -> None:
    _, field, expected = VALUES[number]
    found = all_values.orgs[field].iloc[number]
    assert pd.isna(found) if expected is pd.NA else found == expected


def test_an_unknown_word_is_reported_once_with_its_number_of_rows() -> None:
    intake = read_cells({"status": "什么"}, {"status": "正常"}, {"status": "什么"}, {"status": "怎么"})
    found = intake.problems.set_index("row")
    assert found["code"].to_dict() == {2: "F10", 5: "F10"}
    assert found["detail"].to_dict() == {2: "2", 5: "1"}


@pytest.mark.parametrize("name", ["", " ", "　"])
def test_a_row_without_a_name_is_rejected(name: str) -> None:
    intake = read_cells({"name": name, "n_full": "若干"}, {"n_full": 2})
    assert codes_of(intake) == {"V0"}
    assert intake.problems["severity"].tolist() == ["rejected"]
    assert (intake.rows_in, intake.rejected, intake.orgs["row"].tolist()) == (2, 1, [3])


def test_of_equal_codes_the_later_row_is_kept_in_all_files() -> None:
    code = credit_code(1)
    first = csv_bytes(["uscc", "name"], [code, "甲"], [credit_code(2), "乙"], [code.lower(), "甲二"])
    second = csv_bytes(["name", "uscc"], ["甲三", f"'{code}"])
    intake = read(first, second)
    assert intake.orgs[["name", "file"]].to_numpy().tolist() == [["乙", "list1"], ["甲三", "list2"]]
    assert intake.problems[["file", "row", "code", "severity"]].to_numpy().tolist() == [
        ["list1", 2, "V11", "rejected"],
        ["list1", 4, "V11", "rejected"],
    ]
    assert intake.problems["detail"].tolist() == ["[list2]2", "[list2]2"]


def test_codes_that_are_no_keys_repeat_nothing() -> None:
    intake = read_cells({"uscc": "5.13701E+17"}, {"uscc": "5.13701E+17"})
    assert intake.rejected == 0
    assert intake.orgs["org_id"].tolist() == ["row:2", "row:3"]
    assert set(intake.problems["code"]) == {"U1"}


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        ({"name": "甲", "county": "370102", "uscc": credit_code(2)}, {"V11"}),
        ({"name": "甲", "county": "370102"}, {"V11"}),
        ({"name": "甲", "county": "370103", "uscc": credit_code(2)}, set()),
        ({"name": "乙", "county": "370102"}, set()),
    ],
)
def test_equal_names_in_one_county_are_kept_with_a_warning_on_the_later(
    second: Mapping[str, object], codes: set[str]
) -> None:
    intake = read_cells({"name": "甲", "county": "370102", "uscc": credit_code(1)}, second)
    assert codes_of(intake, row=2) == set()
    assert codes_of(intake, row=3) == codes
    assert set(intake.problems.loc[intake.problems["row"] == 3, "detail"]) == {"2" for _ in codes}
    assert len(intake.orgs) == 2
    assert set(intake.problems["severity"]) <= {"warning"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (credit_code(1)[:-1], "U1"),
        (credit_code(1)[:9] + "O" + credit_code(1)[10:], "U2"),
        (credit_code(1)[:-1] + ("0" if credit_code(1)[-1] != "0" else "1"), "U4"),
    ],
)
def test_a_code_that_is_no_key_is_kept_as_written(written: str, code: str) -> None:
    assert code in NO_KEY
    intake = read_cells({"uscc": f" {written}", "reg_no": "77"})
    assert codes_of(intake) == {code}
    assert intake.orgs[["org_id", "uscc"]].to_numpy().tolist() == [["row:2", written]]


def test_the_id_is_the_code_else_the_registration_number_else_a_hash() -> None:
    rows = [
        {"name": "甲", "uscc": credit_code(1).lower(), "reg_no": "7"},
        {"name": "乙", "reg_no": "0102"},
        {"name": "丙", "county": "370102", "address": "文化路1号"},
        {"name": "丙", "county": "370102", "address": "文化路2号", "uscc": "无", "reg_no": "—"},
    ]
    ids = read_cells(*rows).orgs["org_id"].tolist()
    assert ids[:2] == [credit_code(1), "reg:0102"]
    assert [len(org_id) for org_id in ids[2:]] == [15, 15]
    assert len(set(ids)) == 4
    shuffled = read_cells(*reversed(rows)).orgs.set_index("address")["org_id"]
    assert shuffled["文化路1号"] == ids[2]
    assert shuffled["文化路2号"] == ids[3]


def test_equal_ids_are_numbered_by_content_wherever_the_rows_stand() -> None:
    rows: list[dict[str, object]] = [{"name": "甲", "reg_no": "7", "n_full": number} for number in (3, 1, 2)]
    rows.append({"name": "乙", "reg_no": "7-2"})
    for order in (rows, rows[::-1], [rows[1], rows[3], rows[0], rows[2]]):
        orgs = read_cells(*order).orgs
        ids = dict(zip(orgs["n_full"].fillna(0), orgs["org_id"], strict=True))
        assert ids == {1: "reg:7", 2: "reg:7-3", 3: "reg:7-4", 0: "reg:7-2"}


def test_a_row_that_repeats_one_of_another_sheet_names_the_sheet() -> None:
    code = credit_code(1)
    book = workbook(
        一季度=([["uscc", "name"], [code, "甲"]], ()), 二季度=([["name", "uscc"], ["乙", ""], ["甲", code]], ())
    )

    assert read(book).problems["detail"].tolist() == ["二季度!3"]
