"""Which organisations want a point that a service may know, and what to ask for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.online.tables import Questions
from geo.address.premises import cut_rooms
from geo.address.telephones import cut_telephones

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from coverage.review import Review

_PLACE: Final = [
    "org_id", "adcode", "county_name", "city", "city_name", "province_name", "township_name", "location_level",
    "is_precise",
]  # fmt: skip
#: No address is longer; what is, holds other things as well.
_LONGEST: Final = 100


def find_questions(orgs: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return `Questions` of the organisations with an address and no precise point.

    Those of known county come first, then what many ask for, then by text; so the daily quota goes where it helps most.
    """
    wanted = orgs.loc[orgs["address"] != "", ["org_id", "address"]].merge(places[_PLACE], on="org_id")
    wanted = wanted[~wanted["is_precise"]]
    asked = _texts(wanted)
    questions = pd.DataFrame(
        {
            "org_id": wanted["org_id"],
            "address": wanted["address"],
            "text": asked,
            "city": wanted["city"],
            "adcode": wanted["adcode"],
            "township": wanted["township_name"],
            "level": wanted["location_level"],
        }
    )
    return Questions.validate(_in_order(questions[questions["text"] != ""]))


def review_questions(plan: Plan, review: Review) -> pd.DataFrame:
    """Return `Questions` of the places to review of a plan, in the order of the queue: what decides most first."""
    place = review.doubts.set_index("org_id")["place"]
    questions = find_questions(
        plan.orgs[plan.orgs["org_id"].isin(place.index)], plan.places[plan.places["org_id"].isin(place.index)]
    )
    order = questions["org_id"].map(place).to_numpy()
    return questions.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _texts(wanted: pd.DataFrame) -> pd.Series:
    """Return each address without rooms and telephones, behind its province and city where it names neither of them."""
    plain = cut_rooms(cut_telephones(wanted["address"]))
    return _placed(plain.str.slice(0, _LONGEST), wanted)


def _placed(addresses: pd.Series, wanted: pd.DataFrame) -> pd.Series:
    """Put province and city before addresses that name no city; the county stays out: the answer is checked by it.

    A county that the address names is not enough: other cities have one of that name.
    """
    rows = zip(addresses, wanted["province_name"], wanted["city_name"], strict=True)
    placed = [
        address
        if not address or not city or _is_placed(address, province, city)
        else (province if province != city else "") + city + address.removeprefix(province)
        for address, province, city in rows
    ]
    return pd.Series(placed, index=addresses.index, dtype="str")


def _is_placed(address: str, province: str, city: str) -> bool:
    """Tell whether an address names its city, in short only at its beginning or behind the province."""
    stem = city[:-1]
    return city in address or address.startswith(stem) or (address.startswith(province[:2]) and stem in address)


def _in_order(questions: pd.DataFrame) -> pd.DataFrame:
    asks = questions.groupby(["text", "city"])["org_id"].transform("size")
    order = questions.assign(is_unknown=questions["adcode"] == "", asks=-asks)
    order = order.sort_values(["is_unknown", "asks", "text", "city", "org_id"], kind="stable")
    return order.drop(columns=["is_unknown", "asks"]).reset_index(drop=True)
