"""Units made by hand: choose organisations, see at once what a unit of them would be and cost, and save it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from coverage.handmade import Edit, Standing, edit_kinds, form_of, groups_of, hosts_of, price
from coverage.verification import finding_texts
from coverage.vocabulary import Form
from store.handwork import edit_units, regroup
from ui.choices import worded
from ui.handwork import made_for, names_of, perform, standing_of, the_hand
from ui.markdown import plain
from ui.reason_cards import count_text, trip_columns
from ui.saving import show_outcome
from ui.session import change_view
from ui.widgets import label_of, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.handmade import Judged, Price
    from coverage.handmade.units import MadeUnit
    from coverage.pipeline import Plan
    from store.handwork import Made
    from ui.current import Current

_NOTE_CHARS = 500
_STARS = (Form.JOINT.value, Form.ATTACHED.value)
_LEAST = 5e-5  # of a price that is shown with four decimals


class _Desk(NamedTuple):
    """What the visitor works with: the plan, its county, and the organisations chosen."""

    current: Current
    made: Made
    standing: Standing
    names: dict[str, str]
    orgs: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"hand-{self.made.bench.county.adcode}"

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the ids of the units that the organisations chosen are in."""
        return groups_of(self.standing, self.orgs)

    @property
    def hosts(self) -> list[str]:
        """Return everybody in the county who may host."""
        return [org_id for org_id, seat in self.made.bench.seats.items() if seat.kind == "host"]


def choose_orgs(current: Current, county: str, orgs: tuple[str, ...]) -> None:
    """Add organisations to those chosen, and work on units of them from here on."""
    key = _orgs_key(current, county)
    st.session_state[key] = list(dict.fromkeys([*st.session_state.get(key, []), *orgs]))
    change_view(work="form")


def toggle_org(current: Current, county: str, org_id: str) -> None:
    """Add an organisation to those chosen, or take it out again."""
    key = _orgs_key(current, county)
    chosen = list(st.session_state.get(key, []))
    st.session_state[key] = [other for other in chosen if other != org_id] if org_id in chosen else [*chosen, org_id]


def chosen_orgs(current: Current, county: str) -> tuple[str, ...]:
    """Return the organisations chosen."""
    return tuple(st.session_state.get(_orgs_key(current, county), ()))


def show_hand(current: Current, plan: Plan, county: str) -> None:
    """Show the organisations chosen, what can be done with them, and what that comes to."""
    made = made_for(current, plan, county)
    if not made.bench.seats:
        st.info(t("hand.no_units"))
        return
    st.caption(t("hand.text"))
    standing, names = standing_of(made), names_of(made)
    desk = _Desk(current, made, standing, names, ())
    desk = desk._replace(orgs=_chosen(desk, county))
    show_outcome(desk.place)
    if not desk.orgs:
        st.info(t("hand.nothing"))
        return
    _buttons(desk)
    edit = _wanted(desk)
    if edit is None:
        _trips_now(desk)
        return
    priced = price(made.bench, standing, edit)
    _show_price(desk, priced)
    _save_button(desk, edit, priced)


def _orgs_key(current: Current, county: str) -> str:
    return f"hand-orgs-{current.plan_id}-{county}"


def _chosen(desk: _Desk, county: str) -> tuple[str, ...]:
    key = _orgs_key(desk.current, county)
    options = sorted(desk.made.bench.seats, key=lambda org_id: (desk.names[org_id], org_id))
    kept = [org_id for org_id in st.session_state.get(key, []) if org_id in desk.made.bench.seats]
    if st.session_state.get(key, []) != kept:
        st.session_state[key] = kept
    unit_of = {org_id: unit for unit in desk.standing.units.values() for org_id in unit.members}
    chosen = st.multiselect(
        t("hand.orgs"),
        **worded(key, options, lambda org_id: _org_label(desk, org_id, unit_of.get(org_id))),
        placeholder=t("hand.orgs_hint"),
        select_all=False,
    )
    return tuple(chosen)


def _org_label(desk: _Desk, org_id: str, unit: MadeUnit | None) -> str:
    bench = desk.made.bench
    n = int(bench.county.sites.n[bench.county.row_of[org_id]])
    if bench.seats[org_id].kind == "host":
        return t("hand.host_option", name=desk.names[org_id], n=n)
    return t("hand.org_option", name=desk.names[org_id], n=n, unit=_unit_text(desk, org_id, unit))


