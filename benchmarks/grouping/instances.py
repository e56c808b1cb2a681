"""Counties to plan: invented ones from a seed, and those of a list that the caller names."""

from __future__ import annotations

import gzip
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.business import describe_business
from coverage.grouping import find_candidates
from coverage.intake import Source, read_lists
from coverage.locating import locate
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from coverage.tables import Candidates
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from coverage.intake import Intake

    Floats = NDArray[np.float64]

SETTINGS: Final = PlanSettings(as_of=date(2026, 1, 1))

#: Of all organisations: without members, with one or two, with more (RULEBOOK §6 has the published shares).
_KINDS: Final = {"empty": 0.45, "small": 0.30, "host": 0.25}
_ONE_MEMBER: Final = 0.6
#: Few of those with more are so large that the limit of 50 members binds.
_LARGE_HOST: Final = 0.08
#: Travel limit in metres and scatter of each kind of township, with how often a county of that kind has it.
_LIMITS_M: Final = {"street": 3_000.0, "town": 6_000.0, "rural": 15_000.0}
_SCATTER_M: Final = {"street": 900.0, "town": 1_500.0, "rural": 2_500.0}
_URBAN: Final = (0.8, 0.2, 0.0)
_RURAL: Final = (0.15, 0.5, 0.35)
_EXTENT_M: Final = {True: 9_000.0, False: 60_000.0}
#: So many are anywhere in the county, often far from everybody.
_REMOTE: Final = 0.08
_IN_BUILDING: Final = 0.25
_ORGS_TO_BUILDING: Final = 12
_ORGS_TO_TOWNSHIP: Final = 25
_MOST_TOWNSHIPS: Final = 16
_NO_SUPERVISOR: Final = 0.15
#: GB/T 4754-2017 classes that social organisations have; the first ones are the frequent ones.
_CODES: Final = (
    "8310", "8321", "8391", "8411", "8421", "8412", "8810", "8870", "9521", "9522", "9529", "8291", "8331", "8393",
    "8416", "8521", "8622", "8710", "7320", "7491", "6431", "5920", "0511", "0519",
)  # fmt: skip
_PROBATIONARY: Final = 0.1
_LON, _LAT, _METRES_TO_DEGREE = 120.1, 30.2, 111_320.0
#: What is the same for all.
_CONSTANT: Final[dict[str, object]] = {
    "adcode": "330106",
    "superior": "",
    "pt": pd.NA,
    "location_level": "given",
    "is_precise": True,
    "site": "",
    "class14": "",
    "business_text": "",
    "level": "",
    "is_unclear": False,
    "slots": pd.NA,
}


class County(NamedTuple):
    """One county to plan: its candidates, and by what name it is known."""

    name: str
    candidates: pd.DataFrame

    @property
    def small(self) -> int:
        """How many organisations have one or two full members."""
        return int((self.candidates["kind"] == "small").sum())


def invented_counties(count: int, *, least: int, most: int, seed: int) -> list[County]:
    """Return counties of `least` to `most` organisations of all kinds, urban and rural in turn."""
    sizes = np.random.default_rng(seed).integers(least, most + 1, count)
    return [
        invented_county(int(size), seed=seed + number, is_urban=number % 2 == 0) for number, size in enumerate(sizes)
    ]


def invented_county(orgs: int, *, seed: int, is_urban: bool = True) -> County:
    """Return a county of `orgs` organisations of all kinds: townships, shared buildings, codes and supervisors."""
    rng = np.random.default_rng(seed)
    towns = _townships(orgs, is_urban=is_urban, rng=rng)
    town = rng.choice(len(towns), orgs, p=towns["weight"] / towns["weight"].sum())
    here = towns.iloc[town].reset_index(drop=True)
    kind = rng.choice(list(_KINDS), orgs, p=list(_KINDS.values()))
    n, code, (lon, lat) = _members(kind, rng), _codes(orgs, rng), _points(here, is_urban=is_urban, rng=rng)
    columns = _CONSTANT | {
        "org_id": [f"{seed:05}{number:06}" for number in range(orgs)],
        "name": [f"invented {number}" for number in range(orgs)],
        "kind": kind,
        "n": n,
        "size": n + (rng.random(orgs) < _PROBATIONARY),
        "lon": lon,
        "lat": lat,
        "limit_m": here["place"].map(_LIMITS_M),
        "place_kind": here["place"],
        "township": here["name"],
        "industry_code": code,
        "supervisor": _supervisors(code, rng),
    }
    return County(f"seed {seed}", Candidates.validate(pd.DataFrame(columns)[list(Candidates.to_schema().columns)]))


