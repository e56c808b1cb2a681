"""Which row of one list is which row of the other: by code, then by name and place; never by a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.comparison.sides import FIELDS, signatures
from coverage.comparison.tables import Note
from coverage.values import fold

if TYPE_CHECKING:
    from coverage.comparison.sides import Side

#: Prefixes of ids that are no credit code (INTERFACES org_id); `row:` is a place in a file and says nothing elsewhere.
_NO_CODE = ("reg:", "id:", "row:")
_BY_ROW = "row:"
#: Equal ids of one list are numbered: id:1f, id:1f-2, id:1f-3.
_NUMBERED = r"^(?:reg|id):.*-\d+$"
_NUMBER = r"-\d+$"
_CONTENT = (*FIELDS, "lon", "lat")


def match_orgs(old: Side, new: Side) -> pd.DataFrame:
    """Return every organisation of either list once: positions `old` and `new` (-1 for none), `note` and `twin`.

    A note says why a row stays alone. The twin is the id of the one row of the other list with its name and county but
    another credit code: a new code is a new organisation (RULEBOOK §4.8).
    """
    left, right = _keys(old), _keys(new)
    unsafe = pd.concat([side.loc[side["base"].duplicated(), "base"] for side in (left, right)])
    left, right = (side.assign(is_safe=~side["base"].isin(unsafe) & ~side["is_by_row"]) for side in (left, right))
    pairs = _same(left[left["is_safe"]], right[right["is_safe"]], ["org_id"])
    if not (left["is_safe"].all() and right["is_safe"].all()):
        pairs = _add(pairs, _same_content(*_left_over(pairs, left, right), old=old, new=new))
    one, other = _left_over(pairs, left, right)
    pairs = _add(pairs, _same(_unique(one, ["base"]), _unique(other, ["base"]), ["base"]))
    for place in ("county", "registered"):
        found = _same_name(*_left_over(pairs, left, right), place)
        pairs = _add(pairs, found[~found["is_new_code"]])
    return _with_the_rest(pairs, left, right)


def _keys(side: Side) -> pd.DataFrame:
    """Return what the rows of a list may be recognised by, with their `position`."""
    ids = side.orgs["org_id"].reset_index(drop=True)
    is_by_row = ids.str.startswith(_BY_ROW)
    return pd.DataFrame(
        {
            "position": np.arange(len(ids)),
            "org_id": ids,
            "base": _bases(ids),
            "is_by_row": is_by_row,
            "has_code": ~ids.str.startswith(_NO_CODE),
            "name": side.orgs["name"].array,
            "county": side.places["adcode"].array,
            "registered": side.places["registered"].array,
        }
    )


def _bases(ids: pd.Series) -> pd.Series:
    """Return the id that equal ones were numbered from, where the list has it; else the id itself."""
    stems = ids[ids.str.match(_NUMBERED)].str.replace(_NUMBER, "", regex=True)
    there = ids[ids.isin(stems.unique())]
    stems = stems[stems.isin(there)]
    return ids.where(~ids.index.isin(stems.index), stems.reindex(ids.index))


def _same(left: pd.DataFrame, right: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the positions `old` and `new` of rows with equal keys; keys are unique on either side."""
    columns = [*by, "position", "has_code"]
    pairs = left[columns].merge(right[columns], on=by, suffixes=("", "_new"), validate="one_to_one")
    return pd.DataFrame(
        {
            "old": pairs["position"],
            "new": pairs["position_new"],
            "is_new_code": pairs["has_code"] & pairs["has_code_new"],
        }
    )


def _add(pairs: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([pairs, found], ignore_index=True)


def _left_over(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return left[~left["position"].isin(pairs["old"])], right[~right["position"].isin(pairs["new"])]


def _unique(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the rows whose key stands on no other row; a place in a file is no key."""
    rows = rows[~rows["is_by_row"]] if "base" in by else rows
    return rows[~rows.duplicated(by, keep=False)]


def _same_content(left: pd.DataFrame, right: pd.DataFrame, *, old: Side, new: Side) -> pd.DataFrame:
    """Return pairs among rows without a safe id that say the same in every field; of several equal ones, in order."""
    counted = []
    for side, rows in ((old, left), (new, right)):
        rows = rows[~rows["is_safe"]]  # noqa: PLW2901 # narrowed
        content = signatures(side.facts.iloc[rows["position"].to_numpy()], _CONTENT)
        keyed = rows.assign(content=content.to_numpy())
        counted.append(keyed.assign(nth=keyed.groupby("content").cumcount()))
    return _same(counted[0], counted[1], ["content", "nth"])


def _same_name(left: pd.DataFrame, right: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return pairs with a name and a place that only one row of each list has."""
    by = ["called", place]
    one, other = (_called(rows, place) for rows in (left, right))
    return _same(_unique(one, by), _unique(other, by), by)


def _called(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    return rows[rows[place] != ""].assign(called=lambda placed: normal_names(placed["name"]))


def normal_names(names: pd.Series) -> pd.Series:
    """Return names without differences of width, case and blanks."""
    return names.map({name: fold(name) for name in names.unique()}).astype("str")


def _with_the_rest(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with the rows that stay alone, and why where another row looks like one of them."""
    gone, added = _left_over(pairs, left, right)
    twins = _same_name(gone, added, "county")
    twins = twins[twins["is_new_code"]]
    alone = pd.concat(
        [
            _alone(gone, added, "old", twin=twins.set_index("old")["new"].map(right["org_id"])),
            _alone(added, gone, "new", twin=twins.set_index("new")["old"].map(left["org_id"])),
        ]
    )
    matched = pairs[["old", "new"]].assign(note="", twin="")
    rows = pd.concat([matched, alone], ignore_index=True)
    return rows.astype({"old": "int64", "new": "int64", "note": "str", "twin": "str"})


def _alone(rows: pd.DataFrame, others: pd.DataFrame, own: str, *, twin: pd.Series) -> pd.DataFrame:
    called, theirs = _called(rows, "county"), _called(others, "county")
    looks_alike = pd.MultiIndex.from_frame(called[["called", "county"]]).isin(
        pd.MultiIndex.from_frame(theirs[["called", "county"]])
    )
    position = rows["position"]
    has_twin = position.isin(twin.index)
    is_alike = position.isin(called.loc[looks_alike, "position"])
    table = pd.DataFrame({"old": -1, "new": -1}, index=rows.index).assign(**{own: position})
    return table.assign(
        note=np.select([has_twin, is_alike], [Note.NEW_CODE.value, Note.AMBIGUOUS.value], ""),
        twin=position.map(twin).astype("str").fillna("") if len(twin) else "",
    )
