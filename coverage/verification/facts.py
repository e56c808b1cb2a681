"""The seats of proposed groups with what the list says of each organisation, and what a finding is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.credit_code import looks_rounded
from coverage.vocabulary import Form, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.verification.listed import Listed

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
    is a number that a spreadsheet cut) and the facts of the list; `leads` are those of leads and hosts, as
    `leads_of` has them. `loose` are rows without a group or an organisation.
    """

    rows: pd.DataFrame
    leads: pd.DataFrame
    listed: Listed
    loose: pd.DataFrame


def gather_seats(groups: pd.DataFrame, listed: Listed) -> Seats:
    """Return the seats of a plan with the facts of the list; an organisation that is not in it has none."""
    stated = _stated(groups)
    is_loose = (stated["group_id"] == "") | (stated["org_id"] == "")
    rows = stated[~is_loose]
    rows = rows.assign(
        copies=rows.groupby("org_id")["group_id"].transform("size"),
        forms=rows.groupby("group_id")["form"].transform("nunique"),
        is_rounded=looks_rounded(rows["org_id"]) & ~listed.has(rows["org_id"]),
    )
    rows = rows[~rows.duplicated(["group_id", "org_id"]) | rows["is_rounded"]].reset_index(drop=True)
    rows = rows.assign(form=rows.groupby("group_id")["form"].transform("first"))
    rows = _with_facts(rows, listed)
    return Seats(rows, leads_of(rows), listed, stated[is_loose].rename(columns={"stated_name": "name"}))


def leads_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the lead or host of each star that has exactly one, by group_id."""
    is_lead = (rows["form"] == Form.JOINT) & (rows["role"] == Role.LEAD)
    is_host = (rows["form"] == Form.ATTACHED) & (rows["role"] == Role.HOST)
    return rows[is_lead | is_host].drop_duplicates("group_id", keep=False).set_index("group_id")


def _with_facts(rows: pd.DataFrame, listed: Listed) -> pd.DataFrame:
    is_listed = listed.has(rows["org_id"])
    facts = listed.at(rows["org_id"])
    if not is_listed.all():
        known_point = facts["is_precise"].astype("boolean").fillna(value=False).astype(bool)
        facts = facts.fillna(dict.fromkeys(_TEXTS, "")).assign(
            name=facts["name"].fillna(rows["stated_name"]), is_precise=known_point
        )
    is_host = (rows["form"] == Form.ATTACHED) & (rows["role"] == Role.HOST)
    rows = rows.drop(columns="stated_name").assign(is_listed=is_listed, is_guest=~is_host)
    return pd.concat([rows, facts], axis="columns")


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


def all_of(*found: pd.DataFrame) -> pd.DataFrame:
    """Return findings one below the other; most rules have none, and empty tables take as long to join as full ones."""
    some = [table for table in found if len(table)]
    return pd.concat(some, ignore_index=True) if some else NO_FINDINGS


def _findings(about: pd.DataFrame, finding: str, told: Mapping[str, pd.Series | float]) -> pd.DataFrame:
    values = {"value": np.nan, "limit": np.nan} | dict(told)
    return about.assign(code=finding.split("_", maxsplit=1)[0], finding=finding, **values)
