"""Cuts on triples: what a relaxation may not do lifts its bound, and never above the best plan."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import coverage.grouping.enumeration as enumeration_module
import coverage.grouping.exact as exact_module
from coverage.grouping.arrays import NONE
from coverage.grouping.cuts import strengthen
from coverage.grouping.enumeration import columns_within, price_all
from coverage.grouping.exact import solve_exactly
from coverage.grouping.greedy import greedy_plan
from coverage.grouping.master import Counts, Relaxation, first_columns, relax
from coverage.grouping.model import Part
from coverage.grouping.pricing import price, reduced_costs
from coverage.grouping.triples import NO_TRIPLES, held, violated
from tests.grouping.test_properties import scattered

CLOSE = 1e-7
ORGS, SEEDS = 45, range(8)


def test_a_row_holds_a_triple_with_two_of_it() -> None:
    members = np.array([[0, 1, NONE], [2, 1, 0], [0, 3, NONE], [4, NONE, NONE]])
    triples = np.array([[0, 1, 2], [3, 4, NONE]])
    assert held(members, triples).toarray().tolist() == [[1, 0], [1, 0], [0, 0], [0, 0]]


def relaxations(part: Part) -> tuple[Relaxation, Relaxation]:
    relaxed = relax(part, first_columns(part, greedy_plan(part)), Counts())
    return relaxed, strengthen(part, relaxed, Counts(), close=CLOSE)


def test_the_most_violated_triples_are_those_of_all_triples() -> None:
    every = np.array(list(combinations(range(ORGS), 3)))
    count = 0
    for seed in SEEDS:
        relaxed, _ = relaxations(scattered(seed, ORGS))
        total = np.sort(relaxed.value @ held(relaxed.columns.members, every))[::-1]
        found = violated(relaxed.columns, relaxed.value, ORGS, most=10)
        assert relaxed.value @ held(relaxed.columns.members, found) == pytest.approx(total[total > 1.02][:10])
        count += len(found)
    assert count, "nothing is violated: the test shows nothing"


def test_cuts_lift_the_bound_and_never_above_the_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    lifted = 0
    for seed in SEEDS:
        part = scattered(seed, ORGS)
        relaxed, strong = relaxations(part)
        with monkeypatch.context() as without:
            without.setattr(exact_module, "strengthen", lambda part, relaxed, counts, *, close: relaxed)
            best = solve_exactly(part, greedy_plan(part), effort=exact_module.THOROUGH)
        assert best.is_proved
        assert relaxed.bound <= strong.bound <= best.cost + 1e-6
        lifted += strong.bound > relaxed.bound + 1e-4
    assert lifted


def test_priced_with_cuts_no_column_pays_but_without_them_one_would() -> None:
    missed = 0
    for seed in SEEDS:
        part = scattered(seed, ORGS)
        _, strong = relaxations(part)
        priced = price_all(part, strong.prices)
        assert priced.gain >= -CLOSE
        missed += price(part, strong.prices).gain < -1e-4
    assert missed


def test_where_too_many_would_pay_some_do_and_the_gain_is_no_less(monkeypatch: pytest.MonkeyPatch) -> None:
    part = scattered(1, ORGS)
    _, strong = relaxations(part)
    prices = strong.prices._replace(org=1.5 * strong.prices.org)
    whole = price_all(part, prices)
    monkeypatch.setattr(enumeration_module, "_MOST_PRICED", len(whole.columns.kind) // 2)
    some = price_all(part, prices)
    count = len(some.columns.kind)
    assert 0 < count < len(whole.columns.kind)
    assert (reduced_costs(some.columns, part, prices) < 0).all()
    assert some.gain <= whole.gain < 0


def test_a_cut_makes_columns_dearer_that_hold_two_of_its_triple() -> None:
    fewer = 0
    for seed in SEEDS:
        part = scattered(seed, ORGS)
        _, strong = relaxations(part)
        free = columns_within(part, strong.prices._replace(triples=NO_TRIPLES), 0.2, most=10**5)
        paid = columns_within(part, strong.prices, 0.2, most=10**5)
        assert free is not None
        assert paid is not None
        is_paid = reduced_costs(free, part, strong.prices) <= 0.2 + 1e-7
        assert np.array_equal(free.members[is_paid], paid.members)
        fewer += len(paid.kind) < len(free.kind)
    assert fewer
