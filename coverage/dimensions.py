"""What the KPIs can be counted by beside area; light, so that the command line can name them at once."""

from __future__ import annotations

from enum import StrEnum


class Dimension(StrEnum):
    """One way to sort organisations; `COUNTY` is where they are located."""

    COUNTY = "county"
    SUPERIOR = "superior"
    SUPERVISOR = "supervisor"
    TYPE = "type"
    CLASS = "class"


DIMENSIONS = tuple(Dimension)
