"""The referee of benchmarks/grouping sees what is wrong, and its optimum is that of all plans tried."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.grouping.instances import invented_county
from benchmarks.grouping.optimum import find_optimum
from benchmarks.grouping.picture import log_log
from benchmarks.grouping.referee import COLUMNS, judge, read_facts
from benchmarks.grouping.rivals import RIVALS, find_reach, repair
from tests.grouping import cases

HOST = {"kind": "host", "n": 48}


def proposal(*seats: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(seats, columns=COLUMNS)


def joint(*org_ids: str) -> pd.DataFrame:
    return proposal(*(("u", "joint", org_id, "") for org_id in org_ids))


def guests(*org_ids: str) -> pd.DataFrame:
    return proposal(("h", "attached", "A00", "host"), *(("h", "attached", org_id, "member") for org_id in org_ids))


@pytest.mark.parametrize(
    ("rows", "proposed", "is_legal"),
    [
        pytest.param([{"n": 2}, {"n": 1}], joint("A00", "A01"), True, id="pair"),
        pytest.param([{"n": 1}, {"n": 1}], joint("A00", "A01"), False, id="two members"),
        pytest.param([{"n": 2}, {"n": 1, "east_m": 3_001.0}], joint("A00", "A01"), False, id="too far"),
        pytest.param(
            [{"n": 2, "limit_m": 5_000.0}, {"n": 1, "east_m": 3_001.0}], joint("A00", "A01"), True, id="the other leads"
        ),
        pytest.param([{"n": 1}] * 6, joint(*(f"A0{k}" for k in range(6))), False, id="six"),
        pytest.param([{"n": 2, "size": 40}, {"n": 1, "size": 11}], joint("A00", "A01"), False, id="51 members"),
        pytest.param([HOST, {"n": 2}], joint("A00", "A01"), False, id="host in a joint unit"),
        pytest.param([HOST, {"n": 2}], guests("A01"), True, id="guest"),
        pytest.param([HOST, {"n": 2}, {"n": 1}], guests("A01", "A02"), False, id="host above 50"),
        pytest.param([{"n": 2}, {"n": 1}], guests("A01"), False, id="no host"),
    ],
)
def test_a_unit_is_legal_or_dissolved(rows: list[dict[str, Any]], proposed: pd.DataFrame, *, is_legal: bool) -> None:
    verdict = judge(proposed, read_facts(cases.candidates(*rows), cases.settings()))
    assert (verdict.units, verdict.broken) == (1, int(not is_legal))
    assert (verdict.covered > 0) == is_legal


def test_nobody_is_in_two_units() -> None:
    twice = pd.concat([joint("A00", "A01"), joint("A00", "A02").assign(unit="v")])
    verdict = judge(twice, read_facts(cases.candidates(*[{"n": 2}] * 3), cases.settings()))
    assert (verdict.broken, verdict.covered, verdict.cost) == (2, 0, 300.0)


@pytest.mark.parametrize("seed", range(6))
def test_the_program_finds_the_best_of_all_plans(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        {"n": int(rng.integers(1, 3)), "east_m": float(rng.normal(0, 1_500)), "north_m": float(rng.normal(0, 1_500))}
        for _ in range(6)
    ]
    table, rules = cases.candidates(*rows, HOST), cases.settings()
    facts = read_facts(table, rules)
    found = find_optimum(facts, find_reach(facts), limit_s=20)
    assert found.is_proved
    assert found.cost == pytest.approx(cases.best_plan_cost(table, rules), abs=1e-5)


@pytest.mark.parametrize("name", RIVALS)
def test_repaired_plans_of_others_are_legal_and_no_better_than_the_optimum(name: str) -> None:
    facts = read_facts(invented_county(120, seed=1).candidates, cases.settings())
    reach = find_reach(facts)
    verdict = judge(repair(RIVALS[name](facts, reach), facts, reach), facts)
    assert verdict.broken == 0
    assert verdict.cost >= find_optimum(facts, reach, limit_s=20).cost - 1e-6


def test_a_picture_has_a_mark_for_each_point_and_grows_to_the_right() -> None:
    picture = log_log([(1_000, 0.5), (10_000, 6.0)], title="s", below="n")
    assert picture.count("<circle") == 2
    assert picture.index(">1,000<") < picture.index(">10,000<")
