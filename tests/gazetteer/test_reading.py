from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.gazetteer import read_premises
from geo.gazetteer.numerals import read_numeral


def read(*addresses: str) -> pd.DataFrame:
    return read_premises(pd.Series(addresses, dtype="str"))


@pytest.mark.parametrize(
    ("address", "road", "number"),
    [
        ("一环路北三段53号", "一环路北三段", "53"),
        ("四川省成都市金牛区一环路北3段５３号", "一环路北三段", "53"),
        ("中山路12号-3", "中山路", "12-3"),
        ("中山路12-3号", "中山路", "12-3"),
        ("中山路12号之3", "中山路", "12-3"),
        ("中山路12号-301", "中山路", "12"),
        ("中山路12号3楼", "中山路", "12"),
        ("中山路12号院5号楼", "中山路", "12"),
        ("建设路88弄5号", "建设路", "88弄5"),
        ("建设路88弄", "建设路", "88"),
        ("长安街甲5号", "长安街", "甲5"),
        ("建设路三十五号", "建设路", "35"),
        ("建设路一百零五号", "建设路", "105"),
        ("金鸡路1057、1059号", "金鸡路", "1057"),
        ("雪枫路与北京路交叉口", "雪枫路", ""),
        ("解放路口中山路12", "中山路", "12"),
        ("吴兴区县前街1号", "县前街", "1"),
        ("湖州市市府路3号", "市府路", "3"),
        ("哈尔滨市道外区桦树街130号", "桦树街", "130"),
        ("台州市路桥区银安街200号", "银安街", "200"),
        ("杭州市钱塘区2号大街1158号", "2号大街", "1158"),
        ("龙华街道太平居委会胜利南街230弄9号", "胜利南街", "230弄9"),
        ("太湖路41号(项王码头对面)", "太湖路", "41"),
        ("石家庄市桥西区红旗大街626号", "红旗大街", "626"),
        ("新乡市红旗区平原路1号", "平原路", "1"),
        ("大方县红旗街道", "", ""),
        ("镇江市京口区中山路8号", "中山路", "8"),
        ("济宁市市中区太白楼路2号", "太白楼路", "2"),
        ("桐乡市梧桐街道庆丰北路7号", "庆丰北路", "7"),
        ("浦东新区自由贸易试验区郭守敬路498号", "郭守敬路", "498"),
        ("练市镇市场路2号", "市场路", "2"),
        ("市县前街3号", "县前街", "3"),
        ("景德镇市浮梁县湘湖路", "湘湖路", ""),
        ("大兴区采育镇大街8号", "大街", "8"),
        ("天津市静海区205国道", "205国道", ""),
        ("上海市松江区X017(松金公路)", "X017", ""),
        ("八一路100米处", "八一路", ""),
        ("地铁2号线牛市口站", "", ""),
        ("牛市口街道办事处", "", ""),
        ("大河村三组", "", ""),
        ("", "", ""),
    ],
)
def test_road_and_number_of_an_address(address: str, road: str, number: str) -> None:
    found = read(address).iloc[0]
    assert (found["road"], found["number"]) == (road, number)


@pytest.mark.parametrize(
    ("address", "building"),
    [
        ("杭州市滨江区江南大道588号恒鑫大厦主楼15层", "恒鑫大厦"),
        ("国贸大厦1508", "国贸大厦"),
        ("鼎盛广场购物中心一层", "鼎盛广场购物中心"),
        ("南山区深圳软件园3栋", "深圳软件园"),
        ("西湖区城西农贸市场", "城西农贸市场"),
        ("幸福小区3栋2单元", "幸福小区"),
        ("大厦3楼", ""),
        ("人民广场路5号", ""),
        ("中山路12号", ""),
    ],
)
def test_building_of_an_address(address: str, building: str) -> None:
    assert read(address)["building"].tolist() == [building]


def test_house_numbers_are_counted_with_and_sections_have_a_trunk() -> None:
    found = read("一环路北三段53号", "建设路88弄5号", "建设路")
    assert found["house"].tolist()[:2] == [53, 88]
    assert found["house"].isna().tolist() == [False, False, True]
    assert found["trunk"].tolist() == ["一环路", "建设路", "建设路"]


@pytest.mark.parametrize(
    ("text", "value"), [("35", 35), ("十", 10), ("十五", 15), ("三十五", 35), ("一百零五", 105), ("二〇八", 208)]
)
def test_numerals(text: str, value: int) -> None:
    assert read_numeral(text) == value


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.text(alphabet="一环路北三段53号弄-中山大厦镇区市甲(,、 abc０９\n", max_size=30), min_size=1, max_size=8)
)
def test_any_text_is_read_alone_as_among_others(addresses: list[str]) -> None:
    together = read(*addresses)
    alone = pd.concat([read(address) for address in addresses], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)


def test_a_long_address_is_read_in_time() -> None:
    """Nested repetitions must not try all ways to part a text."""
    assert len(read("号" * 10_000, "一" * 10_000, "北区" * 5_000, "路1" * 5_000)) == 4
