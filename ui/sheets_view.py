"""Which rows of a sheet are its header, and whether it is read: to look at, to change, to forget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import streamlit as st

from coverage.intake import SheetChoice
from ui.drafts import Form, draft_of, forget_draft, keep_draft
from ui.mappings import remember_sheets, remembered_sheets, templates_of
from ui.markdown import plain
from words import t

if TYPE_CHECKING:
    import pandas as pd

    from ui.mappings import Sheets

#: Counts up where the fields must say something else than what was typed: they are new ones then.
_ROUND: Final = "import-sheets-round"
#: No form has a longer header, and no title above it is longer.
_LAST: Final = 50
_NOT_READ: Final = (0, 0)


class _Line(NamedTuple):
    """One sheet: the header rows it is read with, the draft they are kept in, and how the draft and fields call it."""

    form: Form
    rows: tuple[int, int]
    name: str
    key: str

    def of(self, part: str) -> str:
        """Return the key of one field."""
        return f"sheet-{part}-{st.session_state.get(_ROUND, 0)}-{self.key}"


def decided_sheets(automatic: pd.DataFrame) -> Sheets:
    """Return what is decided on the sheets of an upload: of an earlier list of its form, then what is not used yet.

    Parameters
    ----------
    automatic
        `Intake.mappings` of the upload as it is read when nothing is chosen; the same in the functions below.
    """
    kept = {(each.file, each.sheet): each for each in remembered_sheets(automatic)}
    drafts = draft_of(_form(automatic))
    decided = []
    for file, sheet in _sheets(automatic):
        rows = drafts.get(_name(file, sheet))
        if rows:
            decided.append(SheetChoice(file, sheet, *rows))
        elif rows is None and (file, sheet) in kept:
            decided.append(kept[file, sheet])
    return tuple(decided)


def keep_sheets(automatic: pd.DataFrame, sheets: Sheets) -> None:
    """Keep the decisions for the next list of this form, and end this visit's."""
    remember_sheets(automatic, sheets)
    forget_draft(_form(automatic))


def edit_sheet(automatic: pd.DataFrame, sheet: SheetChoice, *, upload: str, is_decided: bool) -> None:
    """Show the header rows of a sheet with the fields to change them, and whether it is read.

    Parameters
    ----------
    sheet
        As it is read.
    """
    form, name = _form(automatic), _name(sheet.file, sheet.sheet)
    rows = (sheet.first_row, sheet.last_row)
    line = _Line(form, rows, name, f"{upload}-{_sheets(automatic).index((sheet.file, sheet.sheet))}")
    st.markdown(plain(_title(sheet)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not sheet.is_left_out:
            _rows_fields(line)
        if len(_sheets(automatic)) > 1:
            _skip_field(line)
        if is_decided:
            st.button(t("mapping.found_again"), key=line.of("again"), on_click=_keep, args=(line, []), type="tertiary")


def _title(sheet: SheetChoice) -> str:
    words = {"file": sheet.file, "sheet": sheet.sheet or "-"}
    if sheet.is_left_out:
        return t("mapping.skipped", **words)
    first, last = sheet.first_row, sheet.last_row
    return t(
        "mapping.sheet", rows=t("mapping.row" if first == last else "mapping.rows", first=first, last=last), **words
    )


def _rows_fields(line: _Line) -> None:
    for part, row in zip(("first_row", "last_row"), line.rows, strict=True):
        st.session_state.setdefault(line.of(part), row)
        st.number_input(
            t(f"mapping.{part}"),
            min_value=1,
            max_value=max(_LAST, row),
            key=line.of(part),
            on_change=_move,
            args=(line, part),
            width=140,
        )


def _skip_field(line: _Line) -> None:
    st.session_state.setdefault(line.of("skip"), line.rows == _NOT_READ)
    st.checkbox(t("mapping.skip"), key=line.of("skip"), on_change=_skip, args=(line,))


def _move(line: _Line, part: str) -> None:
    """Keep the rows typed; the one that was not typed gives way where the first would be behind the last."""
    first, last = (int(st.session_state[line.of(name)]) for name in ("first_row", "last_row"))
    rows = (first, max(first, last)) if part == "first_row" else (min(first, last), last)
    for name, row in zip(("first_row", "last_row"), rows, strict=True):
        st.session_state[line.of(name)] = row
    keep_draft(line.form, draft_of(line.form) | {line.name: list(rows)})


def _skip(line: _Line) -> None:
    _keep(line, list(_NOT_READ) if st.session_state[line.of("skip")] else [])


def _keep(line: _Line, rows: list[int]) -> None:
    """Keep a decision in the draft; an empty one says that the header is found, whatever is remembered."""
    keep_draft(line.form, draft_of(line.form) | {line.name: rows})
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _sheets(automatic: pd.DataFrame) -> list[tuple[str, str]]:
    pairs: Any = zip(automatic["file"], automatic["sheet"], strict=True)
    return list(dict.fromkeys(pairs))


def _name(file: str, sheet: str) -> str:
    return f"{file}/{sheet}"


def _form(automatic: pd.DataFrame) -> Form:
    return Form("sheets", "-".join(template for template, _ in templates_of(automatic)))
