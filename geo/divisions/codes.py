"""Codes of any year and table turned into present county codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from geo.divisions.tables import Divisions

# County, township or village code; typed as a number, any of them may have got a decimal
_CODE: Final = r"^\s*(\d{6})(?:\d{3}){0,2}(?:\.0)?\s*$"


def current_codes(codes: pd.Series[str], divisions: Divisions) -> pd.Series[str]:
    """Return the present county of each 6-, 9- or 12-digit code, "" where there is none or more than one."""
    position, distinct = pd.factorize(codes.fillna("").astype("str"))
    counties: pd.Series[str] = pd.Series(distinct, dtype="str").str.extract(_CODE, expand=False)
    present = counties.map(successors(divisions)).fillna("").astype("str")
    return present.take(position).set_axis(codes.index)


def successors(divisions: Divisions) -> pd.Series[str]:
    """Return the present county by every code that leads to one: its own, an alias, or a retired one."""
    present = divisions.counties.set_index("adcode")
    own = pd.Series(present.index, index=present.index)
    retired = divisions.retired.query("current_adcode != ''").set_index("old_adcode")["current_adcode"]
    alias = divisions.aliases.set_index("alias")["adcode"]
    known: pd.Series[str] = pd.concat([own, alias, retired])
    return known[~known.index.duplicated()]
