"""What an address says below the township: a road, the number on it, a named building, park or market."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.divisions.matcher import normal_texts
from geo.gazetteer.numerals import AS_CHARACTERS, NUMERALS, read_numeral

#: Everything that parts an address in two.
_SEPARATORS: Final = r"[,、;:。/|·\"'【】\[\]]+"
_IN_BRACKETS: Final = r"\([^)]*\)?"
# A division's name goes on as a road where one of these follows (镇江路, 市府大道),
# but 道外区 and 路桥区 behind a city are divisions.
_ROAD_ENDS: Final = r"(?:路|街|大道|巷|弄|胡同|道)(?!.{0,3}(?:街道|镇|乡|区|县|市))"
# No banner is called 红旗, but roads, a district and townships are.
_NO_DIVISION: Final = r"(?:红旗|[^省市区县旗镇乡路巷弄号\d,])"
# Names that hold the last word of another level: 新乡 is no township, 沙市 no city.
_ODD: Final = (
    r"(?:景德|丰|北|清)镇市|[固天]镇县|[新桐宁湘萍]乡市|[柏平武金新内安西]乡县|[肥东]乡区"
    r"|[沙赣梅]县区|[沙新西]市区|津市市|辉县市|社旗县"
)
#: Province to community, each of which may be missing; a road of two characters is left whole (县前街, 市府路).
_DIVISIONS: Final = (
    rf"^,?(?:{_NO_DIVISION}{{2,8}}(?:省|自治区),?)?"
    rf"(?:{_NO_DIVISION}{{2,10}}(?:市(?!场)|自治州|地区|盟)(?!{_ROAD_ENDS}),?)*"
    rf"(?:(?:{_ODD}|路?{_NO_DIVISION}{{1,12}}?(?:(?<![小园])区|县|市(?!场)|(?<!红)旗))(?!{_ROAD_ENDS}),?)*"
    rf"(?:{_NO_DIVISION}{{1,8}}?(?:街道办事处|街道|办事处|镇|乡|苏木|农场|林场)(?!{_ROAD_ENDS}),?)*"
    rf"(?:{_NO_DIVISION}{{1,8}}?(?:居委会|村委会|行政村|社区|村)(?!{_ROAD_ENDS}),?)*"
)
# No road begins with these, and no name of one goes on over them.
_NO_NAME: Final = r"\d,号弄路街巷"
# 县前街 and 市场路 begin with one of these, but behind 镇江市京口 区 ends a name that was not cut off.
_DIVISION_ENDS: Final = "市区县镇乡"
_FIRST: Final = (
    rf"(?:(?<![一-龥])[{_DIVISION_ENDS}]|[{_DIVISION_ENDS}](?=[前府民政场城正门])"
    rf"|[^{_NO_NAME}{_DIVISION_ENDS}道与和及至近口的第()-])"
)
_NEXT: Final = rf"[^{_NO_NAME}省市区县镇乡村与()-]"
_KINDS: Final = r"(?:大道|大街|公路|胡同|路|街|巷|(?<![街隧通轨铁管])道)"
_HIGHWAY: Final = r"[GSX]\d{1,4}(?!\d)(?:国道|省道|县道|线)?|\d{3}(?:国道|省道|县道)"
_NUMBERED: Final = rf"第?\d{{1,3}}号?(?:大街|大道|街|路)|(?:{_FIRST}{_NEXT}{{0,7}}?{_KINDS})"
#: 一环路北三段, 人民南路四段, 海城路五路, 解放路三巷: numbers begin anew in each
_SECTION: Final = (
    rf"(?:[东西南北中上下]{{0,2}}[{NUMERALS}\d]{{0,2}}段|[{NUMERALS}]{{1,3}}(?:路|街|巷|支路|条)"
    r"|\d{1,3}(?:巷|支路|条)|支路)"
)
_ROAD: Final = rf"(?P<trunk>{_HIGHWAY}|{_NUMBERED})(?P<section>{_SECTION})?"
_PLAIN: Final = rf"(?:\d{{1,5}}|[{NUMERALS}]{{1,6}})"
#: 53号, 12号-3, 12-3号, 88弄5号, 甲5号, 5号甲; 18 without a word only where nothing follows it. 2号线 is no house.
_NUMBER: Final = (
    rf"[,第]?(?P<mark>[甲乙丙丁戊])?(?P<house>{_PLAIN})(?P<letter>[甲乙丙丁A-Da-d](?=[号,]|$))?"
    rf"(?:弄(?P<door>{_PLAIN})号?|(?:[-~—–](?P<sub>\d{{1,4}}))?"
    r"(?:(?:弄|号(?:院|弄)?)(?!线|大街|路|街|公路)(?:[-之—](?P<after>\d{1,2})(?![\d楼层室栋幢座单]))?|(?=[,A-Z(]|$)))"
)
_KEEPS: Final = r"[^\d,号弄路街巷省市区县镇乡村与()的]"
_BUILDING_KINDS: Final = (
    "大厦|广场|商厦|商城|大楼|写字楼|公馆|公寓|商务中心|购物中心|国际中心|金融中心|服务中心|创业中心|创新中心|文化中心|"
    "产业园|工业园|科技园|软件园|创业园|物流园|创意园|生态园|产业基地|孵化基地|孵化器|孵化园|园区|"
    "小区|花园|花苑|家园|新村|市场|农贸市场|百货|城"
)
_BUILDING: Final = rf"(?P<building>{_KEEPS}{{2,12}}?(?:{_BUILDING_KINDS})(?:{_BUILDING_KINDS})*)(?![路街巷道])"
_TWO_ROADS: Final = rf"(?:{_KINDS}|线)[与和及、/].*(?:{_KINDS}|线)"
_COLUMNS: Final = ["road", "trunk", "number", "house", "building"]


def read_premises(addresses: pd.Series[str]) -> pd.DataFrame:
    """Return what addresses say of road, number and building, whatever else is in them; index of `addresses`.

    Returns
    -------
    DataFrame
        road with its section (一环路北三段), trunk without it (一环路), number as a key (53, 12-3, 88弄5, 甲5), house
        the number to count with (Int64, <NA> without one), building; "" where the address says nothing.
    """
    plain = normal_texts(addresses)
    distinct = pd.Series(plain.unique(), dtype="str")
    found = _read(distinct).set_axis(pd.Index(distinct))
    return found.reindex(plain).set_axis(addresses.index)


def premises_text(names: pd.Series[str], numbers: pd.Series[str]) -> pd.Series[str]:
    """Return roads with their numbers ("" none) as an address says both: G104 and 7 are not road G1047."""
    return names + ("," + numbers).where(numbers != "", "")


def names_two_roads(names: pd.Series[str]) -> pd.Series[bool]:
    """Say which names are those of a corner (人民路与和平路), of which each road alone says something else."""
    return names.str.contains(_TWO_ROADS)


def called_as(text: str) -> str:
    """Return how a landmark that somebody looks for is called: road and number, building, else the text in plain."""
    plain = normal_texts(pd.Series([text], dtype="str"))
    found = read_premises(plain).iloc[0]
    return str(found["road"] + found["number"] or found["building"] or plain.iloc[0])


def _read(plain: pd.Series[str]) -> pd.DataFrame:
    texts = plain.str.replace(_IN_BRACKETS, ",", regex=True).str.replace(_SEPARATORS, ",", regex=True)
    texts = texts.str.replace(_DIVISIONS, "", regex=True)
    numbered = texts.str.extract(_ROAD + _NUMBER).astype("str")
    bare = texts.str.extract(_ROAD).astype("str")
    parts = numbered.fillna("")
    has_number = numbered["trunk"].notna()
    trunk = numbered["trunk"].where(has_number, bare["trunk"]).fillna("")
    section = numbered["section"].where(has_number, bare["section"]).fillna("").str.translate(AS_CHARACTERS)
    rest = texts.str.replace(_ROAD + f"(?:{_NUMBER})?", ",", regex=True)
    houses = {text: read_numeral(text) for text in pd.unique(pd.concat([parts["house"], parts["door"]])) if text}
    house = parts["house"].map(houses).astype("Int64")  # "" is <NA>
    return pd.DataFrame(
        {
            "road": trunk + section,
            "trunk": trunk,
            "number": _number_keys(parts, house, houses),
            "house": house,
            "building": rest.str.extract(_BUILDING)["building"].astype("str").fillna(""),
        }
    )[_COLUMNS]


def _number_keys(parts: pd.DataFrame, house: pd.Series[int], houses: dict[str, int]) -> pd.Series[str]:
    """Return one spelling for each number: 12号-3 and 12-3号 are the same door."""
    plain = house.astype("str").fillna("")
    door = parts["door"].map({"": ""} | {text: f"弄{value}" for text, value in houses.items()})
    sub = parts["sub"].where(parts["sub"] != "", parts["after"])
    return parts["mark"] + plain + parts["letter"].str.upper() + door + ("-" + sub).where(sub != "", "")
