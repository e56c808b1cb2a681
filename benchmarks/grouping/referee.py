"""What a plan is worth, whoever made it: hard rules, coverage and cost of GROUPING §1, recomputed from the list.

Nothing here comes from `coverage.grouping`. Distances are geodesics, likeness is that of GB/T 4754 codes: every
organisation of a county that is judged has one. Units that break a rule are dissolved before anything is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.settings import PlanSettings

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

COST_LEFT: Final = 100.0
COST_ATTACHED: Final = 10.0
OWN_MIN: Final = 3
_ELLIPSOID: Final = Geod(ellps="WGS84")
#: A projected or chord distance may differ from the geodesic by so much.
_TOLERANCE_M: Final = 0.1
#: GB/T 4754-2017: the first 大类 of each 门类, A to T.
_SECTION_STARTS: Final = (1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 80, 83, 84, 86, 91, 97)

#: A proposal: a row for each organisation in a unit; form is joint or attached, role is lead, host or member.
#: A joint unit in which nobody leads gets the cheapest lead that all others reach.
COLUMNS: Final = ["unit", "form", "org_id", "role"]


class Verdict(NamedTuple):
    """What is left of a proposal, and how many of its units broke a rule."""

    units: int
    broken: int
    small: int
    covered: int
    joint: int
    attached: int
    travel: float

    @property
    def cost(self) -> float:
        """Σ trips + 10 per attached + 100 per uncovered."""
        return self.travel + COST_ATTACHED * self.attached + COST_LEFT * (self.small - self.covered)


class Ways(NamedTuple):
    """Trips: metres, and cost whether or not the limit allows them."""

    distance_m: Floats
    cost: Floats
    is_allowed: Bools


class Facts(NamedTuple):
    """The organisations of one county, in order of the candidates."""

    org_id: NDArray[np.object_]
    kind: NDArray[np.str_]
    n: Ints
    size: Ints
    lon: Floats
    lat: Floats
    limit_m: Floats
    code: NDArray[np.str_]
    supervisor: NDArray[np.str_]
    township: NDArray[np.str_]
    settings: PlanSettings


def read_facts(candidates: pd.DataFrame, settings: PlanSettings) -> Facts:
    """Return what decides about units, from the table `Candidates`."""
    whole, real = (
        {name: candidates[name].to_numpy(dtype=dtype) for name in names}
        for names, dtype in ((("n", "size"), np.int64), (("lon", "lat", "limit_m"), np.float64))
    )
    return Facts(
        org_id=candidates["org_id"].to_numpy(dtype=object),
        kind=candidates["kind"].to_numpy(dtype=np.str_),
        code=candidates["industry_code"].to_numpy(dtype="U4"),
        supervisor=candidates["supervisor"].to_numpy(dtype=np.str_),
        township=candidates["township"].to_numpy(dtype=np.str_),
        settings=settings,
        **whole,
        **real,
    )


def judge(proposal: pd.DataFrame, facts: Facts) -> Verdict:
    """Return the verdict on a proposal for one county."""
    seats = _seats(proposal, facts)
    legal = ~seats["unit"].isin(_broken_units(seats, facts.settings))
    guests = seats[legal & (seats["role"] != "host")]
    return Verdict(
        units=seats["unit"].nunique(),
        broken=seats.loc[~legal, "unit"].nunique(),
        small=int((facts.kind == "small").sum()),
        covered=len(guests),
        joint=int((guests["form"] == "joint").sum()),
        attached=int((guests["form"] == "attached").sum()),
        travel=float(seats.loc[legal, "travel"].sum()),
    )


def find_ways(facts: Facts, start: Ints, goal: Ints) -> Ways:
    """Return the trips between organisations, GROUPING §1."""
    settings, limit = facts.settings, facts.limit_m[start]
    lon, lat = facts.lon, facts.lat
    metres = np.asarray(_ELLIPSOID.inv(lon[start], lat[start], lon[goal], lat[goal])[2], dtype=np.float64)
    cost = (
        settings.alpha * metres / limit
        + settings.beta * (1 - _likeness(facts.code[start], facts.code[goal]))
        + settings.gamma_supervisor * _differ(facts.supervisor[start], facts.supervisor[goal])
        + settings.gamma_township * _differ(facts.township[start], facts.township[goal])
    )
    return Ways(metres, cost, metres <= limit + _TOLERANCE_M)


def _likeness(left: NDArray[np.str_], right: NDArray[np.str_]) -> Floats:
    section = [np.searchsorted(_SECTION_STARTS, side.astype("U2").astype(np.int64), "right") for side in (left, right)]
    same = [left.astype(f"U{digits}") == right.astype(f"U{digits}") for digits in (4, 3, 2)]
    return np.select([*same, section[0] == section[1]], [1.0, 0.8, 0.6, 0.3], 0.0)


def _differ(left: NDArray[np.str_], right: NDArray[np.str_]) -> Bools:
    return np.asarray((left != right) & (left != "") & (right != ""))


def _seats(proposal: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return the proposal with n, size and kind, the place of the lead or host, and each trip: infinite if too far."""
    place = {org_id: at for at, org_id in enumerate(facts.org_id)}
    at = np.array([place[org_id] for org_id in proposal["org_id"]], dtype=np.int64)
    seats = proposal[COLUMNS].assign(at=at, n=facts.n[at], size=facts.size[at], kind=facts.kind[at])
    seats = seats.reset_index(drop=True)
    centre = seats["unit"].map(_centres(seats, facts))
    goal = centre.fillna(seats["at"]).to_numpy(dtype=np.int64)
    ways = find_ways(facts, at, goal.astype(np.int64))
    travel = np.where(ways.is_allowed, ways.cost, np.inf)
    return seats.assign(centre=centre, travel=np.where(goal == seats["at"], 0.0, travel))


