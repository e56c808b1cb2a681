from __future__ import annotations

import csv
import io
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from coverage.errors import PlanError
from coverage.export.choosing import KEYS, TABLES, Choice, TableName, chosen_sheet, table_file
from coverage.export.table_workbook import MAX_ROWS, write_workbook
from coverage.tables import Problems
from tests import tables
from tests.export.plans import NAMES, small_plan

if TYPE_CHECKING:
    from coverage.export import Header
    from coverage.pipeline import Plan

EVIL = ("=1+1", "+86", "-x", "\t=2", "a\x00b_x0041_<&>")


@cache
def full_plan() -> Plan:
    """A plan with a finding about the first row, one about a refused row, and names that look like formulas."""
    finding = {"file": "", "sheet": "", "column": "党员数", "value": "=cmd", "code": "V1", "severity": "warning"}
    return small_plan(names=EVIL, problems=tables.table(Problems, finding | {"row": 2}, finding | {"row": 99}))


@cache
def whole_sheet(name: TableName) -> pd.DataFrame:
    return chosen_sheet(full_plan(), name, Choice())


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def as_written(cell: Any) -> str:
    """What a spreadsheet shows: a number with the decimals of its format."""
    if isinstance(cell.value, int | float):
        decimals = len(cell.number_format.partition(".")[2])
        return f"{cell.value:.{decimals}f}"
    return "" if cell.value is None else unescape(str(cell.value))


@pytest.mark.parametrize("header", ["zh", "code"])
@pytest.mark.parametrize("name", TABLES)
def test_a_workbook_shows_cell_by_cell_what_the_csv_says(name: TableName, header: Header) -> None:
    sheet = whole_sheet(name)
    wanted = csv_rows(table_file(sheet, name, header=header, kind="csv"))
    content = table_file(sheet, name, header=header, kind="xlsx")
    read = load_workbook(io.BytesIO(content)).worksheets[0]
    shown = [[as_written(cell) for cell in row] for row in read.iter_rows(max_col=len(wanted[0]))]
    # What XML cannot hold is left out: the NUL of a hostile name.
    assert shown == [[cell.replace("\x00", "") for cell in row] for row in wanted]
    assert not [cell.coordinate for row in read.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()) == len(wanted)


def test_codes_are_text_and_counts_are_numbers() -> None:
    content = table_file(whole_sheet("measures"), "measures", header="code", kind="xlsx")
    head, first, *_ = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
    cells = {title.value: cell for title, cell in zip(head, first, strict=True)}
    assert (cells["county"].value, cells["county"].number_format) == ("370102", "@")
    assert (cells["members"].value, cells["lon"].number_format) == (2, "0.000000")


def test_numbers_keep_their_decimals_below_hundreds_of_blanks() -> None:
    lon = pd.Series([""] * 300 + ["120.109500"], dtype="object")
    content = write_workbook(pd.DataFrame({"lon": lon}), headers={}, title="x")
    assert as_written(load_workbook(io.BytesIO(content)).worksheets[0]["A302"]) == "120.109500"


def test_the_same_table_is_the_same_bytes() -> None:
    sheet = whole_sheet("groups")
    one, two = (table_file(sheet, "groups", header="zh", kind="xlsx") for _ in range(2))
    assert one == two


@pytest.mark.parametrize("name", TABLES)
def test_chosen_columns_keep_the_order_and_the_keys(name: TableName) -> None:
    whole = whole_sheet(name)
    last = str(whole.columns[-1])
    chosen = chosen_sheet(full_plan(), name, Choice(columns=(last,)))
    assert [*chosen.columns] == [column for column in whole if column in {last, *KEYS[name]}]
    pd.testing.assert_frame_equal(chosen, whole[[*chosen.columns]])


def test_an_area_has_its_own_rows_and_only_findings_about_them() -> None:
    plan = full_plan()
    there = plan._replace(
        orgs=plan.orgs.assign(file="", row=range(2, 2 + len(NAMES))), places=plan.places.assign(adcode="370102")
    )
    here, elsewhere = (Choice(areas=frozenset({code})) for code in ("370102", "330502"))
    counts = {
        name: (len(chosen_sheet(there, name, here)), len(chosen_sheet(there, name, elsewhere))) for name in TABLES
    }
    assert counts == {"groups": (4, 0), "measures": (5, 0), "coverage": (1, 0), "problems": (1, 0)}


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    with pytest.raises(PlanError) as refusal:
        write_workbook(pd.DataFrame(index=range(MAX_ROWS)), headers={}, title="x")
    assert refusal.value.key == "export.limit.rows"
