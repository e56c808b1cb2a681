"""review-queue.csv: the organisations whose location is not sure, the place that decides most first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.export.cells import format_numbers
from coverage.export.texts import code_texts, label_texts

if TYPE_CHECKING:
    from coverage.pipeline import Plan

REVIEW_COLUMNS: Final = (
    "place",
    "effect",
    "units",
    "orgs_open",
    "orgs",
    "org_id",
    "name",
    "address",
    "county",
    "county_name",
    "township_name",
    "location_level",
    "location_label",
    "location_radius_m",
    "doubts",
    "doubts_label",
    "block_units",
    "block_orgs",
    "file",
    "sheet",
    "row",
)
_COUNTS: Final = ("place", "effect", "units", "orgs_open", "orgs", "block_units", "block_orgs", "row")


def review_sheet(plan: Plan) -> pd.DataFrame:
    """Return review-queue.csv: a row an organisation, those of one building together; by place, org_id."""
    from coverage.review import review_places  # noqa: PLC0415 # it reads all of grouping, which `geocode` can do without

    found = review_places(plan)
    rows = found.doubts.merge(found.queue.drop(columns=["org_id", "adcode", "is_building"]), on="place")
    rows = rows.merge(plan.orgs[["org_id", "name", "address", "file", "sheet", "row"]], on="org_id", validate="1:1")
    about = ["org_id", "adcode", "county_name", "township_name", "location_level", "location_radius_m"]
    rows = rows.merge(plan.places[about], on="org_id", validate="1:1")
    sheet = rows.assign(
        county=rows["adcode"],
        location_label=label_texts(rows["location_level"], prefix="level"),
        doubts_label=code_texts(rows["doubts"], prefix="doubt"),
        location_radius_m=format_numbers(rows["location_radius_m"], decimals=0),
        **{name: format_numbers(rows[name], decimals=0) for name in _COUNTS},
    )
    return sheet[list(REVIEW_COLUMNS)]
