"""The KPIs by something else than area: Party superior, supervisor, type, class, or county (RULEBOOK §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.dimensions import DIMENSIONS, Dimension
from coverage.indicators import sum_facts, tally, with_rates

if TYPE_CHECKING:
    from coverage.indicators import Tally
    from coverage.settings import PlanSettings

#: What a row of a breakdown stands for; a blank key is everybody whose list leaves it blank.
_ROW = ["dimension", "adcode", "key", "name", "orgs"]


def break_down(  # noqa: PLR0913 # one table of each stage, and what to count by
    orgs: pd.DataFrame,
    places: pd.DataFrame,
    *,
    duties: pd.DataFrame,
    measures: pd.DataFrame,
    settings: PlanSettings,
    by: tuple[Dimension, ...] = DIMENSIONS,
) -> pd.DataFrame:
    """Return one row a value of each dimension: dimension, adcode, key, name, orgs and the KPIs as in `Coverage`.

    The rows of one dimension add up to the nation of `count_coverage`: a unit counts once in its area, where its
    first id is. Rows by adcode and key, the blank one last. `adcode` is the county of a county or superior, `name` is
    "" where the key is a code.
    """
    counted = tally(orgs, places, duties=duties, measures=measures, settings=settings)
    tables = [_by(counted, _keys(orgs, places, duties=duties, measures=measures, by=dimension)) for dimension in by]
    return pd.concat(
        [table.assign(dimension=name.value) for name, table in zip(by, tables, strict=True)], ignore_index=True
    )[[*_ROW, *tables[0].columns.drop(_ROW[1:])]]


def _by(counted: Tally, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the sums over each different row of `keys` (adcode, key, name)."""
    position, found = pd.factorize(pd.MultiIndex.from_frame(keys[["adcode", "key"]]))
    first = np.unique(position, return_index=True)[1]
    rows = keys.iloc[first].reset_index(drop=True)
    sums = pd.DataFrame(sum_facts(counted, position, groups=len(found)))
    table = with_rates(pd.concat([rows, sums], axis=1), head=_ROW[1:])
    rank = table["key"].where(~table["key"].str.isdecimal(), table["key"].str.zfill(6))
    order = pd.DataFrame({"is_blank": table["key"] == "", "adcode": table["adcode"], "rank": rank})
    return table.loc[order.sort_values(list(order.columns)).index]


def _keys(
    orgs: pd.DataFrame, places: pd.DataFrame, *, duties: pd.DataFrame, measures: pd.DataFrame, by: Dimension
) -> pd.DataFrame:
    """Return adcode, key and name of each organisation; a Party body is known by name and county (RULEBOOK §1)."""
    county, nowhere = places["adcode"], pd.Series("", index=orgs.index, dtype="str")
    key, name, adcode = {
        Dimension.COUNTY: (county, places["county_name"], county),
        Dimension.SUPERIOR: (duties["superior"], duties["superior"], county.where(duties["superior"] != "", "")),
        Dimension.SUPERVISOR: (duties["supervisor"], duties["supervisor"], nowhere),
        Dimension.TYPE: (orgs["org_type"], nowhere, nowhere),
        Dimension.CLASS: (measures["class14"], nowhere, nowhere),
    }[by]
    return pd.DataFrame({"adcode": adcode, "key": key, "name": name})
