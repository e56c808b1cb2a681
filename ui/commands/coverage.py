"""The coverage table alone."""

from __future__ import annotations

from typing import Annotated

import typer

from coverage.dimensions import Dimension
from ui.commands.options import (
    BoundaryFolder,
    Crs,
    Defaults,
    HeaderOption,
    Inputs,
    LandmarkFile,
    MappingFile,
    OutFile,
    Settings,
    VenueFile,
)
from ui.terminal import Stopwatch, read_task, read_venue_file, write_files
from words import t

By = Annotated[list[Dimension] | None, typer.Option("--by", help=t("cli.option.by"))]


def coverage(
    inputs: Inputs,
    out: OutFile,
    crs: Crs = None,
    settings: Settings = None,
    mapping: MappingFile = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
    landmarks: LandmarkFile = None,
    venues: VenueFile = None,
    by: By = None,
) -> None:
    from coverage.export import breakdown_sheet, coverage_sheet, write_sheet
    from coverage.pipeline import make_plan

    task = read_task(
        inputs,
        crs=crs,
        settings=settings,
        mapping=mapping,
        boundaries=boundaries,
        defaults=defaults,
        landmarks=landmarks,
    )
    found = read_venue_file(venues, crs=crs)
    made = make_plan(task.intake, task.settings, **task.places, venues=found, on_stage=Stopwatch().begin)
    sheet = breakdown_sheet(made, tuple(by)) if by else coverage_sheet(made)
    write_files(out.parent, {out.name: write_sheet(sheet, header=header, of="breakdown" if by else "coverage")})
