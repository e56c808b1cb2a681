from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

import cli
from coverage.export.template import allowed_words, import_template, template_example, template_fields, template_header
from coverage.fields import FIELDS, INTERNAL, is_personal_header, match_header
from coverage.intake import Intake, Source, read_lists
from coverage.settings import PlanSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
# What the examples of the template mean, field by field
MEANT: dict[str, object] = {
    "uscc": "52330502MJ9000014L",
    "reg_no": "00123",
    "org_type": "association",
    "status": "normal",
    "county": "330502",
    "class14": "1",
    "n_full": 4,
    "ft_in": 2,
    "ft_out": 1,
    "pt": 1,
    "prob": 1,
    "has_unit": True,
    "unit_form": "committee",
    "unit_mode": "single",
    "instructor": True,
    "star": 5,
    "legal_rep_member": True,
    "travel_limit_m": 3000.0,
    "lon": 120.1,
    "lat": 30.87,
}


def filled(rows: Sequence[Mapping[str, str]] = ({},)) -> bytes:
    """Return the template with one row for each mapping: its cells, and the examples elsewhere."""
    book = openpyxl.load_workbook(io.BytesIO(import_template()))
    for row, cells in enumerate(rows, 2):
        for number, field in enumerate(template_fields(), 1):
            book["名单"].cell(row, number, cells.get(field.code, template_example(field)))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content: bytes) -> Intake:
    return read_lists([Source("名单.xlsx", content)], settings=SETTINGS, crs=None)


def test_a_filled_template_reads_back_without_problems() -> None:
    intake = read(filled())

    assert intake.problems.to_dict("records") == []
    assert (len(intake.orgs), intake.rejected, intake.personal_columns) == (1, 0, 0)
    row = intake.orgs.iloc[0]
    assert {field: row[field] for field in MEANT} == MEANT


def test_every_field_has_a_column_that_the_import_takes_for_it() -> None:
    taken = read(filled()).mappings

    assert taken["sheet"].unique().tolist() == ["名单"]
    assert taken["field"].tolist() == [field.code for field in template_fields()]
    assert set(taken["field"]) == {field.code for field in FIELDS} - INTERNAL


def test_every_word_of_a_list_is_read() -> None:
    words = [(field.code, word) for field in template_fields() for word in allowed_words(field)]

    problems = read(filled([{code: word} for code, word in words])).problems

    assert len(words) > len(FIELDS)
    assert problems[problems["code"].isin(["F10", "F11", "V5"])].to_dict("records") == []


def test_no_column_is_about_a_person() -> None:
    headers = [template_header(field) for field in template_fields()]

    assert [name for name in headers if match_header(name) is None and is_personal_header(name)] == []


def test_lists_notes_formats_and_frozen_header() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(import_template()))["名单"]
    codes = [field.code for field in template_fields()]
    listed = sum(bool(allowed_words(field)) for field in template_fields())

    rules = sheet.data_validations.dataValidation
    assert sum(rule.type == "list" for rule in rules) == listed
    assert sheet.freeze_panes == "B2"
    assert all(cell.comment and cell.comment.text for cell in sheet[1])
    letter = get_column_letter(codes.index("uscc") + 1)
    assert sheet.column_dimensions[letter].number_format == "@"


def test_the_same_bytes_each_time() -> None:
    assert import_template() == import_template()


def test_the_command_writes_the_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["cli.py", "template", "--out", str(tmp_path / "blank.xlsx")])

    assert cli.main() == 0
    assert (tmp_path / "blank.xlsx").read_bytes() == import_template()
