"""Workers for the jobs of the store: processes of their own, which outlive the app. Knows no Streamlit."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from store.work import Lane, add_job, ahead_of, has_waiting, last_job
from ui.stores import data_directory, the_scope, the_store
from words import t

if TYPE_CHECKING:
    from store.work import Job

_ROOT: Final = Path(__file__).resolve().parents[1]
_LOG: Final = "worker.log"
#: Processors that stay with the pages.
_KEEP_FREE: Final = 1

#: Services take questions one after the other; who asks needs no processor.
_MOST_ASKING: Final = 1

_WORKERS: Final[dict[Lane, list[subprocess.Popen[bytes]]]] = {lane: [] for lane in Lane}
_STARTING = Lock()

_log = logging.getLogger(__name__)


def start_job(kind: str, arguments: dict[str, Any], *, area: str = "") -> Job:
    """Queue work and see that somebody does it; the same work under way is joined."""
    job = add_job(the_store(), the_scope(), kind, arguments=arguments, area=area)
    see_to_workers()
    return job


def job_for(kind: str, arguments: dict[str, Any]) -> Job | None:
    """Return the last job with these arguments, whoever started it."""
    return last_job(the_store(), the_scope(), kind, arguments=arguments)


def see_to_workers() -> None:
    """Start a worker where a job waits and its lane has room; also for a job whose worker died."""
    room = {Lane.COMPUTING: most_workers(), Lane.ASKING: _MOST_ASKING}
    with _STARTING:
        for lane, workers in _WORKERS.items():
            workers[:] = [worker for worker in workers if worker.poll() is None]
            if len(workers) < room[lane] and has_waiting(the_store(), the_scope(), lane):
                workers.append(_start(lane))


def queue_text(job: Job) -> str:
    """Return at which place a job waits, in words."""
    ahead = ahead_of(the_store(), the_scope(), job)
    return t("jobs.queued", ahead=ahead) if ahead else t("jobs.next")


def most_workers() -> int:
    """Return how many jobs compute at a time: one processor stays with the pages."""
    return max((os.cpu_count() or 1) - _KEEP_FREE, 1)


def _start(lane: Lane) -> subprocess.Popen[bytes]:
    """Start a worker of a lane in a session of its own: what ends the app does not end it."""
    folder = data_directory().resolve()
    with (folder / _LOG).open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "store.worker", "--data", str(folder), "--lane", lane],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _log.info("worker %d started, %s", worker.pid, lane)
    return worker
