"""The Party unit a list records: its effective form (RULEBOOK §4) and what about it needs adjusting (§4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.codes import join_codes, where_true
from coverage.vocabulary import JOINT_WORD, OWN_FORMS, SHARED_FORMS, UnitForm, UnitMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.settings import PlanSettings

FORM_OF_MODE = {
    UnitMode.JOINT: UnitForm.JOINT,
    UnitMode.ATTACHED: UnitForm.ATTACHED,
    UnitMode.REGIONAL: UnitForm.REGIONAL,
    UnitMode.INDUSTRY: UnitForm.INDUSTRY,
    UnitMode.UNIFIED: UnitForm.REGIONAL,
}

#: Forms that the limits of a branch apply to (A4, A5).
BRANCH_FORMS = (UnitForm.BRANCH, UnitForm.JOINT, UnitForm.FUNCTIONAL)


class Adjustment(NamedTuple):
    """One reason to adjust a unit; its words are `adjust.<code>`, `adjust_action.<code>`, `adjust_source.<code>`."""

    code: str
    holds: Callable[[pd.DataFrame, PlanSettings], pd.Series]


ADJUSTMENTS = (
    # 支部工作条例 art. 4: a branch has three full members.
    Adjustment(
        "A1",
        lambda facts, settings: (
            (facts["unit_kind"] == "own") & (facts["unit_form"] != UnitForm.TEMPORARY) & (facts["n"] < settings.own_min)
        ),
    ),
    # 民发〔2012〕39号 三.1: three and more build their own.
    Adjustment("A2", lambda facts, settings: (facts["unit_kind"] == "shared") & (facts["n"] >= settings.own_min)),
    # 支部工作条例 art. 5: 一般不超过5个.
    Adjustment(
        "A3",
        lambda facts, settings: (
            (facts["unit_form"] == UnitForm.JOINT) & (facts["unit_units"] > settings.joint_max_units)
        ),
    ),
    # 支部工作条例 art. 4: 一般不超过50人.
    Adjustment(
        "A4",
        lambda facts, settings: (
            facts["unit_form"].isin(BRANCH_FORMS) & (facts["unit_members"] > settings.branch_max_members)
        ),
    ),
    # 支部工作条例: 7人以上设支委会; a blank tick says nothing.
    Adjustment(
        "A5",
        lambda facts, settings: (
            facts["unit_form"].isin(BRANCH_FORMS)
            & (facts["unit_members"] >= settings.committee_min)
            & ~facts["has_committee"]
        ),
    ),
    # 支部工作条例: a term of three years.
    Adjustment(
        "A6",
        lambda facts, settings: (
            (facts["unit_kind"] != "")
            & (facts["unit_form"] != UnitForm.TEMPORARY)
            & (facts["term_end"] < pd.Timestamp(settings.as_of))
        ),
    ),
    # 支部工作条例 on 临时党支部: 任务结束自然撤销.
    Adjustment(
        "A7",
        lambda facts, settings: (
            (facts["unit_form"] == UnitForm.TEMPORARY) & (facts["term_end"] < pd.Timestamp(settings.as_of))
        ),
    ),
)


def read_units(orgs: pd.DataFrame) -> pd.DataFrame:
    """Return `unit_form` (effective; "" without a unit) and `unit_kind` (own, shared, "") of each organisation."""
    form, mode = orgs["unit_form"], orgs["unit_mode"]
    is_plain = form.isin(["", UnitForm.BRANCH])
    is_named_joint = (form == "") & (mode == "") & orgs["unit_name"].str.contains(JOINT_WORD, regex=False)
    effective = np.select(
        [
            where_true(~_has_unit(orgs)),
            where_true(is_plain & mode.isin(list(FORM_OF_MODE))),
            where_true(is_plain & (mode == UnitMode.COMBINED)),
            where_true(is_named_joint),
            where_true(form == ""),
        ],
        [
            "",
            mode.map(FORM_OF_MODE).astype("str").fillna("").to_numpy(),
            UnitForm.FUNCTIONAL.value,
            UnitForm.JOINT.value,
            UnitForm.BRANCH.value,
        ],
        default=form.to_numpy(),
    )
    unit_form = pd.Series(effective, index=orgs.index, dtype="str")
    return pd.DataFrame({"unit_form": unit_form, "unit_kind": _kind(unit_form)})


def find_adjustments(facts: pd.DataFrame, *, settings: PlanSettings) -> pd.Series:
    """Return the A codes of each organisation joined by `;`.

    Parameters
    ----------
    facts
        Orgs with `n`, the effective `unit_form` and `unit_kind`.
    """
    return join_codes({line.code: where_true(line.holds(facts, settings)) for line in ADJUSTMENTS}, index=facts.index)


def _has_unit(orgs: pd.DataFrame) -> pd.Series:
    """Say where a unit exists; a stated 否 wins over a form or name beside it (V7), a 党小组 is no unit (V14)."""
    is_described = (orgs["unit_form"] != "") | (orgs["unit_mode"] != "") | (orgs["unit_name"] != "")
    return orgs["has_unit"].fillna(is_described) & (orgs["unit_form"] != UnitForm.CELL)


def _kind(unit_form: pd.Series) -> pd.Series:
    kinds = dict.fromkeys(OWN_FORMS, "own") | dict.fromkeys(SHARED_FORMS, "shared")
    return unit_form.map(kinds).astype("str").fillna("")
