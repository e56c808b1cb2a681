"""The least that would have to change for more to be covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.whatif.tables import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

#: What can be widened; slots of instructors come last: they cost somebody's time.
_WIDENED: Final = (Parameter.LIMIT, Parameter.MOST_UNITS, Parameter.SLOTS)


class Gain(NamedTuple):
    """The smallest value of a parameter that covers more than now, and how many more; 0 where none of them does."""

    parameter: Parameter
    value: float
    more: int


def gains(figures: pd.DataFrame) -> Iterator[Gain]:
    """Yield the least gain of each parameter.

    Parameters
    ----------
    figures
        `Figures` of one county, or of all together.
    """
    now = int(figures.loc[figures["parameter"] == Parameter.NOW, "covered"].iloc[0])
    for parameter in _WIDENED:
        tried = figures[figures["parameter"] == parameter].sort_values("value")
        better = tried[tried["covered"] > now]
        if len(better):
            yield Gain(parameter, float(better["value"].iloc[0]), int(better["covered"].iloc[0]) - now)
        elif len(tried):
            yield Gain(parameter, float(tried["value"].iloc[-1]), 0)
