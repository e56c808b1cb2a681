"""The product on sets of counties, beside greedy growth and the best plan known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.grouping.instances import SETTINGS, County, read_counties
from benchmarks.grouping.optimum import Optimum, find_optimum
from benchmarks.grouping.product import Result, plan_county
from benchmarks.grouping.referee import Verdict, judge, read_facts
from benchmarks.grouping.rivals import find_reach, grow, repair

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Yardstick = Callable[[County], Optimum | None]


class Compared(NamedTuple):
    """A county with the product's plan, greedy's, and the best one known, if any."""

    county: County
    result: Result
    greedy: Verdict
    best: Optimum | None

    @property
    def excess(self) -> float:
        """Cost above the best plan known."""
        return self.result.verdict.cost - self.best.cost if self.best else 0.0

    @property
    def is_complete(self) -> bool:
        """Say whether as many are covered as the best plan known covers, and as greedy."""
        covered = self.result.verdict.covered
        return covered >= self.greedy.covered and (self.best is None or covered >= self.best.covered)


class Summary(NamedTuple):
    """A set of counties, added up."""

    name: str
    counties: int
    small: int
    covered: int
    greedy_covered: int
    best_covered: int
    broken: int
    untold: float  # largest difference between the cost that a plan says and the referee's
    false_proofs: int
    optima: int  # counties whose optimum is known
    excess: float  # cost above these optima as a share of their travel
    at_optimum: int
    proved: int
    proved_in_time: int  # within a second of work each
    gap: float  # cost above the plans' own bounds as a share of travel
    work_s: float
    slowest_s: float
    is_complete: bool


_CENT = 1e-4
_IN_TIME_S = 1.0


def compare(county: County, best: Yardstick, plan: Callable[[County], Result] | None = None) -> Compared:
    """Return the product's plan of a county beside the others."""
    facts = read_facts(county.candidates, SETTINGS)
    reach = find_reach(facts)
    greedy = judge(repair(grow(facts, reach), facts, reach), facts)
    result = plan(county) if plan else plan_county(county, SETTINGS)
    return Compared(county, result, greedy, best(county))


def search_optimum(county: County, *, limit_s: float) -> Optimum | None:
    """Return the optimum by the integer program of `optimum`, None where it is not proved."""
    facts = read_facts(county.candidates, SETTINGS)
    found = find_optimum(facts, find_reach(facts), limit_s=limit_s)
    return found if found.is_proved else None


def read_reference(folder: Path, name: str) -> tuple[list[County], Mapping[str, Optimum]]:
    """Return the counties of a reference list with the best plans known, by the name of the county."""
    with (folder / "reference.json").open(encoding="utf-8") as file:
        entry = json.load(file)["sets"][name]
    known = {
        county: Optimum(of["cost"], of["travel"], of["covered"], of["proven"])
        for county, of in entry["counties"].items()
    }
    return read_counties(folder / entry["file"]), known


def add_up(name: str, compared: list[Compared]) -> Summary:
    """Return the figures of a set."""
    results, known = [each.result for each in compared], [each for each in compared if each.best]
    proven = [each for each in known if each.best and each.best.is_proved]
    travel = sum(each.best.travel for each in proven if each.best)
    own_travel = sum(result.verdict.travel for result in results)
    return Summary(
        name,
        counties=len(compared),
        small=sum(result.verdict.small for result in results),
        covered=sum(result.verdict.covered for result in results),
        greedy_covered=sum(each.greedy.covered for each in compared),
        best_covered=sum(each.best.covered for each in known if each.best),
        broken=sum(result.verdict.broken for result in results),
        untold=max(abs(result.verdict.cost - result.told) for result in results),
        false_proofs=sum(each.result.is_proved and each.excess > _CENT for each in proven),
        optima=len(proven),
        excess=sum(each.excess for each in proven) / travel if travel else 0.0,
        at_optimum=sum(each.excess <= _CENT for each in proven),
        proved=sum(result.is_proved for result in results),
        proved_in_time=sum(result.is_proved and result.work_s <= _IN_TIME_S for result in results),
        gap=sum(result.verdict.cost - result.bound for result in results) / own_travel if own_travel else 0.0,
        work_s=sum(result.work_s for result in results),
        slowest_s=max(result.work_s for result in results),
        is_complete=all(each.is_complete for each in compared),
    )
