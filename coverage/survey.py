"""Returned survey forms: their answers fill or replace cells of the list, found by the key of each organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.intake import Chosen, Intake, Source, read_rows
from coverage.intake.parsing import parse_cells
from coverage.intake.problems import collect_problems, row_problems
from coverage.tables import Orgs
from coverage.validation import check_rows, empty_impossible
from coverage.values import UNKNOWN_WORDS, fold
from coverage.vocabulary import Severity
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from coverage.intake.problems import Rows
    from coverage.settings import PlanSettings

#: What a form asks; nothing about persons (RULEBOOK §12). The credit code is the key and cannot be asked for here.
ANSWERS: Final = (
    "address",
    "county",
    "township",
    "n_full",
    "ft_in",
    "ft_out",
    "pt",
    "prob",
    "activists",
    "applicants",
    "has_unit",
    "unit_form",
    "unit_mode",
    "superior",
    "supervisor",
)
#: The field under which the key is read: as text, and a number that has lost its last digits is refused.
KEY: Final = "reg_no"
#: A number of probationary members may also come out of the cell of the full ones, as in 3(含预备1).
_SPLIT_OFF: Final = "prob"


class Answered(NamedTuple):
    """A list with the answers in it; rows_in = applied + unchanged + rejected, in rows of the forms.

    `changes` has one row per changed cell: org_id, name, field, before, after.
    """

    intake: Intake
    problems: pd.DataFrame
    changes: pd.DataFrame
    rows_in: int
    applied: int
    unchanged: int
    rejected: int


class _Given(NamedTuple):
    """The answers of the forms by row: `answers` typed like `Orgs`, `is_given` where a cell says something."""

    answers: pd.DataFrame
    is_given: pd.DataFrame


def form_headers() -> dict[str, str]:
    """Return what stands over each column of a form, by field; the key is the first."""
    return {KEY: t("survey.key"), "name": t("field.name")} | {field: t(f"field.{field}") for field in ANSWERS}


def apply_answers(intake: Intake, forms: Sequence[Source], *, settings: PlanSettings) -> Answered:
    """Return the list with the answers of returned forms; a blank answer changes nothing.

    Rows whose key is not in the list (F30), whose name is another one (F31), or that contradict another row with
    their key (F32) are rejected; a cell that cannot be read is reported, and the other cells of its row count.

    Raises
    ------
    UploadError
        A file that is no form.
    """
    reading = read_rows(forms, chosen=Chosen({header: field for field, header in form_headers().items()}))
    rows = reading.rows
    place = pd.Index(intake.orgs["org_id"]).get_indexer(rows.text(KEY).str.strip().str.lstrip("'"))
    parsed = parse_cells(rows)
    given = _given(rows, parsed.columns)
    faults = _faults(intake.orgs, rows, place=place, given=given)
    is_rejected = np.logical_or.reduce([hits for _, _, hits in faults])
    orgs, changed = _fill(intake.orgs, np.where(is_rejected, -1, place), given)
    checked = _check(orgs, rows, is_applied=changed.any(axis=1).to_numpy(dtype=bool), place=place, settings=settings)
    found = [
        # The column that says why an organisation is asked is ours: nobody has to hear that it was left out
        *(problem[problem["column"] != t("survey.why")] for problem in reading.problems if len(problem)),
        *parsed.problems,
        *(_rejection(rows, code, field=field, hits=hits) for code, field, hits in faults),
        *checked,
    ]
    problems = collect_problems(found, rows.parts)
    return Answered(
        _with(intake, orgs, problems=problems, given=given, settings=settings),
        problems,
        _changes(intake.orgs, orgs),
        reading.rows_in,
        applied := int(changed.any(axis=1).sum()),
        len(rows.row) - int(is_rejected.sum()) - applied,
        reading.rejected + int(is_rejected.sum()),
    )


def _given(rows: Rows, columns: dict[str, pd.Series]) -> _Given:
    fields = [field for field in ANSWERS if field in columns]
    values = pd.DataFrame({field: columns[field] for field in fields}, index=rows.cells.index)
    is_given = {field: values[field].notna() & (values[field].astype("str") != "") for field in fields}
    for field in fields:
        if field != _SPLIT_OFF:
            is_given[field] &= ~rows.text(field).map(fold).isin(UNKNOWN_WORDS)
    return _Given(values, pd.DataFrame(is_given, index=rows.cells.index, dtype="bool"))


def _faults(
    orgs: pd.DataFrame, rows: Rows, *, place: NDArray[np.intp], given: _Given
) -> list[tuple[str, str, NDArray[np.bool_]]]:
    """Return code, field and rows of each reason to reject."""
    is_unknown = place < 0
    listed = orgs["name"].take(np.maximum(place, 0)).map(fold).to_numpy()
    written = rows.text("name").map(fold).to_numpy()
    is_other = ~is_unknown & (written != "") & (written != listed)
    is_open = ~is_unknown & ~is_other
    return [
        ("F30", KEY, is_unknown),
        ("F31", "name", is_other),
        ("F32", KEY, is_open & _contradicting(np.where(is_open, place, -1), given)),
    ]


def _contradicting(place: NDArray[np.intp], given: _Given) -> NDArray[np.bool_]:
    """Say which rows have a key with two different answers to one question."""
    answers = given.answers.astype("object").where(given.is_given).astype("str")
    several = answers.where(given.is_given).groupby(place).nunique().gt(1).any(axis=1)
    return pd.Series(place).map(several).to_numpy(dtype=bool)


def _rejection(rows: Rows, code: str, *, field: str, hits: NDArray[np.bool_]) -> pd.DataFrame:
    return row_problems(rows, hits, code, field=field).assign(severity=Severity.REJECTED.value)


def _fill(orgs: pd.DataFrame, place: NDArray[np.intp], given: _Given) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the list with the answers, and which cells of the forms changed something.

    Parameters
    ----------
    place
        The position in the list that each row of the forms answers for; -1 for none.
    """
    filled: dict[str, pd.Series] = {}
    changed = pd.DataFrame(data=False, index=given.answers.index, columns=given.answers.columns)
    for field in given.answers:
        hits = given.is_given[field].to_numpy() & (place >= 0)
        new, column = given.answers[field][hits], orgs[field].copy()
        old = column.take(place[hits])
        changed.loc[hits, field] = ~_are_equal(old, new)
        column.iloc[place[hits]] = new.to_numpy()
        filled[str(field)] = column
    return orgs.assign(**filled), changed


