"""The county of each organisation by the best evidence of the list; never a guess between equal names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from geo.address.weak import Hints, WeakWords, build_weak_words, settle
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
    """Return adcode, source, candidates, city, province from address, name, either behind the defaults, supervisor."""
    orgs, gazetteer = readings.orgs, readings.gazetteer
    found = pd.DataFrame("", index=orgs.index, columns=["adcode", "source", *_STATED], dtype="str")
    for source in ("address", "name", "default") if defaults else ("address", "name"):
        open_rows = found.index[found["adcode"] == ""]
        if source == "default":
            text = orgs["address"].where(orgs["address"] != "", orgs["name"])
            reading = read_texts(defaults + text[open_rows], gazetteer)
        else:
            reading = readings.of(source, open_rows)
        adcode = first_filled(reading["adcode"], _only_candidate(reading["candidates"], registered[open_rows]))
        found.loc[open_rows, "adcode"] = adcode
        found.loc[open_rows, "source"] = adcode.where(adcode == "", source)
        for stated in _STATED:
            found.loc[open_rows, stated] = first_filled(found.loc[open_rows, stated], reading[stated])
    found = _with_weak(found, readings, registered)
    found = _with_supervisor(found, readings, registered)
    found = _with_registration(found, registered, gazetteer.divisions)
    return found.assign(candidates=found["candidates"].where(found["adcode"] == "", ""))


def _with_weak(found: pd.DataFrame, readings: _Readings, registered: pd.Series) -> pd.DataFrame:
    """Settle by short names, townships, zones and the organisation's name what no full name of a county did."""
    orgs, gazetteer = readings.orgs, readings.gazetteer
    rows = found.index[(found["adcode"] == "") & (orgs["address"] != "")]
    if rows.empty:
        return found
    address, name = orgs.loc[rows, "address"], orgs.loc[rows, "name"]
    stated, called = readings.of("address", rows), readings.of("name", rows)
    hints = Hints(
        city=stated["city"],
        province=stated["province"],
        candidates=stated["candidates"],
        city_of_name=called["city"],
        province_of_name=called["province"],
        registered=registered[rows],
    )
    weak = settle(address, name, hints, words=gazetteer.weak, matcher=gazetteer.matcher)
    settled = rows[weak["adcode"] != ""]
    found.loc[settled, "adcode"] = weak.loc[settled, "adcode"]
    found.loc[settled, "source"] = "address"
    found.loc[rows, "candidates"] = first_filled(found.loc[rows, "candidates"], weak["candidates"])
    is_county = registered[rows].isin(gazetteer.divisions.counties["adcode"])
    rivals = weak["elsewhere"].where(is_county & (weak["adcode"] == ""), "")
    both = (rivals + "|" + registered[rows]).where(rivals != "", "")
    found.loc[rows, "candidates"] = first_filled(found.loc[rows, "candidates"], both)
    return found


def _with_supervisor(found: pd.DataFrame, readings: _Readings, registered: pd.Series) -> pd.DataFrame:
    """Take the county whose body supervises where no text settles or contradicts it, or that is among several.

    Where the registration authority is in another county, both are candidates.
    """
    rows = found.index[(found["adcode"] == "") & (readings.orgs["supervisor"] != "")]
    if rows.empty:
        return found
    divisions, read = readings.gazetteer.divisions, readings.of("supervisor", rows)
    county = first_filled(read["adcode"], _only_candidate(read["candidates"], registered[rows]))
    options, areas = found.loc[rows, "candidates"], registered[rows]
    is_option = pd.Series([code in text.split("|") for code, text in zip(county, options, strict=True)], rows)
    fits = (county != "") & (((options == "") & _agrees(found.loc[rows], county, divisions)) | is_option)
    is_elsewhere = areas.isin(divisions.counties["adcode"]) & (areas != county)
    settled, torn = rows[fits & ~is_elsewhere], rows[fits & is_elsewhere & (options == "")]
    found.loc[settled, "adcode"], found.loc[settled, "source"] = county[settled], "supervisor"
    found.loc[torn, "candidates"] = county[torn] + "|" + registered[torn]
    return found


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
