"""The figures shown, laid before a reader who knows all definitions and solves for what is hidden; and what is left."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from coverage.indicators import AFTER, Facts, Tally, sum_facts, with_rates
from coverage.suppression import suppress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    #: Weights of (row, column): they sum up to 0, or to at most 0.
    Terms = dict[tuple[int, str], float]

K = 3
AREAS = (
    ("100000", "", "nation"), ("330000", "浙江省", "province"), ("330100", "杭州市", "city"),
    ("330500", "湖州市", "city"), ("330102", "一", "county"), ("330105", "二", "county"), ("330106", "三", "county"),
    ("330502", "四", "county"), ("330503", "五", "county"), ("330521", "六", "county"),
)  # fmt: skip
PARTS = {0: (1,), 1: (2, 3), 2: (4, 5, 6), 3: (7, 8, 9)}
COUNTIES = 6
#: Figures whose definitions tie them together, and what those say: part ≤ whole, and sums.
LINKED = ("K1", "K2", "K2b", "K3a", "K3b", "K4", "K5", "K6", "K14", "K1k", "K5k")
PART_OF = (
    "K2_num K3a_num", "K2_num K2b_num", "K3a_num K1_num", "K2b_num K1k_num", "K1k_num K1_num", "K1_num K5_num",
    "K5k_num K5_num", "K1k_num K5k_num", "K2_den K2b_den", "K2b_den K14_num", "K14_num K14_den", "K1_den orgs",
)  # fmt: skip
EQUAL = (
    "K1_den K3a_den", "K1_den K4_den", "K1_den K5_den", "K1_den K6_den", "K1_den K14_den", "K3a_num K3b_num",
    "K1_num K3b_den", "K14_num K1k_den", "K14_num K5k_den",
)  # fmt: skip
UNCHANGED = ("K1_den", "K2_den", "K2b_den", "K14_num")
GROWING = ("K1_num", "K2_num", "K2b_num", "K3a_num", "K4_num", "K5_num", "K1k_num", "K5k_num")


SIZES = (2, 6, 12, 25, 40)


def coverage_of(seed: int, sizes: tuple[int, ...] = SIZES) -> pd.DataFrame:
    """Return the coverage of two cities with three counties each, of so many organisations a county."""
    rng = np.random.default_rng(seed)
    county = np.repeat(np.arange(COUNTIES), rng.choice(sizes, COUNTIES))
    today, after = facts(rng, len(county))
    sums = pd.DataFrame(sum_facts(Tally(today, after, pd.Index([]), county), county, groups=COUNTIES))
    rows = {4 + place: sums.loc[place] for place in range(COUNTIES)}
    for whole in sorted(PARTS, reverse=True):
        rows[whole] = pd.DataFrame([rows[part] for part in PARTS[whole]]).sum()
    table = pd.DataFrame([rows[place] for place in range(len(AREAS))]).reset_index(drop=True)
    return with_rates(
        table.assign(**dict(zip(("adcode", "name", "level"), zip(*AREAS, strict=True), strict=True))),
        head=["adcode", "name", "level", "orgs"],
    )


def facts(rng: np.random.Generator, size: int) -> tuple[Facts, Facts]:
    """Return what is counted of some organisations, today and with units for most."""
    n = rng.choice([-1, 0, 1, 2, 3, 5], size, p=[0.05, 0.3, 0.2, 0.15, 0.2, 0.1])
    full, few = n >= 3, (n >= 0) & (n < 3)
    own = rng.random(size) < np.where(full, 0.5, 0.05)
    shared = ~own & (rng.random(size) < np.where(few & (n > 0), 0.1, 0.0))
    contacted = rng.random(size) < 0.1
    nobody, everybody = np.zeros(size, dtype=bool), np.ones(size, dtype=bool)
    today = Facts(**dict.fromkeys(Facts._fields, nobody))._replace(
        scope=everybody, has_count=n >= 0, is_full=full, has_member=n >= 1, is_few=few, linked=own | shared, own=own,
        shared=shared, contacted=contacted, worked=own | shared | contacted,
    )  # fmt: skip
    joining = ~own & (n >= 1) & (n < 3) & (rng.random(size) < 0.9)
    own, shared = own | (full & ~shared), shared | joining
    contacted |= n == 0
    linked = own | shared
    return today, today._replace(linked=linked, own=own, shared=shared, contacted=contacted, worked=linked | contacted)


class Reader:
    """Solves for what is hidden: the least and the most of a sum of numbers."""

    def __init__(self, exact: pd.DataFrame, hidden: pd.DataFrame) -> None:
        self.columns = ["orgs", *(f"{of}{part}" for of in stems() for part in ("_num", "_den"))]
        self.places = {key: place for place, key in enumerate(product(range(len(exact)), self.columns))}
        seen = {key: value for key in self.places if not np.isnan(value := number(hidden, key))}
        self.bounds = [(seen.get(key, 1.0), seen.get(key)) for key in self.places]  # a nought is never hidden
        self.sums, self.orders = self.matrix(list(known_sums(self.columns))), self.matrix(list(known_orders()))
        truth = np.array([number(exact, key) for key in self.places])
        assert not (self.sums @ truth).any()  # what the reader knows is so
        assert (self.orders @ truth).max() <= 0

    def matrix(self, terms: list[Terms]) -> csr_array:
        entries = [(row, self.places[key], weight) for row, term in enumerate(terms) for key, weight in term.items()]
        rows, columns, weights = zip(*entries, strict=True)
        return csr_array((weights, (rows, columns)), shape=(len(terms), len(self.places)))

    def knows_it_is_small(self, terms: Terms) -> bool:
        """Say whether a sum of numbers can be no larger than a small one."""
        return -self.solve(-self.matrix([terms]).toarray()[0]) < K - 1e-6

    def knows(self, terms: Terms) -> bool:
        """Say whether a sum of numbers can be only one whole number."""
        aim = self.matrix([terms]).toarray()[0]
        least, most = (self.solve(sign * aim) * sign for sign in (1, -1))
        return most - least < 1 - 1e-6

    def solve(self, aim: NDArray[np.float64]) -> float:
        found = linprog(  # type: ignore[call-overload]  # its types know no sparse matrix
            aim, A_eq=self.sums, b_eq=np.zeros(self.sums.shape[0]), A_ub=self.orders,
            b_ub=np.zeros(self.orders.shape[0]), bounds=self.bounds,
        )  # fmt: skip
        return float(found.fun) if found.status == 0 else -np.inf  # 3: without a bound


def number(table: pd.DataFrame, key: tuple[int, str]) -> float:
    """Return a number of the table, NaN where it is hidden."""
    value = table[key[1]].iloc[key[0]]
    return float("nan") if pd.isna(value) else float(value)


def stems() -> list[str]:
    return [f"{prefix}{code}" for prefix in ("", AFTER) for code in LINKED]


def known_sums(columns: list[str]) -> Iterator[Terms]:
    for whole, parts in PARTS.items():
        for column in columns:
            yield {(whole, column): -1.0} | {(part, column): 1.0 for part in parts}
    for row, prefix in product(range(len(AREAS)), ("", AFTER)):
        for one, other in (pair.split() for pair in EQUAL):
            yield {(row, f"{prefix}{one}"): 1.0, (row, f"{prefix}{other}"): -1.0}
        yield {(row, f"{prefix}{name}"): sign for name, sign in (("K1_num", 1.0), ("K3a_num", -1.0), ("K4_num", -1.0))}
        yield {(row, f"{prefix}{name}"): sign for name, sign in (("K1_den", 1.0), ("K5_num", -1.0), ("K6_num", -1.0))}
    for row, column in product(range(len(AREAS)), UNCHANGED):
        yield {(row, column): 1.0, (row, f"{AFTER}{column}"): -1.0}


def known_orders() -> Iterator[Terms]:
    for row, prefix in product(range(len(AREAS)), ("", AFTER)):
        for part, whole in (pair.split() for pair in PART_OF):
            of_whole = whole if whole == "orgs" else f"{prefix}{whole}"
            yield {(row, f"{prefix}{part}"): 1.0, (row, of_whole): -1.0}
        for code in LINKED:
            yield {(row, f"{prefix}{code}_num"): 1.0, (row, f"{prefix}{code}_den"): -1.0}
    for row, column in product(range(len(AREAS)), GROWING):
        yield {(row, column): 1.0, (row, f"{AFTER}{column}"): -1.0}


def secrets(exact: pd.DataFrame) -> Iterator[Terms]:
    """Yield each number, and each difference of numerator and denominator or of today and after, that is small."""
    for row, column in product(
        range(len(exact)), ["orgs", *(f"{of}{part}" for of in stems() for part in ("_num", "_den"))]
    ):
        yield from small(exact, {(row, column): 1.0})
    for row, stem in product(range(len(exact)), stems()):
        yield from small(exact, {(row, f"{stem}_den"): 1.0, (row, f"{stem}_num"): -1.0})
    for row, code in product(range(len(exact)), LINKED):
        yield from small(exact, {(row, f"{AFTER}{code}_num"): 1.0, (row, f"{code}_num"): -1.0})


def small(exact: pd.DataFrame, terms: Terms) -> Iterator[Terms]:
    if 0 < sum(weight * number(exact, key) for key, weight in terms.items()) < K:
        yield terms


@pytest.mark.parametrize("seed", range(6))
def test_who_solves_for_what_is_hidden_learns_of_no_small_number(seed: int) -> None:
    exact = coverage_of(seed)
    reader = Reader(exact, suppress(exact, k=K))

    assert [terms for terms in secrets(exact) if reader.knows_it_is_small(terms)] == []


@pytest.mark.parametrize(("k", "most"), [(3, 0.1), (10, 0.15)])
def test_large_areas_show_nearly_everything(k: int, most: float) -> None:
    exact = coverage_of(1, sizes=(300, 500, 800))
    hidden = suppress(exact, k=k)

    counts = ["orgs", *(f"{of}_{part}" for of in stems() for part in ("num", "den"))]
    assert hidden[counts].isna().to_numpy().mean() < most
    cities = hidden["level"] != "county"
    assert hidden.loc[cities, ["orgs", "K1_num", "K1_den", "K5_num", "after_K1_num"]].notna().all(axis=None)
