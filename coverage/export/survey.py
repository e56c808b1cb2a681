"""Survey forms: what has to be asked of organisations, as workbooks to fill in and to send back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from coverage.export.cells import escape_cells
from coverage.export.texts import label_texts
from coverage.survey import ANSWERS, KEY, form_headers
from coverage.vocabulary import Affiliation, Location, Measure, UnitForm, UnitMode
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.worksheet.worksheet import Worksheet

    from coverage.pipeline import Plan

By = Literal["county", "township"]
_COUNTS: Final = ("n_full", "ft_in", "ft_out", "pt", "prob", "activists", "applicants")
_FORMS: Final = [form for form in UnitForm if form is not UnitForm.CELL]
_MODES: Final = [mode for mode in UnitMode if mode is not UnitMode.COMBINED]
_WIDTHS: Final = {KEY: 22, "name": 30, "address": 32, "superior": 26, "supervisor": 24, "asked": 40}
_USUAL_WIDTH: Final = 12
_LINES_ABOVE: Final = 5
_LOCKED: Final = PatternFill("solid", fgColor="FFE7E6E6")
_TITLE_FILL: Final = PatternFill("solid", fgColor="FFD9E2F3")
_SIDE: Final = Side(style="thin", color="FFBFBFBF")
_LINE: Final = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
#: What a spreadsheet allows in the name of a sheet, and a file system in that of a file.
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\<>|\"'\x00-\x1f]")
_LONGEST_SHEET_NAME: Final = 31
_ROOM_FOR_NUMBER: Final = 6
_LONGEST_FILE_NAME: Final = 80
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)


class Survey(NamedTuple):
    """What is asked: also open questions beside the unknown numbers, one sheet a county or a township, where to."""

    by: By = "county"
    with_questions: bool = True
    return_to: str = ""


def survey_rows(plan: Plan, *, with_questions: bool) -> pd.DataFrame:
    """Return the organisations to be asked, with what is known of them and why they are asked.

    Parameters
    ----------
    with_questions
        Also those whose superior is unclear, in conflict, or that have no county; else only M00.
    """
    of_measure = plan.measures[["org_id", "measure", "county_name", "township_name", "adcode"]]
    orgs = plan.orgs.merge(of_measure, on="org_id", validate="1:1")
    orgs = orgs.merge(plan.duties[["org_id", "affiliation"]], on="org_id", validate="1:1")
    places = plan.places.set_index("org_id").loc[orgs["org_id"], "location_level"].to_numpy()
    in_scope = orgs["measure"] != Measure.OUT_OF_SCOPE
    reasons = {
        "members": orgs["measure"] == Measure.UNKNOWN,
        "superior": orgs["measure"].eq(Measure.AFFILIATION) | orgs["affiliation"].eq(Affiliation.CONFLICT),
        "place": pd.Series(places == Location.NONE, index=orgs.index),
    }
    asked = pd.Series("", index=orgs.index, dtype="str")
    for name, hits in reasons.items():
        text = t(f"survey.asked.{name}")
        separator = asked.mask(asked != "", t("list.separator"))
        asked = asked.mask(hits, asked + separator + text)
    is_asked = in_scope & (reasons["members"] | ((asked != "") & with_questions))
    return orgs.assign(asked=asked)[is_asked].sort_values(["adcode", "township_name", "org_id"], ignore_index=True)


def survey_forms(plan: Plan, survey: Survey) -> dict[str, bytes]:
    """Return one workbook for each county by its file name; its sheets are the townships, or one for all."""
    rows = survey_rows(plan, with_questions=survey.with_questions)
    files: dict[str, bytes] = {}
    for adcode, of_county in rows.groupby("adcode", sort=True):
        county = str(of_county["county_name"].iloc[0]) or t("area.unlocated")
        name = _safe(t("survey.file", county=county, code=str(adcode)))[:_LONGEST_FILE_NAME]
        files[name.rstrip("-") + ".xlsx"] = _workbook(plan, survey, county=county, rows=of_county)
    return files


def _workbook(plan: Plan, survey: Survey, *, county: str, rows: pd.DataFrame) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, of_sheet in _sheets(survey.by, county, rows):
        _fill_sheet(book.create_sheet(name), plan, survey=survey, rows=of_sheet)
    book.properties.created = datetime.combine(plan.settings.as_of, datetime.min.time())
    file = io.BytesIO()
    book.save(file)
    return _without_clock(file.getvalue(), plan.settings.as_of.isoformat())


def _sheets(by: By, county: str, rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    taken: set[str] = set()
    groups = rows.groupby("township_name", sort=True) if by == "township" else [(county, rows)]
    for place, of_sheet in groups:
        stem = _safe(str(place) or t("survey.no_township"))[: _LONGEST_SHEET_NAME - _ROOM_FOR_NUMBER]
        names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(rows) + 2))
        name = next(name for name in names if name.casefold() not in taken)
        taken.add(name.casefold())
        yield name, of_sheet


def _fill_sheet(sheet: Worksheet, plan: Plan, *, survey: Survey, rows: pd.DataFrame) -> None:
    """Write title and instructions, the header, and one row for each organisation."""
    headers = form_headers() | {"asked": t("survey.why")}
    return_to = survey.return_to or t("survey.return_blank")
    above = (
        t("survey.title", place=sheet.title),
        t("survey.how"),
        t("survey.basis"),
        t("survey.as_of", date=plan.settings.as_of.isoformat()),
        t("survey.return_to_line", to=return_to),
    )
    for number, text in enumerate(above, 1):
        sheet.cell(number, 1, text).alignment = Alignment(wrap_text=False)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.append(list(headers.values()))
    cells = [_texts(rows, field) for field in headers]
    for record in zip(*cells, strict=True):
        sheet.append([text or None for text in record])
    _dress(sheet, list(headers))
    _add_lists(sheet, list(headers), last_row=_LINES_ABOVE + 1 + len(rows))


def _texts(rows: pd.DataFrame, field: str) -> list[str]:
    """Return what is known already, in words that the import reads; nothing a spreadsheet takes for a formula."""
    if field == "has_unit":
        known = rows[field].map({True: t("survey.yes"), False: t("survey.no")}).astype("object")
        return known.where(known.notna(), "").tolist()
    if field in {"unit_form", "unit_mode"}:
        return label_texts(rows[field], prefix=field if field == "unit_form" else "survey.mode").tolist()
    column = rows["org_id" if field == KEY else field]
    texts = column.astype("object").where(column.notna(), "").astype("str")
    return escape_cells(texts).tolist()


def _dress(sheet: Worksheet, fields: list[str]) -> None:
    for row in sheet.iter_rows(min_row=_LINES_ABOVE + 1, max_col=len(fields)):
        for field, cell in zip(fields, row, strict=True):
            is_header = cell.row == _LINES_ABOVE + 1
            cell.border, cell.data_type = _LINE, "s" if cell.value else "n"
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.number_format = "General" if field in _COUNTS else "@"
            if is_header or field not in ANSWERS:
                cell.fill = _TITLE_FILL if is_header else _LOCKED
            if is_header:
                cell.font = Font(bold=True)
    for number, field in enumerate(fields, 1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(field, _USUAL_WIDTH)
    sheet.freeze_panes = f"C{_LINES_ABOVE + 2}"


def _add_lists(sheet: Worksheet, fields: list[str], *, last_row: int) -> None:
    """Add the drop-down lists, and whole numbers for counts; a warning only, so that "不详" can be written."""
    lists = {
        "has_unit": [t("survey.yes"), t("survey.no")],
        "unit_form": [t(f"unit_form.{form}") for form in _FORMS],
        "unit_mode": [t(f"survey.mode.{mode}") for mode in _MODES],
    }
    for number, field in enumerate(fields, 1):
        letter = get_column_letter(number)
        area = f"{letter}{_LINES_ABOVE + 2}:{letter}{last_row}"
        if field in lists:
            rule = DataValidation(type="list", formula1='"' + ",".join(lists[field]) + '"', allow_blank=True)
        elif field in _COUNTS:
            rule = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        else:
            continue
        rule.errorStyle, rule.showErrorMessage, rule.error = "warning", True, t("survey.unusual")
        rule.add(area)
        sheet.add_data_validation(rule)


def _safe(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name).strip().strip(".") or t("survey.no_township")


def _without_clock(content: bytes, as_of: str) -> bytes:
    """Return a workbook without the moment of its making: the same list gives the same bytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(body, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + as_of.encode() + b"T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), part, zipfile.ZIP_DEFLATED)
    return body.getvalue()
