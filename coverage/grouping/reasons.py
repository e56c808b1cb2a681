"""Why an organisation has no joint unit or host, and the cheapest way out: the list that planners act on (§5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.codes import join_codes
from coverage.grouping.arrays import NONE, Bools, Floats, Ints, Sites
from coverage.grouping.model import OWN_MIN
from coverage.grouping.nearest import find_nearest
from coverage.grouping.relaxing import Goal, Way, Ways
from coverage.grouping.second import Second, Seconds
from coverage.vocabulary import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Reasons of those with a unit of their own kind.
SETTLED: Final[dict[Measure, str]] = {
    Measure.INSTRUCTOR_OWN: "instructor",
    Measure.JOINT: "joint",
    Measure.ATTACHED: "attached",
}
_SETTING_OF: Final[Mapping[int, str]] = {
    Way.HOST_PLACES: "host_max_orgs",
    Way.LONGER_TRIP: "travel_limit",
    Way.LARGER_UNIT: "joint_max_units",
    Way.SAME_SUPERIOR: "same_superior",
    Way.INSTRUCTOR: "instructor_slots",
    Way.FAR_TRIP: "travel_limit",
    Way.LARGER_BRANCH: "branch_max_members",
    Way.MEMBERS: "members",
}


def binding_reasons(facts: pd.DataFrame) -> pd.Series:
    """Return the key of `org_reason.<key>` of every organisation of S: what settles or what binds it, first match.

    Parameters
    ----------
    facts
        measure, adcode, is_precise, limit_m, the columns of `Chances`, and `is_near_others`: somebody under another
        recorded superior of the county is within the limit; `is_ruled`: a planner left it less than it could have.
    """
    rules = {
        "no_county": facts["adcode"] == "",
        "no_point": ~facts["is_precise"],
        "ruled": facts["is_ruled"],
        "partners_taken": facts["can_join"],
        "host_full": facts["can_attach"],
        "host_no_room": facts["has_host"],
        "few_members": facts["has_partner"] & (facts["reachable"] < OWN_MIN),
        "no_joint": facts["has_partner"] | (facts["nearest_m"] <= facts["limit_m"]),
        "other_superior": facts["is_near_others"],
        "nobody_near": facts["nearest_m"].notna(),
    }
    reasons = np.select([rule.to_numpy(dtype=bool) for rule in rules.values()], list(rules), default="alone")
    settled = facts["measure"].map(SETTLED)
    return settled.fillna(pd.Series(reasons, index=facts.index)).astype("str")


def ways_out(facts: pd.DataFrame, ways: Ways, org_ids: pd.Series) -> pd.DataFrame:
    """Return way_out (a key of `way_out.<key>`), its value, and the unit that the organisation would join.

    Parameters
    ----------
    facts
        As for `binding_reasons`, with `reason`; the index holds the rows of the candidates.
    ways
        The cheapest change that covers each of those left.
    org_ids
        Of all candidates.
    """
    has_org = ways.org != NONE
    found = pd.DataFrame(
        {
            "way_out": _names(ways.way, _SETTING_OF),
            "way_out_value": np.where(ways.way == Way.SAME_SUPERIOR, np.nan, ways.value),
            "way_out_goal": _names(ways.goal, {goal: goal.name.lower() for goal in Goal if goal}),
            "way_out_org": org_ids.to_numpy(dtype=object)[np.where(has_org, ways.org, 0)],
            "way_out_orgs": pd.array(np.where(has_org, ways.orgs, 0), dtype="Int64"),
        },
        index=ways.row,
    )
    found = found.assign(
        way_out_org=found["way_out_org"].where(has_org, ""), way_out_orgs=found["way_out_orgs"].where(has_org)
    ).reindex(facts.index)
    is_open = ~facts["measure"].isin([measure.value for measure in SETTLED])
    unlocated = is_open & facts["reason"].isin(["no_county", "no_point"])
    texts = found[["way_out", "way_out_goal", "way_out_org"]].astype("str").fillna("")
    texts = texts.mask(unlocated, "").assign(way_out=texts["way_out"].mask(unlocated, "locate"))
    return found.mask(unlocated)[["way_out_value", "way_out_orgs"]].join(texts)


def second_best(rows: pd.Series, seconds: Seconds, org_ids: pd.Series) -> pd.DataFrame:
    """Return second_kind, second_org and second_cost of rows of the candidates, blank for those without."""
    has_org = seconds.org != NONE
    found = pd.DataFrame(
        {
            "second_kind": _names(seconds.kind, {kind: kind.name.lower() for kind in Second if kind}),
            "second_org": np.where(has_org, org_ids.to_numpy(dtype=object)[np.where(has_org, seconds.org, 0)], ""),
            "second_cost": seconds.cost,
        },
        index=seconds.row,
    )
    found = found.reindex(rows).set_axis(rows.index)
    return found.assign(**{name: found[name].astype("str").fillna("") for name in ("second_kind", "second_org")})


def _names(codes: Ints, names: Mapping[int, str]) -> NDArray[np.object_]:
    """Return the name of each code, "" for one without."""
    return np.array([names.get(code, "") for code in range(max(names) + 2)], dtype=object)[codes]


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
    here = np.flatnonzero(takes_part)
    near = np.zeros(len(candidates), dtype=bool)
    for rows in candidates["adcode"].iloc[here].groupby(candidates["adcode"].iloc[here]).indices.values():
        others = here[rows]
        asking = others[wanted[others]]
        if len(asking) and (sites.superior[others] != sites.superior[others[0]]).any():
            near[asking] = _near_other_superior(sites.take(asking), sites.take(others))
    return near


def _near_other_superior(asking: Sites, others: Sites) -> Bools:
    """Say which of those who ask have one of the others under another superior within their limit.

    Looks at their 256 nearest: whoever has no partner under its own superior has no crowd of them in between.
    """

    def allowed(start: Ints, goal: Ints, _metres: Floats) -> Bools:
        found: Bools = asking.superior[start] != others.superior[goal]
        return found

    metres = find_nearest(asking, others, allowed=allowed, most_m=float(asking.limit_m.max())).metres
    found: Bools = metres <= asking.limit_m
    return found
