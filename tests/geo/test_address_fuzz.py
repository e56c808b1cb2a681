"""Whatever stands in an address, its row is answered or left open: nothing raises, nothing is lost or guessed."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest

from coverage.export import geocode_sheet, write_sheet
from coverage.intake import Source, read_lists
from coverage.locating import locate
from coverage.settings import PlanSettings
from coverage.tables import Landmarks
from geo.address.premises import cut_rooms, names_building
from geo.address.telephones import cut_telephones
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from tests import tables
from tests.gazetteer.points import landmarks

SETTINGS = PlanSettings(as_of=date(2026, 1, 1))
STRANGE = (
    *(
        "",
        " ",
        "\n",
        "|",
        "\0",
        "\ufeff",
        "、",
        "；",
        "（",
        "）",
        "#",
        "-",
        "１２３",
        "⑫",
        "㈠",
        "⻄",
        "⻓",
        "縣",
        "區",
        "號",
    ),
    *(
        "路",
        "街",
        "巷",
        "弄",
        "镇",
        "乡",
        "街道",
        "村",
        "社区",
        "市",
        "县",
        "区",
        "省",
        "开发区",
        "高新区",
        "邮编310012",
    ),
    *(
        "电话0571-88888888",
        "P.O. Box 12",
        "No. 5 Road",
        "😀",
        "𠀀",
        "e\u0301",
        "南京东路",
        "5号",
        "G104",
        "国贸大厦",
        "市辖区",
        "鼓楼区",
        "朝阳区",
    ),
    *(
        "省直辖县级行政区划",
        "新疆生产建设兵团",
        "中国",
        "地址:",
        "同上",
        "无",
        "不详",
        "详见附件",
        "N/A",
        "=1+1",
        "<b>",
    ),
    *(
        "7" * 7,
        "86012345、8601-2346",
        "1" * 40,
        "一二" * 20,
        "12-" * 20,
        "0571-" * 20,
        "Tel:" * 20,
        "转801、802",
        "13812345678",
    ),
)
WRITTEN = (
    ("半个地址：东南路", ""),
    ("浙江省杭州市西湖区文三路1号;江苏省南京市玄武区北京东路1号", "330106"),  # two in a cell: the first counts
    ("浙江省杭州市西湖区文三路1号 电话0571-88888888", "330106"),
    ("邮编310012浙江省杭州市西湖区文三路1号", "330106"),
    ("浙江省杭州市西湖区邮政信箱12号", "330106"),
    ("No.1 Wensan Road, Xihu District, Hangzhou", ""),
    ("浙 江 省 杭 州 市 西 湖 区", "330106"),
    ("浙江省杭州市西湖区" + "很长的地址" * 2_000, "330106"),
    ("江苏省杭州市西湖区文三路1号", "330106"),  # the wrong province before a city and its county
)


def _known_everywhere() -> pd.DataFrame:
    """Return a door, a road across the country and a building at the seat of each county."""
    seats = load_divisions().counties.dropna(subset=["seat_lon"]).drop_duplicates("adcode")
    row = landmarks({"name": "南京东路", "number": "1"}).iloc[0].to_dict()
    row |= {"adcode": seats["adcode"], "lon": seats["seat_lon"], "lat": seats["seat_lat"]}
    others: tuple[dict[str, str], ...] = (
        {},
        {"name": "G104", "number": "9"},
        {"kind": "building", "name": "国贸大厦", "number": ""},
    )
    return Landmarks.validate(pd.concat([pd.DataFrame(row | other) for other in others], ignore_index=True))


KNOWN = _known_everywhere()


def _texts(rng: np.random.Generator, count: int) -> list[str]:
    """Return texts of names of divisions and strange pieces in any order."""
    divisions = load_divisions()
    words = pd.concat([divisions.provinces["name"], divisions.cities["name"], divisions.counties["name"]])
    pieces = np.array([*words, *divisions.townships["name"].iloc[::40], *STRANGE * 20], dtype=object)
    lengths = rng.integers(0, 7, size=count)
    chosen = rng.integers(0, len(pieces), size=int(lengths.sum()))
    return ["".join(part) for part in np.split(pieces[chosen], np.cumsum(lengths)[:-1])]


def _run(addresses: list[str], names: list[str]) -> pd.DataFrame:
    orgs = tables.orgs(*({"address": address, "name": name} for address, name in zip(addresses, names, strict=True)))
    places, _ = locate(
        orgs, divisions=load_divisions(), boundaries=load_boundaries(), settings=SETTINGS, landmarks=KNOWN
    )
    return places


def _check(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    places = _run(_texts(rng, count), _texts(rng, count))
    assert len(places) == count
    known = load_divisions().counties.set_index("adcode")
    found = places[places["adcode"] != ""]
    assert set(found["adcode"]) <= set(known.index)
    assert (found["county_source"] != "").all()
    assert (places.loc[places["adcode"] == "", "location_level"] == "none").all()


def test_nothing_that_stands_in_an_address_raises() -> None:
    _check(seed=1, count=50_000)


def test_a_cell_that_repeats_a_city_takes_no_time_of_its_own() -> None:
    began = time.process_time()
    assert _run(["中山市路" * 2_500], ["某协会"])["city"].tolist() == ["442000"]
    assert time.process_time() - began < 2  # 0.1 s; a pair of each two would be six millions


@pytest.mark.parametrize("piece", ["联系电话:", "手机 ", "t:", "0571-", "1", "8601 ", "转1、", "+86", "(0571)", "400-"])
def test_a_cell_of_nothing_but_parts_of_a_telephone_is_read_in_one_go(piece: str) -> None:
    """A step for each pair of two parts would take hours."""
    (left,) = cut_telephones(pd.Series(["人民路" + piece * 200_000 + "号"], dtype="str"))
    assert left.startswith("人民路")
    assert left.endswith("号")


def test_a_cell_of_nothing_but_digits_names_no_building() -> None:
    assert not names_building(cut_rooms(pd.Series(["人民路" + "一二" * 100_000], dtype="str"))).any()
    assert names_building(pd.Series(["人民路" + "12" * 100_000 + "号"], dtype="str")).all()


def test_cutting_telephones_adds_nothing_and_leaves_words_alone() -> None:
    texts = pd.Series(_texts(np.random.default_rng(3), 20_000), dtype="str")
    plain = texts.str.normalize("NFKC")
    cut = cut_telephones(texts)
    for before, after in zip(plain, cut, strict=True):
        rest = iter(before)
        assert all(character in rest for character in after)
    is_wordy = ~plain.str.contains(r"\d", regex=True)
    assert (cut == plain.str.strip(" ,;:、。/"))[is_wordy].all()


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2, 52))
def test_a_million_texts_do_not_raise(seed: int) -> None:
    _check(seed, count=20_000)


@pytest.mark.parametrize(("address", "adcode"), WRITTEN)
def test_addresses_as_offices_write_them(address: str, adcode: str) -> None:
    assert _run([address], ["某协会"])["adcode"].tolist() == [adcode]


def test_every_row_stands_in_the_sheet_once_and_in_order() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"社会组织名称": _texts(rng, 3_000), "住所": _texts(rng, 3_000)})
    text = rows.assign(登记证号=range(3_000)).to_csv(index=False).replace("\0", "")  # a file with that is no text
    content = text.encode()
    intake = read_lists([Source("list.csv", content)], settings=SETTINGS, crs=None)
    divisions, boundaries = load_divisions(), load_boundaries()
    sheet = geocode_sheet(intake, divisions=divisions, boundaries=boundaries, settings=SETTINGS, landmarks=KNOWN)
    assert sheet["row"].astype(int).tolist() == list(range(1, 3_001))
    assert (sheet["county"] != "").mean() > 0.3
    assert ((sheet["status"] == "ok") | (sheet["note"] != "")).all()
    assert {"road", "county", "none"} <= set(sheet["level"])
    assert write_sheet(sheet, of="geocode").count(b"\r\n") == 3_001
