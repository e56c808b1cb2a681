"""Small counts of areas: nothing shown lets a reader work out a count below the limit."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coverage.indicators import AFTER, ALL, with_rates
from coverage.suppression import suppress

K = 3
NATION, PROVINCE, CITY = ("100000", "", "nation"), ("330000", "浙江省", "province"), ("330500", "湖州市", "city")
COUNTIES = [(f"33050{number}", f"第{number}县", "county") for number in range(1, 6)]


def table(*counties: tuple[int, int], unlocated: tuple[int, int] | None = None) -> pd.DataFrame:
    """Return the coverage of one city, all surveyed: (covered, all) of each county; every other figure is 0 of 0."""
    covered, everybody = (sum(values) for values in zip(*counties, strict=True))
    total = (covered, everybody)
    nation = total if unlocated is None else (covered + unlocated[0], everybody + unlocated[1])
    rows = [(NATION, nation), (PROVINCE, total), (CITY, total), *zip(COUNTIES, counties, strict=False)]
    if unlocated is not None:
        rows.append((("", "", "unlocated"), unlocated))
    listed = [dict(zip(("adcode", "name", "level"), area, strict=True)) | _counts(*of) for area, of in rows]
    return with_rates(pd.DataFrame(listed), head=["adcode", "name", "level", "orgs"])


def _counts(covered: int, everybody: int) -> dict[str, int]:
    blank = {f"{prefix}{kpi.code}_{part}": 0 for prefix in ("", AFTER) for kpi in ALL for part in ("num", "den")}
    known = {
        "K1": (covered, everybody),
        "K1k": (covered, everybody),
        "K14": (everybody, everybody),
        "K5k": (0, everybody),
    }
    told = {
        f"{prefix}{kpi}_{part}": value
        for prefix in ("", AFTER)
        for kpi, values in known.items()
        for part, value in zip(("num", "den"), values, strict=True)
    }
    return {"orgs": everybody} | blank | told


def shown(hidden: pd.DataFrame, column: str = "K1_num") -> list[Any]:
    return [None if pd.isna(value) else int(value) for value in hidden[column]]


def test_large_counts_stay_as_they_are() -> None:
    coverage = table((10, 20), (5, 10))
    pd.testing.assert_frame_equal(suppress(coverage, k=K), coverage, check_dtype=False)


@pytest.mark.parametrize("small", [(2, 20), (19, 20), (1, 2)], ids=["few", "all but few", "few in all"])
def test_a_small_count_is_hidden_with_the_next_smallest(small: tuple[int, int]) -> None:
    hidden = suppress(table(small, (10, 40), (12, 30)), k=K)
    assert shown(hidden)[-3:] == [None, None, 12]
    assert hidden["K1_rate"].isna().tolist()[-3:-1] == [True, True]


def test_nothing_and_everything_single_out_nobody() -> None:
    assert shown(suppress(table((0, 20), (20, 20)), k=K))[-2:] == [0, 20]


def test_two_small_counts_whose_sum_tells_both_take_a_third_along() -> None:
    assert shown(suppress(table((1, 20), (1, 20), (10, 30), (12, 40)), k=K))[-4:] == [None, None, None, 12]


def test_small_counts_alone_hide_their_sum_as_well() -> None:
    hidden = suppress(table((1, 20), (2, 20)), k=K)
    assert shown(hidden)[2:] == [None, None, None]


def test_who_is_not_located_is_a_part_of_the_nation() -> None:
    hidden = suppress(table((10, 20), (12, 20), unlocated=(1, 20)), k=K)
    assert shown(hidden)[-1] is None
    assert shown(hidden)[1] is None


def test_of_figures_that_add_up_two_are_hidden() -> None:
    coverage = table((10, 20), (12, 40), (13, 30))
    coverage.loc[3, ["K3a_num", "K3a_den", "K4_num", "K4_den"]] = [8, 20, 2, 20]
    hidden = suppress(coverage, k=K)
    assert [shown(hidden, f"{kpi}_num")[3] for kpi in ("K1", "K3a", "K4")] == [10, None, None]


def test_a_step_of_few_organisations_is_hidden() -> None:
    coverage = table((10, 20), (12, 40), (13, 30)).assign(after_K1_num=[37, 37, 37, 12, 12, 13])
    hidden = suppress(coverage, k=K)
    assert shown(hidden)[3:] == [None, 12, 13]
    assert shown(hidden, "after_K1_num")[3:] == [12, 12, 13]


def test_a_number_is_hidden_wherever_it_stands() -> None:
    coverage = table((11, 12), (10, 40), (12, 30))
    covered = coverage["K1_num"]
    hidden = suppress(coverage.assign(K3b_num=covered - 4, K3b_den=covered), k=K)
    assert shown(hidden, "K1_num")[3] is None
    assert shown(hidden, "K3b_den")[3] is None
    assert pd.isna(hidden["K3b_rate"].iloc[3])


def test_who_is_surveyed_is_hidden_in_every_figure_over_them() -> None:
    coverage = table((10, 20), (10, 40), (12, 30))
    known = [87, 87, 87, 19, 38, 30]
    coverage = coverage.assign(K14_num=known, K1k_den=known, K5k_den=known)
    hidden = suppress(coverage, k=K)
    for column in ("K14_num", "K1k_den", "K5k_den"):
        assert shown(hidden, column)[3] is None


def test_a_small_whole_without_parts_ends() -> None:
    coverage = table((0, 0), (0, 0))
    coverage.loc[2, "orgs"] = 2
    assert shown(suppress(coverage, k=K), "orgs")[2] is None
