"""The county of each organisation by the best evidence of the list; never a guess between equal names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from geo.address.weak import MOST_CANDIDATES, Hints, WeakWords, build_weak_words, settle
from geo.boundaries import locate_points
from geo.divisions import build_matcher, current_codes, find_counties, resolve_county_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.boundaries import Boundaries
    from geo.divisions import Divisions, PlaceMatcher

_USCC_LENGTH = 18
#: Digits 3-8 of a credit code: the area of the registration authority (GB 32100-2015).
_AREA_IN_USCC = slice(2, 8)
#: What a text states although it does not settle the county.
_STATED = ["candidates", "city", "province"]
#: What is read in a text, as `geo.divisions.find_counties` has it.
_READ = ["adcode", "city", "province", "township", "candidates"]


class Gazetteer(NamedTuple):
    """The divisions and what finds their names in texts: built once a run."""

    divisions: Divisions
    matcher: PlaceMatcher
    weak: WeakWords


@lru_cache(maxsize=2)
def build_gazetteer(divisions: Divisions) -> Gazetteer:
    """Return the divisions with what finds their names; about a quarter of a second the first time."""
    return Gazetteer(divisions, build_matcher(divisions), build_weak_words(divisions))


class CountyEvidence(NamedTuple):
    """What the list says about the county of each organisation; adcodes, "" where it says nothing.

    `addresses` is what `read_texts` returns of those addresses that had to be read.
    """

    adcode: pd.Series
    source: pd.Series
    written: pd.DataFrame
    recorded: pd.Series
    by_point: pd.Series
    registered: pd.Series
    addresses: pd.DataFrame


def find_county(
    orgs: pd.DataFrame, gazetteer: Gazetteer, *, boundaries: Boundaries, defaults: str = ""
) -> CountyEvidence:
    """Return the county of each organisation: recorded, else around its point, else named in address, else in name."""
    registered = registered_areas(orgs, gazetteer)
    by_point = strings(locate_points(orgs["lon"], orgs["lat"], boundaries.counties), orgs.index)
    hints = [by_point, orgs["address"], registered, strings(defaults, orgs.index)]
    recorded = _recorded_counties(orgs["county"], hints, gazetteer)
    is_open = (recorded == "") & (by_point == "")
    readings = _Readings(orgs[is_open], gazetteer)
    written = _written_counties(readings, registered[is_open], defaults=defaults)
    written = written.reindex(orgs.index, fill_value="")
    sources = np.select([recorded != "", by_point != ""], ["county", "point"], written["source"])
    return CountyEvidence(
        adcode=first_filled(recorded, by_point, written["adcode"]),
        source=strings(sources, orgs.index),
        written=written,
        recorded=recorded,
        by_point=by_point,
        registered=registered,
        addresses=readings.of("address", readings.orgs.index),
    )


class _Readings:
    """Organisations with what their texts state; each text is read once, when it is wanted first."""

    def __init__(self, orgs: pd.DataFrame, gazetteer: Gazetteer) -> None:
        self.orgs, self.gazetteer = orgs, gazetteer
        self._read: dict[str, pd.DataFrame] = {}

    def of(self, field: str, rows: pd.Index) -> pd.DataFrame:
        """Return what the texts of a field state, of these rows or, later, of some of them."""
        if field not in self._read:
            self._read[field] = read_texts(self.orgs.loc[rows, field], self.gazetteer)
        return self._read[field].loc[rows]


def registered_areas(orgs: pd.DataFrame, gazetteer: Gazetteer) -> pd.Series:
    """Return the area of each registration authority: as stated, else by the credit code.

    A county by its present code; a city, a province or the nation (100000) by its own code; "" unknown.
    """
    stated, in_uscc = orgs["authority_area"], orgs["uscc"].str[_AREA_IN_USCC]
    is_code = stated.str.fullmatch(r"\d{6}(?:\d{3}|\d{6})?")
    return first_filled(
        _area_codes(stated.str[:6].where(is_code, ""), gazetteer.divisions),
        _resolve(stated.mask(is_code, ""), in_uscc, gazetteer),
        _area_codes(in_uscc.where(orgs["uscc"].str.len() == _USCC_LENGTH, ""), gazetteer.divisions),
    )


def _area_codes(codes: pd.Series, divisions: Divisions) -> pd.Series:
    counties = divisions.counties
    wider = pd.concat([counties["city"], counties["province"], pd.Series(["100000"])]).unique()
    return first_filled(current_codes(codes, divisions), codes.where(codes.isin(wider), ""))


def _resolve(names: pd.Series, hints: pd.Series | None, gazetteer: Gazetteer) -> pd.Series:
    if not (names != "").any():
        return names  # spares a small list the half second of laying out every spelling
    return resolve_county_names(names, hints=hints, divisions=gazetteer.divisions, matcher=gazetteer.matcher)


def read_texts(texts: pd.Series, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return what texts state of county, city, province and township (`geo.divisions.find_counties`)."""
    if not (texts != "").any():
        return pd.DataFrame("", texts.index, _READ, dtype="str")  # spares a small list a tenth of its plan
    return find_counties(texts, gazetteer.divisions, matcher=gazetteer.matcher)


