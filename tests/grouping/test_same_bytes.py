"""Groups do not depend on row order, hash seed or the number of workers, also of a county too large for one proof.

`python -m tests.grouping.test_same_bytes WORKERS SEED` says the SHA-256 of the groups; SEED shuffles the rows.
`tests/execution` says the same of all files of a list with many small counties.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coverage.execution import Execution, in_pool
from coverage.grouping import propose_groups
from tests.grouping import cases

ROOT = Path(__file__).resolve().parents[2]
BIG, SMALL, COUNTIES = 430, 40, 5
HERE = "0"


def listed() -> pd.DataFrame:
    """One county of 430 organisations that all hang together, and a few of 40; many share place and business."""
    rng = np.random.default_rng(5)
    counts = [BIG] + [SMALL] * COUNTIES
    rows = [
        {
            "adcode": str(370_100 + county),
            "kind": "host" if rng.random() < 0.05 else "small",
            "n": int(rng.integers(1, 3)),
            "east_m": 400.0 * int(rng.normal(0, 7)),
            "north_m": 400.0 * int(rng.normal(0, 7)),
            "industry_code": str(rng.choice(["8310", "8311", "8411"])),
        }
        for county, count in enumerate(counts)
        for _ in range(count)
    ]
    fitting = (
        {"org_id": f"A{number:04}"} | row | ({"n": 48} if row["kind"] == "host" else {})
        for number, row in enumerate(rows)
    )
    return cases.candidates(*fitting)


def digest(workers: str, seed: int) -> str:
    """Return the SHA-256 of all groups and outcomes as CSV; HERE means without workers."""
    table = listed()
    rows = table.iloc[np.random.default_rng(seed).permutation(len(table))] if seed else table
    execution = None if workers == HERE else Execution(partial(in_pool, workers=int(workers)))
    grouping = propose_groups(rows, cases.settings(), execution=execution)
    content = grouping.groups.to_csv(index=False) + grouping.outcomes.to_csv(index=False)
    return hashlib.sha256(content.encode()).hexdigest()


def digest_apart(workers: str, seed: int) -> str:
    """Return the digest by a new process with its own hash seed."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-m", "tests.grouping.test_same_bytes", workers, str(seed)]
    done = subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True, timeout=300
    )
    return done.stdout.strip()


@pytest.mark.nightly  # by day tests/execution says it of all files, and test_properties of shuffled rows
def test_another_process_with_shuffled_rows_gives_the_same_groups() -> None:
    assert digest_apart("2", 1) == digest(HERE, 0)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("workers", [HERE, "1", "2", "4"])
def test_all_give_the_same_groups(workers: str, seed: int) -> None:
    assert digest_apart(workers, seed) == digest(HERE, 0)


if __name__ == "__main__":
    sys.stdout.write(digest(sys.argv[1], int(sys.argv[2])))