def _are_equal(one: pd.Series, other: pd.Series) -> NDArray[np.bool_]:
    """Compare by position; unknown equals unknown."""
    return np.asarray(_as_text(one).to_numpy() == _as_text(other).to_numpy(), dtype=bool)


def _as_text(values: pd.Series) -> pd.Series:
    return values.astype("object").where(values.notna(), "").astype("str")


def _check(
    orgs: pd.DataFrame, rows: Rows, *, is_applied: NDArray[np.bool_], place: NDArray[np.intp], settings: PlanSettings
) -> list[pd.DataFrame]:
    """Return what contradicts itself in an organisation that an answer changed, at the row of the form."""
    answered = orgs.take(place[is_applied]).reset_index(drop=True)
    if answered.empty:
        return []
    at = np.flatnonzero(is_applied)
    found = []
    for check, hits in check_rows(answered, settings=settings):
        mask = np.zeros(len(is_applied), dtype=bool)
        mask[at[hits]] = True
        found.append(row_problems(rows, mask, check.code, field=check.field))
    return found


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    pieces = []
    for field in ANSWERS:
        hits = ~_are_equal(before[field], after[field])
        told = before.loc[hits, ["org_id", "name"]].assign(field=field)
        pieces.append(told.assign(before=_as_text(before[field][hits]), after=_as_text(after[field][hits])))
    return pd.concat(pieces, ignore_index=True)


def _with(
    intake: Intake, orgs: pd.DataFrame, *, problems: pd.DataFrame, given: _Given, settings: PlanSettings
) -> Intake:
    answered = {str(field) for field in given.is_given if given.is_given[field].any()}
    return intake._replace(
        orgs=Orgs.validate(empty_impossible(orgs, check_rows(orgs, settings=settings))),
        problems=pd.concat([intake.problems, problems], ignore_index=True),
        fields=intake.fields | answered,
    )
