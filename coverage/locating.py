"""Where each organisation is: its county by the best evidence, its point, and how far it may travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.errors import PlanError
from coverage.tables import Places, Problems
from coverage.vocabulary import PRECISE, Location, Severity
from geo.address.premises import cut_rooms
from geo.boundaries import locate_points
from geo.divisions import (
    build_matcher,
    current_codes,
    find_counties,
    is_urban_district,
    resolve_county_names,
    township_kinds,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from coverage.settings import PlanSettings
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions, PlaceMatcher

#: RULEBOOK §9.1 V10: more addresses than this on one point are a geocoder's fallback.
MAX_ADDRESSES_ON_A_POINT = 20
#: Codes of this stage beside V9 and V10: a recorded county that is no county of today; no county from any evidence.
UNKNOWN_COUNTY, NO_COUNTY = "V20", "V21"
#: The field that a finding of this stage is about.
FIELD_OF_PROBLEM = {"V9": "county", "V10": "lon", UNKNOWN_COUNTY: "county", NO_COUNTY: "address"}
#: Metres within which the true point lies for three rows in four (notes on geocoding §3, levels).
RADIUS_M = {Location.GIVEN: 50.0, Location.DOOR: 200.0, Location.ROAD: 3_000.0, Location.TOWN: 7_000.0}
#: A county is taken for a disc of its area; its seat is this many radii off at most in 83-97 % of rows (the same).
COUNTY_RADIUS_FACTOR = 1.3

_M_PER_KM = 1_000
_POINT_DECIMALS = 6
_USCC_LENGTH = 18
_NOTHING, _LIST = "-", " / "
#: Digits 3-8 of a credit code: the area of the registration authority (GB 32100-2015).
_AREA_IN_USCC = slice(2, 8)
_AREA_NAMES = ["county_name", "city", "city_name", "province", "province_name"]
#: What a text states although it does not settle the county.
_STATED = ["candidates", "city", "province"]


class Gazetteer(NamedTuple):
    """The divisions and what finds their names in texts: built once a run."""

    divisions: Divisions
    matcher: PlaceMatcher


class CountyEvidence(NamedTuple):
    """What the list says about the county of each organisation; adcodes, "" where it says nothing."""

    adcode: pd.Series
    source: pd.Series
    written: pd.DataFrame
    recorded: pd.Series
    by_point: pd.Series
    registered: pd.Series


def locate(
    orgs: pd.DataFrame,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    settings: PlanSettings,
    defaults: str = "",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `Places`, one row per organisation in the same order, and the `Problems` V9, V10, V20 and V21.

    Parameters
    ----------
    defaults
        Names of a province or city (四川省成都市) that are meant where a list states none.
    """
    gazetteer = Gazetteer(divisions, build_matcher(divisions))
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
    places = places.assign(township_name=_townships(orgs, places, gazetteer))
    places = _with_limits(_with_radius(places), orgs["travel_limit_m"], settings)
    problems = _problems(orgs, evidence, addresses, known=known)
    return Places.validate(places[list(Places.to_schema().columns)]), problems


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


def find_county(
    orgs: pd.DataFrame, gazetteer: Gazetteer, *, boundaries: Boundaries, defaults: str = ""
) -> CountyEvidence:
    """Return the county of each organisation: recorded, else around its point, else named in address, else in name."""
    registered = registered_areas(orgs, gazetteer)
    by_point = _strings(locate_points(orgs["lon"], orgs["lat"], boundaries.counties), orgs.index)
    hints = [by_point, orgs["address"], registered, _strings(defaults, orgs.index)]
    recorded = _recorded_counties(orgs["county"], hints, gazetteer)
    is_open = (recorded == "") & (by_point == "")
    written = _written_counties(orgs[is_open], registered[is_open], gazetteer, defaults=defaults)
    written = written.reindex(orgs.index, fill_value="")
    sources = np.select([recorded != "", by_point != ""], ["county", "point"], written["source"])
    return CountyEvidence(
        adcode=_first_filled(recorded, by_point, written["adcode"]),
        source=_strings(sources, orgs.index),
        written=written,
        recorded=recorded,
        by_point=by_point,
        registered=registered,
    )


def registered_areas(orgs: pd.DataFrame, gazetteer: Gazetteer) -> pd.Series:
    """Return the area of each registration authority: as stated, else by the credit code.

    A county by its present code; a city, a province or the nation (100000) by its own code; "" unknown.
    """
    stated, in_uscc = orgs["authority_area"], orgs["uscc"].str[_AREA_IN_USCC]
    is_code = stated.str.fullmatch(r"\d{6}(?:\d{3}|\d{6})?")
    return _first_filled(
        _area_codes(stated.str[:6].where(is_code, ""), gazetteer.divisions),
        _resolve(stated.mask(is_code, ""), in_uscc, gazetteer),
        _area_codes(in_uscc.where(orgs["uscc"].str.len() == _USCC_LENGTH, ""), gazetteer.divisions),
    )


def _area_codes(codes: pd.Series, divisions: Divisions) -> pd.Series:
    counties = divisions.counties
    wider = pd.concat([counties["city"], counties["province"], pd.Series(["100000"])])
    return _first_filled(current_codes(codes, divisions), codes.where(codes.isin(wider), ""))


def _resolve(names: pd.Series, hints: pd.Series | None, gazetteer: Gazetteer) -> pd.Series:
    if not (names != "").any():
        return names  # spares a small list the half second of laying out every spelling
    return resolve_county_names(names, hints=hints, divisions=gazetteer.divisions, matcher=gazetteer.matcher)


