"""What a planner puts right about an organisation: typed beside what the list says, in force for every later list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from coverage.corrections import CORRECTABLE, POINT
from coverage.locating import locate
from store.corrections import AS_LISTED, Correction, correct, correction_history, corrections_in_force
from store.gazetteer import read_landmarks
from store.lists import registered_codes
from ui.chrome import guarded
from ui.correction_fields import (
    POINT_PARTS,
    field_label,
    field_widget,
    listed_value,
    point_of,
    typed_point,
    value_text,
)
from ui.drafts import Form, draft_of, forget_draft, keep_draft, say_draft
from ui.loading import boundaries, divisions, stored_list
from ui.records import actor_text, moment_text
from ui.saving import Edit, save, show_outcome
from ui.session import change_view, page_named
from ui.stores import the_scope, the_store
from ui.widgets import Column, opened, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store import ConflictError
    from ui.current import Current
    from ui.saving import Line

_REPLAN = "corrections-replan"
_NOTE = "note"
_NOTE_CHARS = 200
_FIRST = (POINT, "address", "county", "township")


class _Subject(NamedTuple):
    """An organisation: its row of the list, what is corrected, and what is typed and not saved."""

    org_id: str
    name: str
    adcode: str  # where it is registered: whose reach it is in
    row: pd.Series
    in_force: dict[str, Correction]

    @property
    def form(self) -> Form:
        return Form("correction", self.org_id)

    @property
    def place(self) -> str:
        return f"correction-{self.org_id}"

    def listed(self, field: str) -> Any:
        """Return what the list says."""
        return listed_value(self.row, field)

    def stored(self, field: str) -> Any:
        """Return what is in force: the correction, else what the list says."""
        return self.in_force[field].value if field in self.in_force else self.listed(field)

    def key(self, field: str) -> str:
        """Return where the session keeps the widget of a field."""
        return f"correct-{self.org_id}-{field}"


def show_correction(current: Current, org_id: str, *, is_open: bool = False) -> None:
    """Show the form of one organisation, what was put right before, and the way to take it back."""
    if st.session_state.pop(_REPLAN, False):
        st.rerun()  # the plan is made from other data now, and it is the whole page that shows it
    subject = _subject(current, org_id)
    if subject is None:
        return
    is_open = is_open or bool(draft_of(subject.form)) or f"clash-{subject.place}" in st.session_state
    form = opened(t("desk.correct.title"), key=f"open-{subject.place}", icon="edit_note", is_open=is_open)
    if form is None:
        return
    with form, guarded():
        st.caption(t("desk.correct.text"))
        show_outcome(subject.place)
        _fields(subject)
        _buttons(current, subject)
        _history(subject)


def _subject(current: Current, org_id: str) -> _Subject | None:
    orgs = stored_list(current.list_id).orgs
    found = orgs[orgs["org_id"] == org_id]
    if found.empty:
        return None
    row = found.iloc[0]
    corrections = [
        each
        for each in corrections_in_force(the_store(), the_scope(), list_id=current.list_id)
        if each.org_id == org_id
    ]
    adcode = str(registered_codes(found).iloc[0])
    return _Subject(org_id, str(row["name"]), adcode, row, {each.field: each for each in corrections})


def _fields(subject: _Subject) -> None:
    draft = draft_of(subject.form)
    columns = st.columns(3)
    for place, field in enumerate((*_FIRST, *(field for field in CORRECTABLE if field not in _FIRST))):
        with columns[place % len(columns)]:
            _show_value(subject, field, draft)
            field_widget(field, key=subject.key(field), province=subject.adcode[:2], on_change=lambda: _typed(subject))
            st.caption(_beside(subject, field))
    key = subject.key(_NOTE)
    if key not in st.session_state:
        st.session_state[key] = draft.get(_NOTE, {}).get("value", "")
    st.text_input(t("desk.correct.why"), key=key, max_chars=_NOTE_CHARS, on_change=lambda: _typed(subject))


def _show_value(subject: _Subject, field: str, draft: dict[str, Any]) -> None:
    """Let the widget show what is typed, else what is in force."""
    value = draft[field]["value"] if field in draft else subject.stored(field)
    key = subject.key(field)
    if field == POINT:
        typed = value if field in draft else typed_point(value)
        for part in POINT_PARTS:
            _set(f"{key}-{part}", typed[part])
    else:
        _set(key, ("" if value is None and not _takes_none(subject.row[field]) else value))


def _takes_none(cell: Any) -> bool:
    """Say whether a field is a count or a tick: they may be unknown, a text is empty."""
    return not isinstance(cell, str)


def _set(key: str, value: Any) -> None:
    """Set only what differs: a value from here overrides the click that is under way in the browser."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _beside(subject: _Subject, field: str) -> str:
    listed = t("desk.correct.listed", value=value_text(field, subject.listed(field)))
    if field not in subject.in_force:
        return listed
    correction = subject.in_force[field]
    return t("desk.correct.corrected", listed=listed, by=actor_text(correction.actor), at=moment_text(correction.at))


