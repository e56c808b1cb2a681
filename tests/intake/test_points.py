"""Coordinates: which system, which points cannot be right, and WGS-84 at the door."""

from __future__ import annotations

import numpy as np
import pytest

from geo.crs import to_wgs84
from tests.intake.lists import codes_of, csv_bytes, read, read_cells

LON, LAT = 117.024967, 36.682788


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_the_run_states_the_system(crs: str) -> None:
    intake = read_cells({"lon": LON, "lat": LAT}, crs=crs)
    x, y = to_wgs84([LON], [LAT], crs)
    assert intake.orgs[["lon", "lat"]].to_numpy().tolist() == [[x[0], y[0]]]
    assert intake.orgs[["lon_given", "lat_given", "crs"]].to_numpy().tolist() == [[LON, LAT, crs]]
    assert not intake.needs_crs
    assert intake.problems.empty


@pytest.mark.parametrize(
    ("text", "crs"),
    [("GCJ-02", "gcj02"), ("百度", "bd09"), ("WGS84", "wgs84"), ("高德", "gcj02"), ("CGCS2000", "cgcs2000")],
)
def test_a_row_may_state_its_own(text: str, crs: str) -> None:
    intake = read_cells({"lon": LON, "lat": LAT, "crs": text}, crs=None)
    assert intake.orgs["crs"].tolist() == [crs]
    assert not intake.needs_crs
    assert read_cells({"lon": LON, "lat": LAT, "crs": text}, crs="wgs84").orgs["crs"].tolist() == [crs]


def test_a_header_may_state_it() -> None:
    intake = read(csv_bytes(["名称", "经度(GCJ-02)", "纬度(GCJ-02)"], ["甲", LON, LAT]), crs=None)
    assert intake.orgs["crs"].tolist() == ["gcj02"]


def test_nobody_states_it_one_warning_a_file() -> None:
    file = csv_bytes(["名称", "经度", "纬度"], ["甲", LON, LAT], ["乙", LON, LAT])
    other = csv_bytes(["名称", "经度", "纬度", "坐标系"], ["丙", LON, LAT, "WGS84"], ["丁", "", "", ""])
    intake = read(file, other, crs=None)
    assert intake.problems[["file", "code"]].to_numpy().tolist() == [["list1", "V13"]]
    assert intake.problems["row"].isna().all()
    assert intake.needs_crs
    assert intake.orgs["lon"].tolist()[:2] == [LON, LON]


def test_without_points_nobody_needs_to_say() -> None:
    intake = read(csv_bytes(["名称", "经度", "纬度"], ["甲", "", ""]), crs=None)
    assert not intake.needs_crs
    assert intake.problems.empty


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (LAT, LON, "F5"),
        ("0", "0", "F6"),
        ("0.0", str(LAT), "F6"),
        ("500123.4", "4060123.4", "F7"),
        ("39500123.4", "4060123.4", "F7"),
        ("139.7", "35.6", "F8"),
        ("-117", "36", "F8"),
        ("117", "", "F4"),
        ("", "36", "F4"),
        ("东边", "36", "F4"),
        ("inf", "36", "F4"),
        ("nan", "36", "F4"),
        ("1e400", "36", "F4"),
        ("117,02", "36", "F4"),
    ],
)
def test_a_point_that_cannot_be_right_is_emptied(lon: object, lat: object, code: str) -> None:
    intake = read_cells({"lon": lon, "lat": lat})
    assert codes_of(intake) == {code}
    assert np.isnan(intake.orgs[["lon", "lat"]].to_numpy(dtype=float)).all()
    assert intake.problems["severity"].tolist() == ["warning"]


def test_a_system_that_nobody_knows_empties_the_point() -> None:
    intake = read_cells({"lon": LON, "lat": LAT, "crs": "西安80"})
    assert {"F9"} <= codes_of(intake)
    assert intake.orgs["lon"].isna().all()


@pytest.mark.parametrize(
    "text", ["117.024967,36.682788", "（117.024967，36.682788）", "117.024967 36.682788", "E117.024967;N36.682788"]
)
def test_one_column_may_hold_both(text: str) -> None:
    intake = read(csv_bytes(["名称", "坐标"], ["甲", text], ["乙", ""]))
    assert intake.orgs["lon"].tolist()[0] == LON
    assert intake.orgs["lat"].tolist()[0] == LAT
    assert {"lon", "lat"} <= intake.fields
    assert intake.problems.empty


def test_degrees_and_minutes_are_read() -> None:
    intake = read_cells({"lon": "117°30′", "lat": "北纬36.5°"})
    assert intake.orgs[["lon", "lat"]].to_numpy().tolist() == [[117.5, 36.5]]
