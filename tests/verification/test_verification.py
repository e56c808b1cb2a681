"""Each rule of RULEBOOK §5.1 and §5.2 broken alone, and kept at its edge."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from coverage.settings import PlanSettings
from coverage.verification import finding_texts, has_hard, verify_plan
from tests import tables

SETTINGS = PlanSettings(as_of=date(2026, 1, 1))
DEGREE_M = 85_884.0  # of longitude at 39.646 N, WGS-84
LEAD, MEMBER, HOST = "lead", "member", "host"
SMALL = {"measure": "M2", "is_small": True}
BUILT = {"n": 5, "measure": "M01", "unit_kind": "own", "unit_form": "branch", "is_host": True}
WIDE = SETTINGS.model_copy(update={"same_superior": "prefer"})


def check(
    *seats: tuple[str, dict[str, Any]],
    form: str = "joint",
    settings: PlanSettings = SETTINGS,
    extra: Any = (),
    forms: Any = (),
) -> pd.DataFrame:
    """Return the findings about one group of these roles and facts, everybody 100 m from the next."""
    everybody = [*seats, *(("", facts) for facts in extra)]
    columns = [
        split(facts | {"lon": facts.get("lon", 113.67 + number * 100 / DEGREE_M)})
        for number, (_, facts) in enumerate(everybody)
    ]
    orgs = tables.orgs(*(each["orgs"] for each in columns))
    places = tables.places(orgs, *({"adcode": "140225", "lat": 39.646} | each["places"] for each in columns))
    duties = tables.duties(*({"n": 2, **SMALL} | each["duties"] for each in columns))
    business = pd.DataFrame({"org_id": orgs["org_id"]}).assign(
        **{
            name: pd.Series([each["business"].get(name, default) for each in columns], dtype="str")
            for name, default in {"industry_code": "9529", "class14": "", "business_text": ""}.items()
        }
    )
    rows = [
        {
            "group_id": facts.get("group", "G1"),
            "form": forms[number] if forms else form,
            "org_id": facts.get("org_id", orgs["org_id"].iloc[number]),
            "role": role,
        }
        for number, (role, facts) in enumerate(seats)
    ]
    return verify_plan(
        pd.DataFrame(rows, columns=["group_id", "form", "org_id", "role"], dtype="str"),
        orgs,
        places,
        duties,
        business,
        settings,
    )


def split(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Sort facts into the tables they belong to."""
    fields = {
        "orgs": {"pt", "level", "venue_kind", "refused", "name"},
        "places": {"adcode", "county_name", "lon", "lat", "location_level", "is_precise", "limit_m"},
        "business": {"industry_code", "class14", "business_text"},
    }
    of = {table: {name: facts[name] for name in names & set(facts)} for table, names in fields.items()}
    elsewhere = {"group", "org_id", *(name for names in fields.values() for name in names)}
    return of | {"duties": {name: value for name, value in facts.items() if name not in elsewhere}}


def codes(findings: pd.DataFrame) -> set[str]:
    return set(findings["code"])


def at(metres: float) -> dict[str, float]:
    return {"lon": 113.67 + metres / DEGREE_M}


CLEAN = ((LEAD, {"n": 2}), (MEMBER, {"n": 1}))


def test_a_clean_pair_has_no_finding() -> None:
    assert check(*CLEAN).empty


