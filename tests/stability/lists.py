"""Lists of one county in metres, their plans, and the files of earlier plans as people hand them on."""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pyproj import Geod

from coverage.export import read_measures, read_units, write_plan
from coverage.grouping import Wishes
from coverage.intake import Source
from coverage.pipeline import make_plan
from coverage.settings import PlanSettings
from coverage.stability import judge_changes, read_earlier
from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
from geo.divisions import load_divisions
from tests.made_once import read_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from coverage.intake import Intake
    from coverage.pipeline import Plan
    from coverage.stability import Earlier, Stability

COUNTY, OTHER_COUNTY = "370102", "370103"
CENTRE = (117.08, 36.66)
FIELDS = (
    "reg_no", "name", "county", "lon", "lat", "crs", "precision", "n_full", "industry_code", "status", "superior",
    "unit_name", "unit_form", "has_unit", "travel_limit_m",
)  # fmt: skip

Row = dict[str, str]


class Followed(NamedTuple):
    """A plan that follows an earlier one, and what became of that."""

    plan: Plan
    earlier: Earlier
    found: Stability

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """Change and reason of each organisation whose unit is another one, by its registration number."""
        rows = self.found.changes
        return {
            org_id.removeprefix("reg:"): (change, reason)
            for org_id, change, reason in zip(rows["org_id"], rows["change"], rows["reason"], strict=True)
        }


def settings(**changes: Any) -> PlanSettings:
    return PlanSettings(as_of=date(2026, 1, 1), **changes)


def org(number: str, east_m: float = 0, north_m: float = 0, *, n: int = 2, **fields: str) -> Row:
    """Return a row of a list: an organisation with full members so many metres east and north of the centre."""
    azimuth, metres = np.degrees(np.arctan2(east_m, north_m)), np.hypot(east_m, north_m)
    lon, lat, _ = Geod(ellps="WGS84").fwd(*CENTRE, azimuth, metres)
    row = {"reg_no": number, "name": f"org {number}", "county": COUNTY, "crs": "wgs84", "industry_code": "8310"}
    return row | {"lon": f"{lon:.7f}", "lat": f"{lat:.7f}", "n_full": str(n)} | fields


def csv_of(rows: Iterable[Mapping[str, str]], fields: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def intake(rows: Sequence[Row], rules: PlanSettings) -> Intake:
    return read_once(Source("list.csv", csv_of(rows, FIELDS)), rules)


@cache
def places() -> dict[str, Any]:
    return {"divisions": load_divisions(), "boundaries": load_boundaries(DEFAULT_DIRECTORY)}


def plan_of(rows: Sequence[Row], *, wishes: Wishes | None = None, **changes: Any) -> Plan:
    rules = settings(**changes)
    return make_plan(intake(rows, rules), rules, wishes=wishes or Wishes(), **places())


def units_csv(*units: Mapping[str, Any]) -> bytes:
    """Return a groups.csv as a person writes it: of each unit group_id, orgs (the first leads), form and state."""
    rows = [
        {
            "group_id": unit["group_id"],
            "form": unit.get("form", "joint"),
            "org_id": f"reg:{number}",
            "name": f"org {number}",
            "role": ("host" if unit.get("form") == "attached" else "lead") if place == 0 else "member",
            "state": unit.get("state", ""),
            "members": unit.get("members", ""),
            "county_name": unit.get("county_name", ""),
            "superior": unit.get("superior", ""),
        }
        for unit in units
        for place, number in enumerate(unit["orgs"])
    ]
    columns = ("group_id", "form", "org_id", "name", "role", "members", "county_name", "superior", "state")
    return csv_of(rows, columns)


def follow(content: bytes, rows: Sequence[Row], *, measures: bytes = b"", **changes: Any) -> Followed:
    """Return the plan of a list that follows the groups.csv of an earlier plan, with its measures.csv if given.

    Made once for all tests that ask for the same: nobody writes into its tables.
    """
    key = repr((content, rows, measures, changes))
    if key not in _FOLLOWED:
        _FOLLOWED[key] = _follow(content, rows, measures=measures, rules=settings(**changes))
    return _FOLLOWED[key]


_FOLLOWED: dict[str, Followed] = {}


def _follow(content: bytes, rows: Sequence[Row], *, measures: bytes, rules: PlanSettings) -> Followed:
    read = intake(rows, rules)
    earlier = read_earlier(
        read_units(content),
        frozenset(read.orgs["org_id"]),
        file="groups.csv",
        before=read_measures(measures) if measures else None,
    )
    wishes = Wishes(kept=earlier.kept, earlier=earlier.drafts)
    plan = make_plan(read, rules, wishes=wishes, **places())
    found = judge_changes(plan, earlier, wishes=wishes, divisions=places()["divisions"])
    return Followed(plan, earlier, found)


def follow_plan(before: Plan, rows: Sequence[Row], **changes: Any) -> Followed:
    """Return the plan of a list that follows another plan as it was written."""
    files = write_plan(before)
    return follow(files["groups.csv"], rows, measures=files["measures.csv"], **changes)


def members_of(groups: pd.DataFrame) -> set[frozenset[str]]:
    """Return the registration numbers of the organisations of each unit."""
    return {frozenset(rows["org_id"].str.removeprefix("reg:")) for _, rows in groups.groupby("group_id")}
