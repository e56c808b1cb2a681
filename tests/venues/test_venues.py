"""Activity venues: read from a list of their own, nearest to each organisation, counted in K12, warned of by S5."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyproj import Geod

from coverage.intake import Source
from coverage.settings import PlanSettings
from coverage.tables import Groups
from coverage.venues import VenueList, find_nearest, reaches_venue, read_venues, warn_far_groups
from geo.crs import wgs84_to_gcj02
from geo.divisions import load_divisions
from tests import tables
from tests.indicators.test_indicators import POINT, cover, fraction
from tests.intake.lists import csv_bytes
from tests.test_cli import run, write_list

if TYPE_CHECKING:
    from pathlib import Path

    from geo.divisions import Divisions

SETTINGS = PlanSettings(as_of=date(2026, 1, 1))


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


def read(
    *rows: list[object], header: tuple[str, ...] = ("名称", "经度", "纬度", "容量"), crs: str | None = "wgs84"
) -> VenueList:
    return read_venues(Source("阵地.csv", csv_bytes(header, *rows)), crs=crs)


def test_venues_are_read_with_their_capacity_and_points() -> None:
    found = read(["历下区党群服务中心", 117.08, 36.66, 120], ["街道驿站", "117.10", "36.67", ""])
    assert found.venues.astype("object").fillna("").to_numpy().tolist() == [
        ["历下区党群服务中心", 117.08, 36.66, 120],
        ["街道驿站", 117.10, 36.67, ""],
    ]
    assert found.problems.empty


def test_points_in_another_system_are_turned_into_wgs84() -> None:
    x, y = wgs84_to_gcj02(np.array([117.08]), np.array([36.66]))
    found = read(["甲", float(x[0]), float(y[0]), ""], crs="gcj02").venues
    assert [found["lon"].iloc[0], found["lat"].iloc[0]] == pytest.approx([117.08, 36.66], abs=1e-6)


def test_what_cannot_be_used_is_said_with_its_row_and_the_rest_counts() -> None:
    found = read(["甲", "", "", 3], ["乙", 217, 36, ""], ["丙", 117.08, 36.66, "很多"], crs=None)
    assert found.venues["name"].tolist() == ["丙"]
    rows = found.problems.set_index("row")["code"]
    assert (rows[2], rows[4]) == ("F22", "V5")
    assert 3 in rows.index
    assert "V13" in set(found.problems["code"])
    assert set(found.problems["file"]) == {"阵地.csv"}


def test_the_nearest_venue_and_the_metres_to_it() -> None:
    orgs = tables.orgs({}, {}, {})
    places = tables.places(orgs, {}, {"lon": 117.2}, {"is_precise": False, "lon": float("nan"), "lat": float("nan")})
    venues = read(["远", 117.3, 36.66, ""], ["近", 117.09, 36.66, ""]).venues
    found = find_nearest(places, venues)
    assert found["venue_name"].tolist() == ["近", "远", ""]
    exact = Geod(ellps="WGS84").inv(117.08, 36.66, 117.09, 36.66)[2]
    assert found["venue_m"].iloc[0] == pytest.approx(exact, abs=0.1)
    assert reaches_venue(found).tolist() == [True, False, False]
    assert find_nearest(places, None) is places


@pytest.mark.parametrize(("metres", "counted"), [(3_000.0, (1, 1)), (3_000.1, (0, 1)), (float("nan"), (0, 1))])
def test_k12_counts_a_venue_within_the_travel_limit(
    metres: float, counted: tuple[int, int], divisions: Divisions
) -> None:
    assert fraction(cover([{}], divisions, at=(POINT | {"venue_m": metres},)), "K12") == counted


def test_groups_whose_lead_reaches_no_venue_carry_s5() -> None:
    orgs = tables.orgs({}, {}, {})
    places = tables.places(orgs, {"venue_m": 4_000.0}, {"venue_m": 10.0}, {"venue_m": 10.0})
    groups = tables.table(
        Groups,
        {"group_id": "G1", "org_id": "O001", "role": "lead", "warnings": "S2;S7"},
        {"group_id": "G1", "org_id": "O002", "role": "member", "warnings": "S2;S7"},
        {"group_id": "G2", "org_id": "O003", "role": "host"},
    )
    assert warn_far_groups(groups, places)["warnings"].tolist() == ["S2;S5;S7", "S2;S5;S7", ""]
    assert warn_far_groups(groups, tables.places(orgs)) is groups


def test_the_command_line_takes_venues_and_names_the_nearest(tmp_path: Path) -> None:
    source = write_list(tmp_path / "list.csv")
    venues = tmp_path / "venues.csv"
    venues.write_bytes(csv_bytes(("名称", "经度", "纬度"), ["服务中心", 117.08, 36.66]))
    done = run("plan", source, "--out", tmp_path / "out", "--header", "code", "--venues", venues)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out" / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-2:] == ["venue_name", "venue_m"]
    assert {row["venue_name"] for row in rows} <= {"服务中心", ""}
    assert any(row["venue_m"] for row in rows)
