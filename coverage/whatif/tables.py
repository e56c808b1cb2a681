"""The tables of trying out: what other rules would come to, and how often each proposed unit would come again."""

from __future__ import annotations

from enum import StrEnum

import pandera.pandas as pa
from pandera.typing import Series

from coverage.tables import ADCODE, Table


class Parameter(StrEnum):
    """What is tried: the first four for their figures, the last three for what survives them."""

    NOW = "now"
    LIMIT = "limit"
    MOST_UNITS = "most_units"
    SLOTS = "slots"
    POSITION = "position"
    WEIGHTS = "weights"


#: What `Figures` compares.
COMPARED = (Parameter.NOW, Parameter.LIMIT, Parameter.MOST_UNITS, Parameter.SLOTS)
#: What `UnitShares` and `SeatShares` count.
SHAKEN = (Parameter.POSITION, Parameter.WEIGHTS, Parameter.MOST_UNITS)


class Figures(Table):
    """What a value of a parameter comes to, a row for each county and one for all of them, by the last objective."""

    adcode: Series[str] = pa.Field(str_matches=ADCODE, description="'' = all counties together")
    parameter: Series[str] = pa.Field(isin=COMPARED)
    value: Series[float] = pa.Field(
        nullable=True, description="times every travel limit; organisations of a joint unit; slots of each block"
    )
    small: Series[int] = pa.Field(ge=0, description="organisations of S")
    covered: Series[int] = pa.Field(ge=0)
    joint: Series[int] = pa.Field(ge=0)
    attached: Series[int] = pa.Field(ge=0)
    instructor: Series[int] = pa.Field(ge=0)
    uncovered: Series[int] = pa.Field(ge=0)
    units: Series[int] = pa.Field(ge=0, description="joint units, and hosts that take others in")
    cost: Series[float] = pa.Field(description="GROUPING §1")
    travel: Series[float] = pa.Field(ge=0, description="the trips alone")
    bound: Series[float] = pa.Field(description="no plan costs less")
    is_proved: Series[bool] = pa.Field(description="in each of its blocks")


class UnitShares(Table):
    """How often a proposed unit came again, same organisations and form: shares of the trials, NaN without one."""

    group_id: Series[str] = pa.Field(unique=True)
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    form: Series[str] = pa.Field(isin=["joint", "attached", "regional", "industry"])
    position: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="with points up to 300 m off")
    legal: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="within all limits with those points")
    weights: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="with weights 20 % higher or lower")
    most_units: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="with units one larger or smaller")
    total: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="of all trials")


class SeatShares(Table):
    """How often an organisation was in one unit with its lead or host again; only who has one."""

    group_id: Series[str]
    org_id: Series[str] = pa.Field(unique=True)
    position: Series[float] = pa.Field(nullable=True, ge=0, le=1)
    weights: Series[float] = pa.Field(nullable=True, ge=0, le=1)
    most_units: Series[float] = pa.Field(nullable=True, ge=0, le=1)
    total: Series[float] = pa.Field(nullable=True, ge=0, le=1)


class MissingTrials(Table):
    """Trials without a result, one a row: a worker died of it, it failed, or the run was cancelled."""

    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    superior: Series[str]
    cause: Series[str] = pa.Field(isin=["died", "failed", "cancelled"])
