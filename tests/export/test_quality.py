"""How good a plan is, said in words."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage.export.quality import count_unplaced, quality_text
from tests.export.plans import small_plan


def blocks(*rows: tuple[float, float, float, bool]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["cost", "bound", "travel", "is_proved"])
    return table.assign(small=10, covered=9, instructor_most=0, is_following=False)


def test_a_proved_plan_says_so() -> None:
    text = quality_text(blocks((104.0, 104.0, 4.0, True), (102.0, 102.0, 2.0, True)))

    assert "20" in text
    assert "18" in text
    assert "已证明最优" in text


@pytest.mark.parametrize(("bound", "share"), [(3.99, "0.2%"), (3.9999, "0.1%")])
def test_a_gap_is_told_as_a_share_of_the_travel_and_never_rounded_away(bound: float, share: str) -> None:
    text = quality_text(blocks((4.0, bound, 4.0, False), (2.0, 2.0, 2.0, True)))

    assert f"不超过 {share}" in text
    assert "2 个编组范围中 1 个已证明最优" in text


def test_a_gap_that_may_hide_an_organisation_is_told_in_organisations() -> None:
    assert "不超过 2 家单位未编入的代价" in quality_text(blocks((304.0, 104.0, 4.0, False)))
    assert "不超过 1 家单位未编入的代价" in quality_text(blocks((104.0, 20.0, 400.0, False)))


def test_gaps_of_many_blocks_that_hide_nobody_are_told_as_a_share_of_the_travel() -> None:
    assert "不超过 2.0%" in quality_text(blocks(*[(50.0, 49.0, 50.0, False)] * 120))
    assert "不超过 1 家单位未编入的代价" in quality_text(blocks((105.0, 100.0, 4.0, False)))


def test_a_plan_that_keeps_earlier_units_is_the_best_of_those_that_do() -> None:
    proved, open_ = blocks((104.0, 104.0, 4.0, True)), blocks((104.0, 103.9, 4.0, False))

    assert "没有更好而又同样保留上次的组的方案" in quality_text(proved.assign(is_following=True))
    assert "不超过 2.5%（占出行代价）（与同样保留上次的组的方案相比）" in quality_text(open_.assign(is_following=True))
    assert "上次" not in quality_text(proved) + quality_text(open_)


def test_without_a_block_nothing_is_said() -> None:
    assert quality_text(blocks()) == ""


def test_what_one_more_instructor_is_worth_is_said_where_it_is_worth_something() -> None:
    table = blocks((104.0, 104.0, 4.0, True), (102.0, 102.0, 2.0, True))
    assert "指导员" not in quality_text(table)
    assert "再增派 1 名指导员可多覆盖 1 家，共增派 4 名可多覆盖 4 家" in quality_text(
        table.assign(instructor_most=[1, 3])
    )


def test_a_proof_that_holds_for_want_of_points_says_so() -> None:
    proved = blocks((104.0, 104.0, 4.0, True))

    assert "（未编入的有 1 家位置不到道路一级，不能编组：先核对位置）；已证明最优" in quality_text(proved, unplaced=1)
    assert "先核对位置" not in quality_text(proved)


@pytest.mark.parametrize(
    ("measures", "unplaced"),
    [
        (["M22", "M22", "M23", "M10", "M26"], 1),
        (["M24", "M25", "M26", "M10", "M26"], 4),
        (["M40", "M22", "M40", "M91", "M00"], 1),
        (["M21", "M22", "M23", "M10", "M30"], 0),
    ],
)
def test_unplaced_are_those_left_out_without_a_point_to_group_by(measures: list[str], unplaced: int) -> None:
    plan = small_plan()
    table = plan.measures.assign(measure=measures, provisional=["M26", "", "M22", "M26", ""])

    assert count_unplaced(table, plan.places.assign(is_precise=False)) == unplaced
    assert count_unplaced(table, plan.places.assign(is_precise=True)) == 0
    assert count_unplaced(table.assign(adcode=""), plan.places.assign(is_precise=False)) == 0