@pytest.mark.parametrize(
    ("code", "seats", "form"),
    [
        ("H0", [(LEAD, {}), (MEMBER, {"n": pd.NA})], "joint"),
        ("H1", [(HOST, BUILT)], "attached"),
        ("H1", [(MEMBER, {})] * 5, "regional"),
        ("H1", [(MEMBER, {})] * 5, "industry"),
        ("H2", [(LEAD, {"n": 3, "measure": "M10"}), (MEMBER, {})], "joint"),
        ("H3", [(LEAD, {}), (MEMBER, {"n": 1}), (MEMBER, {"n": 0, "measure": "M30"})], "joint"),
        ("H4", [(LEAD, {"n": 1}), (MEMBER, {"n": 1})], "joint"),
        ("H5", [(LEAD, {"prob": 24}), (MEMBER, {"prob": 23})], "joint"),
        ("H6", [(LEAD, {"recorded_superior": "甲党委"}), (MEMBER, {})], "joint"),
        ("H7", [(LEAD, {}), (MEMBER, {"adcode": "140224"})], "joint"),
        ("H7", [(LEAD, {"adcode": ""}), (MEMBER, {"adcode": ""})], "joint"),
        ("H8", [(LEAD, {}), (MEMBER, {"measure": "M90", "is_small": False})], "joint"),
        ("H8", [(LEAD, {}), (MEMBER, {"measure": "M91", "is_small": False})], "joint"),
        ("H9", [(LEAD, {}), (MEMBER, {"measure": "M02", "unit_kind": "shared"})], "joint"),
        ("H10", [(LEAD, {}), (MEMBER, at(3_010))], "joint"),
        ("H10", [(LEAD, {}), (MEMBER, {"is_precise": False, "location_level": "town"})], "joint"),
        ("H10", [(HOST, BUILT | {"is_precise": False}), (MEMBER, {})], "attached"),
        ("H11", [(LEAD, {}), (MEMBER, {}), (MEMBER, {"org_id": "O002"})], "joint"),
        ("H12", [(MEMBER, {}), (MEMBER, {})], "joint"),
        ("H12", [(LEAD, {}), (LEAD, {})], "joint"),
        ("H12", [(LEAD, {}), (MEMBER, {}), (MEMBER, {"org_id": "elsewhere"})], "joint"),
        ("H12", [(LEAD, {}), (MEMBER, {})], "committee"),
        ("H12", [(HOST, BUILT), (HOST, BUILT), (MEMBER, {})], "attached"),
        ("H13", [(HOST, {"n": 2}), (MEMBER, {})], "attached"),
        ("H13", [(HOST, BUILT | {"unit_form": "temporary"}), (MEMBER, {})], "attached"),
        ("H13", [(HOST, BUILT | {"adjust": "A1", "measure": "M03"}), (MEMBER, {})], "attached"),
        ("H13", [(HOST, BUILT | {"n": pd.NA}), (MEMBER, {})], "attached"),
        ("H13", [(HOST, BUILT | {"measure": "M90"}), (MEMBER, {})], "attached"),
        ("H13", [(HOST, {"n": 4, "measure": "M10", "refused": True}), (MEMBER, {})], "attached"),
        ("H13", [(HOST, BUILT), *[(MEMBER, {})] * 5], "attached"),
        ("H13", [(HOST, BUILT | {"n": 48}), (MEMBER, {"prob": 1})], "attached"),
    ],
)
def test_a_broken_hard_rule_is_the_only_hard_finding(code: str, seats: list[Any], form: str) -> None:
    findings = check(*seats, form=form)
    assert {found for found in codes(findings) if found.startswith("H")} == {code}
    assert has_hard(findings)


@pytest.mark.parametrize(
    ("seats", "form", "settings"),
    [
        ([(LEAD, {"prob": 24}), (MEMBER, {"prob": 22})], "joint", SETTINGS),
        ([(LEAD, {"recorded_superior": "甲党委"}), (MEMBER, {})], "joint", WIDE),
        ([(LEAD, {}), (MEMBER, at(2_990))], "joint", SETTINGS),
        ([(LEAD, {}), (MEMBER, at(4_000) | {"limit_m": 6_000.0})], "joint", SETTINGS),
        ([(LEAD, at(0) | {"limit_m": 10.0}), (MEMBER, {})], "joint", SETTINGS),
        ([(HOST, BUILT), *[(MEMBER, {})] * 4], "attached", SETTINGS),
        ([(HOST, BUILT | {"n": 47}), (MEMBER, {"prob": 1})], "attached", SETTINGS),
        ([(HOST, {"n": 4, "measure": "M10"}), (MEMBER, {"n": 1})], "attached", SETTINGS),
        ([(HOST, {"n": 4, "measure": "M40", "provisional": "M10"}), (MEMBER, {})], "attached", SETTINGS),
        ([(MEMBER, {"n": 1, "is_precise": False})] * 6, "regional", SETTINGS),
        (
            [(MEMBER, {"n": 1}) if number else (MEMBER, {"n": 1} | at(90_000)) for number in range(6)],
            "industry",
            SETTINGS,
        ),
    ],
)
def test_what_just_keeps_the_rules_has_no_hard_finding(seats: list[Any], form: str, settings: PlanSettings) -> None:
    assert not has_hard(check(*seats, form=form, settings=settings))


def test_a_lead_alone_is_no_group_and_too_few_members() -> None:
    assert codes(check((LEAD, {"n": 2}))) == {"H1", "H4"}


ROUNDED = {"org_id": "9.15E+17", "name": "甲协会"}


@pytest.mark.parametrize(
    ("finding", "seats"),
    [
        ("H12_code", [(LEAD, {}), (MEMBER, ROUNDED)]),
        ("H12_code", [(LEAD, {}), (MEMBER, {"org_id": "915101030000000000"})]),
        ("H12_code", [(LEAD, {}), (MEMBER, ROUNDED), (MEMBER, ROUNDED)]),
        ("H12_nogroup", [*CLEAN, (MEMBER, {"group": ""})]),
        ("H12_noorg", [*CLEAN, ("", {"org_id": ""})]),
        ("H12_role", [(LEAD, {}), ("组长", {})]),
        ("H12_unlisted", [(LEAD, {}), (MEMBER, {}), (MEMBER, {"org_id": "915101030000000001"})]),
    ],
)
def test_what_a_spreadsheet_made_of_a_row_is_the_only_hard_finding(finding: str, seats: list[Any]) -> None:
    findings = check(*seats)
    hard = findings[findings["code"].str.startswith("H")]
    assert set(hard["finding"]) == {finding}
    assert not finding_texts(hard).str.contains("{", regex=False).any()


