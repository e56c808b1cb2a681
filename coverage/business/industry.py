"""The civil-affairs class that a GB/T 4754 code names without doubt."""

from __future__ import annotations

import pandas as pd

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


def industry_digits(codes: pd.Series) -> pd.Series:
    """Return the digits of each code, at most four (小类), without a leading section letter; "" if there are none."""
    digits = codes.str.normalize("NFKC").str.extract(r"^\s*[A-Ta-t]?\s*(\d{2,4})(?!\d)", expand=False)
    return digits.fillna("")


def class_of_industry(industry_code: pd.Series) -> pd.Series:
    """Return the class of each code, the longest part of it that has one; "" unknown."""
    group, division = (industry_code.str[:length].map(CLASS_OF_INDUSTRY) for length in (3, 2))
    return group.where(industry_code.str.len() > 2).fillna(division).fillna("").astype("str")
