"""An invented list over real counties, marked as such."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from geo.errors import InputError
from ui.commands.options import OutFile
from ui.terminal import write_blocks
from words import t

_MOST_ORGS = 5_000_000
_MOST_DIRT = 0.9
_WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".et")


def synth(
    orgs: Annotated[int, typer.Option("--orgs", min=1, max=_MOST_ORGS, metavar="N", help=t("synth.orgs"))],
    out: OutFile,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="S", help=t("synth.seed"))] = 1,
    province: Annotated[str, typer.Option("--province", metavar="NAME", help=t("synth.province"))] = "",
    dirt: Annotated[float, typer.Option("--dirt", min=0, max=_MOST_DIRT, metavar="SHARE", help=t("synth.dirt"))] = 0,
) -> None:
    from coverage.export import csv_blocks
    from coverage.fields import BY_CODE
    from coverage.synthesis import NOTE_COLUMN, find_province, known_provinces, synthesise
    from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries
    from geo.divisions import load_divisions

    if out.suffix.lower() in _WORKBOOKS:
        raise InputError("synth.only_csv", path=str(out))
    divisions = load_divisions()
    code = find_province(province, divisions) if province else ""
    if province and not code:
        known = t("app.separator").join(known_provinces(divisions)["short_name"])
        raise InputError("synth.unknown_province", name=province, known=known)
    counties = load_boundaries(DEFAULT_DIRECTORY).counties
    made = synthesise(orgs, seed=seed, divisions=divisions, counties=counties, province=code, dirt=dirt)
    headers = {name: BY_CODE[name].aliases[0] for name in made.table if name in BY_CODE}
    write_blocks(out, csv_blocks(made.table, headers=headers | {NOTE_COLUMN: t("synth.note")}))
    for kind, finding, rows in made.manifest.itertuples(index=False):
        print(t("synth.dirt_line", kind=kind, code=finding or "-", rows=rows), file=sys.stderr)
