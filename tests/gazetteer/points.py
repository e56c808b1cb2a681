"""Known places and addresses to place, around one point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.tables import Landmarks

if TYPE_CHECKING:
    from collections.abc import Mapping

LON, LAT = 117.07, 36.66  # 历下区
_M_PER_DEGREE = 110_980.0  # of latitude there


def landmarks(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """`Landmarks`: confirmed doors at one point, unless a row says otherwise."""
    default = {
        "adcode": "370102",
        "township": "",
        "kind": "road",
        "number": "",
        "lon": LON,
        "lat": LAT,
        "level": "given",
        "radius_m": 50.0,
        "source": "confirmed",
        "at": "2026-01-01",
        "terms": "",
    }
    return Landmarks.validate(pd.DataFrame([default | dict(row) for row in rows])[list(Landmarks.to_schema().columns)])


def wanted(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Addresses of the county."""
    return pd.DataFrame([{"adcode": "370102", "township": ""} | dict(row) for row in rows], dtype="str")


def north_m(metres: float) -> float:
    """Degrees of latitude that far."""
    return metres / _M_PER_DEGREE
