"""One sheet of text: where its data begin, which column holds what, which rows are broken."""

from __future__ import annotations

from itertools import chain, islice
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from coverage.errors import UploadError
from coverage.fields import AMBIGUOUS_TOTALS, BY_CODE, SERIAL_HEADERS, Kind, plain_header
from coverage.intake.choices import find_crs
from coverage.intake.headers import HEADER_SEARCH_ROWS, find_header, header_at, map_columns
from coverage.intake.levels import LEVEL_MARK
from coverage.intake.meanings import IGNORED, PERSONAL
from coverage.intake.merged import fill_down
from coverage.intake.personal import is_mostly_personal
from coverage.intake.problems import Part, Rows, part_problem, row_problems
from coverage.intake.sifting import Layout, sift
from coverage.intake.ticks import join_ticks
from coverage.intake.unread_cells import unread_problems
from coverage.vocabulary import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from coverage.intake.headers import Columns, Header
    from coverage.intake.sifting import Sifted
    from coverage.intake.sources import Chosen, Sheet

_COORDINATES: Final = ("lon", "lat", "lon_lat")
#: In cells of these a line break is part of the text; in others of a text file a quote was left open.
_MAY_BREAK: Final = frozenset({Kind.TEXT, Kind.PRESENCE})
#: A number cell of these has lost digits when it is long; counts and measures are found unreadable later.
_DIGITS_MATTER: Final = frozenset({Kind.TEXT, Kind.CODE})


class NoListError(UploadError):
    """A sheet that is no list; the file is refused only where no other sheet is one."""


class Begun(NamedTuple):
    """A sheet whose header has been read; `data` is read on as it is drawn."""

    sheet: Sheet
    header: Header
    columns: Columns
    layout: Layout
    data: Iterator[Sifted]


class SheetReading(NamedTuple):
    """The rows of one sheet as text, and what is to be told of it."""

    rows: Rows
    problems: list[pd.DataFrame]
    mapping: pd.DataFrame
    rejected: int
    personal_columns: int


def begin_sheet(sheet: Sheet, chosen: Chosen) -> Begun:
    """Return a sheet whose header has been read, and what its columns are.

    Raises
    ------
    NoListError
        It has no header, or no column that names organisations.
    """
    head, header = read_header(sheet, chosen)
    if header is None:
        raise NoListError("upload.no_header", file=sheet.file)
    columns = map_columns(header, chosen.columns)
    records = fill_down(sheet, chain(head[header.last_row + 1 :], sheet.records), first_row=header.last_row + 1)
    layout = _layout(sheet, header, columns)
    layout = layout._replace(headings=_headings(head[header.row : header.last_row + 1], layout))
    return Begun(sheet, header, columns, layout, sift(sheet, records, layout))


def read_header(sheet: Sheet, chosen: Chosen) -> tuple[list[list[str] | None], Header | None]:
    """Return the first records of a sheet and the header among them, None where there is none."""
    first, last = chosen.header_rows.get((sheet.file, sheet.name), (0, 0))
    head = list(islice(sheet.records, max(last, HEADER_SEARCH_ROWS)))
    header = header_at(sheet, head, rows=(first, last)) if last else find_header(sheet, head, chosen.columns)
    return head, header


def finish_sheet(begun: Begun, sifted: Sifted) -> SheetReading:
    """Return the rows of a sheet, or of a lot of its data, with 0 as the number of their part."""
    sheet, columns = begun.sheet, begun.columns
    _refuse_ambiguous(sheet, columns, sifted)
    _move_personal(columns, sifted)
    rows = _rows_of(sheet, columns, sifted)
    broken, breaks = _broken_rows(sheet, rows)
    found = sifted.problems()
    return SheetReading(
        rows.at(~broken),
        [
            found,
            unread_problems(sheet, columns.names, kept=begun.layout.kept, rows=sifted.row),
            *breaks,
            *_column_problems(columns, sifted),
        ],
        map_sheet(sheet, begun.header, columns),
        int((found["severity"] == Severity.REJECTED).sum()) + int(broken.sum()),
        len(columns.personal),
    )


def _layout(sheet: Sheet, header: Header, columns: Columns) -> Layout:
    if "name" not in columns.of_field:
        found = ", ".join(name for name in header.names if name)
        raise NoListError("upload.no_name_column", file=sheet.file, sheet=sheet.name, row=header.row + 1, columns=found)
    return Layout(
        last_row=header.last_row,
        width=len(header.names),
        kept=sorted(
            {column for found in columns.of_field.values() for column in found}
            | {column for found in columns.ticked.values() for column, _ in found}
        ),
        name=columns.of_field["name"][0],
        texts=frozenset(found[0] for code, found in columns.of_field.items() if BY_CODE[code].kind in _DIGITS_MATTER),
        serials=frozenset(at for at, name in enumerate(header.names) if _is_serial(name)),
        unnamed=tuple(at for at, name in enumerate(header.names) if not name),
        headings={},
    )


def _headings(records: Sequence[list[str] | None], layout: Layout) -> dict[str, frozenset[tuple[str, ...]]]:
    """Return the rows of a header by their cell in the column of names."""
    rows = [tuple(cell.strip() for cell in cells or ()) for cells in records]
    full = [row for row in rows if len(row) == layout.width]
    return {
        row[layout.name]: frozenset(other for other in full if other[layout.name] == row[layout.name]) for row in full
    }


