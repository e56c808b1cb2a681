"""A long list located in several processes, with the same result as in one."""

from __future__ import annotations

import io
import json
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from coverage.execution import Execution, Task, choose_executor, run_tasks, serially
from coverage.export.geocoding import geocode_sheet, independent_pieces, lay_out, located_rows
from coverage.settings import PlanSettings
from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from ui.terminal import Task as Listed

#: Rows of a piece: enough that the names of all divisions are laid out seldom, few enough that workers stay small.
_ROWS: Final = 20_000
_LENGTH_BYTES: Final = 8


def geocode_list(task: Listed, *, boundaries: Path | None, workers: int | None) -> pd.DataFrame:
    """Return the sheet of `geocode`, by workers where the list is long.

    Parameters
    ----------
    boundaries
        Folder of the boundaries that `task` has; each worker reads them itself.
    """
    orgs = task.intake.orgs
    executor = choose_executor(len(orgs), workers=workers)
    if executor is serially:
        return geocode_sheet(task.intake, settings=task.settings, **task.places)
    shared = _shared(task, boundaries)
    pieces = {f"{number:06}": piece for number, piece in enumerate(independent_pieces(orgs, rows=_ROWS))}
    tasks = [Task(key, len(piece), partial(_order, shared, piece)) for key, piece in pieces.items()]
    outcome = run_tasks(locate_piece, tasks, Execution(executor))
    located = [_unpacked(outcome.results[key]) for key in pieces if key in outcome.results]
    # Whoever has died: this process can do it
    located += [located_rows(pieces[key], settings=task.settings, **task.places) for key in outcome.missing]
    return lay_out(pd.concat(located).sort_index(), task.intake)


def locate_piece(content: bytes) -> bytes:
    """Return the located rows of a piece: what `geocode_list` sends, and takes back."""
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    told = json.loads(content[_LENGTH_BYTES:end])
    after = end + told["landmarks"]
    landmarks = _unpacked(content[end:after]) if told["landmarks"] else None
    divisions, boundaries = _places(told["boundaries"])
    found = located_rows(
        _unpacked(content[after:]),
        divisions=divisions,
        boundaries=boundaries,
        settings=PlanSettings.model_validate_json(told["settings"]),
        defaults=told["defaults"],
        landmarks=landmarks,
    )
    return _packed(found)


def _shared(task: Listed, boundaries: Path | None) -> bytes:
    """Return what all pieces have in common: settings, defaults, the folder of boundaries, and landmarks."""
    known = task.places.get("landmarks")
    landmarks = b"" if known is None else _packed(known)
    told = {
        "settings": task.settings.model_dump_json(),
        "defaults": task.places["defaults"],
        "boundaries": str((boundaries or DEFAULT_DIRECTORY).resolve()),
        "landmarks": len(landmarks),
    }
    text = json.dumps(told).encode()
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text + landmarks


def _order(shared: bytes, piece: pd.DataFrame) -> bytes:
    return shared + _packed(piece)


@cache
def _places(boundaries: str) -> tuple[Any, Any]:
    """Return divisions and boundaries, read once a process."""
    return load_divisions(), load_boundaries(Path(boundaries))


def _packed(table: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    table.to_parquet(file, compression="zstd")
    return file.getvalue()


def _unpacked(content: bytes) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(content))
