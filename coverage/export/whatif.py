"""What was tried, as files: the figures of each case, and how often each proposed unit came again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.export import write_sheet
from coverage.export.cells import format_numbers
from coverage.export.texts import label_texts
from coverage.vocabulary import Role
from words import t

if TYPE_CHECKING:
    from coverage.export import Header
    from coverage.whatif import Trial

FIGURE_COLUMNS = (
    "county",
    "county_name",
    "parameter",
    "parameter_label",
    "value",
    "small",
    "covered",
    "joint",
    "attached",
    "instructor",
    "uncovered",
    "units",
    "cost",
    "travel",
    "bound",
    "gap_share",
    "proved",
)
SHARE_COLUMNS = (
    "county",
    "county_name",
    "group_id",
    "form",
    "org_id",
    "name",
    "role",
    "total",
    "position",
    "legal",
    "weights",
    "most_units",
    "with_lead",
)
_DECIMALS = {"cost": 4, "travel": 4, "bound": 4, "gap_share": 4}
_SHARES = ("total", "position", "legal", "weights", "most_units")
_SHARE_DECIMALS = 3
_ROLE_ORDER = {Role.LEAD: 0, Role.HOST: 1, Role.MEMBER: 2}


def write_what_if(
    trial: Trial, groups: pd.DataFrame, measures: pd.DataFrame, *, header: Header = "zh"
) -> dict[str, bytes]:
    """Return the content of each file by its name; `groups` and `measures` are those of the plan that was tried."""
    sheets = {
        "what-if.csv": figures_sheet(trial.figures, measures),
        "survival.csv": survival_sheet(trial, groups, measures),
    }
    return {name: write_sheet(sheet, header=header, of="whatif") for name, sheet in sheets.items()}


def figures_sheet(figures: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return what-if.csv: case after case, in each all counties together, then one by one."""
    counties = measures.drop_duplicates("adcode").set_index("adcode")["county_name"]
    sheet = figures.assign(
        county=figures["adcode"],
        county_name=figures["adcode"].map(counties).where(figures["adcode"] != "", t("whatif.all_counties")),
        parameter_label=label_texts(figures["parameter"], prefix="whatif.parameter"),
        value=figures["value"].map("{:g}".format).where(figures["value"].notna(), ""),
        gap_share=gap_shares(figures),
        proved=figures["is_proved"].map({True: t("whatif.proved"), False: ""}).astype("str"),
    )
    numbers = {name: format_numbers(sheet[name], decimals=decimals) for name, decimals in _DECIMALS.items()}
    return sheet.assign(**numbers)[list(FIGURE_COLUMNS)]


def gap_shares(figures: pd.DataFrame) -> pd.Series:
    """Return how far each cost may be above the least, as a share of the travel (GROUPING §4); 0 where it is proved."""
    gap = (figures["cost"] - figures["bound"]).clip(lower=0)
    travel = figures["travel"].to_numpy(dtype=float)
    shares = np.divide(gap, travel, out=np.zeros(len(figures)), where=(travel > 0) & ~figures["is_proved"].to_numpy())
    return pd.Series(shares, index=figures.index)


def survival_sheet(trial: Trial, groups: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return survival.csv: a row for each organisation of a proposed unit, in each county the least sure unit first."""
    about = measures[["org_id", "name", "county_name"]]
    seats = groups[["group_id", "adcode", "form", "org_id", "role"]].merge(about, on="org_id", validate="m:1")
    rows = seats.merge(trial.units.drop(columns=["adcode", "form"]), on="group_id", validate="m:1")  # of one county
    with_lead = trial.seats.set_index(["group_id", "org_id"])["total"]
    rows = rows.assign(
        county=rows["adcode"],
        order=rows["role"].map(_ROLE_ORDER),
        with_lead=with_lead.reindex(pd.MultiIndex.from_frame(rows[["group_id", "org_id"]])).to_numpy(dtype=float),
    ).sort_values(["adcode", "total", "group_id", "order", "org_id"], ignore_index=True)
    shares = {name: format_numbers(rows[name], decimals=_SHARE_DECIMALS) for name in (*_SHARES, "with_lead")}
    return rows.assign(**shares)[list(SHARE_COLUMNS)]
