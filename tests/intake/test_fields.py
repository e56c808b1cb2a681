"""Headers and the fields they name (RULEBOOK §9)."""

from __future__ import annotations

import pytest

import words
from coverage.fields import FIELDS, is_personal_header, match_header
from coverage.intake.choices import CHOICES, find_crs
from coverage.tables import Orgs


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.code)
def test_a_field_is_found_by_its_code_and_by_every_alias(field: object) -> None:
    assert isinstance(field, type(FIELDS[0]))
    for header in (field.code, *field.aliases):
        match = match_header(header)
        assert match is not None
        assert match.code == field.code


def test_no_alias_names_two_fields() -> None:
    aliases = [alias for field in FIELDS for alias in field.aliases]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (" 社会组织 名称\n", "name"),
        ("社会组织名称（全称）", "name"),
        ("*社会组织名称", "name"),
        ("1、社会组织名称", "name"),
        ("所在县（市、区）", "county"),
        ("乡镇(街道)", "township"),
        ("社区(村)", "community"),
        ("出行上限(米)", "travel_limit_m"),
        ("正式党员数（人）", "n_full"),
        ("正式党员数/人", "n_full"),
        ("行（事）业", "class14"),
        ("评估等级 (1A–5A)", "assess_grade"),
        ("ＵＳＣＣ", "uscc"),
        ("USCC", "uscc"),
        ("经度(GCJ-02)", "lon"),
        ("法定代表人政治面貌", "legal_rep_member"),
        ("党组织负责人来源", "secretary_source"),
        ("单位全称", "name"),
        ("社团名称", "name"),
        ("学校名称", "name"),
        ("协会名称", "name"),
        ("所属区县", "county"),
        ("所属街道", "township"),
        ("所属乡镇（街道）", "township"),
        ("乡镇", "township"),
        ("主管部门", "supervisor"),
        ("备注", None),
        ("", None),
        ("党员", None),
    ],
)
def test_spaces_brackets_units_and_widths_do_not_matter(header: str, code: str | None) -> None:
    match = match_header(header)
    assert (match.code if match else None) == code


@pytest.mark.parametrize(
    "header",
    [
        "姓名",
        "法定代表人姓名",
        "身份证号",
        "联系电话",
        "手机号码",
        "民族",
        "学历",
        "出生日期",
        "性 别",
        "法定代表人",
        "政治面貌",
    ],
)
def test_columns_about_persons_are_known(header: str) -> None:
    assert match_header(header) is None
    assert is_personal_header(header)


@pytest.mark.parametrize("header", ["备注", "序号", "注册资金", "业务范围说明"])
def test_other_columns_are_not_about_persons(header: str) -> None:
    assert not is_personal_header(header)


@pytest.mark.parametrize(
    ("header", "crs"), [("经度", ""), ("经度(GCJ-02)", "gcj02"), ("百度经度", "bd09"), ("坐标（WGS84）", "wgs84")]
)
def test_a_header_may_state_the_coordinate_system(header: str, crs: str) -> None:
    assert find_crs(header) == crs


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_field_has_a_name(language: str) -> None:
    assert [field.code for field in FIELDS if f"field.{field.code}" not in words.catalogue(language)] == []


def test_every_field_is_a_column_of_orgs_or_becomes_one() -> None:
    columns = set(Orgs.to_schema().columns)
    assert {field.code for field in FIELDS} - columns == {"lon_lat", "is_combined", "capacity"}
    own = {"org_id", "file", "sheet", "row", "lon_given", "lat_given", "class_learned"}
    assert columns - {field.code for field in FIELDS} == own


def test_every_closed_list_has_its_words() -> None:
    assert set(CHOICES) == {field.code for field in FIELDS if field.kind.name == "CHOICE"}