def _unit_text(desk: _Desk, org_id: str, unit: MadeUnit | None) -> str:
    if unit is not None:
        return t("hand.unit_of", lead=_head_name(desk, unit))
    return t("hand.unit_taught" if org_id in desk.standing.taught else "hand.unit_none")


def _head_name(desk: _Desk, unit: MadeUnit) -> str:
    return desk.names[unit.head or unit.members[0]]


def _buttons(desk: _Desk) -> None:
    county = desk.made.bench.county.adcode
    with st.container(horizontal=True):
        st.button(
            t("hand.clear"),
            key=f"{desk.place}-clear",
            on_click=st.session_state.__setitem__,
            args=(_orgs_key(desk.current, county), []),
        )
        regroup_button(desk.current, desk.made, desk.orgs, place=desk.place)


def regroup_button(current: Current, made: Made, orgs: tuple[str, ...], *, place: str) -> None:
    """Offer to group the blocks of some organisations again."""
    st.button(
        t("hand.regroup"),
        key=f"{place}-regroup",
        icon=":material/autorenew:",
        help=t("hand.regroup_help"),
        on_click=lambda: perform(current, place, lambda: regroup(the_hand(current), orgs, made=made)),
    )


def _wanted(desk: _Desk) -> Edit | None:
    """Return what the visitor wants to do."""
    kinds = list(edit_kinds(desk.standing, desk.orgs, desk.hosts))
    if not kinds:
        return None
    columns = st.columns(3, vertical_alignment="bottom")
    key = f"{desk.place}-kind"
    # What nobody chose follows: with a second organisation a unit of their own comes first.
    if st.session_state.get(key) not in kinds or st.session_state[key] == st.session_state.get(f"{key}-offered"):
        st.session_state[key] = kinds[0]
    st.session_state[f"{key}-offered"] = kinds[0]
    kind = columns[0].selectbox(t("hand.action"), **worded(key, kinds, lambda code: t(f"hand.kind.{code}")))
    with columns[1]:
        form, target = _form(desk) if kind == "new" else "", _target(desk) if kind == "move" else ""
    with columns[2]:
        head = _head(desk, kind, form or form_of(desk.standing, desk.orgs))
    if kind == "lead":
        return Edit("lead", desk.groups, desk.orgs, head=desk.orgs[0])
    if kind in {"move", "out"}:
        return Edit("move", (target,) if target else (), desk.orgs)
    return Edit(kind, () if kind == "new" else desk.groups, desk.orgs, form=form or Form.JOINT.value, head=head)  # type: ignore[arg-type] # new, split, merge, dissolve


def _form(desk: _Desk) -> str:
    key = f"{desk.place}-form"
    if key not in st.session_state:
        has_host = not set(desk.hosts).isdisjoint(desk.orgs)
        st.session_state[key] = Form.ATTACHED.value if has_host else Form.JOINT.value
    return str(
        st.selectbox(t("hand.form"), **worded(key, [form.value for form in Form], lambda code: label_of("form", code)))
    )


def _target(desk: _Desk) -> str:
    options = [group_id for group_id in desk.standing.units if group_id not in desk.groups]
    return str(
        st.selectbox(
            t("hand.target"),
            **worded(
                f"{desk.place}-target-{'-'.join(desk.groups)}",
                options,
                lambda group_id: _unit_option(desk, desk.standing.units[group_id]),
            ),
        )
    )


def _unit_option(desk: _Desk, unit: MadeUnit) -> str:
    return t("app.card.group_title", form=label_of("form", unit.form), lead=_head_name(desk, unit))


def _head(desk: _Desk, kind: str, form: str) -> str:
    """Return the lead or host that is wanted, "" the cheapest lead."""
    if kind not in {"new", "merge", "split"} or form in {Form.REGIONAL, Form.INDUSTRY}:
        return ""
    if form == Form.ATTACHED:
        key = f"{desk.place}-host-{kind}-{'-'.join(desk.groups)}"
        hosts = hosts_of(desk.standing, kind, desk.orgs, hosts=desk.hosts)
        chosen = st.selectbox(t("hand.host"), **worded(key, hosts, lambda code: desk.names[code]))
        return str(chosen or "")
    members = (
        desk.orgs
        if kind != "merge"
        else tuple(org_id for group_id in desk.groups for org_id in desk.standing.units[group_id].members)
    )
    options = ["", *members]
    return str(
        st.selectbox(
            t("hand.head"),
            **worded(
                f"{desk.place}-head-{kind}", options, lambda code: desk.names[code] if code else t("hand.head_best")
            ),
        )
    )


def _trips_now(desk: _Desk) -> None:
    st.caption(plain(t("app.separator").join(desk.names[org_id] for org_id in desk.orgs)))


