"""A list of any length located some rows at a time, here or in several processes, with the same result."""

from __future__ import annotations

import io
import json
from collections import deque
from functools import cache
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.execution import Order, choose_executor
from coverage.export.geocoding import (
    LOCATED_BY,
    in_order,
    independent_parts,
    lay_out_lot,
    located_rows,
    rejected_rows,
)
from coverage.intake import rows_at, take_in
from coverage.settings import PlanSettings
from coverage.ties import find_ties
from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from coverage.execution import Executor
    from coverage.intake import Reading
    from coverage.ties import Ties
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

    Lots = Callable[[], Iterable[Reading]]

#: Rows of a piece: enough that the names of all divisions are laid out seldom, few enough that workers stay small.
_ROWS: Final = 20_000
_LENGTH_BYTES: Final = 8


class Errand(NamedTuple):
    """What holds for all rows of a list, as `locate` and `take_in` have it; `boundaries` is a folder."""

    settings: PlanSettings
    crs: str | None = None
    defaults: str = ""
    boundaries: Path = DEFAULT_DIRECTORY
    landmarks: pd.DataFrame | None = None


class _Rest(NamedTuple):
    """What the sheet of a lot has beside its located rows: rejected ones, and those of the tied rows."""

    rejected: pd.DataFrame
    tied: slice
    mappings: pd.DataFrame


def geocode_lots(lots: Lots, errand: Errand, *, workers: int | None) -> Iterator[pd.DataFrame]:
    """Yield the sheet of `geocode` lot by lot, made by workers where the list is long.

    Rows that say something about each other are taken in first, as a list of their own.

    Parameters
    ----------
    lots
        Yields the list as often as it is called; no more than a few lots are in memory.
    """
    ties = find_ties(lots(), crs=errand.crs)
    together = take_in(rows_at(lots(), ties.places), settings=errand.settings, crs=errand.crs)
    parts = independent_parts(together.orgs, rows=_ROWS)
    rests: deque[_Rest] = deque()
    pieces = chain((together.orgs.iloc[part] for part in parts), _pieces(lots(), ties, errand, rests=rests))
    located = _located(pieces, errand, choose_executor(ties.rows, workers=workers))
    tied = in_order([*islice(located, len(parts)), rejected_rows(together)], together.mappings)
    first = 1
    for rows in located:
        rest = rests.popleft()
        sheet = lay_out_lot([rows, rest.rejected, tied[rest.tied]], rest.mappings, first=first)
        first += len(sheet)
        yield sheet


def _pieces(lots: Iterable[Reading], ties: Ties, errand: Errand, *, rests: deque[_Rest]) -> Iterator[pd.DataFrame]:
    """Yield the organisations of each lot, and put down what else its sheet has."""
    start = 0
    for lot in lots:
        is_tied = np.isin(lot.rows.places, ties.places)
        intake = take_in(lot.at(~is_tied), settings=errand.settings, crs=errand.crs)
        end = start + int(is_tied.sum())
        rests.append(_Rest(rejected_rows(intake), slice(start, end), intake.mappings))
        start = end
        yield intake.orgs


def _located(pieces: Iterable[pd.DataFrame], errand: Errand, executor: Executor) -> Iterator[pd.DataFrame]:
    """Yield the located rows of each piece, in the order of the pieces, whoever has worked on it."""
    under_way: dict[str, Order] = {}
    done: dict[str, bytes] = {}
    keys = map(str, count())
    key = next(keys)
    for result in executor(locate_piece, _orders(pieces, errand, under_way), _never):
        order = under_way.pop(result.key)
        # Whoever has died: this process can do it
        done[result.key] = result.result or locate_piece(order.content)
        while key in done:
            yield _unpacked(done.pop(key))
            key = next(keys)


def _orders(pieces: Iterable[pd.DataFrame], errand: Errand, under_way: dict[str, Order]) -> Iterator[Order]:
    """Yield what `locate_piece` takes, each put down until it is done."""
    shared = _shared(errand)
    for number, piece in enumerate(pieces):
        order = Order(str(number), shared + _packed(piece[list(LOCATED_BY)]))
        under_way[order.key] = order
        yield order


def _never() -> bool:
    return False


def locate_piece(content: bytes) -> bytes:
    """Return the located rows of a piece: what `geocode_lots` sends, and takes back."""
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    told = json.loads(content[_LENGTH_BYTES:end])
    after = end + told["landmarks"]
    landmarks = _unpacked(content[end:after]) if told["landmarks"] else None
    divisions, boundaries = read_places(Path(told["boundaries"]))
    found = located_rows(
        _unpacked(content[after:]),
        divisions=divisions,
        boundaries=boundaries,
        settings=PlanSettings.model_validate_json(told["settings"]),
        defaults=told["defaults"],
        landmarks=landmarks,
    )
    return _packed(found)


def _shared(errand: Errand) -> bytes:
    """Return what all pieces have in common: settings, defaults, the folder of boundaries, and landmarks."""
    landmarks = b"" if errand.landmarks is None else _packed(errand.landmarks)
    told = {
        "settings": errand.settings.model_dump_json(),
        "defaults": errand.defaults,
        "boundaries": str(errand.boundaries.resolve()),
        "landmarks": len(landmarks),
    }
    text = json.dumps(told).encode()
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text + landmarks


@cache
def read_places(boundaries: Path) -> tuple[Divisions, Boundaries]:
    """Return divisions and the boundaries of a folder, read once a process."""
    return load_divisions(), load_boundaries(boundaries)


def _packed(table: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    table.to_parquet(file, compression="zstd")
    return file.getvalue()


def _unpacked(content: bytes) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(content))
