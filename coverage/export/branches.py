"""existing-branches.csv: joint branches there are with room, who could join each, and what that would gain (§5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.export.cells import format_numbers
from coverage.export.texts import fill_texts, label_texts

if TYPE_CHECKING:
    from coverage.pipeline import Plan

_COST_DECIMALS: Final = 4
BRANCH_COLUMNS: Final = (
    "county",
    "county_name",
    "superior",
    "branch",
    "branch_org",
    "branch_units",
    "branch_members",
    "room_units",
    "room_members",
    "org_id",
    "name",
    "members",
    "distance_m",
    "similarity",
    "measure",
    "measure_label",
    "gain",
    "note",
)


def branches_sheet(plan: Plan) -> pd.DataFrame:
    """Return existing-branches.csv: a row per organisation that could join; by county, branch, gain."""
    about = plan.measures.loc[
        plan.measures["org_id"].isin(plan.branches["org_id"]), ["org_id", "name", "n", "county_name"]
    ]
    rows = plan.branches.merge(about, on="org_id", how="left", validate="1:1")
    notes = pd.Series("branch_note.breaks", index=rows.index, dtype="str").where(rows["breaks"].astype(bool), "")
    sheet = rows.assign(
        county=rows["adcode"],
        branch=rows["branch"].where(rows["branch"] != "", rows["branch_org"]),
        branch_units=format_numbers(rows["units"], decimals=0),
        branch_members=format_numbers(rows["branch_members"], decimals=0),
        room_units=format_numbers(rows["room_units"], decimals=0),
        room_members=format_numbers(rows["room_members"], decimals=0),
        members=format_numbers(rows["n"], decimals=0),
        distance_m=format_numbers(rows["distance_m"], decimals=0),
        similarity=format_numbers(rows["similarity"], decimals=2),
        measure_label=label_texts(rows["measure"], prefix="measure"),
        gain=format_numbers(rows["gain"], decimals=_COST_DECIMALS),
        note=fill_texts(notes, rows),
    )
    return sheet[list(BRANCH_COLUMNS)]
