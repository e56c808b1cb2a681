"""What planners fix: pairs apart or together, a remedy, a lead; it holds at once, and until it is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage.handmade import broken_rulings
from store.handwork import fix, let_go, ruling_text
from store.inputs import read_rulings
from store.plans import plan_info
from store.units import Constraint, constraints_of
from ui.choices import worded
from ui.handwork import made_for, names_of, perform, standing_of, the_hand
from ui.records import actor_text
from ui.saving import show_outcome
from ui.stores import the_scope, the_store
from ui.widgets import Column, opened, plain_table
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from store.handwork import Made
    from ui.current import Current

_KINDS = ("forbid", "force", "remedy", "lead")
_PAIRS = ("forbid", "force")
_REMEDIES = ("joint", "attached", "instructor", "none")


def show_ruling_form(current: Current, plan: Plan, org_id: str, *, county: str) -> None:
    """Let the visitor fix something about one organisation; one that is not to be grouped has nothing to fix."""
    made = made_for(current, plan, county)
    seat = made.bench.seats.get(org_id)
    if seat is None or seat.kind != "small":
        return
    place = f"ruling-{org_id}"
    form = opened(t("hand.ruling.title"), key=f"open-{place}", icon="push_pin")
    if form is None:
        return
    with form:
        st.caption(t("hand.ruling.text"))
        show_outcome(place)
        left, right, button = st.columns([3, 5, 2], vertical_alignment="bottom")
        kind = left.selectbox(
            t("hand.ruling.kind"), **worded(f"{place}-kind", _KINDS, lambda code: t(f"hand.ruling_kind.{code}"))
        )
        with right:
            other, value = _told(made, org_id, kind, place=place)
        wanted = Constraint("", current.plan_id, kind, org_id, other, value, county, "", "", 1)  # type: ignore[arg-type] # one of _KINDS
        button.button(
            t("hand.ruling.add"),
            key=f"{place}-add",
            type="primary",
            width="stretch",
            disabled=kind in _PAIRS and not other,
            on_click=lambda: perform(current, place, lambda: fix(the_hand(current), wanted, made=made)),
        )


def show_rulings(current: Current, plan: Plan, *, county: str) -> None:
    """Show what is fixed in the county, whether the plan keeps to it, and let it go."""
    found = [each for each in constraints_of(the_store(), the_scope(), current.plan_id) if each.adcode == county]
    place = f"rulings-{county}"
    show_outcome(place)
    if not found:
        st.caption(t("hand.ruling.none"))
        return
    made = made_for(current, plan, county)
    names = names_of(made)
    rulings = read_rulings(the_store(), the_scope(), plan_info(the_store(), the_scope(), current.plan_id))
    broken = set(broken_rulings(standing_of(made), rulings).itertuples(index=False, name=None))
    texts = {each.id: ruling_text(_row(each), names) for each in found}
    lines = (
        (
            texts[each.id],
            t("hand.ruling.broken" if _row(each) in broken else "hand.ruling.kept"),
            actor_text(each.created_by),
        )
        for each in found
    )
    plain_table(tuple(Column(t(f"hand.ruling.{name}")) for name in ("what", "state", "by")), lines)
    for each in found:
        st.button(
            t("hand.ruling.drop", text=texts[each.id]),
            key=f"{place}-drop-{each.id}",
            icon=":material/close:",
            on_click=_drop,
            args=(current, made),
            kwargs={"constraint": each, "place": place},
        )


def count_rulings(current: Current, *, county: str) -> int:
    """Return how much is fixed in a county."""
    return sum(each.adcode == county for each in constraints_of(the_store(), the_scope(), current.plan_id))


def _drop(current: Current, made: Made, *, constraint: Constraint, place: str) -> None:
    perform(current, place, lambda: let_go(the_hand(current), constraint, made=made))


def _row(constraint: Constraint) -> tuple[str, str, str, str]:
    return constraint.kind, constraint.org_id, constraint.other_id, constraint.value


def _told(made: Made, org_id: str, kind: str, *, place: str) -> tuple[str, str]:
    """Return the other organisation of a pair, or the remedy."""
    if kind in _PAIRS:
        seats, names = made.bench.seats, names_of(made)
        block = seats[org_id].block
        others = sorted(
            (each for each, seat in seats.items() if seat.block == block and each != org_id),
            key=lambda each: (names[each], each),
        )
        other = st.selectbox(
            t("hand.ruling.other"),
            **worded(f"{place}-other", others, lambda each: names[each]),
            index=None,
            placeholder=t("desk.correct.choose"),
        )
        return str(other or ""), ""
    if kind == "remedy":
        value = st.selectbox(
            t("hand.ruling.value"), **worded(f"{place}-value", _REMEDIES, lambda code: t(f"desk.remedy.{code}"))
        )
        return "", str(value)
    return "", ""
