"""Lists in, plan out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    VenueFile,
    Workers,
)
from ui.terminal import Stopwatch, read_beside, read_task, read_venue_file, write_files
from words import t

if TYPE_CHECKING:
    from coverage.export import Provenance
    from coverage.pipeline import Plan
    from ui.terminal import Task


def plan(
    inputs: Inputs,
    out: OutFolder,
    crs: Crs = None,
    settings: Settings = None,
    mapping: MappingFile = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
    landmarks: LandmarkFile = None,
    venues: VenueFile = None,
    answers: Annotated[
        list[Path] | None, typer.Option("--answers", metavar="FORM.xlsx", help=t("survey.answers"))
    ] = None,
    write_back: Annotated[bool, typer.Option("--write-back", help=t("write_back.option"))] = False,
    earlier: Annotated[Path | None, typer.Option("--earlier", metavar="DIR", help=t("earlier.option"))] = None,
    polish: Annotated[bool, typer.Option("--polish", help=t("quality.polish"))] = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> int:
    from coverage.execution import choose_executor
    from coverage.export import write_plan
    from coverage.grouping import NO_WISHES
    from coverage.pipeline import make_plan
    from ui.earlier import follow, judge, tell, write_changes
    from ui.working import working_in

    if write_back:
        _refuse_same_names(inputs)
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
    if answers:
        task = _answer(task, answers)
    following, found = None, read_venue_file(venues, crs=crs)
    if earlier:
        task, following = follow(earlier, task)
    executor = choose_executor(len(task.intake.orgs), workers=workers, scheduler=scheduler)
    with working_in(out, executor) as work:
        made = make_plan(
            task.intake,
            task.settings,
            **task.places,
            venues=found,
            on_stage=watch.begin,
            execution=work.execution,
            wishes=(following.wishes if following else NO_WISHES)._replace(is_polished=polish),
        )
        stability = judge(made, following, task, watch=watch, execution=work.execution) if following else None
    watch.begin("export")
    provenance = _describe(task, watch)._replace(is_polished=polish)
    if following:
        provenance = tell(provenance, stability, following, made=made)
        write_changes(out, stability, header=header)
    write_files(out, write_plan(made, provenance, header=header))
    if write_back:
        _write_back(made, task, out)
    _tell_quality(made)
    is_judged = stability is not None or not following
    return max(work.close(made), int(not is_judged))


def _describe(task: Task, watch: Stopwatch) -> Provenance:
    """Return what plan.json says of the lists, the data and the time."""
    from coverage.export import Provenance, describe_input

    files = [describe_input(source.name, source.content) for source in task.sources]
    data = {name: task.places[name].source for name in ("boundaries", "divisions")}
    return Provenance(files, data, watch.seconds())


def _tell_quality(made: Plan) -> None:
    """Say on a terminal how far the plan is from the best one at most."""
    from coverage.export.quality import count_unplaced, quality_text

    if sys.stderr.isatty():
        print(quality_text(made.blocks, unplaced=count_unplaced(made.measures, made.places)), file=sys.stderr)


def _answer(task: Task, answers: list[Path]) -> Task:
    """Return the task with the answers of returned forms in its list, and the forms among its sources."""
    from coverage.survey import apply_answers

    forms = read_beside(task.sources, answers)
    found = apply_answers(task.intake, forms, settings=task.settings)
    counts = {"applied": found.applied, "unchanged": found.unchanged, "rejected": found.rejected}
    print(t("survey.answers_done", rows_in=found.rows_in, **counts), file=sys.stderr)
    return task._replace(intake=found.intake, sources=[*task.sources, *forms])


def _refuse_same_names(inputs: list[Path]) -> None:
    """Refuse two files of one name: a plan knows its rows by the names of the files."""
    names = [path.name for path in inputs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError("write_back.same_name", file=t("app.separator").join(twice))


def _write_back(made: Plan, task: Task, out: Path) -> None:
    from coverage.export.workbook import write_back

    listed = set(task.intake.mappings["file"])
    for source in (source for source in task.sources if source.name in listed):
        back = write_back(made, source, mappings=task.intake.mappings)
        write_files(out, {back.name: back.content})
