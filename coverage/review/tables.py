"""The words and tables of a review of places."""

from __future__ import annotations

from enum import StrEnum

import pandera.pandas as pa
from pandera.typing import Series

from coverage.tables import ADCODE, Table


class Doubt(StrEnum):
    """What is not sure about a location, joined by `;` in this order; words are `doubt.<doubt>`."""

    NO_COUNTY = "no_county"
    UNKNOWN_COUNTY = "unknown_county"
    CONFLICT = "conflict"
    SHARED_POINT = "shared_point"
    WEAK_COUNTY = "weak_county"
    COARSE = "coarse"
    WIDE = "wide"
    RISKY_TRIP = "risky_trip"


class Doubts(Table):
    """One organisation whose location is not sure a row; those of one building share a place. Sorted as the queue."""

    place: Series[int] = pa.Field(ge=1, description="position in the queue")
    org_id: Series[str] = pa.Field(unique=True)
    doubts: Series[str] = pa.Field(description="Doubt codes joined by ;")


class Queue(Table):
    """One place to review a row, the one that decides most first; `place` counts from 1.

    `units` may break, `orgs_open` have no unit for want of a point; the block totals say what could change at most.
    """

    place: Series[int] = pa.Field(unique=True, ge=1)
    org_id: Series[str] = pa.Field(description="the first of its organisations")
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    is_building: Series[bool] = pa.Field(description="its organisations share a building: one point settles all")
    orgs: Series[int] = pa.Field(ge=1, description="organisations whose location is not sure there")
    units: Series[int] = pa.Field(ge=0, description="proposed units that hang on where they are")
    orgs_open: Series[int] = pa.Field(ge=0, description="organisations left without a unit that hang on it")
    effect: Series[int] = pa.Field(ge=0, description="units + orgs_open: decisions")
    block_units: Series[int] = pa.Field(ge=0, description="proposed units of its blocks")
    block_orgs: Series[int] = pa.Field(ge=0, description="organisations to group (S) of its blocks")
