"""`geocode` of a long list in several processes: the same file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from coverage.execution.running import Done
from coverage.export.geocoding import geocode_sheet, independent_parts
from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from tests.gazetteer.points import landmarks
from ui import geocoding
from ui.terminal import Task, write_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from coverage.execution.running import Function, IsCancelled, Order

HEADER = "社会组织名称,登记证号,所在区县,住所,经度,纬度"
#: A point with too many addresses, an address that is placed, two that are not, and a row without a name.
ROWS = [
    *(f"学校{number},{number},历下区,泉城路{number}号,117.07,36.66" for number in range(24)),
    "甲协会,A,历下区,泉城路10号,,",
    "乙协会,B,,四川省成都市锦江区牛市口街道1号,,",
    ",C,历下区,,,",
    "丙协会,D,,鼓楼区中山路,,",
]


def backwards(function: Function, orders: Iterator[Order], _is_cancelled: IsCancelled) -> Iterator[Done]:
    """Work on bytes as processes do, in another order; one has died."""
    for number, order in enumerate(reversed(list(orders))):
        yield Done(order.key, b"", "died") if number == 1 else Done(order.key, function(order.content), "")


def test_pieces_make_the_same_sheet_whoever_works_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "\n".join((HEADER, *ROWS)).encode()
    settings = PlanSettings(as_of=date(2026, 6, 30))
    intake = read_lists([Source("list.csv", content)], settings=settings, crs="wgs84")
    known = landmarks({"name": "泉城路", "number": "10"})
    places: dict[str, Any] = {"divisions": load_divisions(), "boundaries": load_boundaries(), "defaults": ""}
    task = Task([], settings, intake, places | {"landmarks": known})
    monkeypatch.setattr(geocoding, "_ROWS", 3)
    monkeypatch.setattr(geocoding, "choose_executor", lambda _rows, *, workers: backwards)

    blocks = list(geocoding.geocode_list(geocoding.needed_for_geocoding(task), boundaries=None, workers=2))
    made = pd.concat(blocks, ignore_index=True)

    assert [len(block) for block in blocks] == [3] * 9 + [1]
    pd.testing.assert_frame_equal(made, geocode_sheet(intake, settings=settings, **task.places))
    assert made["level"].tolist() == ["town"] * 24 + ["door", "county", "none", "none"]


def test_a_sheet_that_breaks_off_leaves_no_file_and_the_old_one_whole(tmp_path: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("a row")

    file = tmp_path / "points.csv"
    file.write_bytes(b"old")
    with pytest.raises(ValueError, match="a row"):
        write_blocks(file, blocks())
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("points.csv", b"old")]


def test_who_shares_a_point_stays_together() -> None:
    content = "\n".join((HEADER, *ROWS)).encode()
    orgs = read_lists([Source("a.csv", content)], settings=PlanSettings(as_of=date(2026, 1, 1)), crs="wgs84").orgs
    parts = independent_parts(orgs, rows=2)
    assert [len(part) for part in parts] == [24, 2, 1]
    assert sorted(np.concatenate(parts)) == list(range(len(orgs)))
