"""Invented lists over the real counties and townships, marked as such: to try the product with, and to measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.synthesis.dirt import Soiled, no_dirt, soil
from coverage.synthesis.names import MARK, NOTICE, draw_names
from coverage.synthesis.people import draw_people
from coverage.synthesis.places import draw_places

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.divisions import Divisions

__all__ = ["MARK", "NOTE_COLUMN", "NOTICE", "find_province", "known_provinces", "synthesise"]

#: What comes first in the list; the header of a column with it says that nothing is real.
NOTE_COLUMN: Final = "note"


def synthesise(  # noqa: PLR0913 # what a list is made of
    orgs: int,
    *,
    seed: int,
    divisions: Divisions,
    counties: gpd.GeoDataFrame,
    province: str = "",
    dirt: float = 0,
) -> Soiled:
    """Return a list of invented organisations by field code, as text, and its dirt: the same numbers, the same list.

    How many a province has, types, fields and ages are as published; the split by members and the units are
    assumptions (`coverage.synthesis.figures` says which). Every name begins with `MARK`, and the first column says
    `NOTICE`.

    Parameters
    ----------
    counties
        Boundaries, EPSG:4326; every point lies inside its county.
    province
        Six digits, "" for the nation.
    dirt
        The share of rows with a fault of the usual kinds, 0 for a clean list.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    spots = draw_places(orgs, divisions=divisions, counties=counties, province=province, rng=rng)
    names = draw_names(spots, rng)
    people = draw_people(spots, names, rng)
    of_town = spots.towns[["adcode", "name"]].take(spots.town).reset_index(drop=True)
    places = pd.DataFrame(
        {
            "address": spots.address,
            "county": of_town["adcode"],
            "township": of_town["name"],
            "lon": np.char.mod("%.6f", spots.lon),
            "lat": np.char.mod("%.6f", spots.lat),
            "crs": "WGS84",
            "site": spots.site,
        }
    )
    note = pd.DataFrame({NOTE_COLUMN: NOTICE}, index=names.index)
    table = pd.concat([note, names, places, people], axis=1).astype("str")
    return soil(table, share=dirt, divisions=divisions, rng=rng) if dirt else Soiled(table, no_dirt())


def find_province(name: str, divisions: Divisions) -> str:
    """Return the six digits of a province by its full or short name or its code, "" for none.

    Only provinces with townships in the gazetteer are known: the others register no 社会组织.
    """
    provinces = known_provinces(divisions)
    hits = provinces.loc[(provinces[["adcode", "name", "short_name"]] == name).any(axis=1), "adcode"]
    return str(hits.iloc[0]) if len(hits) else ""


def known_provinces(divisions: Divisions) -> pd.DataFrame:
    """Return the provinces that lists can be made of."""
    heads = divisions.townships["adcode"].str[:2].unique()
    return divisions.provinces[divisions.provinces["adcode"].str[:2].isin(heads)]
