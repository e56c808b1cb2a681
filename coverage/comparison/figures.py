"""How the KPIs of each area differ between two lists, and which changes the difference comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.areas import area_codes, describe_areas, roll_up
from coverage.comparison.effects import facts_of
from coverage.comparison.tables import Cause, ChangeKind, FigureChanges
from coverage.indicators import AFTER, INDICATORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.comparison.sides import Side
    from geo.divisions import Divisions

#: The figures whose difference is told by cause: sums over organisations, none over units or blocks.
EXPLAINED = ("K1", "K2", "K5")
_AREA = ["adcode", "name", "level"]
_PARTS = ("num", "den")
_VALUES = ("num", "den", "rate")
_UNIT_KINDS = (ChangeKind.UNIT_FOUNDED, ChangeKind.UNIT_DISSOLVED, ChangeKind.UNIT_FORM)


def compare_figures(
    matches: pd.DataFrame, changes: pd.DataFrame, *, old: Side, new: Side, divisions: Divisions
) -> pd.DataFrame:
    """Return `FigureChanges`: every KPI of every area of either list, areas in the order of coverage.csv.

    Parameters
    ----------
    changes
        kind and `match` (position in `matches`) of each change.
    """
    both = old.coverage.merge(new.coverage, on=_AREA, how="outer", suffixes=("_old", "_new"), sort=False)
    both = both.assign(rank=_ranks(both, old, new)).sort_values(["rank"], kind="stable", ignore_index=True)
    scenarios = {"today": ""} | ({"after": AFTER} if old.measures is not None and new.measures is not None else {})
    figures = _figures(both, scenarios)
    causes = _by_area(matches, _causes(matches, changes, old=old, new=new), old=old, new=new, divisions=divisions)
    figures = figures.merge(causes, on=[*_AREA, "kpi", "scenario"], how="left")
    return FigureChanges.validate(figures[list(FigureChanges.to_schema().columns)])


def _ranks(both: pd.DataFrame, old: Side, new: Side) -> pd.Series:
    """Return where each area stands: as in the new table, an area of the old one alone behind its equals in level."""
    levels = pd.concat([new.coverage["level"], old.coverage["level"]]).drop_duplicates()
    wide = ["nation", "province", "city", "county", "own", "superior", "unlocated"]
    known = {level: place for place, level in enumerate([*wide, *levels[~levels.isin(wide)]])}
    keyed = both.assign(place=both["level"].map(known))
    return keyed.sort_values(["place", "adcode", "name"]).assign(rank=range(len(keyed)))["rank"].reindex(both.index)


def _figures(both: pd.DataFrame, scenarios: dict[str, str]) -> pd.DataFrame:
    """Return the values of both lists, all figures of an area together; a count that one list has not is 0."""
    figures = [(scenario, kpi.code) for scenario in scenarios for kpi in INDICATORS]
    columns = {
        f"{side}_{value}": np.ravel(
            [
                both[f"{scenarios[scenario]}{kpi}_{value}_{side}"].to_numpy(np.float64, na_value=np.nan)
                for scenario, kpi in figures
            ],
            order="F",
        )
        for side in ("old", "new")
        for value in _VALUES
    }
    counts = {name: np.nan_to_num(of).astype(np.int64) for name, of in columns.items() if not name.endswith("rate")}
    named = {name: [figure[place] for figure in figures] * len(both) for place, name in enumerate(("scenario", "kpi"))}
    areas = both[_AREA].loc[both.index.repeat(len(figures))].reset_index(drop=True)
    return areas.assign(**named, **(columns | counts))


def _causes(matches: pd.DataFrame, changes: pd.DataFrame, *, old: Side, new: Side) -> pd.Series:
    """Return the one cause of each match, the first that holds."""
    kinds = {cause: np.zeros(len(matches), dtype=np.bool_) for cause in Cause}
    wanted = {
        Cause.REGISTRATION: (ChangeKind.CANCELLED, ChangeKind.BACK),
        Cause.UNIT: _UNIT_KINDS,
        Cause.COUNT: (ChangeKind.COUNT,),
    }
    for cause, names in wanted.items():
        kinds[cause][changes.loc[changes["kind"].isin(names), "match"]] = True
    areas = [_areas(side, matches[name], new) for name, side in (("old", old), ("new", new))]
    kinds[Cause.MOVED] = areas[0] != areas[1]
    kinds[Cause.NEW], kinds[Cause.GONE] = (matches[name].to_numpy() < 0 for name in ("old", "new"))
    first = np.select([kinds[cause] for cause in Cause], [cause.value for cause in Cause], Cause.OTHER.value)
    return pd.Series(first, index=matches.index, dtype="str")


def _areas(side: Side, position: pd.Series, new: Side) -> NDArray[np.object_]:
    codes = area_codes(side.places, side.duties, settings=new.settings).to_numpy(dtype=object)
    return np.append(codes, "").take(position.to_numpy())


def _by_area(matches: pd.DataFrame, causes: pd.Series, *, old: Side, new: Side, divisions: Divisions) -> pd.DataFrame:
    """Return the contributions to K1, K2 and K5 of today by area: what came in new counts plus, what was minus."""
    entries = pd.concat(
        [
            _entries(side, matches[name], causes=causes, new=new, sign=sign)
            for name, side, sign in (("old", old, -1), ("new", new, 1))
        ]
    )
    keyed = entries.assign(column=entries["figure"] + "|" + entries["cause"])
    sums = keyed.pivot_table(index="area", columns="column", values="value", aggfunc="sum", fill_value=0)
    places = pd.concat([new.places, old.places], ignore_index=True)
    areas = describe_areas(sums.index, places, divisions=divisions, settings=new.settings)
    return _long(roll_up(areas, sums.reset_index(drop=True)))


def _entries(side: Side, position: pd.Series, *, causes: pd.Series, new: Side, sign: int) -> pd.DataFrame:
    """Return area, cause, figure and value of one list: how many organisations count, below 0 for what was."""
    facts = facts_of(side)
    there = (position >= 0).to_numpy()
    place = position.to_numpy()[there]
    areas, because = _areas(side, position, new)[there], causes.to_numpy(dtype=object)[there]
    counts = {
        f"{kpi.code}_{part}": np.asarray(count(facts), dtype=np.int64).take(place)
        for kpi in INDICATORS
        if kpi.code in EXPLAINED
        for part, count in zip(_PARTS, (kpi.numerator, kpi.denominator), strict=True)
    }
    summed = pd.DataFrame({"area": areas, "cause": because} | counts).groupby(["area", "cause"]).sum() * sign
    return summed.reset_index().melt(["area", "cause"], var_name="figure")


def _long(sums: pd.DataFrame) -> pd.DataFrame:
    """Return one row an area and explained KPI, a column for each cause and part; 0 where a cause moved nothing."""
    parts = []
    for kpi in EXPLAINED:
        columns = {
            f"{cause}_cause_{part}": sums.get(f"{kpi}_{part}|{cause}", pd.Series(0, index=sums.index))
            for cause in Cause
            for part in _PARTS
        }
        parts.append(sums[_AREA].assign(kpi=kpi, scenario="today", **columns))
    return pd.concat(parts, ignore_index=True)
