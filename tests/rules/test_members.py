"""RULEBOOK §2: how many full members, from a total and three parts that may be blank."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.members import count_members
from coverage.settings import PlanSettings
from tests.tables import by_case, expected, orgs, rows_of

POLICY = PlanSettings(as_of=date(2026, 1, 1))
FORMAL = PlanSettings(as_of=date(2026, 1, 1), count_basis="formal")


def count(row: dict[str, Any], basis: PlanSettings = POLICY) -> pd.Series:
    return count_members(orgs(row), settings=basis).iloc[0]


POLICY_COUNTS: dict[str, tuple[Any, ...]] = {
    "total alone": ({"n_full": 3}, 3),
    "a stated 0 is 0": ({"n_full": 0}, 0),
    "all blank is unknown, not 0": ({}, None),
    "0 by parts": ({"ft_in": 0, "ft_out": 0, "pt": 0}, 0),
    "parts without a total": ({"ft_in": 1, "ft_out": 1, "pt": 1}, 3),
    "all parts: the sum wins over a larger total": ({"n_full": 5, "ft_in": 1, "ft_out": 1, "pt": 0}, 2),
    "all parts: the sum wins over a smaller total": ({"n_full": 1, "ft_in": 1, "ft_out": 1, "pt": 1}, 3),
    "a part blank: the total": ({"n_full": 4, "ft_in": 1, "pt": 1}, 4),
    "a part blank, total below the parts: the parts": ({"n_full": 1, "ft_in": 1, "pt": 2}, 3),
    "a part blank, no total: the parts": ({"ft_in": 1, "pt": 2}, 3),
    "part-timers count": ({"pt": 3}, 3),
    "untransferred floating members count": ({"ft_out": 3}, 3),
    "full-timers without a split are one part, so the parts are complete": ({"ft": 2, "pt": 1}, 3),
    "complete parts without a split: the sum wins": ({"n_full": 9, "ft": 2, "pt": 1}, 3),
    "full-timers alone: the total": ({"n_full": 5, "ft": 2}, 5),
    "a complete split goes before full-timers": ({"ft": 4, "ft_in": 1, "ft_out": 1, "pt": 0}, 2),
    "half a split does not": ({"ft": 4, "ft_in": 1, "pt": 0}, 4),
}


def test_policy_count() -> None:
    counted = count_members(orgs(*rows_of(POLICY_COUNTS)), settings=POLICY)["n"].astype(object)
    assert by_case(POLICY_COUNTS, zip(counted.where(counted.notna(), None))) == expected(POLICY_COUNTS)


FORMAL_COUNTS: dict[str, tuple[Any, ...]] = {
    "3 part-time and floating: none formal": ({"ft_in": 0, "ft_out": 1, "pt": 2}, 0),
    "only a total given": ({"n_full": 3}, 3),
    "ft_in blank counts 0 beside another part": ({"pt": 3}, 0),
    "ft_in whatever the total": ({"n_full": 9, "ft_in": 2, "pt": 2}, 2),
    "full-timers without a split are another part": ({"ft": 5, "pt": 0}, 0),
    "unknown stays unknown": ({}, None),
}


def test_formal_count() -> None:
    counted = count_members(orgs(*rows_of(FORMAL_COUNTS)), settings=FORMAL)["n"].astype(object)
    assert by_case(FORMAL_COUNTS, zip(counted.where(counted.notna(), None))) == expected(FORMAL_COUNTS)


FORMAL_KNOWN: dict[str, tuple[Any, ...]] = {
    "stated": ({"ft_in": 2, "ft_out": 1, "pt": 0}, 2, 2),
    "only a total": ({"n_full": 3}, 3, 3),
    "a total and part-timers: blank is not 0": ({"n_full": 5, "pt": 2}, None, 3),
    "part-timers are everybody": ({"n_full": 3, "pt": 3}, 0, 0),
    "no total: the parts are everybody": ({"pt": 3}, 0, 0),
    "untransferred ones are not formal": ({"n_full": 4, "ft_out": 3}, None, 1),
    "full-timers without a split": ({"ft": 5, "pt": 0}, None, 5),
    "no more than the full-timers": ({"n_full": 9, "ft": 2}, None, 2),
    "full-timers without the untransferred": ({"ft": 3, "ft_out": 3, "pt": 1}, 0, 0),
    "total below the parts": ({"n_full": 1, "ft_out": 1, "pt": 2}, 0, 0),
    "unknown": ({}, None, None),
}


def test_what_is_known_of_the_formal_count() -> None:
    counted = count_members(orgs(*rows_of(FORMAL_KNOWN)), settings=POLICY)[["n_formal", "formal_at_most"]]
    plain = counted.astype(object).where(counted.notna(), None)
    assert by_case(FORMAL_KNOWN, plain.itertuples(index=False, name=None)) == expected(FORMAL_KNOWN)


@pytest.mark.parametrize("basis", [POLICY, FORMAL])
def test_both_counts_are_kept_whatever_the_basis(basis: PlanSettings) -> None:
    counted = count({"ft_in": 1, "ft_out": 1, "pt": 1}, basis)
    assert (counted["n_policy"], counted["n_formal"]) == (3, 1)


def test_blank_probationary_members_count_0_towards_sizes() -> None:
    assert count_members(orgs({"prob": 2}, {}), settings=POLICY)["prob"].tolist() == [2, 0]


PART = st.just(pd.NA) | st.integers(0, 60)


PARTS = ["ft_in", "ft_out", "pt"]


@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(["n_full", *PARTS], PART)), min_size=1, max_size=60))
@settings(max_examples=settings().max_examples // 5)
def test_a_count_is_the_total_or_the_parts_and_never_below_what_is_stated(rows: list[dict[str, Any]]) -> None:
    listed = orgs(*rows)
    n = count_members(listed, settings=POLICY)["n"]
    is_stated = listed[PARTS].notna().any(axis=1)
    parts = listed[PARTS].sum(axis=1)
    assert (n.isna() == (~is_stated & listed["n_full"].isna())).all()
    assert (n.isna() | (n >= parts)).all()
    assert (n.isna() | (n == parts) | (n == listed["n_full"])).fillna(value=False).all()
