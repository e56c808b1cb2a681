"""The words and tables of a comparison: what changed between two lists, and what each change does to the plan."""

from __future__ import annotations

from enum import StrEnum

import pandera.pandas as pa
from pandera.typing import Series

from coverage.tables import ADCODE, Count, Table


class ChangeKind(StrEnum):
    """What happened to an organisation; words are `change_kind.<kind>`.

    `CANCELLED` is out of every denominator now (M90), `BACK` the reverse; `AFFECTED` did not change itself, but what
    is proposed to it did.
    """

    NEW = "new"
    GONE = "gone"
    CANCELLED = "cancelled"
    BACK = "back"
    RENAMED = "renamed"
    REKEYED = "rekeyed"
    COUNT = "count_changed"
    UNIT_FOUNDED = "unit_founded"
    UNIT_DISSOLVED = "unit_dissolved"
    UNIT_FORM = "unit_form_changed"
    MOVED = "moved"
    SUPERIOR = "superior_changed"
    SUPERVISOR = "supervisor_changed"
    STATUS = "status_changed"
    OTHER = "other_changed"
    AFFECTED = "affected"


#: The kind seen from the other side: compare(b, a) mirrors compare(a, b).
MIRRORED = {
    ChangeKind.NEW: ChangeKind.GONE,
    ChangeKind.CANCELLED: ChangeKind.BACK,
    ChangeKind.UNIT_FOUNDED: ChangeKind.UNIT_DISSOLVED,
}


class Effect(StrEnum):
    """What a change does to figures and plan, joined by `;` in this order; words are `change_effect.<effect>`."""

    ENTERS_SCOPE = "enters_scope"
    LEAVES_SCOPE = "leaves_scope"
    COVERED = "covered"
    UNCOVERED = "uncovered"
    MEASURE = "measure_changed"
    GROUP_BROKEN = "group_broken"
    GROUP_LEGAL = "group_legal"
    GROUP_KEPT = "group_kept"
    GROUP_CHANGED = "group_changed"
    JOINS_GROUP = "joins_group"
    LEAVES_GROUP = "leaves_group"
    PLANNED = "planned"
    UNPLANNED = "unplanned"


class Note(StrEnum):
    """Why two rows were not taken for one organisation; words are `change_note.<note>`."""

    AMBIGUOUS = "ambiguous"
    NEW_CODE = "new_code"


class Cause(StrEnum):
    """Where a difference of a figure comes from: one cause an organisation, the first that holds."""

    NEW = "new"
    GONE = "gone"
    REGISTRATION = "registration"
    MOVED = "moved"
    UNIT = "unit"
    COUNT = "count"
    OTHER = "other"


class GroupState(StrEnum):
    """What became of a proposed unit of the old plan: `LEGAL` while nobody knows the new plan."""

    BROKEN = "broken"
    LEGAL = "legal"
    KEPT = "kept"
    CHANGED = "changed"


class Changes(Table):
    """One change a row, by county, organisation, kind and field; an organisation may have several."""

    kind: Series[str] = pa.Field(isin=list(ChangeKind))
    old_id: Series[str] = pa.Field(description="'' for a new organisation")
    new_id: Series[str] = pa.Field(description="'' for one that is gone")
    old_name: Series[str]
    new_name: Series[str]
    adcode: Series[str] = pa.Field(str_matches=ADCODE, description="county now; of what is gone, the one before")
    county_name: Series[str]
    field: Series[str] = pa.Field(description="input field code; n = full members by count_basis; '' the whole row")
    before: Series[str] = pa.Field(description="code or number as text, '' unknown")
    after: Series[str]
    old_measure: Series[str]
    new_measure: Series[str] = pa.Field(description="'' gone, or small while nobody has grouped it yet")
    old_group: Series[str]
    new_group: Series[str]
    effects: Series[str] = pa.Field(description="Effect codes joined by ;, of the organisation as a whole")
    rules: Series[str] = pa.Field(description="H codes joined by ; that its old group breaks now")
    note: Series[str] = pa.Field(isin=["", *Note])


class OldGroups(Table):
    """One proposed unit of the old plan a row, checked against the new list."""

    group_id: Series[str] = pa.Field(unique=True)
    form: Series[str]
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    county_name: Series[str]
    lead: Series[str] = pa.Field(description="name of its lead or host, else of its first member")
    orgs: Series[int] = pa.Field(ge=1)
    changed: Series[int] = pa.Field(ge=0, description="organisations of it that changed themselves")
    state: Series[str] = pa.Field(isin=list(GroupState))
    rules: Series[str] = pa.Field(description="H codes joined by ;")


class ChangeSummary(Table):
    """How many organisations of a county changed in one way; an organisation may count in several kinds."""

    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    county_name: Series[str]
    kind: Series[str] = pa.Field(isin=list(ChangeKind))
    orgs: Series[int] = pa.Field(ge=1)
    measure_changed: Series[int] = pa.Field(ge=0, description="of these, with another measure")
    group_broken: Series[int] = pa.Field(ge=0, description="of these, in a proposed unit that is not legal any more")