def _typed(subject: _Subject) -> None:
    """Keep what differs from what was in force when it was typed, with the number of the correction seen then."""
    draft = draft_of(subject.form)
    content: dict[str, Any] = {}
    for field in CORRECTABLE:
        value = _widget_value(subject, field)
        stored = subject.stored(field)
        before = typed_point(stored) if field == POINT else stored
        if value != before:
            number = subject.in_force[field].number if field in subject.in_force else _last_number(subject, field)
            content[field] = {"value": value, "number": draft.get(field, {}).get("number", number)}
    if note := st.session_state.get(subject.key(_NOTE), ""):
        content[_NOTE] = {"value": note}
    keep_draft(subject.form, content)


def _widget_value(subject: _Subject, field: str) -> Any:
    key = subject.key(field)
    if field == POINT:
        return {part: st.session_state.get(f"{key}-{part}") for part in POINT_PARTS}
    value = st.session_state.get(key)
    return None if value == "" and subject.stored(field) is None else value


def _last_number(subject: _Subject, field: str) -> int:
    """Return the number of the last correction of a field, taken back ones too; 0 for none."""
    history = correction_history(the_store(), the_scope(), subject.org_id)
    return max((each.number for each in history if each.field == field), default=0)


def _buttons(current: Current, subject: _Subject) -> None:
    typed = [field for field in draft_of(subject.form) if field != _NOTE]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("desk.correct.save", count=len(typed)),
            key=f"save-{subject.place}",
            type="primary",
            disabled=not typed,
            icon=":material/check:",
            on_click=_save,
            args=(subject,),
        )
        if st.button(t("desk.correct.from_address"), key=f"find-{subject.place}", icon=":material/travel_explore:"):
            _locate(current, subject)
        if st.button(t("review.open"), key=f"map-{subject.place}", icon=":material/pin_drop:"):
            change_view(org=subject.org_id)
            st.switch_page(page_named("locations"))
        say_draft(subject.form, discard=lambda: _forget(subject))


def _locate(current: Current, subject: _Subject) -> None:
    """Put the point of the typed address into the form; the planner looks at it and saves it."""
    changed = {field: st.session_state.get(subject.key(field)) or "" for field in ("address", "county", "township")}
    org = pd.DataFrame([subject.row]).assign(
        **changed, lon=np.nan, lat=np.nan, lon_given=np.nan, lat_given=np.nan, crs=""
    )
    dtypes = stored_list(current.list_id).orgs.dtypes
    places, _ = locate(
        org.astype(dtypes.to_dict()).reset_index(drop=True),
        divisions=divisions(),
        boundaries=boundaries(),
        settings=current.settings,
        landmarks=read_landmarks(the_store(), the_scope()),
    )
    found = places.iloc[0]
    if pd.isna(found["lon"]):
        st.warning(t("desk.correct.not_found"), icon=":material/location_off:")
        return
    number = _last_number(subject, POINT)
    point = typed_point([round(float(found["lon"]), 6), round(float(found["lat"]), 6)])
    keep_draft(subject.form, draft_of(subject.form) | {POINT: {"value": point, "number": number}})
    st.rerun()


