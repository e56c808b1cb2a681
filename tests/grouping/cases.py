"""Candidates from what a test is about, the rules they must keep, and all plans of a few organisations."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

from coverage.settings import PlanSettings
from coverage.tables import Candidates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GEOD = Geod(ellps="WGS84")
LON, LAT = 117.0, 36.0
COUNTY = "370102"

_DEFAULTS: dict[str, Any] = {
    "kind": "small",
    "adcode": COUNTY,
    "superior": "",
    "n": 1,
    "pt": pd.NA,
    "location_level": "given",
    "is_precise": True,
    "limit_m": 3_000.0,
    "place_kind": "street",
    "township": "",
    "site": "",
    "supervisor": "",
    "industry_code": "8310",
    "class14": "",
    "business_text": "",
    "level": "",
    "is_unclear": False,
    "slots": pd.NA,
    "east_m": 0.0,
    "north_m": 0.0,
}


def settings(**changes: Any) -> PlanSettings:
    return PlanSettings(as_of=date(2026, 1, 1), **changes)


def candidates(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return a `Candidates` table: ids A00, A01 ..., points given as metres east and north of one place."""
    filled = [_DEFAULTS | {"org_id": f"A{number:02}"} | dict(row) for number, row in enumerate(rows)]
    table = pd.DataFrame(filled, columns=[*_DEFAULTS, "org_id", "size"])
    lon, lat = _points(table["east_m"].astype(float), table["north_m"].astype(float))
    table = table.assign(
        name=table["org_id"],
        size=table["size"].fillna(table["n"]),
        lon=pd.Series(lon).where(table["is_precise"].astype(bool)),
        lat=pd.Series(lat).where(table["is_precise"].astype(bool)),
    )
    return Candidates.validate(table.sort_values("org_id", ignore_index=True)[list(Candidates.to_schema().columns)])


def _points(east_m: pd.Series, north_m: pd.Series) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    east, north = east_m.to_numpy(), north_m.to_numpy()
    azimuth = np.degrees(np.arctan2(east, north))
    start = np.full(len(east_m), LON), np.full(len(east_m), LAT)
    lon, lat, _ = GEOD.fwd(*start, azimuth, np.hypot(east, north))
    return lon, lat


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


class Trip(NamedTuple):
    distance_m: float
    cost: float


def trip(start: Mapping[str, Any], goal: Mapping[str, Any], rules: PlanSettings) -> Trip | None:
    """Return the trip by the words of GROUPING §1-§3, None beyond the limit or without a point. Codes only."""
    if not (start["is_precise"] and goal["is_precise"]):
        return None
    metres = GEOD.inv(start["lon"], start["lat"], goal["lon"], goal["lat"])[2]
    if metres > start["limit_m"]:
        return None
    likeness = next(
        (value for digits, value in ((4, 1.0), (3, 0.8), (2, 0.6)) if _same(start, goal, digits)),
        0.3 if _section(start) == _section(goal) else 0.0,
    )
    strange = any(start[name] and goal[name] and start[name] != goal[name] for name in ("supervisor", "superior"))
    far = start["township"] and goal["township"] and start["township"] != goal["township"]
    cost = rules.alpha * metres / start["limit_m"] + rules.beta * (1 - likeness)
    return Trip(metres, cost + rules.gamma_supervisor * strange + rules.gamma_township * bool(far))


def _same(start: Mapping[str, Any], goal: Mapping[str, Any], digits: int) -> bool:
    return bool(start["industry_code"][:digits] == goal["industry_code"][:digits])


def _section(org: Mapping[str, Any]) -> str:
    sections = {"83": "P", "84": "Q", "85": "Q", "95": "S"}
    return sections.get(str(org["industry_code"])[:2], str(org["org_id"]))


def best_plan_cost(table: pd.DataFrame, rules: PlanSettings, *, slots: int = 0) -> float:
    """Return the least cost of all plans of one block, by trying each of them."""
    rows = _records(table)
    small = [row for row in rows if row["kind"] == "small"]
    hosts = [row for row in rows if row["kind"] == "host"]
    stars = {
        frozenset(group): cost
        for units in range(2, rules.joint_max_units + 1)
        for group in combinations(range(len(small)), units)
        if (cost := star_cost([small[place] for place in group], rules)) is not None
    }
    return min(_plans(frozenset(range(len(small))), stars, small, hosts, rules=rules, slots=slots, taken={}))


