"""From files to rows of text by field: which sheets are read, and in lots that are in memory one after the other."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.errors import UploadError
from coverage.fields import SUPERIOR_KINDS
from coverage.intake.gate import FileKind, is_text, recognise
from coverage.intake.headers import header_at, map_columns
from coverage.intake.problems import Rows, number_places, part_problem
from coverage.intake.sheets import NoListError, begin_sheet, finish_sheet, map_sheet, read_header
from coverage.intake.sifting import BATCH, join_sifted
from coverage.intake.sources import NOTHING_CHOSEN, LongSource
from coverage.intake.text_files import open_text
from coverage.intake.workbooks import open_workbook
from coverage.values import UNKNOWN_WORDS, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from coverage.intake.headers import Columns, Header
    from coverage.intake.sheets import SheetReading
    from coverage.intake.sources import Chosen, Readable, Sheet, Source

#: What our own blank list has beside the list itself.
_GUIDES: Final = frozenset({"填写说明", "代码表"})


class Headed(NamedTuple):
    """A sheet with its header, what the columns are taken for, and the records below the header."""

    sheet: Sheet
    header: Header
    columns: Columns
    records: Iterator[list[str] | None]


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
    begun = begin_sheet(open_text(source), chosen)
    rows_in = 0
    for sifted in begun.data:
        reading = _join([finish_sheet(begun, sifted)])
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


def list_columns(sources: Sequence[Source], *, chosen: Chosen = NOTHING_CHOSEN) -> pd.DataFrame:
    """Return `Intake.mappings` by the headers alone: also of sheets where no column names the organisations.

    Where no header is found in a file, the first filled row of each sheet stands for it.

    Raises
    ------
    UploadError
        A file that is none, or in which no sheet has a header.
    """
    found = [map_sheet(sheet, header, columns) for sheet, header, columns, _ in open_headed(sources, chosen=chosen)]
    return pd.concat(found, ignore_index=True)


def open_headed(sources: Sequence[Source], *, chosen: Chosen) -> Iterator[Headed]:
    """Yield the sheets that have a header, file by file; raises as `list_columns` does."""
    for source in sources:
        sheets, _ = _open(source)
        heads = [(sheet, *read_header(sheet, chosen)) for sheet in sheets if not _is_left_out(sheet, chosen)]
        headed = [(sheet, header, head) for sheet, head, header in heads if header]
        guessed = [(sheet, guess, head) for sheet, head, _ in heads if (guess := _first_filled(sheet, head))]
        if not (headed or guessed):
            raise UploadError("upload.no_header", file=source.name)
        for sheet, header, head in headed or guessed:
            columns = map_columns(header, chosen.columns)
            yield Headed(sheet, header, columns, chain(head[header.last_row + 1 :], sheet.records))


def _is_left_out(sheet: Sheet, chosen: Chosen) -> bool:
    return (sheet.file, sheet.name) in chosen.left_out


def _first_filled(sheet: Sheet, head: Sequence[list[str] | None]) -> Header | None:
    row = next((row for row, cells in enumerate(head, 1) if cells and any(cell.strip() for cell in cells)), 0)
    return header_at(sheet, head, rows=(row, row))


def _join(sheets: Sequence[SheetReading]) -> Reading:
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


def _read_source(source: Source, chosen: Chosen) -> list[SheetReading]:
    """Return what the sheets with a header hold; the other sheets are named in findings of the first one."""
    sheets, unread = _open(source)
    unread += [sheet.name for sheet in sheets if _is_left_out(sheet, chosen)]
    readings = []
    refusals: list[NoListError] = []
    for sheet in sheets:
        if _is_left_out(sheet, chosen):
            continue
        try:
            readings.append(_read_sheet(sheet, chosen))
        except NoListError as error:
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


def _read_sheet(sheet: Sheet, chosen: Chosen) -> SheetReading:
    """Return the rows of a sheet, with 0 as the number of their part."""
    begun = begin_sheet(sheet, chosen)
    return finish_sheet(begun, join_sifted(begun.data))
