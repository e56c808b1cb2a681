"""Write the demonstration list: 3,000 invented organisations of one real city, every remedy visible.

    python -m tools.build_demo_list

Counties and townships are real, everything else is invented and marked 示例: names, codes, addresses,
member counts, and the places of the townships themselves (no open table has them). The same call writes the same bytes.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from stdnum.cn.uscc import calc_check_digit

from geo.boundaries import load_boundaries
from geo.divisions import load_divisions, township_kinds

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.divisions import Divisions

ROOT = Path(__file__).parent.parent
CITY = "330500"
SEED = 2012
ORGS = {"330502": 880, "330503": 500, "330521": 560, "330522": 580, "330523": 480}
#: Left out of the point survey on purpose, so that 区域统建 and 行业统建 have something to do.
UNSURVEYED_TOWNSHIP = "章村镇"
UNSURVEYED_SCHOOLS = "330521"
#: How many organisations a township attracts.
TOWN_WEIGHTS = {"street": 5.0, "town": 2.0, UNSURVEYED_TOWNSHIP: 6.0}
SLOT_COUNTY = "330522"
KM_PER_DEGREE = 111.32

#: class14, share, supervisor, GB/T 4754 codes, words of the trade, word for the kind of body (see data/orgs/SOURCE.md).
TRADES: list[tuple[int, float, str, list[str], list[str], list[str]]] = [
    (
        4,
        0.33,
        "教育局",
        ["8310", "8391", "8393", "8399"],
        ["启明", "蓝天", "新苗", "育才", "学海"],
        ["幼儿园", "培训学校", "托育中心"],
    ),
    (
        9,
        0.15,
        "民政局",
        ["8514", "8521", "8529"],
        ["夕阳红", "邻里", "暖心", "同行"],
        ["养老服务中心", "社会工作服务中心", "志愿者协会"],
    ),
    (
        6,
        0.09,
        "文化和广电旅游体育局",
        ["8810", "8870", "8890"],
        ["湖笔", "丝韵", "茶韵", "民乐"],
        ["文化研究会", "艺术团", "书画院"],
    ),
    (
        7,
        0.08,
        "文化和广电旅游体育局",
        ["8911", "8919", "8930"],
        ["太极拳", "羽毛球", "骑行", "龙舟"],
        ["运动协会", "健身俱乐部"],
    ),
    (1, 0.09, "经济和信息化局", ["9522"], ["童装", "家居", "电梯", "竹业"], ["行业协会", "商会"]),
    (2, 0.09, "农业农村局", ["9522", "9521"], ["白茶", "湖羊", "水产", "果蔬"], ["产业协会", "农技推广协会"]),
    (5, 0.06, "卫生健康局", ["8421", "8425", "8499"], ["康宁", "仁心", "惠民"], ["门诊部", "护理站", "健康促进会"]),
    (3, 0.04, "科学技术局", ["9521"], ["绿色智造", "地理信息", "新材料"], ["学会", "研究院"]),
    (12, 0.04, "人力资源和社会保障局", ["9521"], ["会计", "建造师", "家政"], ["从业者协会", "职业发展促进会"]),
    (8, 0.02, "生态环境局", ["9529"], ["碧水", "绿荫"], ["环保志愿者协会"]),
    (14, 0.01, "民政局", ["9529"], ["同心"], ["联谊会"]),
]
SCHOOLS = 4
CLASS_NAMES = {
    1: "工商服务业",
    2: "农业及农村发展",
    3: "科学研究",
    4: "教育",
    5: "卫生",
    6: "文化",
    7: "体育",
    8: "生态环境",
    9: "社会服务",
    12: "职业及从业者组织",
    14: "其他",
}
SYLLABLES = list("安博诚德恒嘉康凌明宁启瑞盛泰维欣扬益卓")
TYPES = {
    "协会": "社会团体",
    "商会": "社会团体",
    "学会": "社会团体",
    "研究会": "社会团体",
    "促进会": "社会团体",
    "联谊会": "社会团体",
}


class County(NamedTuple):
    """A county with its polygon, EPSG:4326."""

    adcode: str
    name: str
    area: BaseGeometry


class Town(NamedTuple):
    """A township with the invented place of its centre, WGS-84 degrees, and how far its organisations scatter."""

    name: str
    kind: str
    lon: float
    lat: float
    spread_km: float


def main() -> None:
    """Write data/orgs/demo-huzhou.csv."""
    rng = np.random.default_rng(SEED)
    divisions, counties = load_divisions(), load_boundaries(ROOT / "data/boundaries").counties.set_index("adcode")
    rows: list[dict[str, object]] = []
    for adcode, count in ORGS.items():
        county = County(adcode, counties.loc[adcode, "name"], counties.loc[adcode, "geometry"])
        towns = _place_towns(divisions, county, rng)
        rows += [_org(county, towns, rng) for _ in range(count)]
    table = _number(_with_dirt(pd.DataFrame(rows), rng))
    path = ROOT / "data/orgs/demo-huzhou.csv"
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)


def _place_towns(divisions: Divisions, county: County, rng: np.random.Generator) -> list[Town]:
    """Return the county's townships: streets around the county seat, the others anywhere in the county."""
    townships = divisions.townships[divisions.townships["adcode"] == county.adcode].sort_values("code")
    row = divisions.counties[divisions.counties["adcode"] == county.adcode]
    seat_lon, seat_lat = row[["seat_lon", "seat_lat"]].to_numpy(dtype=float)[0]
    towns = []
    for name, kind in zip(townships["name"], township_kinds(townships["name"]), strict=True):
        spread_km = {"street": 0.9, "town": 1.6}.get(kind, 2.6)
        around = Town(name, kind, seat_lon, seat_lat, spread_km=4.0)
        lon, lat = _inside(county.area, around, rng) if kind == "street" else _anywhere(county.area, rng)
        towns.append(Town(name, kind, lon, lat, spread_km))
    return towns


