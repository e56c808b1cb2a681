"""A place put right for several organisations at once: all or none are stored, and all can be taken back at once."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import streamlit as st

from coverage.corrections import POINT
from store.corrections import AS_LISTED, Correction, correct, correction_history, corrections_in_force
from store.lists import registered_codes
from ui.correction_fields import field_label, listed_value, value_text
from ui.loading import stored_list
from ui.saving import Edit, nothing, save
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from store import ConflictError
    from ui.current import Current
    from ui.saving import Line

    #: Organisation and field, with the correction in force that the planner sees.
    Seen = dict[tuple[str, str], Correction]

#: The place of `show_outcome` on the page.
PLACE: Final = "locations"
_LAST = "locations-last-saved"
_NEW = "locations-was-saved"
_FIELDS = (POINT, "county")


class Saved(NamedTuple):
    """What was saved last, and what each field was before: a correction, or what the list says."""

    kept: tuple[Correction, ...]
    before: tuple[Any, ...]

    @property
    def names(self) -> list[str]:
        """Return the names of the organisations, each once."""
        return list(dict.fromkeys(each.name for each in self.kept))


class Wish(NamedTuple):
    """What is to be stored: the fields and their values, for these organisations, and why; some get a county too."""

    org_ids: tuple[str, ...]
    fields: dict[str, Any]
    note: str = ""
    counties: Mapping[str, str] = MappingProxyType({})


def seen_corrections(current: Current) -> Seen:
    """Return the corrections of places that are in force."""
    found = corrections_in_force(the_store(), the_scope(), list_id=current.list_id)
    return {(each.org_id, each.field): each for each in found if each.field in _FIELDS}


def corrected_since(plan_orgs: pd.DataFrame, seen: Seen, *, field: str) -> set[str]:
    """Return the organisations whose correction of a field is not in the tables of a plan yet."""
    wanted = {org_id: each.value for (org_id, of), each in seen.items() if of == field}
    if not wanted:
        return set()
    rows = plan_orgs[plan_orgs["org_id"].isin(wanted)].to_dict("records")
    return {str(org["org_id"]) for org in rows if listed_value(org, field) != wanted[str(org["org_id"])]}


def save_places(current: Current, wish: Wish, seen: Seen, *, drop: Callable[[], object] = nothing) -> None:
    """Store a wish; what is in the way is shown by `show_outcome(PLACE)`."""
    orgs = stored_list(current.list_id).orgs
    rows = orgs[orgs["org_id"].isin(wish.org_ids)]
    area = dict(zip(rows["org_id"], registered_codes(rows), strict=True))
    changes = [
        Correction(
            str(row["org_id"]),
            field,
            AS_LISTED if value == listed_value(row, field) else value,
            str(row["name"]),
            str(area[row["org_id"]]),
            wish.note,
        )
        for row in rows.to_dict("records")
        for field, value in _fields_of(wish, str(row["org_id"])).items()
    ]
    before = tuple(seen[key].value if (key := (each.org_id, each.field)) in seen else AS_LISTED for each in changes)

    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        numbered = [each._replace(number=_number(each, seen, is_over=is_over)) for each in changes]
        st.session_state[_LAST] = Saved(tuple(correct(the_store(), the_scope(), numbered)), before)
        st.session_state[_NEW] = True

    save(PLACE, Edit(write, _lines, drop))


def _fields_of(wish: Wish, org_id: str) -> dict[str, Any]:
    return wish.fields | ({"county": wish.counties[org_id]} if org_id in wish.counties else {})


def last_saved() -> Saved | None:
    """Return what this visit saved last and has not taken back."""
    found: Saved | None = st.session_state.get(_LAST)
    return found


def was_saved() -> bool:
    """Say once that something was saved."""
    return bool(st.session_state.pop(_NEW, False))


def take_back_last(saved: Saved) -> None:
    """Put every field of the last saving back to what it was; refused where somebody corrected it since."""

    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        back = [each._replace(value=value, note="") for each, value in zip(saved.kept, saved.before, strict=True)]
        if is_over:
            back = [each._replace(number=_number(each, {}, is_over=True)) for each in back]
        correct(the_store(), the_scope(), back)

    save(PLACE, Edit(write, _lines, lambda: st.session_state.pop(_LAST, None)))


def _number(change: Correction, seen: Seen, *, is_over: bool) -> int:
    """Return the number of the correction that the planner saw; one taken back before is as good as none."""
    known = seen.get((change.org_id, change.field))
    if known is not None and not is_over:
        return known.number
    history = [each for each in correction_history(the_store(), the_scope(), change.org_id) if _same(each, change)]
    last = max(history, key=lambda each: each.number, default=None)
    return last.number if last is not None and (is_over or last.value is AS_LISTED) else 0


def _same(one: Correction, other: Correction) -> bool:
    return one.field == other.field


def _lines(error: ConflictError) -> Iterator[Line]:
    """Yield the field that somebody corrected meanwhile: his value and this one."""
    mine, theirs = error.wanted, error.current
    field = str(mine["field"])
    label = t("review.fix.of_org", name=mine["name"], field=field_label(field))
    yield label, value_text(field, theirs.get("value")), value_text(field, mine["value"])
