"""`geocode --landmarks` as an office runs it with a table of its own."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tests.test_cli import run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_table_of_known_places_places_addresses_and_its_bad_cells_are_told(tmp_path: Path) -> None:
    listed, known, out = (tmp_path / name for name in ("list.csv", "known.csv", "out.csv"))
    listed.write_text(
        "社会组织名称,住所\n甲协会,济南市历下区泉城路60号\n乙协会,济南市历下区无名路1号\n", encoding="utf-8"
    )
    doors = (
        "370102,road,泉城路,10,117.02,36.66\n370102,road,泉城路,110,117.03,36.66\n370102,road,泉城路,12,117.02,366\n"
    )
    known.write_text(f"adcode,kind,name,number,lon,lat\n{doors}", encoding="gb18030")

    answer = run("geocode", listed, "--landmarks", known, "--out", out, "--header", "code")

    assert answer.returncode == 0
    assert "known.csv 第 4 行“lat”列的“366”不能用" in answer.stderr
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["level"], row["radius_m"], row["lon"], row["lat"]) for row in csv.DictReader(file)]
    assert rows[0] == ("road", "2000", "117.025000", "36.660000")
    assert rows[1][0] == "county"
