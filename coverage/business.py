"""What an organisation does: its GB/T 4754 code, its civil-affairs class, and its words without place and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ahocorasick
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.divisions import Divisions

#: GB/T 4754-2017 division (2 digits) or group (3 digits) → class of 民办函/民放手报〔2007〕210号 (RULEBOOK §8.2).
#: Only where the title of the code names the field of the class; the longest code that matches counts, and "" takes a
#: group out of its division. Doubtful ones are left out: a class that is unknown groups nobody wrongly.
CLASS_OF_INDUSTRY: dict[str, str] = {
    **dict.fromkeys(("01", "02", "03", "04", "05"), "2"),  # 农、林、牧、渔业及其专业及辅助性活动
    **dict.fromkeys(
        ("51", "52", "61", "62", "66", "67", "68", "69", "70", "71"), "1"
    ),  # 批发零售、住宿餐饮、金融、房地产、租赁
    **dict.fromkeys(("724", "725", "726", "728"), "1"),  # 商务服务业: 咨询、广告、人力资源、会展
    "723": "10",  # 法律服务
    "73": "3",  # 研究和试验发展
    "746": "8",  # 环境与生态监测检测服务
    "77": "8",  # 生态保护和环境治理业
    "808": "9",  # 殡葬服务
    "83": "4",  # 教育
    "84": "5",  # 卫生
    "85": "9",  # 社会工作
    **dict.fromkeys(("86", "87", "88"), "6"),  # 新闻出版、广播电视电影、文化艺术
    "89": "7",  # 体育
    "954": "11",  # 宗教组织
    "97": "13",  # 国际组织
}
CLASS_OF_INDUSTRY |= {f"{division}": "1" for division in range(13, 44)}  # 制造业 C13-C43

#: What an organisation is, not what it does; stripped wherever it stands.
_TYPE_WORDS = (
    "民办非企业单位|社会组织|社会团体|有限公司|联合会|促进会|研究会|联谊会|协进会|行业协会|同业公会|基金会|"
    "服务中心|活动中心|发展中心|服务社|服务站|工作室|工作站|俱乐部|协会|学会|商会|总会|分会|公会|中心"
)
_NOT_WORDS = r"[\s\W\d_a-zA-Z]+"
#: Province and city: no name begins with more short places than that.
_PLACES_BEFORE_NAME = 2


def describe_business(orgs: pd.DataFrame, *, divisions: Divisions) -> pd.DataFrame:
    """Return org_id, industry_code (2-4 digits or ""), class14, class14_source (given, industry, ""), business_text."""
    industry_code = _industry_digits(orgs["industry_code"])
    by_industry = _class_of(industry_code)
    has_class = orgs["class14"] != ""
    return pd.DataFrame(
        {
            "org_id": orgs["org_id"],
            "industry_code": industry_code,
            "class14": orgs["class14"].where(has_class, by_industry),
            "class14_source": pd.Series(
                np.select([has_class, by_industry != ""], ["given", "industry"], default=""),
                index=orgs.index,
                dtype="str",
            ),
            "business_text": _business_text(orgs, divisions),
        }
    )


def _industry_digits(codes: pd.Series) -> pd.Series:
    """Return the digits of each code, at most four (小类), without a leading section letter; "" if there are none."""
    digits = codes.str.normalize("NFKC").str.extract(r"^\s*[A-Ta-t]?\s*(\d{2,4})(?!\d)", expand=False)
    return digits.fillna("")


def _class_of(industry_code: pd.Series) -> pd.Series:
    group, division = (industry_code.str[:length].map(CLASS_OF_INDUSTRY) for length in (3, 2))
    return group.where(industry_code.str.len() > 2).fillna(division).fillna("").astype("str")


def _business_text(orgs: pd.DataFrame, divisions: Divisions) -> pd.Series:
    """Return name and scope without places, type words, digits and punctuation; one blank between the two."""
    finder = _place_finder(divisions)
    short = pd.concat([divisions.provinces["short_name"], divisions.cities["short_name"]])
    name = _without_leading_places(_without_places(orgs["name"], finder), short)
    name, scope = (_without_type_words(text) for text in (name, _without_places(orgs["scope"], finder)))
    return (name + " " + scope).str.strip()


def _place_finder(divisions: Divisions) -> ahocorasick.Automaton:
    """Return what finds full names of provinces, cities and counties (四川省, 成都市, 锦江区)."""
    names = pd.concat([divisions.provinces["name"], divisions.cities["name"], divisions.counties["name"]])
    finder = ahocorasick.Automaton()
    for place in sorted(names.unique()):
        finder.add_word(place, len(place))
    finder.make_automaton()
    return finder


def _without_places(texts: pd.Series, finder: ahocorasick.Automaton) -> pd.Series:
    """Cut every full division name, the longest where several begin at one character."""
    written = texts[texts != ""]
    cut = pd.Series((_cut(text, finder.iter_long(text)) for text in written), index=written.index, dtype="str")
    return cut.reindex(texts.index, fill_value="")


def _cut(text: str, matches: Iterable[tuple[int, int]]) -> str:
    kept, start = [], 0
    for end, length in matches:
        kept.append(text[start : end - length + 1])
        start = end + 1
    return "".join(kept) + text[start:] if kept else text


def _without_leading_places(names: pd.Series, short: pd.Series) -> pd.Series:
    """Cut 四川, 成都 at the beginning; short names of counties stay, many are words (和平, 龙井, 东方)."""
    lengths = sorted(set(short.str.len()), reverse=True)
    for _ in range(_PLACES_BEFORE_NAME):
        starts = [names.str[:length].isin(short) for length in lengths]
        names = pd.Series(
            np.select(starts, [names.str[length:] for length in lengths], names), names.index, dtype="str"
        )
    return names


def _without_type_words(texts: pd.Series) -> pd.Series:
    return texts.str.replace(_TYPE_WORDS, "", regex=True).str.replace(_NOT_WORDS, " ", regex=True).str.strip()
