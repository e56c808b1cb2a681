from __future__ import annotations

import io
from datetime import date
from functools import cache
from typing import Any

import pytest
from openpyxl import load_workbook

from coverage.errors import UploadError
from coverage.export.survey import Survey, survey_forms, survey_rows
from coverage.fields import match_header
from coverage.intake import Intake, Source, read_lists
from coverage.intake.choices import read_choice
from coverage.pipeline import Plan, make_plan
from coverage.settings import PlanSettings
from coverage.survey import ANSWERS, KEY, Answered, apply_answers, form_headers
from coverage.vocabulary import UnitForm, UnitMode
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from words import t

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER_ROW = 6
LIST = """统一社会信用代码,登记证号,社会组织名称,所在区县,乡镇街道,住所,正式党员数,上级党组织,登记时间
,,甲协会,吴兴区,织里镇,织里路1号,,吴兴区委社会工作部,
91330500MA2B0AAA0X,,乙学会,吴兴区,织里镇,,,吴兴区委社会工作部,
,0043,丙商会,南浔区,,=1+1,,南浔区委社会工作部,
,,丁中心,吴兴区,爱山街道,,3,吴兴区委社会工作部,
,,戊中心,,,,2,,
"""


@cache
def places() -> dict[str, Any]:
    return {"divisions": load_divisions(), "boundaries": load_boundaries()}


@cache
def planned() -> tuple[Intake, Plan]:
    intake = read_lists([Source("list.csv", LIST.encode())], settings=SETTINGS, crs=None)
    return intake, make_plan(intake, SETTINGS, **places())


def key_of(name: str) -> str:
    orgs = planned()[0].orgs
    return str(orgs.loc[orgs["name"] == name, "org_id"].iloc[0])


def form(*rows: dict[str, object], name: str = "form.xlsx") -> Source:
    """Return the form of one county as made, with these rows changed or added: by `org`, the name it is asked under."""
    files = survey_forms(planned()[1], Survey())
    book = load_workbook(io.BytesIO(files["摸排表-吴兴区-330502.xlsx"]))
    sheet = book.worksheets[0]
    sheet.delete_rows(HEADER_ROW + 1, sheet.max_row)
    for at, row in enumerate(rows, HEADER_ROW + 1):
        said = {KEY: key_of(str(row["org"])) if "org" in row else "", "name": row.get("org", "")} | row
        for column, field in enumerate(form_headers(), 1):
            sheet.cell(at, column, said.get(field))  # type: ignore[call-overload]
    file = io.BytesIO()
    book.save(file)
    return Source(name, file.getvalue())


def answered(*forms: Source) -> Answered:
    found = apply_answers(planned()[0], forms, settings=SETTINGS)
    assert found.rows_in == found.applied + found.unchanged + found.rejected
    return found


def org(found: Answered, name: str) -> Any:
    return found.intake.orgs.set_index("name").loc[name]


def codes(found: Answered) -> list[str]:
    return found.problems["code"].tolist()


def test_those_are_asked_of_whom_too_little_is_known() -> None:
    plan = planned()[1]

    assert survey_rows(plan, with_questions=False)["name"].tolist() == ["甲协会", "乙学会", "丙商会"]
    assert "戊中心" in survey_rows(plan, with_questions=True)["name"].tolist()
    assert "丁中心" not in survey_rows(plan, with_questions=True)["name"].tolist()


def test_a_file_a_county_and_a_sheet_a_township() -> None:
    files = survey_forms(planned()[1], Survey(by="township", with_questions=False))

    sheets = {name: load_workbook(io.BytesIO(content)).sheetnames for name, content in files.items()}

    assert sheets == {"摸排表-吴兴区-330502.xlsx": ["织里镇"], "摸排表-南浔区-330503.xlsx": [t("survey.no_township")]}


def test_a_form_knows_what_the_list_knows_and_no_formula() -> None:
    sheet = load_workbook(io.BytesIO(survey_forms(planned()[1], Survey())["摸排表-南浔区-330503.xlsx"])).worksheets[0]
    fields = [*form_headers(), "asked"]
    row = dict(zip(fields, [cell.value for cell in sheet[HEADER_ROW + 1]], strict=True))

    assert row[KEY] == "reg:0043"
    assert row["name"] == "丙商会"
    assert row["address"] == "'=1+1"
    assert row["superior"] == "南浔区委社会工作部"
    assert row["n_full"] is None
    assert row["asked"]
    assert {cell.data_type for cell in sheet[HEADER_ROW + 1]} <= {"s", "n"}
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list", "whole"}
    assert sheet["A4"].value == "截止日期：2026-06-30"


def test_equal_lists_give_equal_bytes() -> None:
    assert survey_forms(planned()[1], Survey()) == survey_forms(planned()[1], Survey())


