"""What hangs on each place: proposed units that may break, organisations that are left only for want of a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.codes import has_code
from coverage.grouping.model import OWN_MIN
from coverage.review.doubts import risky_trips
from coverage.review.tables import Doubt
from coverage.vocabulary import Form, Measure

if TYPE_CHECKING:
    from coverage.pipeline import Plan

_LEFT: Final = (Measure.REGIONAL, Measure.INDUSTRY, Measure.PENDING)
#: Units of organisations that lie in one township or county: the county alone decides.
_BY_AREA: Final = (Form.REGIONAL, Form.INDUSTRY)
_COUNTY_DOUBTS: Final = (Doubt.UNKNOWN_COUNTY, Doubt.CONFLICT, Doubt.WEAK_COUNTY)
#: Reasons of those that lack a member or a host within reach (`org_reason.<reason>`).
_LACKING: Final = ("few_members", "no_joint", "nobody_near", "alone")
_BLOCK: Final = ["adcode", "superior"]


class Stakes(NamedTuple):
    """What hangs on places, each decision once a place, and the blocks that they lie in."""

    units: pd.DataFrame
    """place, group_id"""
    orgs: pd.Series
    """of each place: left, and could be covered once their own place, or that of a partner, is known"""
    orgs_in_all: int
    blocks: pd.DataFrame
    """place, block_units, block_orgs"""


def find_stakes(plan: Plan, doubts: pd.DataFrame, place: pd.Series) -> Stakes:
    """Return what hangs on each place.

    Parameters
    ----------
    doubts
        As `find_doubts` returns them, of the organisations in question alone.
    place
        The place of each of them, index org_id.
    """
    facts = _facts(plan)
    own = facts[facts["org_id"].isin(place.index)].assign(place=lambda rows: rows["org_id"].map(place))
    alone, beside = _left_themselves(own, facts), _left_beside(own, facts)
    orgs = pd.concat([alone.groupby("place").size(), beside.groupby("place")["orgs"].sum()])
    return Stakes(
        _units(plan, doubts, place),
        orgs.groupby(level=0).sum().astype("int64"),
        len(alone) + int(beside.groupby("key")["orgs"].max().sum()),
        _blocks(plan, own, facts),
    )


def _facts(plan: Plan) -> pd.DataFrame:
    """Return org_id, block, township, members and what was decided of everybody who takes part in grouping."""
    duties = plan.duties[["org_id", "recorded_superior", "n", "is_small", "is_host"]]
    facts = plan.measures[["org_id", "adcode", "township_name", "measure", "provisional", "reason", "reachable"]]
    facts = facts.merge(duties, on="org_id", validate="1:1")
    facts = facts.merge(plan.places[["org_id", "is_precise"]], on="org_id", validate="1:1")
    owed = facts["measure"].where(facts["provisional"] == "", facts["provisional"])
    is_one = plan.settings.same_superior == "require"
    facts = facts.assign(
        superior=facts["recorded_superior"] if is_one else "",
        n=facts["n"].fillna(0).astype("int64"),
        is_left=facts["is_small"] & owed.isin(_LEFT),
        is_lacking=np.logical_or.reduce([has_code(facts["reason"], reason) for reason in _LACKING]),
    )
    return facts[facts["is_small"] | facts["is_host"]]


def _units(plan: Plan, doubts: pd.DataFrame, place: pd.Series) -> pd.DataFrame:
    """Return the units that hang on a place: by a trip that may be too long, a doubted point, or a doubted county."""
    trips = risky_trips(plan)
    ends = pd.concat(
        [trips[["org_id", "group_id"]], trips[["lead_id", "group_id"]].rename(columns={"lead_id": "org_id"})]
    )
    risky = ends[ends["org_id"].isin(doubts.index[doubts[Doubt.RISKY_TRIP] | doubts[Doubt.WIDE]])]
    seats = plan.groups[["org_id", "group_id", "form"]]
    strays = seats[seats["org_id"].isin(doubts.index[doubts[Doubt.CONFLICT]])]
    has_county_doubt = doubts[[doubt.value for doubt in _COUNTY_DOUBTS]].any(axis=1)
    by_area = seats[seats["form"].isin(_BY_AREA) & seats["org_id"].isin(doubts.index[has_county_doubt])]
    found = pd.concat([risky, strays[["org_id", "group_id"]], by_area[["org_id", "group_id"]]])
    return found.assign(place=found["org_id"].map(place))[["place", "group_id"]].drop_duplicates(ignore_index=True)


def _left_themselves(own: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return who is left without a point although its block, or an unknown county, may hold a partner or a host."""
    by_block = facts.assign(small_n=facts["n"].where(facts["is_small"], 0)).groupby(_BLOCK)
    others = by_block.agg(members=("small_n", "sum"), hosts=("is_host", "sum"))
    left = own[own["is_left"] & ~own["is_precise"]].join(others, on=_BLOCK)
    may_join = (left["adcode"] == "") | (left["members"] >= OWN_MIN) | (left["hosts"] > left["is_host"])
    return left.loc[may_join, ["place", "org_id"]]


def _left_beside(own: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return key, place, orgs: who has a point and lacks members or a host that stand without one in its township.

    In `reachable` are the full members within the limit; a place helps those who lack no more members than it has.
    """
    key = [*_BLOCK, "township_name"]
    hidden = own[~own["is_precise"] & (own["adcode"] != "") & (own["township_name"] != "")]
    gives = hidden["n"].where(hidden["is_small"], OWN_MIN)  # a host covers whoever comes
    supply = hidden.assign(gives=gives).groupby([*key, "place"])["gives"].sum().reset_index()
    lacking = facts[facts["is_left"] & facts["is_precise"] & facts["is_lacking"]]
    need = OWN_MIN - np.maximum(lacking["reachable"].fillna(0).astype("int64"), lacking["n"])
    by_key = lacking.assign(is_one=need <= 1).groupby(key).agg(one=("is_one", "sum"), more=("is_one", "size"))
    found = supply.join(by_key, on=key, how="inner").reset_index(drop=True)
    found = found.assign(key=found.groupby(key).ngroup(), orgs=found["one"].where(found["gives"] == 1, found["more"]))
    return found.loc[:, ["key", "place", "orgs"]]


def _blocks(plan: Plan, own: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return what could change at most: the proposed units and the organisations to group of each place's blocks."""
    small = facts[facts["is_small"]].groupby(_BLOCK).size().rename("block_orgs")
    seats = plan.groups[["org_id", "group_id"]].merge(facts[["org_id", *_BLOCK]], on="org_id")
    units = seats.groupby(_BLOCK)["group_id"].nunique().rename("block_units")
    here = own.loc[own["adcode"] != "", ["place", *_BLOCK]].drop_duplicates()
    here = here.join(units, on=_BLOCK).join(small, on=_BLOCK)
    here = here.assign(**{name: here[name].fillna(0).astype("int64") for name in ("block_units", "block_orgs")})
    totals: pd.DataFrame = here.groupby("place", as_index=False)[["block_units", "block_orgs"]].sum()
    return totals
