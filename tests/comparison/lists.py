"""Two lists of a few organisations, with their plans where a test asks for them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from coverage.business import describe_business
from coverage.comparison import Comparison, Side, compare_lists
from coverage.comparison.sides import recount
from coverage.grouping import find_candidates, propose_groups
from coverage.measures import settle_measures
from coverage.rules import assign_duties
from coverage.settings import PlanSettings
from geo.divisions import Divisions, load_divisions
from tests import tables

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
COLUMNS = frozenset(tables.orgs().columns)


@cache
def divisions() -> Divisions:
    return load_divisions()


def side(*rows: dict[str, Any], settings: PlanSettings = SETTINGS, fields: frozenset[str] = COLUMNS) -> Side:
    """Return a list of these organisations, made once; `at` holds what is known of the place."""
    key = repr(rows), settings.model_dump_json(), fields
    if key not in _SIDES:
        _SIDES[key] = _side(*rows, settings=settings, fields=fields)
    return _SIDES[key]


_SIDES: dict[tuple[str, str, frozenset[str]], Side] = {}


def _side(*rows: dict[str, Any], settings: PlanSettings, fields: frozenset[str]) -> Side:
    orgs = tables.orgs(*({name: value for name, value in row.items() if name != "at"} for row in rows))
    places = tables.places(orgs, *(row.get("at", {}) for row in rows))
    orgs = orgs.assign(lon=places["lon"], lat=places["lat"])
    duties = assign_duties(orgs, places, settings=settings, fields=fields)
    bare = Side(orgs, places, duties, pd.DataFrame(), settings, fields)
    return recount(bare, settings, divisions=divisions())


def planned(*rows: dict[str, Any], settings: PlanSettings = SETTINGS) -> Side:
    """Return a list of these organisations with its plan."""
    bare = side(*rows, settings=settings)
    business = describe_business(bare.orgs, divisions=divisions())
    candidates = find_candidates(bare.orgs, bare.places, bare.duties, business)
    grouping = propose_groups(candidates, settings)
    measures = settle_measures(bare.orgs, bare.places, bare.duties, business, grouping)
    whole = bare._replace(measures=measures, groups=grouping.groups)
    return recount(whole, settings, divisions=divisions())


def compare(old: Side, new: Side) -> Comparison:
    return compare_lists(old, new, divisions=divisions())


def told(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    """Return kind, field, before and after of each change, in order."""
    columns = ["kind", "field", "before", "after"]
    return [tuple(row) for row in comparison.changes[columns].itertuples(index=False)]
