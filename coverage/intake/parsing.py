"""From text to typed columns, field by field; a cell that cannot be read is reported and becomes unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.fields import BY_CODE, INTERNAL, IS_COMBINED, MEMBER_COUNTS, REPEATABLE, Field, Kind
from coverage.intake.choices import NO, YES, read_choice, read_forms
from coverage.intake.personal import cut_personal_numbers
from coverage.intake.problems import row_problems
from coverage.values import by_distinct, is_tick_column, read_count, read_day, read_metres, read_presence, read_tick
from coverage.vocabulary import OWN_FORMS, UnitForm, UnitMode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from coverage.intake.problems import Rows

    Found = tuple[pd.Series, list[pd.DataFrame]]

_SPACES: Final = " \t\r\n\v\f\u00a0\u200b\ufeff\u3000"
#: What the exporter puts an apostrophe before, so that no spreadsheet takes it for a formula (notes on trust §5).
_GUARDED: Final = r"^'(\s*[=+\-@＝＋－＠])"
#: A code may have been typed with an apostrophe, so that the spreadsheet keeps its zeros.
_APOSTROPHES: Final = ["'", "‘", "’", "＇"]
_TYPED_AS_TEXT: Final = "^."
_WHOLE_NUMBER: Final = r"^([0-9]+)\.0$"
#: GB/T 4754: P8310 and "8310 学前教育" are 8310.
_INDUSTRY: Final = r"^[A-Ta-t]?([0-9]{2,4})(?:[^0-9]|$)"
#: How a date cell of a workbook arrives here.
_DATE_CELL: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9:.]+)?"
_COMBINABLE: Final = ["", UnitMode.SINGLE.value]


class Parsed(NamedTuple):
    """Columns of `Orgs` by name, all of one length, and what could not be read."""

    columns: dict[str, pd.Series]
    problems: list[pd.DataFrame]


class _Column(NamedTuple):
    """One column of text: its field, and its name among the cells (`mass.1` is the second one of mass)."""

    rows: Rows
    field: Field
    name: str

    @property
    def cells(self) -> pd.Series:
        return self.rows.cells[self.name]

    def problems(self, hits: NDArray[np.bool_], code: str, *, detail: pd.Series | str = "") -> pd.DataFrame:
        return row_problems(self.rows, hits, code, field=self.field.code, detail=detail)


def parse_cells(rows: Rows) -> Parsed:
    """Return every field but credit code and coordinates as `Orgs` has it; fields that no column holds are left out."""
    columns: dict[str, pd.Series] = {}
    problems: list[pd.DataFrame] = []
    for name in map(str, rows.cells):
        column = _Column(rows, BY_CODE[name.split(".")[0]], name)
        if column.field.kind is not Kind.POINT and column.field.code != "uscc":
            columns[name], found = _READERS[column.field.kind](column)
            problems += found
    _merge_repeated(columns)
    _merge_probationary(columns, rows)
    _merge_combined(columns)
    return Parsed({name: values for name, values in columns.items() if name not in INTERNAL}, problems)


def clean_text(cells: pd.Series) -> pd.Series:
    """Return texts without surrounding spaces and without the apostrophe that guards a formula sign."""
    stripped = cells.str.strip(_SPACES).str.replace("\r\n", "\n", regex=False)
    if stripped.equals(cells):
        stripped = cells  # most columns are clean: one copy in memory is enough
    return _replace_where(stripped, stripped.str.startswith("'"), _GUARDED, by=r"\1")


def _replace_where(cells: pd.Series, hits: pd.Series, pattern: str, *, by: str) -> pd.Series:
    """Return the cells with a pattern replaced in those that are hit; they are few, and looking at all takes long."""
    if not hits.any():
        return cells
    changed = cells.copy()
    changed[hits] = cells[hits].str.replace(pattern, by, regex=True)
    return changed


def _read_text(column: _Column) -> Found:
    cells = clean_text(column.cells)
    if column.field.kind is Kind.CODE:
        cells = _replace_where(cells, cells.str.slice(0, 1).isin(_APOSTROPHES), _TYPED_AS_TEXT, by="")
        cells = _replace_where(cells, cells.str.endswith(".0"), _WHOLE_NUMBER, by=r"\1")
    cleaned, is_cut = cut_personal_numbers(cells, keep_mobiles=column.field.code == "reg_no")
    cuts = column.problems(is_cut, "F12")
    if column.field.code != "industry_code":
        return _empty_dates(column, cleaned, cuts)
    digits, unknown = _read_industries(column)
    return digits, [cuts, *unknown]


def _empty_dates(column: _Column, cells: pd.Series, cuts: pd.DataFrame) -> Found:
    """Return codes without those that a spreadsheet took for dates; which ones they were is lost."""
    if column.field.kind is not Kind.CODE:
        return cells, [cuts]
    is_date = cells.str.fullmatch(_DATE_CELL).to_numpy(dtype=bool)
    return cells.mask(is_date, ""), [cuts, column.problems(is_date, "F20")]


def _read_industries(column: _Column) -> Found:
    digits = column.cells.str.normalize("NFKC").str.strip(_SPACES).str.extract(_INDUSTRY, expand=False).fillna("")
    positions, is_blank = by_distinct(column.cells, lambda text: read_choice("class14", text) == "")
    unread = (digits == "").to_numpy(dtype=bool) & ~_take(positions, is_blank, dtype=bool)
    return digits.astype("str"), [column.problems(unread, "F10", detail="1")]


def _read_counts(column: _Column) -> Found:
    """Return whole numbers; only a number of full members may have probationary ones split off (V16)."""
    positions, counts = by_distinct(column.cells, read_count)
    is_split = [count.probationary is not None for count in counts]
    is_unread = [not count.is_readable for count in counts]
    if column.field.code not in MEMBER_COUNTS:
        is_unread = [unread or split for unread, split in zip(is_unread, is_split, strict=True)]
        is_split = [False] * len(counts)
    values = [None if unread else count.value for count, unread in zip(counts, is_unread, strict=True)]
    problems = [
        column.problems(_take(positions, is_unread, dtype=bool), "V5"),
        column.problems(_take(positions, is_split, dtype=bool), "V16"),
    ]
    return _integers(positions, values), problems


def _read_ticks(column: _Column) -> Found:
    positions, answers = by_distinct(column.cells, lambda text: _tick_or_form(column.field, text))
    unknown = _unknown_words(column, positions, [isinstance(answer, str) for answer in answers])
    said = _booleans(positions, [None if isinstance(answer, str) else answer for answer in answers])
    return _blanks_said(column, said), [unknown]


def _tick_or_form(field: Field, text: str) -> bool | str | None:
    """Return a tick; under 党组织设置 the form of a unit says yes, too."""
    answer = read_tick(text)
    is_form = field.code == "has_unit" and isinstance(answer, str) and set(read_forms(text)) - {UnitForm.CELL}
    return True if is_form else answer


def _read_presences(column: _Column) -> Found:
    positions, answers = by_distinct(column.cells, read_presence)
    return _blanks_said(column, _booleans(positions, answers)), []


def _blanks_said(column: _Column, said: pd.Series) -> pd.Series:
    """Return the answers; in a column of ticks a blank is a no."""
    return said.fillna(value=False) if is_tick_column(column.cells.unique()) else said


def _read_dates(column: _Column) -> Found:
    positions, days = by_distinct(column.cells, read_day)
    unread = column.problems(_take(positions, [not day.is_readable for day in days], dtype=bool), "V8")
    values = np.array([day.value or "NaT" for day in days], dtype="datetime64[D]").astype("datetime64[ns]")
    return pd.Series(values[positions]), [unread]


def _read_lengths(column: _Column) -> Found:
    positions, lengths = by_distinct(column.cells, read_metres)
    unread = column.problems(_take(positions, [length is None for length in lengths], dtype=bool), "F11")
    return pd.Series(_take(positions, [np.nan if length is None else length for length in lengths], dtype=float)), [
        unread
    ]


def _read_choices(column: _Column) -> Found:
    field = column.field.code
    positions, codes = by_distinct(
        column.cells, _form_of if field == "unit_form" else lambda text: read_choice(field, text)
    )
    problems = [_unknown_words(column, positions, [code is None for code in codes])]
    if field == "star":
        return _integers(positions, [int(code) if code else None for code in codes]), problems
    if field == "legal_rep_member":
        return _booleans(positions, [{YES: True, NO: False}.get(code or "") for code in codes]), problems
    if field == "unit_form":
        positions, forms = by_distinct(column.cells, read_forms)
        problems.append(column.problems(_take(positions, [len(found) > 1 for found in forms], dtype=bool), "V15"))
    return pd.Series(_take(positions, [code or "" for code in codes], dtype=object), dtype="str"), problems


def _form_of(text: str) -> str | None:
    """Return the form of a unit; of several active ones an own unit comes before a shared one (V15)."""
    single = read_choice("unit_form", text)
    several = read_forms(text) if single is None else []
    return next((form for form in several if form in OWN_FORMS), several[0]) if several else single


def _unknown_words(column: _Column, positions: NDArray[np.intp], is_unknown: Sequence[bool]) -> pd.DataFrame:
    """Return one finding for each word that is not known, at its first row; the detail counts its rows."""
    hits = _take(positions, is_unknown, dtype=bool)
    word = pd.Series(positions).where(hits, -1)
    rows_of_word = word.map(word.value_counts()).astype("str")
    return column.problems(hits & ~word.duplicated().to_numpy(), "F10", detail=rows_of_word)


def _merge_repeated(columns: dict[str, pd.Series]) -> None:
    """Make one column of several: ticks say yes where any does, else no where any does; numbers are added up."""
    for other in [name for name in columns if "." in name]:
        code = other.split(".")[0]
        first, second = columns[code], columns.pop(other)
        if code in REPEATABLE:
            # Kleene's "or" would make unknown of no-or-unknown; here a stated no counts
            is_yes = first.fillna(value=False) | second.fillna(value=False)
            columns[code] = is_yes.where(first.notna() | second.notna())
        else:
            columns[code] = (first.fillna(0) + second.fillna(0)).where(first.notna() | second.notna())


def _merge_probationary(columns: dict[str, pd.Series], rows: Rows) -> None:
    """Add the probationary members split off from the total, else from its parts, where the list states none (V16)."""
    splits = {code: _split_off(rows.cells[code]) for code in MEMBER_COUNTS if code in rows.cells}
    total = splits.pop("n_full", pd.Series(pd.NA, index=rows.cells.index, dtype="Int64"))
    if splits:
        total = total.fillna(pd.concat(splits.values(), axis=1).sum(axis=1, min_count=1).astype("Int64"))
    if total.notna().any():
        columns["prob"] = columns["prob"].fillna(total) if "prob" in columns else total


def _split_off(cells: pd.Series) -> pd.Series:
    positions, counts = by_distinct(cells, read_count)
    return _integers(positions, [count.probationary for count in counts])


def _merge_combined(columns: dict[str, pd.Series]) -> None:
    """Turn 是否兼合式 = 是 into the way the unit was founded, where no other way but 单建 is stated (RULEBOOK §4)."""
    if IS_COMBINED not in columns:
        return
    is_combined = columns[IS_COMBINED].fillna(value=False).astype(bool)
    mode = columns.get("unit_mode", pd.Series("", index=is_combined.index, dtype="str"))
    columns["unit_mode"] = mode.mask(is_combined & mode.isin(_COMBINABLE), UnitMode.COMBINED.value)


def _take(positions: NDArray[np.intp], values: Sequence[Any], *, dtype: type) -> NDArray[Any]:
    return np.array(values, dtype=dtype)[positions]


def _integers(positions: NDArray[np.intp], values: Sequence[int | None]) -> pd.Series:
    return pd.Series(pd.array(list(values), dtype="Int64").take(positions))


def _booleans(positions: NDArray[np.intp], values: Sequence[bool | None]) -> pd.Series:
    return pd.Series(pd.array(list(values), dtype="boolean").take(positions))


_READERS: Final = {
    Kind.TEXT: _read_text,
    Kind.CODE: _read_text,
    Kind.COUNT: _read_counts,
    Kind.TICK: _read_ticks,
    Kind.PRESENCE: _read_presences,
    Kind.DATE: _read_dates,
    Kind.LENGTH: _read_lengths,
    Kind.CHOICE: _read_choices,
}
