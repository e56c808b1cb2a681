from __future__ import annotations

import pytest

from coverage.errors import PlanError
from coverage.export import read_groups

PLAIN = (
    "组号,组建形式,统一社会信用代码,组织名称,角色\r\nG1,单位联建,5101,甲,牵头单位\r\nG1,单位联建,5102,乙,成员单位\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_is_read(encoding: str) -> None:
    rows = read_groups(PLAIN.encode(encoding))
    assert rows[["form", "role"]].to_numpy().tolist() == [["joint", "lead"], ["joint", "member"]]
    assert rows["name"].tolist() == ["甲", "乙"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_read(delimiter: str) -> None:
    assert len(read_groups(PLAIN.replace(",", delimiter).encode())) == 2


def test_columns_are_found_by_name_in_any_order_and_others_ignored() -> None:
    rows = read_groups(b"role,note,org_id,group_id\nlead,x,1,G1\n")
    assert rows.iloc[0][["group_id", "org_id", "role"]].tolist() == ["G1", "1", "lead"]


def test_a_blank_form_follows_from_the_roles() -> None:
    rows = read_groups(b"group_id,org_id,role\nG1,1,host\nG1,2,member\nG2,3,lead\n")
    assert rows["form"].tolist() == ["attached", "attached", "joint"]


def test_blanks_full_width_forms_and_escapes_are_cleaned() -> None:
    rows = read_groups("组号,统一社会信用代码,角色\n G1 ,５１０１,'=牵头\n,,\n".encode())
    assert rows[["group_id", "org_id", "role"]].to_numpy().tolist() == [["G1", "5101", "=牵头"]]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "verify.empty"),
        (b",,\n\n", "verify.empty"),
        (b'group_id,org_id\nG1,"1\nG1,2\n', "verify.not_table"),
        (b"\xff\xff\xff", "verify.not_text"),
        (b"a\0b", "verify.not_text"),
        (b"name,role\nx,lead\n", "verify.missing_columns"),
        (b"group_id,org_id\nG1,1,2,3\nG1,2,3,4,5,6\n", "verify.wide_row"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, key: str) -> None:
    with pytest.raises(PlanError) as error:
        read_groups(content)
    assert error.value.key == key


def keys(text: str) -> list[list[str]]:
    return read_groups(text.encode())[["group_id", "org_id"]].to_numpy().tolist()


def test_a_title_blank_rows_and_trailing_cells_are_passed_over() -> None:
    assert keys("编组方案,,,\n,,,\n组号,统一社会信用代码,,\nG1,1,,\n,,,\n\nG1,2\n") == [["G1", "1"], ["G1", "2"]]


def test_quoted_cells_hold_every_separator() -> None:
    assert keys('组号,说明,统一社会信用代码\nG1,"甲;乙,丙\n丁",1\nG1,"说""好""",2\n') == [["G1", "1"], ["G1", "2"]]


def test_of_two_columns_of_a_name_the_first_one_counts() -> None:
    assert keys("组号,组号,group_id,统一社会信用代码\nG1,G2,G3,1\n") == [["G3", "1"]]
    assert keys("组号,组号,统一社会信用代码\nG1,G2,1\n") == [["G1", "1"]]


def test_decimals_and_codes_in_other_writing_are_the_codes() -> None:
    rows = "1.0,51370102mj0000001a\n1.0,51370102-MJ0000002B\n2,1001.0\n2,9.15E+17\n2,id:0123456789ab-2\n"
    assert keys("组号,统一社会信用代码\n" + rows) == [
        ["1", "51370102MJ0000001A"],
        ["1", "51370102MJ0000002B"],
        ["2", "1001"],
        ["2", "9.15E+17"],
        ["2", "id:0123456789ab-2"],
    ]


def test_a_form_written_once_for_a_group_is_that_of_the_group() -> None:
    rows = read_groups("组号,组建形式,org_id,角色\nG1,区域统建,1,成员单位\nG1,,2,成员单位\n,,3,\n".encode())
    assert rows["form"].tolist() == ["regional", "regional", "joint"]


def test_a_missing_column_is_named_as_the_file_names_it() -> None:
    with pytest.raises(PlanError) as error:
        read_groups("组号,角色\nG1,牵头单位\n".encode())
    assert error.value.values["names"] == "统一社会信用代码"
