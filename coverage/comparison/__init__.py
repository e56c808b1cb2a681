"""List against list: what is new, gone or changed since the list before, and what each change does to the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.codes import has_code, where_true
from coverage.comparison.changes import align, find_changes
from coverage.comparison.effects import TOLD, check_groups, find_effects
from coverage.comparison.figures import EXPLAINED, compare_figures
from coverage.comparison.matching import match_orgs
from coverage.comparison.sides import FIELDS, Side, recount, side_of_list, side_of_plan
from coverage.comparison.tables import (
    Cause,
    ChangeKind,
    Changes,
    ChangeSummary,
    Effect,
    FigureChanges,
    GroupState,
    Note,
    OldGroups,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.divisions import Divisions

__all__ = [
    "EXPLAINED",
    "FIELDS",
    "Cause",
    "ChangeKind",
    "ChangeSummary",
    "Changes",
    "Comparison",
    "Effect",
    "FigureChanges",
    "GroupState",
    "Note",
    "OldGroups",
    "Side",
    "compare_lists",
    "side_of_list",
    "side_of_plan",
]

_KIND_ORDER = {kind.value: place for place, kind in enumerate(ChangeKind)}
_TEXTS = ("field", "before", "after")


class Comparison(NamedTuple):
    """Two lists compared; `is_planned` says whether both plans were known, `fields` what only one list has."""

    changes: pd.DataFrame
    groups: pd.DataFrame
    summary: pd.DataFrame
    figures: pd.DataFrame
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    is_planned: bool


def compare_lists(old: Side, new: Side, *, divisions: Divisions) -> Comparison:
    """Return what changed from one list to the other, with what it does to the old plan and to the figures.

    Without a new plan the measures of 1-2 members and the new proposed units are left blank; all else is the same.
    """
    if old.settings.area_mode != new.settings.area_mode:
        old = recount(old, new.settings, divisions=divisions)
    matches = match_orgs(old, new)
    rows = _rows(matches, old, new)
    groups = check_groups(matches, old, new)
    effects = find_effects(matches, old, new, groups=groups)
    rows = pd.concat([rows, _affected(rows, effects)], ignore_index=True)
    changes = _told(rows, matches.join(effects), old=old, new=new)
    figures = compare_figures(matches, rows, old=old, new=new, divisions=divisions)
    return Comparison(
        changes,
        _with_changed(groups, changes),
        _summary(changes),
        figures,
        tuple(sorted(old.fields - new.fields)),
        tuple(sorted(new.fields - old.fields)),
        old.measures is not None and new.measures is not None,
    )


def _rows(matches: pd.DataFrame, old: Side, new: Side) -> pd.DataFrame:
    """Return `match`, kind, field, before and after of each change: of pairs, then of what stands alone."""
    found = find_changes(align(matches, old, new), fields=old.fields & new.fields)
    is_pair = (matches["old"] >= 0) & (matches["new"] >= 0)
    found = found.assign(match=np.flatnonzero(is_pair)[found["pair"]]).drop(columns="pair")
    alone = matches[~is_pair]
    is_gone, has_twin = alone["new"] < 0, alone["twin"] != ""
    own = pd.Series(np.where(is_gone, _ids(old, alone["old"]), _ids(new, alone["new"])), index=alone.index)
    told = pd.DataFrame(
        {
            "kind": np.where(is_gone, ChangeKind.GONE.value, ChangeKind.NEW.value),
            "field": np.where(has_twin, "uscc", ""),
            "before": np.select([has_twin & is_gone, has_twin], [own, alone["twin"]], ""),
            "after": np.select([has_twin & is_gone, has_twin], [alone["twin"], own], ""),
            "match": alone.index,
        }
    )
    return pd.concat([found, told], ignore_index=True)


def _affected(rows: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each organisation that did not change itself, but is told something else by the plan."""
    is_told = np.logical_or.reduce([has_code(effects["effects"], effect) for effect in TOLD])
    untouched = np.setdiff1d(np.flatnonzero(is_told), rows["match"])
    table = pd.DataFrame({"match": untouched, "kind": ChangeKind.AFFECTED.value})
    return table.assign(**dict.fromkeys(_TEXTS, ""))


def _ids(side: Side, position: pd.Series, column: str = "org_id") -> NDArray[np.object_]:
    """Return the id, or another column, at each position; "" at -1."""
    values = (side.orgs if column in side.orgs else side.places)[column].to_numpy(dtype=object)
    return np.append(values, "").take(position.to_numpy())


def _told(rows: pd.DataFrame, about: pd.DataFrame, *, old: Side, new: Side) -> pd.DataFrame:
    """Return `Changes`: each change with who it is about and what it does."""
    of = about.loc[rows["match"]].reset_index(drop=True)
    is_there = (of["new"] >= 0).to_numpy()
    places = {
        name: np.where(is_there, _ids(new, of["new"], name), _ids(old, of["old"], name))
        for name in ("adcode", "county_name")
    }
    told = of.assign(
        **{name: rows[name].array for name in ("kind", *_TEXTS)},
        old_id=_ids(old, of["old"]),
        new_id=_ids(new, of["new"]),
        old_name=_ids(old, of["old"], "name"),
        new_name=_ids(new, of["new"], "name"),
        **places,
    )
    told = told.assign(
        own_id=told["new_id"].where(is_there, told["old_id"]), order=told["kind"].map(_KIND_ORDER)
    ).sort_values(["adcode", "own_id", "old_id", "order", "field"], kind="stable")
    return Changes.validate(told[list(Changes.to_schema().columns)].reset_index(drop=True))


def _with_changed(groups: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return `OldGroups`: how many organisations of each unit changed themselves."""
    own = changes[changes["kind"] != ChangeKind.AFFECTED]
    own = own[where_true(own["old_group"] != "")].drop_duplicates("old_id")
    counts = own.groupby("old_group").size()
    changed = groups["group_id"].map(counts).fillna(0).astype("int64")
    columns = list(OldGroups.to_schema().columns)
    return OldGroups.validate(groups.assign(changed=changed)[columns])


def _summary(changes: pd.DataFrame) -> pd.DataFrame:
    """Return `ChangeSummary`: organisations, not rows, by county and kind."""
    orgs = changes.drop_duplicates(["old_id", "new_id", "kind"])
    orgs = orgs.assign(
        order=orgs["kind"].map(_KIND_ORDER),
        measure_changed=has_code(orgs["effects"], Effect.MEASURE),
        group_broken=has_code(orgs["effects"], Effect.GROUP_BROKEN),
    )
    counted = orgs.groupby(["adcode", "order", "kind"], sort=True).agg(
        county_name=("county_name", "first"),
        orgs=("kind", "size"),
        measure_changed=("measure_changed", "sum"),
        group_broken=("group_broken", "sum"),
    )
    counted = counted.reset_index()
    return ChangeSummary.validate(counted[list(ChangeSummary.to_schema().columns)])
