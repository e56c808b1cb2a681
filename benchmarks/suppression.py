"""What hiding small counts costs, and what still follows from the rest: `python -m benchmarks.suppression`.

An invented nation, one row a province, city and county, takes seconds; small tables are laid before a reader who solves
for each small number by linear programming (`tests/indicators/test_suppression_attack.py`). With --budget the command
fails where a number can be worked out, or the nation takes longer than it may.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.areas import NATION
from coverage.indicators import Tally, sum_facts, with_rates
from coverage.suppression import suppress
from store.places import the_divisions
from tests.indicators.test_suppression_attack import K, Reader, coverage_of, facts, secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Seconds that the table of a nation may take, once a plan.
MOST_S: Final = 10.0
_COUNTS: Final = ("_num", "_den", "orgs")


def main() -> int:
    """Print what it takes, what is hidden and what is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=100, help="small tables to attack")
    parser.add_argument("--budget", action="store_true", help="fail where a small number is told, or it takes too long")
    arguments = parser.parse_args()
    waits = [wait for orgs in (88_000, 900_000) for wait in _time(orgs)]
    numbers = small = known = 0
    for seed in range(arguments.tables):
        exact = coverage_of(seed)
        reader = Reader(exact, suppress(exact, k=K))
        found = list(secrets(exact))
        told = [terms for terms in found if reader.knows_it_is_small(terms)]
        numbers, small, known = numbers + len(found), small + len(told), known + sum(map(reader.knows, told))
    print(f"{arguments.tables} tables, {numbers:,} small numbers: {known} worked out, {small} known to be small")
    return int(arguments.budget and (known > 0 or max(waits) > MOST_S))


def _time(orgs: int) -> Iterator[float]:
    table = nation(orgs)
    begun = time.process_time()
    hidden = suppress(table, k=K)
    wait = time.process_time() - begun
    share = hidden[[name for name in hidden.columns if str(name).endswith(_COUNTS)]].isna().to_numpy().mean()
    print(f"{orgs:,} organisations, {len(table):,} areas: {wait:.1f} s of CPU, {share:.1%} of the counts hidden")
    yield wait


def nation(orgs: int) -> pd.DataFrame:
    """Return the coverage of an invented list over all counties."""
    rng, codes = np.random.default_rng(0), np.sort(the_divisions().counties["adcode"].to_numpy(dtype=str))
    size = rng.lognormal(0, 1, len(codes))
    county = np.repeat(np.arange(len(codes)), np.maximum(1, orgs * size / size.sum()).astype(int))
    today, after = facts(rng, len(county))
    sums = pd.DataFrame(sum_facts(Tally(today, after, pd.Index([]), county), county, groups=len(codes)))
    wholes = {NATION: "nation"} | {f"{code[:2]}0000": "province" for code in codes}
    wholes |= {city: "city" for code in codes if (city := f"{code[:4]}00") not in codes}
    starts = {"nation": 0, "province": 2, "city": 4}
    rows = [sums[np.char.startswith(codes, code[: starts[level]])].sum() for code, level in wholes.items()]
    table = pd.concat([pd.DataFrame(rows), sums], ignore_index=True)
    about = {"adcode": [*wholes, *codes], "name": "", "level": [*wholes.values(), *["county"] * len(codes)]}
    return with_rates(table.assign(**about), head=["adcode", "name", "level", "orgs"])


if __name__ == "__main__":
    sys.exit(main())
