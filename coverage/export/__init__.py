"""A plan as files: the page and the command line write the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from coverage.export.branches import BRANCH_COLUMNS, branches_sheet
from coverage.export.breakdowns import breakdown_sheet, name_rows
from coverage.export.cells import csv_blocks, joined
from coverage.export.geocoding import GEOCODE_COLUMNS, geocode_sheet
from coverage.export.groups_file import read_groups, read_measures, read_units
from coverage.export.review import REVIEW_COLUMNS, review_sheet
from coverage.export.sheets import (
    GROUP_COLUMNS,
    MEASURE_COLUMNS,
    PROBLEM_COLUMNS,
    coverage_sheet,
    groups_sheet,
    measures_sheet,
    problem_texts,
    problems_sheet,
    proposals,
)
from coverage.export.summary import InputFile, Provenance, describe_input, plan_json, profile_warning
from coverage.export.texts import (
    code_texts,
    group_reason_texts,
    label_texts,
    reason_texts,
    second_texts,
    way_out_texts,
)
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from coverage.pipeline import Plan

__all__ = [
    "BRANCH_COLUMNS",
    "GEOCODE_COLUMNS",
    "GROUP_COLUMNS",
    "MEASURE_COLUMNS",
    "PROBLEM_COLUMNS",
    "REVIEW_COLUMNS",
    "Header",
    "InputFile",
    "Provenance",
    "branches_sheet",
    "breakdown_sheet",
    "code_texts",
    "coverage_sheet",
    "csv_blocks",
    "describe_input",
    "geocode_sheet",
    "group_reason_texts",
    "groups_sheet",
    "label_texts",
    "measures_sheet",
    "name_rows",
    "plan_json",
    "problem_texts",
    "problems_csv",
    "problems_sheet",
    "profile_warning",
    "proposals",
    "read_groups",
    "read_measures",
    "read_units",
    "reason_texts",
    "review_sheet",
    "second_texts",
    "sheet_blocks",
    "way_out_texts",
    "worded_sheet",
    "write_plan",
    "write_sheet",
]

Header = Literal["zh", "code"]
#: Columns whose codes become words under Chinese headers (INTERFACES).
_WORDED = {
    "form": "form",
    "role": "role",
    "state": "state",
    "before_form": "form",
    "after_form": "form",
    "before_state": "state",
    "size_form": "size_form",
    "secretary_hint": "secretary_hint",
    "dimension": "dimension",
}
_UNKNOWN = Provenance()


def write_plan(plan: Plan, provenance: Provenance = _UNKNOWN, *, header: Header = "zh") -> dict[str, bytes]:
    """Return the content of each file of a plan by its name (INTERFACES, output of `plan`)."""
    return {
        "groups.csv": write_sheet(groups_sheet(plan, states=provenance.states), header=header),
        "measures.csv": write_sheet(measures_sheet(plan), header=header),
        "coverage.csv": write_sheet(coverage_sheet(plan), header=header, of="coverage"),
        "coverage-by.csv": write_sheet(breakdown_sheet(plan), header=header, of="breakdown"),
        "existing-branches.csv": write_sheet(branches_sheet(plan), header=header, of="branches"),
        "review-queue.csv": write_sheet(review_sheet(plan), header=header, of="review"),
        "problems.csv": problems_csv(plan.problems, header=header),
        "plan.json": plan_json(plan, provenance),
    }


def problems_csv(problems: pd.DataFrame, *, header: Header = "zh") -> bytes:
    """Return problems.csv of these findings alone."""
    return write_sheet(problems_sheet(problems), header=header)


def write_sheet(sheet: pd.DataFrame, *, header: Header = "zh", of: str = "") -> bytes:
    """Return a sheet as CSV, with Chinese headers and words for form, role and state, or with the codes for both.

    KPI columns (K1_num …) are codes under either.

    Parameters
    ----------
    of
        "coverage", "breakdown", "branches", "review" or "geocode", where a column means something else than in the
        other sheets (`column.coverage.name`).
    """
    return joined(sheet_blocks([sheet], header=header, of=of))


def sheet_blocks(sheets: Iterable[pd.DataFrame], *, header: Header = "zh", of: str = "") -> Iterator[bytes]:
    """Yield sheets with the same columns as one CSV, which `write_sheet` returns of a whole sheet."""
    for number, sheet in enumerate(sheets):
        table, headers = worded_sheet(sheet, header=header, of=of)
        yield from csv_blocks(table, headers=headers, goes_on=number > 0)


def worded_sheet(sheet: pd.DataFrame, *, header: Header = "zh", of: str = "") -> tuple[pd.DataFrame, dict[str, str]]:
    """Return a sheet with the words of its codes, and what stands over its columns; both as they are under "code"."""
    if header == "code":
        return sheet, {}
    worded = {name: label_texts(sheet[name], prefix=prefix) for name, prefix in _WORDED.items() if name in sheet}
    return sheet.assign(**worded), {name: _title(name, of) for name in sheet.columns}


def _title(name: str, of: str) -> str:
    keys = (f"column.{of}.{name}", f"column.{name}")
    return next((t(key) for key in keys if has_text(key)), name)
