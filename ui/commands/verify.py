"""Re-check any plan against its list and the rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.commands.options import BoundaryFolder, Crs, Defaults, LandmarkFile, MappingFile, MoreInputs, Settings
from ui.terminal import read_bytes, read_task
from words import t


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=t("cli.plan_folder"), show_default=False)],
    inputs: Annotated[list[Path], typer.Option("--input", help=t("cli.inputs"))],
    more: MoreInputs = None,
    crs: Crs = None,
    settings: Settings = None,
    mapping: MappingFile = None,
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
    landmarks: LandmarkFile = None,
) -> None:
    from coverage.export import read_groups
    from coverage.verification import finding_texts, has_hard, summary_text, verify_list

    groups = read_groups(read_bytes(folder / "groups.csv"))
    lists = inputs + (more or [])
    task = read_task(
        lists,
        crs=crs,
        settings=settings,
        mapping=mapping,
        boundaries=boundaries,
        defaults=defaults,
        landmarks=landmarks,
    )
    findings = verify_list(groups, task.intake, task.settings, **task.places)
    print(*finding_texts(findings), sep="\n" if len(findings) else "")
    print(summary_text(findings), file=sys.stderr)
    raise typer.Exit(int(has_hard(findings)))
