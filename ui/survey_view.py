"""Survey forms on the pages: to take along, and to read back into the list in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage.export.survey import Survey, survey_forms, survey_rows
from coverage.export.texts import label_texts
from coverage.intake import Source
from coverage.pipeline import Plan
from coverage.survey import apply_answers
from ui.chrome import guarded
from ui.comparison_view import replace_list
from ui.current import describe_files
from ui.downloads import File, offer
from ui.export_files import archive, size_text
from ui.loading import plan_number, stored_list
from ui.problem_table import show_problems
from ui.session import forget_view
from ui.widgets import Column, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from coverage.export.survey import By
    from coverage.survey import Answered
    from ui.current import Current

_WAYS: tuple[By, ...] = ("county", "township")
_ROUND = "returns-round"
_READ = "returns-read"
_MOST_SHOWN = 200
_COUNTS_KEPT = 12


def show_forms(plan: Plan) -> None:
    """Offer the forms of all organisations of whom too little is known."""
    st.html(f"<h2>{t('app.survey.title')}</h2>")
    st.caption(t("app.survey.text"))
    with_questions = st.checkbox(t("app.survey.questions"), value=True)
    by = st.radio(t("app.survey.by"), _WAYS, format_func=lambda way: t(f"app.survey.by_{way}"), horizontal=True)
    return_to = st.text_input(t("survey.return_to"), max_chars=100)
    asked = _asked(plan, with_questions=with_questions)
    if not asked:
        st.caption(t("app.survey.none"))
    elif st.button(t("app.survey.make", orgs=f"{asked:,}"), icon=":material/edit_note:"):
        files = survey_forms(plan, Survey(by, with_questions, return_to.strip()))
        content = archive(files)
        offer(
            t("app.survey.download", files=len(files), size=size_text(content)),
            File("survey.zip", content, "application/zip", rows=asked),
            type="primary",
        )


@st.cache_resource(show_spinner=False, max_entries=_COUNTS_KEPT, hash_funcs={Plan: plan_number})
def _asked(plan: Plan, *, with_questions: bool) -> int:
    """Return how many organisations too little is known of."""
    return len(survey_rows(plan, with_questions=with_questions))


def show_returns(current: Current) -> None:
    """Read returned forms, show what they change, and put that into the list in use when the planner says so."""
    with st.container(key="card-returns"):
        st.html(f"<h2>{t('app.survey.returns')}</h2>")
        st.caption(t("app.survey.returns_text"))
        turn = st.session_state.get(_ROUND, 0)
        files = st.file_uploader(
            t("app.survey.upload"), type=["xlsx", "csv"], accept_multiple_files=True, key=f"returns-{turn}"
        )
        if files:
            with guarded():
                _preview(current, files)


def _preview(current: Current, files: Sequence[UploadedFile]) -> None:
    found = _read(current, files)
    counts = {"applied": found.applied, "unchanged": found.unchanged, "rejected": found.rejected}
    st.markdown(t("app.survey.counts", rows_in=found.rows_in, **counts))
    if st.button(t("app.survey.apply"), type="primary", icon=":material/check:", disabled=not found.applied):
        # The forms belong to the list from now on: another list, with another plan
        forms = describe_files([Source(file.name, file.getvalue()) for file in files])
        settings, crs, is_demo = current.settings, current.crs, current.is_demo
        kept = replace_list(found.intake, settings, files=current.files + forms, crs=crs, is_demo=is_demo)
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.session_state.pop(_READ, None)
        forget_view(plan=kept.plan_id)
        st.rerun()
    _changes(found)
    if len(found.problems):
        show_problems(found.problems, key="returns")


def _read(current: Current, files: Sequence[UploadedFile]) -> Answered:
    """Return what the forms answer; the same uploads are read once."""
    key = (current.list_id, current.settings.model_dump_json(), tuple(file.file_id for file in files))
    kept: tuple[object, Answered] | None = st.session_state.get(_READ)
    if kept is None or kept[0] != key:
        sources = [Source(file.name, file.getvalue()) for file in files]
        kept = (key, apply_answers(stored_list(current.list_id), sources, settings=current.settings))
        st.session_state[_READ] = kept
    return kept[1]


def _changes(found: Answered) -> None:
    if found.changes.empty:
        return
    with st.expander(t("app.survey.changes", count=f"{len(found.changes):,}"), expanded=True):
        shown = found.changes.head(_MOST_SHOWN)
        columns = tuple(Column(t(f"app.survey.{name}")) for name in ("name", "field", "before", "after"))
        fields = label_texts(shown["field"], prefix="field")
        before, after = (
            [_word(field, text) for field, text in zip(shown["field"], shown[side], strict=True)]
            for side in ("before", "after")
        )
        plain_table(columns, zip(shown["name"], fields, before, after, strict=True))


def _word(field: str, text: str) -> str:
    """Return the word of a code or a tick; everything else is shown as it is."""
    words = {
        "has_unit": {"True": "survey.yes", "False": "survey.no"},
        "unit_form": {text: f"unit_form.{text}"},
        "unit_mode": {text: f"survey.mode.{text}"},
    }
    key = words.get(field, {}).get(text)
    return t(key) if key and text else text