def star_cost(group: list[dict[str, Any]], rules: PlanSettings) -> float | None:
    """Return the cost of a joint unit with its best lead, None where no lead makes it legal."""
    if sum(org["n"] for org in group) < 3 or sum(org["size"] for org in group) > rules.branch_max_members:
        return None
    sums = [[trip(org, lead, rules) for org in group if org is not lead] for lead in group]
    legal = [sum(way.cost for way in ways if way) for ways in sums if all(ways)]
    return min(legal, default=None)


def _plans(  # the whole state of the search
    open_: frozenset[int],
    stars: dict[frozenset[int], float],
    small: list[dict[str, Any]],
    hosts: list[dict[str, Any]],
    *,
    rules: PlanSettings,
    slots: int,
    taken: dict[int, tuple[int, ...]],
) -> Iterator[float]:
    """Yield the cost of every plan of the organisations still open: the first of them tries all it can do."""
    if not open_:
        yield 0.0
        return
    org = min(open_)

    def rest(gone: frozenset[int], left_slots: int = slots, now: dict[int, tuple[int, ...]] = taken) -> float:
        return min(_plans(open_ - gone, stars, small, hosts, rules=rules, slots=left_slots, taken=now))

    alone = frozenset({org})
    yield 100.0 + rest(alone)
    for group, cost in stars.items():
        if org in group and group <= open_:
            yield cost + rest(group)
    if slots and (small[org]["n"] == 2 or rules.profile == "2012"):
        yield (0.0 if small[org]["n"] == 2 else 12.0) + rest(alone, slots - 1)
    for number, host in enumerate(hosts):
        guests = (*taken.get(number, ()), org)
        size = host["size"] + sum(small[guest]["size"] for guest in guests)
        way = trip(small[org], host, rules)
        if way and len(guests) <= rules.host_max_orgs and size <= rules.branch_max_members:
            yield 10.0 + way.cost + rest(alone, slots, taken | {number: guests})


def broken_rules(table: pd.DataFrame, groups: pd.DataFrame, rules: PlanSettings) -> list[str]:
    """Return the hard rules of RULEBOOK §5.1 that a `Groups` table breaks."""
    orgs = {row["org_id"]: row for row in _records(table)}
    faults = ["H11" for _ in range(int(groups.loc[groups["role"] != "host", "org_id"].duplicated().sum()))]
    for _, rows in groups.groupby("group_id"):
        form = rows["form"].iloc[0]
        members = [orgs[org_id] for org_id in rows.loc[rows["role"] != "host", "org_id"]]
        centre = [orgs[org_id] for org_id in rows.loc[rows["role"].isin(["lead", "host"]), "org_id"]]
        size = sum(org["size"] for org in members) + sum(org["size"] for org in centre if form == "attached")
        checks = {
            "H2 H3": all(org["kind"] == "small" and org["n"] in {1, 2} for org in members),
            "H4": form == "attached" or sum(org["n"] for org in members) >= 3,
            "H5": size <= rules.branch_max_members,
            "H6": rules.same_superior == "prefer" or len({org["superior"] for org in members + centre}) == 1,
            "H7": len({org["adcode"] for org in members + centre}) == 1,
        }
        checks |= _star_checks(form, members, centre, rules)
        faults += [code for code, holds in checks.items() if not holds]
    return faults


def _star_checks(
    form: str, members: list[dict[str, Any]], centre: list[dict[str, Any]], rules: PlanSettings
) -> dict[str, bool]:
    least = {"regional": rules.area_min_orgs, "industry": rules.industry_min_orgs}
    if form in least:
        return {"size": len(members) >= least[form], "no centre": not centre}
    travellers = [org for org in members if org is not centre[0]] if len(centre) == 1 else []
    checks = {"H12": len(centre) == 1, "H10": all(trip(org, centre[0], rules) for org in travellers)}
    if form == "joint":
        return checks | {"H1": 2 <= len(members) <= rules.joint_max_units}
    return checks | {"H13": 1 <= len(members) <= rules.host_max_orgs and centre[0]["kind"] == "host"}
