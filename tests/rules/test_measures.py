"""What becomes of a duty after grouping: measures, reasons, the risk of counting people twice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.grouping import Grouping
from coverage.measures import FIRST_REASONS, LAST_REASONS, settle_measures
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from coverage.tables import Blocks, Groups, Measures
from coverage.units import ADJUSTMENTS
from coverage.vocabulary import Flag, Measure
from tests.tables import by_case, expected, orgs, outcomes, places, rows_of, table
from words import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

AS_OF = date(2026, 1, 1)
WAITS = {"measure": "M26", "reason": "alone"}


def settle(
    *rows: dict[str, Any],
    outcome: Mapping[str, object] = WAITS,
    sets: Mapping[str, str] | None = None,
    fields: frozenset[str] = frozenset({"superior"}),
    at: tuple[dict[str, Any], ...] = (),
) -> pd.DataFrame:
    """Settle a list with one outcome for everybody who was to be grouped."""
    listed = orgs(*({"superior": "甲党委"} | row for row in rows))
    where = places(listed, *at)
    duties = assign_duties(listed, where, settings=PlanSettings(as_of=AS_OF), fields=fields)
    found = outcomes(*({"org_id": org_id} | dict(outcome) for org_id in duties.loc[duties["is_small"], "org_id"]))
    liaisons = pd.DataFrame({"org_id": list(sets or {}), "liaison_set": list((sets or {}).values())}, dtype="str")
    business = listed[["org_id", "class14"]].assign(class14_source="given", class14_word="")
    return settle_measures(listed, where, duties, business, Grouping(table(Groups), found, table(Blocks), liaisons))


@pytest.mark.parametrize("measure", ["M21", "M22", "M23", "M24", "M25", "M26"])
def test_grouping_decides_for_one_and_two_members(measure: str) -> None:
    settled = settle({"n_full": 2}, {"n_full": 1, "superior": ""}, outcome={"measure": measure, "reason": "joint"})
    assert settled[["measure", "provisional"]].to_numpy().tolist() == [[measure, ""], ["M40", measure]]


def test_what_grouping_found_is_passed_on() -> None:
    found = {
        "measure": "M26",
        "group_id": "",
        "reason": "nobody_near",
        "nearest_m": 7_400.0,
        "limit_m": 6_000.0,
        "reachable": 2,
        "alternatives": "M23",
        "way_out": "travel_limit",
        "way_out_value": 7_400.0,
    }
    settled = settle({"n_full": 2}, outcome=found).iloc[0]
    assert {name: settled[name] for name in found} == found


def test_nobody_else_is_touched_by_grouping() -> None:
    settled = settle({"n_full": 3}, {"n_full": 0}, {"zombie": True, "n_full": 1}, {})
    assert settled["measure"].tolist() == ["M10", "M30", "M91", "M00"]
    assert settled["provisional"].tolist() == ["", "", "M26", ""]
    assert settled["nearest_m"].isna().all()


def test_liaison_sets_come_with_their_organisations() -> None:
    assert settle({"n_full": 0}, {"n_full": 3}, sets={"O001": "L1"})["liaison_set"].tolist() == ["L1", ""]


REASONS: dict[str, tuple[Any, ...]] = {
    "closed": ({"status": "closed"}, "closed"),
    "not registered": ({"status": "pending"}, "not_registered"),
    "branch office": ({"org_type": "branch"}, "branch_office"),
    "closed with a unit": ({"status": "closed", "unit_form": "branch"}, "closed;unit_to_dissolve"),
    "own unit": ({"unit_form": "branch", "n_full": 3}, "own_unit"),
    "shared unit": ({"unit_form": "joint", "n_full": 2}, "shared_unit"),
    "shared unit, count unknown": ({"unit_form": "joint"}, "shared_unit;recount"),
    "to adjust for two reasons": ({"unit_form": "joint", "n_full": 3, "unit_units": 7}, "A2;A3"),
    "count unknown": ({}, "unknown_count"),
    "count unknown, superior unclear": ({"superior": ""}, "unknown_count;superior_unclear"),
    "3": ({"n_full": 3}, "build_own"),
    "3 part-timers": ({"pt": 3}, "build_functional"),
    "refused": ({"n_full": 3, "refused": True}, "build_own;refused"),
    "0": ({"n_full": 0}, "no_member"),
    "2: what grouping says": ({"n_full": 2}, "alone"),
    "2, unclear": ({"n_full": 2, "superior": ""}, "superior_unclear;alone"),
    "3, conflict": ({"n_full": 3, "superior": "甲；乙"}, "superiors_differ;build_own"),
    "3, routed": ({"n_full": 3, "superior": "", "supervisor": "甲局"}, "build_own;superior_proposed"),
    "2, dormant": ({"n_full": 2, "zombie": True}, "zombie;zombie_waits"),
    "3, dormant": ({"n_full": 3, "zombie": True}, "zombie;build_own"),
}


def test_reason() -> None:
    settled = settle(*rows_of(REASONS))
    assert by_case(REASONS, zip(settled["reason"])) == expected(REASONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language: str) -> None:
    adjusted = [line.code for line in ADJUSTMENTS]
    keys = {
        *(f"org_reason.{reason}" for reason in (*FIRST_REASONS, *LAST_REASONS, *adjusted)),
        *(f"measure.{measure}" for measure in Measure if measure is not Measure.SMALL),
        *(f"flag.{flag}" for flag in Flag),
        *(f"{kind}.{code}" for code in adjusted for kind in ("adjust", "adjust_action", "adjust_source")),
    }
    assert keys - catalogue(language).keys() == set()


def test_a_reason_asks_only_for_columns_of_its_table() -> None:
    columns = {name: f"<{name}>" for name in Measures.to_schema().columns}
    for reason in (*FIRST_REASONS, *LAST_REASONS, *(line.code for line in ADJUSTMENTS)):
        assert catalogue("zh")[f"org_reason.{reason}"].format_map(columns)


def dup_risk(*rows: dict[str, Any], **options: Any) -> list[bool]:
    return settle(*rows, **options)["flags"].str.contains(Flag.DUP_RISK).tolist()


def test_two_organisations_of_a_county_with_part_timers_may_share_them() -> None:
    assert dup_risk({"ft_in": 3, "ft_out": 0, "pt": 1}, {"pt": 3}, {"n_full": 3}) == [True, True, False]


def test_one_organisation_with_part_timers_shares_them_with_nobody() -> None:
    assert dup_risk({"pt": 3}, {"ft_in": 3, "ft_out": 0, "pt": 0}) == [False, False]


def test_another_county_does_not_matter() -> None:
    assert dup_risk({"pt": 3}, {"pt": 3}, at=({}, {"adcode": "370103"})) == [False, False]


def test_what_is_out_of_scope_does_not_matter() -> None:
    assert dup_risk({"pt": 3}, {"pt": 3, "status": "closed"}) == [False, False]


def test_without_a_county_there_is_no_total_to_count_twice_in() -> None:
    assert dup_risk({"pt": 3}, {"pt": 3}, at=({"adcode": ""}, {"adcode": ""})) == [False, False]


def test_a_group_with_two_part_timers_is_a_risk_to_all_of_it() -> None:
    joint = {"measure": "M22", "group_id": "G1", "reason": "joint"}
    assert dup_risk({"pt": 1}, {"pt": 1}, {"n_full": 1}, {"n_full": 3}, outcome=joint) == [True, True, True, False]


def test_the_risk_stands_before_new_registrations_in_the_flags() -> None:
    new = {"pt": 3, "reg_date": pd.Timestamp("2025-12-01")}
    assert settle(new, new)["flags"].tolist() == ["F_DUP_RISK;F_NEW"] * 2


def test_rows_keep_their_order() -> None:
    rows = [{"org_id": org_id, "n_full": 2} for org_id in ("Z", "A", "M")]
    assert settle(*rows)["org_id"].tolist() == ["Z", "A", "M"]
