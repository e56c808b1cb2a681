"""RULEBOOK §6: every KPI by a small list whose numbers can be counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.grouping import find_candidates, propose_groups
from coverage.indicators import AFTER, ALL, INDICATORS, KNOWN, count_coverage, rate
from coverage.measures import settle_measures
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from coverage.vocabulary import OrgType, Status, UnitForm
from geo.divisions import Divisions, load_divisions
from tests.tables import by_case, expected, orgs, places
from words import LANGUAGES, catalogue

AS_OF = date(2026, 1, 1)
LATE, EARLY = pd.Timestamp("2026-01-01"), pd.Timestamp("2025-12-31")
ALL_COLUMNS = frozenset({"superior"})

JINAN = {"adcode": "370102", "county_name": "历下区"}
JINAN_2 = {"adcode": "370103", "county_name": "市中区"}
QINGDAO = {"adcode": "370202", "county_name": "市南区", "city": "370200", "city_name": "青岛市"}
BEIJING = {"adcode": "110101", "county_name": "东城区", "city": "110000", "city_name": "北京市"} | {
    "province": "110000",
    "province_name": "北京市",
}
JIYUAN = {"adcode": "419001", "county_name": "济源市", "city": "419001", "city_name": "济源市"} | {
    "province": "410000",
    "province_name": "河南省",
}
DONGGUAN = {"adcode": "441900", "county_name": "东莞市", "city": "441900", "city_name": "东莞市"} | {
    "province": "440000",
    "province_name": "广东省",
}
POINT = {"location_level": "given", "lon": 117.08, "lat": 36.66, "is_precise": True}
NO_POINT = {"location_level": "county", "lon": float("nan"), "lat": float("nan"), "is_precise": False}
NOWHERE = dict.fromkeys(["adcode", "county_name", "city", "city_name", "province", "province_name"], "") | {
    "location_level": "none"
}


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


def cover(
    rows: list[dict[str, Any]],
    divisions: Divisions,
    *,
    at: tuple[dict[str, Any], ...] = (),
    fields: frozenset[str] = ALL_COLUMNS,
    **changes: Any,
) -> pd.DataFrame:
    """Plan a list, superior known and without points unless said otherwise, and count its coverage."""
    options = PlanSettings(as_of=AS_OF, **changes)
    listed = orgs(*({"superior": "甲党委"} | row for row in rows))
    where = places(listed, *(NO_POINT | place for place in [*at, *[{}] * (len(rows) - len(at))]))
    duties = assign_duties(listed, where, settings=options, fields=fields)
    business = listed[["org_id", "industry_code", "class14"]].assign(
        class14_source="", class14_word="", business_text=""
    )
    grouping = propose_groups(find_candidates(listed, where, duties, business), options)
    measures = settle_measures(listed, where, duties, business, grouping)
    return count_coverage(listed, where, duties, measures, divisions=divisions, settings=options)


def fraction(coverage: pd.DataFrame, kpi: str, *, level: str = "nation") -> tuple[int, int]:
    """Return numerator and denominator of the nation, or of the one area of another level."""
    (row,) = coverage[coverage["level"] == level].to_dict("records")
    return int(row[f"{kpi}_num"]), int(row[f"{kpi}_den"])


OWN, JOINT = {"unit_form": "branch", "n_full": 3}, {"unit_form": "joint", "n_full": 1}
CASES: dict[str, tuple[Any, ...]] = {
    "K1: own and shared of all": ([OWN, JOINT, {"n_full": 3}, {}], "K1", (2, 4)),
    "K1: neither closed nor dormant ones": ([OWN, {"status": "closed"}, {"zombie": True}], "K1", (1, 1)),
    "K1: dormant with a unit is counted": ([{**OWN, "zombie": True}], "K1", (1, 1)),
    "K1: without a member in an area unit: not covered": ([{"unit_form": "regional", "n_full": 0}], "K1", (0, 1)),
    "K1: without a member in a joint unit: covered": ([{"unit_form": "joint", "n_full": 0}], "K1", (1, 1)),
    "K1: a member in an area unit: covered": ([{"unit_form": "industry", "n_full": 1}], "K1", (1, 1)),
    "K2: 3 members in a joint unit is not own": (
        [OWN, {"unit_form": "joint", "n_full": 3}, {"n_full": 4}],
        "K2",
        (1, 3),
    ),
    "K2: an own unit of 2 is not due": ([{"unit_form": "branch", "n_full": 2}], "K2", (0, 0)),
    "K2b: any unit from 1 member": ([OWN, JOINT, {"n_full": 1}, {"n_full": 0}, {"unit_form": "joint"}], "K2b", (2, 3)),
    "K3a: own of all": ([OWN, JOINT, {"n_full": 0}], "K3a", (1, 3)),
    "K3b: own of the covered": ([OWN, JOINT, {"n_full": 0}], "K3b", (1, 2)),
    "K4: shared of all": ([OWN, JOINT, {"n_full": 0}], "K4", (1, 3)),
    "K5: unit, instructor, liaison or mass organisation": (
        [OWN, JOINT, {"instructor": True}, {"liaison": True}, {"mass": True}, {"mass": False}, {}],
        "K5",
        (5, 7),
    ),
    "K5: area unit without a member is reached": ([{"unit_form": "regional", "n_full": 0}], "K5", (1, 1)),
    "K6: the rest": ([OWN, {"mass": True}, {}, {"instructor": False}], "K6", (2, 4)),
    "K1k: of those whose members are known": ([OWN, {"n_full": 1}, {"unit_form": "branch"}, {}], "K1k", (1, 2)),
    "K5k: of those whose members are known": ([OWN, {"n_full": 1, "liaison": True}, {"mass": True}], "K5k", (2, 2)),
    "K7: instructor or liaison where n < 3 and no unit": (
        [
            {"n_full": 2, "instructor": True},
            {"n_full": 0, "liaison": True},
            {"n_full": 1, "mass": True},
            {"n_full": 3, "instructor": True},
            {"instructor": True},
            {**JOINT, "instructor": True},
        ],
        "K7",
        (2, 3),
    ),
    "K8: legal representative leads": (
        [
            {**OWN, "legal_rep_member": True, "secretary_source": "legal_rep"},
            {**OWN, "legal_rep_member": True, "secretary_source": "member"},
            {**OWN, "legal_rep_member": False, "secretary_source": "legal_rep"},
            {"n_full": 3, "legal_rep_member": True, "secretary_source": "legal_rep"},
        ],
        "K8",
        (1, 2),
    ),
    "K9: recorded or proposed": (
        [{}, {"superior": ""}, {"superior": "甲；乙"}, {"superior": "", "supervisor": "甲局"}],
        "K9",
        (2, 4),
    ),
    "K10: joint branches over 5, one a name": (
        [
            {**JOINT, "unit_name": "联一", "unit_units": 6},
            {**JOINT, "unit_name": "联一", "unit_units": 2},
            {**JOINT, "unit_name": "联二", "unit_units": 5},
            {**JOINT, "unit_units": 9},
            {**JOINT, "unit_units": 9},
            {"unit_form": "regional", "unit_units": 30, "n_full": 1},
        ],
        "K10",
        (3, 4),
    ),
    "K11: terms that run, one a name, the latest": (
        [
            {**OWN, "term_end": LATE},
            {**OWN, "term_end": EARLY},
            {**OWN},
            {**JOINT, "unit_name": "联一", "term_end": EARLY},
            {**JOINT, "unit_name": "联一", "term_end": LATE},
            {"term_end": LATE},
        ],
        "K11",
        (2, 3),
    ),
    "K13: five stars of the graded": (
        [{**OWN, "star": 5}, {**OWN, "star": 4}, {**OWN, "star": 0}, OWN, {"star": 5}],
        "K13_5",
        (1, 2),
    ),
    "K13: one grade a name, the latest year": (
        [
            {**JOINT, "unit_name": "联一", "star": 5, "star_year": 2023},
            {**JOINT, "unit_name": "联一", "star": 3, "star_year": 2024},
        ],
        "K13_3",
        (1, 1),
    ),
    "K14: counts known": ([{"n_full": 0}, {"pt": 1}, {}], "K14", (2, 3)),
    "K15: instructors over slots, the largest of the block": (
        [{"instructor": True, "slots": 2}, {"instructor": True, "slots": 1}, {"superior": "乙", "slots": 4}, {}],
        "K15",
        (2, 6),
    ),
    "K15: a block that states none has none": ([{"instructor": True, "slots": 2}, {"superior": "乙"}], "K15", (1, 2)),
    "K16: in step within 90 days": (
        [
            {**OWN, "reg_date": pd.Timestamp("2025-06-01"), "unit_start": pd.Timestamp("2025-08-30")},
            {**OWN, "reg_date": pd.Timestamp("2025-06-01"), "unit_start": pd.Timestamp("2025-08-31")},
            {**OWN, "reg_date": pd.Timestamp("2025-06-01")},
            {"liaison": True, "reg_date": pd.Timestamp("2025-06-01")},
            {"reg_date": pd.Timestamp("2025-06-01")},
            {**OWN, "reg_date": pd.Timestamp("2024-12-31"), "unit_start": pd.Timestamp("2025-01-01")},
        ],
        "K16",
        (1, 5),
    ),
    "after K1: M10 and a pair": ([{"n_full": 3}, {"n_full": 0}, {}, {"superior": "", "n_full": 3}], "after_K1", (1, 4)),
    "after K2: M10 builds its own": ([{"n_full": 3}, {"unit_form": "joint", "n_full": 3}], "after_K2", (1, 2)),
    "after K5: instructor and liaison sent": ([{"n_full": 1}, {"n_full": 0}, {}], "after_K5", (2, 3)),
    "after K7: nobody with known n left": (
        [{"n_full": 1}, {"n_full": 0}, {"superior": "", "n_full": 1}],
        "after_K7",
        (2, 3),
    ),
    "after K9: affiliation is not a proposal": ([{"superior": "", "n_full": 3}], "after_K9", (0, 1)),
}


def test_indicators(divisions: Divisions) -> None:
    """Each case in a county of its own, all in one list."""
    codes = [f"3702{number:02}" for number in range(1, len(CASES) + 1)]
    in_counties = [
        (row, {"adcode": code}) for code, (rows, _, _) in zip(codes, CASES.values(), strict=True) for row in rows
    ]
    coverage = cover([row for row, _ in in_counties], divisions, at=tuple(place for _, place in in_counties))
    found = (
        (kpi, fraction(coverage[coverage["adcode"] == code], kpi, level="county"))
        for code, (_, kpi, _) in zip(codes, CASES.values(), strict=True)
    )
    assert by_case(CASES, found) == expected(CASES)


def test_the_zero_member_of_an_area_unit_counts_when_the_setting_says_so(divisions: Divisions) -> None:
    rows = [{"unit_form": "regional", "n_full": 0}]
    assert fraction(cover(rows, divisions, count_zero_member_in_joint=True), "K1") == (1, 1)


def test_slots_stand_in_one_registered_area_whatever_the_order_of_rows(divisions: Divisions) -> None:
    rows = [{"org_id": "B", "slots": 2}, {"org_id": "A", "slots": 1}]
    at = ({"registered": "370102"}, {"registered": "370103"})

    there = cover(rows, divisions, at=at, area_mode="registered").set_index("adcode")["K15_den"]
    back = cover(rows[::-1], divisions, at=at[::-1], area_mode="registered").set_index("adcode")["K15_den"]

    assert there.to_dict() == back.to_dict()
    assert there["370103"] == 2


def test_slots_per_block_come_from_the_setting_without_the_column(divisions: Divisions) -> None:
    rows: list[dict[str, Any]] = [{"instructor": True}, {"superior": "乙"}]
    assert fraction(cover(rows, divisions, instructor_slots=3), "K15") == (1, 6)
    assert fraction(cover(rows, divisions, instructor_slots=3, same_superior="prefer"), "K15") == (1, 3)


def test_affiliation_that_is_not_assessed_has_no_denominator(divisions: Divisions) -> None:
    coverage = cover([{"superior": "", "n_full": 3}], divisions, fields=frozenset())
    assert fraction(coverage, "K9") == (0, 0)
    assert coverage["K9_rate"].isna().all()


def test_venues_are_counted_where_the_location_is_precise(divisions: Divisions) -> None:
    rows = [{"venue_kind": "单独设立"}, {"venue_kind": "单独设立"}, {"venue_kind": "无"}, {}]
    assert fraction(cover(rows, divisions, at=(NO_POINT, POINT, POINT, POINT)), "K12") == (1, 3)


def test_a_pair_carried_out_is_shared_and_one_new_joint_branch(divisions: Divisions) -> None:
    coverage = cover([{"n_full": 2}, {"n_full": 1}], divisions, at=(POINT, POINT))
    found = {kpi: fraction(coverage, kpi) for kpi in ("K1", "after_K1", "after_K4", "K10", "after_K10", "after_K7")}
    assert found == {
        "K1": (0, 2),
        "after_K1": (2, 2),
        "after_K4": (2, 2),
        "K10": (0, 0),
        "after_K10": (0, 1),
        "after_K7": (0, 0),
    }


def test_an_instructor_who_helps_to_build_is_a_load(divisions: Divisions) -> None:
    coverage = cover([{"n_full": 2, "slots": 1}], divisions, at=(POINT,))
    assert (fraction(coverage, "after_K1"), fraction(coverage, "after_K15")) == ((1, 1), (1, 1))


@pytest.mark.parametrize(
    ("numerator", "denominator", "per_cent"),
    [
        (1, 3, 33.3),
        (2, 3, 66.7),
        (1, 8, 12.5),
        (1, 800, 0.1),
        (1, 2000, 0.1),
        (1, 2001, 0.0),
        (5, 5, 100.0),
        (3, 2, 150.0),
    ],
)
def test_rates_have_one_decimal_half_up(numerator: int, denominator: int, per_cent: float) -> None:
    assert rate(np.array([numerator]), np.array([denominator])).tolist() == [per_cent]


@given(st.integers(1, 2_000_000).flatmap(lambda den: st.tuples(st.integers(0, den), st.just(den))))
def test_rates_agree_with_whole_numbers(pair: tuple[int, int]) -> None:
    numerator, denominator = pair
    tenths = (2_000 * numerator + denominator) // (2 * denominator)
    assert rate(np.array([numerator]), np.array([denominator])).tolist() == [tenths / 10]


def test_nothing_to_divide_by_has_no_rate() -> None:
    assert np.isnan(rate(np.array([0]), np.array([0]))).all()


def test_the_gap_is_a_count_without_a_rate(divisions: Divisions) -> None:
    coverage = cover([{}], divisions)
    assert coverage[["K6_rate", "after_K6_rate"]].isna().all(axis=None)


def test_columns_come_in_the_order_of_the_rulebook(divisions: Divisions) -> None:
    coverage = cover([{}], divisions)
    codes = [prefix + kpi.code for kpis in (INDICATORS, KNOWN) for prefix in ("", AFTER) for kpi in kpis]
    figures = [f"{code}_{part}" for code in codes for part in ("num", "den", "rate")]
    assert list(coverage.columns) == ["adcode", "name", "level", "orgs", *figures]


def areas(coverage: pd.DataFrame) -> list[tuple[str, str, str, int]]:
    return list(coverage[["level", "adcode", "name", "orgs"]].itertuples(index=False, name=None))


def test_areas_nation_first_then_by_level_and_code(divisions: Divisions) -> None:
    at = (QINGDAO, JINAN_2, NOWHERE, JINAN, BEIJING, JINAN)
    assert areas(cover([{}] * 6, divisions, at=at)) == [
        ("nation", "100000", "", 6),
        ("province", "110000", "北京市", 1),
        ("province", "370000", "山东省", 4),
        ("city", "370100", "济南市", 3),
        ("city", "370200", "青岛市", 1),
        ("county", "110101", "东城区", 1),
        ("county", "370102", "历下区", 2),
        ("county", "370103", "市中区", 1),
        ("county", "370202", "市南区", 1),
        ("unlocated", "", "", 1),
    ]


@pytest.mark.parametrize("place", [JIYUAN, DONGGUAN], ids=["under the province", "city without counties"])
def test_a_county_that_is_its_own_city_stands_once(place: dict[str, Any], divisions: Divisions) -> None:
    levels = [(level, adcode) for level, adcode, _, _ in areas(cover([{}], divisions, at=(place,)))]
    assert levels == [("nation", "100000"), ("province", place["province"]), ("county", place["adcode"])]


def test_a_county_of_a_users_own_boundaries_counts_by_its_place(divisions: Divisions) -> None:
    own = JINAN | {"adcode": "370199", "county_name": "新区"}
    assert areas(cover([{}], divisions, at=(own,)))[2:] == [
        ("city", "370100", "济南市", 1),
        ("county", "370199", "新区", 1),
    ]


def test_registered_areas_above_the_county_have_rows_of_their_own(divisions: Divisions) -> None:
    at = tuple({"registered": code} for code in ("370102", "370100", "370000", "100000", ""))
    assert areas(cover([{}] * 5, divisions, at=at, area_mode="registered")) == [
        ("nation", "100000", "", 5),
        ("province", "370000", "山东省", 3),
        ("city", "370100", "济南市", 2),
        ("county", "370102", "历下区", 1),
        ("own", "100000", "", 1),
        ("own", "370000", "山东省", 1),
        ("own", "370100", "济南市", 1),
        ("unlocated", "", "", 1),
    ]


def test_areas_of_superiors_are_known_by_name_and_county(divisions: Divisions) -> None:
    rows = [{"superior": "乙党委"}, {"superior": "甲党委"}, {"superior": ""}, {"superior": "乙党委"}, {}]
    at = (JINAN, JINAN, JINAN, JINAN_2, NOWHERE)
    assert areas(cover(rows, divisions, at=at, area_mode="superior")) == [
        ("nation", "100000", "", 5),
        ("superior", "", "甲党委", 1),
        ("superior", "370102", "乙党委", 1),
        ("superior", "370102", "甲党委", 1),
        ("superior", "370103", "乙党委", 1),
        ("unlocated", "", "", 1),
    ]


def test_an_empty_list_has_a_nation_of_nobody(divisions: Divisions) -> None:
    coverage = cover([], divisions)
    assert areas(coverage) == [("nation", "100000", "", 0)]
    assert fraction(coverage, "K1") == (0, 0)


ROWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from([Status.NORMAL, Status.NORMAL, Status.CLOSED]),
        "org_type": st.sampled_from([OrgType.ASSOCIATION, OrgType.BRANCH]),
        "n_full": st.sampled_from([pd.NA, 0, 1, 2, 3, 9]),
        "unit_form": st.sampled_from(["", "", *UnitForm]),
        "unit_name": st.sampled_from(["", "联一"]),
        "unit_units": st.sampled_from([pd.NA, 3, 7]),
        "term_end": st.sampled_from([pd.NaT, EARLY, LATE]),
        "star": st.sampled_from([pd.NA, 1, 5]),
        "superior": st.sampled_from(["", "甲", "甲；乙"]),
        "instructor": st.sampled_from([pd.NA, True]),
        "mass": st.sampled_from([pd.NA, True]),
        "slots": st.sampled_from([pd.NA, 1]),
    }
)
PLACES = st.sampled_from([JINAN, JINAN | POINT, JINAN_2, QINGDAO | POINT, BEIJING, JIYUAN, DONGGUAN, NOWHERE])
LISTS = st.lists(st.tuples(ROWS, PLACES), min_size=1, max_size=30)


@given(listed=LISTS)
@settings(max_examples=settings().max_examples // 20)
def test_levels_add_up_and_proposals_never_lower_coverage(
    listed: list[tuple[dict[str, Any], dict[str, Any]]], divisions: Divisions
) -> None:
    coverage = cover([row for row, _ in listed], divisions, at=tuple(place for _, place in listed))
    counts = coverage.filter(regex="^orgs$|_num$|_den$")
    nation, unlocated = (counts[coverage["level"] == level].sum() for level in ("nation", "unlocated"))
    for level in ("province", "county"):
        pd.testing.assert_series_equal(counts[coverage["level"] == level].sum() + unlocated, nation)
    assert nation["orgs"] == len(listed)
    for kpi in ("K1", "K5"):
        assert (coverage[f"after_{kpi}_num"] >= coverage[f"{kpi}_num"]).all()
    for code in (prefix + kpi.code for prefix in ("", AFTER) for kpi in ALL if kpi.code != "K15"):
        assert (coverage[f"{code}_num"] <= coverage[f"{code}_den"]).all()


@given(listed=LISTS, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=settings().max_examples // 20)
def test_the_order_of_rows_changes_nothing(
    listed: list[tuple[dict[str, Any], dict[str, Any]]], seed: int, divisions: Divisions
) -> None:
    named = [({"org_id": f"O{number:03}"} | row, place) for number, (row, place) in enumerate(listed)]
    shuffled = [named[position] for position in np.random.default_rng(seed).permutation(len(named))]
    before, after = (
        cover([row for row, _ in order], divisions, at=tuple(place for _, place in order))
        for order in (named, shuffled)
    )
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_has_name_and_definition(language: str) -> None:
    keys = {f"kpi.{kpi.code}.{part}" for kpi in ALL for part in ("name", "definition")}
    assert keys - catalogue(language).keys() == set()
