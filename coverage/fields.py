"""The fields a list may have: their codes (INTERFACES), their kinds and the headers they are known by (RULEBOOK §9)."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto
from functools import cache
from typing import NamedTuple


class Kind(Enum):
    """How the cells of a field are read."""

    TEXT = auto()
    CODE = auto()
    COUNT = auto()
    TICK = auto()
    PRESENCE = auto()  # a tick, or somebody's or something's name, which is not kept
    DATE = auto()
    CHOICE = auto()
    LENGTH = auto()
    POINT = auto()  # longitude, latitude, or both in one cell


class Field(NamedTuple):
    """One field; of two columns with the same field, the one whose alias stands first is taken."""

    code: str
    kind: Kind
    aliases: tuple[str, ...]


class Match(NamedTuple):
    """The field a header names, and how early its alias stands in the list."""

    code: str
    rank: int


def _field(code: str, kind: Kind, aliases: str = "") -> Field:
    return Field(code, kind, tuple(aliases.split()))


#: Both coordinates in one cell; becomes lon and lat.
BOTH_COORDINATES = "lon_lat"
#: 是否兼合式; becomes the way the unit was founded (RULEBOOK §4, effective form).
IS_COMBINED = "is_combined"
#: How many people a venue holds; only lists of venues have it.
CAPACITY = "capacity"
INTERNAL = frozenset({BOTH_COORDINATES, IS_COMBINED, CAPACITY})
#: Several columns of these are one field: any yes counts.
REPEATABLE = frozenset({"mass"})
#: Numbers of full members, in whose cells probationary ones may be named as well (RULEBOOK §9, V16).
MEMBER_COUNTS = ("n_full", "ft", "ft_in", "ft_out", "pt", "unit_members")
#: Cells that say something about one person: their values are never repeated in a message.
SENSITIVE = frozenset({"legal_rep_member", "secretary_source", "instructor", "liaison"})

FIELDS: tuple[Field, ...] = (
    _field("uscc", Kind.CODE, "统一社会信用代码 社会信用代码 信用代码 统一代码 机构代码"),
    _field("reg_no", Kind.CODE, "登记证号 登记证书号 证书编号"),
    _field("name", Kind.TEXT, "社会组织名称 单位名称 组织名称 名称 机构名称 单位全称 社团名称 协会名称 学校名称"),
    _field("org_type", Kind.CHOICE, "组织类别 社会组织类型 社会组织种类 类型 类别"),
    _field("status", Kind.CHOICE, "登记状态 状态 社会组织状态 存续状态"),
    _field("authority", Kind.TEXT, "登记管理机关 登记机关 发证机关"),
    _field("authority_area", Kind.CODE, "登记管理机关行政区划"),
    _field("level", Kind.TEXT, "登记层级 级别"),
    _field("mode", Kind.CHOICE, "管理模式 登记类型 管理体制"),
    _field("supervisor", Kind.TEXT, "业务主管单位 主管单位 业务主管部门 主管部门 挂靠单位"),
    _field("superior", Kind.TEXT, "上级党组织 党建领导机关 隶属党组织 所属党委 归口党委"),
    _field("superior_kind", Kind.TEXT, "隶属关系 党组织隶属关系"),
    _field("address", Kind.TEXT, "住所 地址 单位地址 办公地址 注册地址 社会组织住所"),
    _field("county", Kind.CODE, "所在区县 区县 县(市、区) 所在县(市、区) 所属区县"),
    _field("township", Kind.TEXT, "乡镇(街道) 乡镇街道 所在乡镇 所在乡镇(街道) 所属乡镇 所属街道 乡镇"),
    _field("community", Kind.TEXT, "社区(村) 村(社区) 社区"),
    _field("lon", Kind.POINT, "经度 X X坐标"),
    _field("lat", Kind.POINT, "纬度 Y Y坐标"),
    _field(BOTH_COORDINATES, Kind.POINT, "坐标 经纬度"),
    _field("crs", Kind.CHOICE, "坐标系 坐标系统"),
    _field("precision", Kind.CHOICE, "定位精度"),
    _field("industry_code", Kind.CODE, "行业代码 国民经济行业代码"),
    _field("class14", Kind.CHOICE, "行业类别 所属行业 行(事)业 行业分类 业务类别"),
    _field("scope", Kind.TEXT, "业务范围 宗旨"),
    _field("staff", Kind.COUNT, "从业人员数 从业人员 职工人数"),
    _field("lead_ft", Kind.COUNT, "领导成员专职"),
    _field("lead_pt", Kind.COUNT, "领导成员兼职"),
    _field("work_ft", Kind.COUNT, "工作人员专职"),
    _field("work_pt", Kind.COUNT, "工作人员兼职"),
    _field("n_full", Kind.COUNT, "正式党员数 正式党员 党员人数 党员总数 从业人员党员数 党员数"),
    _field("ft", Kind.COUNT, "专职党员数 专职党员数量"),
    _field("ft_in", Kind.COUNT, "专职已转 专职已转关系"),
    _field("ft_out", Kind.COUNT, "专职未转 专职未转关系 流动党员 未接转"),
    _field("pt", Kind.COUNT, "兼职党员 兼职党员数 兼职党员数量"),
    _field("rel_org", Kind.COUNT, "组织关系在社会组织"),
    _field("rel_supervisor", Kind.COUNT, "组织关系在业务主管单位"),
    _field("rel_attached", Kind.COUNT, "组织关系在挂靠单位 组织关系在挂靠"),
    _field("rel_local", Kind.COUNT, "组织关系在属地"),
    _field("rel_former", Kind.COUNT, "组织关系在原单位 组织关系在原工作单位"),
    _field("rel_other", Kind.COUNT, "组织关系在其他"),
    _field("prob", Kind.COUNT, "预备党员 预备党员数"),
    _field("applicants", Kind.COUNT, "申请入党 申请入党人"),
    _field("activists", Kind.COUNT, "入党积极分子"),
    _field("prospects", Kind.COUNT, "发展对象"),
    _field("has_unit", Kind.TICK, "是否建立党组织 党组织设置 是否建党组织"),
    _field("unit_name", Kind.TEXT, "党组织名称 联合支部名称"),
    _field("unit_form", Kind.CHOICE, "组织建制 党组织类别 党组织形式"),
    _field("unit_mode", Kind.CHOICE, "组建方式 组建形式 建立方式"),
    _field(IS_COMBINED, Kind.TICK, "是否兼合式"),
    _field("unit_units", Kind.COUNT, "联建单位数 覆盖单位数"),
    _field("unit_members", Kind.COUNT, "党组织党员数"),
    _field("has_committee", Kind.TICK, "是否设支委会"),
    _field("unit_start", Kind.DATE, "建立时间 成立时间"),
    _field("term_end", Kind.DATE, "换届时间 届满时间"),
    _field("approver", Kind.TEXT, "审批单位"),
    _field("approval_no", Kind.TEXT, "审批文号"),
    _field("unit_reason", Kind.TEXT, "未建原因 未建立党组织原因 未组建原因"),
    _field("plan_date", Kind.DATE, "拟建党组织日期 拟建时间 计划组建时间"),
    _field("instructor", Kind.PRESENCE, "党建指导员 党建工作指导员 是否选派指导员"),
    _field("liaison", Kind.PRESENCE, "党建联络员 党建工作联络员"),
    _field("mass", Kind.PRESENCE, "群团 群团组织 群团组织组建情况 工会 共青团 妇联"),
    _field("venue_kind", Kind.TEXT, "活动场所 活动阵地"),
    _field("site", Kind.TEXT, "楼宇 园区 孵化基地"),
    _field("star", Kind.CHOICE, "星级 定级 分类定级 等次"),
    _field("star_year", Kind.COUNT, "定级年度 定级年份"),
    _field("assess_grade", Kind.TEXT, "评估等级"),
    _field("legal_rep_member", Kind.CHOICE, "法定代表人政治面貌"),
    _field("secretary_source", Kind.CHOICE, "党组织负责人来源"),
    _field("reg_date", Kind.DATE, "登记时间 登记日期 成立登记时间"),
    _field("refused", Kind.TICK, "是否受阻 拒绝组建"),
    _field("zombie", Kind.TICK, "僵尸型 是否僵尸型"),
    _field("travel_limit_m", Kind.LENGTH, "出行上限 活动距离上限"),
    _field("slots", Kind.COUNT, "指导员名额 可派指导员数"),
    _field(CAPACITY, Kind.COUNT, "容量 容纳人数 可容纳人数 座位数"),
)
BY_CODE: dict[str, Field] = {field.code: field for field in FIELDS}

#: Codes that may stand in one column where the cells say kinds, in another where they name bodies (RULEBOOK §9).
SUPERIOR_KINDS = frozenset("业务主管单位 业务主管部门 挂靠单位 挂靠 行业 属地 其他".split())  # noqa: SIM905 - read like §9
#: A total whose header does not say whether probationary members are in it.
AMBIGUOUS_TOTALS = frozenset({"党员数", "党员人数", "党员总数", "从业人员党员数"})
SERIAL_HEADERS = frozenset({"序号", "编号", "no", "id", "行号"})

#: Columns about persons (RULEBOOK §9 "drop on import"); asked only of headers that name no field.
_PERSONAL = re.compile(
    "姓名|身份证|证件号|电话|手机|联系方式|联系人|民族|学历|学位|出生|生日|年龄|性别|籍贯|邮箱|email|微信|qq|家庭住址|"
    "政治面貌|^法定代表人|^法人代表|^法人$|^负责人|^主要负责人|^秘书长|^会长|^理事长|书记$|^党组织负责人|^填表人|^经办人|"
    "^指导员|^联络员|^职务|^照片"
)
#: 其中：预备党员 is 预备党员.
_AMONG_THEM = "其中"
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|《[^《》]*》")
_LEADING_NUMBER = re.compile(r"^\s*\d+\s*[.、)]\s*")
_TRAILING_UNIT = re.compile(r"(?:[/,:]|单位)\s*(?:人|名|个|家|米|m|公里|千米|km)$", re.IGNORECASE)
_NOT_WORD = re.compile(r"[\W_]+")
_WITH_PROBATIONARY = re.compile("(?<!不)(?<!未)(?:包?含|包括)预备")


def match_header(header: str) -> Match | None:
    """Return the field that a header names by its code or an alias, without brackets, units and spaces."""
    if (code := _folded(header).strip()) in BY_CODE:
        return Match(code, 0)
    known = _fields_by_alias()
    bare = bare_header(header)
    spellings = (plain_header(header), bare, bare.removeprefix(_AMONG_THEM))
    return next((known[spelling] for spelling in spellings if spelling in known), None)


def plain_header(header: str) -> str:
    """Return a header as it is compared: NFKC, lower case, letters and digits only, no unit and no number in front."""
    text = _TRAILING_UNIT.sub("", _LEADING_NUMBER.sub("", _folded(header)).strip())
    return _NOT_WORD.sub("", text)


def bare_header(header: str) -> str:
    """Return a header as it is compared once its remarks in brackets are left out."""
    return plain_header(_BRACKETS.sub("", _folded(header)))


def is_personal_header(header: str) -> bool:
    """Say whether a column that is no field is about persons."""
    return _PERSONAL.search(_NOT_WORD.sub("", _folded(header))) is not None


def counts_probationary(header: str) -> bool:
    """Say whether a header of members says that the probationary ones are in its numbers."""
    return _WITH_PROBATIONARY.search(_folded(header)) is not None


def _folded(header: str) -> str:
    return unicodedata.normalize("NFKC", header).casefold()


@cache
def _fields_by_alias() -> dict[str, Match]:
    return {
        plain_header(alias): Match(field.code, rank) for field in FIELDS for rank, alias in enumerate(field.aliases)
    }
