"""What other parameters would come to, and how sure each proposed unit is."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from geo.errors import InputError
from ui.commands.options import (
    BoundaryFolder,
    Crs,
    Defaults,
    HeaderOption,
    Inputs,
    LandmarkFile,
    MappingFile,
    OutFolder,
    Scheduler,
    Settings,
    Workers,
)
from ui.terminal import Stopwatch, read_task, write_files
from words import t

_MOST_RUNS = 1_000


def what_if(
    inputs: Inputs,
    out: OutFolder,
    county: Annotated[str, typer.Option("--county", metavar="CODE", help=t("whatif.county"))] = "",
    runs: Annotated[int, typer.Option("--runs", min=0, max=_MOST_RUNS, help=t("whatif.runs"))] = 10,
    crs: Crs = None,
    settings: Settings = None,
    mapping: MappingFile = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
    landmarks: LandmarkFile = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> int:
    from coverage.execution import choose_executor
    from coverage.export.whatif import write_what_if
    from coverage.pipeline import make_plan
    from coverage.whatif import try_out
    from ui.working import working_in

    watch = Stopwatch()
    task = read_task(
        inputs,
        crs=crs,
        settings=settings,
        mapping=mapping,
        boundaries=boundaries,
        defaults=defaults,
        landmarks=landmarks,
    )
    executor = choose_executor(len(task.intake.orgs), workers=workers, scheduler=scheduler)
    with working_in(out, executor) as work:
        made = make_plan(task.intake, task.settings, **task.places, on_stage=watch.begin, execution=work.execution)
        if county not in {"", *made.blocks["adcode"], *made.missing["adcode"]}:
            raise InputError("whatif.unknown_county", code=county)
        if not made.missing.empty:
            return work.close(made)
        watch.begin("whatif")
        divisions = task.places["divisions"]
        trial = try_out(made, divisions=divisions, adcode=county, runs=runs, execution=work.execution)
    write_files(out, write_what_if(trial, made.groups, made.measures, header=header))
    if len(trial.missing):
        print(t("whatif.not_whole", count=len(trial.missing)), file=sys.stderr)
        return 1
    print(
        t("whatif.done", cases=len(trial.figures[["parameter", "value"]].drop_duplicates()), units=len(trial.units)),
        file=sys.stderr,
    )
    return work.close(made)
