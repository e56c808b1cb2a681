"""Joint branches there are that could take organisations in (RULEBOOK §5.5): shown ahead of new units, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from coverage.codes import SEPARATOR
from coverage.grouping.arrays import Bools, Ints, Sites
from coverage.grouping.blocks import read_sites
from coverage.grouping.model import COST_ATTACHED, COST_INSTRUCTOR, COST_LEFT, OWN_MIN
from coverage.grouping.similarity import needs_texts, text_matrix
from coverage.grouping.trips import price_trips
from coverage.tables import Branches
from coverage.vocabulary import EXISTING_BRANCH, Measure, Role, UnitForm
from geo.distance import chord_m, distance_m

if TYPE_CHECKING:
    from coverage.grouping import Grouping
    from coverage.grouping.arrays import Trips
    from coverage.settings import PlanSettings

# Of so many organisations of branches next to it, each takes the cheapest.
_LOOKED_AT: Final = 8
# Farther than any limit: blocks are that far apart in a fourth dimension, so that one tree serves them all.
_APART_M: Final = 1e7
_OUT_OF_SCOPE: Final = (Measure.OUT_OF_SCOPE, Measure.ZOMBIE)
_NEEDED: Final = [
    *("org_id", "adcode", "superior", "n", "size", "lon", "lat", "is_precise", "limit_m", "township", "supervisor"),
    *("industry_code", "class14", "business_text"),
]
_OF_BRANCH: Final = ["branch", "units", "branch_members", "room_units", "room_members"]


class Listed(NamedTuple):
    """What stages before grouping found; one row per organisation each, in one order."""

    orgs: pd.DataFrame
    places: pd.DataFrame
    duties: pd.DataFrame
    business: pd.DataFrame


def find_branches(
    listed: Listed, candidates: pd.DataFrame, grouping: Grouping, *, settings: PlanSettings
) -> pd.DataFrame:
    """Return the table `Branches`: for each organisation to group the cheapest branch with room near by, and the gain.

    Near by is within its travel limit of an organisation of the branch: nobody knows where the branch meets.
    """
    seats = _seats(listed, settings)
    small = candidates[candidates["kind"] == "small"]
    small = small[small["org_id"].isin(_solved(grouping)) & (small["adcode"] != "")]
    if seats.empty or small.empty:
        return Branches.empty()
    rows = pd.concat([small[_NEEDED], seats[[*_NEEDED, *_OF_BRANCH]]], ignore_index=True)
    sites = read_sites(rows)
    block = _block_of(rows, settings)
    traveller, goal = _near_pairs(sites, block, len(small))
    fits = rows["room_members"].to_numpy()[goal] >= sites.size[traveller]
    trips = _priced(rows, sites, (traveller[fits], goal[fits]), settings=settings)
    best = _cheapest(trips)
    return _gains(rows, trips.take(best), grouping)


def with_branches(outcomes: pd.DataFrame, branches: pd.DataFrame) -> pd.DataFrame:
    """Return `Outcomes` whose alternatives begin with a branch there is, where one could be joined."""
    others = outcomes["alternatives"]
    joined = EXISTING_BRANCH + (SEPARATOR + others).where(others != "", "")
    return outcomes.assign(alternatives=joined.where(outcomes["org_id"].isin(branches["org_id"]), others))


def _block_of(rows: pd.DataFrame, settings: PlanSettings) -> Ints:
    keys = ["adcode"] if settings.same_superior == "prefer" else ["adcode", "superior"]
    return np.asarray(rows.groupby(keys).ngroup(), dtype=np.int64)


def _solved(grouping: Grouping) -> pd.Series:
    return grouping.outcomes.loc[grouping.outcomes["reason"] != "not_solved", "org_id"]


def _seats(listed: Listed, settings: PlanSettings) -> pd.DataFrame:
    """Return the located organisations of joint branches with room, with the facts that a trip needs."""
    is_joint = (listed.duties["unit_form"] == UnitForm.JOINT) & ~listed.duties["measure"].isin(_OUT_OF_SCOPE)
    columns = ["org_id", "unit_name", "unit_units", "unit_members"]
    seats = listed.orgs.loc[is_joint.to_numpy(), columns]
    seats = seats.merge(listed.duties[["org_id", "n", "prob", "supervisor", "recorded_superior"]], on="org_id")
    places = ["org_id", "adcode", "township_name", "is_precise", "lon", "lat", "limit_m"]
    seats = seats.merge(listed.places[places], on="org_id")
    seats = seats.merge(listed.business[["org_id", "industry_code", "class14", "business_text"]], on="org_id")
    seats = seats.rename(columns={"recorded_superior": "superior", "township_name": "township"})
    seats = _with_branch(seats.assign(size=seats["n"] + seats["prob"]), settings)
    has_room = (seats["room_units"] > 0) & (seats["room_members"] > 0).fillna(value=False)
    seats = seats[has_room & seats["is_precise"] & (seats["adcode"] != "")].sort_values("org_id", ignore_index=True)
    # A trip does not ask how many members its goal has; the branch as a whole is known to have room.
    nobody = dict.fromkeys(("n", "size"), 0)
    return seats.assign(**nobody).astype({"room_members": "int64", "branch_members": "int64"})


def _with_branch(seats: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """Return the seats with size and room of their branch: a name in a county is one branch, as in the indicators.

    What the list says of the branch counts, or its rows where they are more. A branch of which neither is known has
    unknown members, and so no room that is known: a blank is not 0.
    """
    key = seats["unit_name"].where(seats["unit_name"] != "", "\n" + seats["org_id"])
    by_branch = seats.groupby([key, seats["adcode"]])
    listed = by_branch["org_id"].transform("size")
    units = by_branch["unit_units"].transform("max").astype("Int64").fillna(listed).clip(lower=listed).astype("int64")
    counted = by_branch["size"].transform("sum").where(by_branch["size"].transform("count") == listed)
    said = by_branch["unit_members"].transform("max").astype("Int64")
    members = said.where(said.ge(counted).fillna(value=True) & said.notna(), counted)
    return seats.assign(
        branch=seats["unit_name"],
        units=units,
        branch_members=members,
        room_units=settings.joint_max_units - units,
        room_members=settings.branch_max_members - members,
    )


def _near_pairs(sites: Sites, block: Ints, small: int) -> tuple[Ints, Ints]:
    """Return organisations to group and those of branches of their block within their limit, the nearest few."""
    points = np.column_stack([sites.xyz, block * _APART_M])
    start = np.flatnonzero(sites.is_precise[:small])
    if not len(start):
        return start, start
    tree = cKDTree(points[small:])
    most_m = float(chord_m(sites.limit_m[start]).max())
    found = tree.query(points[start], k=np.arange(1, _LOOKED_AT + 1), distance_upper_bound=np.nextafter(most_m, np.inf))
    near = np.asarray(found[1], dtype=np.int64)
    row, rank = np.nonzero(near < len(points) - small)
    traveller, goal = start[row], small + near[row, rank]
    within: Bools = distance_m(sites.xyz[traveller], sites.xyz[goal]) <= sites.limit_m[traveller]
    return traveller[within], goal[within]


def _priced(rows: pd.DataFrame, sites: Sites, pairs: tuple[Ints, Ints], *, settings: PlanSettings) -> Trips:
    """Return the trips with what they cost; texts are weighed within their county and superior, as in grouping."""
    some = np.unique(np.concatenate(pairs))
    texts = None
    if needs_texts(sites.take(some)):
        block = _block_of(rows.loc[some], settings)
        texts = text_matrix(rows.loc[some, "business_text"].tolist(), blocks=block)
        place = np.zeros(len(rows), dtype=np.int64)
        place[some] = np.arange(len(some))
        sites = sites._replace(text=place)
    return price_trips(pairs, sites, sites, texts=texts, settings=settings)


def _cheapest(trips: Trips) -> Ints:
    """Return each traveller's cheapest trip, of equal ones to the first organisation."""
    order = np.lexsort((trips.lead, trips.cost, trips.traveller))
    first = np.asarray(np.unique(trips.traveller[order], return_index=True)[1], dtype=np.int64)
    return np.asarray(order[first], dtype=np.int64)


