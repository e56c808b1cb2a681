"""What a geocoding service adds to the rows of `geocode`: points that were taken, and what a person must look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.export.cells import format_numbers
from coverage.online import Judgement
from words import t

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEGREE_DECIMALS: Final = 6
_CANDIDATES: Final = 6
#: What stands in the status of a row whose answer a person must look at.
_STATUS: Final = {Judgement.ELSEWHERE: "conflict", Judgement.UNDECIDED: "ambiguous"}
_NOTES: Final = {
    Judgement.TAKEN: "taken",
    Judgement.ELSEWHERE: "elsewhere",
    Judgement.UNDECIDED: "open",
    Judgement.CROWDED: "crowded",
}


def with_judgements(
    sheet: pd.DataFrame, judged: pd.DataFrame, *, provider: str, names: Mapping[str, str]
) -> pd.DataFrame:
    """Return the sheet of `geocode` with what became of the answers of a service.

    Parameters
    ----------
    names
        County names by adcode.
    """
    told = judged[judged["judgement"].isin(list(_NOTES))].set_index("org_id")
    rows = sheet.index[sheet["org_id"].isin(told.index)]
    told = told.loc[sheet.loc[rows, "org_id"]].set_axis(rows)
    taken = told[told["judgement"] == Judgement.TAKEN]
    changed = sheet.copy()
    for name in ("lon", "lat"):
        changed.loc[taken.index, name] = format_numbers(taken[name], decimals=_DEGREE_DECIMALS)
    changed.loc[taken.index, "level"] = taken["answered"]
    changed.loc[taken.index, "radius_m"] = format_numbers(taken["radius_m"], decimals=0)
    for judgement, status in _STATUS.items():
        doubtful = told[told["judgement"] == judgement]
        known = sheet.loc[doubtful.index, "status"]
        changed.loc[doubtful.index, "status"] = known.where(known == "conflict", status)  # words against the code stay
        changed.loc[doubtful.index, "candidates"] = _candidates(sheet.loc[doubtful.index], doubtful["point_adcode"])
    changed.loc[rows, "note"] = _notes(sheet.loc[rows, "note"], told, provider=provider, names=names)
    return changed


def _candidates(rows: pd.DataFrame, around: pd.Series) -> pd.Series:
    """Return the county that was read, what else fits, and the one around the point, each once."""
    lists = (rows["county"] + "|" + rows["candidates"] + "|" + around).str.split("|")
    return lists.map(lambda codes: "|".join(list(dict.fromkeys(filter(None, codes)))[:_CANDIDATES])).astype("str")


def _notes(notes: pd.Series, told: pd.DataFrame, *, provider: str, names: Mapping[str, str]) -> pd.Series:
    where = told["point_adcode"].map(names).fillna(t("providers.note.nowhere"))
    said = [
        t(
            f"providers.note.{_NOTES[Judgement(judgement)]}",
            provider=provider,
            label=label,
            where=county,
            addresses=many,
        )
        for judgement, label, county, many in zip(
            told["judgement"], told["label"], where, told["addresses"], strict=True
        )
    ]
    separator = t("list.separator")
    joined = [separator.join(filter(None, pair)) for pair in zip(notes, said, strict=True)]
    return pd.Series(joined, index=notes.index, dtype="str")
