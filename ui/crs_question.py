"""How well each coordinate system fits a list: a suggestion beside the question, never the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coverage.locating import locate
from geo.crs import crs_votes

if TYPE_CHECKING:
    import pandas as pd

    from coverage.settings import PlanSettings
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

# Enough for a share to one point in a hundred; more rows say the same.
_SAMPLE = 2_000


def crs_shares(
    orgs: pd.DataFrame, *, settings: PlanSettings, divisions: Divisions, boundaries: Boundaries
) -> dict[str, float]:
    """Return for each system the share of points that fall into the county that words and codes of their row name.

    Empty where no row has both. The points are those of the list, before any system was taken for granted.
    """
    with_point = orgs[orgs["lon_given"].notna() & orgs["lat_given"].notna()]
    if with_point.empty:
        return {}
    places = np.unique(np.linspace(0, len(with_point) - 1, _SAMPLE).astype(int))
    sample = with_point.iloc[places].reset_index(drop=True)
    blind = sample.assign(lon=np.nan, lat=np.nan)
    named, _ = locate(blind, divisions=divisions, boundaries=boundaries, settings=settings)
    return crs_votes(sample["lon_given"], sample["lat_given"], adcode=named["adcode"], counties=boundaries.counties)