def _recorded_counties(recorded: pd.Series, hints: Sequence[pd.Series], gazetteer: Gazetteer) -> pd.Series:
    """Return the county that the column names; of equal names (鼓楼区) the one that the first telling hint means."""
    is_code = recorded.str.fullmatch(r"\d{6,12}")
    codes = current_codes(recorded.where(is_code, ""), gazetteer.divisions)
    names = recorded.mask(is_code, "")
    found = first_filled(codes, _resolve(names, None, gazetteer))
    for hint in hints:
        open_rows = (names != "") & (found == "") & (hint != "")
        if open_rows.any():
            told = _resolve(names[open_rows], hint[open_rows], gazetteer)
            found = first_filled(found, told.reindex(found.index, fill_value=""))
    return found


def _written_counties(readings: _Readings, registered: pd.Series, *, defaults: str) -> pd.DataFrame:
    """Return adcode, source, candidates, city, province and against: from texts, supervisor, defaults, registration.

    `against` is the area of the supervisor or the registration authority where other evidence contradicts it: both
    sides are candidates then, and nothing settles the row.
    """
    columns = ["adcode", "source", *_STATED, "against"]
    found = pd.DataFrame("", index=readings.orgs.index, columns=columns, dtype="str")
    for source in ("address", "name"):
        reading = readings.of(source, found.index[found["adcode"] == ""])
        # Of what the name may mean only what lies in the city that the address states
        candidates = _in_stated(found, reading["candidates"], readings.gazetteer.divisions)
        fits = _agrees(found.loc[reading.index], reading["adcode"], readings.gazetteer.divisions)
        alone = candidates.where(~candidates.str.contains("|", regex=False), "") if source == "name" else ""
        adcode = reading["adcode"].where(fits, alone)
        found = _with_reading(found, reading.assign(adcode=adcode, candidates=candidates), registered, source=source)
    supervised = _supervising_counties(found, readings, registered)
    found = _with_weak(found, readings, supervised=supervised, registered=registered)
    found = _with_supervisor(found, supervised, registered, divisions=readings.gazetteer.divisions)
    if defaults:
        found = _with_defaults(found, readings, registered, defaults=defaults)
    found = _with_registration(found, registered, readings.gazetteer.divisions)
    return found.assign(candidates=found["candidates"].where(found["adcode"] == "", ""))


def _in_stated(found: pd.DataFrame, candidates: pd.Series, divisions: Divisions) -> pd.Series:
    """Return the candidates of some rows that lie in the city and the province that texts state so far."""
    pairs = candidates[candidates != ""].str.split("|").explode()
    fits = _agrees(found.loc[pairs.index], pairs, divisions)
    kept = pairs[fits.to_numpy()].groupby(level=0).agg("|".join)
    return kept.reindex(candidates.index, fill_value="").astype("str")


