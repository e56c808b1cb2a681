"""Whether a unit that a person thinks of is allowed, how far everybody travels, and what it costs (GROUPING §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.grouping.arrays import NONE
from coverage.grouping.model import COST_ATTACHED, COST_INSTRUCTOR, COST_LEFT
from coverage.grouping.similarity import EVIDENCES
from coverage.grouping.trips import price_trips
from coverage.handmade.units import MadeUnit
from coverage.tables import Findings
from coverage.verification import has_hard, verify_groups
from coverage.vocabulary import Form, Role
from geo.distance import distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.grouping.arrays import Bools, Floats, Ints
    from coverage.handmade.bench import Bench

#: Sums of costs that differ by less are ties.
_EQUAL: Final = 1e-9
_ALONE: Final = (Form.REGIONAL.value, Form.INDUSTRY.value)


class Judged(NamedTuple):
    """A unit with its head chosen, what the check says of it, and what it costs.

    `trips` has a row for each member that travels: org_id, distance_m, limit_m, similarity, evidence, cost; NaN where
    somebody has no precise point or is in another block. `cost` is by the objective, NaN with such a trip.
    """

    unit: MadeUnit
    findings: pd.DataFrame  # Findings; group_id is the place among the units asked about
    trips: pd.DataFrame
    members: int
    size: int
    cost: float

    @property
    def is_legal(self) -> bool:
        """Say whether no hard rule is broken."""
        return not has_hard(self.findings)

    @property
    def farthest_m(self) -> float:
        """Return the longest way to the head, NaN where nobody travels."""
        return float(self.trips["distance_m"].max()) if len(self.trips) else float("nan")


def judge(bench: Bench, unit: MadeUnit) -> Judged:
    """Return what is to be said of one unit; of a joint unit without a head the cheapest one leads."""
    return judge_all(bench, [unit])[0]


def judge_all(bench: Bench, units: Sequence[MadeUnit], *, is_checked: bool = True) -> list[Judged]:
    """Return what is to be said of units that would stand side by side; without the check only what they cost."""
    if not units:
        return []
    headed = [with_lead(bench, unit) for unit in units]
    county = bench.county
    findings = verify_groups(_rows(headed), county.listed, county.settings) if is_checked else Findings.empty()
    return [
        _judged(bench, unit, findings[findings["group_id"] == _name(place)].reset_index(drop=True))
        for place, unit in enumerate(headed)
    ]


def with_lead(bench: Bench, unit: MadeUnit) -> MadeUnit:
    """Return a joint unit with the cheapest lead that all can reach, else the one that most can; ties by org_id."""
    if unit.form != Form.JOINT or unit.head or not unit.members:
        return unit
    return unit._replace(head=unit.members[best_lead(bench, unit.members)])


def best_lead(bench: Bench, members: Sequence[str]) -> int:
    """Return the place of the best lead among members."""
    count = len(members)
    start, goal = np.repeat(np.arange(count), count), np.tile(np.arange(count), count)
    trips = trips_between(
        bench, [members[place] for place in start.tolist()], [members[place] for place in goal.tolist()]
    )
    is_far = ~(trips["distance_m"] <= trips["limit_m"]).to_numpy(dtype=bool) & (start != goal)
    cost = trips["cost"].where(start != goal, 0.0).fillna(0.0).to_numpy(dtype=float)
    far = is_far.reshape(count, count).sum(axis=0)
    total = np.where(far == far.min(), cost.reshape(count, count).sum(axis=0), np.inf)
    return int(np.argmax(total <= total.min() + _EQUAL))


def trips_between(bench: Bench, start: Sequence[str], goal: Sequence[str]) -> pd.DataFrame:
    """Return distance, limit, similarity, evidence and cost of each trip; to oneself as to anybody else."""
    distance, limit = _ways(bench, start, goal)
    similarity, cost = np.full(len(start), np.nan), np.full(len(start), np.nan)
    evidence = np.full(len(start), "", dtype=object)
    for (block, kind), rows in _by_block(bench, start, goal).items():
        here = bench.blocks[block]
        pairs = _places(bench, [start[row] for row in rows]), _places(bench, [goal[row] for row in rows])
        goals = here.small if kind == "small" else here.hosts
        trips = price_trips(pairs, here.small, goals, texts=bench.texts(block), settings=bench.county.settings)
        similarity[rows], cost[rows] = trips.similarity, trips.cost
        evidence[rows] = np.array(EVIDENCES, dtype=object)[trips.evidence]
    return pd.DataFrame(
        {
            "org_id": pd.Series(start, dtype="str"),
            "distance_m": distance,
            "limit_m": limit,
            "similarity": similarity,
            "evidence": pd.Series(evidence, dtype="str"),
            "cost": np.where(np.isnan(distance), np.nan, cost),
        }
    )


def cost_of(form: str, trips: pd.DataFrame, members: int) -> float:
    """Return what a unit costs by the objective; a 统建 counts as not covered there (GROUPING §4)."""
    if form in _ALONE:
        return COST_LEFT * members
    travel = float(trips["cost"].sum(skipna=False))
    return travel + COST_ATTACHED * members if form == Form.ATTACHED else travel


def cost_alone(bench: Bench, orgs: Sequence[str], taught: frozenset[str]) -> float:
    """Return what organisations in no unit cost; who is not to be grouped (own unit, unknown count) costs nothing."""
    small = [org_id for org_id in orgs if org_id in bench.seats and bench.seats[org_id].kind == "small"]
    n = bench.county.candidates["n"].to_numpy()
    return sum(
        COST_INSTRUCTOR[int(n[bench.county.row_of[org_id]])] if org_id in taught else COST_LEFT for org_id in small
    )


def _judged(bench: Bench, unit: MadeUnit, findings: pd.DataFrame) -> Judged:
    travellers = [] if unit.form in _ALONE else [org_id for org_id in unit.members if org_id != unit.head]
    trips = trips_between(bench, travellers, [unit.head] * len(travellers))
    known = bench.county.members.reindex(list(unit.members))
    return Judged(
        unit=unit,
        findings=findings,
        trips=trips,
        members=int(known["n"].sum()),
        size=int(known["n"].sum() + known["prob"].sum()),
        cost=cost_of(unit.form, trips, len(unit.members)),
    )


def _rows(units: Sequence[MadeUnit]) -> pd.DataFrame:
    head_of = {Form.JOINT.value: Role.LEAD.value, Form.ATTACHED.value: Role.HOST.value}
    rows = [
        (_name(place), unit.form, org_id, head_of.get(unit.form, "") if org_id == unit.head else Role.MEMBER.value)
        for place, unit in enumerate(units)
        for org_id in unit.orgs
        if org_id
    ]
    return pd.DataFrame(rows, columns=["group_id", "form", "org_id", "role"], dtype="str")


def _name(place: int) -> str:
    return f"U{place:06}"


def _ways(bench: Bench, start: Sequence[str], goal: Sequence[str]) -> tuple[Floats, Floats]:
    """Return metres between precise points (else NaN) and the limit of who travels."""
    sites, rows = bench.county.sites, bench.county.row_of
    here, there = (np.array([rows.get(org_id, NONE) for org_id in names], dtype=np.int64) for names in (start, goal))
    if not len(sites.row):
        return np.full(len(here), np.nan), np.full(len(here), np.nan)
    is_known: Bools = np.minimum(here, there) != NONE
    metres = np.where(is_known, distance_m(sites.xyz[here], sites.xyz[there]), np.nan)
    return metres, np.where(here != NONE, sites.limit_m[here], np.nan)


def _by_block(bench: Bench, start: Sequence[str], goal: Sequence[str]) -> dict[tuple[int, str], list[int]]:
    """Return the rows of trips within a block, by block and by whether they go to organisations or to hosts."""
    found: dict[tuple[int, str], list[int]] = {}
    for row, (one, other) in enumerate(zip(start, goal, strict=True)):
        here, there = bench.seats.get(one), bench.seats.get(other)
        if here and there and here.block == there.block and here.kind == "small":
            found.setdefault((there.block, there.kind), []).append(row)
    return found


def _places(bench: Bench, orgs: Sequence[str]) -> Ints:
    return np.array([bench.seats[org_id].place for org_id in orgs], dtype=np.int64)