class FigureChanges(Table):
    """One KPI of one area a row, before and after; `<cause>_num`, `<cause>_den` add up to the difference exactly.

    The causes are given for K1, K2 and K5 of today. Rates are per cent with one decimal, NaN over 0.
    """

    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    name: Series[str]
    level: Series[str]
    kpi: Series[str]
    scenario: Series[str] = pa.Field(isin=["today", "after"])
    old_num: Series[int]
    old_den: Series[int]
    old_rate: Series[float] = pa.Field(nullable=True)
    new_num: Series[int]
    new_den: Series[int]
    new_rate: Series[float] = pa.Field(nullable=True)
    new_cause_num: Series[Count] = pa.Field(nullable=True)
    new_cause_den: Series[Count] = pa.Field(nullable=True)
    gone_cause_num: Series[Count] = pa.Field(nullable=True)
    gone_cause_den: Series[Count] = pa.Field(nullable=True)
    registration_cause_num: Series[Count] = pa.Field(nullable=True)
    registration_cause_den: Series[Count] = pa.Field(nullable=True)
    moved_cause_num: Series[Count] = pa.Field(nullable=True)
    moved_cause_den: Series[Count] = pa.Field(nullable=True)
    unit_cause_num: Series[Count] = pa.Field(nullable=True)
    unit_cause_den: Series[Count] = pa.Field(nullable=True)
    count_cause_num: Series[Count] = pa.Field(nullable=True)
    count_cause_den: Series[Count] = pa.Field(nullable=True)
    other_cause_num: Series[Count] = pa.Field(nullable=True)
    other_cause_den: Series[Count] = pa.Field(nullable=True)


class UnitState(StrEnum):
    """What became of a unit from one plan to another; words are `plans.unit.<state>`."""

    KEPT = "kept"
    CHANGED = "changed"
    ONLY_OLD = "only_old"
    ONLY_NEW = "only_new"


class PairedUnits(Table):
    """One unit of either plan a row, one that goes on in the other a single one; by county, then id.

    A joint unit goes on in the unit with which it shares most organisations, at least two; one at a host where the
    host is. Organisations are those in the unit, a host is none of them.
    """

    old_group: Series[str] = pa.Field(description="'' for a unit of the new plan alone")
    new_group: Series[str]
    state: Series[str] = pa.Field(isin=list(UnitState))
    form: Series[str] = pa.Field(description="in the new plan where it goes on")
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    county_name: Series[str]
    lead: Series[str] = pa.Field(description="name of its lead or host, else of its first member; as `form`")
    old_lead: Series[str]
    old_orgs: Series[int] = pa.Field(ge=0)
    new_orgs: Series[int] = pa.Field(ge=0)
    stayed: Series[int] = pa.Field(ge=0, description="organisations in both")
    rules: Series[str] = pa.Field(description="H codes joined by ; that the old unit breaks in the new plan")


class Moves(Table):
    """One organisation a row whose unit or measure is another one in the new plan; by county, then id."""

    old_id: Series[str] = pa.Field(description="'' for an organisation of the new list alone")
    new_id: Series[str]
    name: Series[str]
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    county_name: Series[str]
    old_measure: Series[str]
    new_measure: Series[str]
    change: Series[str] = pa.Field(description="of its unit, stability.UnitChange; '' where the measure alone changed")
    old_group: Series[str]
    old_lead: Series[str]
    new_group: Series[str]
    new_lead: Series[str]


class PlanFigures(Table):
    """What two plans come to in one area, a row an area in the order of coverage.csv: sums over its counties.

    Of blocks: organisations to group, how many of them are covered, the cost of GROUPING §1 with its bound.
    """

    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    name: Series[str]
    level: Series[str]
    old_small: Series[int] = pa.Field(ge=0)
    new_small: Series[int] = pa.Field(ge=0)
    old_covered: Series[int] = pa.Field(ge=0)
    new_covered: Series[int] = pa.Field(ge=0)
    old_uncovered: Series[int] = pa.Field(ge=0)
    new_uncovered: Series[int] = pa.Field(ge=0)
    old_members: Series[int] = pa.Field(ge=0, description="full members in proposed units, those of hosts not counted")
    new_members: Series[int] = pa.Field(ge=0)
    old_joint: Series[int] = pa.Field(ge=0, description="units of a form")
    new_joint: Series[int] = pa.Field(ge=0)
    old_attached: Series[int] = pa.Field(ge=0)
    new_attached: Series[int] = pa.Field(ge=0)
    old_regional: Series[int] = pa.Field(ge=0)
    new_regional: Series[int] = pa.Field(ge=0)
    old_industry: Series[int] = pa.Field(ge=0)
    new_industry: Series[int] = pa.Field(ge=0)
    old_instructor: Series[int] = pa.Field(ge=0, description="organisations of their own with an instructor")
    new_instructor: Series[int] = pa.Field(ge=0)
    old_cost: Series[float]
    new_cost: Series[float]
    old_travel: Series[float]
    new_travel: Series[float]
    old_bound: Series[float]
    new_bound: Series[float]
    old_blocks: Series[int] = pa.Field(ge=0)
    new_blocks: Series[int] = pa.Field(ge=0)
    old_proved: Series[int] = pa.Field(ge=0, description="blocks proved to be the best")
    new_proved: Series[int] = pa.Field(ge=0)
    kept: Series[int] = pa.Field(ge=0, description="units of a state")
    changed: Series[int] = pa.Field(ge=0)
    only_old: Series[int] = pa.Field(ge=0)
    only_new: Series[int] = pa.Field(ge=0)
    seats: Series[int] = pa.Field(ge=0, description="organisations in a unit of either plan")
    moved: Series[int] = pa.Field(ge=0, description="of these, in another unit, or in one of the two plans alone")
