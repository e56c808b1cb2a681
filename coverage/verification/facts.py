"""The seats of proposed groups with what the list says of each organisation, and what a finding is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.credit_code import looks_rounded
from coverage.vocabulary import Form, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_ORG = ["org_id", "name", "pt", "level", "venue_kind", "refused"]
_OF_DUTY = [
    "org_id", "n", "prob", "unit_form", "unit_kind", "affiliation", "recorded_superior", "measure", "provisional",
    "adjust", "is_small", "is_host",
]  # fmt: skip
_OF_PLACE = ["org_id", "adcode", "county_name", "lon", "lat", "location_level", "is_precise", "limit_m"]
_OF_BUSINESS = ["org_id", "industry_code", "class14", "business_text"]
_TEXTS = [
    "name", "level", "venue_kind", "unit_form", "unit_kind", "affiliation", "recorded_superior", "measure",
    "provisional", "adjust", "adcode", "county_name", "location_level", "industry_code", "class14", "business_text",
]  # fmt: skip
STARS = (Form.JOINT.value, Form.ATTACHED.value)
#: Most rules are kept; nobody writes into a table.
NO_FINDINGS = pd.DataFrame(
    {name: pd.Series(dtype="str") for name in ("group_id", "org_id", "name", "code", "finding")}
    | {name: pd.Series(dtype="float64") for name in ("value", "limit")}
)


class Seats(NamedTuple):
    """Each row of a plan, and the whole list it is checked against.

    `rows` has one row per organisation of a group: group_id, form, org_id, role, is_listed, is_guest (not a host),
    copies (rows of the plan that name the organisation), forms (that its group is said to have), is_rounded (its code
    is a number that a spreadsheet cut) and the facts of the list. `loose` are rows without a group or an organisation.
    """

    rows: pd.DataFrame
    listed: pd.DataFrame
    loose: pd.DataFrame


def list_facts(
    orgs: pd.DataFrame, places: pd.DataFrame, *, duties: pd.DataFrame, business: pd.DataFrame
) -> pd.DataFrame:
    """Return what the check looks at of each organisation of the list."""
    listed = orgs[_OF_ORG].merge(duties[_OF_DUTY], on="org_id", validate="1:1")
    listed = listed.merge(places[_OF_PLACE], on="org_id", validate="1:1")
    listed = listed.merge(business[_OF_BUSINESS], on="org_id", validate="1:1")
    return listed.assign(size=listed["n"] + listed["prob"])


def gather_seats(groups: pd.DataFrame, listed: pd.DataFrame) -> Seats:
    """Return the seats of a plan with the facts of the list; an organisation that is not in it has none."""
    stated = _stated(groups)
    is_loose = (stated["group_id"] == "") | (stated["org_id"] == "")
    rows = stated[~is_loose]
    rows = rows.assign(
        copies=rows.groupby("org_id")["group_id"].transform("size"),
        forms=rows.groupby("group_id")["form"].transform("nunique"),
        is_rounded=looks_rounded(rows["org_id"]) & ~rows["org_id"].isin(listed["org_id"]),
    )
    rows = rows[~rows.duplicated(["group_id", "org_id"]) | rows["is_rounded"]].reset_index(drop=True)
    rows = rows.assign(form=rows.groupby("group_id")["form"].transform("first"))
    named = listed[listed["org_id"].isin(rows["org_id"])]  # few of a long list, where one unit is asked about
    rows = rows.merge(named, on="org_id", how="left", indicator="origin")
    is_host = (rows["form"] == Form.ATTACHED) & (rows["role"] == Role.HOST)
    rows = rows.assign(
        is_listed=rows["origin"] == "both", is_guest=~is_host, name=rows["name"].fillna(rows["stated_name"])
    )
    rows = rows.fillna(dict.fromkeys(_TEXTS, "")).drop(columns=["origin", "stated_name"])
    rows = rows.astype({"is_precise": "boolean"}).fillna({"is_precise": False}).astype({"is_precise": bool})
    return Seats(rows, listed, stated[is_loose].rename(columns={"stated_name": "name"}))


def _stated(groups: pd.DataFrame) -> pd.DataFrame:
    """Return what the plan itself says in each row; who has no name goes by the code."""
    plain = pd.DataFrame({name: groups[name].astype("str") for name in ("group_id", "form", "org_id", "role")})
    named = groups["name"].astype("str") if "name" in groups else plain["org_id"]
    return plain.assign(stated_name=named.mask(named == "", plain["org_id"]))


def of_rows(rows: pd.DataFrame, holds: pd.Series, finding: str, **values: pd.Series) -> pd.DataFrame:
    """Return a finding about each organisation for which `holds` is true; `values` are value and limit."""
    where = holds.fillna(value=False).astype(bool)
    if not where.any():
        return NO_FINDINGS
    told = {name: of[where].astype("float64") for name, of in values.items()}
    return _findings(rows.loc[where, ["group_id", "org_id", "name"]], finding, told)


def of_groups(facts: pd.DataFrame, holds: pd.Series, finding: str, **values: pd.Series | float) -> pd.DataFrame:
    """Return a finding about each group (the index of `facts`) for which `holds` is true."""
    where = holds.reindex(facts.index, fill_value=False)
    if not where.any():
        return NO_FINDINGS
    told = {
        name: of.reindex(facts.index)[where].astype("float64") if isinstance(of, pd.Series) else of
        for name, of in values.items()
    }
    about = pd.DataFrame({"group_id": facts.index[where], "org_id": "", "name": ""}, index=facts.index[where])
    return _findings(about, finding, told)


def _findings(about: pd.DataFrame, finding: str, told: Mapping[str, pd.Series | float]) -> pd.DataFrame:
    values = {"value": np.nan, "limit": np.nan} | dict(told)
    return about.assign(code=finding.split("_", maxsplit=1)[0], finding=finding, **values)
