"""The demonstration list: invented organisations of one real city, marked 示例 wherever they show."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from coverage.errors import UploadError
from coverage.intake import Source, read_lists
from coverage.settings import load_settings
from ui.current import describe_files, keep_list
from ui.session import forget_view

DEMO_DIRECTORY = Path(__file__).resolve().parents[1] / "data" / "orgs"


def use_demo() -> None:
    """Put the demonstration list and its settings in use.

    Raises
    ------
    UploadError
        The list is not there.
    """
    lists = sorted(DEMO_DIRECTORY.glob("demo-*.csv"))
    if not lists:
        raise UploadError("app.demo_missing")
    source = Source(lists[0].name, lists[0].read_bytes())
    parameters = lists[0].with_suffix(".toml")
    text = parameters.read_text(encoding="utf-8") if parameters.exists() else ""
    settings = load_settings(text, as_of=today())
    intake = read_lists([source], settings=settings, crs=None)
    current = keep_list(intake, settings, files=describe_files([source]), crs=None, is_demo=True)
    forget_view(plan=current.plan_id)


def today() -> date:
    """Return the day of this run by the machine's clock: what `as_of` is unless given."""
    return date.today()  # noqa: DTZ011 - planners mean the calendar on their wall
