"""The words and tables of stability: the units of an earlier plan, and what became of each organisation in them."""

from __future__ import annotations

from enum import StrEnum

import pandera.pandas as pa
from pandera.typing import Series

from coverage.tables import ADCODE, Count, Table
from coverage.vocabulary import LOCKED, Form, Role, State


class UnitChange(StrEnum):
    """What happened to the unit of an organisation; words are `unit_change.<change>`.

    A unit goes on in the new plan's unit of the same form with which it shares most, at least two organisations, or
    the host; `MEMBERS` stays in a unit that goes on with others, `LEFT` has none while its old one goes on.
    """

    LEAD = "lead_changed"
    MEMBERS = "members_changed"
    MOVED = "moved"
    LEFT = "left"
    DISSOLVED = "dissolved"
    JOINED = "joined"
    NEW = "new_unit"


class Why(StrEnum):
    """Why it happened; words are `unit_change_reason.<reason>`.

    Up to `SHAPE` a rule is broken, by the organisation itself or by another one of its unit (`about`); the others are
    decisions of the plan, or of people.
    """

    GONE = "gone"
    CLOSED = "closed"
    ZOMBIE = "zombie"
    COVERED = "covered"
    COUNT = "count"
    COUNT_UNKNOWN = "count_unknown"
    COUNTY = "county"
    SUPERIOR = "superior"
    FAR = "far"
    UNLOCATED = "unlocated"
    HOST_LOST = "host_lost"
    HOST_FULL = "host_full"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_MANY_ORGS = "too_many_orgs"
    SHAPE = "shape"
    NOT_SOLVED = "not_solved"
    GIVEN_UP = "given_up"
    COVERS_MORE = "covers_more"
    BETTER_FORM = "better_form"
    LESS_TRAVEL = "less_travel"
    SAME_COST = "same_cost"
    REDRAWN = "redrawn"
    NO_GAIN = "no_gain"
    NEW_ORG = "new_org"
    NEW_COUNT = "new_count"
    OPEN_NOW = "open_now"
    WAS_ALONE = "was_alone"


class EarlierUnits(Table):
    """The units of an earlier plan, a row an organisation, as its file says; hosts have a row, too."""

    group_id: Series[str] = pa.Field(str_length={"min_value": 1})
    form: Series[str] = pa.Field(isin=list(Form))
    role: Series[str] = pa.Field(isin=list(Role))
    org_id: Series[str]
    name: Series[str]
    members: Series[Count] = pa.Field(nullable=True, ge=0, description="full members then; <NA> not stated")
    county_name: Series[str]
    superior: Series[str]
    state: Series[str] = pa.Field(isin=[*State, LOCKED], description="of the unit")


class UnitChanges(Table):
    """One organisation a row whose unit is another one now, by county, then id; hosts have a unit of their own."""

    org_id: Series[str] = pa.Field(unique=True)
    name: Series[str]
    adcode: Series[str] = pa.Field(str_matches=ADCODE, description="'' of what is gone")
    county_name: Series[str] = pa.Field(description="of what is gone, the one in the earlier plan")
    before_id: Series[str]
    before_form: Series[str]
    before_lead: Series[str] = pa.Field(description="name of the lead or host")
    before_state: Series[str]
    after_id: Series[str]
    after_form: Series[str]
    after_lead: Series[str]
    change: Series[str] = pa.Field(isin=list(UnitChange))
    reason: Series[str] = pa.Field(isin=list(Why))
    about: Series[str] = pa.Field(description="whom the reason is about: the org_id, '' of the unit as a whole")
    about_name: Series[str]
    value: Series[float] = pa.Field(nullable=True, description="the number that decided: members, metres, cost …")
    limit: Series[float] = pa.Field(nullable=True, description="what it may be, was, or had to be more than")
