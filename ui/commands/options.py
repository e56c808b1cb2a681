"""What several commands take: their arguments and options, with the help that stands beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from words import t

Inputs = Annotated[list[Path], typer.Argument(help=t("cli.inputs"), show_default=False)]
# What a shell makes of --input *.csv: the first behind the option, the others loose.
MoreInputs = Annotated[list[Path] | None, typer.Argument(metavar="INPUT", hidden=True)]
Crs = Annotated[Literal["wgs84", "gcj02", "bd09", "cgcs2000"] | None, typer.Option(help=t("cli.crs"))]
Settings = Annotated[Path | None, typer.Option("--settings", metavar="FILE.toml", help=t("cli.settings"))]
MappingFile = Annotated[Path | None, typer.Option("--mapping", metavar="FILE.json", help=t("cli.mapping"))]
HeaderOption = Annotated[Literal["zh", "code"], typer.Option(help=t("cli.header"))]
BoundaryFolder = Annotated[Path | None, typer.Option("--boundaries", metavar="DIR", help=t("cli.boundaries"))]
Defaults = Annotated[str, typer.Option(metavar="province=…,city=…", help=t("cli.defaults"))]
OutFolder = Annotated[Path, typer.Option("--out", metavar="DIR", help=t("cli.out_folder"))]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help=t("cli.out_file"))]
VenueFile = Annotated[Path | None, typer.Option("--venues", metavar="FILE", help=t("cli.venues"))]
LandmarkFile = Annotated[Path | None, typer.Option("--landmarks", metavar="FILE.csv", help=t("gazetteer.option"))]
ProviderName = Annotated[str, typer.Option("--provider", metavar="NAME", help=t("providers.option"))]
FoundFile = Annotated[Path | None, typer.Option("--found", metavar="FILE.csv", help=t("providers.found_option"))]
DataFolder = Annotated[Path | None, typer.Option("--data", metavar="DIR", help=t("store_commands.data"))]
Workers = Annotated[int | None, typer.Option("--workers", min=1, metavar="N", help=t("execution.workers"))]
Scheduler = Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help=t("execution.scheduler"))]
