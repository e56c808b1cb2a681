"""What a column holds, by the names that stand over it: the last that is known, the ones above decide (RULEBOOK §9)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from coverage.fields import BY_CODE, Kind, bare_header, is_personal_header, match_header
from coverage.intake.choices import CHOICES
from coverage.values import fold_label, read_tick

#: A column about persons, and one that is left out.
PERSONAL: Final = "personal"
IGNORED: Final = ""


class Meaning(NamedTuple):
    """The field of a column; a lower `rank` is a better name, `label` is the value that a tick in it stands for.

    `is_climbed`: only a level above is known; it counts where no other column stands under that level.
    `is_part`: one of several columns whose numbers are added up.
    """

    code: str
    rank: int = 0
    label: str = ""
    is_climbed: bool = False
    is_part: bool = False


class _Context(NamedTuple):
    """What a last level means below certain others: patterns of the levels above (found), of the last one (whole)."""

    above: re.Pattern[str]
    last: re.Pattern[str]
    code: str


def _context(above: str, last: str, code: str) -> _Context:
    return _Context(re.compile(above), re.compile(last), code)


_TOTALS: Final = re.compile("(?:总|合|小)计|总数|总人数|总量|人数|数量|数|情况")
_PROPER_NAMES: Final = re.compile("名称|(?:单位)?全称|单位名称")
#: Names that mean the organisation's own only where nothing else stands above.
_GENERIC: Final = frozenset(
    "名称 单位名称 单位全称 社团名称 协会名称 学校名称 类型 类别 状态 级别 地址 x y 成立时间".split()  # noqa: SIM905 - a list of words
)
_PARTY: Final = re.compile("党组织|党支部|支部|党员|党建")
#: Bodies and people beside the organisation: a generic name or a number of members below them is not its own.
_OTHER_BODIES: Final = re.compile(
    "工会|共青团|团组织|妇联|群团|场所|阵地|主管单位|主管部门|挂靠单位|上级|联建单位|结对|共建单位|派驻|会员|理事会|监事会|举办|开办|变更"
)
#: A unit that is only planned is none.
_PLANNED: Final = re.compile("拟建|拟组建|拟成立|计划")
_PERSON: Final = re.compile("法定代表人|法人代表|负责人|书记|指导员|联络员|联系人|填表人|经办人")
_GROUPS_OF_STAFF: Final = re.compile("领导|工作人员")
_SURVEYED: Final = r"(?:其中)?"
#: Below these the full-time and part-time are members; below 从业人员 they are staff.
_MEMBERS: Final = "党员(?!.*从业)"
_NOT_YET: Final = "未建|未组建|未成立|拟建|拟组建|拟成立|计划组建"
_SUPERIOR: Final = "上级党组织|隶属党组织"
_NUMBER: Final = r"(?:党员)?(?:人数|数量|数)?"

_CONTEXTS: Final = (
    _context("组织关系", "(?:在)?(?:社会组织|本单位|本组织)", "rel_org"),
    _context("组织关系", "(?:在)?业务主管(?:单位|部门)", "rel_supervisor"),
    _context("组织关系", "(?:在)?挂靠(?:单位)?", "rel_attached"),
    _context("组织关系", "(?:在)?属地(?:党组织)?", "rel_local"),
    _context("组织关系", "(?:在)?原(?:工作)?单位", "rel_former"),
    _context("组织关系", "(?:在)?其他", "rel_other"),
    _context("专职", r"已转.*", "ft_in"),
    _context("专职", r"(?:未转|未接转|流动).*", "ft_out"),
    _context(_MEMBERS, r"(?:专职)?已转(?:移|接)?(?:组织)?(?:关系)?", "ft_in"),
    _context(_MEMBERS, r"专职未转(?:接)?(?:组织)?(?:关系)?", "ft_out"),
    _context(_MEMBERS, _SURVEYED + "专职" + _NUMBER, "ft"),
    _context(_MEMBERS, _SURVEYED + "兼职" + _NUMBER, "pt"),
    _context("领导", "专职.*", "lead_ft"),
    _context("领导", "兼职.*", "lead_pt"),
    _context("工作人员", "专职.*", "work_ft"),
    _context("工作人员", "兼职.*", "work_pt"),
    _context("党员(?:情况|人数|数|队伍|基本情况)?$", "(?:总|合|小)计|总数|总人数|人数|数量|正式", "n_full"),
    _context("党员(?:情况|人数|数|队伍|基本情况)?$", "预备", "prob"),
    _context("指导员", "姓名|有无|是否.*|选派.*|派驻.*|人数|数量|名单", "instructor"),
    _context("指导员", ".*名额|可派.*", "slots"),
    _context("联络员", "姓名|有无|是否.*|选派.*|人数|数量|名单", "liaison"),
    _context("指导员|联络员", ".*", PERSONAL),
    _context("群团", "组建情况|情况|说明|名称|类型|种类", "mass"),
    _context("未建|未组建|未成立", "原因|未建情况", "unit_reason"),
    _context(_NOT_YET, "(?:拟建|计划|预计)?(?:组建|建立|成立)?(?:时间|日期)", "plan_date"),
    _context(_NOT_YET, "(?:党组织)?(?:名称|全称|类别|形式|建制)|(?:组建|建立)(?:方式|形式)|方式|模式", IGNORED),
    _context(_SUPERIOR, "名称|全称", "superior"),
    _context(
        _SUPERIOR, "(?:组建|建立|成立|批准|设立)?(?:时间|日期|年月)|类别|形式|建制|(?:组建)?(?:方式|模式)", IGNORED
    ),
    _context("党组织|支部|已建|已组建", "名称|全称", "unit_name"),
    _context("党组织|支部|已建|已组建", "(?:组建|建立|成立|批准|设立)?(?:时间|日期|年月)", "unit_start"),
    _context("党组织|支部|已建|已组建", "类别|形式|建制", "unit_form"),
    _context("党组织|支部|已建|已组建", "(?:组建)?(?:方式|模式)", "unit_mode"),
    _context("党组织|支部", "是否建立|是否成立|是否组建|有无|建否|设置", "has_unit"),
    _context("法定代表人|法人代表", "(?:是否)?(?:中共)?党员", "legal_rep_member"),
    _context("登记|注册", "成立(?:时间|日期)|时间|日期", "reg_date"),
)

#: Fields that may have a column for yes and one for no.
_ANSWERED: Final = frozenset({Kind.TICK, Kind.PRESENCE})
#: Values that a tick column may stand for, of fields whose cells are free text elsewhere (RULEBOOK §8.1).
_FREE_LABELS: Final = {
    "superior_kind": "业务主管单位 业务主管部门 主管单位 主管部门 挂靠单位 挂靠 行业 行业管理部门 属地 其他",
    "unit_reason": "应建未建 有党员但不足3名 有党员但不足三名 不足3名 不足三名 党员不足3名 党员不足三名 "
    "无党员 无正式党员 派驻党建指导员 已派驻党建指导员 其他",
    "venue_kind": "单独设立 独立设立 办公场所合用 与办公场所合用 与社区共享 社区共享 共享 其他 无 没有",
    "level": "部级 省级 市级 县级 区级 部 省 市 县 区",
    "assess_grade": "1A 2A 3A 4A 5A A AA AAA AAAA AAAAA 未评估",
    "mass": "工会 共青团 团组织 团支部 妇联 妇女组织 妇委会 其他",
}
_LABELS: Final = {code: frozenset(fold_label(word) for word in words.split()) for code, words in _FREE_LABELS.items()}


#: What a group of columns to tick is about where its name is none that a column has: 已建/党委, 党总支, 党支部 …
_SUBJECTS: Final = tuple(
    (re.compile(subject), tuple(codes.split()))
    for subject, codes in (
        ("未建|未组建|未成立", "unit_reason"),
        ("隶属", "superior_kind"),
        ("群团|群众组织|工青妇", "mass"),
        ("场所|阵地", "venue_kind"),
        ("方式|模式", "unit_mode"),
        ("党组织(?:组建|建立|设立|设置)?(?:情况)?$", "unit_form unit_mode has_unit"),
        ("已建|党组织|建制", "unit_form unit_mode"),
        ("星级|定级|等次", "star"),
        ("状态|存续", "status"),
        ("类别|类型|种类|性质", "org_type"),
    )
)


def read_meaning(levels: tuple[str, ...]) -> Meaning | None:
    """Return what a column holds by the names over it, the widest group first; None where none of them is known."""
    if not levels:
        return None
    *above, last = levels
    if not above:
        return _direct(last) or (Meaning(PERSONAL) if is_personal_header(last) else None)
    upper = [bare for name in above if (bare := bare_header(name)) != "其中"]
    return (
        _total_of(tuple(above), last)
        or _by_context("/".join(upper), bare_header(last))
        or _joined(levels)
        or _below_persons("/".join(upper))
        or _alone("/".join(upper), last)
        or (Meaning(PERSONAL) if is_personal_header(last) else None)
        or _climbed(tuple(above))
    )


def label_of(levels: tuple[str, ...]) -> Meaning | None:
    """Return the field and the value of a column that may be one of several to tick, None where it is no value."""
    if len(levels) < 2:
        return None
    last = levels[-1]
    spellings = (last, bare_header(last))
    return next(
        (
            parent._replace(label=spelling)
            for parent in _ticked_fields(levels[:-1])
            for spelling in spellings
            if _is_value(parent.code, fold_label(spelling))
        ),
        None,
    )


def _ticked_fields(above: tuple[str, ...]) -> list[Meaning]:
    """Return the fields whose values may stand below these names: the one they name, and the subject of a group."""
    if any(_PLANNED.search(name) for name in above):
        return []
    meaning = read_meaning(above)
    named = (
        [Meaning(meaning.code, meaning.rank)] if meaning and meaning.code in BY_CODE and not meaning.is_climbed else []
    )
    nearest = bare_header(above[-1])
    codes = next((codes for subject, codes in _SUBJECTS if subject.search(nearest)), ())
    return named + [Meaning(code) for code in codes]


def is_label(levels: tuple[str, ...]) -> bool:
    """Say whether a name below another is one that headers have."""
    meaning = read_meaning(tuple(name for name in levels if name))
    return label_of(levels) is not None or (meaning is not None and not meaning.is_climbed)


def _is_value(code: str, label: str) -> bool:
    if BY_CODE[code].kind in _ANSWERED and isinstance(read_tick(label), bool):
        return True
    if code in _LABELS:
        return label in _LABELS[code]
    return label in CHOICES.get(code, ())


def _direct(name: str) -> Meaning | None:
    match = match_header(name)
    return Meaning(match.code, match.rank) if match else None


def _total_of(above: tuple[str, ...], last: str) -> Meaning | None:
    """从业人员/总数 is 从业人员, 业务主管单位/名称 is 业务主管单位."""
    is_total, is_name = _TOTALS.fullmatch(bare_header(last)), _PROPER_NAMES.fullmatch(bare_header(last))
    parent = _direct(above[-1]) if is_total or is_name else None
    if parent is None or (is_name and BY_CODE[parent.code].kind is not Kind.TEXT):
        return None
    return parent


def _by_context(upper: str, last: str) -> Meaning | None:
    for context in _CONTEXTS:
        if context.above.search(upper) and context.last.fullmatch(last):
            is_part = "党员" in upper and _GROUPS_OF_STAFF.search(upper) is not None
            return Meaning(context.code, is_part=is_part)
    return None


def _joined(levels: tuple[str, ...]) -> Meaning | None:
    """法定代表人 over 政治面貌 is 法定代表人政治面貌."""
    joins = ("".join(levels[-count:]) for count in (3, 2) if len(levels) >= count)
    return next((meaning for joined in joins if (meaning := _direct(joined))), None)


def _below_persons(upper: str) -> Meaning | None:
    return Meaning(PERSONAL) if _PERSON.search(upper) else None


def _alone(upper: str, last: str) -> Meaning | None:
    match, is_generic = _direct(last), bare_header(last) in _GENERIC
    if _OTHER_BODIES.search(upper) and match and (is_generic or match.code == "n_full"):
        return Meaning(IGNORED)
    return None if is_generic and _PARTY.search(upper) else match


def _climbed(above: tuple[str, ...]) -> Meaning | None:
    found = next((meaning for name in reversed(above) if (meaning := _direct(name))), None)
    return found._replace(is_climbed=True) if found else None
