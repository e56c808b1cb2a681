"""The command line: the same pipeline without a browser. Heavy imports stand in the commands, not before --help."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.exceptions import Abort, TyperException

from geo.errors import InputError
from ui.terminal import Stopwatch, read_bytes, read_task, write_files
from words import t

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=t("cli.help"),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Inputs = Annotated[list[Path], typer.Argument(help=t("cli.inputs"), show_default=False)]
# What a shell makes of --input *.csv: the first behind the option, the others loose.
MoreInputs = Annotated[list[Path] | None, typer.Argument(metavar="INPUT", hidden=True)]
Crs = Annotated[Literal["wgs84", "gcj02", "bd09", "cgcs2000"] | None, typer.Option(help=t("cli.crs"))]
Settings = Annotated[Path | None, typer.Option("--settings", metavar="FILE.toml", help=t("cli.settings"))]
HeaderOption = Annotated[Literal["zh", "code"], typer.Option(help=t("cli.header"))]
BoundaryFolder = Annotated[Path | None, typer.Option("--boundaries", metavar="DIR", help=t("cli.boundaries"))]
Defaults = Annotated[str, typer.Option(metavar="province=…,city=…", help=t("cli.defaults"))]
OutFolder = Annotated[Path, typer.Option("--out", metavar="DIR", help=t("cli.out_folder"))]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help=t("cli.out_file"))]


@app.command(help=t("cli.plan"))
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


@app.command(help=t("cli.verify"))
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=t("cli.plan_folder"), show_default=False)],
    inputs: Annotated[list[Path], typer.Option("--input", help=t("cli.inputs"))],
    more: MoreInputs = None,
    crs: Crs = None,
    settings: Settings = None,
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
) -> None:
    from coverage.export import read_groups
    from coverage.verification import finding_texts, has_hard, summary_text, verify_list

    groups = read_groups(read_bytes(folder / "groups.csv"))
    task = read_task(inputs + (more or []), crs=crs, settings=settings, boundaries=boundaries, defaults=defaults)
    findings = verify_list(groups, task.intake, task.settings, **task.places)
    print(*finding_texts(findings), sep="\n" if len(findings) else "")
    print(summary_text(findings), file=sys.stderr)
    raise typer.Exit(int(has_hard(findings)))


@app.command(help=t("cli.geocode"))
def geocode(
    inputs: Inputs,
    out: OutFile,
    crs: Crs = None,
    header: HeaderOption = "zh",
    boundaries: BoundaryFolder = None,
    defaults: Defaults = "",
) -> None:
    from coverage.export import geocode_sheet, write_sheet

    task = read_task(inputs, crs=crs, boundaries=boundaries, defaults=defaults)
    sheet = geocode_sheet(task.intake, settings=task.settings, **task.places)
    write_files(out.parent, {out.name: write_sheet(sheet, header=header, of="geocode")})
    raise typer.Exit(int((sheet["status"] != "ok").any()))


@app.command(help=t("cli.coverage"))
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


def main() -> int:
    """Run a command: 0 done, 1 not whole, 2 the input or a setting cannot be used."""
    try:
        return int(app(standalone_mode=False) or 0)
    except InputError as error:
        print(t(error.key, **error.values), file=sys.stderr)
    except TyperException as error:
        print(t("cli.usage", detail=error.format_message()), file=sys.stderr)
    except Abort:
        return 1
    return 2


if __name__ == "__main__":
    sys.exit(main())