def _townships(orgs: int, *, is_urban: bool, rng: np.random.Generator) -> pd.DataFrame:
    count = int(np.clip(orgs // _ORGS_TO_TOWNSHIP, 2, _MOST_TOWNSHIPS))
    middles = rng.normal(0, _EXTENT_M[is_urban] / 2, (count, 2))
    return pd.DataFrame(
        {
            "name": [f"township {number}" for number in range(count)],
            "place": rng.choice(list(_LIMITS_M), count, p=_URBAN if is_urban else _RURAL),
            "east_m": middles[:, 0],
            "north_m": middles[:, 1],
            "weight": rng.pareto(2.0, count) + 0.5,
        }
    )


def _points(here: pd.DataFrame, *, is_urban: bool, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return longitude and latitude, WGS-84: near the township's middle, some in one building, some remote."""
    spread, orgs = here["place"].map(_SCATTER_M).to_numpy(dtype=float)[:, None], len(here)
    buildings = max(orgs // _ORGS_TO_BUILDING, 1)
    own, shared = rng.normal(0, 1, (orgs, 2)), rng.normal(0, 1, (buildings, 2))[rng.integers(0, buildings, orgs)]
    offset = spread * np.where(rng.random((orgs, 1)) < _IN_BUILDING, shared, own)
    near = here[["east_m", "north_m"]].to_numpy(dtype=float) + offset
    is_remote = rng.random((orgs, 1)) < _REMOTE
    east, north = np.where(is_remote, rng.normal(0, 1, (orgs, 2)) * _EXTENT_M[is_urban], near).T
    lat = _LAT + north / _METRES_TO_DEGREE
    return _LON + east / (_METRES_TO_DEGREE * np.cos(np.radians(_LAT))), lat


def _members(kind: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.int64]:
    orgs = len(kind)
    few = np.where(rng.random(orgs) < _ONE_MEMBER, 1, 2)
    many = np.where(rng.random(orgs) < _LARGE_HOST, rng.integers(43, 61, orgs), rng.integers(3, 20, orgs))
    return np.select([kind == "small", kind == "host"], [few, many], 0)


def _codes(orgs: int, rng: np.random.Generator) -> NDArray[np.str_]:
    weight = 1 / np.arange(1, len(_CODES) + 1)
    return rng.choice(_CODES, orgs, p=weight / weight.sum())


def _supervisors(code: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.str_]:
    bureau = np.char.add("bureau of ", code.astype("U2"))
    return np.where(rng.random(len(code)) < _NO_SUPERVISOR, "", bureau)


def read_counties(path: Path) -> list[County]:
    """Return the counties of a list (CSV, also gzipped), read and located as the product does."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        path, content = path.with_suffix(""), gzip.decompress(content)
    intake = read_lists([Source(path.name, content)], settings=SETTINGS, crs="wgs84")
    candidates = candidates_of(intake)
    names = candidates["org_id"].map(intake.orgs.set_index("org_id")["county"])
    return [County(str(name), rows.reset_index(drop=True)) for name, rows in candidates.groupby(names)]


def candidates_of(intake: Intake) -> pd.DataFrame:
    """Return the `Candidates` of a list, by the stages of the product."""
    divisions, orgs = load_divisions(), intake.orgs
    places, _ = locate(orgs, divisions=divisions, boundaries=load_boundaries(), settings=SETTINGS)
    duties = assign_duties(orgs, places, settings=SETTINGS, fields=intake.fields)
    return find_candidates(orgs, places, duties, describe_business(orgs, divisions=divisions))
