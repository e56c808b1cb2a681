"""The demonstration list: invented organisations of one real city, marked 示例 wherever they show."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.errors import UploadError
from coverage.intake import Source, read_lists
from coverage.settings import load_settings
from ui.current import describe_files, keep_list
from ui.session import forget_view

if TYPE_CHECKING:
    from ui.current import Current

DEMO_DIRECTORY = Path(__file__).resolve().parents[1] / "data" / "orgs"


def use_demo() -> None:
    """Put the demonstration list and its settings in use, and look at it.

    Raises
    ------
    UploadError
        The list is not there.
    """
    forget_view(plan=keep_demo(today()).plan_id)


def keep_demo(as_of: date) -> Current:
    """Store the demonstration list with its settings as of a day, as the one in use.

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
    settings = load_settings(text, as_of=as_of)
    intake = read_lists([source], settings=settings, crs=None)
    return keep_list(intake, settings, files=describe_files([source]), crs=None, is_demo=True)


def today() -> date:
    """Return the day of this run by the machine's clock: what `as_of` is unless given."""
    return date.today()  # noqa: DTZ011 - planners mean the calendar on their wall
