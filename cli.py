"""The command line: the same pipeline without a browser; what each command does stands in ui/commands/."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import Abort, TyperException

from coverage.execution import use_system_memory
from geo.errors import InputError
from ui.commands.compare import compare
from ui.commands.coverage import coverage
from ui.commands.geocode import geocode
from ui.commands.plan import plan
from ui.commands.store import commands as store_commands
from ui.commands.survey import survey
from ui.commands.synth import synth
from ui.commands.template import template
from ui.commands.verify import verify
from ui.commands.whatif import what_if
from words import t

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=t("cli.help"),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("plan", help=t("cli.plan"))(plan)
app.command("verify", help=t("cli.verify"))(verify)
app.command("geocode", help=t("cli.geocode"))(geocode)
app.command("coverage", help=t("cli.coverage"))(coverage)
app.command("synth", help=t("synth.help"))(synth)
app.command("survey", help=t("survey.help"))(survey)
app.command("template", help=t("template.help"))(template)
app.command("compare", help=t("cli.compare.help"))(compare)
app.command("what-if", help=t("cli.whatif.help"))(what_if)
app.add_typer(store_commands, name="store", help=t("store_commands.help"))


def main() -> int:
    """Run a command: 0 done, 1 not whole, 2 the input or a setting cannot be used."""
    use_system_memory()
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
