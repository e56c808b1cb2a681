"""What is read or computed once and shared by all visitors; read-only for everybody."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import ref

import streamlit as st

from coverage.settings import SHOWN_ONLY
from store.inputs import input_sha256
from store.places import the_boundaries, the_divisions
from store.plans import plan_info, read_result
from ui.areas import Areas, read_areas
from ui.current import Current, read_list
from ui.planning import PlanShelf
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    import pandas as pd

    from coverage.intake import Intake
    from coverage.pipeline import Plan
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions
    from store import Scope
    from store.plans import PlanInfo
    from ui.planning import PlanKey


class _Numbered(NamedTuple):
    tables: tuple[ref[pd.DataFrame], ...]
    number: int


_NUMBERS: Final[dict[tuple[int, ...], _Numbered]] = {}
_NEXT: Final = count()


def boundaries() -> Boundaries:
    """Return the polygons of the nation."""
    return the_boundaries()


def divisions() -> Divisions:
    """Return the gazetteer."""
    return the_divisions()


@st.cache_resource(show_spinner=False, max_entries=1)
def areas() -> Areas:
    """Return the tree of areas."""
    return read_areas(boundaries())


def stored_list(list_id: str) -> Intake:
    """Return a list as it was read, as far as this user reaches."""
    return _stored_list(list_id, the_scope())


@st.cache_resource(show_spinner=False, max_entries=1)
def shelf() -> PlanShelf:
    """Return the place of finished and running plans."""
    return PlanShelf()


def plan_key(current: Current) -> PlanKey:
    """Return the plan, and what its tables hang on: the hash of list, corrections, settings and venues, and the run."""
    return _key_now(plan_info(the_store(), the_scope(), current.plan_id))


def _key_now(info: PlanInfo) -> PlanKey:
    return info.id, f"{input_sha256(the_store(), the_scope(), info)}/{info.run}"


def _key_made(info: PlanInfo) -> PlanKey:
    return info.id, f"{info.input_sha256}/{info.run}"


def finished_plan(current: Current) -> Plan | None:
    """Return the tables of a plan where they are made and stand for what it is made from now."""
    info = plan_info(the_store(), the_scope(), current.plan_id)
    key = _key_now(info)
    return _tables(key, info) if key == _key_made(info) else None


def last_plan(current: Current) -> tuple[PlanKey, Plan] | None:
    """Return the tables that were made last, and what they hang on; corrections saved since are not in them."""
    info = plan_info(the_store(), the_scope(), current.plan_id)
    key = _key_made(info)
    plan = _tables(key, info)
    return None if plan is None else (key, plan)


def _tables(key: PlanKey, info: PlanInfo) -> Plan | None:
    """Return the tables of a plan with its settings as they are now: some say only how figures are shown."""
    plan = shelf().find(key) or read_result(the_store(), the_scope(), info.id)  # may be newer than the key, never older
    if plan is not None and plan.settings != info.settings:
        plan = plan._replace(settings=info.settings)
    if plan is not None:
        shelf().keep(key, plan)
    return plan


def plan_number(plan: Plan) -> tuple[float, ...]:
    """Return numbers that no other plan has had in this process: what is made of a plan once is kept by them.

    `plan_key` says how the plan stands now, which these tables may be older than. Coverage counted in another area
    mode, or with its small figures hidden, has another number; so have settings that only say how figures are shown.
    """
    shown = (float(getattr(plan.settings, name)) for name in sorted(SHOWN_ONLY))
    return tables_number(plan.measures, plan.groups, plan.branches, plan.coverage), *shown


def tables_number(*tables: pd.DataFrame) -> int:
    """Return a number that no other tables have had in this process; nobody writes into a table."""
    key = tuple(map(id, tables))
    known = _NUMBERS.get(key)
    if known is None or any(there() is not table for there, table in zip(known.tables, tables, strict=True)):
        forget = partial(_forget, key)
        known = _NUMBERS[key] = _Numbered(tuple(ref(table, forget) for table in tables), next(_NEXT))
    return known.number


def _forget(key: tuple[int, ...], _table: object) -> None:
    _NUMBERS.pop(key, None)  # another table may get this one's id


@st.cache_resource(show_spinner=False, max_entries=2)
def _stored_list(list_id: str, scope: Scope) -> Intake:
    """Return a list; the key holds who asks, so that nobody is shown another one's rows."""
    del scope
    return read_list(list_id)
