"""The words of the rulebook as codes; labels live in the word catalogue."""

from __future__ import annotations

from enum import StrEnum


class Measure(StrEnum):
    """RULEBOOK §4: what one organisation owes. `SMALL` is 1-2 members before grouping, never an output."""

    UNKNOWN = "M00"
    OWN = "M01"
    SHARED = "M02"
    ADJUST = "M03"
    BUILD_OWN = "M10"
    INSTRUCTOR_OWN = "M21"
    JOINT = "M22"
    ATTACHED = "M23"
    REGIONAL = "M24"
    INDUSTRY = "M25"
    PENDING = "M26"
    LIAISON = "M30"
    AFFILIATION = "M40"
    OUT_OF_SCOPE = "M90"
    ZOMBIE = "M91"
    SMALL = "M2"


#: Stands among the alternatives of an organisation; no measure: joining a joint branch there is changes none (§5.5).
EXISTING_BRANCH = "existing"


class Flag(StrEnum):
    """RULEBOOK §4 flags, joined by `;` in this order."""

    AFF = "F_AFF"
    AFF_UNKNOWN = "F_AFF_UNKNOWN"
    BLOCKED = "F_BLOCKED"
    ABNORMAL = "F_ABNORMAL"
    ZOMBIE = "F_ZOMBIE"
    NODATA = "F_NODATA"
    SOON_OWN = "F_SOON_OWN"
    DUP_RISK = "F_DUP_RISK"
    NEW = "F_NEW"


class OrgType(StrEnum):
    """组织类别; `BRANCH` = 分支机构, 代表机构 (no legal person)."""

    ASSOCIATION = "association"
    SERVICE = "service"
    FOUNDATION = "foundation"
    BRANCH = "branch"
    OTHER = "other"


class Status(StrEnum):
    """登记状态; `CLOSED` and `PENDING` are out of scope (M90)."""

    NORMAL = "normal"
    CLOSED = "closed"
    PENDING = "pending"
    ABNORMAL = "abnormal"


class Mode(StrEnum):
    """How an organisation is supervised (管理体制)."""

    DUAL = "dual"
    DIRECT = "direct"
    DECOUPLED = "decoupled"
    FILED = "filed"


class UnitForm(StrEnum):
    """Form of a recorded Party unit (组织建制); `CELL` (党小组) is not a unit."""

    COMMITTEE = "committee"
    GENERAL_BRANCH = "general_branch"
    BRANCH = "branch"
    FUNCTIONAL = "functional"
    TEMPORARY = "temporary"
    JOINT = "joint"
    ATTACHED = "attached"
    REGIONAL = "regional"
    INDUSTRY = "industry"
    CELL = "cell"


OWN_FORMS = (UnitForm.COMMITTEE, UnitForm.GENERAL_BRANCH, UnitForm.BRANCH, UnitForm.FUNCTIONAL, UnitForm.TEMPORARY)
SHARED_FORMS = (UnitForm.JOINT, UnitForm.ATTACHED, UnitForm.REGIONAL, UnitForm.INDUSTRY)


#: A unit named so is a joint branch when the list says neither form nor mode (RULEBOOK §4).
JOINT_WORD = "联合"


class UnitMode(StrEnum):
    """How a recorded unit was founded (组建方式)."""

    SINGLE = "single"
    JOINT = "joint"
    ATTACHED = "attached"
    REGIONAL = "regional"
    INDUSTRY = "industry"
    UNIFIED = "unified"
    COMBINED = "combined"


class Affiliation(StrEnum):
    """RULEBOOK §3.1."""

    CLEAR = "clear"
    UNCLEAR = "unclear"
    CONFLICT = "conflict"
    NOT_ASSESSED = "not_assessed"


class Location(StrEnum):
    """How precisely an organisation is located (notes on geocoding §3), best first."""

    GIVEN = "given"
    DOOR = "door"
    ROAD = "road"
    TOWN = "town"
    ZONE = "zone"
    COUNTY = "county"
    NONE = "none"


#: H10: only these have a distance to anybody.
PRECISE = (Location.GIVEN, Location.DOOR, Location.ROAD)


class Form(StrEnum):
    """Form of a proposed unit (groups.csv)."""

    JOINT = "joint"
    ATTACHED = "attached"
    REGIONAL = "regional"
    INDUSTRY = "industry"


class Role(StrEnum):
    """Part of an organisation in a proposed unit."""

    LEAD = "lead"
    HOST = "host"
    MEMBER = "member"


class State(StrEnum):
    """RULEBOOK §4.7, in the order of its line, then the side states; only a person moves a proposal past DRAFT."""

    DRAFT = "draft"
    VERIFIED = "verified"
    CONSULTED = "consulted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ELECTED = "elected"
    FILED = "filed"
    RUNNING = "running"
    ADJUSTED = "adjusted"
    RENEWED = "renewed"
    DISSOLVED = "dissolved"
    BLOCKED = "blocked"
    RETURNED = "returned"
    VOID = "void"


#: What stands for the state of a unit that a person holds on to though nobody has approved it yet.
LOCKED = "locked"
#: From the approval on until it is dissolved, a unit is the one that its members belong to.
ACTIVE_STATES = frozenset({State.APPROVED, State.ELECTED, State.FILED, State.RUNNING, State.ADJUSTED, State.RENEWED})
#: Units that no plan moves.
FIXED_STATES = frozenset({*ACTIVE_STATES, LOCKED})
#: Nobody wants a unit back that was given up, sent back or is stuck.
GIVEN_UP_STATES = frozenset({State.DISSOLVED, State.BLOCKED, State.RETURNED, State.VOID})

#: The finding on a row that repeats another; its `detail` refers to that one (`coverage.references`).
REPEATS = "V11"
#: Findings about the file of an earlier plan, in the order of `problem.<code>`.
EARLIER_PROBLEMS = ("W7", "W8", "W9", "W10", "W11", "W12")


class Severity(StrEnum):
    """What a problem means for its row."""

    REJECTED = "rejected"
    WARNING = "warning"
    INFO = "info"


#: The 14 classes of 民办函/民放手报〔2007〕210号 with the other names they are known by (RULEBOOK §8.2).
CLASS14_NAMES: dict[str, str] = {
    name: str(number)
    for number, names in enumerate(
        (
            ("工商服务业", "工商业服务", "工商服务"),
            ("农业及农村发展", "农村及农业发展", "农业"),
            ("科学研究", "科技研究", "科技与研究", "科研"),
            ("教育",),
            ("卫生", "卫生健康"),
            ("文化",),
            ("体育",),
            ("生态环境", "环境保护", "环保"),
            ("社会服务", "公益慈善", "社会工作"),
            ("法律",),
            ("宗教",),
            ("职业及从业者组织", "职业及从业组织", "职业及从业者"),
            ("国际及涉外组织", "国际及其他涉外组织"),
            ("其他",),
        ),
        start=1,
    )
    for name in names
}

#: What a venue column says where there is none (RULEBOOK §8.1 活动场所).
NO_VENUE = ("", "无", "没有", "否", "0")
