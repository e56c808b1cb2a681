from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from geo.boundaries import load_boundaries
from geo.errors import BoundaryError
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable

Geometry = dict[str, Any]


def square(west: float, south: float = 30.0, side: float = 1.0) -> Geometry:
    shape: Geometry = json.loads(shapely.to_geojson(shapely.box(west, south, west + side, south + side)))
    return shape


def county(adcode: str, geometry: Geometry | None, city: str = "510100", **other: Any) -> Geometry:
    names = {"name": f"C{adcode}", "city": city, "city_name": f"T{city}", "province": "510000", "province_name": "P"}
    return {"type": "Feature", "properties": {"adcode": adcode, **names, **other}, "geometry": geometry}


def collection(*features: Any, **other: Any) -> Geometry:
    return {"type": "FeatureCollection", "features": list(features), **other}


def write(directory: Path, document: object, name: str = "counties.geojson") -> Path:
    (directory / name).write_text(json.dumps(document), encoding="utf-8")
    return directory


TWO = (county("510104", square(103)), county("510105", square(104)))
THREE = (*TWO, county("510302", square(105), city="510300"))


def test_counties_alone_are_enough(tmp_path: Path) -> None:
    own = load_boundaries(write(tmp_path, collection(*THREE)))
    assert list(own.counties["adcode"]) == ["510104", "510105", "510302"]
    assert list(own.cities["adcode"]) == ["510100", "510300"]
    assert list(own.cities["name"]) == ["T510100", "T510300"]
    assert own.cities.geometry.iloc[0].equals(shapely.box(103, 30, 105, 31))
    assert list(own.provinces["adcode"]) == ["510000"]
    assert list(own.counties["parent"]) == ["510100", "510100", "510300"]
    assert own.counties["area_km2"].between(10_500, 10_700).all()
    assert shapely.get_num_geometries(own.lines.set_index("kind").geometry["south_china_sea"]) == 10
    assert set(own.source.values()) == {""}


def test_parquet_goes_before_geojson(tmp_path: Path) -> None:
    load_boundaries(write(tmp_path, collection(*TWO))).counties.to_parquet(tmp_path / "counties.parquet")
    write(tmp_path, {"broken": True})
    assert list(load_boundaries(tmp_path).counties["adcode"]) == ["510104", "510105"]


def test_a_county_without_city_above_has_the_province_above(tmp_path: Path) -> None:
    own = load_boundaries(write(tmp_path, collection(county("519001", square(103), city="519001"))))
    assert list(own.counties["parent"]) == ["510000"]


def test_what_the_user_says_of_source_and_labels_is_kept(tmp_path: Path) -> None:
    write(tmp_path, {"origin": "ours", "map_approval_number": "A-1", "odd": 1}, "source.json")
    own = load_boundaries(write(tmp_path, collection(county("510104", square(103), lon=103.1, lat=30.2))))
    assert (own.source["origin"], own.source["map_approval_number"]) == ("ours", "A-1")
    assert (own.counties["lon"].iloc[0], own.counties["lat"].iloc[0]) == (103.1, 30.2)


def test_own_cities_are_taken_as_they_are(tmp_path: Path) -> None:
    city = {"adcode": "510100", "name": "Own", "province": "510000", "province_name": "P"}
    whole = json.loads(shapely.to_geojson(shapely.box(103, 30, 105, 31)))
    write(tmp_path, collection({"type": "Feature", "properties": city, "geometry": whole}), "cities.geojson")
    own = load_boundaries(write(tmp_path, collection(*TWO)))
    assert own.cities[["adcode", "name", "short_name", "parent"]].iloc[0].to_list() == [
        "510100",
        "Own",
        "Own",
        "510000",
    ]
    assert list(own.provinces["parent"]) == ["100000"]


def test_slivers_between_counties_are_no_reason_to_refuse(tmp_path: Path) -> None:
    nearly = county("510105", square(103.9999))
    assert len(load_boundaries(write(tmp_path, collection(TWO[0], nearly))).counties) == 2


