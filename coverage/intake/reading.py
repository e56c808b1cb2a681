"""From files to rows of text by field: which sheets are read, which column holds what, which rows are broken."""

from __future__ import annotations

from functools import partial
from itertools import chain, islice
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from coverage.errors import UploadError
from coverage.fields import AMBIGUOUS_TOTALS, BY_CODE, SERIAL_HEADERS, SUPERIOR_KINDS, Kind, plain_header
from coverage.intake.choices import find_crs
from coverage.intake.gate import FileKind, is_text, recognise
from coverage.intake.headers import HEADER_SEARCH_ROWS, find_header, header_at, map_columns
from coverage.intake.levels import LEVEL_MARK
from coverage.intake.meanings import IGNORED, PERSONAL
from coverage.intake.merged import fill_down
from coverage.intake.personal import is_mostly_personal
from coverage.intake.problems import Part, Rows, number_places, part_problem, row_problems
from coverage.intake.sifting import BATCH, Layout, join_sifted, sift
from coverage.intake.sources import NOTHING_CHOSEN, LongSource
from coverage.intake.text_files import open_text
from coverage.intake.ticks import join_ticks
from coverage.intake.unread_cells import unread_problems
from coverage.intake.workbooks import open_workbook
from coverage.values import UNKNOWN_WORDS, fold
from coverage.vocabulary import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from coverage.intake.headers import Columns, Header
    from coverage.intake.sifting import Sifted
    from coverage.intake.sources import Chosen, Readable, Sheet, Source

_COORDINATES: Final = ("lon", "lat", "lon_lat")
#: In cells of these a line break is part of the text; in others of a text file a quote was left open.
_MAY_BREAK: Final = frozenset({Kind.TEXT, Kind.PRESENCE})
#: A number cell of these has lost digits when it is long; counts and measures are found unreadable later.
_DIGITS_MATTER: Final = frozenset({Kind.TEXT, Kind.CODE})


#: What our own blank list has beside the list itself.
_GUIDES: Final = frozenset({"填写说明", "代码表"})


class Reading(NamedTuple):
    """What is known after reading: rows of text, findings, what became of the columns, and the counts."""

    rows: Rows
    problems: list[pd.DataFrame]
    mappings: pd.DataFrame
    rows_in: int
    rejected: int
    personal_columns: int

    def at(self, hits: NDArray[np.bool_]) -> Reading:
        """Return it with these rows only; what was rejected stays."""
        return self._replace(rows=self.rows.at(hits), rows_in=self.rejected + int(hits.sum()))


class _NoListError(UploadError):
    """A sheet that is no list; the file is refused only where no other sheet is one."""


class _Begun(NamedTuple):
    """A sheet whose header has been read; `data` is read on as it is drawn."""

    sheet: Sheet
    header: Header
    columns: Columns
    layout: Layout
    data: Iterator[Sifted]


class _SheetReading(NamedTuple):
    rows: Rows
    problems: list[pd.DataFrame]
    mapping: pd.DataFrame
    rejected: int
    personal_columns: int


def read_rows(sources: Sequence[Source], *, chosen: Chosen = NOTHING_CHOSEN) -> Reading:
    """Return the rows of all sheets of all files, in order, as text.

    Parameters
    ----------
    chosen
        What the user decided on columns, headers and sheets; all else is found.
    """
    if not sources:
        raise UploadError("upload.no_files")
    reading = _join([reading for source in sources for reading in _read_source(source, chosen)])
    if not reading.rows_in:
        raise _no_rows(sources)
    if _names_superiors(reading.rows):
        return reading._replace(
            rows=_rename(reading.rows, "superior_kind", "superior"),
            mappings=reading.mappings.replace({"field": {"superior_kind": "superior"}}),
        )
    return reading


def open_lots(
    sources: Sequence[Source | LongSource], *, chosen: Chosen = NOTHING_CHOSEN
) -> Callable[[], Iterator[Reading]]:
    """Return what yields the rows of the same files some at a time, in order, as often as it is called.

    Of a single text file no more are in memory, and what is found in a lot is found without the others:
    `superior_kind` is what the header calls it.
    """
    if len(sources) == 1 and is_text(sources[0]):
        return partial(_read_lots, sources[0], chosen)
    loaded = [source.load() if isinstance(source, LongSource) else source for source in sources]
    return partial(_cut_in_lots, read_rows(loaded, chosen=chosen))


