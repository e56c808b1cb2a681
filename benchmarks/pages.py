"""What one run of each page costs the server: python -m benchmarks.pages [--runs 20] [--budget].

The demonstration list in a store of its own, without a browser; seconds of the script's own thread, once it is warm.
With --budget the command fails where the median of a page is above its budget.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import tempfile
from datetime import date
from typing import TYPE_CHECKING, Final

from streamlit.testing.v1 import AppTest

from benchmarks.demo import keep_made_demo
from store.plans import create_plan
from ui.planning import make_here
from ui.stores import DIRECTORY_VARIABLE, the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Seconds of CPU of a warm run.
BUDGET_S: Final = 0.05
_PAGES: Final = ("", "map", "groups", "location", "export", "settings", "import", "history")
_WARM_UP: Final = 3
_PATIENCE_S: Final = 300
_DAY: Final = date(2026, 6, 30)
#: What the second plan of the comparison may have in a unit.
_FEWER_ORGS: Final = 3
# Runs in a name space of its own; the laps are this module's, which it imports.
_SCRIPT: Final = """
import time
from app import main
from benchmarks.pages import LAPS
begun = time.thread_time()
try:
    main()
finally:
    LAPS.append(time.thread_time() - begun)
"""
LAPS: Final[list[float]] = []


def main() -> int:
    """Run each page, and print a table for docs/benchmarks.md."""
    arguments = _parser().parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DIRECTORY_VARIABLE] = folder
        compared = two_plans()
        found = {path: warm_runs(path, arguments.runs) for path in _PAGES}
        found["trial"] = warm_runs("trial", arguments.runs, tab="trial")
        found["trial, two plans compared"] = warm_runs("trial", arguments.runs, **compared)
    sys.stdout.write("\n".join(_report(found)) + "\n")
    return int(arguments.budget and any(statistics.median(laps) > BUDGET_S for laps in found.values()))


def two_plans() -> dict[str, str]:
    """Put the demonstration list in use with two plans of it; return the view that compares them."""
    current = keep_made_demo(_DAY)
    settings = current.settings.model_copy(update={"joint_max_units": _FEWER_ORGS})
    other = create_plan(the_store(), the_scope(), current.list_id, settings=settings, name="smaller units")
    make_here(other.id, lambda _: None)
    return {"tab": "plans", "plan": current.plan_id, "other": other.id}


def warm_runs(path: str, runs: int, **view: str) -> list[float]:
    """Return the seconds of CPU of each of some runs of a page.

    Raises
    ------
    RuntimeError
        The page shows an error: its seconds would say nothing.
    """
    from benchmarks import pages  # noqa: PLC0415, PLW0406 - the script imports it by name, this one may be __main__

    app = AppTest.from_string(_SCRIPT, default_timeout=_PATIENCE_S).run()
    app.query_params.update(view)
    if path:
        app._page_hash = _page_hash(app, path)  # noqa: SLF001 - AppTest opens pages of a folder by name, ours no
    for _ in range(_WARM_UP):
        app.run()
    if said := [*app.exception, *app.error]:
        raise RuntimeError(str([element.value for element in said]))
    pages.LAPS.clear()
    for _ in range(runs):
        app.run()
    return list(pages.LAPS)


def _page_hash(app: AppTest, path: str) -> str:
    known = app._registered_pages  # noqa: SLF001 - as above
    return next(str(key) for key, page in known.items() if page.get("url_pathname") == path)


def _report(found: dict[str, list[float]]) -> Iterator[str]:
    yield "| page | ms of CPU a run, median | slowest |"
    yield "|---|---|---|"
    for path, laps in found.items():
        yield f"| {path or 'overview'} | {1_000 * statistics.median(laps):.0f} | {1_000 * max(laps):.0f} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--budget", action="store_true", help="fail where a page takes more than it may")
    return parser


if __name__ == "__main__":
    sys.exit(main())