BOWTIE = {"type": "Polygon", "coordinates": [[[103, 30], [104, 31], [104, 30], [103, 31], [103, 30]]]}
REFUSED: dict[str, tuple[object, dict[str, object]]] = {
    "boundaries.no_features": ([1, 2], {"file": "counties.geojson"}),
    "boundaries.missing_columns": (
        collection({"type": "Feature", "properties": {"adcode": "510104", "name": "C"}, "geometry": square(103)}),
        {"file": "counties", "columns": "city, city_name, province, province_name"},
    ),
    "boundaries.bad_codes": (
        collection(county("51010", square(103))),
        {"file": "counties", "adcodes": "51010", "count": 1},
    ),
    "boundaries.duplicate_codes": (
        collection(TWO[0], county("510104", square(104))),
        {"file": "counties", "adcodes": "510104", "count": 1},
    ),
    "boundaries.no_area": (
        collection(TWO[0], county("510105", {"type": "Point", "coordinates": [104, 30]}), county("510106", None)),
        {"file": "counties", "adcodes": "510105, 510106", "count": 2},
    ),
    "boundaries.out_of_range": (
        collection(county("510104", square(103_000.0, 3_400_000.0, 1_000.0))),
        {"file": "counties", "adcodes": "510104", "count": 1},
    ),
    "boundaries.invalid_geometry": (
        collection(county("510104", BOWTIE)),
        {"file": "counties", "adcodes": "510104", "count": 1},
    ),
    "boundaries.overlap": (
        collection(TWO[0], county("510105", square(103.5))),
        {"file": "counties", "adcodes": "510104, 510105", "count": 2},
    ),
    "boundaries.not_wgs84": (
        collection(*TWO, crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
        {"file": "counties.geojson", "crs": "{'type': 'name', 'properties': {'name': 'EPSG:3857'}}"},
    ),
}


@pytest.mark.parametrize("key", REFUSED)
def test_a_bad_file_is_refused_with_the_reason(tmp_path: Path, key: str) -> None:
    document, values = REFUSED[key]
    with pytest.raises(BoundaryError) as refusal:
        load_boundaries(write(tmp_path, document))
    assert (refusal.value.key, refusal.value.values) == (key, values)
    assert t(refusal.value.key, **refusal.value.values)


def test_a_bad_city_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryError, match=r"boundaries\.bad_codes"):
        load_boundaries(write(tmp_path, collection(county("510104", square(103), city=""))))


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryError) as refusal:
        load_boundaries(tmp_path)
    assert refusal.value.key == "boundaries.missing_file"
    assert t(refusal.value.key, **refusal.value.values)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("counties.geojson", b"<OGRVRTDataSource/>"),
        ("counties.geojson", b'{"type": "FeatureCollection", "features": ['),
        ("counties.geojson", b"\xff\xfe\x00"),
        ("counties.geojson", b"[" * 100_000),
        ("counties.parquet", b"PAR1 no parquet PAR1"),
        ("counties.parquet", b""),
    ],
)
def test_an_unreadable_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BoundaryError) as refusal:
        load_boundaries(tmp_path)
    assert (refusal.value.key, refusal.value.values["file"]) == ("boundaries.unreadable", name)


def drop_geometry(areas: gpd.GeoDataFrame, path: Path) -> None:
    areas.drop(columns="geometry").to_parquet(path)


def in_metres(areas: gpd.GeoDataFrame, path: Path) -> None:
    areas.to_crs(3857).to_parquet(path)


@pytest.mark.parametrize(
    ("spoil", "key"), [(drop_geometry, "boundaries.unreadable"), (in_metres, "boundaries.not_wgs84")]
)
def test_a_parquet_file_that_is_no_map_is_refused(
    tmp_path: Path, spoil: Callable[[gpd.GeoDataFrame, Path], None], key: str
) -> None:
    counties = load_boundaries(write(tmp_path, collection(*TWO))).counties
    spoil(counties, tmp_path / "counties.parquet")
    with pytest.raises(BoundaryError) as refusal:
        load_boundaries(tmp_path)
    assert refusal.value.key == key
    assert t(refusal.value.key, **refusal.value.values)


def test_a_city_that_no_city_file_has_is_refused(tmp_path: Path) -> None:
    city = {"adcode": "510100", "name": "T", "province": "510000", "province_name": "P"}
    write(tmp_path, collection({"type": "Feature", "properties": city, "geometry": square(103)}), "cities.geojson")
    with pytest.raises(BoundaryError) as refusal:
        load_boundaries(write(tmp_path, collection(*THREE)))
    assert refusal.value.values == {"file": "city", "adcodes": "510300", "count": 1}
    assert t(refusal.value.key, **refusal.value.values)


def test_lines_without_the_ten_dashes_are_refused(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[110, 10], [111, 11]]}
    feature = {"type": "Feature", "properties": {"kind": "south_china_sea"}, "geometry": line}
    write(tmp_path, collection(*[feature] * 9), "lines.geojson")
    with pytest.raises(BoundaryError) as refusal:
        load_boundaries(write(tmp_path, collection(*TWO)))
    assert (refusal.value.key, refusal.value.values["count"]) == ("boundaries.missing_dashes", 9)
    assert t(refusal.value.key, **refusal.value.values)
