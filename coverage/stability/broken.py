"""What rules the units of an earlier plan break against the new list, and which organisation breaks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from coverage.stability.tables import Why
from coverage.verification.facts import gather_seats
from coverage.verification.hard import find_hard
from coverage.verification.listed import list_facts
from coverage.vocabulary import FIXED_STATES, Form, Role

if TYPE_CHECKING:
    from coverage.settings import PlanSettings

_WHY: Final = {
    "H0": Why.COUNT_UNKNOWN,
    "H1": Why.TOO_FEW,
    "H2": Why.COUNT,
    "H3": Why.COUNT,
    "H4": Why.TOO_FEW,
    "H5": Why.TOO_MANY,
    "H6": Why.SUPERIOR,
    "H7_several": Why.COUNTY,
    "H7_unknown": Why.COUNTY,
    "H8_closed": Why.CLOSED,
    "H8_zombie": Why.ZOMBIE,
    "H9": Why.COVERED,
    "H10_far": Why.FAR,
    "H10_location": Why.UNLOCATED,
    "H12_unlisted": Why.GONE,
    "H12_code": Why.GONE,
    "H13_host": Why.HOST_LOST,
    "H13_count": Why.HOST_FULL,
    "H13_members": Why.HOST_FULL,
}
_RANK: Final = {why.value: place for place, why in enumerate(Why)}
_COLUMNS: Final = ["group_id", "reason", "about", "value", "limit"]


class Listed(NamedTuple):
    """What a list says, and the rules: orgs, places and duties of the same organisations."""

    orgs: pd.DataFrame
    places: pd.DataFrame
    duties: pd.DataFrame
    settings: PlanSettings


def find_broken(units: pd.DataFrame, listed: Listed) -> pd.DataFrame:
    """Return group_id, reason, about, value and limit of each fault of the earlier units, the first reason first.

    `about` is the organisation that breaks the rule, "" where nobody alone does.
    """
    if units.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in _COLUMNS[:3]} | _no_numbers())
    business = listed.orgs[["org_id", "industry_code", "class14"]].assign(business_text="")  # no hard rule looks at it
    facts = list_facts(listed.orgs, listed.places, duties=listed.duties, business=business)
    found = find_hard(gather_seats(units, facts), listed.settings).rename(columns={"org_id": "about"})
    found = found.assign(reason=found["finding"].map(_WHY).fillna(Why.SHAPE.value).astype("str"))
    found = pd.concat([found, _oversized(units, listed.settings)], ignore_index=True)
    hosts = units[units["role"] == Role.HOST]
    is_host = pd.MultiIndex.from_frame(found[["group_id", "about"]]).isin(
        pd.MultiIndex.from_frame(hosts[["group_id", "org_id"]])
    )
    is_lost = is_host & found["reason"].isin([Why.GONE, Why.CLOSED, Why.COUNT_UNKNOWN, Why.COUNTY])
    found = found.assign(reason=found["reason"].mask(is_lost, Why.HOST_LOST.value))
    found = _blame(_with_counts(found, units), units, listed)
    order = found.assign(rank=found["reason"].map(_RANK), is_whole=found["about"] == "")
    order = order.sort_values(["group_id", "is_whole", "rank", "about"], kind="stable")
    return order[_COLUMNS].reset_index(drop=True)


def _oversized(units: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """Return draft joint units with more organisations than a plan proposes (S1): only people make such units."""
    drafts = units[(units["form"] == Form.JOINT) & ~units["state"].isin(FIXED_STATES)]
    count = drafts.groupby("group_id").size()
    most = settings.joint_max_units
    count = count[count > most]
    return pd.DataFrame(
        {
            "group_id": count.index,
            "reason": Why.TOO_MANY_ORGS.value,
            "about": "",
            "value": count.to_numpy(dtype=float),
            "limit": float(most),
        }
    )


def _no_numbers() -> dict[str, pd.Series]:
    return {name: pd.Series(dtype="float64") for name in _COLUMNS[3:]}


def _with_counts(found: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return the faults, with the members that an organisation had then as the limit of a changed count."""
    then = units.drop_duplicates("org_id").set_index("org_id")["members"].astype("float64")
    is_count = found["reason"] == Why.COUNT
    value = found["value"].fillna(0.0).where(is_count, found["value"])  # H3: none
    return found.assign(value=value, limit=found["limit"].mask(is_count, found["about"].map(then)))


def _blame(found: pd.DataFrame, units: pd.DataFrame, listed: Listed) -> pd.DataFrame:
    """Return the faults, those of county and superior once for each organisation that has another one than then."""
    moved = {
        Why.COUNTY.value: _movers(units, "county_name", listed.places.set_index("org_id")["county_name"]),
        Why.SUPERIOR.value: _movers(units, "superior", listed.duties.set_index("org_id")["superior"]),
    }
    parts = [found[~found["reason"].isin(list(moved))]]
    for why, movers in moved.items():
        some = found[found["reason"] == why].drop(columns="about").merge(movers, on="group_id", how="left")
        parts.append(some.assign(about=some["about"].fillna("")))
    return pd.concat(parts, ignore_index=True)


def _movers(units: pd.DataFrame, then: str, now: pd.Series) -> pd.DataFrame:
    """Return group_id and `about` of the organisations for which the file states something else than the list."""
    stated, found = units[then], units["org_id"].map(now)
    is_other = (stated != "") & found.notna() & (stated != found)
    return units.loc[is_other, ["group_id", "org_id"]].rename(columns={"org_id": "about"})
