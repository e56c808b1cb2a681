"""Cases to try: a block as it would be, and the settings that would hold."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from coverage.settings import PlanSettings
from coverage.vocabulary import Location
from coverage.whatif.tables import Parameter
from geo.distance import to_cartesian_m

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from coverage.grouping.arrays import Block, Floats, Sites

#: How far a point may be off, metres: about the error of an address that was found on its road.
POSITION_ERROR_M: Final = 300.0
#: What a weight is worth when it is a fifth too low or too high; all are divided by their new sum.
WEIGHT_FACTORS: Final = (0.8, 1.2)
_WEIGHTS: Final = (("alpha",), ("beta",), ("gamma_supervisor", "gamma_township"))
_MOST_UNITS: Final = "joint_max_units"
_METRES_A_DEGREE: Final = 111_195.0  # mean radius of the earth; the error of an error of 300 m is below 2 m


class Case(NamedTuple):
    """One case: what is tried, its value, the settings, and what becomes of each block."""

    parameter: str
    value: float
    settings: PlanSettings
    change: Callable[[Block], Block]


class Roads(NamedTuple):
    """How far the points of all candidates may be off that stand for a road, metres, NaN for others; and all points."""

    radius_m: Floats
    xyz: Floats


def roads_of(candidates: pd.DataFrame, radius_m: pd.Series | None) -> Roads:
    """Return the roads among candidates; without radii by org_id there are none."""
    lon, lat = (candidates[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    known = candidates["org_id"].map({} if radius_m is None else radius_m).astype("float64")
    is_road = candidates["location_level"] == Location.ROAD
    return Roads(np.asarray(known.where(is_road), dtype=np.float64), to_cartesian_m(lon, lat))


def case_now(settings: PlanSettings) -> Case:
    """Return the case that changes nothing."""
    return Case(Parameter.NOW, np.nan, settings, _same)


def limit_cases(settings: PlanSettings, factors: Sequence[float], *, roads: Roads) -> list[Case]:
    """Return cases with every travel limit, also one that the list states, so many times as far.

    Whose point stands for a road takes part where its radius is within the limit (GROUPING §2), so that changes too.
    """
    return [Case(Parameter.LIMIT, factor, settings, partial(_scaled, factor=factor, roads=roads)) for factor in factors]


def most_units_cases(settings: PlanSettings, counts: Sequence[int]) -> list[Case]:
    """Return cases with so many organisations in a joint unit at most; a count that no setting may have is none."""
    low, high = _range_of(_MOST_UNITS)
    allowed = [count for count in counts if low <= count <= high]
    return [Case(Parameter.MOST_UNITS, count, _with(settings, {_MOST_UNITS: count}), _same) for count in allowed]


def slots_cases(settings: PlanSettings, counts: Sequence[int]) -> list[Case]:
    """Return cases with so many instructors in every block, whatever the list states."""
    return [Case(Parameter.SLOTS, count, settings, partial(_taught, slots=count)) for count in counts]


def weight_cases(settings: PlanSettings) -> Iterator[Case]:
    """Yield cases with one weight a fifth lower or higher: distance, business, management (both of its weights)."""
    for names in _WEIGHTS:
        for factor in WEIGHT_FACTORS:
            yield Case(Parameter.WEIGHTS, factor, _weighed(settings, names, factor), _same)


def neighbour_cases(settings: PlanSettings) -> list[Case]:
    """Return cases with joint units one organisation smaller and one larger at most."""
    now = settings.joint_max_units
    return most_units_cases(settings, (now - 1, now + 1))


def position_cases(candidates: pd.DataFrame, settings: PlanSettings, *, runs: int, seed: int) -> Iterator[Case]:
    """Yield cases in which every point is somewhere within 300 m of where it is said to be.

    The points of a county are drawn by its code: they do not hang on which other counties are tried.
    """
    for run in range(runs):
        xyz = _moved(candidates, seed=seed, run=run)
        yield Case(Parameter.POSITION, run, settings, partial(_placed, xyz=xyz))


def _same(block: Block) -> Block:
    return block


def _scaled(block: Block, *, factor: float, roads: Roads) -> Block:
    small, hosts = (_within(sites, factor, roads) for sites in (block.small, block.hosts))
    return block._replace(small=small._replace(limit_m=small.limit_m * factor), hosts=hosts)


def _within(sites: Sites, factor: float, roads: Roads) -> Sites:
    """Return organisations with a point where they would have a precise one."""
    radius_m = roads.radius_m[sites.row]
    is_precise = np.where(np.isnan(radius_m), sites.is_precise, radius_m <= sites.limit_m * factor)
    return sites._replace(is_precise=is_precise, xyz=np.where(is_precise[:, None], roads.xyz[sites.row], np.nan))


def _taught(block: Block, *, slots: int) -> Block:
    return block._replace(slots=slots)


def _placed(block: Block, *, xyz: Floats) -> Block:
    small, hosts = block.small, block.hosts
    return block._replace(small=small._replace(xyz=xyz[small.row]), hosts=hosts._replace(xyz=xyz[hosts.row]))


def _moved(candidates: pd.DataFrame, *, seed: int, run: int) -> Floats:
    """Return geocentric metres of all candidates, each evenly anywhere in a disc around its point."""
    east, north = np.zeros(len(candidates)), np.zeros(len(candidates))
    for adcode, rows in candidates.groupby("adcode", sort=True).indices.items():
        rng = np.random.default_rng([seed, run, int(str(adcode) or 0)])
        radius_m, angle = POSITION_ERROR_M * np.sqrt(rng.random(len(rows))), 2 * np.pi * rng.random(len(rows))
        east[rows], north[rows] = radius_m * np.cos(angle), radius_m * np.sin(angle)
    lon, lat = (candidates[name].where(candidates["is_precise"]).to_numpy(dtype=float) for name in ("lon", "lat"))
    metres_a_degree = _METRES_A_DEGREE * np.cos(np.radians(lat))
    return to_cartesian_m(lon + east / metres_a_degree, lat + north / _METRES_A_DEGREE)


def _weighed(settings: PlanSettings, names: Sequence[str], factor: float) -> PlanSettings:
    """Return the settings with some weights times `factor`, and all divided by their sum."""
    weights = {name: getattr(settings, name) * (factor if name in names else 1) for each in _WEIGHTS for name in each}
    total = sum(weights.values())
    return _with(settings, {name: weight / total for name, weight in weights.items()})


def _with(settings: PlanSettings, changes: dict[str, Any]) -> PlanSettings:
    """Return checked settings with some changed."""
    return PlanSettings.model_validate(settings.model_dump() | changes)


def _range_of(name: str) -> tuple[float, float]:
    """Return what a setting may be, both ends included."""
    schema = PlanSettings.model_json_schema()["properties"][name]
    return float(schema["minimum"]), float(schema["maximum"])
