"""Where each organisation is: its county by the best evidence, its point, and how far it may travel."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.counties import build_gazetteer, find_county, first_filled, read_texts
from coverage.errors import PlanError
from coverage.tables import Places, Problems
from coverage.vocabulary import PRECISE, Location, Severity
from geo.address.premises import cut_rooms
from geo.divisions import is_urban_district, township_kinds
from geo.gazetteer import locate_by_landmarks

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from coverage.counties import CountyEvidence, Gazetteer
    from coverage.settings import PlanSettings
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

#: RULEBOOK §9.1 V10: more addresses than this on one point are a geocoder's fallback.
MAX_ADDRESSES_ON_A_POINT = 20
#: Degrees are one point to so many decimals, a decimetre.
POINT_DECIMALS = 6
#: Codes of this stage beside V9 and V10: a recorded county that is no county of today; no county from any evidence.
UNKNOWN_COUNTY, NO_COUNTY = "V20", "V21"
#: The field that a finding of this stage is about.
FIELD_OF_PROBLEM = {"V9": "county", "V10": "lon", UNKNOWN_COUNTY: "county", NO_COUNTY: "address"}
#: Metres within which the true point lies for three rows in four (notes on geocoding §3, levels).
RADIUS_M = {Location.GIVEN: 50.0, Location.DOOR: 200.0, Location.ROAD: 3_000.0, Location.TOWN: 7_000.0}
#: A county is taken for a disc of its area; its seat is this many radii off at most in 83-97 % of rows (the same).
COUNTY_RADIUS_FACTOR = 1.3

_M_PER_KM = 1_000
_NOTHING, _LIST = "-", " / "
_AREA_NAMES = ["county_name", "city", "city_name", "province", "province_name"]


class Located(NamedTuple):
    """Where organisations are, what is wrong with what the list says of it, and what it says of their counties."""

    places: pd.DataFrame
    problems: pd.DataFrame
    evidence: CountyEvidence


def locate(  # noqa: PLR0913 # three sources of places and what the caller means where the list is silent
    orgs: pd.DataFrame,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    settings: PlanSettings,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `Places`, one row per organisation in the same order, and the `Problems` V9, V10, V20 and V21.

    Parameters
    ----------
    landmarks
        `Landmarks` that place the addresses of organisations without a point of their own.
    defaults
        Names of a province or city (四川省成都市) that are meant where a list states none.
    """
    found = locate_by_evidence(
        orgs, divisions=divisions, boundaries=boundaries, settings=settings, defaults=defaults, landmarks=landmarks
    )
    return found.places, found.problems


def locate_by_evidence(  # noqa: PLR0913 # as `locate`
    orgs: pd.DataFrame,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    settings: PlanSettings,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
) -> Located:
    """Return what `locate` returns, and the evidence of each county."""
    gazetteer = build_gazetteer(divisions)
    evidence = find_county(orgs, gazetteer, boundaries=boundaries, defaults=defaults)
    known = _known_areas(divisions, boundaries)
    areas = known.reindex(evidence.adcode).set_axis(orgs.index).fillna(dict.fromkeys(_AREA_NAMES, ""))
    addresses = _addresses_on_point(orgs)
    places = areas.assign(
        org_id=orgs["org_id"],
        adcode=evidence.adcode,
        county_source=evidence.source,
        registered=evidence.registered,
        lon=orgs["lon"],
        lat=orgs["lat"],
        venue_name="",
        venue_m=np.nan,
        location_level=_levels(orgs, evidence.adcode, is_shared=addresses > MAX_ADDRESSES_ON_A_POINT),
    )
    places = places.assign(township_name=_townships(orgs, places, evidence.addresses, gazetteer=gazetteer))
    places = _with_towns(_with_landmarks(places, orgs["address"], landmarks), divisions)
    places = _with_radius(_with_limits(places, orgs["travel_limit_m"], settings))
    problems = _problems(orgs, evidence, addresses, known=known)
    return Located(Places.validate(places[list(Places.to_schema().columns)]), problems, evidence)


def township_points(places: pd.DataFrame, divisions: Divisions) -> pd.DataFrame:
    """Return lon, lat of each organisation's township, NaN where it or its place is not known; index of `places`.

    It says where an organisation without a point is to 7 km, and is never a distance to anybody (GROUPING §2).
    """
    wanted = pd.MultiIndex.from_frame(places[["adcode", "township_name"]])
    return _towns_with_a_point(divisions).reindex(wanted).set_axis(places.index)


