"""The blank list to fill in: one row of headers that the import knows, drop-down lists, and what each field means."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from coverage.export.unclocked import without_clock
from coverage.fields import FIELDS, INTERNAL, Field, Kind
from coverage.intake.choices import first_labels
from words import t

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_REQUIRED: Final = frozenset({"name"})
_RECOMMENDED: Final = frozenset(
    [
        "uscc",
        "org_type",
        "status",
        "supervisor",
        "superior",
        "address",
        "county",
        "township",
        "industry_code",
        "n_full",
        "prob",
        "has_unit",
        "unit_name",
        "unit_form",
        "unit_mode",
        "unit_units",
        "unit_reason",
        "reg_date",
    ]
)
#: Fields with usual words whose cells may say something else.
_OPEN_LISTS: Final = frozenset({"level", "superior_kind", "unit_reason", "venue_kind", "assess_grade"})
_COLOURS: Final = {"required": "FFF4B183", "recommended": "FFFFE699", "optional": "FFDDEBF7"}
_FORMATS: Final = {Kind.CODE: "@", Kind.TEXT: "@", Kind.CHOICE: "@", Kind.DATE: "yyyy-mm-dd", Kind.COUNT: "0"}
_LAST_ROW: Final = 20_000
_WIDTH: Final = 18
_WIDE: Final = 44
_DAY: Final = "2026-01-01"


def template_fields() -> tuple[Field, ...]:
    """Return the fields of the list to fill in, in the order of its columns: the needed ones first."""
    fields = [field for field in FIELDS if field.code not in INTERNAL]
    return tuple(sorted(fields, key=lambda field: list(_COLOURS).index(_need(field.code))))


def template_header(field: Field) -> str:
    """Return the header of a field, one that the import knows."""
    return field.aliases[0]


def import_template() -> bytes:
    """Return the blank list (XLSX) with its instructions and code lists; always the same bytes."""
    book = Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    sheet = book.create_sheet(t("template.sheet.list"))
    guide = book.create_sheet(t("template.sheet.guide"))
    codes = book.create_sheet(t("template.sheet.codes"))
    fields = template_fields()
    _fill_codes(codes, fields)
    _fill_list(sheet, fields, codes)
    _fill_guide(guide, fields)
    file = io.BytesIO()
    book.save(file)
    return without_clock(file.getvalue(), day=_DAY)


def allowed_words(field: Field) -> list[str]:
    """Return the words to choose from, [] for a field without a list."""
    if field.kind in {Kind.TICK, Kind.PRESENCE}:
        return [t("template.yes"), t("template.no")]
    if field.kind is Kind.CHOICE:
        return first_labels(field.code)
    return t(f"template.list.{field.code}").split() if field.code in _OPEN_LISTS else []


def _need(code: str) -> str:
    if code in _REQUIRED:
        return "required"
    return "recommended" if code in _RECOMMENDED else "optional"


def _fill_list(sheet: Worksheet, fields: tuple[Field, ...], codes: Worksheet) -> None:
    for number, field in enumerate(fields, 1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, template_header(field))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_COLOURS[_need(field.code)])
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.comment = Comment(_note(field), t("template.author"))
        column = sheet.column_dimensions[letter]
        column.width, column.number_format = _WIDTH, _FORMATS.get(field.kind, "General")
        if rule := _rule(field, codes):
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"


def _rule(field: Field, codes: Worksheet) -> DataValidation | None:
    """Return the list or the check of a column; a warning only, so that 不详 can be written."""
    words = allowed_words(field)
    if words:
        letter = next(cell.column_letter for cell in codes[1] if cell.value == template_header(field))
        source = f"'{codes.title}'!${letter}$2:${letter}${len(words) + 1}"
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
    elif field.kind is Kind.COUNT:
        rule = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    else:
        return None
    rule.errorStyle, rule.showErrorMessage, rule.error = "warning", True, t("template.unusual")
    return rule


def _fill_codes(sheet: Worksheet, fields: tuple[Field, ...]) -> None:
    listed = [field for field in fields if allowed_words(field)]
    for number, field in enumerate(listed, 1):
        for row, word in enumerate([template_header(field), *allowed_words(field)], 1):
            sheet.cell(row, number, word).number_format = "@"
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTH
    sheet.freeze_panes = "A2"


def _fill_guide(sheet: Worksheet, fields: tuple[Field, ...]) -> None:
    sheet.append([t(f"template.guide.{name}") for name in ("field", "need", "meaning", "allowed", "example")])
    for field in fields:
        words = t("list.separator").join(allowed_words(field)) or t(f"template.kind.{field.kind.name.lower()}")
        row = (template_header(field), t(f"template.need.{_need(field.code)}"), t(f"template.meaning.{field.code}"))
        sheet.append([*row, words, template_example(field)])
        sheet.cell(sheet.max_row, 1).fill = PatternFill("solid", fgColor=_COLOURS[_need(field.code)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (_WIDTH, _WIDTH, _WIDE, _WIDE, _WIDTH), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def template_example(field: Field) -> str:
    """Return a cell as it may be filled in."""
    words = allowed_words(field)
    return words[0] if words else t(f"template.example.{field.code}")


def _note(field: Field) -> str:
    return t(f"template.meaning.{field.code}")
