"""Worked cases of GROUPING.md and RULEBOOK §4.3, §5: one behaviour each."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

import words
from coverage.grouping import Grouping, propose_groups
from coverage.grouping.similarity import EVIDENCES
from coverage.tables import Groups, Outcomes
from tests.grouping import cases

FAR = 50_000.0


def plan(*rows: dict[str, Any], **changes: Any) -> Grouping:
    return propose_groups(cases.candidates(*rows), cases.settings(**changes))


def measures(grouping: Grouping) -> list[str]:
    return grouping.outcomes["measure"].tolist()


PAIR = ({"n": 2}, {"n": 1, "east_m": 500.0})


@pytest.mark.parametrize(
    ("rows", "changes", "expected"),
    [
        pytest.param([], {}, [], id="empty list"),
        pytest.param([{"n": 2}], {}, ["M26"], id="alone"),
        pytest.param([*PAIR], {}, ["M22", "M22"], id="2+1"),
        pytest.param([{"n": 1}, {"n": 1}], {}, ["M26", "M26"], id="1+1"),
        pytest.param([{"n": 1}] * 3, {"joint_max_units": 2}, ["M26"] * 3, id="1+1+1 but two to a unit"),
        pytest.param([{"n": 2, "east_m": 2999.0}, {"n": 1}], {}, ["M22", "M22"], id="just within"),
        pytest.param([{"n": 2, "east_m": 3001.0}, {"n": 1}], {}, ["M26", "M26"], id="just beyond"),
        pytest.param([{"n": 2, "superior": "p"}, {"n": 1}], {}, ["M26", "M26"], id="recorded and blank"),
        pytest.param([{"n": 2, "superior": "p"}, {"n": 1}], {"same_superior": "prefer"}, ["M22"] * 2, id="prefer"),
        pytest.param([{"n": 2, "adcode": "370103"}, {"n": 1}], {}, ["M26", "M26"], id="two counties"),
        pytest.param([{"n": 2, "adcode": ""}, {"n": 1, "adcode": ""}], {}, ["M26", "M26"], id="no county"),
        pytest.param([{"n": 2, "is_precise": False}, {"n": 1}], {}, ["M26", "M26"], id="no point"),
        pytest.param([{"n": 1}, {"kind": "host", "n": 5}], {}, ["M23"], id="host"),
        pytest.param([{"n": 1}, {"kind": "host", "n": 50}], {}, ["M26"], id="host of 50"),
        pytest.param([{"n": 1}, {"kind": "host", "n": 48, "size": 50}], {}, ["M26"], id="50 with probationary"),
        pytest.param([{"n": 1}, {"kind": "host", "n": 5}], {"host_max_orgs": 0}, ["M26"], id="no guests wanted"),
        pytest.param([{"n": 2, "slots": 1}], {}, ["M21"], id="slot for two"),
        pytest.param([{"n": 1, "slots": 1}], {}, ["M26"], id="slot is no help for one"),
        pytest.param([{"n": 1, "slots": 1}], {"profile": "2012"}, ["M21"], id="2012: slot for one"),
        pytest.param([{"n": 2, "is_precise": False, "slots": 1}], {}, ["M21"], id="slot without a point"),
        pytest.param([{"n": 2}], {"instructor_slots": 1}, ["M21"], id="slots by settings"),
        pytest.param([{"n": 2, "slots": 0}], {"instructor_slots": 1}, ["M26"], id="stated slots count"),
        pytest.param([{"n": 2, "slots": 1}, {"n": 1, "slots": 1}], {}, ["M22", "M22"], id="coverage before preference"),
        pytest.param([{"n": 2, "size": 40}, {"n": 1, "size": 11}], {}, ["M26", "M26"], id="51 members"),
        pytest.param([{"n": 2, "size": 39}, {"n": 1, "size": 11}], {}, ["M22", "M22"], id="50 members"),
    ],
)
def test_measure(rows: list[dict[str, Any]], changes: dict[str, Any], expected: list[str]) -> None:
    assert measures(plan(*rows, **changes)) == expected


def test_one_building_of_sixty_is_all_in_joint_units_and_proved() -> None:
    grouping = plan(*({"org_id": f"A{number:03}", "n": 1 + number % 2} for number in range(60)))
    assert set(measures(grouping)) == {"M22"}
    assert grouping.blocks["is_proved"].all()


def test_a_building_of_single_members_forms_as_many_units_as_there_are_threes() -> None:
    grouping = plan(*({"org_id": f"A{number:03}", "industry_code": f"{8310 + number}"} for number in range(20)))
    assert set(measures(grouping)) == {"M22"}
    assert grouping.groups["group_id"].nunique() == 6


def test_a_grid_is_covered() -> None:
    rows = [
        {"org_id": f"A{x}{y}", "n": 1, "east_m": 900.0 * x, "north_m": 900.0 * y} for x in range(6) for y in range(6)
    ]
    assert set(measures(plan(*rows))) == {"M22"}


def test_the_cheapest_lead_leads_and_ties_go_to_the_first_id() -> None:
    chain = [{"n": 1, "east_m": 1800.0 * number, "limit_m": 2000.0} for number in range(3)]
    roles = plan(*chain).groups.set_index("org_id")["role"]
    assert roles.to_dict() == {"A01": "lead", "A00": "member", "A02": "member"}
    assert plan(*PAIR).groups.set_index("org_id")["role"].to_dict() == {"A00": "lead", "A01": "member"}


def test_a_group_keeps_its_id_when_others_come_and_go() -> None:
    alone = plan(*PAIR).groups
    beside = plan(*PAIR, {"n": 2, "east_m": FAR}, {"n": 2, "east_m": FAR}).groups
    assert set(alone["group_id"]) < set(beside["group_id"])
    assert alone["group_id"].str.fullmatch(r"G[0-9a-f]{10}").all()


def test_five_around_a_host_of_four_places_leave_the_farthest_out() -> None:
    around = [(200, 0), (63, 195), (-166, 120), (-170, -124), (68, -209)]  # more than 230 m apart
    rows = [{"n": 1, "limit_m": 225.0, "east_m": float(east), "north_m": float(north)} for east, north in around]
    grouping = plan(*rows, {"kind": "host", "n": 9})
    assert measures(grouping) == ["M23", "M23", "M23", "M23", "M26"]
    left = grouping.outcomes.iloc[4]
    assert (left["reason"], left["way_out"], left["way_out_value"]) == ("host_full", "host_max_orgs", 5)


REASONS = [  # rows, reason and way out of the first
    ([{"adcode": ""}], "no_county", "locate"),
    ([{"is_precise": False}], "no_point", "locate"),
    ([{"n": 1}], "alone", "members"),
    ([{"n": 2}, {"n": 1, "east_m": 4000.4}], "nobody_near", "travel_limit"),
    ([{"n": 1}, {"n": 1}], "few_members", "members"),
    ([{"n": 1}, *({"n": 1, "limit_m": 1.0, "east_m": metres} for metres in (100.0, 109.0))], "no_joint", "members"),
    ([{"n": 2, "size": 30}, {"n": 2, "size": 30}], "no_joint", "instructor_slots"),
    ([{"n": 2, "superior": "p"}, {"n": 1}], "other_superior", "same_superior"),
    ([{"n": 2}, {"kind": "host", "n": 50}], "host_no_room", "instructor_slots"),
]


@pytest.mark.parametrize(("rows", "reason", "way_out"), REASONS)
def test_whoever_is_left_out_knows_why(rows: list[dict[str, Any]], reason: str, way_out: str) -> None:
    first = plan(*rows).outcomes.iloc[0]
    assert (first["reason"], first["way_out"]) == (reason, way_out)


def test_a_reason_has_its_numbers() -> None:
    first = plan({"n": 2}, {"n": 1, "east_m": 4000.4}).outcomes.iloc[0]
    assert first["nearest_m"] == pytest.approx(4000.4, abs=0.01)
    assert (first["limit_m"], first["reachable"], first["way_out_value"]) == (3000.0, 2, 4001.0)
    assert measures(plan({"n": 2, "limit_m": 4001.0}, {"n": 1, "east_m": 4000.4})) == ["M22", "M22"]


def test_alternatives_are_what_else_would_be_possible() -> None:
    outcomes = plan(*PAIR, {"kind": "host", "n": 5}).outcomes
    assert outcomes["measure"].tolist() == ["M22", "M22"]
    assert outcomes["alternatives"].tolist() == ["M23", "M23"]
    outcomes = plan(*PAIR, {"n": 2, "slots": 1, "east_m": FAR}).outcomes
    assert outcomes["measure"].tolist() == ["M22", "M22", "M21"]
    assert outcomes["alternatives"].tolist() == ["M21", "", ""]


SIX = [{"n": 1 + (number == 0), "is_precise": False, "township": "t"} for number in range(6)]


@pytest.mark.parametrize(
    ("change", "settings", "expected"),
    [
        pytest.param({}, {}, ["M24"] * 6, id="six of a township"),
        pytest.param({"township": ""}, {}, ["M26"] * 6, id="no township"),
        pytest.param({"township": "", "site": "park"}, {}, ["M24"] * 6, id="six of a site"),
        pytest.param({}, {"area_min_orgs": 7}, ["M26"] * 6, id="too few"),
        pytest.param({"class14": "4"}, {"industry_committees": {"教育": "b"}}, ["M25"] * 6, id="one class, a body"),
        pytest.param({"class14": "4"}, {"industry_committees": {"卫生": "b"}}, ["M24"] * 6, id="one class, no body"),
    ],
)
def test_left_over(change: dict[str, Any], settings: dict[str, Any], expected: list[str]) -> None:
    assert measures(plan(*(row | change for row in SIX), **settings)) == expected


def test_seventy_per_cent_of_a_class_with_a_body_make_an_industry_unit() -> None:
    rows = [row | {"class14": "4" if number < 5 else "5"} for number, row in enumerate(SIX)]
    assert measures(plan(*rows, industry_committees={"教育": "b"})) == ["M25"] * 6


def test_a_site_does_not_strand_its_township() -> None:
    rows = [row | {"site": "park" if number < 6 else ""} for number, row in enumerate([*SIX, *SIX[:2]])]
    groups = plan(*rows).groups
    assert groups["form"].tolist() == ["regional"] * 8
    assert len(set(groups["group_id"])) == 1


def test_a_township_of_more_than_fifty_members_is_cut_along_its_communities() -> None:
    rows = [
        {
            "org_id": f"A{number:03}",
            "n": 1,
            "limit_m": 1.0,
            "township": "t",
            "east_m": 10.0 * number + 20_000.0 * (number % 2),
        }
        for number in range(80)
    ]
    groups = plan(*rows).groups
    sums = groups.groupby("group_id")["group_members"].first()
    assert len(groups) == 80
    assert sums.max() <= 50
    sides = groups["org_id"].str[1:].astype(int).mod(2).groupby(groups["group_id"]).nunique()
    assert (sides == 1).all()


def test_warnings_of_a_group() -> None:
    rows = [
        {"n": 2, "pt": 2, "location_level": "road", "level": "市", "industry_code": "8310"},
        {"n": 1, "pt": 1, "is_unclear": True, "level": "县", "industry_code": "9521"},
    ]
    assert set(plan(*rows).groups["warnings"]) == {"S2;S3;S4;S6;S7"}
    assert set(plan(*PAIR).groups["warnings"]) == {""}


def test_liaisons_hold_at_most_five_within_the_limit() -> None:
    rows = [{"kind": "empty", "n": 0, "east_m": 100.0 * number} for number in range(11)]
    sets = plan(*rows, {"kind": "empty", "n": 0, "east_m": FAR}).liaison_sets
    sizes = sets["liaison_set"].value_counts()
    assert sizes.tolist()[-1] == 1
    assert sizes.max() <= 5
    assert len(sizes) == 4
    assert sets["liaison_set"].iloc[-1] == "A11"


SECONDS = [
    *("lead", "cheaper_lead", "ruled_lead", "only_lead", "nowhere", "ruled"),
    *(
        f"{kind}{less}"
        for kind in ("joint", "attached", "host", "breaks_joint", "breaks_attached")
        for less in ("", "_less")
    ),
]
WAYS_OUT = [
    *("locate", "instructor_slots", "members", "host_max_orgs_attached", "joint_max_units_joint"),
    *("branch_max_members_joint", "branch_max_members_attached"),
    *(f"{setting}_{goal}" for setting in ("travel_limit", "same_superior") for goal in ("joint", "attached", "new")),
]


def test_every_reason_and_way_out_has_its_words() -> None:
    forms = ["lead", "fixed_lead", "host", "regional", "industry"]
    told = [f"{who}_{evidence}" for who in ("member", "guest") for evidence in EVIDENCES]
    columns = {*Outcomes.to_schema().columns, *Groups.to_schema().columns}
    columns |= {"way_out_name", "second_name", "group_orgs", "group_cost", "limit_kind"}  # looked up when told
    for language in words.LANGUAGES:
        catalogue = words.catalogue(language)
        keys = [f"group_reason.{key}" for key in (*forms, *told)]
        keys += [f"org_reason.{reason}" for _, reason, _ in REASONS]
        keys += [f"org_reason.{key}" for key in ("joint", "attached", "instructor", "partners_taken", "host_full")]
        keys += [f"second.{kind}" for kind in SECONDS]
        keys += [f"way_out.{key}" for key in WAYS_OUT]
        assert [key for key in keys if key not in catalogue] == []
        asked = {name for key in keys for name in re.findall(r"\{(\w+)", catalogue[key])}
        assert asked <= columns


def test_tables_are_valid_when_nobody_takes_part() -> None:
    grouping = plan()
    assert [len(table) for table in grouping] == [0, 0, 0, 0, 0]
    assert isinstance(grouping.groups, pd.DataFrame)