@lru_cache(maxsize=1)
def _towns_with_a_point(divisions: Divisions) -> pd.DataFrame:
    known = divisions.townships.dropna(subset=["lon"]).drop_duplicates(["adcode", "name"], keep=False)
    return known.set_index(["adcode", "name"])[["lon", "lat"]]


def read_defaults(text: str, divisions: Divisions) -> str:
    """Return the names that `province=…,city=…` states, one behind the other (四川省成都市); "" for "".

    Raises
    ------
    PlanError
        Another key, or a name that no province or city has.
    """
    tables = {"province": divisions.provinces, "city": divisions.cities}
    names = []
    for part in filter(None, text.split(",")):
        key, _, name = part.strip().partition("=")
        if key not in tables:
            raise PlanError("locating.unknown_default", text=part.strip())
        known = tables[key]
        full = known.loc[(known["name"] == name.strip()) | (known["short_name"] == name.strip()), "name"]
        if len(full) != 1:
            raise PlanError("locating.unknown_default", text=part.strip())
        names.append(full.iloc[0])
    return "".join(names)


def _addresses_on_point(orgs: pd.DataFrame) -> pd.Series:
    """Return how many different buildings share the point of each organisation; 0 where they cannot be too many."""
    points = orgs[["lon", "lat"]].round(POINT_DECIMALS)
    told = points[points["lon"].notna() & (orgs["address"] != "")]
    # Few points have that many organisations at all, and reading an address takes long
    crowded = told[told.groupby(["lon", "lat"])["lon"].transform("size") > MAX_ADDRESSES_ON_A_POINT]
    buildings = cut_rooms(orgs.loc[crowded.index, "address"])
    counts = buildings.groupby([crowded["lon"], crowded["lat"]]).transform("nunique")
    return counts.reindex(orgs.index, fill_value=0).astype("int64")


def _levels(orgs: pd.DataFrame, adcode: pd.Series, *, is_shared: pd.Series) -> pd.Series:
    """Return the location level: as the list claims for its point, a supplied point being exact (INTERFACES)."""
    claimed = orgs["precision"].mask(orgs["precision"].isin(["", Location.DOOR]), Location.GIVEN)
    claimed = claimed.mask(is_shared & claimed.isin(PRECISE), Location.TOWN)
    without_point = pd.Series(np.where(adcode != "", Location.COUNTY, Location.NONE), orgs.index, dtype="str")
    return claimed.where(orgs["lon"].notna() & orgs["lat"].notna(), without_point)


def _with_landmarks(places: pd.DataFrame, addresses: pd.Series, landmarks: pd.DataFrame | None) -> pd.DataFrame:
    """Add location_radius_m where landmarks place an organisation without a point, with their level and point."""
    places = places.assign(location_radius_m=np.nan)
    is_open = places["location_level"].eq(Location.COUNTY) & ((addresses != "") | (places["township_name"] != ""))
    if landmarks is None or landmarks.empty or not is_open.any():
        return places
    wanted = places.loc[is_open, ["adcode", "township_name"]].set_axis(["adcode", "township"], axis=1)
    found = locate_by_landmarks(wanted.assign(address=addresses[is_open]), landmarks)
    found = found[found["level"] != ""].rename(columns={"level": "location_level", "radius_m": "location_radius_m"})
    changed = {str(name): found[name].reindex(places.index).fillna(places[name]) for name in found}
    return places.assign(**changed)


def _with_towns(places: pd.DataFrame, divisions: Divisions) -> pd.DataFrame:
    """Raise the level to town where only the county was known and the place of the township is."""
    is_open = places["location_level"].eq(Location.COUNTY)
    if not is_open.any():
        return places
    has_town = is_open & township_points(places, divisions)["lon"].notna()
    return places.assign(location_level=places["location_level"].mask(has_town, Location.TOWN.value))


def _with_radius(places: pd.DataFrame) -> pd.DataFrame:
    """Add location_radius_m where it is not known yet, and is_precise: a road only within the travel limit."""
    county_radius_m = COUNTY_RADIUS_FACTOR * np.sqrt(places["area_km2"] / np.pi) * _M_PER_KM
    by_level_m = places["location_level"].map(RADIUS_M).astype("float64")
    is_county, is_road = (places["location_level"] == level for level in (Location.COUNTY, Location.ROAD))
    radius_m = places["location_radius_m"].fillna(by_level_m.mask(is_county, county_radius_m))
    is_beyond = is_road & (radius_m > places["limit_m"])
    return places.assign(location_radius_m=radius_m, is_precise=places["location_level"].isin(PRECISE) & ~is_beyond)


