"""RULEBOOK §2: how many full members, from a total and three parts that may be blank."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.members import count_members
from coverage.settings import PlanSettings
from tests.tables import orgs

POLICY = PlanSettings(as_of=date(2026, 1, 1))
FORMAL = PlanSettings(as_of=date(2026, 1, 1), count_basis="formal")


def count(row: dict[str, Any], settings: PlanSettings = POLICY) -> pd.Series:
    return count_members(orgs(row), settings=settings).iloc[0]


@pytest.mark.parametrize(
    ("row", "n"),
    [
        pytest.param({"n_full": 3}, 3, id="total alone"),
        pytest.param({"n_full": 0}, 0, id="a stated 0 is 0"),
        pytest.param({}, None, id="all blank is unknown, not 0"),
        pytest.param({"ft_in": 0, "ft_out": 0, "pt": 0}, 0, id="0 by parts"),
        pytest.param({"ft_in": 1, "ft_out": 1, "pt": 1}, 3, id="parts without a total"),
        pytest.param(
            {"n_full": 5, "ft_in": 1, "ft_out": 1, "pt": 0}, 2, id="all parts: the sum wins over a larger total"
        ),
        pytest.param(
            {"n_full": 1, "ft_in": 1, "ft_out": 1, "pt": 1}, 3, id="all parts: the sum wins over a smaller total"
        ),
        pytest.param({"n_full": 4, "ft_in": 1, "pt": 1}, 4, id="a part blank: the total"),
        pytest.param({"n_full": 1, "ft_in": 1, "pt": 2}, 3, id="a part blank, total below the parts: the parts"),
        pytest.param({"ft_in": 1, "pt": 2}, 3, id="a part blank, no total: the parts"),
        pytest.param({"pt": 3}, 3, id="part-timers count"),
        pytest.param({"ft_out": 3}, 3, id="untransferred floating members count"),
        pytest.param({"ft": 2, "pt": 1}, 3, id="full-timers without a split are one part, so the parts are complete"),
        pytest.param({"n_full": 9, "ft": 2, "pt": 1}, 3, id="complete parts without a split: the sum wins"),
        pytest.param({"n_full": 5, "ft": 2}, 5, id="full-timers alone: the total"),
        pytest.param({"ft": 4, "ft_in": 1, "ft_out": 1, "pt": 0}, 2, id="a complete split goes before full-timers"),
        pytest.param({"ft": 4, "ft_in": 1, "pt": 0}, 4, id="half a split does not"),
    ],
)
def test_policy_count(row: dict[str, Any], n: int | None) -> None:
    counted = count(row)["n"]
    assert counted is pd.NA if n is None else counted == n


@pytest.mark.parametrize(
    ("row", "n"),
    [
        pytest.param({"ft_in": 0, "ft_out": 1, "pt": 2}, 0, id="3 part-time and floating: none formal"),
        pytest.param({"n_full": 3}, 3, id="only a total given"),
        pytest.param({"pt": 3}, 0, id="ft_in blank counts 0 beside another part"),
        pytest.param({"n_full": 9, "ft_in": 2, "pt": 2}, 2, id="ft_in whatever the total"),
        pytest.param({"ft": 5, "pt": 0}, 0, id="full-timers without a split are another part"),
        pytest.param({}, None, id="unknown stays unknown"),
    ],
)
def test_formal_count(row: dict[str, Any], n: int | None) -> None:
    counted = count(row, FORMAL)["n"]
    assert counted is pd.NA if n is None else counted == n


def test_full_timers_without_a_split_have_no_known_formal_count() -> None:
    assert count({"ft": 5, "pt": 0})["n_formal"] is pd.NA


@pytest.mark.parametrize("settings", [POLICY, FORMAL])
def test_both_counts_are_kept_whatever_the_basis(settings: PlanSettings) -> None:
    counted = count({"ft_in": 1, "ft_out": 1, "pt": 1}, settings)
    assert (counted["n_policy"], counted["n_formal"]) == (3, 1)


def test_blank_probationary_members_count_0_towards_sizes() -> None:
    assert count_members(orgs({"prob": 2}, {}), settings=POLICY)["prob"].tolist() == [2, 0]


PART = st.none() | st.integers(0, 60)


@given(total=PART, parts=st.fixed_dictionaries(dict.fromkeys(("ft_in", "ft_out", "pt"), PART)))
def test_a_count_is_the_total_or_the_parts_and_never_below_what_is_stated(
    total: int | None, parts: dict[str, int | None]
) -> None:
    stated = {"n_full": total} | parts
    counted = count({name: value for name, value in stated.items() if value is not None})["n"]
    given_parts = [value for value in parts.values() if value is not None]
    if total is None and not given_parts:
        assert counted is pd.NA
    else:
        assert counted in {total, sum(given_parts)}
        assert counted >= sum(given_parts)
