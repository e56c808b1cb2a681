"""The KPIs by superior, supervisor, type, class and county: every dimension adds up to the nation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.breakdowns import break_down
from coverage.dimensions import DIMENSIONS, Dimension
from coverage.grouping import find_candidates, propose_groups
from coverage.indicators import count_coverage
from coverage.measures import settle_measures
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from geo.divisions import Divisions, load_divisions
from tests.tables import orgs, places

FIRST, SECOND = {"adcode": "370102", "county_name": "历下区"}, {"adcode": "370103", "county_name": "市中区"}
NOWHERE = dict.fromkeys(["adcode", "county_name", "city", "city_name", "province", "province_name"], "")


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


def both(
    rows: list[dict[str, Any]], at: list[dict[str, Any]], divisions: Divisions, **changes: Any
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plan a list and count it by area and by everything else."""
    options = PlanSettings(as_of=date(2026, 1, 1), **changes)
    listed = orgs(*rows)
    where = places(listed, *({"is_precise": False, "location_level": "county"} | place for place in at))
    duties = assign_duties(listed, where, settings=options, fields=frozenset({"superior"}))
    business = listed[["org_id", "industry_code", "class14"]].assign(
        class14_source="", class14_word="", business_text=""
    )
    grouping = propose_groups(find_candidates(listed, where, duties, business), options)
    measures = settle_measures(listed, where, duties, business, grouping)
    return (
        count_coverage(listed, where, duties, measures, divisions=divisions, settings=options),
        break_down(listed, where, duties=duties, measures=measures, settings=options),
    )


ROWS: list[dict[str, Any]] = [
    {"superior": "教育局党委", "supervisor": "教育局", "org_type": "service", "class14": "4", "unit_form": "branch"},
    {"superior": "教育局党委", "supervisor": "教育局", "org_type": "association", "class14": "12"},
    {"superior": "", "supervisor": "直接登记", "org_type": "", "class14": ""},
    {"superior": "教育局党委", "supervisor": "教育局", "org_type": "service", "class14": "4"},
]
PLACES = [FIRST, SECOND, NOWHERE, FIRST]
CASES: dict[str, list[tuple[str, str, str, int, int]]] = {
    "county": [("370102", "370102", "历下区", 2, 1), ("370103", "370103", "市中区", 1, 0), ("", "", "", 1, 0)],
    "superior": [
        ("370102", "教育局党委", "教育局党委", 2, 1),
        ("370103", "教育局党委", "教育局党委", 1, 0),
        ("", "", "", 1, 0),
    ],
    "supervisor": [("", "教育局", "教育局", 3, 1), ("", "", "", 1, 0)],
    "type": [("", "association", "", 1, 0), ("", "service", "", 2, 1), ("", "", "", 1, 0)],
    "class": [("", "4", "", 2, 1), ("", "12", "", 1, 0), ("", "", "", 1, 0)],
}


@pytest.mark.parametrize("by", DIMENSIONS)
def test_rows_of_a_dimension_with_the_blank_one_last(by: Dimension, divisions: Divisions) -> None:
    _, table = both(ROWS, PLACES, divisions)

    rows = table.loc[table["dimension"] == by, ["adcode", "key", "name", "orgs", "K1_num"]]

    assert list(rows.itertuples(index=False, name=None)) == CASES[by]


LISTED = st.fixed_dictionaries(
    {
        "n_full": st.sampled_from([pd.NA, 0, 1, 2, 3]),
        "unit_form": st.sampled_from(["", "branch", "joint", "regional"]),
        "unit_name": st.sampled_from(["", "联一"]),
        "unit_units": st.sampled_from([pd.NA, 3, 7]),
        "superior": st.sampled_from(["", "甲", "乙", "甲；乙"]),
        "supervisor": st.sampled_from(["", "教育局", "无"]),
        "org_type": st.sampled_from(["", "association", "branch"]),
        "class14": st.sampled_from(["", "4", "12"]),
        "star": st.sampled_from([pd.NA, 5]),
        "slots": st.sampled_from([pd.NA, 2]),
    }
)


@given(
    listed=st.lists(st.tuples(LISTED, st.sampled_from(PLACES)), min_size=1, max_size=15),
    mode=st.sampled_from(["located", "registered", "superior"]),
)
@settings(max_examples=settings().max_examples // 20)
def test_every_dimension_adds_up_to_the_nation(
    listed: list[tuple[dict[str, Any], dict[str, Any]]], mode: str, divisions: Divisions
) -> None:
    coverage, table = both([row for row, _ in listed], [place for _, place in listed], divisions, area_mode=mode)
    counts = coverage.filter(regex="^orgs$|_num$|_den$").columns
    nation = coverage.loc[coverage["level"] == "nation", counts].iloc[0].astype("int64")
    sums = table.groupby("dimension")[list(counts)].sum()
    assert sorted(sums.index) == sorted(DIMENSIONS)
    assert (sums == nation).all(axis=None)
    assert not table.duplicated(["dimension", "adcode", "key"]).any()


def test_a_unit_counts_where_its_first_id_is_whatever_the_order_of_the_rows(divisions: Divisions) -> None:
    rows = [
        {"n_full": 1, "unit_form": "joint", "unit_name": "联一", "superior": "甲", "org_type": kind}
        for kind in ("association", "branch")
    ]
    forth, back = (
        both([rows[k] | {"org_id": f"id:{k}"} for k in order], [PLACES[0]] * 2, divisions)[1]
        for order in ((0, 1), (1, 0))
    )
    kinds = [
        table[table["dimension"] == Dimension.TYPE].set_index("key")["K10_den"].astype("int64").to_dict()
        for table in (forth, back)
    ]
    assert kinds == [{"association": 1, "branch": 0}] * 2
