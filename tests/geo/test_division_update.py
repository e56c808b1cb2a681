"""The yearly update of the divisions, on a province of squares."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.boundaries import load_boundaries
from geo.divisions import build_matcher, current_codes, find_counties, load_divisions
from tools.build_boundaries import write_boundaries
from tools.update_divisions import main

if TYPE_CHECKING:
    from pathlib import Path

#: adcode, name, city, west edge, east edge: four counties side by side between 30 and 31 degrees north.
BEFORE = [
    ("330102", "甲区", "3301", 110, 111),
    ("330121", "乙县", "3301", 111, 112),
    ("330122", "丙县", "3301", 112, 114),
    ("330202", "丁区", "3302", 114, 115),
]
#: 乙县 became 乙市 with another code; 丙县 was split; 丁区 is called 戊区, code as before.
AFTER = [
    ("330102", "甲区", "3301", 110, 111),
    ("330182", "乙市", "3301", 111, 112),
    ("330112", "己区", "3301", 112, 113),
    ("330113", "庚区", "3301", 113, 114),
    ("330202", "戊区", "3302", 114, 115),
]
SUCCESSORS = "old_adcode,old_name,adcode,name\n"


def write_areas(folder: Path, counties: list[tuple[str, str, str, int, int]]) -> Path:
    """Boundaries as build_boundaries writes them, from counties alone."""
    own = folder / "own"
    own.mkdir(parents=True)
    rows = [
        {"adcode": code, "name": name, "kind": "市辖区", "city": f"{city}00", "city_name": f"市{city}",
         "province": "330000", "province_name": "某省", "geometry": shapely.box(west, 30, east, 31)}
        for code, name, city, west, east in counties
    ]  # fmt: skip
    gpd.GeoDataFrame(rows, crs=4326).to_parquet(own / "counties.parquet")
    write_boundaries(load_boundaries(own), folder / "boundaries")
    return folder / "boundaries"


@pytest.fixture
def places(template: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """The new boundaries, the old ones, and a gazetteer of the old ones."""
    shutil.copytree(template, tmp_path / "places")
    folder = tmp_path / "places"
    return folder / "new" / "boundaries", folder / "old" / "boundaries", folder / "gazetteer"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("divisions")
    old, _ = write_areas(folder / "old", BEFORE), write_areas(folder / "new", AFTER)
    gazetteer = folder / "gazetteer"
    gazetteer.mkdir()
    areas = load_boundaries(old)
    tables = {
        "provinces": areas.provinces[["adcode", "name", "short_name", "lon", "lat", "area_km2"]],
        "cities": areas.cities[["adcode", "name", "short_name", "province", "province_name", "lon", "lat", "area_km2"]],
        "counties": pd.DataFrame(areas.counties.drop(columns="geometry")).assign(
            seat_lon=[110.5, 111.6, 112.5, 114.5], seat_lat=30.5
        ),
        "aliases": pd.DataFrame([("330171", "乙县", "330121", "t")], columns=["alias", "name", "adcode", "seen_in"]),
        "retired": pd.DataFrame(
            [("330120", "老乙县", "2009", "330121", "successor")],
            columns=["old_adcode", "old_name", "last_seen", "current_adcode", "match"],
        ),
        "zones": pd.DataFrame(columns=["zone_code", "name", "city_code"]),
        "zone_counties": pd.DataFrame(
            [("高新", "市3301", "乙县", "330121"), ("临港", "市3301", "丙县", "330122")],
            columns=["zone", "city_name", "county_name", "adcode"],
        ),
    }
    for name, table in tables.items():
        table.to_csv(gazetteer / f"{name}.csv", index=False)
    townships = [("330121100", "东镇", "330121"), ("330121101", "西镇", "330121"), ("330102001", "南街道", "330102")]
    pd.DataFrame(townships, columns=["code", "name", "adcode"]).to_parquet(gazetteer / "townships.parquet")
    points = [("330121100", 111.2, 30.2), ("330102001", 110.2, 30.2)]
    pd.DataFrame(points, columns=["code", "lon", "lat"]).to_parquet(gazetteer / "township_points.parquet")
    (gazetteer / "successors.csv").write_text(SUCCESSORS, encoding="utf-8")
    return folder


def update(places: tuple[Path, Path, Path], folder: Path, *more: str) -> tuple[int, list[dict[str, str]]]:
    new, old, gazetteer = places
    diff = folder / "diff.csv"
    options = ["--as-of", "2027-01", "--old-boundaries", str(old), "--gazetteer", str(gazetteer), "--diff", str(diff)]
    code = main([str(new), *options, *more])
    with diff.open(encoding="utf-8-sig", newline="") as file:
        return code, list(csv.DictReader(file))


def confirm(gazetteer: Path, *lines: str) -> None:
    (gazetteer / "successors.csv").write_text(SUCCESSORS + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_no_county_is_withdrawn_without_a_line(
    places: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(places[2])
    code, changes = update(places, tmp_path)

    assert code == 1
    assert content(places[2]) == before
    told = {(row["change"], row["code"], row["other"]): row["evidence"] for row in changes if row["level"] == "county"}
    assert told == {
        ("new", "330112", ""): "",
        ("new", "330113", ""): "",
        ("new", "330182", ""): "",
        ("retired", "330121", ""): "",
        ("retired", "330122", ""): "",
        ("renamed", "330202", "330202"): "",
        ("proposed", "330121", "330182"): "100 % of the area, same stem",
        ("proposed", "330122", "330112"): "50 % of the area",
        ("proposed", "330122", "330113"): "50 % of the area",
    }
    complaint = capsys.readouterr().err
    assert "330121,乙县: 330182 乙市 (100 % of the area, same stem)" in complaint
    confirm(places[2], "330121,乙县,330182,乙市")
    assert update(places, tmp_path)[0] == 1  # 丙县 is still without a line
    assert "330121" not in capsys.readouterr().err.split("proposed")[-1]


def test_a_line_that_names_no_present_county_is_refused(places: tuple[Path, Path, Path], tmp_path: Path) -> None:
    confirm(places[2], "330121,乙县,330182,乙县", "330122,丙县,,")
    with pytest.raises(SystemExit, match="330182 乙县"):
        update(places, tmp_path)


def test_a_second_line_for_one_county_is_refused(places: tuple[Path, Path, Path], tmp_path: Path) -> None:
    before = content(places[2])
    confirm(places[2], "330121,乙县,330182,乙市", "330122,丙县,330112,己区", "330122,丙县,330113,庚区")
    with pytest.raises(SystemExit, match="more than one line for 330122"):
        update(places, tmp_path)
    assert content(places[2]) == before | {"successors.csv": (places[2] / "successors.csv").read_bytes()}


def test_the_townships_of_a_split_county_go_where_their_points_are(
    places: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    gazetteer = places[2]
    townships = pd.read_parquet(gazetteer / "townships.parquet")
    split = pd.DataFrame({"code": ["330122100", "330122101", "330122102"], "name": ["上镇", "下镇", "远镇"]})
    pd.concat([townships, split.assign(adcode="330122")]).to_parquet(gazetteer / "townships.parquet")
    points = pd.read_parquet(gazetteer / "township_points.parquet")
    own = pd.DataFrame([("330122100", 112.5, 30.5), ("330122101", 113.5, 30.5)], columns=["code", "lon", "lat"])
    pd.concat([points, own]).to_parquet(gazetteer / "township_points.parquet")
    confirm(gazetteer, "330121,乙县,330182,乙市", "330122,丙县,,")

    code, changes = update(places, tmp_path)

    assert code == 0
    known = load_divisions(gazetteer).townships.set_index("code")
    assert known.loc[["330122100", "330122101", "330121101"], "adcode"].tolist() == ["330112", "330113", "330182"]
    assert known.loc[["330122100", "330122101"], "lon"].tolist() == [112.5, 113.5]
    assert "330122102" not in known.index  # nobody knows where it is
    assert ("retired", "330122102") in {(row["change"], row["code"]) for row in changes}


def test_what_led_to_a_withdrawn_county_leads_to_its_successor(places: tuple[Path, Path, Path], tmp_path: Path) -> None:
    new, _, gazetteer = places
    confirm(gazetteer, "330121,乙县,330182,乙市", "330122,丙县,,")
    assert update(places, tmp_path)[0] == 0

    known = load_divisions(gazetteer)
    assert known.counties["adcode"].tolist() == sorted(code for code, *_ in AFTER)
    codes = pd.Series(["330121", "330120", "330171", "330122", "330202"], dtype="str")
    assert current_codes(codes, known).tolist() == ["330182", "330182", "330182", "", "330202"]
    texts = pd.Series(["市3301乙县某路", "市3302丁区某路", "市3302戊区某路"], dtype="str")
    assert find_counties(texts, known, matcher=build_matcher(known))["adcode"].tolist() == [
        "330182",
        "330202",
        "330202",
    ]
    seats = known.counties.set_index("adcode")["seat_lon"]
    assert seats[["330102", "330182", "330112"]].tolist() == [110.5, 111.6, 112.5]
    assert seats.isna()["330113"]
    assert known.zone_counties.to_numpy().tolist() == [["高新", "市3301", "乙市", "330182"]]
    assert known.townships.set_index("code")["adcode"].to_dict()["330121100"] == "330182"
    assert known.townships["lon"].notna().sum() == 2

    after = content(gazetteer)
    shutil.rmtree(places[1])
    shutil.copytree(new, places[1])
    assert update(places, tmp_path) == (0, [])  # nothing is left to do
    assert content(gazetteer) == after


def test_new_townships_take_over_the_points_of_their_namesakes(places: tuple[Path, Path, Path], tmp_path: Path) -> None:
    confirm(places[2], "330121,乙县,330182,乙市", "330122,丙县,,")
    streets = tmp_path / "streets.csv"
    streets.write_text(
        "code,name,areaCode,cityCode,provinceCode\n"
        "330182100,东镇,330182,3301,33\n330102001,南街道,330102,3301,33\n330112001,新街道,330112,3301,33\n",
        encoding="utf-8",
    )
    code, changes = update(places, tmp_path, "--streets", str(streets))

    assert code == 0
    told = [(row["change"], row["code"], row["other"]) for row in changes if row["level"] == "township"]
    assert told == [
        ("new", "330112001", ""),
        ("proposed", "330121100", "330182100"),
        ("retired", "330121100", ""),
        ("retired", "330121101", ""),
        ("new", "330182100", ""),
    ]
    known = load_divisions(places[2]).townships.set_index("code")
    assert known.loc["330182100", "lon"] == 111.2
    assert known["lon"].isna().to_dict() == {"330102001": False, "330112001": True, "330182100": False}
