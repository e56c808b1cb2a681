"""Members, staff and Party units of invented organisations, consistent with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.synthesis.draws import choose, rank_within
from coverage.synthesis.figures import (
    DATA_DAY,
    HAS_INSTRUCTOR,
    HAS_LIAISON,
    HAS_TRADE_UNION,
    HAS_UNIT,
    MEMBERS,
    OF_AGE,
    STAFF,
    TERM_IS_OVER,
    TERM_YEARS,
    UNITS_OF_JOINT,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.synthesis.draws import Places
    from coverage.synthesis.places import Spots

#: 三名及以上 own a branch; more full members than this are as likely as a fifth fewer each.
_OWN_MIN: Final = 3
_FEWER: Final = 0.8
_MOST_MEMBERS: Final = 60
_PROBATIONARY: Final = 0.12
_PART_TIME: Final = 0.35
_UNTRANSFERRED: Final = 0.25
_DAYS_OF_YEAR: Final = 365.25
_COMMITTEE_MIN: Final = 7


def draw_people(spots: Spots, names: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return dates, counts and units of each organisation, as lists write them."""
    count = len(spots.town)
    members = _members(count, rng)
    probationary = (rng.random(count) < _PROBATIONARY).astype(np.intp)
    part_time = np.floor(members * rng.random(count) * 2 * _PART_TIME).astype(np.intp)
    floating = np.floor((members - part_time) * rng.random(count) * 2 * _UNTRANSFERRED).astype(np.intp)
    registered = _registered(count, rng)
    staff = members + probationary + _staff(names["org_type"], rng)
    people = pd.DataFrame(
        {
            "reg_date": registered.astype(str),
            "staff": staff,
            "n_full": members,
            "ft_in": members - part_time - floating,
            "ft_out": floating,
            "pt": part_time,
            "prob": probationary,
            "mass": np.where(rng.random(count) < HAS_TRADE_UNION, "有", "无"),
        }
    )
    units = _units(spots, people.assign(name=names["name"], superior=names["superior"]), registered, rng=rng)
    is_open = (units["has_unit"] == "否").to_numpy()
    return people.join(units).assign(
        instructor=_ticks(is_open & (members > 0) & (rng.random(count) < HAS_INSTRUCTOR)),
        liaison=_ticks(is_open & (members == 0) & (rng.random(count) < HAS_LIAISON)),
    )


def _ticks(hits: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(hits, "是", "否").astype(object)


def _members(count: int, rng: np.random.Generator) -> Places:
    more = _OWN_MIN + np.floor(np.log1p(-rng.random(count)) / np.log(_FEWER)).astype(np.intp)
    most = np.array([0, 1, 2, _MOST_MEMBERS])[choose(rng, MEMBERS, count)]
    members: Places = np.minimum(most, more.clip(max=_MOST_MEMBERS))
    return members


def _staff(types: pd.Series, rng: np.random.Generator) -> Places:
    """Return the staff beside the members; the mean of each type is near the published one."""
    mean = types.map(STAFF).to_numpy(dtype=float) - 2
    return np.floor(-np.log1p(-rng.random(len(types))) * mean).astype(np.intp)


def _registered(count: int, rng: np.random.Generator) -> NDArray[np.datetime64]:
    low, high, share = np.array(OF_AGE).T
    band = choose(rng, share, count)
    days = (low[band] + rng.random(count) * (high - low)[band]) * _DAYS_OF_YEAR
    registered: NDArray[np.datetime64] = np.datetime64(DATA_DAY) - days.astype("timedelta64[D]")
    return registered


def _units(
    spots: Spots, people: pd.DataFrame, registered: NDArray[np.datetime64], *, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the unit of each organisation: its own from three members on, else one it shares in its township."""
    members = people["n_full"].to_numpy()
    band = np.digitize(members, [1, _OWN_MIN])
    has_unit = rng.random(len(members)) < np.array(HAS_UNIT)[band]
    own = has_unit & (members >= _OWN_MIN)
    shared, joint, place = _joint_units(spots, people["superior"], has_unit & ~own)
    size = members + people["prob"].to_numpy()
    sizes = np.bincount(joint[shared], weights=size[shared], minlength=joint.max() + 1).astype(np.intp)
    units = np.bincount(joint[shared], minlength=joint.max() + 1)
    township = spots.towns["name"].to_numpy(dtype=object)[spots.town]
    joint_name = "中共" + township + "社会组织第" + (place + 1).astype(str).astype(object) + "联合支部委员会"
    founded = registered + ((np.datetime64(DATA_DAY) - registered) * rng.random(len(members))).astype("timedelta64[D]")
    founded = np.where(shared, founded[_first_of(joint)[joint]], founded)
    total = np.where(own, size, np.where(shared, sizes[joint], 0))
    known = own | shared
    return pd.DataFrame(
        {
            "has_unit": _ticks(known),
            "unit_name": np.where(own, "中共" + people["name"] + "支部委员会", np.where(shared, joint_name, "")),
            "unit_form": np.where(own, "党支部", np.where(shared, "联合党支部", "")),
            "unit_mode": np.where(own, "单建", np.where(shared, "联建", "")),
            "unit_units": np.where(shared, units[joint].astype(str), ""),
            "unit_members": np.where(known, total.astype(str), ""),
            "has_committee": np.where(known, np.where(total >= _COMMITTEE_MIN, "是", "否"), ""),
            "unit_start": np.where(known, founded.astype(str), ""),
            "term_end": np.where(known, _terms(founded, rng).astype(str), ""),
        }
    )


def _joint_units(
    spots: Spots, superiors: pd.Series, wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], Places, Places]:
    """Return who shares a unit, which one, and its number in the township; nobody shares a unit alone.

    A unit lies in one township under one recorded superior.
    """
    superior = pd.factorize(superiors)[0]
    block = pd.factorize(pd.MultiIndex.from_arrays([spots.town, superior]))[0]
    block = np.where(wanted, block, -1)
    unit = pd.factorize(pd.MultiIndex.from_arrays([block, rank_within(block) // UNITS_OF_JOINT]))[0]
    is_shared = wanted & (np.bincount(unit, weights=wanted)[unit] > 1)
    first = pd.Series(unit).where(is_shared).drop_duplicates().dropna().astype(int)
    number = np.zeros(int(unit.max()) + 1, dtype=np.intp)
    number[first.to_numpy()] = rank_within(spots.town[first.index.to_numpy()])
    return is_shared, unit, number[unit]


def _first_of(groups: Places) -> Places:
    """Return the first row of each group, groups being numbered from 0 in the order they come."""
    return np.flatnonzero(~pd.Series(groups).duplicated())


def _terms(founded: NDArray[np.datetime64], rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Return the end of the running term, of one unit in ten the end of the one before."""
    day = np.datetime64(DATA_DAY)
    term = np.timedelta64(int(TERM_YEARS * _DAYS_OF_YEAR), "D")
    is_over = rng.random(len(founded)) < TERM_IS_OVER
    ends = founded + ((day - founded) // term + 1) * term
    return np.where(is_over, ends - term, ends)
