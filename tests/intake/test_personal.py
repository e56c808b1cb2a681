"""No personal data gets in: not by column, not by cell, not by message (RULEBOOK §9, notes on trust §4)."""

from __future__ import annotations

import pytest

from coverage.intake import Intake
from tests.intake.lists import codes_of, credit_code, csv_bytes, read, read_cells

MOBILE = "13912345678"
IDENTITY = "370102196501011100"


def everything(intake: Intake) -> str:
    return "".join(frame.to_csv() for frame in (intake.orgs, intake.problems, intake.mappings))


def test_columns_about_persons_are_dropped_and_counted() -> None:
    header = ["社会组织名称", "法定代表人姓名", "身份证号", "联系电话", "党建指导员", "备用", "备注"]
    rows = [["甲", "张三", IDENTITY, MOBILE, "李四", MOBILE, "无"], ["乙", "王五", IDENTITY, MOBILE, "", MOBILE, "x"]]
    intake = read(csv_bytes(header, *rows))
    assert intake.personal_columns == 4
    fields = dict(zip(intake.mappings["column"], intake.mappings["field"], strict=True))
    assert fields == {
        "社会组织名称": "name",
        "法定代表人姓名": "personal",
        "身份证号": "personal",
        "联系电话": "personal",
        "党建指导员": "instructor",
        "备用": "personal",
        "备注": "",
    }
    for secret in ("张三", "李四", "王五", MOBILE, IDENTITY):
        assert secret not in everything(intake)


@pytest.mark.parametrize(
    "number", [MOBILE, "139-1234-5678", "139 1234 5678", "１３９１２３４５６７８", "+8613912345678", IDENTITY]
)
@pytest.mark.parametrize("field", ["address", "name", "scope", "supervisor", "county"])
def test_numbers_of_persons_are_cut_out_of_texts(field: str, number: str) -> None:
    intake = read_cells({field: f"文化路1号 {number}"})
    assert intake.orgs[field].tolist() == ["文化路1号"]
    assert codes_of(intake) == {"F12"}
    assert number[-4:] not in everything(intake)


@pytest.mark.parametrize("text", ["0531-88888888", credit_code(1), "编号 20150301", "文化路13912345678900号"])
def test_other_numbers_stay(text: str) -> None:
    assert read_cells({"address": text}).orgs["address"].tolist() == [text]


def test_an_identity_number_in_the_place_of_a_code_is_not_kept() -> None:
    intake = read_cells({"uscc": IDENTITY, "n_full": MOBILE, "status": IDENTITY})
    assert intake.orgs["uscc"].tolist() == [""]
    assert intake.orgs["org_id"].tolist() == ["row:2"]
    assert {"U4", "V5", "F10"} <= codes_of(intake)
    for secret in (MOBILE, IDENTITY):
        assert secret not in everything(intake)


def test_a_registration_number_may_look_like_a_mobile_phone() -> None:
    intake = read_cells({"reg_no": MOBILE})
    assert intake.orgs["org_id"].tolist() == [f"reg:{MOBILE}"]


def test_a_name_that_is_nothing_but_a_telephone_is_no_name() -> None:
    intake = read_cells({"name": MOBILE})
    assert codes_of(intake) == {"V0"}
    assert MOBILE not in everything(intake)


def test_sensitive_cells_are_never_repeated_in_a_message() -> None:
    intake = read_cells({"legal_rep_member": "张三", "secretary_source": "李四", "n_full": 0})
    assert codes_of(intake) == {"F10"}
    assert "张三" not in everything(intake)
    assert "李四" not in everything(intake)