def _show_price(desk: _Desk, priced: Price) -> None:
    """Show the units that come of it with their trips and what they break, and the price."""
    if not priced.after and not priced.before:
        st.caption(t("hand.no_change"))
        return
    for judged in priced.after:
        _show_unit(desk, judged)
    for name, orgs in (("freed", priced.freed), ("taken", priced.taken)):
        if orgs:
            names = t("app.separator").join(desk.names[org_id] for org_id in orgs)
            st.caption(plain(t(f"hand.{name}", names=names)))
    st.markdown(plain(_price_text(priced)), help=t("hand.price_help"))


def _show_unit(desk: _Desk, judged: Judged) -> None:
    unit = judged.unit
    line = t(
        "hand.unit_line",
        form=label_of("form", unit.form),
        lead=_head_name(desk, unit),
        orgs=len(unit.members),
        members=judged.members,
        farthest=_metres(judged.farthest_m),
        similarity=_similarity(judged),
    )
    lines = [text.split(" ", 2) for text in finding_texts(judged.findings)]
    told = "\n".join(f"- {plain(f'{code} {text}')}" for code, _, text in lines)
    show = st.success if judged.is_legal and not lines else st.warning if judged.is_legal else st.error
    state = t("hand.legal" if judged.is_legal else "hand.illegal")
    show(f"**{plain(state)}** · {plain(line)}" + (f"\n{told}" if told else ""))
    plain_table(trip_columns(), _trip_lines(desk, judged))


def _trip_lines(desk: _Desk, judged: Judged) -> Iterator[tuple[str, ...]]:
    """Yield a line for each organisation, the head first; who does not travel has neither distance nor limit."""
    unit, trips = judged.unit, judged.trips.set_index("org_id")
    n = desk.made.bench.county.duties.set_index("org_id")["n"]
    head_role = {Form.JOINT.value: "lead", Form.ATTACHED.value: "host"}.get(unit.form, "")
    for org_id in dict.fromkeys([unit.head, *unit.orgs] if unit.head else unit.orgs):
        role = head_role if org_id == unit.head else "member"
        start = (label_of("role", role), desk.names[org_id], count_text(n[org_id]))
        if org_id not in trips.index:
            yield (*start, "", "", "")
            continue
        trip = trips.loc[org_id]
        way = f"{_number(trip['distance_m'])} / {_number(trip['limit_m'])}"
        alike = "" if np.isnan(trip["similarity"]) else f"{trip['similarity']:.2f}"
        yield (*start, way, alike, label_of("evidence", trip["evidence"]))


def _price_text(priced: Price) -> str:
    difference = priced.difference
    if np.isnan(difference):
        return t("hand.price_unknown")
    if abs(difference) < _LEAST:
        return t("hand.price_same")
    return t("hand.price_more" if difference > 0 else "hand.price_less", value=f"{abs(difference):,.4f}")


def _save_button(desk: _Desk, edit: Edit, priced: Price) -> None:
    key = f"{desk.place}-note"
    text, button = st.columns([8, 2], vertical_alignment="bottom")
    text.text_input(t("hand.note"), key=key, max_chars=_NOTE_CHARS, placeholder=t("hand.note_hint"))
    is_change = bool(priced.before or priced.after)
    button.button(
        t("hand.do"),
        key=f"{desk.place}-do",
        type="primary",
        disabled=not (is_change and priced.is_legal),
        on_click=_do,
        args=(desk, edit, priced),
        width="stretch",
    )


def _do(desk: _Desk, edit: Edit, priced: Price) -> None:
    note = str(st.session_state.get(f"{desk.place}-note", ""))
    shown = next((judged.unit.members[0] for judged in priced.after), "")

    def forget() -> None:
        st.session_state[f"{desk.place}-note"] = ""
        st.session_state[_orgs_key(desk.current, desk.made.bench.county.adcode)] = []

    perform(
        desk.current,
        desk.place,
        lambda: edit_units(the_hand(desk.current), edit, made=desk.made, note=note),
        look_at=shown,
        drop=forget,
    )


def _metres(value: float) -> str:
    return t("hand.no_way") if np.isnan(value) else t("hand.metres", value=f"{value:,.0f}")


def _similarity(judged: Judged) -> str:
    mean = judged.trips["similarity"].mean()
    return t("app.no_rate") if np.isnan(mean) else f"{mean:.2f}"


def _number(value: Any) -> str:
    return "" if np.isnan(value) else f"{value:,.0f}"
