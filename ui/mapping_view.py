"""The columns of an upload and the fields they are taken for: to look at, to change, to forget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from coverage.fields import FIELDS, REPEATABLE, SENSITIVE
from coverage.intake import SheetChoice
from ui.choices import worded
from ui.drafts import Form, draft_of, forget_draft, keep_draft, say_draft
from ui.mappings import Columns, forget, remember, remembered, templates_of, write_mapping
from ui.markdown import plain
from ui.sheets_view import edit_sheet
from ui.widgets import label_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.intake import Intake
    from coverage.intake.examples import Examples
    from ui.mappings import Sheets

_ROUND: Final = "import-columns-round"
_PERSONAL: Final = "personal"
_LEFT_OUT: Final = ""
_EXAMPLES: Final = 3
_AMBIGUOUS: Final = frozenset({"F15", "F16"})
_WIDTHS: Final = (4, 2, 4, 4)


class Choice(NamedTuple):
    """What is decided on the columns of an upload; `kept` is the part that comes from an earlier list."""

    columns: Columns
    kept: Columns


def decided_columns(found: pd.DataFrame) -> Choice:
    """Return what is decided on the columns of an upload: of an earlier list of its form, then what is not used yet.

    Parameters
    ----------
    found
        `Intake.mappings` of the upload as it is read when nothing is chosen; the same in the functions below.
    """
    kept = remembered(found)
    return Choice(kept | draft_of(_form(found)), kept)


def remember_columns(found: pd.DataFrame, choice: Choice) -> None:
    """Keep the decisions for the next list of this form, and end this visit's."""
    if choice.columns:
        remember(found, choice.columns)
    _forget_unused(found)


class Uploaded(NamedTuple):
    """Uploads by a key of theirs: their columns when nothing is chosen, and with the sheets that are decided on.

    `found` has no rows where they cannot be read with these sheets. `examples` are cells of the columns found.
    """

    key: str
    automatic: pd.DataFrame
    sheets: Sheets
    found: pd.DataFrame
    examples: Examples


def edit_columns(uploaded: Uploaded, choice: Choice, *, read: Intake | None) -> None:
    """Show each sheet and column with its field to choose, and the choices to download for the command line.

    Parameters
    ----------
    read
        The upload as it is read with the choice; None where it cannot be read so.
    """
    found = uploaded.found
    st.caption(t("mapping.text"))
    say_draft(_form(found), discard=lambda: _forget_unused(found))
    _say_twice(found, choice)
    decided = {(each.file, each.sheet): each for each in uploaded.sheets}
    for part, ((file, sheet), automatic) in enumerate(uploaded.automatic.groupby(["file", "sheet"], sort=False)):
        rows = found[(found["file"] == file) & (found["sheet"] == sheet)]
        shown = (automatic if rows.empty else rows).iloc[0]
        as_read = SheetChoice(str(file), str(sheet), int(shown["first_row"]), int(shown["last_row"]))
        wanted = decided.get((str(file), str(sheet)))
        edit_sheet(uploaded.automatic, wanted or as_read, upload=uploaded.key, is_decided=wanted is not None)
        if not rows.empty:
            key = f"{uploaded.key}-{part}-{shown['first_row']}-{shown['last_row']}"  # other rows have other columns
            _edit_sheet_columns(uploaded, rows, choice, read=read, key=key)
    st.download_button(
        t("mapping.download"),
        write_mapping(choice.columns, uploaded.sheets),
        file_name="mapping.json",
        mime="application/json",
        icon=":material/download:",
        help=t("mapping.download_help"),
        disabled=not (choice.columns or uploaded.sheets),
    )


def _edit_sheet_columns(
    uploaded: Uploaded, rows: pd.DataFrame, choice: Choice, *, read: Intake | None, key: str
) -> None:
    ambiguous = _ambiguous(read)
    for cell, name in zip(st.columns(_WIDTHS), ("column", "status", "examples", "field"), strict=True):
        cell.caption(t(f"mapping.head.{name}"))
    lines = zip(rows["file"], rows["sheet"], rows["column"], rows["field"], strict=True)
    for place, (file, sheet, header, field) in enumerate(lines):
        status = _status(header, field, choice=choice, ambiguous=ambiguous)
        taken = choice.columns.get(header, field)
        cells = uploaded.examples.get((file, sheet, header), ())
        shown = (status, _examples(cells, read, taken, is_kept=field != _PERSONAL))
        _line(header, field, shown, form=_form(uploaded.found), key=f"{key}-{place}", taken=taken)


