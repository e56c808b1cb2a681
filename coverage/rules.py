"""What each organisation owes: the decision table of RULEBOOK §4 with its flags, size forms and who may host."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.affiliation import AFFILIATION_FIELDS, read_affiliation
from coverage.codes import has_code, join_codes, where_true
from coverage.members import count_members
from coverage.tables import Duties
from coverage.units import find_adjustments, read_units
from coverage.vocabulary import Affiliation, Flag, Measure, OrgType, Status, UnitForm

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from coverage.settings import PlanSettings

    Condition = Callable[[pd.DataFrame, PlanSettings], pd.Series]

#: F_NEW: registered within this time before `as_of` (RULEBOOK §4).
NEW_MONTHS = 6


class Rule(NamedTuple):
    """One line of the decision table; its words are `rule.<name>.condition` and `rule.<name>.source`."""

    name: str
    measure: Measure
    holds: Condition


#: RULEBOOK §4, read from the top: the first line that holds decides.
DECISION_TABLE: tuple[Rule, ...] = (
    # 分支机构、代表机构 are no legal persons; what is not registered (any more) owes nothing.
    Rule(
        "out_of_scope",
        Measure.OUT_OF_SCOPE,
        lambda facts, _: facts["status"].isin([Status.CLOSED, Status.PENDING]) | (facts["org_type"] == OrgType.BRANCH),
    ),
    # 支部工作条例 art. 4, 5; RULEBOOK §4.1.
    Rule("adjust", Measure.ADJUST, lambda facts, _: (facts["unit_kind"] != "") & (facts["adjust"] != "")),
    Rule("own_unit", Measure.OWN, lambda facts, _: facts["unit_kind"] == "own"),
    Rule("shared_unit", Measure.SHARED, lambda facts, _: facts["unit_kind"] == "shared"),
    # 民发〔2021〕63号 on 僵尸型社会组织.
    Rule("zombie", Measure.ZOMBIE, lambda facts, settings: facts["zombie"] & settings.exclude_zombie),
    # 民发〔2012〕39号 三.3: 全面调查, 心中有数. Blank is not 0.
    Rule("unknown_count", Measure.UNKNOWN, lambda facts, _: facts["n"].isna()),
    # 民发〔2012〕39号 三.1: 隶属关系不明确的, 及时调整, 明确管理主体.
    Rule(
        "affiliation",
        Measure.AFFILIATION,
        lambda facts, _: facts["affiliation"].isin([Affiliation.UNCLEAR, Affiliation.CONFLICT]),
    ),
    # 民发〔2012〕39号 三.1: 正式党员3名及以上的, 全部单独建立党组织.
    Rule("build_own", Measure.BUILD_OWN, lambda facts, settings: facts["n"] >= settings.own_min),
    # 民发〔2012〕39号 三.1: 不足3人的, 选派指导员, 或单位联建、挂靠组建、区域或行业统建: grouping picks which.
    Rule("small", Measure.SMALL, lambda facts, _: facts["n"] >= 1),
    # 民发〔2012〕39号 三.1: 没有正式党员的, 联络员, 先行建立工会、共青团、妇联.
    Rule("no_member", Measure.LIAISON, lambda facts, _: facts["n"] == 0),
)

#: What an organisation would owe once its affiliation is clear; a zombie is never grouped, so 1-2 members wait (M26).
PROVISIONAL_AFTER: dict[Measure, dict[str, Measure]] = {
    Measure.AFFILIATION: {
        "build_own": Measure.BUILD_OWN,
        "small": Measure.SMALL,
        "no_member": Measure.LIAISON,
    },
    Measure.ZOMBIE: {
        "unknown_count": Measure.UNKNOWN,
        "build_own": Measure.BUILD_OWN,
        "small": Measure.PENDING,
        "no_member": Measure.LIAISON,
    },
}

#: What the row alone says (F_DUP_RISK needs its group and county: coverage.measures), in the order of the vocabulary.
FLAGS: dict[Flag, Condition] = {
    Flag.AFF: lambda facts, _: facts["affiliation"].isin([Affiliation.UNCLEAR, Affiliation.CONFLICT]),
    Flag.AFF_UNKNOWN: lambda facts, _: facts["affiliation"] == Affiliation.NOT_ASSESSED,
    Flag.BLOCKED: lambda facts, _: facts["refused"],
    Flag.ABNORMAL: lambda facts, _: facts["status"] == Status.ABNORMAL,
    Flag.ZOMBIE: lambda facts, _: facts["zombie"],
    Flag.NODATA: lambda facts, _: (facts["unit_kind"] != "") & facts["n"].isna(),
    Flag.SOON_OWN: lambda facts, settings: (
        (facts["unit_kind"] == "")
        & facts["n"].between(1, settings.own_min - 1)
        & (facts["n"] + facts["members_prob"] >= settings.own_min)
    ),
    Flag.NEW: lambda facts, settings: (
        (facts["reg_date"] > pd.Timestamp(settings.as_of) - pd.DateOffset(months=NEW_MONTHS))
        & (facts["reg_date"] <= pd.Timestamp(settings.as_of))
    ),
}


def assign_duties(
    orgs: pd.DataFrame, places: pd.DataFrame, *, settings: PlanSettings, fields: Collection[str]
) -> pd.DataFrame:
    """Return the `Duties` of every organisation, order as in `orgs`.

    Parameters
    ----------
    fields
        Codes of the fields that some column of the input mapped to; they decide whether affiliation is assessed.
    """
    facts = _gather_facts(orgs, places, settings=settings, is_assessed=not AFFILIATION_FIELDS.isdisjoint(fields))
    facts = facts.assign(**_decide(facts, settings=settings))
    is_out = facts["measure"] == Measure.OUT_OF_SCOPE
    return Duties.validate(
        pd.DataFrame(
            {
                "org_id": facts["org_id"],
                "n": facts["n"],
                "n_policy": facts["n_policy"],
                "n_formal": facts["n_formal"],
                "prob": facts["members_prob"],
                "unit_form": facts["unit_form"],
                "unit_kind": facts["unit_kind"],
                "affiliation": facts["affiliation"],
                "supervisor": facts["supervisor"],
                "recorded_superior": facts["recorded_superior"],
                "proposed_superior": facts["proposed_superior"],
                "superior": facts["superior_shown"],
                "measure": facts["measure"],
                "provisional": facts["provisional"],
                "adjust": facts["adjust"].where(~is_out, ""),
                "flags": _flags(facts, settings=settings).where(~is_out, ""),
                "size_form": _size_form(facts, settings=settings),
                "is_functional": _duty(facts, Measure.BUILD_OWN)
                & where_true((facts["n"] >= settings.own_min) & (facts["formal_at_most"] < settings.own_min)),
                "secretary_hint": _secretary_hint(facts),
                "is_host": _is_host(facts),
                "is_small": _duty(facts, Measure.SMALL),
                "is_empty": _duty(facts, Measure.LIAISON),
            }
        )
    )


def _gather_facts(
    orgs: pd.DataFrame, places: pd.DataFrame, *, settings: PlanSettings, is_assessed: bool
) -> pd.DataFrame:
    """Return Orgs with everything the conditions ask for: counts, effective unit, adjustments, affiliation."""
    townships = places.set_index("org_id")["township_name"]
    facts = orgs.assign(township_name=townships.loc[orgs["org_id"]].to_numpy())
    members = count_members(facts, settings=settings).rename(columns={"prob": "members_prob"})
    affiliation = read_affiliation(facts, settings=settings, is_assessed=is_assessed)
    facts = facts.assign(**members, **read_units(facts), **affiliation.rename(columns={"superior": "superior_shown"}))
    return facts.assign(adjust=find_adjustments(facts, settings=settings))


def _decide(facts: pd.DataFrame, *, settings: PlanSettings) -> dict[str, pd.Series]:
    """Return `measure` and `provisional`: the top line that holds, and what would follow for M40 and M91."""
    masks = {rule.name: where_true(rule.holds(facts, settings)) for rule in DECISION_TABLE}
    measure = _first(masks, {rule.name: rule.measure for rule in DECISION_TABLE})
    provisional = np.full(len(facts), "", dtype=object)
    for waiting, lines in PROVISIONAL_AFTER.items():
        provisional = np.where(measure == waiting.value, _first(masks, lines), provisional)
    series = {"measure": measure, "provisional": provisional}
    return {name: pd.Series(values, index=facts.index, dtype="str") for name, values in series.items()}


def _first(masks: dict[str, NDArray[np.bool_]], lines: dict[str, Measure]) -> NDArray[np.object_]:
    """Return the measure of the first line whose mask holds, "" where none does."""
    picked = np.select([masks[name] for name in lines], [measure.value for measure in lines.values()], default="")
    return picked.astype(object)


def _flags(facts: pd.DataFrame, *, settings: PlanSettings) -> pd.Series:
    return join_codes(
        {flag.value: where_true(holds(facts, settings)) for flag, holds in FLAGS.items()}, index=facts.index
    )


def _duty(facts: pd.DataFrame, measure: Measure) -> NDArray[np.bool_]:
    """Say who owes a measure, now or once the affiliation is clear; zombies are waiting for something else."""
    is_provisional = (facts["measure"] == Measure.AFFILIATION) & (facts["provisional"] == measure)
    return where_true((facts["measure"] == measure) | is_provisional)


def _is_host(facts: pd.DataFrame) -> NDArray[np.bool_]:
    """Say who may take others in: an own unit that is neither temporary nor A1, or M10 not refused (RULEBOOK §4.3)."""
    has_base = (
        (facts["unit_kind"] == "own")
        & (facts["unit_form"] != UnitForm.TEMPORARY)
        & facts["n"].notna()
        & ~has_code(facts["adjust"], "A1")
        & (facts["measure"] != Measure.OUT_OF_SCOPE)
    )
    will_build = _duty(facts, Measure.BUILD_OWN) & ~where_true(facts["refused"])
    return where_true(has_base) | will_build


def _size_form(facts: pd.DataFrame, *, settings: PlanSettings) -> pd.Series:
    """Return the form that the size of a new own unit asks for (RULEBOOK §4.2), "" for everybody else."""
    size = facts["n"] + (facts["members_prob"] if settings.size_basis == "all" else 0)
    builds = (facts["measure"] == Measure.BUILD_OWN) | (facts["provisional"] == Measure.BUILD_OWN)
    lines: Sequence[tuple[str, pd.Series]] = (
        ("", ~builds),
        ("party_committee", size >= settings.party_committee_min),
        ("general_branch", size >= settings.general_branch_min),
        ("branch_committee", facts["n"] >= settings.committee_min),
    )
    form = np.select([where_true(mask) for _, mask in lines], [name for name, _ in lines], default="branch")
    return pd.Series(form, index=facts.index, dtype="str")


def _secretary_hint(facts: pd.DataFrame) -> pd.Series:
    """Return who should be secretary (民发〔2012〕39号 三.4: 法定代表人或实际负责人是党员的, 兼任), "" unknown.

    Next comes what the list says; without it, a member who is not the legal representative, and nobody means 上级选派.
    """
    is_in_scope = facts["measure"] != Measure.OUT_OF_SCOPE
    lines: Sequence[tuple[str | NDArray[np.object_], pd.Series]] = (
        ("", ~is_in_scope),
        ("legal_rep", facts["legal_rep_member"]),
        (facts["secretary_source"].to_numpy(dtype=object), facts["secretary_source"] != ""),
        ("superior", facts["n"] == 0),
        ("member", ~facts["legal_rep_member"] & (facts["n"] > 0)),
    )
    hint = np.select([where_true(mask) for _, mask in lines], [text for text, _ in lines], default="")
    return pd.Series(hint, index=facts.index, dtype="str")