def _anywhere(area: BaseGeometry, rng: np.random.Generator) -> tuple[float, float]:
    west, south, east, north = area.bounds
    core = area.buffer(-0.02)
    while True:
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        if core.contains(shapely.Point(lon, lat)):
            return lon, lat


def _inside(area: BaseGeometry, town: Town, rng: np.random.Generator) -> tuple[float, float]:
    """Return a point around the town's centre that lies well inside the county."""
    core = area.buffer(-0.003)
    degree = town.spread_km / KM_PER_DEGREE
    while True:
        x = town.lon + rng.normal(0, degree) / np.cos(np.radians(town.lat))
        y = town.lat + rng.normal(0, degree)
        if core.contains(shapely.Point(x, y)):
            return x, y
        degree *= 0.98


def _org(county: County, towns: list[Town], rng: np.random.Generator) -> dict[str, object]:
    weight = np.array([TOWN_WEIGHTS.get(town.name, TOWN_WEIGHTS.get(town.kind, 1.0)) for town in towns])
    town = towns[rng.choice(len(towns), p=weight / weight.sum())]
    class14, _, bureau, codes, words, bodies = TRADES[rng.choice(len(TRADES), p=_shares())]
    body = str(rng.choice(bodies))
    stem = f"{rng.choice(words)}{''.join(rng.choice(SYLLABLES, 3))}"
    org: dict[str, object] = {
        "统一社会信用代码": "",
        "社会组织名称": f"示例·{county.name}{stem}{body}",
        "组织类别": TYPES.get(body[-2:], TYPES.get(body[-3:], "民办非企业单位")),
        "登记状态": str(rng.choice(["正常"] * 96 + ["注销"] * 2 + ["活动异常", "筹备"])),
        "登记管理机关": f"{county.name}民政局",
        "登记日期": f"{rng.integers(1996, 2026)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}",
        "管理模式": "双重管理",
        "业务主管单位": f"{county.name}{bureau}",
        "上级党组织": f"{county.name}教育局党委" if class14 == SCHOOLS and rng.random() < 0.85 else "",
        "行业类别": CLASS_NAMES[class14],
        "行业代码": str(rng.choice(codes)),
        "所在区县": county.name,
        "乡镇街道": town.name,
    }
    is_unsurveyed = town.name == UNSURVEYED_TOWNSHIP or (
        county.adcode == UNSURVEYED_SCHOOLS and class14 == SCHOOLS and rng.random() < 0.2
    )
    org |= _affiliation(org, rng) | _place(county, town, rng) | _members(rng)
    if is_unsurveyed:
        org |= {"经度": "", "纬度": "", "坐标系": ""}
    org |= _unit(org, town, rng)
    org |= _work(org, rng)
    org["指导员名额"] = 3 if county.adcode == SLOT_COUNTY and not org["上级党组织"] else ""
    return org


def _shares() -> list[float]:
    total = sum(trade[1] for trade in TRADES)
    return [trade[1] / total for trade in TRADES]


def _affiliation(org: dict[str, object], rng: np.random.Generator) -> dict[str, object]:
    """A few are registered directly, a few have nobody, a few have two superiors."""
    if org["上级党组织"]:
        return {}
    luck = rng.random()
    if luck < 0.04:
        return {"管理模式": "直接登记", "业务主管单位": ""}
    if luck < 0.07:
        return {"管理模式": "", "业务主管单位": ""}
    if luck < 0.08:
        return {"上级党组织": "示例街道党工委；示例行业党委"}
    return {}


def _place(county: County, town: Town, rng: np.random.Generator) -> dict[str, object]:
    """Address and point; a fifth shares the township's incubator, a few have no point."""
    shares_site = rng.random() < 0.18
    lon, lat = (town.lon, town.lat) if shares_site else _inside(county.area, town, rng)
    number = 1 if shares_site else int(rng.integers(2, 400))
    is_known = rng.random() > 0.03
    return {
        "住所": f"浙江省湖州市{county.name}{town.name}示例路{number}号",
        "园区": f"示例·{town.name}社会组织孵化园" if shares_site else "",
        "经度": f"{lon:.6f}" if is_known else "",
        "纬度": f"{lat:.6f}" if is_known else "",
        "坐标系": "CGCS2000" if is_known else "",
    }