def _read_lots(source: Readable, chosen: Chosen) -> Iterator[Reading]:
    begun = _begin(open_text(source), chosen)
    rows_in = 0
    for sifted in begun.data:
        reading = _join([_finish(begun, sifted)])
        rows_in += reading.rows_in
        yield reading
    if not rows_in:
        raise _no_rows([source])


def _cut_in_lots(reading: Reading) -> Iterator[Reading]:
    """Yield a reading in lots, each with the findings on rows up to its last one."""
    rows = reading.rows
    filled = [found[found["row"].notna()] for found in reading.problems if len(found)]
    findings = [(number_places(*(found[["part", "row"]].to_numpy(np.int64).T)), found) for found in filled]
    after = -1
    for start in range(0, max(len(rows.row), 1), BATCH):
        lot = np.zeros(len(rows.row), dtype=bool)
        lot[start : start + BATCH] = True
        is_last = start + BATCH >= len(rows.row)
        until = np.iinfo(np.int64).max if is_last else int(rows.places[lot][-1])
        found = [table[(after < places) & (places <= until)] for places, table in findings]
        yield reading._replace(rows=rows.at(lot), problems=found)
        after = until


def rows_at(lots: Iterable[Reading], places: NDArray[np.int64]) -> Reading:
    """Return the rows of lots that stand at these places (`Rows.places`) as one, without findings."""
    found: list[Reading] = []
    for lot in lots:
        found.append(lot.at(np.isin(lot.rows.places, places)))
        if sum(len(each.rows.row) for each in found) == len(places):
            break  # no more can come
    part, row = (np.concatenate([getattr(lot.rows, name) for lot in found]) for name in ("part", "row"))
    cells = pd.concat([lot.rows.cells for lot in found], ignore_index=True)
    rows = Rows(cells, part, row, found[0].rows.parts)
    return found[0]._replace(rows=rows, problems=[], rows_in=len(row), rejected=0)


def _no_rows(sources: Sequence[Readable]) -> UploadError:
    return UploadError("upload.no_rows", file=", ".join(source.name for source in sources))


def list_columns(sources: Sequence[Source]) -> pd.DataFrame:
    """Return `Intake.mappings` by the headers alone: also of sheets where no column names the organisations.

    Raises
    ------
    UploadError
        A file that is none, or in which no sheet has a header.
    """
    found = [_mapping(sheet, header, columns) for sheet, header, columns in chain.from_iterable(map(_headed, sources))]
    return pd.concat(found, ignore_index=True)


def _headed(source: Source) -> list[tuple[Sheet, Header, Columns]]:
    """Return the sheets that have a header, with what its columns are taken for."""
    sheets, _ = _open(source)
    heads = ((sheet, find_header(sheet, list(islice(sheet.records, HEADER_SEARCH_ROWS)), {})) for sheet in sheets)
    headed = [(sheet, header, map_columns(header, {})) for sheet, header in heads if header]
    if not headed:
        raise UploadError("upload.no_header", file=source.name)
    return headed


def _join(sheets: Sequence[_SheetReading]) -> Reading:
    rows = _join_rows([sheet.rows for sheet in sheets])
    rejected = sum(sheet.rejected for sheet in sheets)
    return Reading(
        rows,
        [problem.assign(part=part) for part, sheet in enumerate(sheets) for problem in sheet.problems],
        pd.concat([sheet.mapping for sheet in sheets], ignore_index=True),
        len(rows.row) + rejected,
        rejected,
        sum(sheet.personal_columns for sheet in sheets),
    )


def _join_rows(sheets: Sequence[Rows]) -> Rows:
    if len(sheets) == 1:
        return sheets[0]
    return Rows(
        pd.concat([sheet.cells for sheet in sheets], ignore_index=True).fillna(""),
        np.repeat(np.arange(len(sheets)), [len(sheet.row) for sheet in sheets]),
        np.concatenate([sheet.row for sheet in sheets]),
        tuple(part for sheet in sheets for part in sheet.parts),
    )


