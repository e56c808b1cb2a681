"""The least that would have to change for more to be covered."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage.whatif import Gain, Parameter, gains


def figures(**covered: dict[float, int]) -> pd.DataFrame:
    """Return the columns of `Figures` that count: 10 covered now, and what each value covers."""
    rows = [("now", float("nan"), 10)]
    rows += [(parameter, value, count) for parameter, values in covered.items() for value, count in values.items()]
    return pd.DataFrame(rows, columns=["parameter", "value", "covered"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({2.0: 14, 1.0: 10, 1.5: 12, 0.5: 8}, (1.5, 2)),
        ({0.5: 8, 1.0: 10, 2.0: 10}, (2.0, 0)),
        ({1.0: 11, 2.0: 11}, (1.0, 1)),
    ],
)
def test_the_smallest_value_that_covers_more(values: dict[float, int], expected: tuple[float, int]) -> None:
    assert list(gains(figures(limit=values))) == [Gain(Parameter.LIMIT, *expected)]


def test_each_parameter_that_was_tried_has_its_own() -> None:
    found = list(gains(figures(slots={0.0: 10, 1.0: 12}, most_units={4.0: 10, 6.0: 11})))

    assert found == [Gain(Parameter.MOST_UNITS, 6.0, 1), Gain(Parameter.SLOTS, 1.0, 2)]
