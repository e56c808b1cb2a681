"""A long list located in several processes, with the same result as in one."""

from __future__ import annotations

import io
import json
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from coverage.execution import Execution, Task, choose_executor, run_tasks, serially
from coverage.export.geocoding import LOCATED_BY, geocode_sheet, independent_parts, lay_out_parts, located_rows
from coverage.settings import PlanSettings
from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from coverage.execution import Executor
    from ui.terminal import Task as Listed

#: Rows of a piece: enough that the names of all divisions are laid out seldom, few enough that workers stay small.
_ROWS: Final = 20_000
_LENGTH_BYTES: Final = 8


def needed_for_geocoding(task: Listed) -> Listed:
    """Return the task with no more of its list and files in memory than `geocode_list` takes."""
    intake = task.intake._replace(orgs=task.intake.orgs[list(LOCATED_BY)])
    return task._replace(sources=[], intake=intake)


def geocode_list(task: Listed, *, boundaries: Path | None, workers: int | None) -> Iterator[pd.DataFrame]:
    """Yield the sheet of `geocode` some rows at a time, made by workers where the list is long.

    Parameters
    ----------
    boundaries
        Folder of the boundaries that `task` has; each worker reads them itself.
    """
    orgs = task.intake.orgs
    parts = independent_parts(orgs, rows=_ROWS)
    executor = choose_executor(len(orgs), workers=workers)
    if len(parts) <= 1:
        yield geocode_sheet(task.intake, settings=task.settings, **task.places)
        return
    here = partial(_located_here, task, parts)
    if executor is serially:
        yield from lay_out_parts(parts, here, task.intake, rows=_ROWS)
        return
    located = _located(task, parts, boundaries=boundaries, executor=executor)
    # Whoever has died: this process can do it
    yield from lay_out_parts(
        parts,
        lambda number: _unpacked(located[number]) if located[number] else here(number),
        task.intake,
        rows=_ROWS,
    )


def _located_here(task: Listed, parts: Sequence[NDArray[np.intp]], number: int) -> pd.DataFrame:
    needed = task.intake.orgs[list(LOCATED_BY)]
    return located_rows(needed.iloc[parts[number]], settings=task.settings, **task.places)


def _located(
    task: Listed, parts: Sequence[NDArray[np.intp]], *, boundaries: Path | None, executor: Executor
) -> list[bytes]:
    """Return the located rows of each part, packed: a tenth of the memory; b"" where its worker died."""
    needed = task.intake.orgs[list(LOCATED_BY)]
    shared = _shared(task, boundaries)
    tasks = [
        Task(f"{number:06}", len(part), partial(_order, shared, needed, part)) for number, part in enumerate(parts)
    ]
    outcome = run_tasks(locate_piece, tasks, Execution(executor))
    return [outcome.results.get(task.key, b"") for task in tasks]


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


def _order(shared: bytes, needed: pd.DataFrame, part: NDArray[np.intp]) -> bytes:
    return shared + _packed(needed.iloc[part])


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
