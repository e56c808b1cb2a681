"""A map spec as JSON for our script: figures that may be seen, words, and points packed as numbers."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from ui.palette import SEQUENTIAL
from words import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ui.map_spec import MapSpec

# The words our script needs; everything else on the map comes with the spec.
_SCRIPT_WORDS = (
    "failed", "zoom_in", "zoom_out", "reset", "inset", "metres", "kilometres", "layers", "heat", "no_heat", "low",
    "high", "heat_about", "lasso", "lasso_about", "together",
)  # fmt: skip
_HASH_CHARACTERS = 20


class Packed(NamedTuple):
    """Points or groups as the browser keeps them; ids stay here and come back as a place in them."""

    hash: str
    body: dict[str, Any]
    ids: list[str]
    places: dict[str, int]


Layers = dict[str, Packed | None]


def pack_layers(spec: MapSpec) -> Layers:
    """Return what of a spec travels once: its points, groups, venues, numbers and travel limits."""
    return {
        "points": None if spec.points is None else pack_points(spec.points),
        "groups": None if spec.groups is None else pack_groups(spec.groups),
        "venues": None if spec.venues is None else pack_points(spec.venues),
        "counts": None if spec.counts is None else pack_counts(spec.counts),
        "limits": None if spec.limits is None else pack_limits(spec.limits),
    }


def picture(spec: MapSpec) -> dict[str, Any]:
    """Return all of a spec but what `pack_layers` packs; no figure of a hatched area, no NaN, no infinity."""
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
        "pin": spec.pin and spec.pin._asdict(),
        "placing": spec.is_placing,
        "notice": spec.notice,
        "layers": [
            layer._asdict() | {"entries": [entry._asdict() for entry in layer.entries]} for layer in spec.layers
        ],
        "heats": [heat._asdict() for heat in spec.heats],
        "heat_colors": SEQUENTIAL,
        "selected": [],
        "unit_categories": spec.unit_categories,
        "reach": spec.reach and spec.reach._asdict(),
        "can_lasso": spec.can_lasso,
        "lasso": spec.lasso,
        "twins": spec.twins,
        "words": {name: t(f"map.{name}") for name in _SCRIPT_WORDS},
    }


def pack_points(points: pd.DataFrame) -> Packed:
    """Return the points of a map: Float32 degrees (0.8 m at worst), one byte of category, text where there is some.

    Points without coordinates are left out: they cannot be drawn, and their ids cannot be clicked.
    """
    placed = points[points["lon"].notna() & points["lat"].notna()]
    return _packed(placed["id"], lonlat=placed, each=placed)


def pack_groups(groups: pd.DataFrame) -> Packed:
    """Return proposed groups, each its hub and then its members; the hub is the lead, or the middle where none is."""
    seats = seats_of(groups)
    hubs = seats.drop_duplicates("group_id")
    sizes = seats.groupby("group_id", sort=True).size()
    return _packed(hubs["group_id"], lonlat=seats, each=hubs, sizes=_base64(sizes, np.uint16))


def pack_counts(counts: pd.DataFrame) -> Packed:
    """Return numbers at places; every one has a text."""
    numbers = _base64(counts["count"], np.uint32)
    return _packed(counts["id"], lonlat=counts, each=counts.assign(category=0), counts=numbers)


def pack_limits(limits: pd.DataFrame) -> Packed:
    """Return travel limits as places and metres; they have no id, nobody clicks them."""
    placed = limits[limits[["lon", "lat", "radius_m"]].notna().all(axis="columns")]
    nobody = pd.DataFrame({"category": []})
    radii = _base64(placed["radius_m"], np.float32)
    return _packed(pd.Series([], dtype="str"), lonlat=placed, each=nobody, radii=radii)


def places_of(ids: Sequence[str], packed: Packed | None) -> list[int]:
    """Return the places of ids in what was packed; ids that are not there have none."""
    known = packed.places if packed else {}
    return sorted(known[each] for each in set(ids) if each in known)


def seats_of(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the located members of each group behind its hub: the lead, or the middle where none is."""
    placed = groups[groups["lon"].notna() & groups["lat"].notna()]
    return _with_hubs(placed).sort_values(["group_id", "is_lead"], ascending=[True, False], kind="stable")


def _with_hubs(groups: pd.DataFrame) -> pd.DataFrame:
    led = groups["group_id"].isin(groups.loc[groups["is_lead"], "group_id"])
    if led.all():
        return groups
    alone = groups[~led].groupby("group_id")
    hubs = alone.first().assign(is_lead=True, lon=alone["lon"].mean(), lat=alone["lat"].mean())
    return pd.concat([groups, hubs.reset_index()], ignore_index=True)


def _packed(ids: pd.Series[Any], *, lonlat: pd.DataFrame, each: pd.DataFrame, **columns: str) -> Packed:
    """Pack places (`lonlat`) and what each id has (`each`, in the order of `ids`)."""
    body = {
        "lonlat": _base64(lonlat[["lon", "lat"]], np.float32),
        "categories": _base64(each["category"], np.uint8),
        "texts": each["text"].tolist() if "text" in each.columns else [],
        **columns,
    }
    known = ids.tolist()
    digest = hashlib.sha256(json.dumps([body, known], ensure_ascii=False).encode()).hexdigest()
    return Packed(digest[:_HASH_CHARACTERS], body, known, {each: place for place, each in enumerate(known)})


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
