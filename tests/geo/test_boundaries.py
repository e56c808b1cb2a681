from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.boundaries import DEFAULT_DIRECTORY, Boundaries, locate_points

DATA = Path(__file__).parents[1] / "data"
LEVELS = {"province": "provinces", "city": "cities", "county": "counties"}
CODES = {"adcode": str, "parent_adcode": str}
MAX_BYTES = 9_000_000


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    return pd.read_csv(DATA / "boundaries_expected.csv", dtype=CODES, keep_default_na=False)


@pytest.fixture(scope="module")
def islands() -> pd.DataFrame:
    return pd.read_csv(DATA / "island_points.csv", dtype={"province_adcode": str, "county_adcode": str})


def level_of(boundaries: Boundaries, level: str) -> gpd.GeoDataFrame:
    areas: gpd.GeoDataFrame = getattr(boundaries, LEVELS[level])
    return areas


@pytest.mark.parametrize(("level", "count"), [("province", 34), ("city", 375), ("county", 2891)])
def test_each_level_is_the_expected_one(boundaries: Boundaries, expected: pd.DataFrame, level: str, count: int) -> None:
    areas = level_of(boundaries, level)
    rows = expected[expected["level"] == level].sort_values("adcode", ignore_index=True)
    assert len(areas) == count
    pd.testing.assert_frame_equal(
        pd.DataFrame(areas[["adcode", "name", "short_name", "parent", "lon", "lat"]]),
        rows[["adcode", "name", "short_name", "parent_adcode", "label_lon", "label_lat"]].set_axis(
            ["adcode", "name", "short_name", "parent", "lon", "lat"], axis="columns"
        ),
    )
    np.testing.assert_allclose(areas["area_km2"], rows["area_km2"].astype(float), rtol=0.001)
    bounds = rows[["min_lon", "min_lat", "max_lon", "max_lat"]].astype(float)
    np.testing.assert_allclose(areas.geometry.bounds, bounds, atol=0.002)


def test_counties_have_the_expected_kinds_and_parents(boundaries: Boundaries, expected: pd.DataFrame) -> None:
    rows = expected[expected["level"] == "county"].sort_values("adcode", ignore_index=True)
    found = boundaries.counties[["kind", "city_name", "province_name"]]
    assert found.to_numpy().tolist() == rows[["kind", "city", "province"]].to_numpy().tolist()


@pytest.mark.parametrize("level", LEVELS)
def test_every_shape_is_valid_and_none_overlaps(boundaries: Boundaries, level: str) -> None:
    shapes = level_of(boundaries, level).geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)


@pytest.mark.parametrize("level", ["city", "province"])
def test_each_area_is_exactly_the_union_of_its_counties(boundaries: Boundaries, level: str) -> None:
    parts = boundaries.counties.groupby(level)["geometry"]
    unions = parts.agg(lambda shapes: shapely.coverage_union_all(shapes.to_numpy()))
    areas = level_of(boundaries, level).set_index("adcode").geometry
    assert list(unions.index) == list(areas.index)
    difference = shapely.symmetric_difference(np.array(unions.to_list()), areas.to_numpy())
    assert shapely.area(difference).max() == 0


@pytest.mark.parametrize("level", LEVELS)
def test_label_points_lie_inside(boundaries: Boundaries, level: str) -> None:
    areas = level_of(boundaries, level)
    assert shapely.intersects_xy(areas.geometry.to_numpy(), areas["lon"], areas["lat"]).all()


def test_the_islands_lie_in_their_county_city_and_province(boundaries: Boundaries, islands: pd.DataFrame) -> None:
    assert list(islands["name"]) == ["钓鱼岛", "赤尾屿", "黄岩岛", "曾母暗沙", "东沙岛", "永兴岛"]
    found = locate_points(islands["lon"], islands["lat"], boundaries.counties)
    assert list(found) == list(islands["county_adcode"])
    in_province = locate_points(islands["lon"], islands["lat"], boundaries.provinces)
    assert list(in_province) == list(islands["province_adcode"])
    in_city = locate_points(islands["lon"], islands["lat"], boundaries.cities)
    assert list(in_city) == list(boundaries.counties.set_index("adcode")["city"][found])


def test_the_south_china_sea_has_ten_dashes(boundaries: Boundaries) -> None:
    dashes = boundaries.lines.set_index("kind").geometry["south_china_sea"]
    assert shapely.get_num_geometries(dashes) == 10
    west, south, east, north = dashes.bounds
    assert (west < 109, south < 4, east > 122, north > 24) == (True, True, True, True)


def test_the_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in DEFAULT_DIRECTORY.glob("*.parquet")) <= MAX_BYTES


def test_the_source_says_what_is_not_sure(boundaries: Boundaries) -> None:
    assert boundaries.source["redistribution"] == "unconfirmed"
    assert boundaries.source["map_approval_number"] == ""
    assert boundaries.source["date"] == "2025-09"
    assert all(boundaries.source[field] for field in ("origin", "licence"))


class TestLocatePoints:
    cells = gpd.GeoDataFrame(
        {"adcode": ["110102", "110101", "110103"]},
        geometry=[shapely.box(101, 30, 102, 31), shapely.box(100, 30, 101, 31), shapely.box(102, 30, 103, 31)],
        crs=4326,
    )

    def test_inside_outside_and_nowhere(self) -> None:
        found = locate_points([100.5, 102.5, 99.0, np.nan, 100.5], [30.5, 30.5, 30.5, 30.5, np.inf], self.cells)
        assert list(found) == ["110101", "110103", "", "", ""]

    def test_a_border_point_belongs_to_the_smallest_code_in_any_row_order(self) -> None:
        for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
            assert list(locate_points([101.0, 102.0], [30.5, 30.5], self.cells.iloc[order])) == ["110101", "110102"]

    def test_no_points(self) -> None:
        assert list(locate_points([], [], self.cells)) == []

    def test_blocks_do_not_matter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lon = np.linspace(99.5, 103.5, 101)
        whole = locate_points(lon, np.full(101, 30.5), self.cells)
        monkeypatch.setattr("geo.boundaries._BLOCK", 7)
        assert list(locate_points(lon, np.full(101, 30.5), self.cells)) == list(whole)