def _refuse_ambiguous(sheet: Sheet, columns: Columns, sifted: Sifted) -> None:
    """Refuse a header that stands twice over different cells: which column is meant, only the user knows."""
    names = columns.names
    twice = {
        names[other]
        for other, code in columns.unused.items()
        if plain_header(names[other]) == plain_header(names[first := columns.of_field[code][0]])
        and sifted.columns[other] != sifted.columns[first]
    }
    if twice:
        listed = ", ".join(sorted(twice))
        raise UploadError("upload.duplicate_header", file=sheet.file, sheet=sheet.name, columns=listed)


def _move_personal(columns: Columns, sifted: Sifted) -> None:
    """Count a column that no header gives away as personal when its cells are numbers of persons."""
    found = [column for column in columns.ignored if is_mostly_personal(record[column] for record in sifted.sample)]
    columns.personal.extend(found)
    columns.ignored[:] = [column for column in columns.ignored if column not in found]


def _rows_of(sheet: Sheet, columns: Columns, sifted: Sifted) -> Rows:
    """Return the data by field; the further columns of a repeatable field are called `mass.1`, `mass.2` and so on."""
    fields = {
        code if place == 0 else f"{code}.{place}": sifted.columns[column]
        for code in columns.of_field
        for place, column in enumerate(columns.of(code))
    }
    headers = {code: columns.names[found[0]] for code, found in columns.of_field.items()}
    cells = pa.table(fields).to_pandas()
    for code, found in columns.ticked.items():
        place = len(columns.of(code)) if code in headers else 0
        ticks = [(sifted.columns[column].to_pandas().astype("str"), label) for column, label in found]
        cells[f"{code}.{place}" if place else code] = join_ticks(code, ticks)
        headers.setdefault(code, columns.names[found[0][0]].rpartition(LEVEL_MARK)[0])
    crs = next((crs for code in _COORDINATES if (crs := find_crs(headers.get(code, "")))), "")
    row = np.array(sifted.row, dtype=np.int64)
    known = Part(sheet.file, sheet.name, headers, crs)
    return Rows(cells, np.zeros(len(row), dtype=np.int64), row, (known,))


def _broken_rows(sheet: Sheet, rows: Rows) -> tuple[NDArray[np.bool_], list[pd.DataFrame]]:
    """Return where a cell that holds one value runs over several lines of a text file, and one finding for each row."""
    broken = np.zeros(len(rows.row), dtype=bool)
    problems = []
    for field in map(str, rows.cells):
        kind = BY_CODE[field.split(".")[0]].kind
        if sheet.is_text and kind not in _MAY_BREAK:
            hits = rows.cells[field].str.strip().str.contains("\n", regex=False).to_numpy(dtype=bool) & ~broken
            problems.append(row_problems(rows, hits, "F2", field=field))
            broken |= hits
    return broken, problems


def _column_problems(columns: Columns, sifted: Sifted) -> list[pd.DataFrame]:
    """Return what the user should know about the columns: left out, personal, not used, ambiguous."""
    names = columns.names
    ignored = [names[column] for column in columns.ignored]
    used = {column: names[columns.of_field[code][0]] for column, code in columns.unused.items()}
    total = [names[column] for column in columns.of_field.get("n_full", [])[:1]]
    return [
        *(part_problem("F13", column=name) for name in ignored if not _is_serial(name)),
        *(part_problem("F13", column=_letters(column)) for column in sorted(sifted.overlooked)),
        *(part_problem("F14", column=names[column]) for column in columns.personal),
        *(part_problem("F15", column=names[column], detail=first) for column, first in used.items()),
        *(
            part_problem("F16", column=name)
            for name in total
            if plain_header(name.rpartition(LEVEL_MARK)[2]) in AMBIGUOUS_TOTALS
        ),
        *(part_problem("F17", column=names[column]) for column in columns.probationary),
    ]


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column: A for 0, AA for 26."""
    before, last = divmod(column, len(ascii_uppercase))
    return (_letters(before - 1) if before else "") + ascii_uppercase[last]


def _is_serial(name: str) -> bool:
    return plain_header(name.rpartition(LEVEL_MARK)[2]) in SERIAL_HEADERS


def map_sheet(sheet: Sheet, header: Header, columns: Columns) -> pd.DataFrame:
    """Return what each column was taken for: a field code, "personal", or "" for left out."""
    taken = {column: code for code in columns.of_field for column in columns.of(code)}
    taken |= {column: code for code, found in columns.ticked.items() for column, _ in found}
    taken |= dict.fromkeys(columns.personal, PERSONAL)
    named = [(column, name) for column, name in enumerate(columns.names) if name]
    return pd.DataFrame(
        {
            "file": sheet.file,
            "sheet": sheet.name,
            "column": pd.Series([name for _, name in named], dtype="str"),
            "field": pd.Series([taken.get(column, IGNORED) for column, _ in named], dtype="str"),
            "first_row": header.row + 1,
            "last_row": header.last_row + 1,
        }
    )
