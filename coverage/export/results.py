"""What a plan says of each row of the lists, in words: the columns that are added to the user's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.export.cells import escape_cells
from coverage.export.sheets import groups_sheet, measures_sheet, problem_texts
from coverage.export.texts import label_texts
from coverage.vocabulary import Role
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan

#: Neither members nor the secretary hint: the file is passed on, and what is sensitive stays where it was (§12).
RESULT_COLUMNS: Final = (
    "measure",
    "measure_label",
    "provisional_label",
    "adjust_label",
    "flags_label",
    "group_id",
    "group_name",
    "role",
    "lead",
    "distance_m",
    "reason",
    "proposed_superior",
    "problems",
)
#: The one column of numbers.
DISTANCE: Final = RESULT_COLUMNS.index("distance_m")
_PLACE: Final = ["sheet", "row"]


def result_headers() -> list[str]:
    """Return what stands over the added columns: no header that an import would take for a field of the list."""
    return [t(f"result.{name}") for name in RESULT_COLUMNS]


def result_cells(plan: Plan, *, file: str) -> dict[str, dict[int, list[str]]]:
    """Return the added cells of each row that is an organisation or has a finding, by sheet and row of one file."""
    orgs = _of_orgs(plan, file)
    rows = orgs.merge(_of_problems(plan.problems, file), on=_PLACE, how="outer").sort_values(_PLACE)
    columns = [escape_cells(rows[name].fillna("").astype("str")).tolist() for name in RESULT_COLUMNS]
    found: dict[str, dict[int, list[str]]] = {}
    for sheet, row, *cells in zip(rows["sheet"], rows["row"], *columns, strict=True):
        found.setdefault(sheet, {})[int(row)] = cells
    return found


def _of_orgs(plan: Plan, file: str) -> pd.DataFrame:
    measures = measures_sheet(plan)
    measures = measures[measures["file"] == file]
    columns = [*_PLACE, "org_id", *(name for name in RESULT_COLUMNS if name in measures)]
    return measures[columns].merge(_of_groups(plan), on=["org_id", "group_id"], how="left", validate="1:1")


def _of_groups(plan: Plan) -> pd.DataFrame:
    groups = groups_sheet(plan)
    leads = groups[groups["role"] != Role.MEMBER].drop_duplicates("group_id").set_index("group_id")["name"]
    told = groups.assign(lead=groups["group_id"].map(leads), role=label_texts(groups["role"], prefix="role"))
    columns = ["org_id", "group_id", "group_name", "role", "lead", "distance_m"]
    return told[columns].drop_duplicates(["org_id", "group_id"])


def _of_problems(problems: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return code and message of all findings of a row, in the order of their codes."""
    of_row = problems[(problems["file"] == file) & problems["row"].notna()]
    of_row = of_row.sort_values([*_PLACE, "code", "column"], kind="stable")
    told = of_row["code"].astype("str") + " " + problem_texts(of_row)["message"].astype("str")
    by_row = of_row.assign(problems=told).astype({"row": "int64"}).groupby(_PLACE, sort=True)["problems"]
    return by_row.agg(t("list.separator").join).astype("str").reset_index()