def _names_superiors(rows: Rows) -> bool:
    """Say whether a column of kinds names bodies, so that it is the one of superiors (RULEBOOK §9, superior_kind)."""
    if "superior_kind" not in rows.cells or "superior" in rows.cells:
        return False
    stated = [text for cell in rows.cells["superior_kind"] if (text := fold(cell)) not in UNKNOWN_WORDS]
    return sum(text in SUPERIOR_KINDS for text in stated) * 2 < len(stated)


def _rename(rows: Rows, old: str, new: str) -> Rows:
    parts = [
        part._replace(headers={new if code == old else code: name for code, name in part.headers.items()})
        for part in rows.parts
    ]
    return rows._replace(cells=rows.cells.rename(columns={old: new}), parts=tuple(parts))


def _read_source(source: Source, chosen: Chosen) -> list[_SheetReading]:
    """Return what the sheets with a header hold; the other sheets are named in findings of the first one."""
    sheets, unread = _open(source)
    unread += [sheet.name for sheet in sheets if (sheet.file, sheet.name) in chosen.left_out]
    readings = []
    refusals: list[_NoListError] = []
    for sheet in sheets:
        if (sheet.file, sheet.name) in chosen.left_out:
            continue
        try:
            readings.append(_read_sheet(sheet, chosen))
        except _NoListError as error:
            unread.append(sheet.name)
            refusals.append(error)
    if not (readings or refusals):
        raise UploadError("upload.no_header", file=source.name)
    if not readings:
        raise next((error for error in refusals if error.key != "upload.no_header"), refusals[0])
    readings[0].problems.extend(part_problem("F19", detail=name) for name in unread)
    return readings


def _open(source: Source) -> tuple[list[Sheet], list[str]]:
    """Return the sheets of a file, without the guides of our own blank list, and the names of the hidden ones."""
    sheets, hidden = ([open_text(source)], []) if recognise(source) is FileKind.TEXT else open_workbook(source)
    if not sheets:
        raise UploadError("upload.empty", file=source.name)
    guides = _GUIDES if {sheet.name for sheet in sheets} > _GUIDES else frozenset()
    return [sheet for sheet in sheets if sheet.name not in guides], hidden


def _read_sheet(sheet: Sheet, chosen: Chosen) -> _SheetReading:
    """Return the rows of a sheet, with 0 as the number of their part."""
    begun = _begin(sheet, chosen)
    return _finish(begun, join_sifted(begun.data))


def _begin(sheet: Sheet, chosen: Chosen) -> _Begun:
    first, last = chosen.header_rows.get((sheet.file, sheet.name), (0, 0))
    head = list(islice(sheet.records, max(last, HEADER_SEARCH_ROWS)))
    header = header_at(sheet, head, rows=(first, last)) if last else find_header(sheet, head, chosen.columns)
    if header is None:
        raise _NoListError("upload.no_header", file=sheet.file)
    columns = map_columns(header, chosen.columns)
    records = fill_down(sheet, chain(head[header.last_row + 1 :], sheet.records), first_row=header.last_row + 1)
    layout = _layout(sheet, header, columns)
    layout = layout._replace(headings=_headings(head[header.row : header.last_row + 1], layout))
    return _Begun(sheet, header, columns, layout, sift(sheet, records, layout))


def _finish(begun: _Begun, sifted: Sifted) -> _SheetReading:
    sheet, columns = begun.sheet, begun.columns
    _refuse_ambiguous(sheet, columns, sifted)
    _move_personal(columns, sifted)
    rows = _rows_of(sheet, columns, sifted)
    broken, breaks = _broken_rows(sheet, rows)
    found = sifted.problems()
    return _SheetReading(
        rows.at(~broken),
        [
            found,
            unread_problems(sheet, columns.names, kept=begun.layout.kept, rows=sifted.row),
            *breaks,
            *_column_problems(columns, sifted),
        ],
        _mapping(sheet, begun.header, columns),
        int((found["severity"] == Severity.REJECTED).sum()) + int(broken.sum()),
        len(columns.personal),
    )


def _layout(sheet: Sheet, header: Header, columns: Columns) -> Layout:
    if "name" not in columns.of_field:
        found = ", ".join(name for name in header.names if name)
        raise _NoListError(
            "upload.no_name_column", file=sheet.file, sheet=sheet.name, row=header.row + 1, columns=found
        )
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


def _mapping(sheet: Sheet, header: Header, columns: Columns) -> pd.DataFrame:
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
