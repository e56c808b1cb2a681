"""What changed of each organisation: one row a fact, named after what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

from coverage.codes import where_true
from coverage.comparison.matching import normal_names
from coverage.comparison.sides import FIELDS, POINT, texts_of
from coverage.comparison.tables import ChangeKind
from coverage.locating import RADIUS_M
from coverage.vocabulary import Location, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from coverage.comparison.sides import Side

    Mask = NDArray[np.bool_]

_ELLIPSOID = Geod(ellps="WGS84")
#: Two ways to write one point differ by less.
_SAME_POINT_M = 1.0
#: A point that is off by less is the same door.
MOVED_MIN_M = RADIUS_M[Location.DOOR]
_PLACE = ("county", "township", "address", "community", "site", POINT)
_PRINTED = "{:.6f},{:.6f}"
#: Facts that only repeat the count or the unit when they change with it.
_COUNT_PARTS = ("n_full", "ft", "ft_in", "ft_out", "pt")
_UNIT_PARTS = ("has_unit",)
_KEYS = ("uscc", "reg_no")
#: What a cell says about one person is compared and not repeated.
PERSONAL = ("legal_rep_member", "secretary_source")
#: What follows from several columns, or decides so much that a column that goes is a change of every organisation.
_ALWAYS = frozenset(
    {"org_id", "n", "name", "county", "township", "unit_form", "superior", "supervisor", "status", "org_type"}
)
_KIND_OF_FIELD = {
    "name": ChangeKind.RENAMED,
    "n": ChangeKind.COUNT,
    "superior": ChangeKind.SUPERIOR,
    "supervisor": ChangeKind.SUPERVISOR,
    "status": ChangeKind.STATUS,
    "org_type": ChangeKind.STATUS,
}


class Pairs(NamedTuple):
    """The organisations of both lists, aligned: what the lists say of each, and whether its county counts it."""

    old: pd.DataFrame
    new: pd.DataFrame
    left_scope: Mask
    """Out of every denominator now (M90), in scope before."""
    came_back: Mask


def align(matches: pd.DataFrame, old: Side, new: Side) -> Pairs:
    """Return the facts of both sides of each pair, in the order of the matches that are pairs."""
    paired = matches[(matches["old"] >= 0) & (matches["new"] >= 0)]
    before, after = (
        side.facts.iloc[paired[name].to_numpy()].reset_index(drop=True) for name, side in (("old", old), ("new", new))
    )
    was_out, is_out = (
        (side.duties["measure"].iloc[paired[name].to_numpy()] == Measure.OUT_OF_SCOPE).to_numpy()
        for name, side in (("old", old), ("new", new))
    )
    return Pairs(before, after, ~was_out & is_out, was_out & ~is_out)


def find_changes(pairs: Pairs, *, fields: frozenset[str]) -> pd.DataFrame:
    """Return `pair` (position among the pairs), kind, field, before and after of every fact that differs.

    Parameters
    ----------
    fields
        Fields that both lists have a column for: a column that comes or goes is no change of every organisation.
    """
    found = pd.concat([_empty(), *_differences(pairs, fields)], ignore_index=True)
    found = _named(found, pairs)
    return found[~_is_repeated(found)].reset_index(drop=True)


def _empty() -> pd.DataFrame:
    texts = dict.fromkeys(("field", "before", "after"), pd.Series(dtype="str"))
    return pd.DataFrame({"pair": pd.Series(dtype="int64"), **texts})


def _differences(pairs: Pairs, fields: frozenset[str]) -> Iterator[pd.DataFrame]:
    for field in ("org_id", *FIELDS):
        if field in _ALWAYS or field in fields:
            differs = _differs(pairs.old[field], pairs.new[field])
            if differs.any():
                yield _rows(field, differs, pairs)
    yield _moved_points(pairs)


def _differs(before: pd.Series, after: pd.Series) -> Mask:
    """Say where two values differ; unknown is a value of its own: blank is not 0."""
    is_blank = before.isna().to_numpy(), after.isna().to_numpy()
    both = is_blank[0] & is_blank[1]
    return np.asarray((where_true(before != after) & ~both) | (is_blank[0] != is_blank[1]), dtype=np.bool_)


def _rows(field: str, differs: Mask, pairs: Pairs) -> pd.DataFrame:
    place = np.flatnonzero(differs)
    sides = (pairs.old, pairs.new)
    texts = tuple(texts_of(side[field].iloc[place]).to_numpy(dtype=object) for side in sides)
    if field in PERSONAL:
        texts = tuple(np.full(len(place), "", dtype=object) for _ in sides)
    return _table(field, place, texts)


def _table(field: str, place: NDArray[np.intp], texts: tuple[NDArray[np.object_], ...]) -> pd.DataFrame:
    table = pd.DataFrame({"pair": place, "field": field, "before": texts[0], "after": texts[1]})
    return table.astype({"pair": "int64", "field": "str", "before": "str", "after": "str"})


def _moved_points(pairs: Pairs) -> pd.DataFrame:
    place = np.flatnonzero(~(_distances_m(pairs) <= _SAME_POINT_M) & ~_without_points(pairs))
    return _table(POINT, place, tuple(_points(side.iloc[place]) for side in (pairs.old, pairs.new)))


def _without_points(pairs: Pairs) -> Mask:
    return (pairs.old["lon"].isna() & pairs.new["lon"].isna()).to_numpy()


def _points(facts: pd.DataFrame) -> NDArray[np.object_]:
    known = zip(facts["lon"], facts["lat"], strict=True)
    return np.array(["" if lon != lon else _PRINTED.format(lon, lat) for lon, lat in known], dtype=object)  # noqa: PLR0124 # NaN


def _distances_m(pairs: Pairs) -> NDArray[np.float64]:
    """Return metres on the ellipsoid between the two points of each pair; NaN where one has none."""
    columns = [side[name].to_numpy(dtype=np.float64) for side in (pairs.old, pairs.new) for name in ("lon", "lat")]
    lon, lat, new_lon, new_lat = columns
    metres = np.where(np.isnan(lon) | np.isnan(new_lon), np.nan, 0.0)
    apart = np.flatnonzero((metres == 0) & ((lon != new_lon) | (lat != new_lat)))
    if len(apart):
        _, _, metres[apart] = _ELLIPSOID.inv(lon[apart], lat[apart], new_lon[apart], new_lat[apart])
    return metres


def _named(found: pd.DataFrame, pairs: Pairs) -> pd.DataFrame:
    """Name each difference after what it means; what has no name of its own is another change."""
    pair, field = found["pair"].to_numpy(), found["field"]
    kind = field.map({name: kind.value for name, kind in _KIND_OF_FIELD.items()}).fillna(ChangeKind.OTHER.value)
    is_key = _is_rekeyed(pairs)[pair] & (field == "org_id")
    is_place = field.isin(_PLACE) & has_moved(pairs)[pair]
    is_form, before, after = field == "unit_form", found["before"], found["after"]
    is_status = kind == ChangeKind.STATUS
    same_name = (field == "name") & (normal_names(before) == normal_names(after))
    cases = {
        ChangeKind.REKEYED: is_key,
        ChangeKind.MOVED: is_place,
        ChangeKind.UNIT_FOUNDED: is_form & (before == ""),
        ChangeKind.UNIT_DISSOLVED: is_form & (after == ""),
        ChangeKind.UNIT_FORM: is_form,
        ChangeKind.CANCELLED: is_status & pairs.left_scope[pair],
        ChangeKind.BACK: is_status & pairs.came_back[pair],
        ChangeKind.OTHER: same_name,
    }
    named = np.select([where_true(case) for case in cases.values()], [case.value for case in cases], kind)
    is_told = where_true((field != "org_id") | is_key)
    return found.assign(kind=pd.Series(named, index=found.index, dtype="str")).loc[is_told]


def _is_rekeyed(pairs: Pairs) -> Mask:
    """Say whose code is another; a hash (`id:`), a place in a file (`row:`) and a number behind equals are no codes."""
    old, new = (_code(side) for side in (pairs.old, pairs.new))
    return where_true(old != new)


def _code(facts: pd.DataFrame) -> pd.Series:
    ids = facts["org_id"]
    return ids.mask(ids.str.startswith(("id:", "row:")), "").mask(ids.str.startswith("reg:"), "reg:" + facts["reg_no"])


def has_moved(pairs: Pairs) -> Mask:
    """Say who moved: to another county or township, or by a walk when another field of the place says so too.

    A point alone that is corrected, or a county that becomes known, is no move.
    """
    old, new = pairs.old, pairs.new
    elsewhere = [(old[name] != "") & (new[name] != "") & (old[name] != new[name]) for name in ("county", "township")]
    says_so = (old["address"] != new["address"]) | (old["site"] != new["site"])
    return where_true(elsewhere[0] | elsewhere[1] | (says_so & (_distances_m(pairs) > MOVED_MIN_M)))


def _is_repeated(found: pd.DataFrame) -> pd.Series:
    """Say which rows only repeat another change of the same organisation."""
    pair, field = found["pair"], found["field"]
    of_count = found[field == "n"].set_index("pair")
    same = (found["before"] == pair.map(of_count["before"])) & (found["after"] == pair.map(of_count["after"]))
    units = found.loc[found["kind"].isin([ChangeKind.UNIT_FOUNDED, ChangeKind.UNIT_DISSOLVED]), "pair"]
    rekeyed = found.loc[found["kind"] == ChangeKind.REKEYED, "pair"]
    return (
        (field.isin(_COUNT_PARTS) & same)
        | (field.isin(_UNIT_PARTS) & pair.isin(units))
        | (field.isin(_KEYS) & pair.isin(rekeyed))
    )
