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
        (b"", "verify.not_table"),
        (b"\xff\xff\xff", "verify.not_text"),
        (b"a\0b", "verify.not_text"),
        (b"name,role\nx,lead\n", "verify.missing_columns"),
        (b"group_id,org_id\nG1,1,2,3\nG1,2,3,4,5,6\n", "verify.not_table"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, key: str) -> None:
    with pytest.raises(PlanError) as error:
        read_groups(content)
    assert error.value.key == key
