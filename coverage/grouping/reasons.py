"""Why an organisation has no joint unit or host, and the cheapest way out: the list that planners act on (§5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from coverage.codes import join_codes
from coverage.grouping.arrays import Bools, Floats, Sites
from coverage.vocabulary import Measure
from geo.distance import chord_m

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.settings import PlanSettings

#: Reasons of those with a unit of their own kind.
SETTLED: Final[dict[Measure, str]] = {
    Measure.INSTRUCTOR_OWN: "instructor",
    Measure.JOINT: "joint",
    Measure.ATTACHED: "attached",
}
# A longer way is cheaper than an instructor up to so many times the limit.
_STILL_NEAR: Final = 2.0
# The limit that a setting may have (PlanSettings): beyond it a way out would be none.
_MOST_LIMIT_M: Final = 100_000.0


def binding_reasons(facts: pd.DataFrame) -> pd.Series:
    """Return the key of `org_reason.<key>` of every organisation of S: what settles or what binds it, first match.

    Parameters
    ----------
    facts
        measure, adcode, is_precise, limit_m, the columns of `Chances`, and `is_near_others`: somebody under another
        recorded superior of the county is within the limit.
    """
    rules = {
        "no_county": facts["adcode"] == "",
        "no_point": ~facts["is_precise"],
        "partners_taken": facts["can_join"],
        "host_full": facts["can_attach"],
        "host_no_room": facts["has_host"],
        "few_members": facts["has_partner"],
        "other_superior": facts["is_near_others"],
        "nobody_near": facts["nearest_m"].notna(),
    }
    reasons = np.select([rule.to_numpy(dtype=bool) for rule in rules.values()], list(rules), default="alone")
    settled = facts["measure"].map(SETTLED)
    return settled.fillna(pd.Series(reasons, index=facts.index)).astype("str")


def ways_out(facts: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """Return way_out (a key of `way_out.<key>`) and way_out_value: the one setting that would cover most cheaply.

    Parameters
    ----------
    facts
        As for `binding_reasons`, with `reason`.
    """
    is_open = ~facts["measure"].isin([measure.value for measure in SETTLED]).to_numpy()
    reach = np.ceil(facts["enough_m"].fillna(np.inf).to_numpy(dtype=float))
    limit = facts["limit_m"].to_numpy(dtype=float)
    can_travel = (reach <= _MOST_LIMIT_M) & (reach > limit)
    teach = facts["can_have_instructor"].to_numpy(dtype=bool)
    rules: list[tuple[str, Bools, Floats | float]] = [
        ("locate", facts["reason"].isin(["no_county", "no_point"]).to_numpy(), np.nan),
        ("same_superior", (facts["reason"] == "other_superior").to_numpy(), np.nan),
        ("host_max_orgs", (facts["reason"] == "host_full").to_numpy(), settings.host_max_orgs + 1.0),
        ("travel_limit", can_travel & (reach <= _STILL_NEAR * limit), reach),
        ("instructor_slots", teach, facts["slots"].to_numpy(dtype=float) + 1),
        ("travel_limit", can_travel, reach),
    ]
    conditions = [is_open & holds for _, holds, _ in rules]
    keys = np.select(conditions, [key for key, _, _ in rules], default="")
    values = [np.broadcast_to(value, len(facts)) for _, _, value in rules]
    return pd.DataFrame(
        {
            "way_out": pd.Series(keys, index=facts.index, dtype="str"),
            "way_out_value": np.select(conditions, values, default=np.nan),
        },
        index=facts.index,
    )


def alternatives(facts: pd.DataFrame) -> pd.Series:
    """Return the other measures that are possible for each organisation by itself, joined by `;`.

    Parameters
    ----------
    facts
        As for `binding_reasons`, with in_area and in_industry: a 统建 unit could hold it.
    """
    possible: Mapping[Measure, pd.Series] = {
        Measure.INSTRUCTOR_OWN: facts["can_have_instructor"] & (facts["slots"] > 0),
        Measure.JOINT: facts["can_join"],
        Measure.ATTACHED: facts["can_attach"],
        Measure.REGIONAL: facts["in_area"],
        Measure.INDUSTRY: facts["in_industry"],
    }
    other = {
        measure.value: (can & (facts["measure"] != measure.value)).to_numpy(dtype=bool)
        for measure, can in possible.items()
    }
    return join_codes(other, index=facts.index)


def near_other_superiors(candidates: pd.DataFrame, sites: Sites, wanted: Bools) -> Bools:
    """Say which wanted candidates have somebody of S or H within their limit, in their county but in another block."""
    takes_part = ((candidates["kind"] != "empty") & (candidates["adcode"] != "")).to_numpy() & sites.is_precise
    counties = candidates["adcode"].to_numpy()
    near = np.zeros(len(candidates), dtype=bool)
    for county in np.unique(counties[wanted & takes_part]):
        others = np.flatnonzero(takes_part & (counties == county))
        if (sites.superior[others] == sites.superior[others[0]]).all():
            continue
        asking = others[wanted[others]]
        tree = cKDTree(sites.xyz[others])
        within = tree.query_ball_point(sites.xyz[asking], chord_m(sites.limit_m[asking]))
        near[asking] = [
            bool((sites.superior[others[found]] != sites.superior[row]).any())
            for row, found in zip(asking, within, strict=True)
        ]
    return near