def _with_reading(found: pd.DataFrame, reading: pd.DataFrame, registered: pd.Series, *, source: str) -> pd.DataFrame:
    """Take what was read in the texts of rows that have no county yet."""
    rows = reading.index
    adcode = first_filled(reading["adcode"], _only_candidate(reading["candidates"], registered[rows]))
    found.loc[rows, "adcode"] = adcode
    found.loc[rows, "source"] = adcode.where(adcode == "", source)
    for stated in _STATED:
        found.loc[rows, stated] = first_filled(found.loc[rows, stated], reading[stated])
    return found


def _with_defaults(found: pd.DataFrame, readings: _Readings, registered: pd.Series, *, defaults: str) -> pd.DataFrame:
    """Read address or name behind the defaults where the list settles nothing itself; a conflict stays one."""
    rows = found.index[(found["adcode"] == "") & (found["against"] == "")]
    orgs = readings.orgs.loc[rows]
    texts = defaults + orgs["address"].where(orgs["address"] != "", orgs["name"])
    return _with_reading(found, read_texts(texts, readings.gazetteer), registered, source="default")


def _supervising_counties(found: pd.DataFrame, readings: _Readings, registered: pd.Series) -> pd.Series:
    """Return the county whose body supervises, where texts leave it open; of equal names the one in the stated city."""
    rows = found.index[(found["adcode"] == "") & (readings.orgs["supervisor"] != "")]
    read = readings.of("supervisor", rows)
    near = [_only_candidate(read["candidates"], areas[rows]) for areas in (found["city"], registered)]
    return first_filled(read["adcode"], *near).reindex(found.index, fill_value="")


def _with_weak(
    found: pd.DataFrame, readings: _Readings, *, supervised: pd.Series, registered: pd.Series
) -> pd.DataFrame:
    """Settle by short names, townships, zones and the organisation's name what no full name of a county did.

    Words that mean other counties than that of a body leave both sides as candidates.
    """
    rows = found.index[(found["adcode"] == "") & (readings.orgs["address"] != "")]
    if rows.empty:
        return found
    weak = _read_weak(readings, rows, supervised=supervised, registered=registered)
    settled = rows[weak["adcode"] != ""]
    found.loc[settled, "adcode"] = weak.loc[settled, "adcode"]
    found.loc[settled, "source"] = "address"
    found.loc[rows, "candidates"] = first_filled(found.loc[rows, "candidates"], weak["candidates"])
    unsettled = weak[weak["adcode"] == ""]
    for body, name in ((supervised, "supervised"), (registered, "registered")):
        rivals = unsettled.loc[unsettled[f"beside_{name}"] != "", f"beside_{name}"]
        is_county = body[rivals.index].isin(readings.gazetteer.divisions.counties["adcode"])
        found = _torn(found, rivals[is_county], body)
    return found


def _read_weak(readings: _Readings, rows: pd.Index, *, supervised: pd.Series, registered: pd.Series) -> pd.DataFrame:
    """Return what `geo.address.weak.settle` makes of the addresses of rows."""
    stated, called = readings.of("address", rows), readings.of("name", rows)
    hints = Hints(
        city=stated["city"],
        province=stated["province"],
        candidates=stated["candidates"],
        city_of_name=called["city"],
        province_of_name=called["province"],
        registered=registered[rows],
        supervised=supervised[rows],
    )
    address, name = (readings.orgs.loc[rows, field] for field in ("address", "name"))
    return settle(address, name, hints, words=readings.gazetteer.weak, matcher=readings.gazetteer.matcher)


