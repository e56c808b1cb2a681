"""A map spec as JSON for our script: figures that may be seen, words, and points packed as numbers."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from words import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ui.map_spec import MapSpec

# The words our script needs; everything else on the map comes with the spec.
_SCRIPT_WORDS = ("failed", "zoom_in", "zoom_out", "reset", "inset", "metres", "kilometres")
_HASH_CHARACTERS = 20


class Packed(NamedTuple):
    """Points or groups as the browser keeps them; ids stay here and come back as a place in them."""

    hash: str
    body: dict[str, Any]
    ids: list[str]


def picture(spec: MapSpec) -> dict[str, Any]:
    """Return all of a spec but its points and groups; no figure of a hatched area, no NaN, no infinity."""
    return {
        "level": spec.level,
        "view_key": spec.view.key,
        "bounds": spec.view.bounds,
        "fit": spec.view.adcodes,
        "aria_label": spec.aria_label,
        "national": spec.national,
        "inset": spec.inset,
        "only": spec.only,
        "values": _shown_values(spec.values, spec.hatched),
        "classes": [_finite(limit) for limit in spec.classes],
        "colors": spec.colors,
        "tooltips": dict(spec.tooltips),
        "hatched": dict(spec.hatched),
        "highlight": spec.highlight,
        "outline": spec.outline,
        "labels": spec.labels,
        "label_texts": dict(spec.label_texts),
        "categories": [category._asdict() for category in spec.categories],
        "legend": _legend(spec),
        "notice": spec.notice,
        "words": {name: t(f"map.{name}") for name in _SCRIPT_WORDS},
    }


def pack_points(points: pd.DataFrame) -> Packed:
    """Return the points of a map: Float32 degrees (0.8 m at worst), one byte of category, text where there is some.

    Points without coordinates are left out: they cannot be drawn, and their ids cannot be clicked.
    """
    placed = points[points["lon"].notna() & points["lat"].notna()]
    return _packed(placed, placed["id"].tolist(), {"categories": _base64(placed["category"], np.uint8)})


def pack_groups(groups: pd.DataFrame) -> Packed:
    """Return proposed groups, each its hub and then its members; the hub is the lead, or the middle where none is."""
    placed = groups[groups["lon"].notna() & groups["lat"].notna()]
    seats = _with_hubs(placed).sort_values(["group_id", "is_lead"], ascending=[True, False], kind="stable")
    sizes = seats.groupby("group_id", sort=True).size()
    kinds = seats.drop_duplicates("group_id")["category"]
    columns = {"categories": _base64(kinds, np.uint8), "sizes": _base64(sizes, np.uint16)}
    return _packed(seats, sizes.index.tolist(), columns)


def _with_hubs(groups: pd.DataFrame) -> pd.DataFrame:
    led = groups["group_id"].isin(groups.loc[groups["is_lead"], "group_id"])
    middles = groups[~led].groupby("group_id", as_index=False).agg({"lon": "mean", "lat": "mean", "category": "first"})
    return pd.concat([groups, middles.assign(is_lead=True)], ignore_index=True) if len(middles) else groups


def _packed(table: pd.DataFrame, ids: list[str], columns: dict[str, str]) -> Packed:
    texts = table["text"].tolist() if "text" in table.columns and len(ids) == len(table) else []
    body = {"lonlat": _base64(table[["lon", "lat"]], np.float32), "texts": texts, **columns}
    digest = hashlib.sha256(json.dumps([body, ids], ensure_ascii=False).encode()).hexdigest()
    return Packed(digest[:_HASH_CHARACTERS], body, ids)


def _base64(values: pd.DataFrame | pd.Series[Any], dtype: type[np.generic]) -> str:
    numbers: NDArray[np.generic] = values.to_numpy(dtype)
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode("ascii")


def _shown_values(values: Mapping[str, float | None], hatched: Mapping[str, str]) -> dict[str, float | None]:
    return {adcode: _finite(value) for adcode, value in values.items() if adcode not in hatched}


def _finite(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(number)


def _legend(spec: MapSpec) -> dict[str, Any] | None:
    if spec.legend is None:
        return None
    return {"title": spec.legend.title, "entries": [entry._asdict() for entry in spec.legend.entries]}