def _with_limits(places: pd.DataFrame, stated_m: pd.Series, settings: PlanSettings) -> pd.DataFrame:
    """Add place_kind and the travel limit of GROUPING §2: the row's own, else by the kind of place."""
    kind = township_kinds(places["township_name"])
    by_kind = {"street": settings.travel_street_m, "town": settings.travel_town_m, "rural": settings.travel_rural_m}
    is_district = is_urban_district(places["county_name"])
    unknown_m = np.where(is_district, settings.travel_street_m, settings.travel_town_m)
    limit_m = kind.map(by_kind).astype("float64").fillna(pd.Series(unknown_m, index=places.index))
    return places.assign(place_kind=kind, limit_m=stated_m.fillna(limit_m))


def _townships(orgs: pd.DataFrame, places: pd.DataFrame, known: pd.DataFrame, *, gazetteer: Gazetteer) -> pd.Series:
    """Return the supplied township, else the one of the county that the address names.

    Parameters
    ----------
    known
        What `read_texts` says of the addresses that were read already.
    """
    is_open = (orgs["township"] == "") & (orgs["address"] != "") & (places["adcode"] != "")
    address, of = orgs.loc[is_open, "address"], places[is_open]
    unread = address.index.difference(known.index, sort=False)
    reading = pd.concat([known, read_texts(address[unread], gazetteer)]).loc[address.index]
    silent = reading.index[reading["adcode"] == ""]
    before = (of["province_name"] + of["city_name"] + of["county_name"])[silent]
    township = reading["township"].where(reading["adcode"] == of["adcode"], "")
    prefixed = read_texts(before + address[silent], gazetteer)["township"]
    township = first_filled(township, prefixed.reindex(of.index, fill_value=""))
    return first_filled(orgs["township"], township.reindex(orgs.index, fill_value=""))


def _known_areas(divisions: Divisions, boundaries: Boundaries) -> pd.DataFrame:
    """Return names and area by adcode; a user's own boundaries may know more counties than the gazetteer."""
    columns = ["adcode", "name", *_AREA_NAMES[1:], "area_km2"]
    known = pd.concat([divisions.counties[columns], pd.DataFrame(boundaries.counties[columns])])
    return known.drop_duplicates("adcode").set_index("adcode").rename(columns={"name": "county_name"})


def _problems(
    orgs: pd.DataFrame, evidence: CountyEvidence, addresses: pd.Series, *, known: pd.DataFrame
) -> pd.DataFrame:
    has_point = orgs["lon"].notna() & orgs["lat"].notna()
    is_unknown = (orgs["county"] != "") & (evidence.recorded == "")
    point = orgs["lon_given"].astype("str") + "," + orgs["lat_given"].astype("str")
    full_name = (
        known["city_name"].where(known["city_name"] != known["county_name"], "") + known["county_name"]
    ).to_dict()
    findings = {
        "V9": (
            has_point & (evidence.recorded != "") & (evidence.recorded != evidence.by_point),
            orgs["county"],
            evidence.by_point.map(full_name).fillna(_NOTHING),
        ),
        "V10": (addresses > MAX_ADDRESSES_ON_A_POINT, point, addresses.astype("str")),
        UNKNOWN_COUNTY: (is_unknown, orgs["county"], evidence.adcode.map(full_name).fillna(_NOTHING)),
        NO_COUNTY: (
            ~is_unknown & (evidence.adcode == ""),
            orgs["address"],
            _names(evidence.written["candidates"], full_name),
        ),
    }
    tables = [
        orgs.loc[rows, ["file", "sheet", "row"]].assign(
            column=FIELD_OF_PROBLEM[code],
            value=value[rows],
            code=code,
            severity=str(Severity.WARNING),
            detail=detail[rows],
        )
        for code, (rows, value, detail) in findings.items()
    ]
    return Problems.validate(pd.concat(tables, ignore_index=True))


def _names(adcodes: pd.Series, full_name: Mapping[Hashable, str]) -> pd.Series:
    """Return the names of adcodes joined by |."""
    names = {joined: _LIST.join(full_name.get(code, code) for code in joined.split("|")) for joined in adcodes.unique()}
    return adcodes.map(names | {"": _NOTHING})
