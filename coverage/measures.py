"""The final answer for each organisation: its duty, what grouping made of it, and why (RULEBOOK §4, §5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.codes import SEPARATOR, has_code, join_codes, where_true
from coverage.tables import Measures
from coverage.vocabulary import Affiliation, Flag, Measure, OrgType, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.grouping import Grouping

    Condition = Callable[[pd.DataFrame], pd.Series]

_PLACE_COLUMNS = ["adcode", "county_name", "township_name", "location_level", "location_radius_m", "lon", "lat"]
_OUTCOME_COLUMNS = [
    *("group_id", "nearest_m", "limit_m", "reachable", "alternatives"),
    *("way_out", "way_out_value", "way_out_goal", "way_out_org", "way_out_orgs"),
]
_BUSINESS_COLUMNS = ["org_id", "class14", "class14_source", "class14_word"]
_OUTCOME_TEXTS = ["group_id", "alternatives", "way_out", "way_out_goal", "way_out_org", "grouped_reason"]

#: Neither is part of a total (RULEBOOK §6, U).
NOT_COUNTED = (Measure.OUT_OF_SCOPE, Measure.ZOMBIE)

#: Why, in the order it is told; each a text `org_reason.<key>`. `owed` is the provisional measure where there is one.
#: What grouping gives as its reason stands between the two tables.
FIRST_REASONS: dict[str, Condition] = {
    "branch_office": lambda facts: facts["is_out"] & (facts["org_type"] == OrgType.BRANCH),
    "closed": lambda facts: facts["is_out"] & (facts["status"] == Status.CLOSED),
    "not_registered": lambda facts: facts["is_out"] & (facts["status"] == Status.PENDING),
    "unit_to_dissolve": lambda facts: facts["is_out"] & (facts["unit_kind"] != ""),
    "own_unit": lambda facts: facts["measure"] == Measure.OWN,
    "shared_unit": lambda facts: facts["measure"] == Measure.SHARED,
    "zombie": lambda facts: facts["measure"] == Measure.ZOMBIE,
    "unknown_count": lambda facts: facts["owed"] == Measure.UNKNOWN,
    "superiors_differ": lambda facts: ~facts["is_out"] & (facts["affiliation"] == Affiliation.CONFLICT),
    "superior_unclear": lambda facts: ~facts["is_out"] & (facts["affiliation"] == Affiliation.UNCLEAR),
    "build_own": lambda facts: (facts["owed"] == Measure.BUILD_OWN) & ~facts["is_functional"],
    "build_functional": lambda facts: (facts["owed"] == Measure.BUILD_OWN) & facts["is_functional"],
    "no_member": lambda facts: facts["owed"] == Measure.LIAISON,
    "zombie_waits": lambda facts: (facts["measure"] == Measure.ZOMBIE) & (facts["owed"] == Measure.PENDING),
}
LAST_REASONS: dict[str, Condition] = {
    "superior_proposed": lambda facts: (
        ~facts["is_out"] & (facts["superior"] != "") & (facts["recorded_superior"] == "")
    ),
    "recount": lambda facts: ~facts["is_out"] & (facts["unit_kind"] != "") & facts["n"].isna(),
    "refused": lambda facts: ~facts["is_out"] & facts["refused"],
}


def settle_measures(  # noqa: PLR0917 # one table of each stage, in the order of the stages
    orgs: pd.DataFrame, places: pd.DataFrame, duties: pd.DataFrame, business: pd.DataFrame, grouping: Grouping
) -> pd.DataFrame:
    """Return the `Measures` of every organisation, order as in `orgs`.

    `reason` holds the keys of `org_reason.<key>` joined by `;`: what decided first, then what else matters.
    """
    settled = _merge_outcomes(_join(orgs, places, duties=duties, business=business), grouping)
    settled = settled.assign(reason=_reasons(settled), flags=repeat_flags(settled))
    return Measures.validate(settled[list(Measures.to_schema().columns)])


def _join(orgs: pd.DataFrame, places: pd.DataFrame, *, duties: pd.DataFrame, business: pd.DataFrame) -> pd.DataFrame:
    """Return one row per organisation with what each stage found; the supervisor and superior are those of duties."""
    facts = orgs[["org_id", "name", "file", "sheet", "row", "pt", "status", "org_type", "refused"]]
    for table in (places[["org_id", *_PLACE_COLUMNS]], duties, business[_BUSINESS_COLUMNS]):
        facts = facts.merge(table, on="org_id", how="left", validate="one_to_one")
    return facts


def _merge_outcomes(facts: pd.DataFrame, grouping: Grouping) -> pd.DataFrame:
    """Put what grouping decided in the place of M2, as measure or as provisional measure."""
    outcomes = grouping.outcomes.rename(columns={"measure": "grouped", "reason": "grouped_reason"})
    outcomes = outcomes[["org_id", "grouped", "grouped_reason", *_OUTCOME_COLUMNS]]
    facts = facts.merge(outcomes, on="org_id", how="left", validate="one_to_one")
    facts = facts.merge(
        grouping.liaison_sets[["org_id", "liaison_set"]], on="org_id", how="left", validate="one_to_one"
    )
    texts = facts[[*_OUTCOME_TEXTS, "liaison_set"]].astype("str").fillna("")
    return facts.assign(
        **texts,
        measure=facts["measure"].mask(facts["measure"] == Measure.SMALL, facts["grouped"]),
        provisional=facts["provisional"].mask(facts["provisional"] == Measure.SMALL, facts["grouped"]),
    )


def _reasons(settled: pd.DataFrame) -> pd.Series:
    facts = settled.assign(
        is_out=settled["measure"] == Measure.OUT_OF_SCOPE,
        owed=settled["measure"].where(settled["provisional"] == "", settled["provisional"]),
    )
    adjustments = facts["adjust"]
    first, last = (
        join_codes({key: where_true(holds(facts)) for key, holds in reasons.items()}, index=facts.index)
        for reasons in (FIRST_REASONS, LAST_REASONS)
    )
    return _chain(adjustments, first, facts["grouped_reason"], last)


def _chain(*cells: pd.Series) -> pd.Series:
    """Return the codes of several columns in one, blank ones left out."""
    chained = cells[0]
    for codes in cells[1:]:
        separator = pd.Series(SEPARATOR, index=codes.index).where((chained != "") & (codes != ""), "")
        chained = chained + separator + codes
    return chained


def repeat_flags(settled: pd.DataFrame) -> pd.Series:
    """Return the flags with F_DUP_RISK where people may be counted twice (RULEBOOK §2), in the order of the vocabulary.

    That is: part-timers here and in another organisation of the county, or in two organisations of the own group.

    Parameters
    ----------
    settled
        flags of the row alone, pt, measure, adcode and group_id of everybody in the counties concerned.
    """
    has_part_timers = (settled["pt"] > 0).fillna(value=False) & ~settled["measure"].isin(NOT_COUNTED)
    others = has_part_timers.groupby(settled["adcode"]).transform("sum") > 1
    in_group = has_part_timers.groupby(settled["group_id"]).transform("sum") > 1
    is_risk = (has_part_timers & others & (settled["adcode"] != "")) | (in_group & (settled["group_id"] != ""))
    known = {flag.value: has_code(settled["flags"], flag) for flag in Flag}
    return join_codes(known | {Flag.DUP_RISK.value: where_true(is_risk)}, index=settled.index)
