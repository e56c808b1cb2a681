"""`geocode` of a long list some rows at a time, in several processes: the same file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from coverage.execution.running import Done
from coverage.export.geocoding import geocode_sheet, independent_parts
from coverage.intake import Source, open_lots, read_lists, reading, sifting
from coverage.settings import PlanSettings
from coverage.ties import find_ties
from geo.boundaries import DEFAULT_DIRECTORY
from geo.errors import InputError
from tests.gazetteer.points import landmarks
from tests.intake.lists import credit_code, csv_bytes, xlsx_bytes
from ui import geocoding
from ui.geocoding import Errand, geocode_lots, read_places
from ui.terminal import source_of, write_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from coverage.execution.running import Function, IsCancelled, Order
    from coverage.intake import Reading

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER = ("社会组织名称", "统一社会信用代码", "登记证号", "所在区县", "住所", "经度", "纬度")
#: A point with too many addresses.
CROWD = [(f"学校{number}", "", number, "历下区", f"泉城路{number}号", "117.07", "36.66") for number in range(24)]
#: An address that is placed, two that are not, and a row without a name.
OTHERS = [
    ("甲协会", "", "A", "历下区", "泉城路10号", "", ""),
    ("乙协会", "", "B", "", "四川省成都市锦江区牛市口街道1号", "", ""),
    ("", "", "C", "历下区", "", "", ""),
    ("丙协会", "", "D", "", "鼓楼区中山路", "", ""),
]
#: Rows that say something of others far away: a code that comes again, as itself and behind another number; a number
#: that comes again, and one that looks like what is put behind equal ones; the same organisation twice.
TIED = [
    ("丁协会", credit_code(1), "", "历下区", "泉城路1号", "", ""),
    ("戊协会", credit_code(2), "", "历下区", "泉城路2号", "", ""),
    ("己协会", "", "R-2", "历下区", "泉城路3号", "", ""),
    ("庚协会", "", "R", "历下区", "泉城路5号", "", ""),
    ("辛协会", "", "", "历下区", "泉城路6号", "", ""),
    *CROWD[:7],
    ("壬协会", "", "R", "历下区", "泉城路4号", "", ""),
    ("辛协会", "", "", "历下区", "泉城路6号", "", ""),
    ("丁协会", credit_code(1), "", "历下区", "泉城路1号", "", ""),
    ("戊协会", f"{credit_code(2)} 13812345678", "", "历下区", "泉城路2号", "", ""),
]


def backwards(function: Function, orders: Iterator[Order], _is_cancelled: IsCancelled) -> Iterator[Done]:
    """Work on bytes as processes do, in another order; one has died."""
    for number, order in enumerate(reversed(list(orders))):
        yield Done(order.key, b"", "died") if number == 1 else Done(order.key, function(order.content), "")


def few_at_a_time(monkeypatch: pytest.MonkeyPatch, *, rows: int) -> None:
    for module, name in ((sifting, "BATCH"), (reading, "BATCH"), (geocoding, "_ROWS")):
        monkeypatch.setattr(module, name, rows)
    monkeypatch.setattr(geocoding, "choose_executor", lambda _rows, *, workers: backwards)


def whole(sources: Sequence[Source], **places: Any) -> pd.DataFrame:
    divisions, boundaries = read_places(DEFAULT_DIRECTORY)
    intake = read_lists(sources, settings=SETTINGS, crs="wgs84")
    return geocode_sheet(intake, settings=SETTINGS, divisions=divisions, boundaries=boundaries, **places)


@pytest.mark.parametrize(
    "files",
    [
        [csv_bytes(HEADER, *CROWD, *OTHERS)],
        [csv_bytes(HEADER, *TIED, *OTHERS)],
        [csv_bytes(HEADER, ("短",), *TIED), csv_bytes(HEADER, *OTHERS, *TIED, ("短",))],
        [xlsx_bytes(HEADER, *OTHERS, *TIED, *OTHERS)],
        [csv_bytes(HEADER, *OTHERS[2:3])],
    ],
    ids=["a crowd", "ties", "two files", "workbook", "nobody"],
)
def test_pieces_make_the_same_sheet_whoever_works_on_them(files: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [Source(f"list{number}", content) for number, content in enumerate(files)]
    known = landmarks({"name": "泉城路", "number": "10"})
    few_at_a_time(monkeypatch, rows=8)
    made = pd.concat(
        geocode_lots(open_lots(sources), Errand(SETTINGS, "wgs84", landmarks=known), workers=2), ignore_index=True
    )
    pd.testing.assert_frame_equal(made, whole(sources, landmarks=known))


def test_no_more_rows_than_a_lot_are_laid_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    few_at_a_time(monkeypatch, rows=9)
    lots = open_lots([Source("list.csv", csv_bytes(HEADER, *CROWD, *OTHERS))])
    sheets = list(geocode_lots(lots, Errand(SETTINGS, "wgs84"), workers=2))
    assert [len(sheet) for sheet in sheets] == [9, 9, 9, 1]
    assert sheets[-1]["row"].tolist() == ["28"]


def test_only_rows_that_need_each_other_are_tied(monkeypatch: pytest.MonkeyPatch) -> None:
    few_at_a_time(monkeypatch, rows=3)
    ties = find_ties(open_lots([Source("list.csv", csv_bytes(HEADER, *TIED, *OTHERS))])(), crs="wgs84")
    assert ties.places.tolist() == [2, 3, 4, 5, 6, 14, 15, 16, 17]
    assert ties.rows == len(TIED) + len(OTHERS) - 1


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(csv_bytes(HEADER, *OTHERS))
    lots = open_lots([source_of(file, label=file.name)])
    assert [len(lot.rows.row) for lot in lots()] == [4]
    file.write_bytes(csv_bytes(HEADER, *OTHERS, *OTHERS))
    with pytest.raises(InputError) as caught:
        list(lots())
    assert caught.value.key == "cli.changed_meanwhile"


def test_a_file_that_changes_while_it_is_read_the_last_time_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_at_a_time(monkeypatch, rows=50)
    file, out = tmp_path / "list.csv", tmp_path / "out.csv"
    file.write_bytes(csv_bytes(HEADER, *OTHERS * 200))
    lots = open_lots([source_of(file, label=file.name)])
    readings: list[int] = []

    def changing() -> Iterator[Reading]:
        readings.append(1)
        for number, lot in enumerate(lots()):
            if len(readings) == 3 and number == 1:  # the first two look for ties
                file.write_bytes(csv_bytes(HEADER, *OTHERS * 200, *OTHERS))
            yield lot

    with pytest.raises(InputError) as caught:
        write_blocks(out, (b"" for _ in geocode_lots(changing, Errand(SETTINGS, "wgs84"), workers=2)))
    assert caught.value.key == "cli.changed_meanwhile"
    assert len(readings) == 3
    assert not out.exists()


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
    orgs = read_lists([Source("a.csv", csv_bytes(HEADER, *CROWD, *OTHERS))], settings=SETTINGS, crs="wgs84").orgs
    parts = independent_parts(orgs, rows=2)
    assert [len(part) for part in parts] == [24, 2, 1]
    assert sorted(np.concatenate(parts)) == list(range(len(orgs)))


def test_many_shared_points_are_work_for_many() -> None:
    pairs = [(f"协会{place}", "", place, "历下区", "", f"117.{place:02}", "36.66") for place in range(50)] * 2
    orgs = read_lists([Source("a.csv", csv_bytes(HEADER, *pairs))], settings=SETTINGS, crs="wgs84").orgs
    parts = independent_parts(orgs, rows=10)
    assert [len(part) for part in parts] == [10] * 10
    assert sorted(np.concatenate(parts)) == list(range(len(orgs)))
    assert all((np.unique(part % 50, return_counts=True)[1] == 2).all() for part in parts)
    assert independent_parts(orgs[:0], rows=10) == []
