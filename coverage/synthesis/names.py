"""Names, credit codes, kinds and bodies of invented organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.credit_code import complete_codes
from coverage.synthesis.draws import choose, pick, whole
from coverage.synthesis.figures import HAS_SUPERIOR, IN_TOWNSHIP_COMMITTEE, IS_DIRECT, OF_CLASS, OF_TYPE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.synthesis.draws import Places
    from coverage.synthesis.places import Spots

#: Stands before every name, and says in a column of its own what the list is.
MARK: Final = "合成"
NOTICE: Final = "本表为合成数据，不对应任何真实组织"
#: Organisation codes of invented bodies begin so; codes registered since 2015 begin with other letters.
_CODE_HEAD: Final = "YY"

_TYPES: Final = list(OF_TYPE)
_TYPE_DIGIT: Final = np.array(["1", "2", "3"], dtype=object)
_CLASSES: Final = list(OF_CLASS)
#: How much likelier a field is among 社团, 民非 and 基金会 than it is overall, before the margins are fitted
#: (2012: 117,015 of 22.5万 民非 teach, 55,383 社团 are of farmers; politics.people.com.cn 2013-06-19).
_LEANINGS: Final = {
    "教育": (0.15, 3.0, 2.0), "卫生": (0.5, 2.0, 1.0), "农业及农村发展": (3.0, 0.3, 0.1), "工商服务业": (3.0, 0.2, 0.1),
    "职业及从业者组织": (3.0, 0.2, 0.1), "宗教": (3.0, 0.2, 0.5), "社会服务": (1.0, 1.0, 6.0),
}  # fmt: skip
_FIT_ROUNDS: Final = 50

#: GB/T 4754-2017 of the services that a 民非 of each field gives; associations and foundations are 952x and 953x.
_INDUSTRIES: Final = {
    "工商服务业": ["7281", "7299"], "农业及农村发展": ["0511", "0519"], "科学研究": ["7320", "7340"],
    "教育": ["8310", "8321", "8391"], "卫生": ["8421", "8425"], "文化": ["8810", "8870"], "体育": ["8911", "8930"],
    "生态环境": ["7711", "7721"], "社会服务": ["8514", "8521"], "法律": ["7231", "7239"], "宗教": ["9542"],
    "职业及从业者组织": ["8391"], "国际及涉外组织": ["7299"], "其他": ["8090"],
}  # fmt: skip
_OF_ASSOCIATIONS: Final = ["9521", "9522", "9529"]
_OF_FOUNDATIONS: Final = ["9530"]
_TOPICS: Final = {
    "工商服务业": ["物流", "建材", "餐饮", "电子商务"], "农业及农村发展": ["茶叶", "果蔬", "水稻", "养蜂"],
    "科学研究": ["农业科技", "信息技术"], "教育": ["幼儿教育", "艺术培训", "职业技能"],
    "卫生": ["康复", "中医药", "口腔"],
    "文化": ["书画", "戏曲", "非遗"], "体育": ["乒乓球", "太极拳", "钓鱼"], "生态环境": ["河流保护", "垃圾分类"],
    "社会服务": ["养老服务", "助残", "志愿服务"], "法律": ["法律援助", "人民调解"], "宗教": ["佛教", "道教"],
    "职业及从业者组织": ["会计", "厨师", "摄影师"], "国际及涉外组织": ["对外友好"], "其他": ["同乡", "楹联"],
}  # fmt: skip
_ENDINGS: Final = {
    "社会团体": ["协会", "商会", "学会", "促进会"], "民办非企业单位": ["服务中心", "学校", "研究院"],
    "基金会": ["基金会"],
}  # fmt: skip
_BUREAUS: Final = {
    "工商服务业": "商务局", "农业及农村发展": "农业农村局", "科学研究": "科学技术局", "教育": "教育局",
    "卫生": "卫生健康局",
    "文化": "文化和旅游局", "体育": "体育局", "生态环境": "生态环境局", "社会服务": "民政局", "法律": "司法局",
    "宗教": "民族宗教事务局", "职业及从业者组织": "人力资源和社会保障局", "国际及涉外组织": "外事办公室",
    "其他": "民政局",
}  # fmt: skip


def draw_names(spots: Spots, rng: np.random.Generator) -> pd.DataFrame:
    """Return what identifies and describes each organisation, in the order of its place."""
    count, of_town = len(spots.town), spots.towns
    kind, field = _kinds(count, rng)
    county = of_town["county"].to_numpy(dtype=object)[spots.town]
    number = np.arange(1, count + 1)
    types, classes = np.array(_TYPES, dtype=object)[kind], np.array(_CLASSES, dtype=object)[field]
    topics = _by_group(classes, _TOPICS, rng)
    name = MARK + county + topics + _by_group(types, _ENDINGS, rng) + np.char.mod("%06d", number).astype(object)
    area = of_town["adcode"].to_numpy(dtype=object)[spots.town]
    heads = "5" + _TYPE_DIGIT[kind] + area + _CODE_HEAD + np.char.mod("%06d", number).astype(object)
    is_direct = rng.random(count) < IS_DIRECT
    bureau = county + pd.Series(classes).map(_BUREAUS).to_numpy(dtype=object)
    industry = _by_group(classes, _INDUSTRIES, rng)
    industry = np.where(kind == 0, pick(rng, _OF_ASSOCIATIONS, count), industry)
    return pd.DataFrame(
        {
            "uscc": complete_codes(pd.Series(heads)),
            "name": name,
            "org_type": types,
            "authority": county + "民政局",
            "mode": np.where(is_direct, "直接登记", "双重管理"),
            "supervisor": np.where(is_direct, "", bureau),
            "superior": _superiors(spots, county, rng),
            "industry_code": np.where(kind == 2, pick(rng, _OF_FOUNDATIONS, count), industry),
            "class14": classes,
        }
    )


def _kinds(count: int, rng: np.random.Generator) -> tuple[Places, Places]:
    """Return type and field of each organisation, together as often as both published margins say."""
    joint = np.array([_LEANINGS.get(name, (1.0, 1.0, 1.0)) for name in _CLASSES]).T
    of_type, of_class = np.array(list(OF_TYPE.values()), float), np.array(list(OF_CLASS.values()), float)
    of_class *= of_type.sum() / of_class.sum()
    for _ in range(_FIT_ROUNDS):
        joint *= (of_type / joint.sum(axis=1))[:, None]
        joint *= of_class / joint.sum(axis=0)
    kind, field = np.unravel_index(choose(rng, joint.ravel(), count), joint.shape)
    return kind, field


def _by_group(
    groups: NDArray[np.object_], words: dict[str, list[str]], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Return a word of each row's own group."""
    most = max(map(len, words.values()))
    table = np.array([(names * most)[:most] for names in words.values()], dtype=object)
    row = pd.Series(groups).map({group: at for at, group in enumerate(words)}).to_numpy()
    return table[row, whole(rng, most, len(groups))]


def _superiors(spots: Spots, county: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.object_]:
    """Return the recorded Party superior: the township's, the county's for social organisations, or none."""
    count = len(spots.town)
    township = "中共" + spots.towns["name"].to_numpy(dtype=object)[spots.town] + "工作委员会"
    common = "中共" + county + "社会组织综合委员会"
    named = np.where(rng.random(count) < IN_TOWNSHIP_COMMITTEE, township, common)
    return np.where(rng.random(count) < HAS_SUPERIOR, named, "")
