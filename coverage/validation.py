"""Checks of one row against itself, RULEBOOK §9.1: the code, the field a message shows, and when it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.codes import where_true
from coverage.members import count_policy, has_all_parts, sum_parts
from coverage.units import read_units
from coverage.vocabulary import UnitForm, UnitMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from coverage.settings import PlanSettings

#: The Party was founded in July 1921: no unit is older (RULEBOOK §9.1 V8).
FOUNDED: Final = pd.Timestamp(1921, 7, 1)

_EMPTYING: Final = frozenset({"V8"})
_STAFF_PARTS: Final = ["lead_ft", "lead_pt", "work_ft", "work_pt"]
_RELATIONS: Final = ["rel_org", "rel_supervisor", "rel_attached", "rel_local", "rel_former", "rel_other"]
_GROWING: Final = ["prob", "applicants", "activists", "prospects"]


class Check(NamedTuple):
    """One warning about a row that stays; its words are `problem.<code>.message` and `.fix`."""

    code: str
    field: str
    holds: Callable[[pd.DataFrame, PlanSettings], pd.Series]


#: The facts a check reads: the columns of `Orgs`, `n` (policy count), `unit_kind`, and sums of stated cells.
#: Sources: V1-V3 are the import checks of a provincial civil-affairs system (RULEBOOK §13 S9), the others §9.1.
CHECKS: Final = (
    Check("V1", "staff", lambda facts, _: facts["staff"] != facts["staff_parts"]),
    Check("V2", "n_full", lambda facts, _: _contradicts_parts(facts)),
    Check("V2b", "n_full", lambda facts, _: facts["n"] != facts["relations"]),
    Check("V2c", "rel_org", lambda facts, _: facts["rel_org"] != facts["ft_in"]),
    Check("V3", "staff", lambda facts, _: facts["staff"] < facts["n"] + facts[_GROWING].sum(axis=1)),
    Check("V3b", "ft_in", lambda facts, _: facts["full_time"] > facts["full_time_staff"]),
    Check("V3b", "pt", lambda facts, _: facts["pt"] > facts["part_time_staff"]),
    Check("V4", "n_full", lambda facts, _: (facts["unit_kind"] != "") & (facts["n"] == 0)),
    Check("V6", "legal_rep_member", lambda facts, _: facts["legal_rep_member"] & (facts["n"] == 0)),
    Check("V7", "has_unit", lambda facts, _: _contradicts_tick(facts)),
    Check("V8", "unit_start", lambda facts, settings: _is_impossible(facts["unit_start"], settings)),
    Check("V12", "unit_units", lambda facts, _: _is_joint(facts) & (facts["unit_units"] == 1)),
    Check("V14", "unit_form", lambda facts, _: facts["unit_form"] == UnitForm.CELL),
)


def check_rows(orgs: pd.DataFrame, *, settings: PlanSettings) -> list[tuple[Check, NDArray[np.bool_]]]:
    """Return each check with the rows it holds for; what is unknown contradicts nothing.

    Parameters
    ----------
    orgs
        All columns of `Orgs` that hold what the list says, one row an organisation.
    """
    facts = _state_facts(orgs)
    return [(check, where_true(check.holds(facts, settings))) for check in CHECKS]


def empty_impossible(orgs: pd.DataFrame, found: Sequence[tuple[Check, NDArray[np.bool_]]]) -> pd.DataFrame:
    """Return the table with those cells unknown that cannot be as written (V8); all others stay as they are."""
    emptied = {check.field: orgs[check.field].mask(hits) for check, hits in found if check.code in _EMPTYING}
    return orgs.assign(**emptied)


def _state_facts(orgs: pd.DataFrame) -> pd.DataFrame:
    return orgs.assign(
        n=count_policy(orgs),
        unit_kind=read_units(orgs)["unit_kind"],
        staff_parts=_sum_stated(orgs, _STAFF_PARTS),
        relations=_sum_stated(orgs, _RELATIONS),
        full_time=_full_time(orgs),
        full_time_staff=_sum_stated(orgs, ["lead_ft", "work_ft"]),
        part_time_staff=_sum_stated(orgs, ["lead_pt", "work_pt"]),
    )


def _sum_stated(orgs: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Return the sum of the stated cells, <NA> where none is."""
    return orgs[columns].sum(axis=1, min_count=1)


def _full_time(orgs: pd.DataFrame) -> pd.Series:
    split = _sum_stated(orgs, ["ft_in", "ft_out"])
    is_split = orgs[["ft_in", "ft_out"]].notna().all(axis=1)
    return split.where(is_split | orgs["ft"].isna(), orgs["ft"])


def _contradicts_parts(facts: pd.DataFrame) -> pd.Series:
    """Say where the total is not the sum of all parts, or below the parts that are stated (RULEBOOK §2a)."""
    parts = sum_parts(facts)
    return (has_all_parts(facts) & (facts["n_full"] != parts)) | (facts["n_full"] < parts)


def _contradicts_tick(facts: pd.DataFrame) -> pd.Series:
    """Say where 是 stands without form and mode, or 否 beside a form or a name; a 党小组 is no unit and fits 否."""
    has_form = facts["unit_form"] != ""
    is_bare = facts["has_unit"] & ~has_form & (facts["unit_mode"] == "")
    names_unit = (has_form & (facts["unit_form"] != UnitForm.CELL)) | (facts["unit_name"] != "")
    return is_bare | (~facts["has_unit"] & names_unit)


def _is_impossible(founded: pd.Series, settings: PlanSettings) -> pd.Series:
    return (founded < FOUNDED) | (founded > pd.Timestamp(settings.as_of))


def _is_joint(facts: pd.DataFrame) -> pd.Series:
    return (facts["unit_mode"] == UnitMode.JOINT) | (facts["unit_form"] == UnitForm.JOINT)
