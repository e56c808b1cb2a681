"""Counties to try things on: invented, seeded, and small enough to be solved with a proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.grouping.cases import candidates

if TYPE_CHECKING:
    import pandas as pd

_KINDS = ("small", "small", "small", "host", "empty")
_INDUSTRIES = ("8310", "8320", "8411", "9521")


def scattered(count: int, *, seed: int, side_m: float = 9_000.0, adcode: str = "370102") -> pd.DataFrame:
    """Return `Candidates` of one county, anywhere in a square of `side_m` metres."""
    rng = np.random.default_rng(seed)
    return candidates(*(_org(rng, number, side_m=side_m, adcode=adcode) for number in range(count)))


def _org(rng: np.random.Generator, number: int, *, side_m: float, adcode: str) -> dict[str, Any]:
    kind = str(rng.choice(_KINDS))
    n = {"small": int(rng.integers(1, 3)), "host": int(rng.integers(3, 9)), "empty": 0}[kind]
    return {
        "org_id": f"{adcode}-{number:03}",
        "adcode": adcode,
        "kind": kind,
        "n": n,
        "east_m": rng.uniform(0, side_m),
        "north_m": rng.uniform(0, side_m),
        "industry_code": str(rng.choice(_INDUSTRIES)),
        "limit_m": float(rng.choice([1_500.0, 3_000.0])),
    }
