"""A proposed name for each proposed unit (RULEBOOK §11); the body that approves decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.export.texts import fill_texts, label_texts
from coverage.vocabulary import Form, Role
from words import has_text, t

if TYPE_CHECKING:
    from coverage.settings import PlanSettings

_PAIR = 2


def group_names(proposals: pd.DataFrame, *, settings: PlanSettings) -> pd.Series:
    """Return a proposed name by group_id; 支部委员会 from `committee_min` full members up, else 支部.

    Parameters
    ----------
    proposals
        `Groups` joined with name, unit_name, site, class14, n, county_name and township_name of each organisation.
    """
    rows = proposals.sort_values(["group_id", "org_id"])
    by_group = rows.groupby("group_id")
    is_member = rows["role"] == Role.MEMBER
    facts = pd.DataFrame(
        {
            "adcode": by_group["adcode"].first(),
            "form": by_group["form"].first(),
            "count": by_group.size(),
            "lead": rows[~is_member].groupby("group_id")["name"].first(),
            "unit_name": rows[~is_member].groupby("group_id")["unit_name"].first(),
            "other": rows[is_member].groupby("group_id")["name"].first(),
            "county": by_group["county_name"].first(),
            "place": _common_place(rows),
            "field": _industry_field(rows),
            "body": _body(by_group["n"].sum(), settings),
        }
    ).fillna("")
    facts = facts.assign(ordinal=_ordinals(facts))
    return fill_texts("group_name." + _pattern(facts), facts)


def _pattern(facts: pd.DataFrame) -> pd.Series:
    """Return which pattern of the catalogue names each group."""
    is_joint, is_attached = facts["form"] == Form.JOINT, facts["form"] == Form.ATTACHED
    patterns = np.select(
        [is_joint & (facts["count"] == _PAIR), is_joint, is_attached & (facts["unit_name"] != ""), is_attached],
        ["pair", "joint", "host_unit", "host"],
        facts["form"],
    )
    return pd.Series(patterns, index=facts.index, dtype="str")


def _body(members: pd.Series, settings: PlanSettings) -> pd.Series:
    words = np.where(members >= settings.committee_min, t("group_name.committee"), t("group_name.branch"))
    return pd.Series(words, index=members.index, dtype="str")


def _common_place(rows: pd.DataFrame) -> pd.Series:
    """Return the site, else the township, else the county that all organisations of a group share."""
    columns = ["site", "township_name", "county_name"]
    by_group = rows.groupby("group_id")[columns]
    smallest = by_group.min()
    shared = smallest.where(smallest == by_group.max(), "")
    site, township, county = (shared[column] for column in columns)
    return site.where(site != "", township.where(township != "", county))


def _industry_field(rows: pd.DataFrame) -> pd.Series:
    """Return the name of the class that most organisations of each 行业统建 have; of equals the smallest."""
    known = rows[(rows["form"] == Form.INDUSTRY) & (rows["class14"] != "")]
    counts = known.groupby(["group_id", "class14"]).size().rename("count").reset_index()
    first = counts.sort_values(["group_id", "count", "class14"], ascending=[True, False, True]).drop_duplicates(
        "group_id"
    )
    return label_texts(first.set_index("group_id")["class14"], prefix="class14")


def _ordinals(facts: pd.DataFrame) -> pd.Series:
    """Return 第一, 第二 … in the order of group_id where several 统建 of a county would have one name, else ""."""
    alike = facts.groupby(["adcode", "form", "place", "field"])
    is_repeated = (alike["count"].transform("size") > 1) & facts["form"].isin([Form.REGIONAL, Form.INDUSTRY])
    return (alike.cumcount() + 1).map(_ordinal).where(is_repeated, "").astype("str")


def _ordinal(number: int) -> str:
    key = f"ordinal.{number}"
    return t(key) if has_text(key) else t("ordinal.other", number=number)
