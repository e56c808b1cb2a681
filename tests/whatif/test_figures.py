"""What other limits, sizes and instructors come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.execution import Execution, Progress, serially
from coverage.execution.running import Done
from coverage.grouping import Wishes, propose_groups
from coverage.tables import Rulings
from coverage.whatif import Ranges, what_if
from tests.grouping.cases import candidates, settings
from tests.whatif.lists import scattered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coverage.execution.running import Function, IsCancelled, Order

OBJECTIVE = ["small", "covered", "joint", "attached", "instructor", "cost", "travel", "bound", "is_proved"]


def total(figures: pd.DataFrame, parameter: str, column: str = "covered") -> dict[float, Any]:
    """Return a figure of all counties by the value of a parameter."""
    rows = figures[(figures["adcode"] == "") & (figures["parameter"] == parameter)]
    return dict(zip(rows["value"], rows[column], strict=True))


def covered(*rows: Mapping[str, Any], ranges: Ranges, parameter: str, **changes: Any) -> list[int]:
    """Return how many of some organisations are covered at each value."""
    return list(total(what_if(candidates(*rows), settings(**changes), ranges=ranges).figures, parameter).values())


def test_the_first_row_is_the_plan_as_it_is() -> None:
    table = pd.concat([scattered(40, seed=1), scattered(30, seed=2, adcode="370103")], ignore_index=True)

    figures = what_if(table, settings()).figures

    now = figures[figures["parameter"] == "now"]
    blocks = propose_groups(table, settings()).blocks
    assert now["adcode"].tolist() == ["", "370102", "370103"]
    pd.testing.assert_frame_equal(now[OBJECTIVE][1:].reset_index(drop=True), blocks[OBJECTIVE], check_exact=True)
    assert now["value"].isna().all()


def test_a_road_takes_part_only_where_its_radius_is_within_the_limit() -> None:
    roads = candidates(*({"location_level": "road", "n": 2, "east_m": 300.0 * place} for place in range(4)))
    roads = roads.assign(is_precise=[True, True, False, False])  # radii of 2.5 and 5 km, limits of 3 km
    radius_m = pd.Series([2_500.0, 2_500.0, 5_000.0, 5_000.0], index=roads["org_id"])
    limits = Ranges(limits=(0.5, 1.0, 2.0), most_units=(), slots=())

    told = what_if(roads, settings(), ranges=limits, radius_m=radius_m)

    assert total(told.figures, "limit") == {0.5: 0, 1.0: 2, 2.0: 4}


def test_all_counties_together_are_their_sum() -> None:
    table = pd.concat([scattered(25, seed=3), scattered(25, seed=4, adcode="370103")], ignore_index=True)

    figures = what_if(table, settings()).figures

    sums = figures[figures["adcode"] != ""].groupby(["parameter", "value"], dropna=False)
    whole = figures[figures["adcode"] == ""].set_index(["parameter", "value"])
    for name in ("small", "covered", "uncovered", "units", "cost", "bound"):
        pd.testing.assert_series_equal(sums[name].sum(), whole[name].sort_index(), check_names=False)
    assert (figures["covered"] + figures["uncovered"] == figures["small"]).all()
    assert (figures["covered"] == figures[["joint", "attached", "instructor"]].sum(axis=1)).all()


def test_present_values_are_as_now_and_worked_on_once() -> None:
    seen: list[Progress] = []

    figures = what_if(scattered(30, seed=5), settings(), execution=Execution(on_done=seen.append)).figures

    whole = figures[figures["adcode"] == ""]
    same = pd.concat(
        [
            whole[whole["parameter"] == "now"],
            whole[(whole["parameter"] == "limit") & (whole["value"] == 1)],
            whole[(whole["parameter"] == "most_units") & (whole["value"] == settings().joint_max_units)],
            whole[(whole["parameter"] == "slots") & (whole["value"] == 0)],
        ]
    )
    assert len(same) == 4
    assert len(same.drop(columns=["parameter", "value"]).drop_duplicates()) == 1
    assert seen[-1].total == len(whole) - 3


def test_limits_are_scaled_also_where_the_list_states_them() -> None:
    far = [{"n": 2, "limit_m": 3_000.0}, {"n": 1, "east_m": 4_000.0, "limit_m": 3_000.0}]
    own = [{"n": 2, "limit_m": 500.0}, {"n": 1, "east_m": 900.0, "limit_m": 500.0}]
    ranges = Ranges(limits=(0.5, 1, 1.25, 1.5, 2))

    assert covered(*far, ranges=ranges, parameter="limit") == [0, 0, 0, 2, 2]
    assert covered(*own, ranges=ranges, parameter="limit") == [0, 0, 0, 0, 2]


def test_larger_units_cover_who_is_left_over() -> None:
    around = [{"n": 1, "east_m": east, "north_m": north} for east, north in ((0, 0), (9, 0), (0, 9), (-9, 0))]

    assert covered(*around, ranges=Ranges(most_units=(2, 3, 4)), parameter="most_units") == [0, 3, 4]


def test_a_size_that_no_unit_may_have_is_not_tried() -> None:
    figures = what_if(scattered(10, seed=6), settings(), ranges=Ranges(most_units=(1, 2, 10, 11))).figures

    assert list(total(figures, "most_units")) == [2, 10]


def test_instructors_cover_who_is_alone_whatever_the_list_states() -> None:
    alone = [{"n": 2, "east_m": 20_000.0 * place, "slots": 1} for place in range(3)]
    ranges = Ranges(slots=(0, 1, 2, 5))

    assert covered(*alone, ranges=ranges, parameter="slots") == [0, 1, 2, 3]
    assert covered(*alone, ranges=ranges, parameter="now") == [1]


@pytest.mark.parametrize("seed", range(6))
def test_wider_rules_never_cover_fewer_where_both_are_proved(seed: int) -> None:
    figures = what_if(scattered(30, seed=100 + seed, side_m=7_000), settings()).figures

    whole = figures[(figures["adcode"] == "") & figures["is_proved"] & (figures["parameter"] != "now")]
    assert len(whole) > 8, "most are proved, or this says nothing"
    by_parameter = whole.sort_values(["parameter", "value"]).groupby("parameter")
    assert (by_parameter["covered"].diff().dropna() >= 0).all()
    assert (whole["cost"] >= whole["bound"] - 1e-6).all()


def test_what_planners_fixed_holds_in_every_case() -> None:
    table = candidates({"n": 2}, {"n": 1, "east_m": 50.0}, {"n": 1, "east_m": 90.0})
    apart = Rulings.validate(
        pd.DataFrame(
            [("forbid", "A00", "A01", ""), ("forbid", "A00", "A02", "")], columns=list(Rulings.to_schema().columns)
        )
    )

    figures = what_if(table, settings(), wishes=Wishes(rulings=apart)).figures

    assert set(figures.loc[figures["parameter"] != "slots", "covered"]) == {0}


def test_a_county_that_was_not_tried_has_no_figures_and_is_named() -> None:
    table = pd.concat([scattered(12, seed=7), scattered(12, seed=8, adcode="370103")], ignore_index=True)

    def lose_one(function: Function, orders: Iterator[Order], is_cancelled: IsCancelled) -> Iterator[Done]:
        for done in serially(function, orders, is_cancelled):
            yield done._replace(result=b"", cause="died") if done.key.startswith("370103") else done

    found = what_if(table, settings(), execution=Execution(lose_one))

    assert set(found.figures["adcode"]) == {"370102"}
    assert set(found.missing.itertuples(index=False, name=None)) == {("370103", "", "died")}


def test_the_order_of_the_list_changes_nothing() -> None:
    table = scattered(40, seed=9)

    shuffled = table.sample(frac=1, random_state=1)

    pd.testing.assert_frame_equal(what_if(table, settings()).figures, what_if(shuffled, settings()).figures)


def test_nobody_to_group_has_no_figures() -> None:
    assert what_if(candidates({"kind": "empty", "n": 0}), settings()).figures.empty
