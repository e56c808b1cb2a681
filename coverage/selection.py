"""Which organisations of a plan are looked at: by what they are, where they are, or what is drawn around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.pipeline import Plan

#: Stands for organisations that name no supervisor, or say that they have none.
NO_SUPERVISOR = "-"


class Selection(NamedTuple):
    """What organisations must be like; an empty part asks for nothing. `text` is part of a name or of an org_id."""

    measures: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    supervisor: str = ""
    levels: tuple[str, ...] = ()
    unit: Literal["", "yes", "no"] = ""
    text: str = ""


def list_orgs(plan: Plan) -> pd.DataFrame:
    """Return the measures of a plan with supervisor, everybody's travel limit, the unit there is, and the one proposed.

    `has_unit` and `unit_name` are of the first, `form` and `lead` (name of its lead or host) of the second, "" none.
    """
    duties = plan.duties[["org_id", "supervisor", "unit_kind"]]
    units = plan.orgs[["org_id", "unit_name"]]
    about = duties.merge(units, on="org_id", validate="one_to_one")
    about = about.merge(plan.places[["org_id", "limit_m"]], on="org_id", validate="one_to_one")
    listed = plan.measures.drop(columns="limit_m").merge(about, on="org_id", validate="one_to_one")
    listed = listed.merge(_leads(plan), on="group_id", how="left", validate="many_to_one")
    proposed = listed[["form", "lead"]].fillna("")
    return listed.assign(has_unit=listed["unit_kind"] != "", **proposed).drop(columns="unit_kind")


def select_orgs(listed: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Return the rows of `list_orgs` that a selection keeps, in their order."""
    kept = pd.Series(data=True, index=listed.index)
    for column, values in (
        ("measure", selection.measures),
        ("class14", selection.classes),
        ("location_level", selection.levels),
    ):
        if values:
            kept &= listed[column].isin(values)
    if selection.supervisor:
        kept &= listed["supervisor"] == ("" if selection.supervisor == NO_SUPERVISOR else selection.supervisor)
    if selection.unit:
        kept &= listed["has_unit"] == (selection.unit == "yes")
    if selection.text:
        kept &= _mentions(listed["name"], selection.text) | _mentions(listed["org_id"], selection.text)
    return listed[kept]


def orgs_within(measures: pd.DataFrame, polygon: Sequence[tuple[float, float]]) -> pd.DataFrame:
    """Return the organisations whose own point lies in a polygon drawn by hand; its border counts as inside.

    Parameters
    ----------
    measures
        Rows with lon and lat, WGS-84 degrees; those without a point are in no polygon.
    polygon
        Corners as lon, lat; where the line crosses itself, what it goes around is inside.
    """
    area = shapely.make_valid(shapely.Polygon(polygon))
    west, south, east, north = area.bounds
    near = measures[measures["lon"].between(west, east) & measures["lat"].between(south, north)]
    shapely.prepare(area)
    return near[shapely.intersects_xy(area, near["lon"].to_numpy(), near["lat"].to_numpy())]


def _leads(plan: Plan) -> pd.DataFrame:
    """Return form and lead of each proposed unit; the lead or host stands first in it."""
    first = plan.groups.drop_duplicates("group_id")[["group_id", "form", "org_id"]]
    names = plan.measures[["org_id", "name"]].rename(columns={"name": "lead"})
    return first.merge(names, on="org_id", validate="one_to_one")[["group_id", "form", "lead"]]


def _mentions(texts: pd.Series[str], part: str) -> pd.Series[bool]:
    return texts.str.contains(part, case=False, regex=False)
