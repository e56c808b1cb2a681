"""Uploads read outside the page: files that lie in the data directory for a moment, a list to look at in the store."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from coverage.intake import SheetChoice, Source, choose, read_lists
from coverage.settings import PlanSettings
from geo.errors import InputError
from store.errors import StoreError
from store.lists import Upload, keep_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

    from store.engine import Store
    from store.scope import Scope

_FOLDER: Final = "uploads"
#: Where decisions on sheets stand among those on columns.
SHEETS_KEY: Final = ""
#: What a hostile file may cost (notes on trust §4): a list of 900,000 rows takes 2 GiB and 40 seconds.
_MOST_BYTES: Final = 4 * 1024**3
_MOST_SECONDS: Final = 300


class Wanted(NamedTuple):
    """How an upload is to be read; `columns` is header → field code, sheets not named in `sheets` are found."""

    settings: PlanSettings
    crs: str | None
    columns: dict[str, str]
    sheets: tuple[SheetChoice, ...] = ()


def lay_down(store: Store, sources: Sequence[Source], wanted: Wanted) -> dict[str, Any]:
    """Put uploads where a worker finds them, for nobody else to read; return the arguments of the job."""
    folder = store.folder / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files: list[dict[str, Any]] = []
    for source in sources:
        sha256 = hashlib.sha256(source.content).hexdigest()
        file = folder / f"{sha256}-{os.getpid()}-{len(files)}"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(source.content)
        files.append({"name": source.name, "sha256": sha256, "bytes": len(source.content), "file": file.name})
    return {
        "files": files,
        "settings": wanted.settings.model_dump_json(),
        "crs": wanted.crs,
        "columns": dict(sorted(wanted.columns.items())),
        "sheets": sorted(wanted.sheets),
    }


def read_upload(store: Store, scope: Scope, arguments: dict[str, Any]) -> str:
    """Return the id of the list that the uploads hold, kept as a preview; the files are gone afterwards.

    Raises
    ------
    UploadError
        The files cannot be read as a list.
    StoreError
        They are not there any more: a worker died on them, or took them up before.
    """
    folder = store.folder / _FOLDER
    files = [folder / str(file["file"]) for file in arguments["files"]]
    sheets = [SheetChoice(*sheet) for sheet in arguments.get("sheets", [])]
    try:
        sources = [_source(file, about) for file, about in zip(files, arguments["files"], strict=True)]
        with _limits():
            intake = read_lists(
                sources,
                settings=PlanSettings.model_validate_json(arguments["settings"]),
                crs=arguments["crs"],
                chosen=choose(arguments["columns"], sheets),
            )
    finally:
        for file in files:
            file.unlink(missing_ok=True)
    about = [(str(file["name"]), str(file["sha256"]), int(file["bytes"])) for file in arguments["files"]]
    upload = Upload(
        name=", ".join(name for name, _, _ in about),
        files=about,
        crs=arguments["crs"] or "",
        choices=choices_text(arguments["columns"], sheets),
    )
    return keep_list(store, scope, intake, upload=upload, state="preview").id


def choices_text(columns: Mapping[str, str], sheets: Iterable[SheetChoice] = ()) -> str:
    """Return what beside files and coordinate system decides how a list is read; "" where nothing was chosen.

    No column is called "": what is decided on sheets stands there.
    """
    decided = dict(columns) | ({SHEETS_KEY: chosen} if (chosen := [each._asdict() for each in sorted(sheets)]) else {})
    return json.dumps(decided, ensure_ascii=False, sort_keys=True) if decided else ""


def sweep(store: Store) -> None:
    """Remove uploads that no worker took up: what lies there may hold persons' data."""
    for file in (store.folder / _FOLDER).glob("*"):
        file.unlink(missing_ok=True)


def _source(file: Path, about: dict[str, Any]) -> Source:
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise StoreError("store.upload_gone", file=str(about["name"])) from error
    return Source(str(about["name"]), content)


@contextmanager
def _limits() -> Iterator[None]:
    """Bound memory and processor time where the system can; what goes beyond is said, and nothing else suffers."""
    if sys.platform == "win32":
        yield
        return
    import resource  # noqa: PLC0415 - not on Windows

    before = resource.getrlimit(resource.RLIMIT_DATA), resource.getrlimit(resource.RLIMIT_CPU)
    used = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime) + 1
    handler = signal.signal(signal.SIGXCPU, _too_long)
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, before[0][1]))
    resource.setrlimit(resource.RLIMIT_CPU, (used + _MOST_SECONDS, before[1][1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before[0])
        resource.setrlimit(resource.RLIMIT_CPU, before[1])
        signal.signal(signal.SIGXCPU, handler)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise InputError("job.too_long")
