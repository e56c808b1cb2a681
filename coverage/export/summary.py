"""plan.json: what a run was made of and what came out, so that it can be made and judged again next year."""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

import coverage
from coverage.confirmation import needs_confirmation
from coverage.indicators import ALL
from coverage.profiles import PROFILES, is_out_of_date
from words import t

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from coverage.pipeline import Plan
    from coverage.settings import PlanSettings

_SUMS = ["small", "hosts", "slots", "covered", "joint", "attached", "instructor", "cost", "travel", "bound"]
_DECIMALS = 4


class InputFile(NamedTuple):
    """A list that a plan was made from: the user's name for it, and what identifies its content."""

    name: str
    sha256: str
    bytes: int


class Provenance(NamedTuple):
    """What is known of a plan beside its tables: its lists, data versions, seconds per stage, states by group_id.

    `price` stands with the objective, `earlier` by itself: what became of an earlier plan.
    """

    inputs: Sequence[InputFile] = ()
    data: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    seconds: Mapping[str, float] = MappingProxyType({})
    states: Mapping[str, str] = MappingProxyType({})
    earlier: Mapping[str, Any] = MappingProxyType({})
    price: Mapping[str, float] = MappingProxyType({})
    is_polished: bool = False


def describe_input(name: str, content: bytes) -> InputFile:
    """Return what plan.json says of a list."""
    return InputFile(name, hashlib.sha256(content).hexdigest(), len(content))


def plan_json(plan: Plan, provenance: Provenance) -> bytes:
    """Return plan.json; of identical runs only `seconds` differs."""
    accepted = len(plan.orgs)
    summary = {
        "notice": t("export.notice"),
        "inputs": [file._asdict() for file in provenance.inputs],
        "rows": {"in": plan.rows_in, "accepted": accepted, "rejected": plan.rows_in - accepted},
        "profile": plan.settings.profile,
        "profile_text": _profile(plan.settings),
        "as_of": plan.settings.as_of.isoformat(),
        "settings": plan.settings.model_dump(mode="json"),
        "polish": provenance.is_polished,
        "definitions": {
            kpi.code: {
                "name": t(f"kpi.{kpi.code}.name"),
                "definition": t(f"kpi.{kpi.code}.definition"),
                "confirmed": not needs_confirmation(f"kpi.{kpi.code}"),
            }
            for kpi in ALL
        },
        "versions": {"code": coverage.__version__, "data": {name: dict(of) for name, of in provenance.data.items()}},
        "measures": _counts(plan.measures["measure"]),
        "forms": _forms(plan.groups),
        "objective": _objective(_counted(plan.blocks).sum().to_dict()) | dict(provenance.price),
        "counties": _counties(plan),
        "missing": _missing(plan),
        **({"earlier": dict(provenance.earlier)} if provenance.earlier else {}),
        "seconds": {stage: round(seconds, 3) for stage, seconds in provenance.seconds.items()},
    }
    return (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode()


def _profile(settings: PlanSettings) -> dict[str, str]:
    """Return what the rules rest on and since when, with a warning where that was not in force on `as_of`."""
    profile = PROFILES[settings.profile]
    return {
        "name": t(f"profile.{profile.id}.name"),
        "valid_from": profile.valid_from.isoformat(),
        "source": t(f"profile.{profile.id}.source"),
        "warning": profile_warning(settings),
    }


def profile_warning(settings: PlanSettings) -> str:
    """Return what to check where `as_of` lies outside the profile's time, else ""."""
    if not is_out_of_date(settings):
        return ""
    profile = PROFILES[settings.profile]
    return t(
        "profile.out_of_date",
        as_of=settings.as_of.isoformat(),
        name=t(f"profile.{profile.id}.name"),
        valid_from=profile.valid_from.isoformat(),
    )


def _counts(codes: pd.Series) -> dict[str, int]:
    return {str(code): int(count) for code, count in codes.value_counts().sort_index().items()}


def _forms(groups: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return groups and rows (hosts included) of each form."""
    table = groups.groupby("form").agg(groups=("group_id", "nunique"), organisations=("org_id", "size"))
    return {
        str(form): {str(name): int(count) for name, count in row.items()} for form, row in table.T.to_dict().items()
    }


def _counties(plan: Plan) -> list[dict[str, Any]]:
    names = plan.places.drop_duplicates("adcode").set_index("adcode")["county_name"]
    counties = _counted(plan.blocks).groupby(plan.blocks["adcode"], sort=True).sum().to_dict("index")
    return [
        {"county": str(adcode), "county_name": str(names.get(adcode, ""))} | _objective(sums)
        for adcode, sums in counties.items()
    ]


def _counted(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return what adds up over blocks: once for all counties, a table each takes ten seconds a nation."""
    return blocks[[*_SUMS, "instructor_most"]].assign(blocks=1, proved=blocks["is_proved"].astype("int64"))


def _missing(plan: Plan) -> list[dict[str, Any]]:
    """Return the blocks that were not grouped, and why."""
    names = plan.places.drop_duplicates("adcode").set_index("adcode")["county_name"]
    return [
        {"county": adcode, "county_name": str(names.get(adcode, "")), "superior": superior, "cause": cause}
        for adcode, superior, cause in plan.missing.itertuples(index=False)
    ]


def _objective(sums: Mapping[Hashable, float]) -> dict[str, Any]:
    """Return the objective of GROUPING §1 from sums over blocks: what was reached, the bound, and the gap to it.

    `gap` is in cost, `gap_share` the share of the travel alone: penalties would swamp it (GROUPING §4).
    `instructor_gain` is what one slot more would cover, `instructor_most` how many more cover one organisation each.
    """
    gap = max(float(sums["cost"] - sums["bound"]), 0.0)
    counts = {name: int(sums[name]) for name in _SUMS[:-3]}
    costs = {name: round(float(sums[name]), _DECIMALS) for name in _SUMS[-3:]}
    return (
        counts
        | costs
        | {
            "gap": round(gap, _DECIMALS),
            "gap_share": round(gap / float(sums["travel"]), _DECIMALS + 2) if sums["travel"] else 0.0,
            "blocks": int(sums["blocks"]),
            "proved": int(sums["proved"]),
            "instructor_gain": min(int(sums["instructor_most"]), 1),
            "instructor_most": int(sums["instructor_most"]),
        }
    )