def _members(rng: np.random.Generator) -> dict[str, object]:
    """0 / 1-2 / 3+ members in 45 / 30 / 25 of 100 organisations: an assumption, published nowhere."""
    kind = rng.choice(["blank", "none", "few", "many"], p=[0.05, 0.43, 0.28, 0.24])
    if kind == "blank":
        return {"正式党员数": "", "预备党员": "", "从业人员数": int(rng.integers(2, 40))}
    n = {"none": 0, "few": int(rng.integers(1, 3)), "many": 3 + int(rng.geometric(0.18))}[str(kind)]
    prob = int(rng.random() < 0.08)
    return {"正式党员数": n, "预备党员": prob or "", "从业人员数": n + prob + int(rng.integers(1, 30))}


def _unit(org: dict[str, object], town: Town, rng: np.random.Generator) -> dict[str, object]:
    blank: dict[str, object] = {
        "是否建立党组织": "否",
        "党组织名称": "",
        "组织建制": "",
        "组建方式": "",
        "联建单位数": "",
        "党组织党员数": "",
        "换届时间": "",
    }
    n, luck = org["正式党员数"], rng.random()
    term = f"{rng.integers(2027, 2031)}-06-30" if rng.random() < 0.85 else f"{rng.integers(2022, 2025)}-06-30"
    stem = str(org["社会组织名称"]).removeprefix("示例·")
    if isinstance(n, int) and ((n >= 3 and luck < 0.62) or (n in (1, 2) and luck < 0.04)):
        form = "党总支" if n >= 50 else "党支部"
        name = f"示例·中共{stem}{form}"
        return blank | {
            "是否建立党组织": "是",
            "党组织名称": name,
            "组织建制": form,
            "组建方式": "单建",
            "党组织党员数": n,
            "换届时间": term,
        }
    if isinstance(n, int) and n > 0 and luck > 0.9:
        name, units = f"示例·中共{town.name}社会组织第{rng.integers(1, 4)}联合支部", int(rng.choice([3, 4, 5, 7]))
        shared = {
            "组织建制": "联合党支部",
            "组建方式": "联建",
            "联建单位数": units,
            "党组织党员数": 3 * units,
            "换届时间": term,
        }
        return blank | {"是否建立党组织": "是", "党组织名称": name} | shared
    return blank


def _work(org: dict[str, object], rng: np.random.Generator) -> dict[str, object]:
    has_unit = org["是否建立党组织"] == "是"
    return {
        "党建指导员": "是" if not has_unit and rng.random() < 0.18 else "否",
        "党建联络员": "是" if org["正式党员数"] == 0 and rng.random() < 0.35 else "否",
        "群团": "工会" if rng.random() < 0.12 else "",
        "是否受阻": "是" if not has_unit and rng.random() < 0.01 else "",
        "僵尸型": "是" if rng.random() < 0.01 else "",
    }


def _with_dirt(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add what real lists have: counts in words, an unreadable count, a point in another county."""
    table = table.astype(object)
    few = table.index[table["正式党员数"].isin([1, 2]) & (table["是否建立党组织"] == "否")].to_numpy()
    picked = rng.choice(few, 6, replace=False)
    table.loc[picked[:3], "正式党员数"] = ["2名", "二", "1人"]
    table.loc[picked[3:5], "正式党员数"] = ["若干", "待核"]
    table.loc[picked[5], ["经度", "纬度"]] = ["119.920000", "31.010000"]
    return table


def _number(table: pd.DataFrame) -> pd.DataFrame:
    """Give every row a credit code of its own with a right check character, and one row the code of another."""
    kinds = {"社会团体": "51", "民办非企业单位": "52"}
    areas = {"吴兴区": "330502", "南浔区": "330503", "德清县": "330521", "长兴县": "330522", "安吉县": "330523"}
    heads = table["组织类别"].map(kinds) + table["所在区县"].map(areas)
    bodies = [f"{head}MJ{800_000 + 37 * number:06d}" for number, head in enumerate(heads)]
    codes = [_with_inner_check(body) for body in bodies]
    table = table.assign(统一社会信用代码=[code + calc_check_digit(code) for code in codes])
    table.loc[table.index[40], "统一社会信用代码"] = table.loc[table.index[41], "统一社会信用代码"]
    return table


def _with_inner_check(code: str) -> str:
    """Append the check character of the organisation code (GB 11714), so that no code raises W5."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(character, 36) * weight for character, weight in zip(code[8:16], weights, strict=True))
    check = 11 - total % 11
    return code + {10: "X", 11: "0"}.get(check, str(check))


if __name__ == "__main__":
    main()
