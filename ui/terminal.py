"""The command line's side of files and terminal: lists and settings in, finished files out, progress on stderr."""

from __future__ import annotations

import errno
import io
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from geo.errors import InputError
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from coverage.business.learned import ClassModel
    from coverage.intake import Intake, LongSource, Source
    from coverage.landmarks import LandmarkList
    from coverage.settings import PlanSettings
    from coverage.venues import VenueList
    from geo.boundaries import Boundaries

# Cells of a table of landmarks that are complained of at the terminal; problems.csv names all.
_MOST_TOLD: Final = 20


class Task(NamedTuple):
    """What every command reads before it begins; `places` are the keywords of `make_plan` and `locate`.

    `sources` are the lists, and the other files that say what is in them.
    """

    sources: list[Source]
    settings: PlanSettings
    intake: Intake
    places: Mapping[str, Any]
    model: ClassModel | None = None


class Stopwatch:
    """Seconds of each stage; says on a terminal which one is running."""

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}
        self.begin("read")

    def begin(self, stage: str) -> None:
        """Close the running stage and begin the next."""
        self._begun[stage] = time.perf_counter()
        if sys.stderr.isatty():
            sys.stderr.write(t(f"cli.stage.{stage}") + "\n")

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each stage so far."""
        ends = [*list(self._begun.values())[1:], time.perf_counter()]
        return {stage: end - start for (stage, start), end in zip(self._begun.items(), ends, strict=True)}


def read_task(  # noqa: PLR0913 # one argument an option of the command line
    inputs: Sequence[Path],
    *,
    crs: str | None,
    settings: Path | None = None,
    mapping: Path | None = None,
    boundaries: Path | None,
    defaults: str,
    landmarks: Path | None = None,
) -> Task:
    """Read lists, settings, columns, boundaries, gazetteer; heavy imports happen here, not for --help."""
    from coverage.intake import read_lists
    from coverage.locating import read_defaults
    from coverage.settings import named_model
    from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
    from geo.divisions import load_divisions

    chosen, text = read_settings(settings)
    sources = read_beside([], inputs)
    divisions = load_divisions()
    places = {
        "divisions": divisions,
        "boundaries": load_boundaries(boundaries or DEFAULT_DIRECTORY),
        "defaults": read_defaults(defaults, divisions),
    }
    if mapping:
        intake = _read_mapped(sources, mapping, settings=chosen, crs=crs)
        sources += read_beside(sources, [mapping])
    else:
        intake = read_lists(sources, settings=chosen, crs=crs)
    task = Task(sources, chosen, intake, places)
    if settings and (name := named_model(text)):
        task = _with_model(task, settings.parent / name)
    return _with_landmarks(task, landmarks) if landmarks else task


def read_settings(path: Path | None) -> tuple[PlanSettings, str]:
    """Return the settings of a file, and its text; those that hold without one."""
    from coverage.settings import load_settings

    text = read_text(path) if path else ""
    return load_settings(text, as_of=datetime.now(UTC).astimezone().date()), text


def _read_mapped(sources: list[Source], mapping: Path, *, settings: PlanSettings, crs: str | None) -> Intake:
    """Return the lists with what a file says of their columns."""
    from coverage.intake import choose, read_lists
    from ui.mappings import read_mapping, refuse_unknown  # what the app keeps of columns is in the store

    decided = read_mapping(read_text(mapping), file=mapping.name)
    intake = read_lists(
        sources,
        settings=settings,
        crs=crs,
        chosen=choose(decided.columns, decided.sheets_of([source.name for source in sources])),
    )
    refuse_unknown(decided, intake.mappings, file=mapping.name)
    return intake


def with_classes(intake: Intake, task: Task) -> Intake:
    """Return a list with what the model of the task, if it has one, says of organisations without a class."""
    from coverage.business import ask_model

    if task.model is None:
        return intake
    return intake._replace(orgs=ask_model(intake.orgs, task.model, divisions=task.places["divisions"]))


def _with_model(task: Task, path: Path) -> Task:
    """Return the task with the model of a file, and its list with what the model says."""
    from coverage.business.learned import read_model

    (source,) = read_beside(task.sources, [path])
    task = task._replace(sources=[*task.sources, source], model=read_model(source.content, file=path.name))
    return task._replace(intake=with_classes(task.intake, task))


def _with_landmarks(task: Task, path: Path) -> Task:
    """Return the task with the landmarks of a file among its places, and what is wrong with them among its problems."""
    import pandas as pd

    (source,) = read_beside(task.sources, [path])
    found = read_landmark_list(source, boundaries=task.places["boundaries"])
    problems = pd.concat([task.intake.problems, found.problems], ignore_index=True)
    return task._replace(
        sources=[*task.sources, source],
        intake=task.intake._replace(problems=problems),
        places={**task.places, "landmarks": found.landmarks},
    )


def read_landmark_list(source: Source, *, boundaries: Boundaries) -> LandmarkList:
    """Return the landmarks of a file, and say at the terminal what is wrong with them."""
    from coverage.landmarks import read_landmarks

    found = read_landmarks(source, boundaries=boundaries)
    for row in found.problems.head(_MOST_TOLD).to_dict("records"):
        cell = {name: row[name] for name in ("file", "row", "column", "value")}
        sys.stderr.write(t("gazetteer.bad_cell", **cell) + "\n")
    return found


def read_venue_file(path: Path | None, *, crs: str | None) -> VenueList | None:
    """Return the venues of a file, None where none is named."""
    from coverage.intake import Source
    from coverage.venues import read_venues

    return read_venues(Source(path.name, read_bytes(path)), crs=crs) if path else None


def _what_failed(error: OSError) -> str:
    """Return the system's complaint in the words of the catalogue; a rare one as the system says it."""
    key = f"cli.os_error.{errno.errorcode.get(error.errno or 0, '')}"
    return t(key) if has_text(key) else str(error.strerror)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, or say in one line why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("cli.cannot_read", path=str(path), detail=_what_failed(error)) from error


