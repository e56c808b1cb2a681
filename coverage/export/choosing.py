"""A table of a plan as somebody wants it: of one area, some of its columns, as CSV or as a workbook."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from coverage.export import coverage_sheet, groups_sheet, measures_sheet, problems_sheet, worded_sheet
from coverage.export.cells import write_csv
from coverage.export.table_workbook import write_workbook
from words import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from coverage.export import Header
    from coverage.pipeline import Plan

TableName = Literal["groups", "measures", "coverage", "problems"]
Format = Literal["csv", "xlsx"]

TABLES: Final[tuple[TableName, ...]] = ("groups", "measures", "coverage", "problems")
#: Without these a row says nothing of whom it is about: they are always there.
KEYS: Final[Mapping[TableName, tuple[str, ...]]] = MappingProxyType(
    {
        "groups": ("group_id", "org_id"),
        "measures": ("org_id",),
        "coverage": ("adcode", "name", "level"),
        "problems": ("file", "sheet", "row", "column", "code"),
    }
)
_NO_STATES: Final[Mapping[str, str]] = MappingProxyType({})


class Choice(NamedTuple):
    """What is wanted of a table.

    `areas` are codes of counties and of areas above them, None the whole plan; `columns` none: all of them.
    """

    areas: frozenset[str] | None = None
    columns: tuple[str, ...] = ()


def chosen_sheet(
    plan: Plan, name: TableName, choice: Choice, *, states: Mapping[str, str] = _NO_STATES
) -> pd.DataFrame:
    """Return a table with the rows and columns that are wanted, in the order of the whole table.

    Findings have the area of the organisation in their row; those of rows that were refused have none.
    """
    sheet = _rows(plan, name, choice.areas, states=states)
    if not choice.columns:
        return sheet
    wanted = {*choice.columns, *KEYS[name]}
    return sheet[[column for column in sheet if column in wanted]]


def table_file(sheet: pd.DataFrame, name: TableName, *, header: Header, kind: Format) -> bytes:
    """Return a table as a file; both kinds hold the same cells."""
    worded, headers = worded_sheet(sheet, header=header, of="coverage" if name == "coverage" else "")
    if kind == "csv":
        return write_csv(worded, headers=headers)
    return write_workbook(worded, headers=headers, title=t(f"export.sheet.{name}") if header == "zh" else name)


def _rows(plan: Plan, name: TableName, areas: frozenset[str] | None, *, states: Mapping[str, str]) -> pd.DataFrame:
    if name == "problems":
        return problems_sheet(plan.problems if areas is None else _problems_of(plan, areas))
    if name == "groups":
        sheet = groups_sheet(plan, states=states)
    else:
        sheet = measures_sheet(plan) if name == "measures" else coverage_sheet(plan)
    code = "adcode" if name == "coverage" else "county"
    return sheet if areas is None else sheet[sheet[code].isin(areas)].reset_index(drop=True)


def _problems_of(plan: Plan, areas: frozenset[str]) -> pd.DataFrame:
    """Return the findings about rows whose organisation lies in these areas."""
    there = plan.places.loc[plan.places["adcode"].isin(areas), "org_id"]
    rows = plan.orgs.loc[plan.orgs["org_id"].isin(there), ["file", "sheet", "row"]].drop_duplicates()
    found = plan.problems.merge(rows.astype({"row": "Int64"}), on=["file", "sheet", "row"], how="left", indicator=True)
    return plan.problems[(found["_merge"] == "both").to_numpy()]