def _centres(seats: pd.DataFrame, facts: Facts) -> dict[object, int]:
    """Return the place of the one lead or host of each unit, the cheapest possible lead where nobody is named."""
    named = seats[seats["role"].isin(["lead", "host"])]
    known = named.drop_duplicates("unit", keep=False)
    is_joint = (seats["form"] == "joint") & ~seats["unit"].isin(named["unit"])
    is_small = seats.groupby("unit")["at"].transform("size") <= facts.settings.joint_max_units
    open_ = seats.loc[is_joint & is_small, ["unit", "at"]]
    pairs = open_.merge(open_, on="unit", suffixes=("", "_lead"))
    ways = find_ways(facts, pairs["at"].to_numpy(dtype=np.int64), pairs["at_lead"].to_numpy(dtype=np.int64))
    is_trip = pairs["at"] != pairs["at_lead"]
    pairs = pairs.assign(cost=np.where(is_trip, np.where(ways.is_allowed, ways.cost, np.inf), 0.0))
    sums = pairs.groupby(["unit", "at_lead"])["cost"].sum().reset_index()
    best = sums.sort_values(["cost", "at_lead"]).drop_duplicates("unit")
    return dict(zip(known["unit"], known["at"], strict=True)) | dict(zip(best["unit"], best["at_lead"], strict=True))


def _broken_units(seats: pd.DataFrame, settings: PlanSettings) -> set[object]:
    """Return the units that break a hard rule (RULEBOOK §5.1: H1 to H5, H10 to H13)."""
    is_host = seats["role"] == "host"
    is_wrong = seats["kind"] != np.where(is_host, "host", "small")
    is_twice = ~is_host & seats["org_id"].where(~is_host, seats["unit"].astype("str")).duplicated(keep=False)
    units = seats.assign(
        is_wrong=is_wrong | is_twice | seats["centre"].isna() | ~np.isfinite(seats["travel"]),
        guest=~is_host,
        members=seats["n"].where(~is_host, 0),
    ).groupby("unit")
    facts = units.agg({"is_wrong": "any", "guest": "sum", "members": "sum", "size": "sum", "form": "first"})
    is_joint = facts["form"] == "joint"
    most = np.where(is_joint, settings.joint_max_units, settings.host_max_orgs)
    is_broken = (
        facts["is_wrong"]
        | (facts["guest"] > most)
        | (facts["size"] > settings.branch_max_members)
        | (facts["guest"] < np.where(is_joint, 2, 1))
        | (is_joint & (facts["members"] < OWN_MIN))
    )
    return set(facts.index[is_broken])
