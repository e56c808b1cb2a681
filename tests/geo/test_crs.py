from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.crs import CRS_NAMES, crs_votes, to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GEOD = Geod(ellps="WGS84")
FORWARD: dict[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "gcj02": wgs84_to_gcj02,
    "bd09": wgs84_to_bd09,
}
inside_china = st.tuples(st.floats(73.5, 135.5), st.floats(3.0, 54.0))


def metres(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    return np.asarray(GEOD.inv(lon, lat, other_lon, other_lat)[2])


@pytest.mark.parametrize("crs", FORWARD)
@given(point=inside_china)
def test_there_and_back_ends_within_a_centimetre(crs: str, point: tuple[float, float]) -> None:
    lon, lat = np.array([point[0]]), np.array([point[1]])
    back = to_wgs84(*FORWARD[crs](lon, lat), crs)
    assert metres(lon, lat, *back).max() < 0.01


@given(point=inside_china)
def test_the_shift_is_hundreds_of_metres(point: tuple[float, float]) -> None:
    lon, lat = np.array([point[0]]), np.array([point[1]])
    assert 10 < metres(lon, lat, *wgs84_to_gcj02(lon, lat)).max() < 1_500


def test_known_points() -> None:
    """天安门: values of the independent implementations eviltransform and coord-convert."""
    lon, lat = np.array([116.397428]), np.array([39.90923])
    gcj_lon, gcj_lat = wgs84_to_gcj02(lon, lat)
    assert gcj_lon[0] == pytest.approx(116.403672, abs=2e-6)
    assert gcj_lat[0] == pytest.approx(39.910634, abs=2e-6)
    bd_lon, bd_lat = wgs84_to_bd09(lon, lat)
    assert bd_lon[0] == pytest.approx(116.410044, abs=2e-6)
    assert bd_lat[0] == pytest.approx(39.916973, abs=2e-6)


@pytest.mark.parametrize("crs", CRS_NAMES)
def test_outside_china_nothing_moves(crs: str) -> None:
    lon, lat = np.array([-0.1276, 139.7, 151.2]), np.array([51.5, 35.7, -33.9])
    moved = to_wgs84(lon, lat, crs)
    np.testing.assert_array_equal(moved, (lon, lat))


@pytest.mark.parametrize("crs", CRS_NAMES)
def test_nothing_stays_nothing(crs: str) -> None:
    lon, lat = to_wgs84([np.nan, 116.4], [39.9, np.nan], crs)
    assert np.isnan(lon[0])
    assert np.isnan(lat[1])


def test_cgcs2000_counts_as_wgs84() -> None:
    np.testing.assert_array_equal(to_wgs84([116.4], [39.9], "cgcs2000"), ([116.4], [39.9]))


def test_each_point_may_have_a_system_of_its_own() -> None:
    lon, lat = to_wgs84([116.4] * 3, [39.9] * 3, ["wgs84", "gcj02", "bd09"])
    assert lon[0] == 116.4
    for row, crs in ((1, "gcj02"), (2, "bd09")):
        alone = to_wgs84([116.4], [39.9], crs)
        assert (lon[row], lat[row]) == (alone[0][0], alone[1][0])


def test_arguments_stay_as_they_are() -> None:
    lon, lat = np.array([116.4]), np.array([39.9])
    to_wgs84(lon, lat, "bd09")
    assert (lon[0], lat[0]) == (116.4, 39.9)


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(InputError) as refusal:
        to_wgs84([116.4], [39.9], "utm")
    assert refusal.value.key == "crs.unknown"
    assert refusal.value.values == {"names": "utm"}


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    """Twenty counties of 400 m a side, so that a shift of half a kilometre leaves them."""
    side = 0.004
    corners = [(116.4 + side * i, 39.9) for i in range(20)]
    shapes = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    return gpd.GeoDataFrame({"adcode": [f"1101{i:02d}" for i in range(20)]}, geometry=shapes, crs=4326)


@pytest.mark.parametrize("crs", FORWARD)
def test_the_true_system_gets_all_votes(cells: gpd.GeoDataFrame, crs: str) -> None:
    centres = shapely.centroid(cells.geometry.to_numpy())
    lon, lat = FORWARD[crs](shapely.get_x(centres), shapely.get_y(centres))
    votes = crs_votes(lon, lat, adcode=cells["adcode"], counties=cells)
    assert list(votes) == list(CRS_NAMES)
    assert votes[crs] == 1.0
    assert max(share for name, share in votes.items() if name != crs) < 0.5


def test_rows_without_county_or_point_have_no_vote(cells: gpd.GeoDataFrame) -> None:
    lon, lat = [116.402, np.nan, 116.402], [39.902, 39.902, 39.902]
    votes = crs_votes(lon, lat, adcode=["110100", "110100", ""], counties=cells)
    assert votes["wgs84"] == 1.0


def test_without_voters_there_is_no_answer(cells: gpd.GeoDataFrame) -> None:
    assert crs_votes([np.nan], [39.9], adcode=["110100"], counties=cells) == {}
