"""The queue: one entry a building, the one that decides most first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.codes import join_codes
from coverage.review.doubts import find_doubts
from coverage.review.stakes import find_stakes
from coverage.review.tables import Doubt, Doubts, Queue
from geo.address.premises import cut_rooms, names_building

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from coverage.review.stakes import Stakes

_NO_PLACE = "org"


class Review(NamedTuple):
    """What to review, and what it decides in all; a decision that hangs on two places counts once."""

    queue: pd.DataFrame
    """`Queue`"""
    doubts: pd.DataFrame
    """`Doubts`"""
    places: int  # with an effect
    units: int
    orgs_open: int


def review_places(plan: Plan) -> Review:
    """Return the places of a plan that are not sure, by effect, then organisations at the place, then org_id."""
    doubts = find_doubts(plan)
    doubts = doubts[doubts.any(axis=1)].sort_index()
    orgs = plan.orgs.set_index("org_id").loc[doubts.index]
    adcode = plan.places.set_index("org_id")["adcode"].loc[doubts.index]
    key = building_keys(orgs["address"], adcode)
    place = pd.Series(pd.factorize(key)[0] + 1, index=doubts.index)
    stakes = find_stakes(plan, doubts, place)
    queue = _ranked(_entries(place, adcode, key), stakes)
    rank = pd.Series(range(1, len(queue) + 1), index=queue["place"], dtype="int64")
    told = pd.DataFrame(
        {"place": place.map(rank).to_numpy(), "org_id": doubts.index.to_numpy(), "doubts": _codes(doubts).to_numpy()}
    ).sort_values(["place", "org_id"], ignore_index=True)
    return Review(
        Queue.validate(queue.assign(place=rank.to_numpy())),
        Doubts.validate(told),
        int((queue["effect"] > 0).sum()),
        stakes.units["group_id"].nunique(),
        stakes.orgs_in_all,
    )


def same_building(plan: Plan, org_id: str) -> list[str]:
    """Return the organisations of the list in the building of one of them, itself first; also those that are sure."""
    places = plan.places
    adcode = places.loc[places["org_id"] == org_id, "adcode"].iloc[0]
    near = places.loc[places["adcode"] == adcode, "org_id"]
    addresses = plan.orgs.loc[plan.orgs["org_id"].isin(near), ["org_id", "address"]].set_index("org_id")["address"]
    keys = building_keys(addresses, pd.Series(adcode, index=addresses.index, dtype="str"))
    others = keys.index[keys == keys[org_id]].drop(org_id)
    return [org_id, *map(str, others.sort_values())]


def building_keys(addresses: pd.Series, adcode: pd.Series) -> pd.Series:
    """Return equal texts for organisations of one building of one county; the others have their org_id (the index)."""
    building = cut_rooms(addresses)
    alone = _NO_PLACE + addresses.index.to_series().astype("str")
    return (adcode + " " + building).where((adcode != "") & names_building(building), alone)


def _codes(doubts: pd.DataFrame) -> pd.Series:
    return join_codes({doubt.value: doubts[doubt].to_numpy(dtype=bool) for doubt in Doubt}, index=doubts.index)


def _entries(place: pd.Series, adcode: pd.Series, key: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame({"place": place, "adcode": adcode, "org_id": place.index, "key": key})
    found = rows.groupby("place", as_index=False).agg(
        org_id=("org_id", "first"), adcode=("adcode", "first"), orgs=("org_id", "size"), key=("key", "first")
    )
    return found.assign(is_building=~found["key"].str.startswith(_NO_PLACE)).drop(columns="key")


def _ranked(entries: pd.DataFrame, stakes: Stakes) -> pd.DataFrame:
    """Return the entries with their counts, in order; `place` still is the number they are known by."""
    counts = {
        "units": stakes.units.groupby("place").size(),
        "orgs_open": stakes.orgs,
        **{name: stakes.blocks.set_index("place")[name] for name in ("block_units", "block_orgs")},
    }
    filled = {name: entries["place"].map(count).fillna(0).astype("int64") for name, count in counts.items()}
    found = entries.assign(**filled, effect=filled["units"] + filled["orgs_open"])
    return found.sort_values(["effect", "orgs", "org_id"], ascending=[False, False, True], ignore_index=True)