def _gains(rows: pd.DataFrame, trips: Trips, grouping: Grouping) -> pd.DataFrame:
    found = rows.iloc[trips.lead][["adcode", "superior", *_OF_BRANCH]].reset_index(drop=True)
    found = found.assign(
        branch_org=rows["org_id"].to_numpy()[trips.lead],
        org_id=rows["org_id"].to_numpy()[trips.traveller],
        n=rows["n"].to_numpy()[trips.traveller],
        distance_m=trips.distance_m,
        similarity=trips.similarity,
        cost=trips.cost,
    )
    found = found.merge(grouping.outcomes[["org_id", "measure"]], on="org_id")
    found = found.merge(_seats_now(grouping.groups), on="org_id", how="left")
    found = in_order(found.assign(gain=_cost_now(found) - found["cost"], breaks=_breaks(found)))
    return Branches.validate(found[list(Branches.to_schema().columns)])


def in_order(branches: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `Branches` by county and branch, those who gain most first; ties by org_id."""
    table = branches.assign(key=branches["branch"].where(branches["branch"] != "", branches["branch_org"]))
    order = ["adcode", "key", "gain", "org_id"]
    return table.sort_values(order, ascending=[True, True, False, True], ignore_index=True).drop(columns="key")


def _seats_now(groups: pd.DataFrame) -> pd.DataFrame:
    """Return role, trip, members and organisations of the unit that is proposed for each organisation to group."""
    orgs = groups.groupby("group_id")["org_id"].transform("size")
    seats = groups.assign(trip=groups["cost"], group_orgs=orgs)[groups["role"] != Role.HOST]
    return seats[["org_id", "role", "trip", "group_members", "group_orgs"]]


def _cost_now(found: pd.DataFrame) -> pd.Series:
    """Return what an organisation costs as proposed: its penalty and its trip (GROUPING §1)."""
    measure, trip = found["measure"], found["trip"].fillna(0.0)
    taught = found["n"].map(COST_INSTRUCTOR).astype(float)
    cost = np.select(
        [measure == Measure.JOINT, measure == Measure.ATTACHED, measure == Measure.INSTRUCTOR_OWN],
        [trip, COST_ATTACHED + trip, taught],
        default=COST_LEFT,
    )
    return pd.Series(cost, index=found.index)


def _breaks(found: pd.DataFrame) -> pd.Series:
    """Say whose proposed joint unit would lack its lead, three members or two organisations without it."""
    rest = found["group_members"] - found["n"]
    lacks = (found["role"] == Role.LEAD) | (rest < OWN_MIN) | (found["group_orgs"] <= 2)
    return lacks & (found["measure"] == Measure.JOINT)
