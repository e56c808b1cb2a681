"""Landmarks from points that somebody knows: what the address there says is what the point is known by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.gazetteer.locating import BUILDING, ROAD, TOWNSHIP
from geo.gazetteer.reading import read_premises

if TYPE_CHECKING:
    from collections.abc import Iterator


def landmarks_at(points: pd.DataFrame) -> pd.DataFrame:
    """Return the landmarks that known points make, one row a road, building, or township without either.

    Parameters
    ----------
    points
        address, adcode, township and the further columns of `coverage.tables.Landmarks` but kind, name and number; the
        index is kept, so that a landmark leads back to its point.
    """
    known = points[(points["adcode"] != "") & points["lon"].notna() & points["lat"].notna()]
    read = read_premises(known["address"])
    return pd.concat(list(_rows(known.drop(columns="address"), read))).sort_index(kind="stable")


def _rows(known: pd.DataFrame, read: pd.DataFrame) -> Iterator[pd.DataFrame]:
    has_road, has_building = read["road"] != "", read["building"] != ""
    is_town = ~has_road & ~has_building & (known["township"] != "")
    yield known[has_road].assign(kind=ROAD, name=read["road"][has_road], number=read["number"][has_road])
    yield known[has_building].assign(kind=BUILDING, name=read["building"][has_building], number="")
    yield known[is_town].assign(kind=TOWNSHIP, name=known["township"][is_town], number="")
