"""The product, networkx and libraries on the same organisations, all judged by the same referee."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.grouping.instances import SETTINGS
from benchmarks.grouping.libraries import LIBRARIES, ask_library
from benchmarks.grouping.product import plan_county
from benchmarks.grouping.referee import judge, read_facts
from benchmarks.grouping.rivals import RIVALS, as_proposal, find_reach, repair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from benchmarks.grouping.instances import County
    from benchmarks.grouping.referee import Facts, Verdict
    from benchmarks.grouping.rivals import Reach, Units


class Entry(NamedTuple):
    """What one way made of one county: as it comes, and after the repair that all get; `note` where it made nothing."""

    name: str
    seconds: float
    small: int
    units: int
    broken: int
    covered_raw: int
    covered: int
    travel: float
    cost: float
    note: str = ""


def hold(county: County) -> Iterator[Entry]:
    """Yield what the product and networkx make of a county, in seconds of work."""
    result = plan_county(county, SETTINGS)
    yield _entry("**this product**", result.work_s, (result.verdict, result.verdict))
    facts = read_facts(county.candidates, SETTINGS)
    reach = find_reach(facts)
    for name, group in RIVALS.items():
        worked = time.process_time()
        units = group(facts, reach)
        yield _judged(name, time.process_time() - worked, units, of=(facts, reach))


def hold_libraries(county: County, *, python: Path, limit_s: float) -> Iterator[Entry]:
    """Yield what libraries of another environment make of a county, in seconds by the clock."""
    facts = read_facts(county.candidates, SETTINGS)
    reach = find_reach(facts)
    for library in LIBRARIES:
        regions = ask_library(library, facts, python=python, limit_s=limit_s)
        yield _judged(regions.name, regions.seconds, regions.units, of=(facts, reach))._replace(note=regions.note)


def add_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Return one entry for each way, added up over counties, in the order of their first appearance."""
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    return [_sum(of) for of in by_name.values()]


def _sum(entries: list[Entry]) -> Entry:
    numbers = zip(*(entry[1:-1] for entry in entries), strict=True)
    return Entry._make([entries[0].name, *map(sum, numbers), entries[0].note])


def _judged(name: str, seconds: float, units: Units, *, of: tuple[Facts, Reach]) -> Entry:
    facts, reach = of
    raw = judge(as_proposal(units, facts, is_led=False), facts)
    return _entry(name, seconds, (raw, judge(repair(units, facts, reach), facts)))


def _entry(name: str, seconds: float, verdicts: tuple[Verdict, Verdict]) -> Entry:
    raw, repaired = verdicts
    return Entry(
        name,
        seconds,
        small=raw.small,
        units=raw.units,
        broken=raw.broken,
        covered_raw=raw.covered,
        covered=repaired.covered,
        travel=repaired.travel,
        cost=repaired.cost,
    )
