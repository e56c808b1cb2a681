"""Lists in, plan out."""

from __future__ import annotations

from ui.commands.options import BoundaryFolder, Crs, Defaults, HeaderOption, Inputs, OutFolder, Settings
from ui.terminal import Stopwatch, read_task, write_files


def plan(
    inputs: Inputs,
    out: OutFolder,
    crs: Crs = None,
    settings: Settings = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
) -> None:
    from coverage.export import Provenance, describe_input, write_plan
    from coverage.pipeline import make_plan

    watch = Stopwatch()
    task = read_task(inputs, crs=crs, settings=settings, boundaries=boundaries, defaults=defaults)
    made = make_plan(task.intake, task.settings, **task.places, on_stage=watch.begin)
    watch.begin("export")
    files = [describe_input(source.name, source.content) for source in task.sources]
    data = {name: task.places[name].source for name in ("boundaries", "divisions")}
    provenance = Provenance(files, data, watch.seconds())
    write_files(out, write_plan(made, provenance, header=header))