def say_kept(found: pd.DataFrame, choice: Choice) -> None:
    """Say that an earlier list's decisions are used, with the way back."""
    if not choice.kept:
        return
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.info(t("mapping.kept", count=len(choice.kept)), icon=":material/history:")
    right.button(t("mapping.forget"), on_click=_forget, args=(found,))


def _forget(found: pd.DataFrame) -> None:
    forget(found)
    _forget_unused(found)


def _forget_unused(found: pd.DataFrame) -> None:
    forget_draft(_form(found))
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _form(found: pd.DataFrame) -> Form:
    """Return where decisions that no list uses yet are kept: by the columns, as those of used ones."""
    return Form("columns", "-".join(template for template, _ in templates_of(found)))


def _decide(form: Form, header: str, key: str) -> None:
    keep_draft(form, draft_of(form) | {header: st.session_state[key]})


def _ambiguous(read: Intake | None) -> frozenset[str]:
    """Return the columns of which nobody has said what they are, and the list leaves it open."""
    if read is None:
        return frozenset()
    return frozenset(read.problems.loc[read.problems["code"].isin(_AMBIGUOUS), "column"])


def _say_twice(found: pd.DataFrame, choice: Choice) -> None:
    """Say which chosen columns share a field with another one of their sheet."""
    for _, rows in found.groupby(["file", "sheet"], sort=False):
        taken = {
            header: choice.columns.get(header, field)
            for header, field in zip(rows["column"], rows["field"], strict=True)
        }
        for header in [header for header in taken if choice.columns.get(header) not in {None, _LEFT_OUT, *REPEATABLE}]:
            others = [other for other, field in taken.items() if field == taken[header] and other != header]
            if others:
                words = {"column": header, "field": label_of("field", taken[header])}
                st.warning(plain(t("mapping.twice", others=t("app.separator").join(others), **words)))


def _status(header: str, field: str, *, choice: Choice, ambiguous: frozenset[str]) -> str:
    if field == _PERSONAL:
        return "personal"
    if header in choice.columns:
        return "chosen" if choice.columns[header] else "left_out"
    if header in ambiguous:
        return "ambiguous"
    return "recognised" if field else "left_out"


def _line(  # noqa: PLR0913 # one line of a table: what it says and what it changes
    header: str, field: str, shown: tuple[str, str], *, form: Form, key: str, taken: str
) -> None:
    status, examples = shown
    name, state, values, box = st.columns(_WIDTHS, vertical_alignment="center")
    name.markdown(plain(header))
    state.caption(t(f"mapping.status.{status}"))
    values.caption(plain(examples))
    if field == _PERSONAL:
        box.caption(t("field.personal"))
        return
    options = [_LEFT_OUT, *(known.code for known in FIELDS)]
    widget = f"map-{st.session_state.get(_ROUND, 0)}-{key}"
    box.selectbox(
        header,
        **worded(widget, options, lambda code: label_of("field", code) or t("mapping.left_out")),
        index=options.index(taken),
        label_visibility="collapsed",
        on_change=_decide,
        args=(form, header, widget),
    )


def _examples(cells: Sequence[str], read: Intake | None, field: str, *, is_kept: bool) -> str:
    """Return a few different cells of a column, else values of its field; none of what is about persons."""
    if field in SENSITIVE or not is_kept:
        return ""
    if cells:
        return t("app.separator").join(cells)
    if read is None or field not in read.orgs:
        return ""
    values = read.orgs[field].dropna().drop_duplicates().head(_EXAMPLES + 1)
    texts = [text for value in values if (text := _value_text(field, value))]
    return t("app.separator").join(texts[:_EXAMPLES])


def _value_text(field: str, value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return t("template.yes") if value else t("template.no")
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return label_of(field, value)
