"""The plan of one list with one set of settings is made once for all pages' tests: it is a function of those alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.pipeline import Plan, make_plan

if TYPE_CHECKING:
    from coverage.intake import Intake
    from coverage.settings import PlanSettings

Key = tuple[str, frozenset[str], bytes, bytes]

_MADE: dict[Key, Plan] = {}


def make_once(intake: Intake, settings: PlanSettings, **beside: Any) -> Plan:
    """Return what `make_plan` does; with venues, wishes, or a watch over it, it is made each time."""
    if beside["venues"] is not None or beside["execution"] is not None or any(map(len, beside["wishes"])):
        return make_plan(intake, settings, **beside)
    key = settings.model_dump_json(), intake.fields, _hash(intake.orgs), _hash(intake.problems)
    if key not in _MADE:
        _MADE[key] = make_plan(intake, settings, **beside)
    return _MADE[key]


def _hash(table: pd.DataFrame) -> bytes:
    return pd.util.hash_pandas_object(table).to_numpy().tobytes()
