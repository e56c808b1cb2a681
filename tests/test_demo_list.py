"""The demonstration list shows every remedy, marks itself, and holds nothing real about anybody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from coverage.intake import Source, read_lists
from coverage.pipeline import Plan, make_plan
from coverage.settings import load_settings
from coverage.vocabulary import Measure
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

FOLDER = Path(__file__).parent.parent / "data/orgs"


@pytest.fixture(scope="module")
def plan() -> Plan:
    settings = load_settings((FOLDER / "demo-huzhou.toml").read_text(encoding="utf-8"), as_of=date(2026, 1, 1))
    list_file = Source("demo-huzhou.csv", (FOLDER / "demo-huzhou.csv").read_bytes())
    intake = read_lists([list_file], settings=settings, crs=None)
    return make_plan(intake, settings, divisions=load_divisions(), boundaries=load_boundaries())


def test_every_measure_of_the_rulebook_occurs(plan: Plan) -> None:
    assert set(plan.measures["measure"]) == {measure.value for measure in Measure} - {Measure.SMALL.value}


def test_every_form_of_unit_is_proposed(plan: Plan) -> None:
    assert set(plan.groups["form"]) == {"joint", "attached", "regional", "industry"}


def test_every_organisation_is_marked_as_an_example(plan: Plan) -> None:
    assert plan.orgs["name"].str.startswith("示例·").all()


def test_only_the_planted_row_is_rejected(plan: Plan) -> None:
    rejected = plan.problems[plan.problems["severity"] == "rejected"]
    assert list(rejected["code"]) == ["V11"]
    assert plan.rows_in == len(plan.orgs) + len(rejected) == 3_000


def test_the_list_is_of_one_city_in_five_counties(plan: Plan) -> None:
    counties = plan.places.loc[plan.places["adcode"] != "", "adcode"]
    assert set(counties) == {"330502", "330503", "330521", "330522", "330523"}
