"""A long run at the terminal: how far it is, Ctrl-C that keeps what is done, and what the next run need not repeat."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.execution import Execution
from ui.checkpoints import FolderCheckpoints
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    import pandas as pd

    from coverage.execution import Executor, Progress
    from coverage.pipeline import Plan

CHECKPOINTS: Final = ".checkpoints"
# Blocks that are named when a run is not whole; plan.json names all.
_MOST_NAMED: Final = 20


class Work(NamedTuple):
    """What a run works with, and the results it keeps until it is whole."""

    execution: Execution
    checkpoints: FolderCheckpoints

    def close(self, plan: Plan) -> int:
        """Return 0 where the plan is whole; else name what is missing, keep what is done, and return 1."""
        if plan.missing.empty:
            self.checkpoints.forget()
            return 0
        sys.stderr.write(not_whole(plan) + "\n")
        return 1


@contextmanager
def working_in(folder: Path, executor: Executor) -> Iterator[Work]:
    """Give what `make_plan` needs to work; the first Ctrl-C meanwhile only stops it between two blocks."""
    stop = Event()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        sys.stderr.write(t("execution.interrupted") + "\n")

    checkpoints = FolderCheckpoints(folder / CHECKPOINTS)
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield Work(Execution(executor, checkpoints, _show, stop.is_set), checkpoints)
    finally:
        signal.signal(signal.SIGINT, before)


def _show(progress: Progress) -> None:
    """Show on a terminal how many blocks are done, in one line."""
    if sys.stderr.isatty():
        end = "\n" if progress.done == progress.total else "\r"
        sys.stderr.write(t("execution.progress", done=progress.done, total=progress.total) + end)


def not_whole(plan: Plan) -> str:
    """Return which blocks of a plan are missing, and why."""
    named = list(_names(plan.missing.head(_MOST_NAMED), plan.places))
    more = [t("execution.and_more")] if len(plan.missing) > _MOST_NAMED else []
    return t("execution.not_whole", count=len(plan.missing), names=t("list.separator").join([*named, *more]))


def _names(missing: pd.DataFrame, places: pd.DataFrame) -> Iterator[str]:
    names = places.drop_duplicates("adcode").set_index("adcode")["county_name"]
    for adcode, superior, cause in missing.itertuples(index=False):
        county, why = names.get(adcode, adcode), t(f"execution.cause.{cause}")
        key = "execution.missing_one" if superior else "execution.missing_county"
        yield t(key, **({"superior": superior} if superior else {}), county=county, cause=why)
