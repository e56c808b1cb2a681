"""A list is read and a plan is made once for all tests that ask for it.

An intake is a function of file and settings, a plan of list, settings and wishes; nobody writes into their tables.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from coverage.intake import Source, read_lists
from coverage.pipeline import Plan, make_plan
from coverage.settings import PlanSettings

if TYPE_CHECKING:
    import pandas as pd

    from coverage.intake import Intake

Key = tuple[str, frozenset[str], tuple[str, ...]]


def read_once(source: Source, settings: PlanSettings) -> Intake:
    """Return what `read_lists` does with one file that needs no coordinate system chosen."""
    return _read(source, settings.model_dump_json())


@cache
def _read(source: Source, settings: str) -> Intake:
    return read_lists([source], settings=PlanSettings.model_validate_json(settings), crs=None)


_MADE: dict[Key, Plan] = {}


def make_once(intake: Intake, settings: PlanSettings, **beside: Any) -> Plan:
    """Return what `make_plan` does; with venues, or a watch over it, it is made each time."""
    if beside["venues"] is not None or beside["execution"] is not None:
        return make_plan(intake, settings, **beside)
    # When they were seen settles only which of two counts, and no plan of a test hangs on it
    places = [] if beside.get("landmarks") is None else [beside["landmarks"].drop(columns="at")]
    tables = (intake.orgs, intake.problems, *places, *beside["wishes"])
    key = settings.model_dump_json(), intake.fields, tuple(map(_text, tables))
    if key not in _MADE:
        _MADE[key] = make_plan(intake, settings, **beside)
    return _MADE[key]


def _text(wish: pd.DataFrame | bool) -> str:  # noqa: FBT001 # a wish is a table, or yes or no
    if isinstance(wish, bool):
        return str(wish)
    return wish.to_json(orient="split", double_precision=15, date_format="iso")
