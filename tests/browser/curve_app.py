"""A page with the curve of two days, run by test_curve.py."""

from __future__ import annotations

import pandas as pd

from ui.areas import Area
from ui.trend import Day, show_trend


def figures(today: int, after: int) -> pd.DataFrame:
    """Return the coverage table of one city: its unit coverage, today and with the proposals carried out."""
    row: dict[str, object] = {"adcode": "330500", "level": "city"}
    for stem, value in (("K1", today), ("after_K1", after)):
        row |= {f"{stem}_num": value, f"{stem}_den": 100, f"{stem}_rate": float(value)}
    return pd.DataFrame([row])


show_trend(
    [Day("2026-06-30", figures(20, 50)), Day("2026-12-31", figures(25, 55))],
    Area("330500", "湖州市", "湖州", "city", "330000"),
    "K1",
    target=60,
)
