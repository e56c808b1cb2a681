"""Codes and numbers turned into words, for pages and files alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.vocabulary import Form
from words import has_text, placeholders, t

if TYPE_CHECKING:
    from coverage.pipeline import Plan

# Costs are told with two decimals: less is no difference.
_SHOWN = 0.01


def fill_texts(keys: pd.Series, values: pd.DataFrame) -> pd.Series:
    """Return the catalogue text of each key with the row's values in its placeholders; "" for a blank key."""
    texts = pd.Series("", index=keys.index, dtype="str")
    for key, rows in keys[keys != ""].groupby(keys, sort=True):
        names = sorted(placeholders(str(key)))
        if names:
            told = zip(*(values.loc[rows.index, name] for name in names), strict=True)
            filled = [t(str(key), **dict(zip(names, row, strict=True))) for row in told]
            texts.loc[rows.index] = pd.Series(filled, index=rows.index, dtype="str")
        else:
            texts.loc[rows.index] = t(str(key))
    return texts


def reason_texts(measures: pd.DataFrame) -> pd.Series:
    """Return why each organisation of a `Measures` table has its measure, with the numbers that decided."""
    told = pd.Series("", index=measures.index, dtype="str")
    parts = measures["reason"].str.split(";", expand=True).fillna("")
    for place in parts:
        text = fill_texts(_prefixed("org_reason.", parts[place]), measures)
        separator = pd.Series(t("list.separator"), index=told.index).where((told != "") & (text != ""), "")
        told = told + separator + text
    return told


def way_out_texts(measures: pd.DataFrame, plan: Plan) -> pd.Series:
    """Return the cheapest way to cover each organisation of a `Measures` table that is left out; "" without one.

    Parameters
    ----------
    plan
        Where the names of units that could be joined are looked up.
    """
    told = measures.assign(way_out_name=_names_of(measures["way_out_org"], plan))
    goal = ("_" + measures["way_out_goal"]).where(measures["way_out_goal"] != "", "")
    return fill_texts(_prefixed("way_out.", measures["way_out"]) + goal, told)


def group_reason_texts(groups: pd.DataFrame, plan: Plan) -> pd.Series:
    """Return why each organisation of a `Groups` table (whole units) is there: clause, lead, distances, business."""
    by_unit = groups.groupby("group_id")
    told = groups.assign(
        group_orgs=by_unit["org_id"].transform("size"),
        group_cost=by_unit["cost"].transform("sum"),
        limit_kind=label_texts(_limit_kinds(groups["org_id"], plan), prefix="limit_kind"),
    )
    return fill_texts(_prefixed("group_reason.", groups["reason"]), told)


def second_texts(groups: pd.DataFrame, plan: Plan) -> pd.Series:
    """Return what would be second best for each organisation of a `Groups` table, and what would change the answer."""
    kind = groups["second_kind"]
    kind = kind.mask((kind == "attached") & (groups["form"] == Form.ATTACHED), "host")
    is_less = (groups["second_cost"] < -_SHOWN / 2) & ~kind.isin(["lead", "cheaper_lead"])
    told = groups.assign(second_cost=groups["second_cost"].abs(), second_name=_names_of(groups["second_org"], plan))
    return fill_texts(_prefixed("second.", kind.mask(is_less, kind + "_less")), told)


def _names_of(org_ids: pd.Series, plan: Plan) -> pd.Series:
    """Return the name of each organisation, its id where the plan has none, "" for a blank one."""
    about = plan.orgs.loc[plan.orgs["org_id"].isin(org_ids[org_ids != ""].unique()), ["org_id", "name"]]
    return org_ids.map(about.set_index("org_id")["name"]).astype("str").fillna(org_ids)


def _limit_kinds(org_ids: pd.Series, plan: Plan) -> pd.Series:
    """Return what each organisation's travel limit comes from: its kind of place, or the list itself."""
    given = plan.orgs.loc[plan.orgs["travel_limit_m"].notna() & plan.orgs["org_id"].isin(org_ids), "org_id"]
    places = plan.places.loc[plan.places["org_id"].isin(org_ids), ["org_id", "place_kind"]]
    kinds = org_ids.map(places.set_index("org_id")["place_kind"]).astype("str").fillna("")
    return kinds.mask(org_ids.isin(given), "given")


def code_texts(codes: pd.Series, *, prefix: str) -> pd.Series:
    """Return the words of codes joined by ; ("S2;S7"), each from the catalogue: prefix.S2, prefix.S7."""
    words = {
        joined: t("list.separator").join(_word(prefix, code) for code in joined.split(";")) for joined in codes.unique()
    }
    return codes.map(words).astype("str")


def label_texts(codes: pd.Series, *, prefix: str) -> pd.Series:
    """Return the word of each code, the code itself where the catalogue has none, "" for a blank one."""
    return codes.map({code: _word(prefix, code) for code in codes.unique()}).astype("str")


def _prefixed(prefix: str, keys: pd.Series) -> pd.Series:
    return (prefix + keys).where(keys != "", "")


def _word(prefix: str, code: str) -> str:
    key = f"{prefix}.{code}"
    return t(key) if code and has_text(key) else code
