"""What was taken from the lists, what was not, and why; which coordinate system they are in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage.errors import UploadError
from coverage.export.template import import_template
from coverage.intake import Intake, Source, choose, list_columns
from coverage.settings import load_settings
from coverage.vocabulary import Severity
from geo.crs import CRS_NAMES
from store.reading import Wanted, choices_text
from ui.audience import is_closed_to_leaders
from ui.choices import worded
from ui.chrome import guarded
from ui.comparison_view import last_comparison, preview_comparison, replace_list
from ui.correction_view import show_correction
from ui.corrections_list import show_corrections
from ui.crs_question import crs_shares
from ui.current import describe_files
from ui.demo import today, use_demo
from ui.in_use import plan_in_use, say_missing
from ui.lists_view import show_lists
from ui.loading import boundaries, divisions, finished_plan, stored_list
from ui.mapping_view import Uploaded, decided_columns, edit_columns, remember_columns, say_kept
from ui.mappings import Decided
from ui.markdown import plain
from ui.problem_table import show_problems
from ui.reading import Reading, quick_examples, read_uploads
from ui.session import forget_view, page_named
from ui.sheets_view import decided_sheets, keep_sheets
from ui.survey_view import show_returns
from ui.venues_view import show_venues
from ui.widgets import Column, label_of, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.delta_generator import DeltaGenerator
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from coverage.intake.examples import Examples
    from coverage.settings import PlanSettings
    from ui.current import Current
    from ui.mappings import Sheets

    ReadKey = tuple[tuple[str, ...], str, str, str]

_PREVIEW = "import-preview"
_COLUMNS = "import-columns-found"
_ROUND = "import-round"
_KINDS = ["csv", "xlsx", "xls", "txt"]
_LIMIT_MB = 200
#: The planner can say which column is the name, which rows are the header, which sheet is not read.
_TO_PUT_RIGHT = {f"upload.{key}" for key in ("no_name_column", "no_header", "no_rows", "duplicate_header")}


def show() -> None:
    """Show the page."""
    st.html(f"<h1>{t('app.import.title')}</h1>")
    say_missing()
    if is_closed_to_leaders():
        return
    with guarded():
        show_lists(plan_in_use())
    left, right = st.columns([3, 2])
    with left, st.container(key="card-upload"):
        files, parameters = _uploaders()
    with right, st.container(key="card-current"):
        _in_use(plan_in_use())
    if files:
        with guarded():
            _preview(files, _settings(parameters))
    elif (current := plan_in_use()) is not None:
        _stored(current)
    show_venues()


def _uploaders() -> tuple[list[UploadedFile], UploadedFile | None]:
    turn = st.session_state.get(_ROUND, 0)
    files = st.file_uploader(
        t("app.import.files"),
        type=_KINDS,
        accept_multiple_files=True,
        key=f"lists-{turn}",
        help=t("app.import.files_help"),
        max_upload_size=_LIMIT_MB,
    )
    st.download_button(
        t("template.button"),
        _template,
        file_name="import-template.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/download:",
    )
    with st.expander(t("app.import.more")):
        parameters = st.file_uploader(t("app.import.settings"), type=["toml"], key=f"settings-{turn}")
        st.caption(t("app.import.settings_help"))
    return files, parameters


@st.cache_data(max_entries=1, show_spinner=False)
def _template() -> bytes:
    return import_template()


def _in_use(current: Current | None) -> None:
    st.html(f"<h2>{t('app.import.in_use')}</h2>")
    if current is None:
        st.caption(t("app.import.nothing"))
    else:
        names = t("app.separator").join(file.name for file in current.files)
        mark = t("app.demo_tag") if current.is_demo else t("app.import.own_tag")
        st.markdown(plain(t("app.import.in_use_text", mark=mark, names=names)))
    if st.button(t("app.empty.demo"), icon=":material/play_circle:", type="secondary"):
        with guarded():
            use_demo()
            st.switch_page(page_named("overview"))


def _settings(parameters: UploadedFile | None) -> PlanSettings:
    """Return the settings of the uploaded file, else those in use (the demonstration's aside), as of today."""
    if parameters is not None:
        return load_settings(_decoded(parameters.getvalue()), as_of=today())
    current = plan_in_use()
    if current is None or current.is_demo:
        return load_settings("", as_of=today())
    return current.settings.model_copy(update={"as_of": today()})


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UploadError("app.import.settings_encoding") from error


def _preview(files: Sequence[UploadedFile], settings: PlanSettings) -> None:
    """Show what was read before it is used: nothing changes until the planner says so."""
    uploaded = _uploaded(files, settings)
    choice = decided_columns(uploaded.found)
    say_kept(uploaded.found, choice)
    decided = Decided(choice.columns, uploaded.sheets)
    try:
        unstated = _read(files, settings, crs=None, decided=decided)
    except UploadError as error:
        st.error(plain(t(error.key, **error.values)), icon=":material/error:")
        edit_columns(uploaded, choice, read=None)
        return
    crs = _ask_crs(unstated, settings) if unstated.needs_crs else None
    intake = _read(files, settings, crs=crs, decided=decided) if crs else unstated
    is_ready = not intake.orgs.empty and (crs is not None or not unstated.needs_crs)
    if st.button(t("app.import.use"), type="primary", icon=":material/check:", disabled=not is_ready):
        sources = [Source(file.name, file.getvalue()) for file in files]
        choices = choices_text(*decided)
        kept = replace_list(intake, settings, files=describe_files(sources), crs=crs, is_demo=False, choices=choices)
        remember_columns(uploaded.found, choice)
        keep_sheets(uploaded.automatic, uploaded.sheets)
        _forget_upload(kept)
        st.switch_page(page_named("overview"))
    mapping, _ = _outcome(intake, intake.problems, key="preview")
    with mapping:
        edit_columns(uploaded, choice, read=intake)
    if is_ready:
        preview_comparison(intake, settings)


def _uploaded(files: Sequence[UploadedFile], settings: PlanSettings) -> Uploaded:
    """Return the columns of uploads when nothing is chosen, and with what is decided on their sheets."""
    automatic, _ = _columns(files, settings, ())
    sheets = decided_sheets(automatic)
    try:
        found, examples = _columns(files, settings, sheets)
    except UploadError:  # reading with the same sheets says so
        found, examples = automatic.iloc[:0], {}
    return Uploaded("-".join(file.file_id for file in files), automatic, sheets, found, examples)


def _columns(files: Sequence[UploadedFile], settings: PlanSettings, sheets: Sheets) -> tuple[pd.DataFrame, Examples]:
    """Return what the columns are taken for when none is chosen, with examples; the same uploads are asked once."""
    uploads = tuple(file.file_id for file in files)
    kept: dict[tuple[tuple[str, ...], Sheets], tuple[pd.DataFrame, Examples]] = st.session_state.get(_COLUMNS, {})
    if (uploads, sheets) not in kept:
        found = _find_columns(files, settings, sheets)
        sources = [Source(file.name, file.getvalue()) for file in files]
        kept = {key: value for key, value in kept.items() if key[0] == uploads}
        kept[uploads, sheets] = found, quick_examples(sources, choose({}, sheets))
        st.session_state[_COLUMNS] = kept
    return kept[uploads, sheets]


def _find_columns(files: Sequence[UploadedFile], settings: PlanSettings, sheets: Sheets) -> pd.DataFrame:
    """Return what the columns are taken for; by the headers alone where the planner has to put something right."""
    try:
        return _read(files, settings, crs=None, decided=Decided({}, sheets)).mappings
    except UploadError as error:
        if error.key not in _TO_PUT_RIGHT:
            raise
        sources = [Source(file.name, file.getvalue()) for file in files]
        return list_columns(sources, chosen=choose({}, sheets))


def _read(files: Sequence[UploadedFile], settings: PlanSettings, *, crs: str | None, decided: Decided) -> Intake:
    """Return the lists as read; the same uploads with the same choices are read once."""
    uploads = tuple(file.file_id for file in files)
    key = (uploads, crs or "", settings.model_dump_json(), choices_text(*decided))
    kept: dict[ReadKey, Intake | UploadError] = st.session_state.get(_PREVIEW, {})
    if key not in kept:
        sources = [Source(file.name, file.getvalue()) for file in files]
        intake = _read_or_refuse(Reading(key, sources, Wanted(settings, crs, *decided)))
        same_upload = {other: value for other, value in kept.items() if other[0] == uploads and other[3] == key[3]}
        kept = same_upload | {key: intake}
        st.session_state[_PREVIEW] = kept
    if isinstance(known := kept[key], UploadError):
        raise UploadError(known.key, **known.values)
    return known


def _read_or_refuse(reading: Reading) -> Intake | UploadError:
    """Return uploads as a list, or the refusal that the planner can do something about: it stays until he does."""
    try:
        return read_uploads(reading)
    except UploadError as error:
        if error.key not in _TO_PUT_RIGHT:
            raise
        return UploadError(error.key, **error.values)  # without the frames that hold the files


def _forget_upload(kept: Current) -> None:
    """Let go of the uploads: what was read is stored, and large files stay in memory otherwise."""
    st.session_state.pop(_PREVIEW, None)
    st.session_state.pop(_COLUMNS, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    forget_view(plan=kept.plan_id)


def _ask_crs(intake: Intake, settings: PlanSettings) -> str | None:
    """Ask which system the coordinates are in: nothing in the numbers says so, and a wrong guess moves every point."""
    shares = crs_shares(intake.orgs, settings=settings, divisions=divisions(), boundaries=boundaries())
    with st.container(key="card-crs"):
        st.html(f"<h2>{t('app.crs.title')}</h2>")
        st.caption(t("app.crs.text"))
        choice = st.radio(
            t("app.crs.label"),
            **worded("crs", CRS_NAMES, lambda name: t(f"app.crs.{name}")),
            index=None,
            captions=[_share_text(shares, name) for name in CRS_NAMES] if shares else None,
            horizontal=True,
        )
        if choice is None:
            st.warning(t("app.crs.needed"), icon=":material/help:")
    return choice


def _share_text(shares: dict[str, float], name: str) -> str:
    return t("app.crs.share", share=f"{shares[name]:.1%}")


def _stored(current: Current) -> None:
    """Show the account of the list in use, with what locating found once there is a plan."""
    with guarded():
        intake = stored_list(current.list_id)
        plan = finished_plan(current)
        mapping, chosen = _outcome(intake, intake.problems if plan is None else plan.problems, key="stored")
        with mapping:
            _mapping(intake)
        if not intake.problems.empty:
            st.caption(t("app.problems.fix_hint"))
        if chosen is not None:
            _fix(current, intake, chosen)
        show_corrections(current)
        last_comparison(current)
        show_returns(current)


def _fix(current: Current, intake: Intake, chosen: pd.Series) -> None:
    """Let a planner put right what a finding is about; a row that was refused is put right in the file."""
    orgs = intake.orgs
    same = (orgs["file"] == chosen["file"]) & (orgs["sheet"] == chosen["sheet"]) & (orgs["row"] == chosen["row"])
    if not bool(same.fillna(value=False).any()):
        is_refused = chosen["severity"] == Severity.REJECTED and not pd.isna(chosen["row"])
        told = t("app.problems.fix_in_file", row=chosen["row"]) if is_refused else t("app.problems.fix_whole")
        st.info(told, icon=":material/edit_document:")
        return
    org_id = str(orgs.loc[same, "org_id"].iloc[0])
    with st.container(key="card-fix"):
        st.html(f"<h3>{escape(str(orgs.loc[same, 'name'].iloc[0]))}</h3>")
        show_correction(current, org_id, is_open=True)


def _outcome(intake: Intake, problems: pd.DataFrame, *, key: str) -> tuple[DeltaGenerator, pd.Series | None]:
    """Show the account of a list: rows in = accepted + rejected, and each finding.

    Return the place for its columns, and the finding that is chosen.
    """
    counts = (
        ("rows_in", intake.rows_in),
        ("accepted", len(intake.orgs)),
        ("rejected", intake.rejected),
        ("personal", intake.personal_columns),
    )
    for column, (name, count) in zip(st.columns(len(counts)), counts, strict=True):
        column.metric(t(f"app.import.{name}"), f"{count:,}", border=True, help=t(f"app.import.{name}_help"))
    findings, mapping = st.tabs([t("app.import.problems", count=f"{len(problems):,}"), t("app.import.mapping")])
    with findings:
        chosen = show_problems(problems, key=key)
    return mapping, chosen


def _mapping(intake: Intake) -> None:
    st.caption(t("app.import.mapping_text"))
    columns = tuple(Column(t(f"app.import.map_{name}")) for name in ("file", "sheet", "column", "field"))
    found = intake.mappings
    lines = zip(found["file"], found["sheet"], found["column"], found["field"], strict=True)
    plain_table(
        columns,
        (
            (file, sheet, column, label_of("field", field) or t("app.import.unused"))
            for file, sheet, column, field in lines
        ),
    )
