"""The four tables of a plan as a reader gets them: columns, order and digits of INTERFACES, reasons in words.

Form, role and state are codes still; `write_plan` turns them into words under Chinese headers.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.codes import has_code
from coverage.export.cells import format_numbers
from coverage.export.names import group_names
from coverage.export.texts import (
    code_texts,
    fill_texts,
    group_reason_texts,
    label_texts,
    reason_texts,
    second_texts,
    way_out_texts,
)
from coverage.locating import FIELD_OF_PROBLEM
from coverage.references import read_reference
from coverage.vocabulary import EARLIER_PROBLEMS, REPEATS, Flag, Role, State
from words import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.pipeline import Plan

GROUP_COLUMNS = (
    "group_id",
    "form",
    "group_name",
    "org_id",
    "name",
    "role",
    "members",
    "group_members",
    "county",
    "county_name",
    "township_name",
    "business",
    "supervisor",
    "superior",
    "distance_m",
    "similarity",
    "cost",
    "lon",
    "lat",
    "reason",
    "warnings",
    "state",
    "second",
    "second_org",
    "second_cost",
)
MEASURE_COLUMNS = (
    "org_id",
    "name",
    "county",
    "county_name",
    "township_name",
    "members",
    "class14",
    "class14_source",
    "measure",
    "measure_label",
    "provisional",
    "adjust",
    "flags",
    "group_id",
    "location_level",
    "location_radius_m",
    "lon",
    "lat",
    "reason",
    "alternatives",
    "way_out",
    "file",
    "sheet",
    "row",
    "superior",
    "proposed_superior",
    "size_form",
    "secretary_hint",
    "liaison_set",
    "class14_name",
    "provisional_label",
    "adjust_label",
    "flags_label",
    "way_out_org",
    "class14_word",
)
#: Behind the others where venues were given.
VENUE_COLUMNS = ("venue_name", "venue_m")
PROBLEM_COLUMNS = (
    "file",
    "sheet",
    "row",
    "column",
    "value",
    "code",
    "severity",
    "message",
    "fix",
)
_ROLE_ORDER = {Role.LEAD: 0, Role.HOST: 1, Role.MEMBER: 2}
_NO_STATES: Final[Mapping[str, str]] = MappingProxyType({})
_DEGREE_DECIMALS, _COST_DECIMALS, _SIMILARITY_DECIMALS = 6, 4, 2


def groups_sheet(plan: Plan, *, states: Mapping[str, str] = _NO_STATES) -> pd.DataFrame:
    """Return groups.csv: one row per organisation in a proposed unit; by county, group_id, role, org_id.

    Parameters
    ----------
    states
        The state that people moved a unit to, by group_id; the others are as proposed.
    """
    rows = proposals(plan)
    names = group_names(rows, settings=plan.settings)
    order = rows.assign(rank=rows["role"].map(_ROLE_ORDER)).sort_values(["adcode", "group_id", "rank", "org_id"])
    rows = rows.loc[order.index].reset_index(drop=True)
    sheet = rows.assign(
        group_name=rows["group_id"].map(names).astype("str"),
        members=format_numbers(rows["n"], decimals=0),
        group_members=format_numbers(rows["group_members"], decimals=0),
        county=rows["adcode"],
        business=label_texts(rows["class14"], prefix="class14"),
        distance_m=format_numbers(rows["distance_m"], decimals=0),
        similarity=format_numbers(rows["similarity"], decimals=_SIMILARITY_DECIMALS),
        cost=format_numbers(rows["cost"], decimals=_COST_DECIMALS),
        state=[states.get(group_id, state) for group_id, state in zip(rows["group_id"], rows["state"], strict=True)],
        lon=format_numbers(rows["lon"], decimals=_DEGREE_DECIMALS),
        lat=format_numbers(rows["lat"], decimals=_DEGREE_DECIMALS),
        reason=group_reason_texts(rows, plan),
        second=second_texts(rows, plan),
        second_cost=format_numbers(rows["second_cost"], decimals=_COST_DECIMALS),
        warnings=code_texts(rows["warnings"], prefix="warning"),
    )
    return sheet.astype({"state": "str"})[list(GROUP_COLUMNS)]


def proposals(plan: Plan) -> pd.DataFrame:
    """Return `Groups` with what else is known of each organisation, and the state of each group."""
    of_org = plan.orgs[["org_id", "name", "unit_name", "site"]]
    of_org = of_org.merge(plan.duties[["org_id", "supervisor", "superior"]], on="org_id", validate="1:1")
    of_measure = plan.measures[["org_id", "n", "class14", "county_name", "township_name", "lon", "lat", "flags"]]
    rows = plan.groups.merge(of_org, on="org_id", how="left", validate="m:1")
    rows = rows.merge(of_measure, on="org_id", how="left", validate="m:1")
    is_blocked = pd.Series(has_code(rows["flags"], Flag.BLOCKED), index=rows.index)
    is_refused = is_blocked.groupby(rows["group_id"]).transform("any")
    return rows.assign(state=np.where(is_refused, State.BLOCKED, State.DRAFT)).astype({"state": "str"})


def measures_sheet(plan: Plan) -> pd.DataFrame:
    """Return measures.csv: one row per accepted organisation; by county, org_id."""
    rows = plan.measures.sort_values(["adcode", "org_id"], ignore_index=True)
    sheet = rows.assign(
        county=rows["adcode"],
        members=format_numbers(rows["n"], decimals=0),
        class14_name=label_texts(rows["class14"], prefix="class14"),
        measure_label=label_texts(rows["measure"], prefix="measure"),
        provisional_label=label_texts(rows["provisional"], prefix="measure"),
        adjust_label=code_texts(rows["adjust"], prefix="adjust"),
        flags_label=code_texts(rows["flags"], prefix="flag"),
        location_radius_m=format_numbers(rows["location_radius_m"], decimals=0),
        lon=format_numbers(rows["lon"], decimals=_DEGREE_DECIMALS),
        lat=format_numbers(rows["lat"], decimals=_DEGREE_DECIMALS),
        reason=reason_texts(rows),
        way_out=way_out_texts(rows, plan),
    )
    if plan.places["venue_m"].isna().all():
        return sheet[list(MEASURE_COLUMNS)]
    venues = plan.places.set_index("org_id")[["venue_name", "venue_m"]].loc[rows["org_id"]].reset_index(drop=True)
    sheet = sheet.assign(venue_name=venues["venue_name"], venue_m=format_numbers(venues["venue_m"], decimals=0))
    return sheet[[*MEASURE_COLUMNS, *VENUE_COLUMNS]]


def coverage_sheet(plan: Plan) -> pd.DataFrame:
    """Return coverage.csv: one row per area, counts whole, rates in per cent with one decimal."""
    columns = {
        name: format_numbers(plan.coverage[name], decimals=1 if name.endswith("_rate") else 0)
        for name in plan.coverage.columns.drop(["adcode", "name", "level"])
    }
    name = plan.coverage["name"]
    return plan.coverage.assign(
        **columns, name=name.where(name != "", label_texts(plan.coverage["level"], prefix="area"))
    )


def problems_sheet(problems: pd.DataFrame) -> pd.DataFrame:
    """Return problems.csv: what was found in the lists, by file, sheet and row, with what to do about it."""
    rows = problems.sort_values(
        ["file", "sheet", "row", "code", "column"], na_position="first", kind="stable", ignore_index=True
    )
    sheet = rows.assign(
        column=problem_columns(rows), row=format_numbers(rows["row"], decimals=0), **problem_texts(rows)
    )
    return sheet[list(PROBLEM_COLUMNS)]


def problem_texts(problems: pd.DataFrame) -> pd.DataFrame:
    """Return message and fix of each finding."""
    of = problems.assign(column=problem_columns(problems), detail=_details(problems))
    return pd.DataFrame(
        {text: fill_texts("problem." + of["code"] + f".{text}", of) for text in ("message", "fix")}, index=of.index
    )


def _details(problems: pd.DataFrame) -> pd.Series:
    """Return the other value of each message, another row in words."""
    names_row = problems["code"] == REPEATS
    return problems["detail"].mask(names_row, problems["detail"].where(names_row, "").map(_row_text).astype("str"))


def _row_text(detail: str) -> str:
    reference = read_reference(detail)
    if reference is None:
        return t("other_row.unknown")
    where = "_".join(part for part in ("file", "sheet") if getattr(reference, part))
    return t(f"other_row.{where or 'here'}", **reference._asdict())


def problem_columns(problems: pd.DataFrame) -> pd.Series:
    """Return the header each finding is about; some stages know the field alone, not the header of the file."""
    columns = problems["column"]
    for codes, prefix in ((list(FIELD_OF_PROBLEM), "field"), (EARLIER_PROBLEMS, "column")):
        is_field = problems["code"].isin(codes)
        columns = columns.mask(is_field, label_texts(columns.where(is_field, ""), prefix=prefix))
    return columns
