"""Places with a known point that a planner's words may mean: counties, townships, organisations and their roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.credit_code import normalise_codes
from geo.divisions import normal_texts
from geo.gazetteer import called_as

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from geo.divisions import Divisions

COLUMNS: Final = ("kind", "name", "beside", "adcode", "lon", "lat")
MOST_SPOTS: Final = 30
_KINDS: Final = ("landmark", "township", "county", "address", "org")
_SHORTEST: Final = 2
#: What stands before an id that is no credit code.
_PREFIX: Final = "^(?:REG|ID):"


def list_spots(plan: Plan) -> pd.DataFrame:
    """Return the organisations with a point of their own as `find_spots` looks through them: made once a plan.

    code, called, on_road are id, name and address in one spelling; a number of the office's own has no prefix there.
    """
    known = plan.places["is_precise"].to_numpy(dtype=bool)
    places = plan.places.loc[known, ["org_id", "adcode", "lon", "lat"]]
    orgs = places.merge(plan.orgs[["org_id", "name", "address"]], on="org_id", validate="1:1")
    return orgs.assign(
        code=normal_texts(orgs["org_id"]).str.upper().str.replace(_PREFIX, "", regex=True),
        called=normal_texts(orgs["name"]),
        on_road=normal_texts(orgs["address"]),
    )


def find_spots(
    text: str, listed: pd.DataFrame, divisions: Divisions, *, landmarks: pd.DataFrame, adcode: str = ""
) -> pd.DataFrame:
    """Return kind, name, beside (what it lies in or who is there), adcode, lon, lat: those of the county first.

    Parameters
    ----------
    text
        A name, a part of one, an address, or a code, in any spelling; shorter than two characters it finds nothing.
    listed
        What `list_spots` made of the plan.
    landmarks
        `coverage.tables.Landmarks` that were confirmed before.
    """
    wanted = normal_texts(pd.Series([text], dtype="str")).iloc[0]
    if len(wanted) < _SHORTEST:
        return pd.DataFrame(columns=list(COLUMNS))
    of_divisions = [_counties(wanted, divisions), _townships(wanted, divisions)]
    found = pd.concat([_landmarks(called_as(text), landmarks), *of_divisions, *_of_list(wanted, listed)])
    found = found.dropna(subset=["lon", "lat"])
    rank = found["kind"].map({kind: place for place, kind in enumerate(_KINDS)})
    ranked = found.assign(far=found["adcode"] != adcode, rank=rank)
    ranked = ranked.sort_values(["far", "rank", "name", "adcode", "beside"], kind="stable")
    ranked = ranked.drop_duplicates(["kind", "name", "beside", "adcode"])  # nobody could tell them apart in a list
    return ranked[list(COLUMNS)].head(MOST_SPOTS).reset_index(drop=True)


def _landmarks(text: str, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return roads with their numbers, and buildings; townships are known from the divisions."""
    of_place = landmarks[landmarks["kind"] != "township"]
    called = of_place["name"] + of_place["number"]
    hits = of_place.assign(kind="landmark", name=called, beside=of_place["township"])[_holds(called, text)]
    return hits[list(COLUMNS)]


def _counties(text: str, divisions: Divisions) -> pd.DataFrame:
    counties = divisions.counties
    hits = counties[_holds(counties["name"], text) | (counties["adcode"] == text)]
    return pd.DataFrame(
        {
            "kind": "county",
            "name": hits["name"],
            "beside": hits["city_name"],
            "adcode": hits["adcode"],
            "lon": hits["seat_lon"],
            "lat": hits["seat_lat"],
        }
    )


def _townships(text: str, divisions: Divisions) -> pd.DataFrame:
    towns = divisions.townships
    hits = towns[(_holds(towns["name"], text) | (towns["code"] == text)) & towns["lon"].notna()]
    county = divisions.counties.drop_duplicates("adcode").set_index("adcode")["name"]
    return pd.DataFrame(
        {
            "kind": "township",
            "name": hits["name"],
            "beside": hits["adcode"].map(county).fillna(""),
            **{column: hits[column] for column in ("adcode", "lon", "lat")},
        }
    )


def _of_list(text: str, listed: pd.DataFrame) -> list[pd.DataFrame]:
    """Return organisations with a point of their own: those so called, and those whose address has the words."""
    called = listed[_holds(listed["called"], text) | listed["code"].isin(_codes(text))]
    on_road = listed[_holds(listed["on_road"], text)]
    return [
        called.assign(kind="org", beside=called["address"])[list(COLUMNS)],
        on_road.assign(kind="address", name=on_road["address"], beside=on_road["name"])[list(COLUMNS)],
    ]


def _codes(text: str) -> list[str]:
    """Return how a code may be written in a list: a credit code with separators, or a number as it stands."""
    number = pd.Series([text], dtype="str").str.upper().str.replace(_PREFIX, "", regex=True)
    return [*number, *normalise_codes(number)]


def _holds(names: pd.Series, text: str) -> pd.Series:
    return names.str.contains(text, case=False, regex=False)
