"""Who an organisation belongs to: affiliation state, recorded and proposed Party superior (RULEBOOK §3)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.codes import where_true
from coverage.vocabulary import CLASS14_NAMES, Affiliation, Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.settings import PlanSettings

#: With none of these columns affiliation is not assessed (RULEBOOK §3).
AFFILIATION_FIELDS = frozenset({"superior", "supervisor", "mode"})

#: What stands in a cell when no body is named.
_BLANK = re.compile(r"无|不明|待定|未明确|暂无|[-‐-―/]*")
#: A supervisor cell that says: registered directly, without a supervisor.
_DIRECT = ("直接登记", "无")
_SEVERAL = re.compile(r"[;\n\r]+")
_SPACES = re.compile(r"\s+")

#: Names of bodies are data, the same in every language: 属地 and 业务主管单位 in §3.2.
_TERRITORIAL_BODY = "党(工)委"
_SUPERVISOR_BODY = "党组织"


class Step(NamedTuple):
    """One step of a routing order: the modes it serves ("" = neither mode nor supervisor known), the body it names."""

    modes: tuple[str, ...]
    body: Callable[[pd.DataFrame, PlanSettings], pd.Series]


def read_affiliation(facts: pd.DataFrame, *, settings: PlanSettings, is_assessed: bool) -> pd.DataFrame:
    """Return affiliation, supervisor, recorded_superior, proposed_superior and superior (shown) of each organisation.

    Parameters
    ----------
    facts
        Orgs with the `township_name` of `Places`.
    """
    recorded, is_conflict = _recorded_superiors(facts["superior"])
    supervisor, mode = _supervision(facts)
    routed = _route(facts.assign(supervisor=supervisor, mode=mode), settings=settings)
    proposed = routed.where((recorded == "") & is_assessed, "")
    is_clear = ((recorded != "") | (proposed != "")) & ~is_conflict
    state = np.select(
        [np.full(len(facts), not is_assessed), is_conflict.to_numpy(), is_clear.to_numpy()],
        [Affiliation.NOT_ASSESSED.value, Affiliation.CONFLICT.value, Affiliation.CLEAR.value],
        default=Affiliation.UNCLEAR.value,
    )
    return pd.DataFrame(
        {
            "affiliation": pd.Series(state, index=facts.index, dtype="str"),
            "supervisor": supervisor,
            "recorded_superior": recorded,
            "proposed_superior": proposed,
            "superior": recorded.where(recorded != "", proposed.where(~is_conflict, "")),
        }
    )


def industry_bodies(settings: PlanSettings) -> dict[str, str]:
    """Return the Party body of each class14 number that `industry_committees` names (by name or number)."""
    return {CLASS14_NAMES.get(name, name): body for name, body in settings.industry_committees.items()}


def _recorded_superiors(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the one superior each cell names ("" for none or several), and where it names several."""
    named = {cell: _names(cell) for cell in cells.unique()}
    recorded = cells.map({cell: names[0] if len(names) == 1 else "" for cell, names in named.items()})
    return recorded.astype("str"), cells.isin([cell for cell, names in named.items() if len(names) > 1])


def _names(cell: str) -> list[str]:
    """Return the different bodies a cell names, in order; full-width forms and spaces make no difference."""
    named = (_fold(part) for part in _SEVERAL.split(unicodedata.normalize("NFKC", cell)))
    return list(dict.fromkeys(name for name in named if not _BLANK.fullmatch(name)))


def _fold(name: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", name))


def _supervision(facts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return supervisor ("" for none) and mode: as recorded, else by what the supervisor cell says (§3.2)."""
    folded = {cell: _fold(cell) for cell in facts["supervisor"].unique()}
    is_direct = facts["supervisor"].isin([cell for cell, name in folded.items() if name in _DIRECT])
    named = {cell: "" if name in _DIRECT or _BLANK.fullmatch(name) else name for cell, name in folded.items()}
    supervisor = facts["supervisor"].map(named).astype("str")
    implied = np.select(
        [is_direct.to_numpy(), (supervisor != "").to_numpy()], [Mode.DIRECT.value, Mode.DUAL.value], default=""
    )
    mode = facts["mode"].where(facts["mode"] != "", pd.Series(implied, index=facts.index, dtype="str"))
    return supervisor, mode


def _route(facts: pd.DataFrame, *, settings: PlanSettings) -> pd.Series:
    """Return the body that the routing order names for each organisation, "" where no step applies."""
    steps = ROUTES[settings.routing]
    bodies = [step.body(facts, settings).where(facts["mode"].isin(step.modes), "") for step in steps]
    route = np.select([where_true(body != "") for body in bodies], [body.to_numpy() for body in bodies], default="")
    return pd.Series(route, index=facts.index, dtype="str")


def _territorial(facts: pd.DataFrame, settings: PlanSettings) -> pd.Series:  # noqa: ARG001 # one shape for all steps
    """属地: exists when the township is known."""
    return (facts["township_name"] + _TERRITORIAL_BODY).where(facts["township_name"] != "", "")


def _supervising(facts: pd.DataFrame, settings: PlanSettings) -> pd.Series:
    """业务主管单位党组织: exists when the supervisor is named and not known to be without one."""
    without = {_fold(name) for name in settings.supervisors_without_party} | {""}
    return (facts["supervisor"] + _SUPERVISOR_BODY).where(~facts["supervisor"].isin(without), "")


def _industrial(facts: pd.DataFrame, settings: PlanSettings) -> pd.Series:
    """行业党委: the one named for the class that the list states; one read from an industry code proposes nobody."""
    return facts["class14"].map(industry_bodies(settings)).astype("str").fillna("")


def _comprehensive(facts: pd.DataFrame, settings: PlanSettings) -> pd.Series:
    """综合党委, when there is one."""
    return pd.Series(settings.comprehensive_committee, index=facts.index, dtype="str")


_KNOWN = tuple(mode.value for mode in Mode)

#: §3.2: first step that serves the mode and finds a body.
ROUTES: dict[str, tuple[Step, ...]] = {
    # 备案→属地; 双重管理→业务主管单位党组织; 直接登记、脱钩→行业党委; →综合党委 (Henan 2017)
    "supervisor_first": (
        Step((Mode.FILED,), _territorial),
        Step((Mode.DUAL,), _supervising),
        Step((Mode.DIRECT, Mode.DECOUPLED), _industrial),
        Step(_KNOWN, _comprehensive),
    ),
    # 属地→行业党委→业务主管单位→综合党委兜底 (鲁民〔2020〕24号)
    "territory_first": (
        Step((*_KNOWN, ""), _territorial),
        Step(_KNOWN, _industrial),
        Step((Mode.DUAL,), _supervising),
        Step(_KNOWN, _comprehensive),
    ),
}
