"""Synthetic lists: marked, the same for the same seed, near the published figures, clean or soiled in known numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from coverage.export import csv_blocks
from coverage.fields import BY_CODE
from coverage.intake import Intake, Source, read_lists
from coverage.locating import locate
from coverage.settings import PlanSettings
from coverage.synthesis import MARK, NOTE_COLUMN, NOTICE, find_province, synthesise
from coverage.synthesis.dirt import KINDS, Soiled
from coverage.synthesis.draws import rank_within, share_out
from coverage.synthesis.figures import MEMBERS, OF_AGE, OF_CLASS, OF_TYPE
from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
from geo.divisions import load_divisions
from geo.errors import InputError
from tests.test_cli import run
from ui.commands.synth import synth

if TYPE_CHECKING:
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = PlanSettings(as_of=date(2026, 1, 1))
ORGS = 20_000


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return load_boundaries(DEFAULT_DIRECTORY)


@pytest.fixture(scope="module")
def nation(divisions: Divisions, boundaries: Boundaries) -> pd.DataFrame:
    return synthesise(ORGS, seed=1, divisions=divisions, counties=boundaries.counties).table


def read(table: pd.DataFrame) -> Intake:
    headers = {str(name): BY_CODE[str(name)].aliases[0] for name in table if name in BY_CODE}
    content = b"".join(csv_blocks(table, headers=headers))
    return read_lists([Source("synth.csv", content)], settings=SETTINGS, crs=None)


def shares(values: pd.Series) -> dict[str, float]:
    return {str(name): float(share) for name, share in values.value_counts(normalize=True).items()}


def test_every_row_says_that_nothing_is_real(nation: pd.DataFrame) -> None:
    assert nation.columns[0] == NOTE_COLUMN
    assert (nation[NOTE_COLUMN] == NOTICE).all()
    assert nation["name"].str.startswith(MARK).all()
    assert (nation["uscc"].str[8:10] == "YY").all()


def test_a_clean_list_has_no_finding_but_its_note(nation: pd.DataFrame, divisions: Divisions) -> None:
    intake = read(nation)
    assert (intake.rows_in, intake.rejected, len(intake.orgs)) == (ORGS, 0, ORGS)
    assert intake.problems["code"].tolist() == ["F13"]
    places, problems = locate(
        intake.orgs, divisions=divisions, boundaries=load_boundaries(DEFAULT_DIRECTORY), settings=SETTINGS
    )
    assert problems.empty
    assert (places["adcode"] == nation["county"]).all()


def test_points_lie_in_their_counties_and_townships_are_theirs(
    nation: pd.DataFrame, divisions: Divisions, boundaries: Boundaries
) -> None:
    shapes = boundaries.counties.set_index("adcode").geometry.reindex(nation["county"]).to_numpy()
    assert shapely.intersects_xy(shapes, nation["lon"].astype(float), nation["lat"].astype(float)).all()
    known = pd.MultiIndex.from_frame(divisions.townships[["adcode", "name"]])
    assert pd.MultiIndex.from_frame(nation[["county", "township"]]).isin(known).all()


def test_types_fields_ages_and_members_are_near_the_figures(nation: pd.DataFrame) -> None:
    for column, figures in (("org_type", OF_TYPE), ("class14", OF_CLASS)):
        total = sum(figures.values())
        assert shares(nation[column]) == pytest.approx(
            {name: figure / total for name, figure in figures.items() if figure}, abs=0.01
        )
    age = (pd.Timestamp("2025-12-31") - pd.to_datetime(nation["reg_date"])).dt.days / 365.25
    total_age = sum(share for *_, share in OF_AGE)
    for low, high, share in OF_AGE:
        assert age.between(low, high, inclusive="left").mean() == pytest.approx(share / total_age, abs=0.015)
    members = nation["n_full"].astype(int)
    found = [(members == 0).mean(), (members == 1).mean(), (members == 2).mean(), (members >= 3).mean()]
    assert found == pytest.approx(list(MEMBERS), abs=0.015)


def test_provinces_have_their_published_numbers(nation: pd.DataFrame) -> None:
    found = nation["county"].str[:2].value_counts()
    assert found["44"] == pytest.approx(ORGS * 6.6 / 80.5, rel=0.01)
    assert found["32"] == pytest.approx(ORGS * 9.0 / 80.5, rel=0.01)
    east = found[["31", "32", "33", "34", "35", "36", "37"]].sum()
    assert east == pytest.approx(ORGS * 29.17 / 80.5, rel=0.01)


def test_shared_units_have_several_organisations_and_the_members_of_all(nation: pd.DataFrame) -> None:
    joint = nation[nation["unit_form"] == "联合党支部"]
    units = joint.groupby(["county", "superior", "unit_name"])
    assert (units["name"].transform("size").astype(str) == joint["unit_units"]).all()
    size = (joint["n_full"].astype(int) + joint["prob"].astype(int)).groupby(
        [joint["county"], joint["superior"], joint["unit_name"]]
    )
    assert (size.transform("sum").astype(str) == joint["unit_members"]).all()
    assert joint["unit_units"].astype(int).between(2, 4).all()


def test_several_organisations_share_buildings(nation: pd.DataFrame) -> None:
    in_buildings = nation[nation["site"] != ""]
    assert 0.1 < len(in_buildings) / len(nation) < 0.3
    points = in_buildings.groupby(["county", "township", "site"])[["lon", "lat"]].nunique()
    assert (points == 1).all(axis=None)


@pytest.mark.parametrize("name", ["浙江省", "浙江", "330000"])
def test_a_province_alone(name: str, divisions: Divisions, boundaries: Boundaries) -> None:
    code = find_province(name, divisions)
    table = synthesise(500, seed=2, divisions=divisions, counties=boundaries.counties, province=code).table
    assert (table["county"].str[:2] == "33").all()
    assert len(table) == 500


@pytest.mark.parametrize("name", ["", "火星", "台湾"])
def test_a_province_that_no_list_can_be_made_of(name: str, divisions: Divisions) -> None:
    assert find_province(name, divisions) == ""


def test_dirt_is_found_as_often_as_it_was_put_in(divisions: Divisions, boundaries: Boundaries) -> None:
    soiled = synthesise(4_000, seed=3, divisions=divisions, counties=boundaries.counties, dirt=0.3)
    intake = read(soiled.table)
    _, elsewhere = locate(intake.orgs, divisions=divisions, boundaries=boundaries, settings=SETTINGS)
    found = pd.concat([intake.problems, elsewhere])["code"].value_counts()
    wanted = soiled.manifest[soiled.manifest["code"] != ""].groupby("code")["rows"].sum()
    assert {code: found.get(code, 0) for code in wanted.index} == wanted.to_dict()
    assert set(found.index) - set(wanted.index) <= {"F13"}
    assert intake.rows_in == len(intake.orgs) + intake.rejected
    assert intake.rejected == rows_of(soiled, "nameless") + rows_of(soiled, "repeated")


def test_dirt_without_a_finding_is_read_as_what_it_means(divisions: Divisions, boundaries: Boundaries) -> None:
    clean = synthesise(3_000, seed=4, divisions=divisions, counties=boundaries.counties).table
    soiled = synthesise(3_000, seed=4, divisions=divisions, counties=boundaries.counties, dirt=0.2).table
    read_all = {kind: read(table).orgs.set_index("name") for kind, table in (("clean", clean), ("soiled", soiled))}
    changed = soiled.iloc[:3_000]["n_full"].str.endswith(("名", ".0")) | soiled.iloc[:3_000]["n_full"].str.contains(
        "[０-９]"
    )
    names = clean.loc[changed.to_numpy(), "name"]
    assert len(names) == 3 * (600 // (len(KINDS) + 1))
    assert (read_all["soiled"].loc[names, "n_full"] == read_all["clean"].loc[names, "n_full"]).all()


def test_points_and_counties_in_other_words_are_read_as_what_they_mean(
    divisions: Divisions, boundaries: Boundaries
) -> None:
    clean = synthesise(3_000, seed=4, divisions=divisions, counties=boundaries.counties).table
    soiled = synthesise(3_000, seed=4, divisions=divisions, counties=boundaries.counties, dirt=0.2)
    orgs = read(soiled.table).orgs
    places, _ = locate(orgs, divisions=divisions, boundaries=boundaries, settings=SETTINGS)
    found = orgs.assign(adcode=places["adcode"]).set_index("name")
    is_other = (clean[["county", "crs"]] != soiled.table[["county", "crs"]].iloc[:3_000]).any(axis=1)
    meant = clean[is_other & clean["name"].isin(found.index)].set_index("name")
    kinds = ("gcj02", "spaced_county", "former_county", "no_county")
    assert len(meant) == sum(rows_of(soiled, kind) for kind in kinds)
    assert rows_of(soiled, "former_county") > 0
    assert (found.loc[meant.index, "adcode"] == meant["county"]).all()
    for axis in ("lon", "lat"):
        assert found.loc[meant.index, axis].to_numpy() == pytest.approx(meant[axis].astype(float).to_numpy(), abs=2e-6)


def rows_of(soiled: Soiled, kind: str) -> int:
    return int(soiled.manifest.loc[soiled.manifest["kind"] == kind, "rows"].sum())


def test_largest_remainders_add_up() -> None:
    assert share_out(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert share_out(0, [1, 2]).tolist() == [0, 0]


def test_places_within_groups() -> None:
    assert rank_within(np.array([5, 1, 5, 1, 1], dtype=np.intp)).tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("ending", ["xlsx", "XLS"])
def test_a_workbook_is_refused_rather_than_misnamed(ending: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        synth(orgs=5, out=tmp_path / f"list.{ending}")
    assert refusal.value.key == "synth.only_csv"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", ["0", pytest.param("2", marks=pytest.mark.nightly)])
def test_the_same_seed_writes_the_same_bytes(hash_seed: str, tmp_path: Path) -> None:
    here, apart = tmp_path / "here.csv", tmp_path / "apart.csv"
    command = ["synth", "--orgs", "300", "--seed", "7", "--out"]
    assert run(*command, here).returncode == 0
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    subprocess.run([sys.executable, ROOT / "cli.py", *command, apart], check=True, timeout=120, env=environment)
    assert apart.read_bytes() == here.read_bytes()
