"""The plan in use beside another one: compared once for all visitors, and explained where that is quick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
import streamlit as st

from coverage.comparison.plans import compare_plans, explain_moves
from store.following import earlier_units
from store.inputs import wishes_of
from store.plans import plan_info
from ui.areas import NATION
from ui.loading import areas, divisions, finished_plan, last_plan, plan_key, plan_number, stored_list
from ui.planning import LARGE_LIST_ROWS
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from coverage.comparison.plans import PlanComparison
    from coverage.grouping import Wishes
    from coverage.pipeline import Plan
    from coverage.stability import Price, Stability
    from store import Scope
    from store.following import Followed
    from ui.areas import Area
    from ui.current import Current
    from ui.planning import PlanKey

_ASKED: Final = "plans-asked"
_DIGITS: Final = {"nation": 0, "province": 2, "city": 4, "county": 6}


class Pair(NamedTuple):
    """Plan A (`old`) and the plan in use, B (`new`), with what their tables hang on."""

    old: Current
    new: Current
    old_plan: Plan
    new_plan: Plan
    keys: tuple[PlanKey, PlanKey]

    @property
    def is_stale(self) -> bool:
        """Say whether something that A hangs on changed since its tables were made."""
        return self.keys[0] != plan_key(self.old)

    @property
    def rows(self) -> int:
        """Return the organisations of the longer list."""
        return max(len(self.old_plan.orgs), len(self.new_plan.orgs))


def pair_of(old: Current, new: Current, new_plan: Plan) -> Pair | None:
    """Return two plans with their tables; of A those made last, None where it was never made."""
    plan = finished_plan(old)
    found = (plan_key(old), plan) if plan is not None else last_plan(old)
    if found is None:
        return None
    return Pair(old, new, found[1], new_plan, (found[0], plan_key(new)))


def compared(pair: Pair) -> PlanComparison | None:
    """Return how two plans differ; of a large list None until this visitor asks for it."""
    if pair.rows > LARGE_LIST_ROWS and st.session_state.get(_ASKED) != pair.keys:
        st.caption(t("plans.large", rows=f"{pair.rows:,}"))
        if not st.button(t("plans.start"), type="primary", icon=":material/compare_arrows:", key="plans-start"):
            return None
        st.session_state[_ASKED] = pair.keys
    with st.spinner(t("plans.working")):
        return _compared(pair, the_scope())


def explained(pair: Pair, area: Area) -> Stability | None:
    """Return why units changed: everywhere, of a large list in the area once this visitor asks for it there."""
    where, asked = NATION, f"plans-explain-{area.adcode}"
    if pair.rows > LARGE_LIST_ROWS:
        where = area.adcode
        if st.session_state.get(asked) != pair.keys:
            if not st.button(t("plans.explain", area=area.name), icon=":material/query_stats:", key=f"ask-{where}"):
                return None
            st.session_state[asked] = pair.keys
    with st.spinner(t("plans.explaining")):
        return _explained(pair, where, the_scope())


def price_of(pair: Pair, found: Stability | None) -> Price | None:
    """Return what B costs more because it follows A; None where it does not, or nobody asked."""
    return None if found is None or _followed(pair) is None else found.price


def is_within(codes: pd.Series, area: Area) -> pd.Series:
    """Say which counties lie in an area."""
    digits = _DIGITS[area.level]
    return codes.str[:digits] == area.adcode[:digits]


def _tables_of(pair: Pair) -> tuple[object, ...]:
    """Return what tells the tables of a pair from all others: its keys say how the plans stand now."""
    return pair.keys, plan_number(pair.old_plan), plan_number(pair.new_plan)


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Pair: _tables_of})
def _compared(pair: Pair, scope: Scope) -> PlanComparison:
    del scope  # part of the key: nobody is shown another one's rows
    fields = stored_list(pair.old.list_id).fields, stored_list(pair.new.list_id).fields
    return compare_plans(pair.old_plan, pair.new_plan, fields=fields, divisions=divisions())


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={Pair: _tables_of})
def _explained(pair: Pair, adcode: str, scope: Scope) -> Stability:
    del scope
    codes = pd.concat([plan.places["adcode"] for plan in (pair.old_plan, pair.new_plan)]).drop_duplicates()
    return explain_moves(
        pair.old_plan,
        pair.new_plan,
        wishes=_wishes(pair),
        divisions=divisions(),
        counties=None if adcode == NATION else frozenset(codes[is_within(codes, areas().by_code[adcode])]),
    )


def _wishes(pair: Pair) -> Wishes:
    """Return what planners fixed in B, with the drafts of A where B follows it."""
    info = plan_info(the_store(), the_scope(), pair.new.plan_id)
    own = wishes_of(the_store(), the_scope(), info)
    followed = _followed(pair)
    return own if followed is None else own._replace(earlier=followed.wishes.earlier)


def _followed(pair: Pair) -> Followed | None:
    """Return what B follows of A; None where it follows another plan or none."""
    info = plan_info(the_store(), the_scope(), pair.new.plan_id)
    followed = earlier_units(the_store(), the_scope(), info._replace(state="open"))  # as when it was made first
    return followed if followed.plan_id == pair.old.plan_id else None
