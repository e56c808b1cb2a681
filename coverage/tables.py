"""Every table that crosses a module. Strings are never null ("" = not stated); numbers and ticks may be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Self, cast

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

if TYPE_CHECKING:
    from pandera.typing import DataFrame

Count = pd.Int64Dtype
Tick = pd.BooleanDtype

ADCODE = r"^(\d{6})?$"
CLASS14 = r"^([1-9]|1[0-4])?$"


class Table(pa.DataFrameModel):
    """What all tables share: no unknown column, types enforced."""

    class Config:
        strict = True
        coerce = True

    @classmethod
    def empty(cls, *_args: object) -> DataFrame[Self]:
        """Return the table without rows; made once a process, it takes as long as the checks of a short one."""
        return cast("DataFrame[Self]", _empty(cls).copy())


@cache
def _empty(model: type[Table]) -> pd.DataFrame:
    return super(Table, model).empty()


class Problems(Table):
    """One finding about an input a row; RULEBOOK §9.1. Message and fix are the texts `problem.<code>…`."""

    file: Series[str] = pa.Field(description="the user's name of the file")
    sheet: Series[str]
    row: Series[Count] = pa.Field(nullable=True, ge=1, description="as a spreadsheet shows it; <NA> = whole file")
    column: Series[str] = pa.Field(description="header as the file has it")
    value: Series[str] = pa.Field(description="as read; personal data cut")
    code: Series[str] = pa.Field(
        str_matches=r"^[VUWF]\d+[a-c]?$", description="V0…V16, U1…U7, W5, W6, F* = of the file"
    )
    severity: Series[str] = pa.Field(isin=["rejected", "warning", "info"])
    detail: Series[str] = pa.Field(description="the one other value the message names, ready to print")


class Orgs(Table):
    """One accepted organisation a row, every field of INTERFACES §Input field codes, as codes and numbers.

    `county`, `township` are as written in the list; `lon`, `lat` are already WGS-84, `lon_given`, `lat_given`, `crs`
    what the list said. No column can hold personal data.
    """

    org_id: Series[str] = pa.Field(unique=True, str_length={"min_value": 1})
    file: Series[str]
    sheet: Series[str]
    row: Series[int] = pa.Field(ge=1, description="as a spreadsheet shows it")
    uscc: Series[str] = pa.Field(description="normalised; kept as written when invalid")
    reg_no: Series[str]
    name: Series[str] = pa.Field(str_length={"min_value": 1})
    org_type: Series[str] = pa.Field(description="vocabulary.OrgType or ''")
    status: Series[str] = pa.Field(description="vocabulary.Status; '' in the list is normal")
    authority: Series[str]
    authority_area: Series[str]
    level: Series[str] = pa.Field(description="登记层级, as written")
    mode: Series[str] = pa.Field(description="vocabulary.Mode or ''")
    supervisor: Series[str] = pa.Field(
        description="as written, 直接登记 and 无 included; coverage.affiliation reads it"
    )
    superior: Series[str] = pa.Field(description="as written, may hold several names")
    superior_kind: Series[str]
    address: Series[str]
    county: Series[str] = pa.Field(description="as written: a code or a name")
    township: Series[str]
    community: Series[str]
    lon: Series[float] = pa.Field(nullable=True, ge=73, le=136, description="WGS-84 degrees")
    lat: Series[float] = pa.Field(nullable=True, ge=3, le=54, description="WGS-84 degrees")
    lon_given: Series[float] = pa.Field(nullable=True)
    lat_given: Series[float] = pa.Field(nullable=True)
    crs: Series[str] = pa.Field(isin=["", "wgs84", "cgcs2000", "gcj02", "bd09"])
    precision: Series[str] = pa.Field(description="vocabulary.Location that the list claims for its point, or ''")
    industry_code: Series[str]
    class14: Series[str] = pa.Field(str_matches=CLASS14)
    class_learned: Series[str] = pa.Field(
        str_matches=CLASS14, description="by the office's own model (coverage.business.learned), '' none or not sure"
    )
    scope: Series[str]
    staff: Series[Count] = pa.Field(nullable=True, ge=0)
    lead_ft: Series[Count] = pa.Field(nullable=True, ge=0)
    lead_pt: Series[Count] = pa.Field(nullable=True, ge=0)
    work_ft: Series[Count] = pa.Field(nullable=True, ge=0)
    work_pt: Series[Count] = pa.Field(nullable=True, ge=0)
    n_full: Series[Count] = pa.Field(nullable=True, ge=0, description="正式党员数, the total as written")
    ft: Series[Count] = pa.Field(nullable=True, ge=0, description="专职党员 unsplit = ft_in + ft_out")
    ft_in: Series[Count] = pa.Field(nullable=True, ge=0)
    ft_out: Series[Count] = pa.Field(nullable=True, ge=0)
    pt: Series[Count] = pa.Field(nullable=True, ge=0)
    rel_org: Series[Count] = pa.Field(nullable=True, ge=0)
    rel_supervisor: Series[Count] = pa.Field(nullable=True, ge=0)
    rel_attached: Series[Count] = pa.Field(nullable=True, ge=0)
    rel_local: Series[Count] = pa.Field(nullable=True, ge=0)
    rel_former: Series[Count] = pa.Field(nullable=True, ge=0)
    rel_other: Series[Count] = pa.Field(nullable=True, ge=0)
    prob: Series[Count] = pa.Field(nullable=True, ge=0)
    applicants: Series[Count] = pa.Field(nullable=True, ge=0)
    activists: Series[Count] = pa.Field(nullable=True, ge=0)
    prospects: Series[Count] = pa.Field(nullable=True, ge=0)
    has_unit: Series[Tick] = pa.Field(nullable=True)
    unit_name: Series[str]
    unit_form: Series[str] = pa.Field(description="vocabulary.UnitForm or ''")
    unit_mode: Series[str] = pa.Field(description="vocabulary.UnitMode or ''")
    unit_units: Series[Count] = pa.Field(nullable=True, ge=0)
    unit_members: Series[Count] = pa.Field(nullable=True, ge=0)
    has_committee: Series[Tick] = pa.Field(nullable=True)
    unit_start: Series[pd.Timestamp] = pa.Field(nullable=True)
    term_end: Series[pd.Timestamp] = pa.Field(nullable=True)
    approver: Series[str]
    approval_no: Series[str]
    unit_reason: Series[str]
    plan_date: Series[pd.Timestamp] = pa.Field(nullable=True)
    instructor: Series[Tick] = pa.Field(nullable=True)
    liaison: Series[Tick] = pa.Field(nullable=True)
    mass: Series[Tick] = pa.Field(nullable=True)
    venue_kind: Series[str]
    site: Series[str]
    star: Series[Count] = pa.Field(nullable=True, ge=0, le=5)
    star_year: Series[Count] = pa.Field(nullable=True)
    assess_grade: Series[str]
    legal_rep_member: Series[Tick] = pa.Field(nullable=True)
    secretary_source: Series[str] = pa.Field(description="legal_rep | leader | member | superior or ''")
    reg_date: Series[pd.Timestamp] = pa.Field(nullable=True)
    refused: Series[Tick] = pa.Field(nullable=True)
    zombie: Series[Tick] = pa.Field(nullable=True)
    travel_limit_m: Series[float] = pa.Field(nullable=True, gt=0)
    slots: Series[Count] = pa.Field(nullable=True, ge=0)


class Places(Table):
    """Where each organisation is; one row per `Orgs` row, same order."""

    org_id: Series[str] = pa.Field(unique=True)
    adcode: Series[str] = pa.Field(str_matches=ADCODE, description="county where it is located, '' = 未定位")
    county_name: Series[str]
    city: Series[str] = pa.Field(str_matches=ADCODE)
    city_name: Series[str]
    province: Series[str] = pa.Field(str_matches=ADCODE)
    province_name: Series[str]
    registered: Series[str] = pa.Field(
        str_matches=ADCODE, description="registration authority's area (uscc[2:8] or authority_area), current code"
    )
    county_source: Series[str] = pa.Field(
        isin=["", "county", "point", "address", "name", "supervisor", "uscc", "default"]
    )
    township_name: Series[str] = pa.Field(description="supplied, else named in the address")
    place_kind: Series[str] = pa.Field(isin=["street", "town", "rural", "unknown"])
    location_level: Series[str] = pa.Field(isin=["given", "door", "road", "town", "zone", "county", "none"])
    location_radius_m: Series[float] = pa.Field(nullable=True, ge=0)
    lon: Series[float] = pa.Field(nullable=True, description="WGS-84; only of the point the organisation really has")
    lat: Series[float] = pa.Field(nullable=True)
    is_precise: Series[bool] = pa.Field(description="H10: located to a road or better")
    limit_m: Series[float] = pa.Field(gt=0, description="travel limit D, GROUPING §2")
    venue_name: Series[str] = pa.Field(description="nearest venue of those given, '' without venues")
    venue_m: Series[float] = pa.Field(nullable=True, ge=0, description="metres to it; NaN without venues")


class Venues(Table):
    """One activity venue a row; only those with a point."""

    name: Series[str]
    lon: Series[float] = pa.Field(ge=73, le=136, description="WGS-84 degrees")
    lat: Series[float] = pa.Field(ge=3, le=54, description="WGS-84 degrees")
    capacity: Series[Count] = pa.Field(nullable=True, ge=0, description="people")


class Landmarks(Table):
    """One place below the county whose point is known; those of one county, township, kind, name and number are one.

    What a road with a number, a building or a township is called is read by `geo.gazetteer.read_premises`.
    """

    adcode: Series[str] = pa.Field(str_matches=r"^\d{6}$", description="county around the point")
    township: Series[str] = pa.Field(description="as in Places; '' unknown")
    kind: Series[str] = pa.Field(isin=["road", "building", "township"])
    name: Series[str] = pa.Field(str_length={"min_value": 1}, description="road with its section, building, township")
    number: Series[str] = pa.Field(description="on the road: 53, 12-3, 88弄5; '' the road itself")
    lon: Series[float] = pa.Field(ge=73, le=136, description="WGS-84 degrees")
    lat: Series[float] = pa.Field(ge=3, le=54, description="WGS-84 degrees")
    level: Series[str] = pa.Field(isin=["given", "door", "road", "town"], description="how exact the point is")
    radius_m: Series[float] = pa.Field(gt=0, le=50_000)
    source: Series[str] = pa.Field(
        str_length={"min_value": 1}, description="confirmed, list, or the id of a provider that may be stored"
    )
    at: Series[str] = pa.Field(description="date or moment, sorts as text: the later one counts")
    terms: Series[str] = pa.Field(description="licence or terms of use, '' none")


class Duties(Table):
    """What the row alone decides (RULEBOOK §2-§4): one row per `Orgs` row, same order."""

    org_id: Series[str] = pa.Field(unique=True)
    n: Series[Count] = pa.Field(nullable=True, ge=0, description="full members by `count_basis`; <NA> unknown")
    n_policy: Series[Count] = pa.Field(nullable=True, ge=0)
    n_formal: Series[Count] = pa.Field(nullable=True, ge=0)
    prob: Series[int] = pa.Field(ge=0, description="probationary members, blank counts 0 (size limits only)")
    unit_form: Series[str] = pa.Field(description="effective form (vocabulary.UnitForm) or '' without a unit")
    unit_kind: Series[str] = pa.Field(isin=["", "own", "shared"])
    affiliation: Series[str] = pa.Field(isin=["clear", "unclear", "conflict", "not_assessed"])
    supervisor: Series[str] = pa.Field(description="'' where the cell says 直接登记 or 无")
    recorded_superior: Series[str]
    proposed_superior: Series[str]
    superior: Series[str] = pa.Field(description="shown: recorded, else proposed")
    measure: Series[str] = pa.Field(description="vocabulary.Measure; M2 (SMALL) where grouping decides")
    provisional: Series[str] = pa.Field(description="for M40 and M91; M2 where grouping decides")
    adjust: Series[str] = pa.Field(description="A codes joined by ;")
    flags: Series[str] = pa.Field(description="F codes joined by ;")
    size_form: Series[str] = pa.Field(isin=["", "branch", "branch_committee", "general_branch", "party_committee"])
    is_functional: Series[bool] = pa.Field(description="n >= 3 while n_formal is known to be < 3: 功能型 (兼合式)")
    secretary_hint: Series[str] = pa.Field(isin=["", "legal_rep", "leader", "member", "superior"])
    is_host: Series[bool] = pa.Field(description="may take others in (RULEBOOK §4.3 Host)")
    is_small: Series[bool] = pa.Field(description="in S: to be grouped")
    is_empty: Series[bool] = pa.Field(description="in Z: M30, or M40 with provisional M30")


class Candidates(Table):
    """What grouping needs to know of an organisation of S, H or Z; nothing else enters it. Sorted by org_id."""

    org_id: Series[str] = pa.Field(unique=True)
    name: Series[str]
    kind: Series[str] = pa.Field(isin=["small", "host", "empty"])
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    superior: Series[str] = pa.Field(description="recorded superior")
    n: Series[int] = pa.Field(ge=0)
    size: Series[int] = pa.Field(ge=0, description="n + prob")
    pt: Series[Count] = pa.Field(nullable=True, description="part-time members, warning S3")
    lon: Series[float] = pa.Field(nullable=True)
    lat: Series[float] = pa.Field(nullable=True)
    location_level: Series[str]
    is_precise: Series[bool]
    limit_m: Series[float] = pa.Field(gt=0)
    place_kind: Series[str]
    township: Series[str]
    site: Series[str]
    supervisor: Series[str]
    industry_code: Series[str] = pa.Field(description="GB/T 4754 digits, '' unknown")
    class14: Series[str] = pa.Field(str_matches=CLASS14)
    business_text: Series[str] = pa.Field(description="name + scope without place names and type words")
    level: Series[str] = pa.Field(description="登记层级, warning S6")
    is_unclear: Series[bool] = pa.Field(description="affiliation unclear or in conflict, warning S7")
    slots: Series[Count] = pa.Field(
        nullable=True,
        ge=0,
        description="instructor slots of its county and recorded superior, 0 where others state some",
    )


class Groups(Table):
    """One row per organisation in a proposed unit; INTERFACES groups.csv order: adcode, group_id, role, org_id."""

    group_id: Series[str]
    form: Series[str] = pa.Field(isin=["joint", "attached", "regional", "industry"])
    org_id: Series[str]
    role: Series[str] = pa.Field(isin=["lead", "host", "member"])
    group_members: Series[int] = pa.Field(ge=0, description="Σ n of the S members; a host's own not included")
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    distance_m: Series[float] = pa.Field(
        nullable=True, ge=0, description="metres on the ellipsoid to the lead or host; NaN in 统建 without points"
    )
    limit_m: Series[float] = pa.Field(nullable=True)
    similarity: Series[float] = pa.Field(nullable=True, ge=0, le=1)
    evidence: Series[str] = pa.Field(isin=["", "industry", "class14", "text", "unknown"])
    cost: Series[float] = pa.Field(nullable=True, ge=0)
    reason: Series[str] = pa.Field(description="catalogue key group_reason.<reason>")
    warnings: Series[str] = pa.Field(description="S codes of the group joined by ;")
    second_kind: Series[str] = pa.Field(description="catalogue key second.<second_kind>, grouping.second.Second")
    second_org: Series[str] = pa.Field(description="lead or host of the second best, '' without")
    second_cost: Series[float] = pa.Field(nullable=True, description="by how much its trips would be dearer")


class Outcomes(Table):
    """What grouping decided for each organisation of S (kind small); one row each, sorted by org_id."""

    org_id: Series[str] = pa.Field(unique=True)
    measure: Series[str] = pa.Field(isin=["M21", "M22", "M23", "M24", "M25", "M26"])
    group_id: Series[str]
    reason: Series[str] = pa.Field(description="catalogue key org_reason.<reason>; the binding reason for M24-M26")
    nearest_m: Series[float] = pa.Field(
        nullable=True, description="distance to the nearest partner of the block, metres"
    )
    limit_m: Series[float] = pa.Field(nullable=True, description="own travel limit, metres")
    reachable: Series[Count] = pa.Field(nullable=True, description="full members within the limit, own included")
    alternatives: Series[str] = pa.Field(description="other feasible measures joined by ;")
    way_out: Series[str] = pa.Field(description="catalogue key way_out.<…> or ''")
    way_out_value: Series[float] = pa.Field(nullable=True, description="the setting's value that would cover it")
    way_out_goal: Series[str] = pa.Field(isin=["", "joint", "attached", "new"], description="the unit it would join")
    way_out_org: Series[str] = pa.Field(description="lead or host of that unit, '' without")
    way_out_orgs: Series[Count] = pa.Field(
        nullable=True, description="organisations in the joint unit or attached to the host now; of a new unit in all"
    )


class Blocks(Table):
    """One solved block a row: the objective of GROUPING §1 with its bound."""

    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    superior: Series[str]
    small: Series[int] = pa.Field(ge=0, description="organisations of S")
    hosts: Series[int] = pa.Field(ge=0)
    slots: Series[int] = pa.Field(ge=0)
    covered: Series[int] = pa.Field(ge=0)
    joint: Series[int] = pa.Field(ge=0, description="organisations in joint units")
    attached: Series[int] = pa.Field(ge=0)
    instructor: Series[int] = pa.Field(ge=0)
    cost: Series[float] = pa.Field(description="Σ trips + 10 per attached + 100 per uncovered")
    travel: Series[float] = pa.Field(ge=0, description="the trips alone")
    bound: Series[float] = pa.Field(description="no plan costs less; with is_following, none that keeps as much")
    is_proved: Series[bool]
    instructor_gain: Series[int] = pa.Field(ge=0, le=1, description="organisations more covered with one slot more")
    instructor_most: Series[int] = pa.Field(ge=0, description="so many slots more cover one organisation more each")
    is_following: Series[bool] = pa.Field(
        description="draft units of an earlier plan were favoured: bound and proof are of plans that keep as much of it"
    )


class KeptUnits(Table):
    """Units that people locked or decided, a row a member; a plan leaves them as they are (GROUPING §7)."""

    group_id: Series[str]
    form: Series[str] = pa.Field(
        isin=["joint", "attached", "regional", "industry", "instructor", "none"],
        description="instructor, none: an organisation that stays alone, a row a unit",
    )
    role: Series[str] = pa.Field(isin=["lead", "host", "member"])
    org_id: Series[str]


class Rulings(Table):
    """What planners fixed, one a row; a plan keeps to it or leaves the organisation without a unit (GROUPING §7).

    forbid: the two are in no unit together; force: in the same unit, or both in none; a host counts as in its unit.
    remedy: the organisation gets this remedy or none. lead: it leads its joint unit, or is in none.
    """

    kind: Series[str] = pa.Field(isin=["forbid", "force", "remedy", "lead"])
    org_id: Series[str]
    other_id: Series[str] = pa.Field(description="the other one of a pair, else blank")
    value: Series[str] = pa.Field(isin=["", "joint", "attached", "instructor", "none"], description="of a remedy")


class Branches(Table):
    """Organisations of S that could join a joint branch there is, one a row (RULEBOOK §5.5); no measure changes by it.

    Sorted by county, branch, the largest gain first.
    """

    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    superior: Series[str] = pa.Field(description="recorded superior of both")
    branch: Series[str] = pa.Field(description="recorded name of the unit, '' without one")
    branch_org: Series[str] = pa.Field(description="the organisation of the branch that it would travel to")
    units: Series[int] = pa.Field(ge=1, description="organisations in the branch")
    branch_members: Series[int] = pa.Field(ge=0, description="full and probationary members")
    room_units: Series[int] = pa.Field(ge=1, description="organisations it may still take in")
    room_members: Series[int] = pa.Field(ge=1)
    org_id: Series[str] = pa.Field(unique=True)
    measure: Series[str] = pa.Field(isin=["M21", "M22", "M23", "M24", "M25", "M26"], description="as proposed today")
    distance_m: Series[float] = pa.Field(ge=0)
    similarity: Series[float] = pa.Field(ge=0, le=1)
    cost: Series[float] = pa.Field(ge=0, description="of the trip")
    gain: Series[float] = pa.Field(description="today's penalty and trip, less this trip (GROUPING §1)")
    breaks: Series[bool] = pa.Field(description="without it its proposed unit would be none")


class MissingBlocks(Table):
    """Unfinished blocks, one a row: a worker died of each or it failed (no plan), or the run was stopped (a draft)."""

    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    superior: Series[str]
    cause: Series[str] = pa.Field(isin=["died", "failed", "cancelled"])


class Measures(Table):
    """One accepted organisation a row, every one: the final answer (INTERFACES measures.csv, as codes)."""

    org_id: Series[str] = pa.Field(unique=True)
    name: Series[str]
    adcode: Series[str] = pa.Field(str_matches=ADCODE)
    county_name: Series[str]
    township_name: Series[str]
    n: Series[Count] = pa.Field(nullable=True)
    class14: Series[str] = pa.Field(str_matches=CLASS14)
    class14_source: Series[str]
    measure: Series[str]
    provisional: Series[str]
    adjust: Series[str]
    flags: Series[str]
    group_id: Series[str]
    location_level: Series[str]
    location_radius_m: Series[float] = pa.Field(nullable=True)
    lon: Series[float] = pa.Field(nullable=True)
    lat: Series[float] = pa.Field(nullable=True)
    reason: Series[str] = pa.Field(description="catalogue key org_reason.<reason>")
    nearest_m: Series[float] = pa.Field(nullable=True)
    limit_m: Series[float] = pa.Field(nullable=True)
    reachable: Series[Count] = pa.Field(nullable=True)
    alternatives: Series[str]
    way_out: Series[str]
    way_out_value: Series[float] = pa.Field(nullable=True)
    file: Series[str]
    sheet: Series[str]
    row: Series[int]
    superior: Series[str]
    proposed_superior: Series[str]
    size_form: Series[str]
    secretary_hint: Series[str]
    liaison_set: Series[str]
    way_out_goal: Series[str]
    way_out_org: Series[str]
    way_out_orgs: Series[Count] = pa.Field(nullable=True)
    class14_word: Series[str] = pa.Field(description="the word that speaks for the class most, where words decide it")


class Findings(Table):
    """One line of `verify` a row: a rule of RULEBOOK §5 that a proposed group breaks; text is `verify.<finding>`."""

    code: Series[str] = pa.Field(str_matches=r"^[HS]\d{1,2}$")
    finding: Series[str] = pa.Field(description="the code, with what exactly is wrong where it can be several things")
    group_id: Series[str]
    org_id: Series[str] = pa.Field(description="'' for a finding about the whole group")
    name: Series[str]
    value: Series[float] = pa.Field(nullable=True, description="the number that breaks the rule")
    limit: Series[float] = pa.Field(nullable=True, description="what it may be")