def test_an_untouched_form_changes_nothing() -> None:
    files = survey_forms(planned()[1], Survey(by="township"))

    found = answered(*(Source(name, content) for name, content in files.items()))

    assert (found.applied, found.rejected, len(found.changes)) == (0, 0, 0)
    assert found.rows_in == found.unchanged > 3
    assert found.intake.orgs.equals(planned()[0].orgs)


def test_answers_fill_and_replace_for_every_kind_of_key() -> None:
    assert {key_of(name).split(":")[0] for name in ("甲协会", "乙学会", "丙商会")} == {"id", "row", "reg"}

    found = answered(
        form({"org": "甲协会", "n_full": 3, "prob": 1}, {"org": "乙学会", "n_full": "0", "has_unit": "否"}),
        form({"org": "丙商会", "n_full": "3(含预备1)", "superior": "新党委"}, name="b.xlsx"),
    )

    assert (found.applied, found.unchanged, found.rejected) == (3, 0, 0)
    assert (org(found, "甲协会")["n_full"], org(found, "甲协会")["prob"]) == (3, 1)
    assert (org(found, "乙学会")["n_full"], org(found, "乙学会")["has_unit"]) == (0, False)
    assert (org(found, "丙商会")["n_full"], org(found, "丙商会")["prob"]) == (2, 1)
    assert org(found, "丙商会")["superior"] == "新党委"
    assert {"n_full", "prob", "has_unit", "superior"} <= found.intake.fields
    assert found.changes.query("field == 'superior'")[["before", "after"]].to_numpy().tolist() == [
        ["南浔区委社会工作部", "新党委"]
    ]
    plan = make_plan(found.intake, SETTINGS, **places())
    assert plan.measures.set_index("name").loc["甲协会", "measure"] == "M10"


@pytest.mark.parametrize("blank", ["", None, "不详", "—"])
def test_a_blank_answer_changes_nothing(blank: object) -> None:
    found = answered(form({"org": "丁中心", "n_full": blank, "has_unit": "", "superior": blank}))

    assert (found.applied, found.unchanged, found.rejected) == (0, 1, 0)
    assert org(found, "丁中心")["n_full"] == 3


def test_a_row_that_cannot_be_placed_is_rejected() -> None:
    found = answered(
        form(
            {KEY: "id:0", "name": "某会", "n_full": 1},
            {KEY: key_of("甲协会"), "name": "乙学会", "n_full": 1},
            {"org": "丁中心", "n_full": 4},
            {"org": "丁中心", "n_full": 5},
        )
    )

    assert (found.applied, found.unchanged, found.rejected) == (0, 0, 4)
    assert codes(found) == ["F30", "F31", "F32", "F32"]
    assert found.problems["row"].tolist() == [7, 8, 9, 10]
    assert found.intake.orgs.equals(planned()[0].orgs)


def test_two_rows_with_one_key_may_complete_each_other() -> None:
    found = answered(form({"org": "甲协会", "n_full": 1}), form({"org": "甲协会", "superior": "某党委"}, name="b.xlsx"))

    assert (found.applied, found.rejected) == (2, 0)
    assert (org(found, "甲协会")["n_full"], org(found, "甲协会")["superior"]) == (1, "某党委")


def test_an_unreadable_cell_is_reported_and_the_others_count() -> None:
    found = answered(form({"org": "甲协会", "n_full": "若干", "superior": "某党委", "unit_form": "小队"}))

    assert found.applied == 1
    assert sorted(codes(found)) == ["F10", "V5"]
    assert found.problems.query("code == 'V5'")[["file", "row", "column", "value"]].to_numpy().tolist() == [
        ["form.xlsx", 7, t("field.n_full"), "若干"]
    ]
    assert org(found, "甲协会")["superior"] == "某党委"


def test_an_answer_that_contradicts_the_list_is_reported() -> None:
    found = answered(form({"org": "丁中心", "ft_in": 1, "ft_out": 0, "pt": 1}))

    assert codes(found) == ["V2"]
    assert found.problems["file"].tolist() == ["form.xlsx"]


def test_a_file_that_is_no_form_is_refused() -> None:
    with pytest.raises(UploadError):
        answered(Source("x.csv", b"1,2\n3,4\n"))


def test_what_the_form_offers_is_read_again() -> None:
    assert {match_header(header).code for field, header in form_headers().items() if field in ANSWERS} == set(ANSWERS)  # type: ignore[union-attr]
    for form_code in UnitForm:
        if form_code is not UnitForm.CELL:
            assert read_choice("unit_form", t(f"unit_form.{form_code}")) == form_code
    for mode in UnitMode:
        assert read_choice("unit_mode", t(f"survey.mode.{mode}")) == mode
