"""The kind of a place by the ending of its name (RULEBOOK 5.3)."""

from __future__ import annotations

from typing import Final

import pandas as pd

# One alternative a kind; 民族乡 ends in 乡, 民族苏木 in 苏木
_TOWNSHIP_ENDINGS: Final = {"street": "(?:街道|街道办事处|地区)$", "town": "镇$", "rural": "(?:乡|苏木)$"}
_DISTRICT: Final = "区"


def township_kinds(names: pd.Series[str]) -> pd.Series[str]:
    """Return street, town, rural or unknown for each township name."""
    kinds = pd.Series("unknown", index=names.index)
    stripped = names.fillna("").str.strip()
    for kind, ending in _TOWNSHIP_ENDINGS.items():
        kinds = kinds.mask(stripped.str.contains(ending), kind)
    return kinds


def is_urban_district(county_names: pd.Series[str]) -> pd.Series[bool]:
    """Return which county names are those of urban districts (市辖区)."""
    return county_names.fillna("").str.endswith(_DISTRICT)