def _save(subject: _Subject) -> None:
    draft = draft_of(subject.form)
    note = draft.get(_NOTE, {}).get("value", "")

    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        changes = [
            Correction(
                subject.org_id,
                field,
                _wanted(subject, field, typed["value"]),
                subject.name,
                subject.adcode,
                note,
                number=_last_number(subject, field) if is_over else typed["number"],
            )
            for field, typed in draft.items()
            if field != _NOTE
        ]
        correct(the_store(), the_scope(), changes)

    save(subject.place, Edit(write, lambda error: _lines(subject, draft, error), lambda: _saved(subject)))


def _wanted(subject: _Subject, field: str, typed: Any) -> Any:
    """Return the value to store; what the list says itself needs no correction."""
    value = point_of(typed) if field == POINT else typed
    return AS_LISTED if value == subject.listed(field) else value


def _lines(subject: _Subject, draft: dict[str, Any], error: ConflictError) -> Iterator[Line]:
    """Yield each typed field that somebody corrected meanwhile: his value and this one."""
    del error  # it names one field, the others may be in the way as well
    for field, typed in draft.items():
        if field == _NOTE or _last_number(subject, field) == typed["number"]:
            continue
        history = [each for each in correction_history(the_store(), the_scope(), subject.org_id) if each.field == field]
        last = max(history, key=lambda each: each.number)
        theirs = subject.listed(field) if last.value is AS_LISTED else last.value
        mine = point_of(typed["value"]) if field == POINT else typed["value"]
        yield field_label(field), value_text(field, theirs), value_text(field, mine)


def _saved(subject: _Subject) -> None:
    _forget(subject)
    st.session_state[_REPLAN] = True


def _forget(subject: _Subject) -> None:
    """Forget what was typed; the fields show what is in force again."""
    for key in [key for key in st.session_state if str(key).startswith(subject.key(""))]:
        del st.session_state[key]
    forget_draft(subject.form)


def _history(subject: _Subject) -> None:
    history = correction_history(the_store(), the_scope(), subject.org_id)
    if not history:
        return
    st.html(f"<h3>{t('desk.correct.history')}</h3>")
    columns = tuple(Column(t(f"desk.correct.{name}")) for name in ("at", "by", "field", "value", "why"))
    lines = (
        (
            moment_text(each.at),
            actor_text(each.actor),
            field_label(each.field),
            t("desk.correct.as_listed") if each.value is AS_LISTED else value_text(each.field, each.value),
            each.note,
        )
        for each in history
    )
    plain_table(columns, lines)
    with st.container(horizontal=True):
        for field, correction in subject.in_force.items():
            st.button(
                t("desk.correct.take_back", field=field_label(field)),
                key=f"back-{subject.org_id}-{field}",
                icon=":material/undo:",
                on_click=take_back,
                args=(correction, subject.place),
            )


def take_back(correction: Correction, place: str) -> None:
    """Let the list speak again on a field; refused where somebody corrected it since it was shown."""

    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        history = correction_history(the_store(), the_scope(), correction.org_id)
        last = max(each.number for each in history if each.field == correction.field)
        number = last if is_over else correction.number
        correct(the_store(), the_scope(), [correction._replace(value=AS_LISTED, note="", number=number)])

    def lines(error: ConflictError) -> list[Line]:
        theirs = value_text(correction.field, error.current.get("value"))
        return [(field_label(correction.field), theirs, t("desk.correct.as_listed"))]

    save(place, Edit(write, lines, lambda: st.session_state.update({_REPLAN: True})))
