"""County, township, point, level and source of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ui.commands.options import (
    BoundaryFolder,
    Crs,
    DataFolder,
    Defaults,
    FoundFile,
    HeaderOption,
    Inputs,
    LandmarkFile,
    MappingFile,
    OutFile,
    ProviderName,
    Settings,
    Workers,
)
from ui.online import ask_service, find_service, keep_found
from ui.terminal import (
    file_labels,
    read_bytes,
    read_landmark_list,
    read_settings,
    read_task,
    read_text,
    source_of,
    write_blocks,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from coverage.intake import Reading
    from store.office import Service
    from ui.geocoding import Errand
    from ui.terminal import Task


def geocode(
    inputs: Inputs,
    out: OutFile,
    crs: Crs = None,
    settings: Settings = None,
    mapping: MappingFile = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
    landmarks: LandmarkFile = None,
    workers: Workers = None,
    provider: ProviderName = "",
    found: FoundFile = None,
    data: DataFolder = None,
) -> None:
    from coverage.export import sheet_blocks
    from ui.geocoding import geocode_lots

    sheets: Iterable[pd.DataFrame]
    if provider:
        service = find_service(provider, settings)
        task = read_task(
            inputs,
            crs=crs,
            settings=settings,
            mapping=mapping,
            boundaries=boundaries,
            defaults=defaults,
            landmarks=landmarks,
        )
        sheets, is_whole = _with_service(task, service, data=data, found=found)
    else:
        errand = _errand(settings, crs=crs, boundaries=boundaries, defaults=defaults, landmarks=landmarks)
        sheets, is_whole = geocode_lots(_lots(inputs, mapping), errand, workers=workers), True
    statuses: set[str] = set()
    write_blocks(out, sheet_blocks(_noting(sheets, statuses), header=header, of="geocode"))
    raise typer.Exit(int(not is_whole or bool(statuses - {"ok"})))


def _errand(
    settings: Path | None, *, crs: str | None, boundaries: Path | None, defaults: str, landmarks: Path | None
) -> Errand:
    """Return what holds for all rows; boundaries and divisions are read by whoever locates, and here where needed."""
    from coverage.intake import Source
    from coverage.locating import read_defaults
    from geo.boundaries import DEFAULT_DIRECTORY
    from ui.geocoding import Errand, read_places

    chosen, _ = read_settings(settings)
    folder = (boundaries or DEFAULT_DIRECTORY).resolve()  # as pieces have it: one folder, read once
    errand = Errand(chosen, crs, boundaries=folder)
    if boundaries or defaults or landmarks:
        divisions, own = read_places(folder)
        errand = errand._replace(defaults=read_defaults(defaults, divisions))
        if landmarks:
            source = Source(landmarks.name, read_bytes(landmarks))
            return errand._replace(landmarks=read_landmark_list(source, boundaries=own).landmarks)
    return errand


def _lots(inputs: Sequence[Path], mapping: Path | None) -> Callable[[], Iterator[Reading]]:
    """Return what yields the rows of the files, with what a file says of their columns."""
    from coverage.intake import choose, open_lots

    sources = [source_of(path, label=label) for path, label in zip(inputs, file_labels(inputs), strict=True)]
    if not mapping:
        return open_lots(sources)
    from ui.mappings import read_mapping, refuse_unknown  # what the app keeps of columns is in the store

    decided = read_mapping(read_text(mapping), file=mapping.name)
    lots = open_lots(sources, chosen=choose(decided.columns, decided.sheets_of([source.name for source in sources])))
    refuse_unknown(decided, next(lots()).mappings, file=mapping.name)
    return lots


def _noting(sheets: Iterable[pd.DataFrame], statuses: set[str]) -> Iterator[pd.DataFrame]:
    """Yield the sheets, and take down which statuses they have."""
    for sheet in sheets:
        statuses.update(sheet["status"].unique())
        yield sheet


def _with_service(
    task: Task, service: Service, *, data: Path | None, found: Path | None
) -> tuple[list[pd.DataFrame], bool]:
    """Return the sheet with what a service found, and whether it was asked for everything."""
    from coverage.export.geocoding import sheet_of
    from coverage.export.online import with_judgements
    from coverage.landmarks import write_landmarks
    from coverage.locating import locate_by_evidence
    from store.online import landmarks_from
    from ui.stores import data_directory

    folder = data or data_directory()
    located = locate_by_evidence(task.intake.orgs, settings=task.settings, **task.places)
    asked = ask_service(task, service, places=located.places, folder=folder)
    landmarks = landmarks_from(asked.judged, service)
    keep_found(landmarks, folder, service=service)
    if found:
        write_files(found.parent, {found.name: write_landmarks(landmarks)})
    divisions = task.places["divisions"]
    names = divisions.counties.set_index("adcode")["name"].to_dict()
    sheet = sheet_of(located, task.intake, divisions=divisions, boundaries=task.places["boundaries"])
    return [with_judgements(sheet, asked.judged, provider=service.name, names=names)], asked.reason is None
