"""Any plan, also a hand-edited or foreign one, checked against rules and list: RULEBOOK §5.1 and §5.2.

Nothing here asks the grouping: a fault there must not hide itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.business import describe_business
from coverage.export.texts import fill_texts
from coverage.locating import locate
from coverage.rules import assign_duties
from coverage.tables import Findings
from coverage.verification.facts import all_of, gather_seats
from coverage.verification.hard import find_hard
from coverage.verification.listed import list_facts
from coverage.verification.soft import find_soft
from words import t

if TYPE_CHECKING:
    from coverage.intake import Intake
    from coverage.settings import PlanSettings
    from coverage.verification.listed import Listed
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

__all__ = ["finding_texts", "has_hard", "summary_text", "verify_groups", "verify_list", "verify_plan"]


def verify_plan(  # noqa: PLR0913, PLR0917 # one table of each stage, in the order of the stages
    groups: pd.DataFrame,
    orgs: pd.DataFrame,
    places: pd.DataFrame,
    duties: pd.DataFrame,
    business: pd.DataFrame,
    settings: PlanSettings,
) -> pd.DataFrame:
    """Return the `Findings` about proposed groups, hard ones first, then by code, group_id and org_id.

    Parameters
    ----------
    groups
        group_id, form, org_id, name and role of each row, as `read_groups` gives them; also a `Groups` table.
    """
    if groups.empty:
        return Findings.empty()
    return verify_groups(groups, list_facts(orgs, places, duties=duties, business=business), settings)


def verify_groups(groups: pd.DataFrame, listed: Listed, settings: PlanSettings) -> pd.DataFrame:
    """Return the `Findings` about at least one proposed group; `listed` is the list as `list_facts` gives it."""
    seats = gather_seats(groups, listed)
    found = all_of(find_hard(seats, settings), find_soft(seats, settings))
    if found.empty:
        return Findings.empty()
    number = found["code"].str[1:].astype("int64")
    order = found.assign(kind=found["code"].str[0], number=number).sort_values(
        ["kind", "number", "finding", "group_id", "org_id"], kind="stable"
    )
    return Findings.validate(found.loc[order.index].reset_index(drop=True))


def verify_list(  # noqa: PLR0913 # three sources of places and what the caller means where the list is silent
    groups: pd.DataFrame,
    intake: Intake,
    settings: PlanSettings,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the `Findings` about proposed groups against a list as it was read."""
    orgs = intake.orgs
    places, _ = locate(
        orgs,
        divisions=divisions,
        boundaries=boundaries,
        settings=settings,
        defaults=defaults,
        landmarks=landmarks,
    )
    duties = assign_duties(orgs, places, settings=settings, fields=intake.fields)
    business = _business(orgs, duties, groups, divisions=divisions)
    return verify_plan(groups, orgs, places, duties, business, settings)


def _business(orgs: pd.DataFrame, duties: pd.DataFrame, groups: pd.DataFrame, *, divisions: Divisions) -> pd.DataFrame:
    """Return the business of whoever may form or host a group, or is in one; all others are compared with nobody."""
    is_asked = duties["is_small"] | duties["is_host"] | orgs["org_id"].isin(groups["org_id"])
    described = describe_business(orgs[is_asked].reset_index(drop=True), divisions=divisions)
    listed = orgs[["org_id"]].merge(described, on="org_id", how="left", validate="1:1")
    return listed.fillna({name: "" for name in described.columns if name != "org_id"})


def has_hard(findings: pd.DataFrame) -> bool:
    """Say whether a hard rule is broken."""
    return bool(findings["code"].str.startswith("H").any())


def finding_texts(findings: pd.DataFrame) -> pd.Series:
    """Return one line for each finding, code and group first: `H4 G1 …`."""
    return findings["code"] + " " + findings["group_id"] + " " + fill_texts("verify." + findings["finding"], findings)


def summary_text(findings: pd.DataFrame) -> str:
    """Return how many hard and soft findings there are, in a sentence."""
    hard = int(findings["code"].str.startswith("H").sum())
    key = "verify.summary" if len(findings) else "verify.clean"
    return t(key, hard=hard, soft=len(findings) - hard)