def _with_supervisor(
    found: pd.DataFrame, supervised: pd.Series, registered: pd.Series, *, divisions: Divisions
) -> pd.DataFrame:
    """Take the county whose body supervises where no text settles or contradicts it, or that is among several.

    A registration authority of another area contradicts it too.
    """
    rows = found.index[(found["adcode"] == "") & (found["against"] == "") & (supervised != "")]
    county, areas, options = supervised[rows], registered[rows], found.loc[rows, "candidates"]
    is_option = pd.Series([code in text.split("|") for code, text in zip(county, options, strict=True)], rows)
    fits = is_option | ((options == "") & _agrees(found.loc[rows], county, divisions))
    is_beside = (areas != "") & ~_is_within(county, areas, divisions)
    settled = rows[fits & ~is_beside]
    found.loc[settled, "adcode"], found.loc[settled, "source"] = county[settled], "supervisor"
    is_county = areas.isin(divisions.counties["adcode"])
    beside = (county + "|" + options)[fits & is_beside]
    found = _torn(found, beside, areas.where(is_county, ""))
    found.loc[beside.index, "against"] = areas[beside.index]
    return _torn(found, options[~is_option & (options != "")], county)


def _torn(found: pd.DataFrame, meant: pd.Series, body: pd.Series) -> pd.DataFrame:
    """Leave rows open between the counties that evidence means, joined by |, and the area of a body beside them."""
    rows = meant.index
    bodies = body[rows]
    sides = zip(found.loc[rows, "candidates"], meant, found.loc[rows, "against"], bodies, strict=True)
    found.loc[rows, "candidates"] = ["|".join(_both_sides(*side)) for side in sides]
    found.loc[rows, "against"] = first_filled(found.loc[rows, "against"], bodies)
    return found


def _both_sides(known: str, meant: str, *bodies: str) -> list[str]:
    """Return the counties of both sides, those of bodies last; each once, no more than a file has."""
    against = [code for code in dict.fromkeys(bodies) if code]
    words = dict.fromkeys(f"{known}|{meant}".split("|"))
    others = [code for code in words if code and code not in against]
    return [*others[: MOST_CANDIDATES - len(against)], *against]


def _is_within(counties: pd.Series, areas: pd.Series, divisions: Divisions) -> pd.Series:
    """Say which counties are, or lie in, the area beside them."""
    parents = divisions.counties.set_index("adcode")[["city", "province"]].reindex(counties).set_axis(counties.index)
    return (areas == counties) | (areas == parents["city"]) | (areas == parents["province"]) | (areas == "100000")


def _with_registration(found: pd.DataFrame, registered: pd.Series, divisions: Divisions) -> pd.DataFrame:
    """Take the county of the registration authority where no text settles or contradicts it: 98.5 % are there.

    A text contradicts it by its city or province, and by candidates that it is no match for.
    """
    takes = (found["adcode"] == "") & (found["candidates"] == "") & _agrees(found, registered, divisions)
    return found.assign(adcode=found["adcode"].mask(takes, registered), source=found["source"].mask(takes, "uscc"))


def _agrees(found: pd.DataFrame, adcode: pd.Series, divisions: Divisions) -> pd.Series:
    """Say which of the codes are counties in the city and the province that texts state."""
    parents = divisions.counties.set_index("adcode")[["city", "province"]]
    own = parents.reindex(adcode).fillna("").set_axis(found.index)
    fits = [(found[level] == "") | (found[level] == own[level]) for level in ("city", "province")]
    return (own["province"] != "") & fits[0] & fits[1]


def _only_candidate(candidates: pd.Series, registered: pd.Series) -> pd.Series:
    """Return the one candidate in the county, else in the city, of the registration authority; "" if not just one."""
    pairs = candidates[candidates != ""].str.split("|").explode()
    area = registered.reindex(pairs.index)
    chosen = pd.Series("", index=candidates.index, dtype="str")
    for digits in (6, 4):
        is_wider = area.str[digits - 2 : digits] == "00"
        near = pairs[(pairs.str[:digits] == area.str[:digits]) & ~is_wider]
        alone = near[~near.index.duplicated(keep=False)]
        chosen = first_filled(chosen, alone.reindex(candidates.index, fill_value=""))
    return chosen


def first_filled(first: pd.Series, *others: pd.Series) -> pd.Series:
    """Return for each row the first text that is not blank; indexes agree."""
    for other in others:
        first = first.where(first != "", other)
    return first


def strings(values: object, index: pd.Index) -> pd.Series:
    """Return values as texts under an index."""
    return pd.Series(values, index=index, dtype="str")