def test_two_groups_merged_by_hand_with_their_forms_are_told() -> None:
    merged = check(*CLEAN, (HOST, BUILT), (MEMBER, {}), forms=["joint", "joint", "attached", "attached"])
    assert {"H12_forms", "H12_lead"} <= set(merged["finding"])


def test_one_organisation_in_two_groups_is_told_for_both() -> None:
    other = [(LEAD, {"group": "G2"}), (MEMBER, {"group": "G2", "org_id": "O001"})]
    findings = check(*CLEAN, *other)
    again = findings[findings["code"] == "H11"]
    assert again["group_id"].tolist() == ["G1", "G2"]
    assert set(again["org_id"]) == {"O001"}


@pytest.mark.parametrize(
    ("code", "seats", "form"),
    [
        ("S1", [(LEAD, {"n": 1}), *[(MEMBER, {"n": 1})] * 5], "joint"),
        ("S2", [(LEAD, {}), (MEMBER, {"location_level": "road"})], "joint"),
        ("S3", [(LEAD, {"n": 2, "pt": 2}), (MEMBER, {"n": 1, "pt": 1})], "joint"),
        ("S4", [(LEAD, {}), (MEMBER, {"industry_code": "0111"})], "joint"),
        (
            "S4",
            [(LEAD, {"industry_code": "", "class14": "4"}), (MEMBER, {"class14": "1", "industry_code": ""})],
            "joint",
        ),
        ("S6", [(LEAD, {"level": "市"}), (MEMBER, {"level": "县"})], "joint"),
        ("S7", [(LEAD, {}), (MEMBER, {"affiliation": "unclear"})], "joint"),
        ("S7", [(HOST, BUILT | {"affiliation": "conflict"}), (MEMBER, {})], "attached"),
    ],
)
def test_a_soft_rule_warns_and_nothing_more(code: str, seats: list[Any], form: str) -> None:
    findings = check(*seats, form=form)
    assert codes(findings) == {code}
    assert not has_hard(findings)


@pytest.mark.parametrize(
    "facts",
    [
        {"location_level": "door"},
        {"pt": 1},
        {"industry_code": "9512"},
        {"industry_code": "", "class14": "4"},
        {"level": ""},
        {"affiliation": "not_assessed"},
    ],
)
def test_what_is_well_does_not_warn(facts: dict[str, Any]) -> None:
    lead = {"level": "市"} | ({"class14": "4"} if "class14" in facts else {})
    assert check((LEAD, lead), (MEMBER, facts)).empty


def test_texts_decide_where_a_code_is_missing() -> None:
    near = {"industry_code": "", "business_text": "龙舟运动推广"}
    findings = check((LEAD, near), (MEMBER, near), (MEMBER, {"industry_code": "", "business_text": "果树嫁接"}))
    assert findings["org_id"].tolist() == ["O003"]
    assert codes(findings) == {"S4"}


@pytest.mark.parametrize(("metres", "found"), [(2_900, set()), (3_200, {"S5"})])
def test_a_venue_must_be_within_the_limit_of_the_lead(metres: float, found: set[str]) -> None:
    assert codes(check(*CLEAN, extra=[at(metres) | {"venue_kind": "单独设立"}])) == found


def test_a_list_that_knows_no_venue_says_nothing_about_venues() -> None:
    assert check(*CLEAN, extra=[{"venue_kind": "无"}]).empty


def test_each_finding_is_one_line_with_code_and_group_first() -> None:
    findings = check((LEAD, {"n": 3, "measure": "M10", "name": "甲协会"}), (MEMBER, at(3_304)))
    lines = finding_texts(findings).tolist()
    assert lines[0].startswith("H2 G1 甲协会")
    assert lines[1].startswith("H10 G1 ")
    assert "3000" in lines[1]
    assert not any("\n" in line for line in lines)


def test_every_finding_has_words() -> None:
    broken = check((LEAD, {"n": pd.NA}), (MEMBER, {"n": 0, "unit_kind": "own", "adcode": "140224"} | at(9_000)))
    assert (finding_texts(broken).str.len() > 10).all()


def test_a_plan_without_groups_has_no_finding() -> None:
    assert check(extra=[{}]).empty
