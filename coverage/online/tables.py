"""The words and tables of online geocoding: what is asked, what was answered, what becomes of it."""

from __future__ import annotations

from enum import StrEnum

import pandera.pandas as pa
from pandera.typing import Series

from coverage.tables import Table


class AnswerState(StrEnum):
    """How far a question got; only what is open is asked."""

    OPEN = "open"
    FOUND = "found"
    NONE = "none"
    FAILED = "failed"


class Judgement(StrEnum):
    """What becomes of an answer; all but the first leave the organisation where it was."""

    TAKEN = "taken"
    ELSEWHERE = "elsewhere"  # in another county than the one that was read: a person decides
    UNDECIDED = "undecided"  # no county was read: a person decides
    CROWDED = "crowded"  # V10: the same point for too many addresses
    COARSE = "coarse"  # no finer than what is known already
    NOTHING = "nothing"
    FAILED = "failed"
    OPEN = "open"


class Questions(Table):
    """One organisation that wants a point a row; several may ask the same."""

    org_id: Series[str] = pa.Field(unique=True)
    address: Series[str]
    text: Series[str] = pa.Field(str_length={"min_value": 1}, description="what is asked: no room, no telephone")
    city: Series[str] = pa.Field(description="adcode of the city, '' unknown")
    adcode: Series[str] = pa.Field(description="county as read from the list, '' unknown")
    township: Series[str]
    level: Series[str] = pa.Field(description="how precisely it is located without the answer")


class Answers(Table):
    """What a service said to each question, once a question."""

    text: Series[str]
    city: Series[str]
    state: Series[str] = pa.Field(isin=list(AnswerState))
    lon: Series[float] = pa.Field(nullable=True, description="WGS-84 degrees")
    lat: Series[float] = pa.Field(nullable=True)
    level: Series[str]
    label: Series[str] = pa.Field(description="the place that the service found, in its words")
    addresses: Series[int] = pa.Field(ge=0, description="questions that the service ever put on this point")
    at: Series[str] = pa.Field(description="UTC")


class Judgements(Questions):
    """The questions with what becomes of their answers."""

    judgement: Series[str] = pa.Field(isin=list(Judgement))
    lon: Series[float] = pa.Field(nullable=True, description="of the answer, taken or not; WGS-84 degrees")
    lat: Series[float] = pa.Field(nullable=True)
    answered: Series[str] = pa.Field(description="level of the answer")
    radius_m: Series[float] = pa.Field(nullable=True)
    point_adcode: Series[str] = pa.Field(description="county around the point, '' none")
    label: Series[str]
    addresses: Series[int] = pa.Field(ge=0)
    at: Series[str]
