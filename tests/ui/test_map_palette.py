from __future__ import annotations

from itertools import pairwise

import pytest

from ui.palette import HATCHES, MEASURE_MARKS, SEQUENTIAL, SHAPES, scale_of

KPIS = ("K1", "K2", "K2b", "K3a", "K3b", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11", "K12", "K14")
MEASURES = ["M00", "M01", "M02", "M03", "M10", "M21", "M22", "M23", "M24", "M25", "M26", "M30", "M40", "M90", "M91"]


def relative_luminance(color: str) -> float:
    """Relative luminance (WCAG 2, 0 black to 1 white) of a colour written #rrggbb."""
    red, green, blue = (linear(int(color[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def test_luminance_knows_black_and_white() -> None:
    assert relative_luminance("#000000") == pytest.approx(0)
    assert relative_luminance("#ffffff") == pytest.approx(1)


def test_the_sequence_darkens_by_steps_that_survive_grey_print() -> None:
    steps = [relative_luminance(light) / relative_luminance(dark) for light, dark in pairwise(SEQUENTIAL)]
    assert min(steps) > 1.25


@pytest.mark.parametrize("kpi", KPIS)
def test_each_kpi_has_at_most_six_fixed_classes(kpi: str) -> None:
    scale = scale_of(kpi)
    assert len(scale.limits) == len(scale.colors) + 1 <= 7
    assert list(scale.limits) == sorted(set(scale.limits))


def test_rates_end_at_a_hundred_and_counts_never() -> None:
    assert (scale_of("K1").limits[-1], scale_of("K1").unit) == (100, "%")
    assert (scale_of("K6").limits[-1], scale_of("K6").unit) == (float("inf"), "")


def test_every_measure_has_a_mark_of_its_own() -> None:
    assert sorted(MEASURE_MARKS) == MEASURES
    assert len(set(MEASURE_MARKS.values())) == len(MEASURES)
    assert {mark.shape for mark in MEASURE_MARKS.values()} <= set(SHAPES)


def test_no_data_and_suppressed_are_two_hatches() -> None:
    assert HATCHES == ("no_data", "suppressed")
