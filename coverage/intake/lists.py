"""From files to the table of organisations: every row is accepted, or reported as rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from coverage.fields import BOTH_COORDINATES, INTERNAL
from coverage.intake.coordinates import read_points
from coverage.intake.identity import find_kept_rows, find_repeated_codes, find_repeated_names, identify, read_codes
from coverage.intake.parsing import clean_text, parse_cells
from coverage.intake.personal import cut_personal_numbers
from coverage.intake.problems import collect_problems, part_problem, refer_to, row_problems
from coverage.intake.reading import read_rows
from coverage.intake.sources import NOTHING_CHOSEN
from coverage.tables import Orgs
from coverage.validation import check_rows, empty_impossible
from coverage.vocabulary import REPEATS, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from coverage.intake.identity import Codes
    from coverage.intake.problems import Rows
    from coverage.intake.reading import Reading
    from coverage.intake.sources import Chosen, Source
    from coverage.settings import PlanSettings

_BLANKS: dict[str, object] = {
    "str": "",
    "Int64": pd.NA,
    "boolean": pd.NA,
    "float64": float("nan"),
    "datetime64[ns]": pd.NaT,
}
# pandera names the type of texts by its storage, pandas by "str"
_DTYPES = {
    name: "str" if str(column.dtype).startswith("str") else str(column.dtype)
    for name, column in Orgs.to_schema().columns.items()
}


class Intake(NamedTuple):
    """One list, whatever files it came in; rows_in = len(orgs) + rejected.

    `fields` are the codes that some column was taken for. `mappings` says which: file, sheet, column (its levels
    joined), field ("" for a column left out, "personal" for one that was not kept), first and last row of the header.
    `needs_crs`: there are points, and nothing says in which coordinate system.
    """

    orgs: pd.DataFrame
    problems: pd.DataFrame
    fields: frozenset[str]
    mappings: pd.DataFrame
    rows_in: int
    rejected: int
    personal_columns: int
    needs_crs: bool


def read_lists(
    sources: Sequence[Source], *, settings: PlanSettings, crs: str | None, chosen: Chosen = NOTHING_CHOSEN
) -> Intake:
    """Return the organisations of one list that may come in several files.

    Parameters
    ----------
    crs
        Coordinate system of all points whose row and header name none; None if the user has not said.
    chosen
        What the user decided on columns, headers and sheets; all else is found.

    Raises
    ------
    UploadError
        A file that cannot be used as a whole; single bad rows and cells are in `problems`.
    """
    return take_in(read_rows(sources, chosen=chosen), settings=settings, crs=crs)


def take_in(reading: Reading, *, settings: PlanSettings, crs: str | None) -> Intake:
    """Return the organisations of rows that were read."""
    rows, codes, rejections = _reject(reading.rows)
    parsed = parse_cells(rows)
    points = read_points(rows, crs=crs)
    orgs = _table(rows, codes, parsed.columns | points.columns)
    warnings = check_rows(orgs, settings=settings)
    problems = [
        *reading.problems,
        *rejections,
        *codes.problems,
        *parsed.problems,
        *points.problems,
        *_unstated_systems(rows, points.unstated),
        *(row_problems(rows, hits, check.code, field=check.field) for check, hits in warnings),
        _repeated_names(rows, orgs),
    ]
    return Intake(
        Orgs.validate(empty_impossible(orgs, warnings)),
        collect_problems(problems, rows.parts),
        _fields(rows),
        reading.mappings,
        reading.rows_in,
        reading.rows_in - len(orgs),
        reading.personal_columns,
        bool(points.unstated.any()),
    )


def _reject(rows: Rows) -> tuple[Rows, Codes, list[pd.DataFrame]]:
    """Return the rows that are one organisation each, their codes, and V0 and V11 for the others."""
    nameless = are_nameless(rows)
    rejections = [row_problems(rows, nameless, "V0", field="name")]
    rows = rows.at(~nameless)
    codes = read_codes(rows)
    repeated = find_repeated_codes(codes.uscc, codes.is_key)
    if repeated.any():
        rejections.append(
            _repeats(rows, repeated, codes.uscc.to_frame("uscc"), stands="last").assign(
                severity=Severity.REJECTED.value
            )
        )
        rows = rows.at(~repeated)
        codes = read_codes(rows)
    return rows, codes, rejections


def are_nameless(rows: Rows) -> NDArray[np.bool_]:
    """Say which rows name no organisation."""
    names, _ = cut_personal_numbers(clean_text(rows.text("name")))
    return (names == "").to_numpy(dtype=bool)


def _table(rows: Rows, codes: Codes, columns: dict[str, pd.Series]) -> pd.DataFrame:
    """Return all columns of `Orgs`; a field that no column of the list holds is blank."""
    known = columns | {
        "uscc": codes.uscc,
        "row": pd.Series(rows.row),
        "file": _by_part([part.file for part in rows.parts], rows),
        "sheet": _by_part([part.sheet for part in rows.parts], rows),
    }
    # One blank column of each type serves all fields: pandas copies it when somebody writes to one of them
    blanks = {dtype: pd.Series(blank, index=rows.cells.index, dtype=dtype) for dtype, blank in _BLANKS.items()}
    columns = {name: known[name] if name in known else blanks[dtype] for name, dtype in _DTYPES.items()}
    columns["status"] = columns["status"].mask(columns["status"] == "", Status.NORMAL.value)
    columns["org_id"] = identify(columns, rows, codes)
    return pd.DataFrame(columns, copy=False)


def _by_part(values: list[str], rows: Rows) -> pd.Series:
    return pd.Series(values, dtype="str").take(rows.part).reset_index(drop=True)


def _unstated_systems(rows: Rows, unstated: NDArray[np.bool_]) -> list[pd.DataFrame]:
    """Return V13 once for each file with a point of which nobody says the coordinate system."""
    first_of_file: dict[str, int] = {}
    for part in sorted(set(rows.part[unstated].tolist())):
        first_of_file.setdefault(rows.parts[part].file, part)
    return [part_problem("V13", part=part) for part in first_of_file.values()]


def _repeated_names(rows: Rows, orgs: pd.DataFrame) -> pd.DataFrame:
    repeated = find_repeated_names(orgs["name"], orgs["county"])
    return _repeats(rows, repeated, orgs[["name", "county"]], stands="first")


def _repeats(
    rows: Rows, hits: NDArray[np.bool_], keys: pd.DataFrame, *, stands: Literal["first", "last"]
) -> pd.DataFrame:
    """Return V11 for each row that is hit, with the row that it repeats; the first of the keys is the field."""
    if not hits.any():
        return pd.DataFrame()
    others = find_kept_rows(keys, hits, stands=stands)
    return row_problems(rows, hits, REPEATS, field=str(keys.columns[0]), detail=refer_to(rows, hits, others))


def _fields(rows: Rows) -> frozenset[str]:
    found = {code for part in rows.parts for code in part.headers}
    return frozenset(found - INTERNAL | ({"lon", "lat"} if BOTH_COORDINATES in found else set()))
