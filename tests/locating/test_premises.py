from __future__ import annotations

import pandas as pd
import pytest

from geo.address.premises import cut_rooms


@pytest.mark.parametrize(
    ("address", "building"),
    [
        ("创业路1号A座301室", "创业路1号A座"),
        ("创业路1号A座5楼", "创业路1号A座"),
        ("创业路1号A座3单元201室", "创业路1号A座"),
        ("解放路8号301", "解放路8号"),
        ("国贸大厦1508", "国贸大厦"),
        ("中山路 12号（三楼）", "中山路12号"),
        ("科技园3栋201-205室", "科技园3栋"),
        ("人民路88号B座B1层", "人民路88号B座"),
        ("人民路88号B座1201、1202室", "人民路88号B座"),
        ("中山路12", "中山路12"),
        ("第20大街136号", "第20大街136号"),
        ("3号楼", "3号楼"),
        ("", ""),
    ],
)
def test_floor_and_room_are_cut_off_and_the_house_stays(address: str, building: str) -> None:
    assert cut_rooms(pd.Series([address], dtype="str")).tolist() == [building]
