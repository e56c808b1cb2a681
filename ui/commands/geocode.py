"""County, township, point, level and source of each row."""

from __future__ import annotations

import typer

from ui.commands.options import BoundaryFolder, Crs, Defaults, HeaderOption, Inputs, LandmarkFile, MappingFile, OutFile
from ui.terminal import read_task, write_files


def geocode(
    inputs: Inputs,
    out: OutFile,
    crs: Crs = None,
    mapping: MappingFile = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
    landmarks: LandmarkFile = None,
) -> None:
    from coverage.export import geocode_sheet, write_sheet

    task = read_task(inputs, crs=crs, mapping=mapping, boundaries=boundaries, defaults=defaults, landmarks=landmarks)
    sheet = geocode_sheet(task.intake, settings=task.settings, **task.places)
    write_files(out.parent, {out.name: write_sheet(sheet, header=header, of="geocode")})
    raise typer.Exit(int((sheet["status"] != "ok").any()))