def _read(texts: pd.Series, gazetteer: Gazetteer) -> pd.DataFrame:
    return find_counties(texts, gazetteer.divisions, matcher=gazetteer.matcher)


def _recorded_counties(recorded: pd.Series, hints: Sequence[pd.Series], gazetteer: Gazetteer) -> pd.Series:
    """Return the county that the column names; of equal names (鼓楼区) the one that the first telling hint means."""
    is_code = recorded.str.fullmatch(r"\d{6,12}")
    codes = current_codes(recorded.where(is_code, ""), gazetteer.divisions)
    names = recorded.mask(is_code, "")
    found = _first_filled(codes, _resolve(names, None, gazetteer))
    for hint in hints:
        open_rows = (names != "") & (found == "") & (hint != "")
        if open_rows.any():
            told = _resolve(names[open_rows], hint[open_rows], gazetteer)
            found = _first_filled(found, told.reindex(found.index, fill_value=""))
    return found


def _written_counties(
    orgs: pd.DataFrame, registered: pd.Series, gazetteer: Gazetteer, *, defaults: str
) -> pd.DataFrame:
    """Return adcode, source, candidates, city, province from address, else name, else either behind the defaults."""
    texts = {"address": orgs["address"], "name": orgs["name"]}
    if defaults:
        texts["default"] = defaults + orgs["address"].where(orgs["address"] != "", orgs["name"])
    found = pd.DataFrame("", index=orgs.index, columns=["adcode", "source", *_STATED], dtype="str")
    for source, text in texts.items():
        open_rows = found.index[found["adcode"] == ""]
        reading = _read(text[open_rows], gazetteer)
        adcode = _first_filled(reading["adcode"], _only_candidate(reading["candidates"], registered[open_rows]))
        found.loc[open_rows, "adcode"] = adcode
        found.loc[open_rows, "source"] = adcode.where(adcode == "", source)
        for stated in _STATED:
            found.loc[open_rows, stated] = _first_filled(found.loc[open_rows, stated], reading[stated])
    return found.assign(candidates=found["candidates"].where(found["adcode"] == "", ""))


def _only_candidate(candidates: pd.Series, registered: pd.Series) -> pd.Series:
    """Return the one candidate in the county, else in the city, of the registration authority; "" if not just one."""
    pairs = candidates[candidates != ""].str.split("|").explode()
    area = registered.reindex(pairs.index)
    chosen = pd.Series("", index=candidates.index, dtype="str")
    for digits in (6, 4):
        is_wider = area.str[digits - 2 : digits] == "00"
        near = pairs[(pairs.str[:digits] == area.str[:digits]) & ~is_wider]
        alone = near[~near.index.duplicated(keep=False)]
        chosen = _first_filled(chosen, alone.reindex(candidates.index, fill_value=""))
    return chosen


def _addresses_on_point(orgs: pd.DataFrame) -> pd.Series:
    """Return how many different buildings share the point of each organisation; 0 where they cannot be too many."""
    points = orgs[["lon", "lat"]].round(_POINT_DECIMALS)
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


def _with_radius(places: pd.DataFrame) -> pd.DataFrame:
    county_radius_m = COUNTY_RADIUS_FACTOR * np.sqrt(places["area_km2"] / np.pi) * _M_PER_KM
    radius_m = places["location_level"].map(RADIUS_M).astype("float64")
    is_county = places["location_level"] == Location.COUNTY
    return places.assign(
        location_radius_m=radius_m.mask(is_county, county_radius_m),
        is_precise=places["location_level"].isin(PRECISE),
    )


def _with_limits(places: pd.DataFrame, stated_m: pd.Series, settings: PlanSettings) -> pd.DataFrame:
    """Add place_kind and the travel limit of GROUPING §2: the row's own, else by the kind of place."""
    kind = township_kinds(places["township_name"])
    by_kind = {"street": settings.travel_street_m, "town": settings.travel_town_m, "rural": settings.travel_rural_m}
    is_district = is_urban_district(places["county_name"])
    unknown_m = np.where(is_district, settings.travel_street_m, settings.travel_town_m)
    limit_m = kind.map(by_kind).astype("float64").fillna(pd.Series(unknown_m, index=places.index))
    return places.assign(place_kind=kind, limit_m=stated_m.fillna(limit_m))


def _townships(orgs: pd.DataFrame, places: pd.DataFrame, gazetteer: Gazetteer) -> pd.Series:
    """Return the supplied township, else the one of the county that the address names."""
    is_open = (orgs["township"] == "") & (orgs["address"] != "") & (places["adcode"] != "")
    address, of = orgs.loc[is_open, "address"], places[is_open]
    reading = _read(address, gazetteer)
    silent = reading.index[reading["adcode"] == ""]
    before = (of["province_name"] + of["city_name"] + of["county_name"])[silent]
    township = reading["township"].where(reading["adcode"] == of["adcode"], "")
    prefixed = _read(before + address[silent], gazetteer)["township"]
    township = _first_filled(township, prefixed.reindex(of.index, fill_value=""))
    return _first_filled(orgs["township"], township.reindex(orgs.index, fill_value=""))


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


def _first_filled(first: pd.Series, *others: pd.Series) -> pd.Series:
    """Return for each row the first text that is not blank; indexes agree."""
    for other in others:
        first = first.where(first != "", other)
    return first


def _strings(values: object, index: pd.Index) -> pd.Series:
    return pd.Series(values, index=index, dtype="str")
