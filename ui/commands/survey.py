"""Survey forms for organisations of which too little is known."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from ui.commands.options import BoundaryFolder, Crs, Defaults, Inputs, OutFolder, Settings
from ui.terminal import Stopwatch, read_task, write_files
from words import t


def survey(
    inputs: Inputs,
    out: OutFolder,
    by: Annotated[Literal["county", "township"], typer.Option("--by", help=t("survey.by"))] = "county",
    questions: Annotated[bool, typer.Option(help=t("survey.questions"))] = True,
    return_to: Annotated[str, typer.Option("--return-to", metavar="TEXT", help=t("survey.return_to"))] = "",
    crs: Crs = None,
    settings: Settings = None,
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
) -> None:
    from coverage.export.survey import Survey, survey_forms, survey_rows
    from coverage.pipeline import make_plan

    task = read_task(inputs, crs=crs, settings=settings, boundaries=boundaries, defaults=defaults)
    made = make_plan(task.intake, task.settings, **task.places, on_stage=Stopwatch().begin)
    asked = Survey(by, questions, return_to)
    files = survey_forms(made, asked)
    write_files(out, files)
    orgs = len(survey_rows(made, with_questions=questions))
    print(t("survey.done", files=len(files), orgs=orgs), file=sys.stderr)
