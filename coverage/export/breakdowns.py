"""coverage-by.csv: the KPIs by superior, supervisor, type, class and county, each adding up to the nation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.breakdowns import break_down
from coverage.dimensions import DIMENSIONS
from coverage.export.cells import format_numbers
from coverage.export.texts import label_texts
from words import t

if TYPE_CHECKING:
    import pandas as pd

    from coverage.dimensions import Dimension
    from coverage.pipeline import Plan

#: Dimensions whose key is a code, and the prefix of its words.
_WORDS = {"type": "org_type", "class": "class14"}
_TEXTS = ["dimension", "adcode", "key", "name"]


def breakdown_sheet(plan: Plan, by: tuple[Dimension, ...] = DIMENSIONS) -> pd.DataFrame:
    """Return the breakdowns with names in words, counts whole, rates in per cent with one decimal."""
    table = name_rows(
        break_down(plan.orgs, plan.places, duties=plan.duties, measures=plan.measures, settings=plan.settings, by=by)
    )
    return table.assign(
        **{
            name: format_numbers(table[name], decimals=1 if name.endswith("_rate") else 0)
            for name in table.columns.drop(_TEXTS)
        }
    )


def name_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return a breakdown with a name on every row: the word of a code, 未填写 for the blank key."""
    name = table["name"]
    for dimension, prefix in _WORDS.items():
        name = name.mask(table["dimension"] == dimension, label_texts(table["key"], prefix=prefix))
    return table.assign(name=name.mask(table["key"] == "", t("breakdown.blank")))
