"""The units of an earlier plan, as a person left them in its file: what stays, what is favoured, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.stability.tables import EarlierUnits
from coverage.tables import KeptUnits, Problems
from coverage.vocabulary import FIXED_STATES, GIVEN_UP_STATES, LOCKED, Form, Role, Severity, State

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_STATES: Final = frozenset({*State, LOCKED})
_HEADS: Final = {Form.JOINT.value: Role.LEAD.value, Form.ATTACHED.value: Role.HOST.value}
_PARTS: Final = {State.DRAFT.value: 2, "": 3}
_KEPT: Final = ["group_id", "form", "role", "org_id"]


class Earlier(NamedTuple):
    """An earlier plan: its units, which of them stay or are favoured, and what its file says wrongly.

    `units` is the table EarlierUnits, `kept` and `drafts` are KeptUnits, `problems` is Problems. `before` has org_id,
    measure, provisional and members of every organisation of the earlier plan, None where only its units are known.
    """

    units: pd.DataFrame
    kept: pd.DataFrame
    drafts: pd.DataFrame
    problems: pd.DataFrame
    before: pd.DataFrame | None = None


def read_earlier(
    rows: pd.DataFrame, listed: AbstractSet[str], *, file: str, before: pd.DataFrame | None = None
) -> Earlier:
    """Return what an earlier plan asks of a new one; what cannot be used is a problem, and the rest counts.

    Parameters
    ----------
    rows
        As from `export.read_units`.
    listed
        The ids of the new list.
    file
        What problems call the file.
    before
        As from `export.read_measures`: who is there and not in the new list is gone, anybody else who is not in it
        is a problem.
    """
    known = listed if before is None else listed | set(before["org_id"])
    rows = rows.assign(form=_forms(rows))
    rows = rows.assign(stated=rows["state"], state=_states(rows), is_host=_is_host(rows))
    faults = _faults(rows, known)
    usable = rows[~faults["unplaced"] & ~faults["twice"]]
    units = _units(usable)
    headless = _headless(usable)
    fits = ~units["group_id"].isin(headless["group_id"])
    is_fixed = units["state"].isin(FIXED_STATES)
    is_joint_draft = ~is_fixed & (units["form"] == Form.JOINT)  # the plan finds its lead
    kept, drafts = units[fits & is_fixed], units[(fits | is_joint_draft) & ~is_fixed]
    return Earlier(
        units=units,
        kept=KeptUnits.validate(kept[_KEPT].reset_index(drop=True)),
        drafts=KeptUnits.validate(drafts.loc[~drafts["state"].isin(GIVEN_UP_STATES), _KEPT].reset_index(drop=True)),
        problems=_problems(rows, faults, headless[headless["state"].isin(FIXED_STATES)], file=file),
        before=before,
    )


def _forms(rows: pd.DataFrame) -> pd.Series:
    """Return the form of each row's unit: the first one of its rows that is a form."""
    stated = rows["form"].where(rows["form"].isin(list(Form)))
    return stated.groupby(rows["group_id"]).transform("first").astype("str").fillna("")


def _is_host(rows: pd.DataFrame) -> pd.Series:
    return (rows["form"] == Form.ATTACHED) & (rows["role"] == Role.HOST)


def _states(rows: pd.DataFrame) -> pd.Series:
    """Return the state of each row's unit: approved or locked if one of its rows says so, else the first one stated."""
    stated = rows["state"].where(rows["state"].isin(_STATES), "")
    rank = stated.map(lambda state: 0 if state in FIXED_STATES else _PARTS.get(state, 1)).astype("int64")
    order = rows.assign(stated=stated, rank=rank).sort_values(["group_id", "rank"], kind="stable")
    first = order.drop_duplicates("group_id").set_index("group_id")["stated"].replace("", State.DRAFT.value)
    return rows["group_id"].map(first).astype("str")


def _faults(rows: pd.DataFrame, known: AbstractSet[str]) -> dict[str, pd.Series]:
    """Say which rows are in no unit, name an organisation again or one that nobody knows, or state nonsense.

    An organisation that stands in several units is in the one that is approved or locked, else in the first.
    """
    is_unplaced = (rows["group_id"] == "") | (rows["org_id"] == "") | ~rows["form"].isin(list(Form))
    guests = rows[~is_unplaced & ~rows["is_host"]]
    order = guests.assign(rank=~guests["state"].isin(FIXED_STATES)).sort_values("rank", kind="stable")
    again = order.index[order.duplicated("org_id")]
    hosts = rows[~is_unplaced & rows["is_host"]]
    again = again.append(hosts.index[hosts.duplicated(["group_id", "org_id"])])
    is_stated = rows["stated"] != ""
    return {
        "unplaced": is_unplaced,
        "twice": ~is_unplaced & rows.index.isin(again),
        "unknown": ~is_unplaced & ~rows["org_id"].isin(known),
        "state": is_stated & ~rows["stated"].isin(_STATES),
        "states": ~is_unplaced & is_stated & rows["stated"].isin(_STATES) & (rows["stated"] != rows["state"]),
    }


def _units(rows: pd.DataFrame) -> pd.DataFrame:
    members = pd.to_numeric(rows["members"].where(rows["members"].str.fullmatch(r"\d{1,6}"), ""), errors="coerce")
    role = np.select([rows["is_host"], rows["role"] == Role.LEAD], [Role.HOST.value, Role.LEAD.value], "member")
    role = np.where((role == Role.LEAD) & (rows["form"] != Form.JOINT), Role.MEMBER.value, role)
    table = rows.assign(members=members.astype("Int64"), role=role).astype({"role": "str"})
    columns = list(EarlierUnits.to_schema().columns)
    return EarlierUnits.validate(table.sort_values(["group_id", "org_id"], ignore_index=True)[columns])


def _headless(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the first row of each star without exactly one lead or host: nobody knows where to go."""
    stars = rows[rows["form"].isin(list(_HEADS))]
    heads = (stars["role"] == stars["form"].map(_HEADS)).groupby(stars["group_id"]).transform("sum")
    return stars[heads != 1].drop_duplicates("group_id")


def _problems(rows: pd.DataFrame, faults: dict[str, pd.Series], headless: pd.DataFrame, *, file: str) -> pd.DataFrame:
    told = [
        _told(rows[faults["twice"]], "W7", "org_id", detail="group_id"),
        _told(rows[faults["unknown"]], "W8", "org_id", detail="name"),
        _told(rows[faults["state"]], "W9", "written", detail="group_id"),
        _told(rows[faults["states"]], "W10", "written", detail="group_id"),
        _told(headless, "W11", "role", detail="group_id"),
        _told(rows[faults["unplaced"]], "W12", "form", detail="org_id"),
    ]
    found = pd.concat(told, ignore_index=True)
    table = found.assign(file=file, sheet="", severity=Severity.WARNING.value)
    columns = list(Problems.to_schema().columns)
    return Problems.validate(table.sort_values(["row", "code"], ignore_index=True)[columns])


def _told(rows: pd.DataFrame, code: str, column: str, *, detail: str) -> pd.DataFrame:
    about = "state" if column == "written" else column
    return pd.DataFrame(
        {"row": rows["row"], "column": about, "value": rows[column], "code": code, "detail": rows[detail]}
    )
