"""Published figures that synthetic lists are calibrated to, and the assumptions where none was published."""

from __future__ import annotations

from datetime import date
from typing import Final

#: The day that invented registrations, foundations and terms count from; fixed, so that a seed gives the same bytes.
DATA_DAY: Final = date(2025, 12, 31)

#: Organisations of a province, in 10,000 (gongyishibao.com 2018-02-13).
OF_PROVINCE: Final = {
    "32": 9.0, "44": 6.6, "37": 5.0721, "33": 5.0656, "51": 4.3925, "42": 3.5966, "43": 3.4383, "41": 3.4318,
    "13": 3.2483, "34": 3.0538,
}  # fmt: skip
#: Organisations of a region (the same source), the whole nation's remainder last; provinces without a figure of their
#: own share what their region's figure leaves, by their number of townships.
OF_REGION: Final = (
    (("31", "32", "33", "34", "35", "36", "37"), 29.17),
    (("41", "42", "43"), 10.47),
    (("61", "62", "63", "64", "65"), 7.44),
    (("21", "22", "23"), 5.34),
    (("11", "12", "13", "14", "15", "44", "45", "46", "50", "51", "52", "53", "54"), 28.08),
)

#: 社会团体, 民办非企业单位, 基金会 at the end of 2022 (蓝皮书 2023).
OF_TYPE: Final = {"社会团体": 370_100, "民办非企业单位": 511_900, "基金会": 9_319}
#: By field at the end of 2021 (csgyzc.com 148945), classes 1 to 14; the last is derived as the rest.
OF_CLASS: Final = {
    "工商服务业": 53_093, "农业及农村发展": 47_467, "科学研究": 25_514, "教育": 288_341, "卫生": 42_833,
    "文化": 76_635, "体育": 60_176, "生态环境": 3_925, "社会服务": 137_475, "法律": 3_489, "宗教": 5_175,
    "职业及从业者组织": 23_303, "国际及涉外组织": 541, "其他": 134_000,
}  # fmt: skip
#: Organisations by age in years (cpwnews.com 2021-01-22): from, to, share.
OF_AGE: Final = ((0, 1, 5.1), (1, 3, 15.3), (3, 5, 15.6), (5, 10, 29.5), (10, 30, 24.0))
#: Staff per organisation, 2007 (yearbook 2008): 社团, 民非, 基金会.
STAFF: Final = {"社会团体": 13.6, "民办非企业单位": 9.6, "基金会": 13.6}

#: Assumption, found nowhere: no member, 1, 2, 3 and more.
MEMBERS: Final = (0.45, 0.18, 0.12, 0.25)
#: Assumption: has a unit, by 0, 1-2, 3 and more members; about 20 % of all, near the 18.3万 units of 2023.
HAS_UNIT: Final = (0.0, 0.25, 0.65)
#: Assumptions on what lists record.
IS_DIRECT: Final = 0.2
HAS_SUPERIOR: Final = 0.85
IN_TOWNSHIP_COMMITTEE: Final = 0.6
IN_BUILDING: Final = 0.25
HAS_INSTRUCTOR: Final = 0.3
HAS_LIAISON: Final = 0.3
HAS_TRADE_UNION: Final = 0.15
TERM_IS_OVER: Final = 0.1
#: Organisations to a joint branch, and years of a term (支部工作条例 art. 5; three years).
UNITS_OF_JOINT: Final = 4
TERM_YEARS: Final = 3
