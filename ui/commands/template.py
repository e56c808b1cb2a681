"""The blank list to fill in."""

from __future__ import annotations

from ui.commands.options import OutFile
from ui.terminal import write_files


def template(out: OutFile) -> None:
    from coverage.export.template import import_template

    write_files(out.parent, {out.name: import_template()})
