"""Units that people make by hand: are they allowed, what do they cost, and what becomes of the plan (GROUPING §7)."""

from __future__ import annotations

from coverage.handmade.bench import Bench
from coverage.handmade.bounds import loosen
from coverage.handmade.judging import Judged, judge, judge_all
from coverage.handmade.offers import edit_kinds, form_of, groups_of, hosts_of
from coverage.handmade.pricing import Price, after_edit, price, standing_cost
from coverage.handmade.remaking import as_it_stands, remake
from coverage.handmade.resolving import around
from coverage.handmade.ruled import broken_rulings, contradicted_rulings, seated_rulings
from coverage.handmade.units import Edit, MadeUnit, Rerun, Standing, standing_units

__all__ = [
    "Bench",
    "Edit",
    "Judged",
    "MadeUnit",
    "Price",
    "Rerun",
    "Standing",
    "after_edit",
    "around",
    "as_it_stands",
    "broken_rulings",
    "contradicted_rulings",
    "edit_kinds",
    "form_of",
    "groups_of",
    "hosts_of",
    "judge",
    "judge_all",
    "loosen",
    "price",
    "remake",
    "seated_rulings",
    "standing_cost",
    "standing_units",
]
