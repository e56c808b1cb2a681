from __future__ import annotations

import gzip
import hashlib
import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from tools.build_boundaries import write_topologies
from tools.topology import STEP, area_topology, line_topology

if TYPE_CHECKING:
    from geo.boundaries import Boundaries

STATIC = Path(__file__).parents[2] / "static" / "geo"
DATA = Path(__file__).parents[1] / "data"
MANIFEST: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
NATION = ("provinces", "cities", "counties")
# Simplified islets keep their place within this (notes on maps: a polygon within 0.12 degrees)
ISLAND_REACH = 0.12


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((STATIC / MANIFEST[name]).read_text(encoding="utf-8"))
    return document


def decoded_arcs(document: dict[str, Any]) -> list[np.ndarray]:
    scale, translate = document["transform"]["scale"], document["transform"]["translate"]
    return [np.cumsum(arc, axis=0) * scale + translate for arc in document["arcs"]]


def ring(numbers: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    pieces = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])


def shapes_of(document: dict[str, Any]) -> dict[str, shapely.MultiPolygon]:
    """Decode as a browser does: shell and holes of each polygon from its arcs."""
    arcs = decoded_arcs(document)
    shapes: dict[str, shapely.MultiPolygon] = {}
    for geometry in document["objects"]["areas"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        rings = [[ring(numbers, arcs) for numbers in polygon] for polygon in polygons]
        shapes[geometry["id"]] = shapely.MultiPolygon([(shell, holes) for shell, *holes in rings])
    return shapes


@pytest.mark.parametrize("name", NATION)
def test_names_parents_and_labels_are_those_of_the_boundaries(boundaries: Boundaries, name: str) -> None:
    geometries = read(name)["objects"]["areas"]["geometries"]
    found = [(row["id"], *row["properties"].values()) for row in geometries]
    areas = getattr(boundaries, name)
    labels = areas[["lon", "lat"]].to_numpy().tolist()
    assert found == list(zip(areas["adcode"], areas["name"], areas["parent"], labels, strict=True))
    assert set(geometries[0]["properties"]) == {"name", "parent", "c"}


@pytest.mark.parametrize("level", ["counties", "cities"])
def test_each_province_has_a_file_of_its_areas(boundaries: Boundaries, level: str) -> None:
    areas = getattr(boundaries, level)
    for province in boundaries.provinces["adcode"]:
        geometries = read(f"{level}-{province[:2]}")["objects"]["areas"]["geometries"]
        assert [row["id"] for row in geometries] == list(areas["adcode"][areas["province"] == province])


@pytest.mark.parametrize("name", [*NATION, "counties-44", "counties-46", "counties-71", "cities-46", "cities-71"])
def test_no_island_is_simplified_away(boundaries: Boundaries, name: str) -> None:
    shapes = shapes_of(read(name))
    for _, island in islands_of(name).iterrows():
        county = boundaries.counties.set_index("adcode").loc[island["county_adcode"]]
        level, _, _ = name.partition("-")
        code = {"counties": county.name, "cities": county["city"], "provinces": county["province"]}[level]
        assert shapes[code].distance(shapely.Point(island["lon"], island["lat"])) < ISLAND_REACH


def islands_of(name: str) -> pd.DataFrame:
    islands = pd.read_csv(DATA / "island_points.csv", dtype={"province_adcode": str, "county_adcode": str})
    assert len(islands) == 6
    found = islands if name in NATION else islands[islands["province_adcode"] == f"{name[-2:]}0000"]
    assert not found.empty
    return found


@pytest.mark.parametrize("name", NATION)
def test_no_part_and_no_hole_is_lost(boundaries: Boundaries, name: str) -> None:
    shapes = shapes_of(read(name))
    areas = getattr(boundaries, name)
    parts = pd.Series(shapely.get_num_geometries(areas.geometry.to_numpy()), index=areas["adcode"])
    assert {code: len(shape.geoms) for code, shape in shapes.items()} == parts.to_dict()


@pytest.mark.parametrize("name", NATION)
def test_shapes_are_near_enough_to_the_boundaries(boundaries: Boundaries, name: str) -> None:
    shapes = shapes_of(read(name))
    areas = getattr(boundaries, name)
    drawn = shapely.area(np.array([shapes[code] for code in areas["adcode"]]))
    true = shapely.area(areas.geometry.to_numpy())
    assert abs(drawn.sum() / true.sum() - 1) < 0.001
    assert np.median(np.abs(drawn / true - 1)) < 0.02
    assert sum(not shape.is_valid for shape in shapes.values()) <= 2


def test_neighbours_share_their_border() -> None:
    document = read("counties")
    rings = chain.from_iterable(
        row["arcs"] if row["type"] == "Polygon" else chain.from_iterable(row["arcs"])
        for row in document["objects"]["areas"]["geometries"]
    )
    uses = np.bincount([number if number >= 0 else ~number for ring in rings for number in ring])
    assert len(uses) == len(document["arcs"])
    assert set(uses) == {1, 2}


def test_lines_have_ten_dashes() -> None:
    document = read("lines")
    lines = {row["properties"]["kind"]: row for row in document["objects"]["lines"]["geometries"]}
    assert list(lines) == ["province", "special_region", "south_china_sea", "undetermined"]
    dashes = [ring(numbers, decoded_arcs(document)) for numbers in lines["south_china_sea"]["arcs"]]
    assert len(dashes) == 10
    assert dashes[-1][0] == pytest.approx((122.7914, 24.5858), abs=1e-4)


def test_files_are_small_and_named_by_their_content() -> None:
    assert {path.name for path in STATIC.iterdir()} == {*MANIFEST.values(), "manifest.json"}
    for name, file in MANIFEST.items():
        content = (STATIC / file).read_bytes()
        assert file == f"{name}-{hashlib.sha256(content).hexdigest()[:8]}.json"
    packed = {name: len(gzip.compress((STATIC / MANIFEST[name]).read_bytes())) for name in NATION}
    assert packed["counties"] <= 400_000
    assert packed["cities"] <= 150_000
    assert packed["provinces"] <= 60_000


@pytest.mark.nightly  # the last bit of a projection, and so a file's bytes, may differ between builds of PROJ
def test_the_same_boundaries_give_the_same_bytes(boundaries: Boundaries, tmp_path: Path) -> None:
    write_topologies(boundaries, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in STATIC.iterdir()
    }


class TestAreaTopology:
    @staticmethod
    def write(*shapes: shapely.Geometry) -> dict[str, Any]:
        ids = [str(i) for i in range(len(shapes))]
        document: dict[str, Any] = json.loads(area_topology(np.array(shapes, dtype=object), ids, [{} for _ in ids]))
        return document

    def test_a_border_is_stored_once_and_walked_both_ways(self) -> None:
        document = self.write(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1))
        first, second = (row["arcs"][0] for row in document["objects"]["areas"]["geometries"])
        assert len(document["arcs"]) == 3
        assert {~number for number in first} & set(second)

    def test_an_enclave_shares_its_whole_ring(self) -> None:
        inner = shapely.box(1, 1, 2, 2)
        document = self.write(shapely.box(0, 0, 3, 3) - inner, inner)
        assert len(document["arcs"]) == 2
        decoded = shapes_of(document)
        assert decoded["0"].area == pytest.approx(8)
        assert decoded["1"].equals(inner)

    def test_holes_and_parts_come_back(self) -> None:
        shape = shapely.union(shapely.box(0, 0, 4, 4) - shapely.box(1, 1, 2, 2), shapely.box(5, 5, 6, 6))
        assert shapes_of(self.write(shape))["0"].equals(shape)

    def test_a_ring_below_the_grid_becomes_the_smallest_triangle(self) -> None:
        dot = shapely.box(1, 1, 1 + STEP / 10, 1 + STEP / 10)
        decoded = shapes_of(self.write(shapely.box(0, 0, 0.5, 0.5), dot))["1"]
        assert decoded.is_valid
        assert 0 < decoded.area <= STEP**2
        assert decoded.distance(dot) < STEP

    def test_where_a_ring_starts_does_not_matter(self) -> None:
        corners = [(0, 0), (2, 0), (2, 2), (0, 2)]
        turned = [shapely.Polygon(corners[i:] + corners[:i]) for i in range(4)]
        assert len({json.dumps(self.write(shape)) for shape in turned}) == 1


def test_lines_keep_their_points() -> None:
    line = shapely.LineString([(110, 10), (110.5, 10.25), (110.5, 10.25), (109, 12)])
    document = json.loads(line_topology(np.array([line]), [{"kind": "a"}]))
    assert document["objects"]["lines"]["geometries"] == [
        {"type": "LineString", "arcs": [0], "properties": {"kind": "a"}}
    ]
    assert decoded_arcs(document)[0] == pytest.approx(np.array([(110, 10), (110.5, 10.25), (109, 12)]))
