"""A plan tried out: from the list to the two files, on the command line too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from coverage.export.whatif import FIGURE_COLUMNS, SHARE_COLUMNS, figures_sheet, gap_shares, survival_sheet
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.intake import Source, read_lists
from coverage.pipeline import Plan, make_plan
from coverage.whatif import candidates_of, try_out
from store.places import the_boundaries, the_divisions
from tests.grouping.cases import settings
from tests.test_cli import read_rows, run, write_list

if TYPE_CHECKING:
    from pathlib import Path

    from coverage.whatif import Trial

HEADER = "社会组织名称,所在区县,经度,纬度,坐标系,正式党员数,行业代码,指导员名额"
# Two counties; only the list's second one states instructors.
ROWS = (
    "甲协会,370102,117.070,36.660,wgs84,2,8330,",
    "乙协会,370102,117.071,36.660,wgs84,1,8330,",
    "丙协会,370102,117.072,36.690,wgs84,2,8330,",
    "丁商会,370102,117.172,36.761,wgs84,2,9529,",
    "戊学会,370103,117.000,36.660,wgs84,2,8412,1",
    "己学会,370103,116.999,36.640,wgs84,1,8412,",
    "庚商会,370103,116.998,36.641,wgs84,4,9529,",
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    source = Source("list.csv", "\n".join([HEADER, *ROWS]).encode())
    rules = settings(instructor_slots=2)
    intake = read_lists([source], settings=rules, crs=None)
    return make_plan(intake, rules, divisions=the_divisions(), boundaries=the_boundaries())


@pytest.fixture(scope="module")
def trial(plan: Plan) -> Trial:
    return try_out(plan, divisions=the_divisions(), runs=2)


def test_a_county_alone_has_the_candidates_it_has_among_all(plan: Plan) -> None:
    everybody = candidates_of(plan, divisions=the_divisions())
    for county in ("370102", "370103"):
        alone = candidates_of(plan, divisions=the_divisions(), adcode=county)
        pd.testing.assert_frame_equal(alone, everybody[everybody["adcode"] == county].reset_index(drop=True))


def test_slots_are_those_of_the_whole_list_whatever_part_of_it_is_grouped(plan: Plan) -> None:
    everybody = candidates_of(plan, divisions=the_divisions())
    part = everybody[everybody["adcode"] == "370102"].reset_index(drop=True)
    blocks = split_blocks(part, read_sites(part), plan.settings)
    assert [block.slots for block in blocks] == plan.blocks.loc[plan.blocks["adcode"] == "370102", "slots"].tolist()
    assert plan.blocks["slots"].tolist() == [0, 1]


def test_the_plan_itself_is_the_first_case(plan: Plan, trial: Trial) -> None:
    now = trial.figures[(trial.figures["parameter"] == "now") & (trial.figures["adcode"] == "")].iloc[0]
    assert now["covered"] == plan.blocks["covered"].sum() > 0
    assert now["cost"] == pytest.approx(plan.blocks["cost"].sum())
    assert set(trial.units["group_id"]) == set(plan.groups["group_id"])
    assert trial.missing.empty


def test_a_county_alone_is_tried_as_among_all(plan: Plan, trial: Trial) -> None:
    alone = try_out(plan, divisions=the_divisions(), adcode="370103", runs=2)
    whole = trial.figures[trial.figures["adcode"] == "370103"].reset_index(drop=True)
    own = alone.figures[alone.figures["adcode"] == "370103"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, whole)
    assert set(alone.units["adcode"]) == {"370103"}


def test_the_sheet_of_figures_names_counties_and_values(plan: Plan, trial: Trial) -> None:
    sheet = figures_sheet(trial.figures, plan.measures)
    assert tuple(sheet.columns) == FIGURE_COLUMNS
    assert sheet["county_name"].unique().tolist() == ["合计", "历下区", "市中区"]
    assert sheet.loc[sheet["parameter"] == "limit", "value"].unique().tolist() == [
        "0.5",
        "0.75",
        "1",
        "1.25",
        "1.5",
        "2",
    ]
    assert set(sheet["proved"]) == {"已证明最优"}
    assert sheet.loc[sheet["parameter"] == "now", "value"].eq("").all()


def test_the_sheet_of_units_has_the_least_sure_first(plan: Plan, trial: Trial) -> None:
    sheet = survival_sheet(trial, plan.groups, plan.measures)
    assert tuple(sheet.columns) == SHARE_COLUMNS
    assert len(sheet) == len(plan.groups)
    for _, rows in sheet.groupby("county"):
        assert rows["total"].astype(float).is_monotonic_increasing
    is_member = (sheet["role"] == "member").to_numpy()
    np.testing.assert_array_equal((sheet["with_lead"] != "").to_numpy(), is_member)


def test_the_gap_is_a_share_of_travel_and_none_where_it_is_proved() -> None:
    figures = pd.DataFrame(
        {
            "cost": [110.0, 110.0, 100.0],
            "bound": [109.5, 109.5, 90.0],
            "travel": [10.0, 10.0, 0.0],
            "is_proved": [False, True, False],
        }
    )
    assert gap_shares(figures).tolist() == [0.05, 0, 0]


def test_the_command_writes_both_files_of_one_county(tmp_path: Path) -> None:
    source = write_list(tmp_path / "list.csv")
    done = run("what-if", source, "--out", tmp_path / "out", "--county", "370102", "--header", "code", "--runs", "1")
    assert done.returncode == 0
    assert done.stderr.startswith("已试算 17 种参数取值和 1 个建议组")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["survival.csv", "what-if.csv"]
    assert {row["county"] for row in read_rows(tmp_path / "out" / "what-if.csv")} == {"", "370102"}
    assert {row["role"] for row in read_rows(tmp_path / "out" / "survival.csv")} == {"lead", "member"}

    refused = run("what-if", source, "--out", tmp_path / "out", "--county", "510524")
    assert refused.returncode == 2
    assert "510524" in refused.stderr
