"""What fields with a closed list may hold, and the codes these words stand for (RULEBOOK §8.1, §9)."""

from __future__ import annotations

from coverage.values import UNKNOWN_WORDS, fold, fold_label
from coverage.vocabulary import Location, Mode, OrgType, Status, UnitForm, UnitMode

YES = "yes"
NO = "no"

_LABELS: dict[str, dict[str, str]] = {
    "org_type": {
        OrgType.ASSOCIATION: "社会团体 社团 S",
        OrgType.SERVICE: "社会服务机构 民办非企业单位 民办非企业 民非 M",
        OrgType.FOUNDATION: "基金会 J",
        OrgType.BRANCH: "分支机构 代表机构 分支代表机构 分支机构代表机构 分支(代表)机构",
        OrgType.OTHER: "其他 中介组织",
    },
    "status": {
        Status.NORMAL: "正常 存续 在业 有效 正常运行 已登记",
        Status.CLOSED: "注销 已注销 注销登记 撤销 已撤销 撤销登记 吊销 已吊销 吊销登记证书 吊销登记证",
        Status.PENDING: "筹备 筹备中 名称核准 未登记",
        Status.ABNORMAL: "活动异常 异常 活动异常名录 列入活动异常名录 "
        "严重失信 严重违法失信 严重违法失信名单 列入严重违法失信名单",
    },
    "mode": {
        Mode.DUAL: "双重管理 双重管理体制",
        Mode.DIRECT: "直接登记",
        Mode.DECOUPLED: "脱钩 已脱钩",
        Mode.FILED: "备案",
    },
    "unit_form": {
        UnitForm.COMMITTEE: "党委 基层党委",
        UnitForm.GENERAL_BRANCH: "党总支 党总支部 总支",
        UnitForm.BRANCH: "党支部 支部 独立党支部 单独党支部",
        UnitForm.FUNCTIONAL: "功能型党支部 功能型支部 兼合式党支部 功能型 兼合式",
        UnitForm.TEMPORARY: "临时党支部 临时支部",
        UnitForm.JOINT: "联合党支部 联合支部 联建",
        UnitForm.ATTACHED: "挂靠 挂靠组建 挂靠党支部",
        UnitForm.REGIONAL: "区域统建",
        UnitForm.INDUSTRY: "行业统建",
        UnitForm.CELL: "党小组",
    },
    "unit_mode": {
        UnitMode.SINGLE: "单建 单独 单独建立 单独组建",
        UnitMode.JOINT: "联建 单位联建 联合组建 联合建立",
        UnitMode.ATTACHED: "挂靠 挂靠组建",
        UnitMode.REGIONAL: "区域统建",
        UnitMode.INDUSTRY: "行业统建",
        UnitMode.UNIFIED: "统建",
        UnitMode.COMBINED: "兼合 兼合式",
    },
    "precision": {
        Location.DOOR: "门牌 楼宇 门牌号",
        Location.ROAD: "道路 街路",
        Location.TOWN: "社区 村 社区(村) 乡镇 街道 乡镇街道 乡镇(街道)",
        Location.COUNTY: "区县 县区 县",
        Location.GIVEN: "",
        Location.ZONE: "园区 开发区",
        Location.NONE: "",
    },
    "crs": {
        "wgs84": "WGS84 WGS-84 EPSG:4326 4326 GPS",
        "cgcs2000": "CGCS2000 2000国家大地坐标系 国家2000 国家大地2000 大地2000 EPSG:4490 4490",
        "gcj02": "GCJ02 GCJ-02 火星 火星坐标 火星坐标系 国测局 高德 腾讯",
        "bd09": "BD09 BD-09 BD09LL 百度 百度坐标 百度坐标系",
    },
    "class14": {
        "1": "工商服务业 工商业服务 工商服务 1",
        "2": "农业及农村发展 农村及农业发展 农业 2",
        "3": "科学研究 科技研究 科技与研究 科研 3",
        "4": "教育 4",
        "5": "卫生 卫生健康 5",
        "6": "文化 6",
        "7": "体育 7",
        "8": "生态环境 环境保护 环保 8",
        "9": "社会服务 公益慈善 社会工作 9",
        "10": "法律 10",
        "11": "宗教 11",
        "12": "职业及从业者组织 职业及从业组织 职业及从业者 12",
        "13": "国际及涉外组织 国际及其他涉外组织 13",
        "14": "其他 14",
    },
    "star": {
        "5": "5 五星 5星 五星级 5星级 五星优秀 优秀 ★★★★★ AAAAA级党组织",
        "4": "4 四星 4星 四星级 4星级 四星良好 良好 ★★★★",
        "3": "3 三星 3星 三星级 3星级 三星较好 较好 ★★★",
        "2": "2 两星 二星 2星 两星级 二星级 2星级 两星一般 二星一般 一般 ★★",
        "1": "1 一星 1星 一星级 1星级 一星后进 后进 ★",
    },
    "legal_rep_member": {
        YES: "中共党员 党员 是 1 true",
        NO: "群众 0 false 共青团员 团员 预备党员 中共预备党员 民主党派 无党派 无党派人士 无党派民主人士 其他 否 "
        "民革会员 民革党员 民盟盟员 民建会员 民进会员 农工党党员 致公党党员 九三学社社员 台盟盟员",
    },
    "secretary_source": {
        "legal_rep": "法人兼任 法定代表人兼任 法定代表人",
        "leader": "班子成员 领导班子成员 主要负责人",
        "member": "党员职工",
        "superior": "上级选派 指导员兼任 上级选派指导员兼任",
    },
}
#: What says "nothing of the kind" in such a field, beside the words for unknown.
_NONE = frozenset("无 没有 未建 未建立 未组建 否 未定级 未评定 未评".split())  # noqa: SIM905 - read like the lists above

CHOICES: dict[str, dict[str, str]] = {
    field: {fold_label(label): code for code, labels in words.items() for label in (*labels.split(), code)}
    for field, words in _LABELS.items()
}


def first_labels(field: str) -> list[str]:
    """Return the word that stands first for each value of a field, as a list to fill in offers it."""
    return [labels.split()[0] for labels in _LABELS[field].values() if labels]


def read_choice(field: str, text: str) -> str | None:
    """Return the code of a cell, "" where it says nothing, None where its words are not known."""
    label = fold_label(text)
    if label in CHOICES[field]:
        return CHOICES[field][label]
    return "" if label in _NONE or fold(text) in UNKNOWN_WORDS else None


def read_forms(text: str) -> list[str]:
    """Return the codes of several forms in one cell, [] where one of the words is not known."""
    forms = [read_choice("unit_form", part) for part in _split(text)]
    return [form for form in forms if form] if all(forms) else []


def find_crs(header: str) -> str:
    """Return the coordinate system that a header names, "" for none."""
    label = fold_label(header)
    named = (code for token, code in CHOICES["crs"].items() if not token.isdigit() and token in label)
    return next(named, "")


def _split(text: str) -> list[str]:
    for separator in "；;，,/\n":
        text = text.replace(separator, "、")
    return [part for part in text.split("、") if part.strip()]
