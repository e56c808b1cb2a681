"""What changed from one list to a newer one, and what it does to plan and coverage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.commands.options import BoundaryFolder, Crs, Defaults, HeaderOption, LandmarkFile, OutFolder, Settings
from ui.terminal import Stopwatch, read_beside, read_task, with_classes, write_files
from words import t


def compare(
    old: Annotated[list[Path], typer.Option("--old", metavar="FILE", help=t("cli.compare.old"))],
    new: Annotated[list[Path], typer.Option("--new", metavar="FILE", help=t("cli.compare.new"))],
    out: OutFolder,
    crs: Crs = None,
    settings: Settings = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
    landmarks: LandmarkFile = None,
) -> None:
    from coverage.comparison import compare_lists, side_of_plan
    from coverage.export.comparison import comparison_counts, write_comparison
    from coverage.intake import read_lists
    from coverage.pipeline import make_plan

    watch = Stopwatch()
    task = read_task(old, crs=crs, settings=settings, boundaries=boundaries, defaults=defaults, landmarks=landmarks)
    lists = (task.intake, with_classes(read_lists(read_beside([], new), settings=task.settings, crs=crs), task))
    plans = [make_plan(one, task.settings, **task.places, on_stage=watch.begin) for one in lists]
    watch.begin("compare")
    before, after = (side_of_plan(plan, one.fields) for plan, one in zip(plans, lists, strict=True))
    found = compare_lists(before, after, divisions=task.places["divisions"])
    write_files(out, write_comparison(found, header=header))
    print(t("cli.compare.done", **comparison_counts(found)), file=sys.stderr)