def file_labels(paths: Sequence[Path], *, beside: Collection[str] = ()) -> list[str]:
    """Return what each file is called in findings and results: its name, its path where two have one name.

    None is called as another one is, nor as one of those `beside` them.
    """
    names = Counter([*(path.name for path in paths), *beside])
    wanted = [path.name if names[path.name] == 1 else str(path) for path in paths]
    times, taken = Counter([*wanted, *beside]), {*wanted, *beside}
    labels = []
    for label in wanted:
        numbered = (f"{label} ({number})" for number in count(1))
        labels.append(label if times[label] == 1 else next(each for each in numbered if each not in taken))
        taken.add(labels[-1])
    return labels


def read_beside(sources: Sequence[Source], paths: Sequence[Path]) -> list[Source]:
    """Return files that are read beside others, called as none of them is."""
    from coverage.intake import Source

    labels = file_labels(paths, beside=[source.name for source in sources])
    return [Source(label, read_bytes(path)) for label, path in zip(labels, paths, strict=True)]


def source_of(path: Path, *, label: str) -> Source | LongSource:
    """Return a file to be read more than once, as it is now; what comes through a pipe is read at once."""
    from coverage.intake import LongSource, Source

    if not path.is_file():
        return Source(label, read_bytes(path))
    return LongSource(label, partial(_open_again, path, _state_of(path)))


def _open_again(path: Path, state: tuple[int, ...]) -> BinaryIO:
    """Open a file that nobody has changed meanwhile: its rows are counted on from the last time."""
    try:
        file = io.BufferedReader(_Unchanged(path, state))
    except OSError as error:
        raise InputError("cli.cannot_read", path=str(path), detail=_what_failed(error)) from error
    try:
        _refuse_changed(path, state)
    except InputError:
        file.close()
        raise
    return file


class _Unchanged(io.FileIO):
    """A file that is looked at once more where it ends: nothing reads it again after the last time."""

    def __init__(self, path: Path, state: tuple[int, ...]) -> None:
        super().__init__(path)
        self._path, self._state = path, state

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        size = super().readinto(buffer)
        if not size:
            _refuse_changed(self._path, self._state)
        return size

    def readall(self) -> bytes:
        content = super().readall()
        _refuse_changed(self._path, self._state)
        return content


def _refuse_changed(path: Path, state: tuple[int, ...]) -> None:
    if _state_of(path) != state:
        raise InputError("cli.changed_meanwhile", path=str(path))


def _state_of(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError as error:
        raise InputError("cli.cannot_read", path=str(path), detail=_what_failed(error)) from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def read_text(path: Path) -> str:
    """Return the content of a UTF-8 file."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("cli.not_utf8", path=str(path)) from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file under a passing name first: who reads the folder meanwhile never sees half a file."""
    for name, content in files.items():
        write_blocks(folder / name, [content])


def write_blocks(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file block by block, under a passing name first; where the blocks break off nothing is left of it."""
    unfinished = path.parent / f".{path.name}.{os.getpid()}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.writelines(blocks)
        unfinished.replace(path)
    except OSError as error:
        raise InputError("cli.cannot_write", path=str(path.parent), detail=_what_failed(error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
