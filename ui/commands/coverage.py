"""The coverage table alone."""

from __future__ import annotations

from ui.commands.options import BoundaryFolder, Crs, Defaults, HeaderOption, Inputs, OutFile, Settings
from ui.terminal import Stopwatch, read_task, write_files


def coverage(
    inputs: Inputs,
    out: OutFile,
    crs: Crs = None,
    settings: Settings = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
) -> None:
    from coverage.export import coverage_sheet, write_sheet
    from coverage.pipeline import make_plan

    task = read_task(inputs, crs=crs, settings=settings, boundaries=boundaries, defaults=defaults)
    made = make_plan(task.intake, task.settings, **task.places, on_stage=Stopwatch().begin)
    write_files(out.parent, {out.name: write_sheet(coverage_sheet(made), header=header, of="coverage")})
