"""Findings about an input as a table; their words are `problem.<code>.message` and `.fix` of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.fields import SENSITIVE
from coverage.intake.personal import cut_personal_numbers
from coverage.references import Reference, write_reference
from coverage.tables import Problems
from coverage.vocabulary import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Findings that leave a row out, and those that only say what was done; all others are warnings.
REJECTING = frozenset({"V0", "F1", "F2", "F3"})
INFORMING = frozenset({"V16", "F13", "F14", "F15", "F16", "F18", "F19"})
#: More than a sheet or a text may have.
_ROWS_IN_A_PART = 2**32
#: As much of a cell as a message repeats.
LONGEST_VALUE = 200


class Part(NamedTuple):
    """One sheet of the list: how messages name it, the header of each field, and the coordinate system it states."""

    file: str
    sheet: str
    headers: dict[str, str]
    crs: str


class Rows(NamedTuple):
    """The rows of a list as text: one column of `cells` a field, `part` and `row` say where each row stood."""

    cells: pd.DataFrame
    part: NDArray[np.int64]
    row: NDArray[np.int64]
    parts: tuple[Part, ...]

    @property
    def places(self) -> NDArray[np.int64]:
        """One number for where each row stood; they rise with the rows."""
        return number_places(self.part, self.row)

    def at(self, hits: NDArray[np.bool_]) -> Rows:
        """Return these rows only, numbered from 0."""
        if hits.all():
            return self
        return Rows(self.cells[hits].reset_index(drop=True), self.part[hits], self.row[hits], self.parts)

    def text(self, field: str) -> pd.Series:
        """Return the cells of a field as written, "" where no column has it."""
        if field in self.cells:
            return self.cells[field]
        return pd.Series("", index=self.cells.index, dtype="str")


def row_problems(
    rows: Rows, hits: NDArray[np.bool_], code: str, *, field: str, detail: pd.Series | str = ""
) -> pd.DataFrame:
    """Return one finding for each row that is hit, with the cell of `field` as read."""
    if not hits.any():
        return pd.DataFrame()
    part = rows.part[hits]
    headers = np.array([known.headers.get(field, "") for known in rows.parts], dtype=object)
    return pd.DataFrame(
        {
            "part": part,
            "row": rows.row[hits],
            "column": headers[part],
            "value": "" if field in SENSITIVE else rows.text(field)[hits].to_numpy(dtype=object),
            "code": code,
            "severity": severity_of(code),
            "detail": detail[hits].to_numpy(dtype=object) if isinstance(detail, pd.Series) else detail,
        }
    )


def refer_to(rows: Rows, hits: NDArray[np.bool_], others: NDArray[np.int64]) -> pd.Series:
    """Return how the finding on each row that is hit names another row, "" for rows without a finding."""
    told = [
        _reference(rows, own, other) for own, other in zip(np.flatnonzero(hits).tolist(), others.tolist(), strict=True)
    ]
    return pd.Series("", index=rows.cells.index, dtype="str").mask(hits, pd.Series(told, np.flatnonzero(hits)))


def _reference(rows: Rows, own: int, other: int) -> str:
    row, here, there = str(rows.row[other]), rows.parts[rows.part[own]], rows.parts[rows.part[other]]
    if rows.part[own] == rows.part[other]:
        return write_reference(Reference(row))
    is_beside = here.file == there.file and here.sheet != there.sheet
    return write_reference(Reference(row, there.sheet, "" if is_beside else there.file))


def number_places(part: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for each part and row, in their order."""
    return part * _ROWS_IN_A_PART + row


def part_problem(code: str, *, part: int = 0, column: str = "", detail: str = "") -> pd.DataFrame:
    """Return one finding about a whole sheet or one of its columns."""
    finding = {"part": part, "row": pd.NA, "column": column, "value": "", "code": code}
    return pd.DataFrame([finding | {"severity": severity_of(code), "detail": detail}])


def collect_problems(found: Sequence[pd.DataFrame], parts: Sequence[Part]) -> pd.DataFrame:
    """Return all findings as one `Problems` table: by sheet, row and code; what concerns a whole sheet comes first."""
    filled = [findings for findings in found if len(findings)]
    if not filled:
        return Problems.empty()
    joined = pd.concat([findings.astype({"row": "Int64"}) for findings in filled], ignore_index=True)
    joined = joined.sort_values(["part", "row", "code"], na_position="first", kind="stable", ignore_index=True)
    part = joined.pop("part").to_numpy()
    value, _ = cut_personal_numbers(joined["value"].astype("str").str.slice(0, LONGEST_VALUE))
    return Problems.validate(
        joined.assign(
            file=np.array([known.file for known in parts], dtype=object)[part],
            sheet=np.array([known.sheet for known in parts], dtype=object)[part],
            value=value,
        )[list(Problems.to_schema().columns)]
    )


def severity_of(code: str) -> Severity:
    """Return how much a finding weighs: whether the row is left out, kept, or nothing is wrong."""
    if code in REJECTING:
        return Severity.REJECTED
    return Severity.INFO if code in INFORMING else Severity.WARNING
